// The law of one deal's amount: constant, or a capped lognormal rounded to minor units. Moments,
// atoms, and how it is spread over a lattice.
#ifndef QUOTACAST_SIMULATOR_EXACT_AMOUNT_LAW_H_
#define QUOTACAST_SIMULATOR_EXACT_AMOUNT_LAW_H_

#include <cstdint>
#include <vector>

#include "simulator/model/model.h"

namespace quotacast::simulator {

// Equidistant amounts 0, width, 2 width ... in minor units. On a lattice of whole minor units, and
// on one that all amounts of a sum lie on, sums are exact.
struct Lattice {
  double width = 1;
  int size = 1;  // Nodes.
  bool holds_all_amounts = false;
  // Position of the first node at or above `amount`; `size` when there is none.
  int FirstNodeAtLeast(int64_t amount) const;
};

// A single amount that has a probability of its own.
struct AmountAtom {
  int64_t amount = 0;
  double probability = 0;
};

// How an amount between nodes is spread over them.
enum class Spread {
  // Two nodes, linear: keeps the mean. What it makes is a law.
  kLinear,
  // Three nodes, quadratic: keeps mean and variance, with weights down to -1/8. For sums of many
  // amounts on a lattice that may be wider than one of them.
  kQuadratic,
};

// Up to three lattice nodes from `first` on. Weights sum to 1.
struct SpreadAmount {
  int64_t first = 0;
  double weights[3] = {1, 0, 0};
};
SpreadAmount SpreadOver(const Lattice& lattice, double amount, Spread spread);

// Immutable and thread-safe.
class AmountLaw {
 public:
  // A stated amount.
  explicit AmountLaw(int64_t amount);
  explicit AmountLaw(const AmountDistribution& distribution);

  bool is_constant() const { return log_sd_ == 0; }
  int64_t constant() const { return cap_; }  // When is_constant().

  // E A and E A^2, in minor units. Rounding counts exactly for amounts below 4,096 minor units and
  // on average above (relative error below 1e-8).
  double mean() const { return mean_; }
  double second_moment() const { return second_moment_; }

  // The amount that has a probability of its own: the constant, or the cap.
  AmountAtom Atom() const;

  // Probabilities on the nodes of the lattice; what lies beyond its last node is left out. On a
  // lattice of single minor units the rounded amounts' own law whatever the spread.
  std::vector<double> OnLattice(const Lattice& lattice, Spread spread) const;

 private:
  // Of the amount before it is rounded and capped: P(Y < x), E Y 1{Y < x}, E Y^2 1{Y < x}.
  struct Below {
    double probability = 0;
    double first = 0;
    double second = 0;
  };
  Below At(double x, bool with_second = true) const;

  std::vector<double> SpreadLinear(const Lattice& lattice) const;
  std::vector<double> SpreadQuadratic(const Lattice& lattice) const;
  std::vector<double> RoundedProbabilities(int size) const;

  double log_median_ = 0;
  double log_sd_ = 0;
  int64_t cap_ = 0;
  double mean_ = 0;
  double second_moment_ = 0;
  double raw_mean_ = 0;  // Before rounding and the cap.
  double raw_second_moment_ = 0;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_AMOUNT_LAW_H_
