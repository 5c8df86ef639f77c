#include "simulator/testing/normal_draws.h"

#include <cmath>
#include <cstdint>

#include "base/random.h"

namespace quotacast::simulator::testing {

double NormalDraw(uint64_t seed, uint64_t entity, uint32_t index) {
  const auto words = RandomBlock(seed, entity, 0, RandomPurpose::kSynthetic, index);
  return std::sqrt(-2 * std::log(UniformOpen(words[0], words[1]))) *
         std::cos(2 * M_PI * UniformOpen(words[2], words[3]));
}

}  // namespace quotacast::simulator::testing
