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

namespace {

// What position i stands for, by the trapezoid rule.
double WidthAt(const std::vector<double>& values, size_t i) {
  if (values.size() == 1) return 1;
  const double low = i > 0 ? values[i - 1] : values[i];
  const double high = i + 1 < values.size() ? values[i + 1] : values[i];
  return (high - low) / 2;
}

}  // namespace

GridPosterior Normalised(std::vector<double> values, const std::vector<double>& log_density) {
  const size_t n = values.size();
  GridPosterior grid;
  const double best = *std::max_element(log_density.begin(), log_density.end());
  double total = 0;
  for (size_t i = 0; i < n; ++i) {
    grid.weights.push_back(WidthAt(values, i) * std::exp(log_density[i] - best));
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

JointPositions DrawJointPositions(const std::vector<double>& first,
                                  const std::vector<double>& second,
                                  const std::vector<std::vector<double>>& log_density,
                                  uint64_t seed, std::string_view first_name,
                                  std::string_view second_name, int draw_count) {
  double best = log_density[0][0];
  for (const std::vector<double>& row : log_density) {
    best = std::max(best, *std::max_element(row.begin(), row.end()));
  }
  std::vector<double> marginal;
  for (const std::vector<double>& row : log_density) {
    double sum = 0;
    for (size_t j = 0; j < row.size(); ++j) {
      sum += WidthAt(second, j) * std::exp(row[j] - best);
    }
    marginal.push_back(std::log(sum));
  }
  JointPositions positions;
  positions.first = DrawPositions(Normalised(first, marginal), seed, first_name, draw_count);
  std::vector<std::vector<size_t>> given(first.size());
  for (size_t k = 0; k < positions.first.size(); ++k) {
    const size_t i = positions.first[k];
    if (given[i].empty()) {
      given[i] = DrawPositions(Normalised(second, log_density[i]), seed, second_name, draw_count);
    }
    positions.second.push_back(given[i][k]);
  }
  return positions;
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

double LogLogNormal(double x, double median, double log_sd) {
  const double z = std::log(x / median) / log_sd;
  return -std::log(x) - 0.5 * z * z;
}

double LogHalfNormal(double x, double mean) { return -x * x / (M_PI * mean * mean); }

}  // namespace quotacast::simulator
