// Strings told apart by small numbers: each distinct text is kept once.
//
//   Dictionary reps;
//   uint32_t code = reps.CodeOf("0058Z");  // 0, and 0 again the next time
//   reps.At(code) == "0058Z"
#ifndef QUOTACAST_SERVICES_METRICS_DICTIONARY_H_
#define QUOTACAST_SERVICES_METRICS_DICTIONARY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace quotacast::metrics {

// Not thread-safe. Stays where it is: its index looks into it.
class Dictionary {
 public:
  // The code of no text at all.
  static constexpr uint32_t kNone = UINT32_MAX;

  Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  // Codes count from 0 in order of first mention. At most 2^32 - 1 texts.
  uint32_t CodeOf(std::string_view text);
  // Makes room for so many texts.
  void Reserve(size_t size);
  // kNone when it was never mentioned.
  uint32_t Find(std::string_view text) const;
  // Valid until the next CodeOf.
  std::string_view At(uint32_t code) const;

  size_t size() const { return ends_.size(); }
  // Memory held beyond the object itself.
  size_t memory_bytes() const;

 private:
  struct Hash {
    using is_transparent = void;
    const Dictionary* dictionary;
    size_t operator()(uint32_t code) const;
    size_t operator()(std::string_view text) const;
  };
  struct Equal {
    using is_transparent = void;
    const Dictionary* dictionary;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t code, std::string_view text) const;
    bool operator()(std::string_view text, uint32_t code) const;
  };

  std::string texts_;           // One after the other.
  std::vector<uint64_t> ends_;  // Of each text in `texts_`.
  absl::flat_hash_set<uint32_t, Hash, Equal> codes_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DICTIONARY_H_
