#include "simulator/fit/grid_posterior.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {

double GridPosterior::mean() const {
  return MeanOf([](double value) { return value; });
}

GridPosterior Normalised(std::vector<double> values, const std::vector<double>& log_density) {
  const size_t n = values.size();
  GridPosterior grid;
  const double best = *std::max_element(log_density.begin(), log_density.end());
  double total = 0;
  for (size_t i = 0; i < n; ++i) {
    const double low = i > 0 ? values[i - 1] : values[i];
    const double high = i + 1 < n ? values[i + 1] : values[i];
    const double width = n > 1 ? (high - low) / 2 : 1;
    grid.weights.push_back(width * std::exp(log_density[i] - best));
    total += grid.weights.back();
  }
  double rounded_total = 0;
  for (double& weight : grid.weights) {
    weight = std::round(weight / total * 0x1p20) * 0x1p-20;
    rounded_total += weight;
  }
  for (double& weight : grid.weights) weight /= rounded_total;
  grid.values = std::move(values);
  return grid;
}

std::vector<size_t> DrawPositions(const GridPosterior& grid, uint64_t seed, std::string_view name,
                                  int draw_count) {
  std::vector<size_t> positions;
  for (const double u : StratifiedUniforms(seed, StableId("fit/grid", name), 0, draw_count)) {
    double cumulative = 0;
    size_t i = 0;
    while (i + 1 < grid.values.size() && u >= (cumulative += grid.weights[i])) ++i;
    positions.push_back(i);
  }
  return positions;
}

std::vector<double> DrawValues(const GridPosterior& grid, uint64_t seed, std::string_view name,
                               int draw_count) {
  std::vector<double> draws;
  for (const size_t i : DrawPositions(grid, seed, name, draw_count)) {
    draws.push_back(grid.values[i]);
  }
  return draws;
}

std::vector<double> Condensed(const GridPosterior& grid, int count) {
  std::vector<double> means;
  double sum = 0;
  double room = 1.0 / count;  // Left in the part under way.
  for (size_t i = 0; i < grid.values.size(); ++i) {
    double left = grid.weights[i];
    while (left > 0 && static_cast<int>(means.size()) < count) {
      const double taken = std::min(left, room);
      sum += taken * grid.values[i];
      left -= taken;
      room -= taken;
      if (room > 1e-12) continue;
      means.push_back(sum * count);
      sum = 0;
      room = 1.0 / count;
    }
  }
  // Rounding left the last part a hair short.
  if (static_cast<int>(means.size()) < count) means.push_back(sum / (1.0 / count - room));
  return means;
}

double LogHalfStudent(double x, double mean) {
  return -2.5 * std::log1p(x * x / (4 * mean * mean));
}

double LogHalfNormal(double x, double mean) { return -x * x / (M_PI * mean * mean); }

}  // namespace quotacast::simulator
