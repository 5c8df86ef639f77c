#include "services/metrics/name_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace quotacast::metrics {

NameOrder::NameOrder(const Dictionary& names, const NameOrder* known) {
  size_t known_count = 0;
  if (known != nullptr) {
    known_count = known->size();
    // A chunk that is not full is made anew.
    chunks_.assign(known->chunks_.begin(),
                   known->chunks_.begin() + static_cast<std::ptrdiff_t>(known_count / kChunkNames));
  }
  while (chunks_.size() * kChunkNames < names.size()) {
    auto chunk = std::make_shared<Chunk>();
    const size_t first = chunks_.size() * kChunkNames;
    const size_t end = std::min(names.size(), first + kChunkNames);
    chunk->ends.reserve(end - first);
    for (size_t code = first; code < end; ++code) {
      chunk->texts.append(names.At(static_cast<uint32_t>(code)));
      chunk->ends.push_back(chunk->texts.size());
    }
    chunk->texts.shrink_to_fit();
    chunks_.push_back(std::move(chunk));
  }

  const auto by_name = [this](uint32_t a, uint32_t b) { return At(a) < At(b); };
  std::vector<uint32_t> added;
  added.reserve(names.size() - known_count);
  for (size_t code = known_count; code < names.size(); ++code) {
    added.push_back(static_cast<uint32_t>(code));
  }
  std::sort(added.begin(), added.end(), by_name);
  if (known == nullptr) {
    codes_ = std::move(added);
    return;
  }
  // The known ones in between move as they are.
  codes_.reserve(names.size());
  auto next = known->codes_.begin();
  for (const uint32_t code : added) {
    const auto place = std::lower_bound(next, known->codes_.end(), code, by_name);
    codes_.insert(codes_.end(), next, place);
    codes_.push_back(code);
    next = place;
  }
  codes_.insert(codes_.end(), next, known->codes_.end());
}

size_t NameOrder::PositionOf(std::string_view name) const {
  const auto found = std::lower_bound(
      codes_.begin(), codes_.end(), name,
      [this](uint32_t code, std::string_view wanted) { return At(code) < wanted; });
  return static_cast<size_t>(found - codes_.begin());
}

size_t NameOrder::memory_bytes() const {
  size_t bytes = codes_.capacity() * sizeof(uint32_t);
  for (const std::shared_ptr<const Chunk>& chunk : chunks_) {
    bytes += sizeof(Chunk) + chunk->texts.capacity() + chunk->ends.capacity() * sizeof(uint64_t);
  }
  return bytes;
}

}  // namespace quotacast::metrics
