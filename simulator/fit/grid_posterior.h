// A parameter known on a grid of values: its posterior by the trapezoid rule, and draws from it.
#ifndef QUOTACAST_SIMULATOR_FIT_GRID_POSTERIOR_H_
#define QUOTACAST_SIMULATOR_FIT_GRID_POSTERIOR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quotacast::simulator {

// Values ascending, and the posterior probability of the cell around each.
struct GridPosterior {
  std::vector<double> values;
  std::vector<double> weights;  // Sum to 1, coarsely rounded: see Normalised.

  double mean() const;
  // Mean of f(value).
  template <typename Function>
  double MeanOf(const Function& f) const {
    double sum = 0;
    for (size_t i = 0; i < values.size(); ++i) sum += weights[i] * f(values[i]);
    return sum;
  }
};

// The posterior whose logarithm of density at `values` is `log_density`, up to a constant; -inf is
// impossible. Weights are rounded to 2^-20, so that no draw hangs on the last bit of a logarithm.
GridPosterior Normalised(std::vector<double> values, const std::vector<double>& log_density);

// One grid position per draw, stratified. The random numbers are those of (seed, name).
std::vector<size_t> DrawPositions(const GridPosterior& grid, uint64_t seed, std::string_view name,
                                  int draw_count);
// The values there.
std::vector<double> DrawValues(const GridPosterior& grid, uint64_t seed, std::string_view name,
                               int draw_count);

// Grid positions of two parameters, drawn jointly.
struct JointPositions {
  std::vector<size_t> first;
  std::vector<size_t> second;
};

// `log_density` is [position of first][position of second]. Names key the random numbers.
JointPositions DrawJointPositions(const std::vector<double>& first,
                                  const std::vector<double>& second,
                                  const std::vector<std::vector<double>>& log_density,
                                  uint64_t seed, std::string_view first_name,
                                  std::string_view second_name, int draw_count);

// Logarithm of the density at `x` > 0 of a lognormal with this median and sd of its logarithm,
// without its constant.
double LogLogNormal(double x, double median, double log_sd);

// As many values of equal weight, each the mean of its part of the posterior.
std::vector<double> Condensed(const GridPosterior& grid, int count);

// Logarithm of the half-normal density of `x` >= 0 with this mean > 0, without its constant.
double LogHalfNormal(double x, double mean);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_GRID_POSTERIOR_H_
