// Laws of sums on a lattice: a random number of equal amounts by Panjer's recursion, and one deal
// more by convolution. Every sum is of non-negative terms, so what is found on the first n nodes
// does not depend on how many there are.
#ifndef QUOTACAST_SIMULATOR_EXACT_COMPOUND_LAW_H_
#define QUOTACAST_SIMULATOR_EXACT_COMPOUND_LAW_H_

#include <vector>

#include "simulator/exact/amount_law.h"

namespace quotacast::simulator {

// How the number of wins from new pipeline varies: Poisson with a mean that is the expected number
// times a Gamma(shape, shape) variable, or times 1 when `is_constant`.
struct CreationMix {
  bool is_constant = true;
  double shape = 0;
};

// The law of the sum of N amounts with law `severity` (which may sum to less than 1: the rest lies
// beyond the lattice), E N = `expected_count`. Negative binomial counts under mixing:
//   s(n) = sum_j (a + b j / n) f(j) s(n - j) / (1 - a f(0)),  a = mu / (mu + k), b = (k - 1) a,
//   s(0) = ((1 - a) / (1 - a f(0)))^k;
// Poisson ones are the limit a = 0, b = mu. Writes severity.size() probabilities. O(size^2).
void CompoundLaw(double expected_count, const CreationMix& mix, const std::vector<double>& severity,
                 std::vector<double>* law);

// The law of the sum with one more deal that is won with `probability` and then adds the amount.
// `scratch` is overwritten.
void AddDeal(double probability, const SpreadAmount& amount, std::vector<double>* law,
             std::vector<double>* scratch);
void AddDeal(double probability, const std::vector<double>& severity, std::vector<double>* law,
             std::vector<double>* scratch);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_COMPOUND_LAW_H_
