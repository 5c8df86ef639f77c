// Answers that do not come from the engine: textbook formulas, written independently of it and on
// the system's mathematics library.
#ifndef QUOTACAST_SIMULATOR_TESTING_CLOSED_FORMS_H_
#define QUOTACAST_SIMULATOR_TESTING_CLOSED_FORMS_H_

#include <cstdint>
#include <functional>
#include <vector>

namespace quotacast::simulator::testing {

// Standard normal distribution function and its inverse (bisection), by libm's erfc.
double Phi(double x);
double PhiInverse(double p);

// P(X <= a, Y <= b) for standard normals with correlation rho, by Simpson's rule.
double BivariatePhi(double a, double b, double rho);

// E f(X), X standard normal, by Simpson's rule on [-9, 9].
double ExpectNormal(const std::function<double(double)>& f);

// Law of the number of successes of independent trials, by f_j(k) = (1 - p_j) f_{j-1}(k) +
// p_j f_{j-1}(k - 1).
std::vector<double> PoissonBinomial(const std::vector<double>& probabilities);

// P(sum >= threshold) of a compound sum whose count law has the (a, b) Panjer recursion
// s(n) = sum_j (a + b j / n) f_j s(n - j) / (1 - a f_0), with severities f and s(0) given.
double PanjerTail(double a, double b, double zero_probability, const std::vector<double>& severity,
                  int threshold);

// The absorbing chain of `stages` equal stages under the step rule: in each step a stage is left
// with probability h, then advances with probability p and may leave the next stage in the same
// step. Q[s][t] = (h p)^(t-s) (1 - h); R[s] = (h p)^(stages - s) for Won.
// P(won within `steps` steps | in stage s) = ((I - Q^steps) N R)_s, N = (I - Q)^-1.
double ChainWinProbability(int stages, double h, double p, int stage, int steps);

// The same chain when deals go back: of those that leave stage s the share `back[s]` is in stage d
// at the next step's start with probability `to[s][d]`, and the share (1 - back[s]) p advances.
// P(won within `steps` steps | in stage s) by stage, with N solved by elimination.
std::vector<double> ReturningChainWins(double h, double p, const std::vector<double>& back,
                                       const std::vector<std::vector<double>>& to, int steps);

// Probabilities of a lognormal amount rounded to integers, capped at `cap`.
std::vector<double> RoundedLognormal(double log_median, double log_sd, int cap);

// How far simulated figures are from exact ones, in standard errors.
class ZScores {
 public:
  void Add(double simulated, double exact, double standard_error);
  int count() const { return static_cast<int>(scores_.size()); }
  double Sd() const;   // Root mean square: a bias shows as well as a spread.
  double Max() const;  // Of the magnitudes.

 private:
  std::vector<double> scores_;
};

// Sample mean and variance.
double Mean(const std::vector<int64_t>& samples);
double Covariance(const std::vector<int64_t>& x, const std::vector<int64_t>& y);

}  // namespace quotacast::simulator::testing

#endif  // QUOTACAST_SIMULATOR_TESTING_CLOSED_FORMS_H_
