#include "base/random.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "Random123/philox.h"

namespace quotacast {
namespace {

constexpr uint32_t kIndexBits = 24;

// Folds `bytes` into an FNV-1a state (Fowler, Noll, Vo; 64 bits).
uint64_t FnvFold(uint64_t state, std::string_view bytes) {
  constexpr uint64_t kFnvPrime = 0x100000001b3;
  for (const char byte : bytes) {
    state ^= static_cast<uint8_t>(byte);
    state *= kFnvPrime;
  }
  return state;
}

}  // namespace

std::array<uint32_t, 4> RandomBlock(uint64_t seed, uint64_t entity_id, uint32_t trial_block,
                                    RandomPurpose purpose, uint32_t index) {
  if ((index >> kIndexBits) != 0) {
    // A larger index would silently run into the draws of another purpose.
    std::fputs("RandomBlock: index is not below 2^24\n", stderr);
    std::abort();
  }
  const r123::Philox4x32::ctr_type counter = {
      {trial_block, static_cast<uint32_t>(entity_id), static_cast<uint32_t>(entity_id >> 32),
       (static_cast<uint32_t>(purpose) << kIndexBits) | index}};
  const r123::Philox4x32::key_type key = {
      {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)}};
  const r123::Philox4x32::ctr_type block = r123::Philox4x32()(counter, key);
  return {block.v[0], block.v[1], block.v[2], block.v[3]};
}

double UniformOpen(uint32_t word) { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

double UniformOpen(uint32_t high_word, uint32_t low_word) {
  // An odd multiple of 2^-53: the midpoint of one of 2^52 cells, exact in a double. With one bit
  // more the last midpoint would round to 1.
  const uint64_t bits = (static_cast<uint64_t>(high_word) << 32) | low_word;
  return static_cast<double>((bits >> 11) | 1) * 0x1p-53;
}

uint64_t StableId(std::string_view kind, std::string_view key) {
  constexpr uint64_t kFnvOffsetBasis = 0xcbf29ce484222325;
  uint64_t state = FnvFold(kFnvOffsetBasis, kind);
  // The zero byte keeps ("ab", "c") and ("a", "bc") apart.
  state = FnvFold(state, std::string_view("\0", 1));
  state = FnvFold(state, key);
  // The finaliser of MurmurHash3: FNV-1a alone leaves similar keys with similar high bits.
  state ^= state >> 33;
  state *= 0xff51afd7ed558ccd;
  state ^= state >> 33;
  state *= 0xc4ceb9fe1a85ec53;
  state ^= state >> 33;
  return state;
}

}  // namespace quotacast
