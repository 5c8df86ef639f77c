// Which names of a dictionary the opportunities of a view use, and where each stands in the view.
#ifndef QUOTACAST_SERVICES_METRICS_NAME_USE_H_
#define QUOTACAST_SERVICES_METRICS_NAME_USE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "services/metrics/dictionary.h"

namespace quotacast::metrics {

// Not thread-safe. The dictionary must outlive it and not grow meanwhile.
class NameUse {
 public:
  explicit NameUse(const Dictionary& names)
      : names_(names), is_used_(names.size()), positions_(names.size(), -1) {}

  void Use(uint32_t code) {
    if (code == Dictionary::kNone) {
      is_none_used_ = true;
    } else {
      is_used_[code] = 1;
    }
  }
  // Whether something has no name at all.
  bool is_none_used() const { return is_none_used_; }

  // Calls visit(const std::string& name, int& position) for each name in use; the empty one stands
  // nowhere.
  template <typename Visit>
  void ForEach(Visit visit) {
    for (uint32_t code = 0; code < is_used_.size(); ++code) {
      if (is_used_[code] == 0 || names_.At(code).empty()) continue;
      visit(std::string(names_.At(code)), positions_[code]);
    }
  }

  bool Uses(uint32_t code) const { return is_used_[code] != 0; }
  // The names in use in order, where each then stands; with `also`, unless it is empty.
  std::vector<std::string> PlaceInOrder(const std::string& also = "");

  // -1 without a name, for an empty one, and for one that was not placed.
  int PositionOf(uint32_t code) const { return code == Dictionary::kNone ? -1 : positions_[code]; }
  // By code.
  const std::vector<int>& positions() const { return positions_; }
  // The first position that a name in use has; -1 when there is none.
  int FirstPosition() const;

 private:
  const Dictionary& names_;
  std::vector<uint8_t> is_used_;
  std::vector<int> positions_;
  bool is_none_used_ = false;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_NAME_USE_H_
