// Random numbers of one planted company, in the order in which they are asked for.
#ifndef QUOTACAST_TESTS_VALIDATION_DICE_H_
#define QUOTACAST_TESTS_VALIDATION_DICE_H_

#include <array>
#include <cmath>
#include <cstdint>

#include "base/random.h"
#include "simulator/engine/deterministic_math.h"

namespace quotacast::validation {

class Dice {
 public:
  Dice(uint64_t seed, int company) : seed_(seed), company_(static_cast<uint64_t>(company)) {}

  double Between(double low, double high) { return low + (high - low) * Uniform(); }
  double Normal() { return simulator::NormalQuantile(Uniform()); }
  double LogNormal(double median, double log_sd) { return median * std::exp(log_sd * Normal()); }
  // Of mean 1.
  double Exponential() { return -std::log(Uniform()); }
  // A gamma variable of whole shape, of mean 1.
  double Gamma(int shape) {
    double sum = 0;
    for (int i = 0; i < shape; ++i) sum += Exponential();
    return sum / shape;
  }

 private:
  double Uniform() {
    const std::array<uint32_t, 4> words =
        RandomBlock(seed_, company_, 0, RandomPurpose::kSynthetic, index_++);
    return UniformOpen(words[0], words[1]);
  }

  uint64_t seed_;
  uint64_t company_;
  uint32_t index_ = 0;
};

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_DICE_H_
