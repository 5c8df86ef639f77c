#include "simulator/exact/normal_nodes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kPi = 0x1.921fb54442d18p+1;
constexpr double kLogError = 13.8;  // -ln 1e-6.
constexpr int kMinNodes = 6;
constexpr double kTrapezoidReach = 5.2;
constexpr double kInterpolationReach = 5.5;
constexpr int kMinInterpolationNodes = 9;
constexpr int kMaxHermiteNodes = 16;
constexpr int kDenseNodes = 24;

// Orthonormal Hermite polynomials under the standard normal law: p_{n}(x), and the sum of squares
// of the lower ones.
struct HermiteValue {
  double value = 0;
  double previous = 0;  // p_{n-1}(x).
  double lower_squares = 0;
};
HermiteValue EvaluateHermite(int n, double x) {
  double previous = 0, current = 1, squares = 0;
  for (int j = 0; j < n; ++j) {
    squares += current * current;
    const double next = (x * current - std::sqrt(static_cast<double>(j)) * previous) /
                        std::sqrt(static_cast<double>(j + 1));
    previous = current;
    current = next;
  }
  return {current, previous, squares};
}

// The root of p_n between two points where its signs differ: bisection to where Newton's method,
// with p_n' = sqrt(n) p_{n-1}, is safe.
double RootBetween(int n, double low, double high) {
  const bool rising = EvaluateHermite(n, high).value > 0;
  for (int i = 0; i < 12; ++i) {
    const double middle = 0.5 * (low + high);
    const bool above = (EvaluateHermite(n, middle).value > 0) == rising;
    (above ? high : low) = middle;
  }
  double x = 0.5 * (low + high);
  for (int i = 0; i < 5; ++i) {
    const HermiteValue at = EvaluateHermite(n, x);
    x -= at.value / (std::sqrt(static_cast<double>(n)) * at.previous);
  }
  return x;
}

NormalNodes Trapezoid(double spacing) {
  NormalNodes nodes;
  const int half = static_cast<int>(std::ceil(kTrapezoidReach / spacing));
  double total = 0;
  for (int i = -half; i <= half; ++i) {
    nodes.points.push_back(spacing * i);
    nodes.weights.push_back(NormalDensity(spacing * i));
    total += nodes.weights.back();
  }
  for (double& weight : nodes.weights) weight /= total;
  return nodes;
}

}  // namespace

NormalNodes GaussHermite(int count) {
  // The roots of p_n lie between those of p_{n-1} and two outer bounds.
  std::vector<double> roots;
  for (int n = 1; n <= count; ++n) {
    const double bound = 2 * std::sqrt(static_cast<double>(n)) + 1;
    std::vector<double> next;
    for (int i = 0; i < n; ++i) {
      next.push_back(RootBetween(n, i == 0 ? -bound : roots[i - 1], i == n - 1 ? bound : roots[i]));
    }
    roots = std::move(next);
  }
  NormalNodes nodes;
  double total = 0;
  for (const double root : roots) {
    nodes.weights.push_back(1 / EvaluateHermite(count, root).lower_squares);
    total += nodes.weights.back();
  }
  for (double& weight : nodes.weights) weight /= total;
  nodes.points = std::move(roots);
  return nodes;
}

NormalRules::NormalRules() {
  for (int count = 0; count <= kMaxHermiteNodes; ++count) hermite_.push_back(GaussHermite(count));
  hermite_.push_back(GaussHermite(kDenseNodes));
}

NormalNodes NormalRules::ForRatio(double ratio) const {
  const double square = std::max(ratio * ratio, 1e-4);
  const double spacing = std::sqrt(2 * kPi * kPi / (kLogError * (1 + square)));
  const double hermite = std::ceil(kLogError / Log((1 + square) / square));
  const double trapezoid = 2 * std::ceil(kTrapezoidReach / spacing) + 1;
  if (hermite > trapezoid || hermite > kMaxHermiteNodes) return Trapezoid(spacing);
  return hermite_[std::max(kMinNodes, static_cast<int>(hermite))];
}

NormalInterpolation::NormalInterpolation(const NormalRules& rules, double mean, double sd,
                                         double ratio)
    : rules_(&rules),
      ratio_per_unit_(sd > 0 ? ratio / sd : 0),
      low_(mean - kInterpolationReach * sd),
      high_(mean + kInterpolationReach * sd) {
  if (sd == 0) {
    points_ = {mean};
    barycentric_ = {1};
    return;
  }
  // On [-1, 1] the function varies like exp(-c u^2), whose Chebyshev coefficients of degree 2 k
  // fall like exp(-k^2 / c) and faster.
  const double c = 0.5 * ratio * ratio * kInterpolationReach * kInterpolationReach;
  const int n = std::max(kMinInterpolationNodes,
                         2 * static_cast<int>(std::ceil(std::sqrt(kLogError * c))) + 3);
  for (int i = 0; i < n; ++i) {
    const double angle = kPi * (i + 0.5) / n;
    points_.push_back(mean + 0.5 * (high_ - low_) * Cos(angle));
    // The sine of the angle.
    const double sine = Cos(std::abs(angle - 0.5 * kPi));
    barycentric_.push_back(i % 2 == 0 ? sine : -sine);
  }
}

void NormalInterpolation::AddBasis(double x, double scale, std::vector<double>* weights) const {
  double total = 0;
  for (size_t i = 0; i < points_.size(); ++i) {
    if (x == points_[i]) {
      (*weights)[i] += scale;
      return;
    }
    total += barycentric_[i] / (x - points_[i]);
  }
  for (size_t i = 0; i < points_.size(); ++i) {
    (*weights)[i] += scale * (barycentric_[i] / (x - points_[i])) / total;
  }
}

std::vector<double> NormalInterpolation::Weights(double mean, double sd) const {
  std::vector<double> weights(points_.size(), 0);
  if (points_.size() == 1) {
    weights[0] = 1;
    return weights;
  }
  if (sd == 0) {
    AddBasis(std::clamp(mean, low_, high_), 1, &weights);
    return weights;
  }
  // At the nodes of this rule the polynomial is the function, so the function decides which.
  const double ratio = ratio_per_unit_ * sd;
  const NormalNodes nodes = ratio <= 1 ? rules_->dense() : rules_->ForRatio(ratio);
  for (size_t q = 0; q < nodes.points.size(); ++q) {
    AddBasis(std::clamp(mean + sd * nodes.points[q], low_, high_), nodes.weights[q], &weights);
  }
  return weights;
}

}  // namespace quotacast::simulator
