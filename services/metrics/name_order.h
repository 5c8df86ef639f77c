// The names of a dictionary in order, as they were at a time.
#ifndef QUOTACAST_SERVICES_METRICS_NAME_ORDER_H_
#define QUOTACAST_SERVICES_METRICS_NAME_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/metrics/dictionary.h"

namespace quotacast::metrics {

// Immutable, and independent of the dictionary once made.
class NameOrder {
 public:
  // `known`, which may be null, is the order of the same dictionary when it was smaller; texts are
  // shared with it. Complexity: n log n in the new names, and copies of a number per name.
  NameOrder(const Dictionary& names, const NameOrder* known);

  size_t size() const { return codes_.size(); }
  std::string_view At(uint32_t code) const {
    return chunks_[code / kChunkNames]->At(code % kChunkNames);
  }
  // In order of the name.
  const std::vector<uint32_t>& codes() const { return codes_; }
  // Where the name is among these, or would be: the first that is not before it.
  size_t PositionOf(std::string_view name) const;
  size_t memory_bytes() const;

 private:
  // Names that came later than those of a full chunk never touch it.
  static constexpr size_t kChunkNames = 1024;

  // Texts one after the other.
  struct Chunk {
    std::string_view At(size_t position) const {
      const size_t begin = position == 0 ? 0 : ends[position - 1];
      return std::string_view(texts).substr(begin, ends[position] - begin);
    }
    std::string texts;
    std::vector<uint64_t> ends;  // Of each text in `texts`.
  };

  std::vector<std::shared_ptr<const Chunk>> chunks_;
  std::vector<uint32_t> codes_;
};

// Keeps the order of a dictionary that grows. Not thread-safe; what it gives out is.
class NameOrderCache {
 public:
  std::shared_ptr<const NameOrder> Get(const Dictionary& names) {
    if (order_ == nullptr || order_->size() != names.size()) {
      order_ = std::make_shared<const NameOrder>(names, order_.get());
    }
    return order_;
  }
  size_t memory_bytes() const { return order_ == nullptr ? 0 : order_->memory_bytes(); }

 private:
  std::shared_ptr<const NameOrder> order_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_NAME_ORDER_H_
