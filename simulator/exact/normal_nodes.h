// Expectations over a normal variable: quadrature nodes, and interpolation of a function that is
// to be averaged under several normal laws.
#ifndef QUOTACAST_SIMULATOR_EXACT_NORMAL_NODES_H_
#define QUOTACAST_SIMULATOR_EXACT_NORMAL_NODES_H_

#include <vector>

namespace quotacast::simulator {

// E f(Z) is about sum_i weights[i] f(points[i]), Z standard normal; the weights sum to 1.
struct NormalNodes {
  std::vector<double> points;  // Ascending.
  std::vector<double> weights;
};

// Gauss-Hermite rule with `count` nodes, 1..64: exact for polynomials of degree below 2 count.
// O(count^2) bisections.
NormalNodes GaussHermite(int count);

// The rules the engine uses, computed once. Immutable and thread-safe.
class NormalRules {
 public:
  NormalRules();

  // Nodes for functions that vary with Z like Phi(ratio Z + c): error about 1e-6. `ratio` >= 0 is
  // how many conditional standard deviations of the outcome one standard deviation of Z moves it.
  //
  // Gauss-Hermite errors fall like (ratio^2 / (1 + ratio^2))^n, those of the trapezoid rule with
  // spacing h like exp(-2 pi^2 / (h^2 (1 + ratio^2))): the first needs fewer nodes up to a ratio
  // of about 0.7, the second far fewer beyond.
  NormalNodes ForRatio(double ratio) const;

  // For polynomials and what is nearly one.
  const NormalNodes& dense() const { return hermite_.back(); }

 private:
  std::vector<NormalNodes> hermite_;  // By number of nodes; the last is dense().
};

// Polynomial interpolation through Chebyshev nodes on the mean +- 5.5 sd of a normal variable, with
// as many nodes as functions like those above need. Any average of an interpolated function is a
// weighted sum of its values at the nodes.
class NormalInterpolation {
 public:
  // Keeps a pointer to `rules`.
  NormalInterpolation(const NormalRules& rules, double mean, double sd, double ratio);

  const std::vector<double>& points() const { return points_; }

  // Weights of the values at points() in E f(X), X ~ N(mean, sd^2); X is held inside the interval.
  std::vector<double> Weights(double mean, double sd) const;

 private:
  // Adds `scale` times the Lagrange basis at x.
  void AddBasis(double x, double scale, std::vector<double>* weights) const;

  const NormalRules* rules_;
  double ratio_per_unit_ = 0;  // Of the variable.
  double low_ = 0;
  double high_ = 0;
  std::vector<double> points_;
  std::vector<double> barycentric_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_NORMAL_NODES_H_
