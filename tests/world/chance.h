// The one source of chance in a simulated world: the same seed gives the same choices for ever.
#ifndef QUOTACAST_TESTS_WORLD_CHANCE_H_
#define QUOTACAST_TESTS_WORLD_CHANCE_H_

#include <cstdint>

#include "base/random.h"

namespace quotacast::tests {

// Not thread-safe.
class Chance {
 public:
  explicit Chance(uint64_t seed) : seed_(seed) {}

  // Uniform in [0, count); count > 0. The bias is below 1e-6 for the small counts of a test.
  int Below(int count) { return static_cast<int>(Word() % static_cast<uint32_t>(count)); }

  // Uniform in [first, last].
  int Between(int first, int last) { return first + Below(last - first + 1); }

  bool OneIn(int count) { return Below(count) == 0; }

 private:
  uint32_t Word() { return RandomBlock(seed_, 0, draw_count_++, RandomPurpose::kSynthetic, 0)[0]; }

  const uint64_t seed_;
  uint32_t draw_count_ = 0;
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_CHANCE_H_
