#include "services/metrics/name_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quotacast::metrics {

NameOrder::NameOrder(const Dictionary& names, const NameOrder* known) {
  if (known != nullptr) *this = *known;
  const auto placed = static_cast<std::ptrdiff_t>(codes_.size());
  for (auto code = static_cast<uint32_t>(ends_.size()); code < names.size(); ++code) {
    texts_.append(names.At(code));
    ends_.push_back(texts_.size());
    codes_.push_back(code);
  }
  const auto by_name = [this](uint32_t a, uint32_t b) { return At(a) < At(b); };
  std::sort(codes_.begin() + placed, codes_.end(), by_name);
  std::inplace_merge(codes_.begin(), codes_.begin() + placed, codes_.end(), by_name);
}

size_t NameOrder::memory_bytes() const {
  return texts_.capacity() + ends_.capacity() * sizeof(uint64_t) +
         codes_.capacity() * sizeof(uint32_t);
}

}  // namespace quotacast::metrics
