// Which record stands for which after merges.
#ifndef QUOTACAST_SERVICES_METRICS_MERGES_H_
#define QUOTACAST_SERVICES_METRICS_MERGES_H_

#include <map>
#include <string>
#include <utility>

#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::metrics {

class Merges {
 public:
  // In order of the merges' effective times. False, and nothing changes, when the merge would close
  // a circle, which would leave no record standing.
  bool Add(const crm::v1::Merge& merge) {
    if (merge.from_id() == merge.into_id()) return true;
    if (Standing(merge.entity(), merge.into_id()) == merge.from_id()) return false;
    into_[{merge.entity(), merge.from_id()}] = merge.into_id();
    return true;
  }

  bool has_any(crm::v1::EntityKind entity) const {
    const auto first = into_.lower_bound({entity, ""});
    return first != into_.end() && first->first.first == entity;
  }

  // The id of the record that stands for this one.
  const std::string& Standing(crm::v1::EntityKind entity, const std::string& id) const {
    const std::string* standing = &id;
    auto next = into_.find({entity, *standing});
    while (next != into_.end()) {
      standing = &next->second;
      next = into_.find({entity, *standing});
    }
    return *standing;
  }

  bool IsMergedAway(crm::v1::EntityKind entity, const std::string& id) const {
    return into_.count({entity, id}) > 0;
  }

 private:
  std::map<std::pair<crm::v1::EntityKind, std::string>, std::string> into_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_MERGES_H_
