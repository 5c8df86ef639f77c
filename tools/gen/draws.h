// Draws for one entity of the synthetic company: a pure function of (seed, kind, key), made with
// the counter-based generator of base/random.h and the functions of deterministic_math.h, so that
// the same seed gives the same company on every machine, whatever its libm.
#ifndef QUOTACAST_TOOLS_GEN_DRAWS_H_
#define QUOTACAST_TOOLS_GEN_DRAWS_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "absl/types/span.h"

namespace quotacast::gen {

// Not thread-safe; cheap to make.
class Draws {
 public:
  Draws(uint64_t seed, std::string_view kind, std::string_view key);
  Draws(uint64_t seed, std::string_view kind, std::initializer_list<int64_t> key);

  uint64_t Key() const { return entity_; }     // Stands for (kind, key) in keys of other draws.
  double Uniform();                            // (0, 1).
  double Uniform(double low, double high);     // (low, high).
  double Normal();                             // Standard.
  double LogNormal(double mean, double sd);    // exp of a normal with that mean and deviation.
  double Exponential(double mean);             // Positive.
  double Weibull(double scale, double shape);  // Positive.
  int Poisson(double mean);                    // By inversion; means here are below 20.
  int Below(int count);                        // 0..count - 1.
  int Between(int low, int high);              // low..high, both possible.
  bool Chance(double probability);
  // Index of a weight, in proportion to it. The weights are positive and not empty.
  int Pick(absl::Span<const double> weights);

 private:
  uint64_t seed_;
  uint64_t entity_;
  uint32_t index_ = 0;
  bool has_spare_ = false;
  std::array<uint32_t, 2> spare_{};
};

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_DRAWS_H_
