#include "services/metrics/dictionary.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace quotacast::metrics {

size_t Dictionary::Hash::operator()(uint32_t code) const { return (*this)(dictionary->At(code)); }

size_t Dictionary::Hash::operator()(std::string_view text) const {
  return absl::Hash<absl::string_view>()(absl::string_view(text.data(), text.size()));
}

bool Dictionary::Equal::operator()(uint32_t code, std::string_view text) const {
  return dictionary->At(code) == text;
}

bool Dictionary::Equal::operator()(std::string_view text, uint32_t code) const {
  return dictionary->At(code) == text;
}

Dictionary::Dictionary() : codes_(0, Hash{this}, Equal{this}) {}

uint32_t Dictionary::CodeOf(std::string_view text) {
  const auto found = codes_.find(text);
  if (found != codes_.end()) return *found;
  const auto code = static_cast<uint32_t>(ends_.size());
  texts_.append(text);
  ends_.push_back(texts_.size());
  codes_.insert(code);
  return code;
}

void Dictionary::Reserve(size_t size) {
  ends_.reserve(size);
  codes_.reserve(size);
}

uint32_t Dictionary::Find(std::string_view text) const {
  const auto found = codes_.find(text);
  return found == codes_.end() ? kNone : *found;
}

std::string_view Dictionary::At(uint32_t code) const {
  const uint64_t begin = code == 0 ? 0 : ends_[code - 1];
  return std::string_view(texts_).substr(begin, ends_[code] - begin);
}

size_t Dictionary::memory_bytes() const {
  // One control byte beside each slot of the index.
  return texts_.capacity() + ends_.capacity() * sizeof(uint64_t) +
         codes_.capacity() * (sizeof(uint32_t) + 1);
}

}  // namespace quotacast::metrics
