// Standard normal variables for generated data, as functions of their place.
#ifndef QUOTACAST_SIMULATOR_TESTING_NORMAL_DRAWS_H_
#define QUOTACAST_SIMULATOR_TESTING_NORMAL_DRAWS_H_

#include <cstdint>

namespace quotacast::simulator::testing {

// Box and Muller's method on 53-bit uniforms; independent over (seed, entity, index), index < 2^24.
double NormalDraw(uint64_t seed, uint64_t entity, uint32_t index);

}  // namespace quotacast::simulator::testing

#endif  // QUOTACAST_SIMULATOR_TESTING_NORMAL_DRAWS_H_
