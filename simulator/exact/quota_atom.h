// The probability that a person's bookings equal an amount exactly: what a lattice cannot tell from
// a density around it. Open deals and the atoms of amounts are walked in whole minor units.
#ifndef QUOTACAST_SIMULATOR_EXACT_QUOTA_ATOM_H_
#define QUOTACAST_SIMULATOR_EXACT_QUOTA_ATOM_H_

#include <cstdint>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/exact/win_chances.h"

namespace quotacast::simulator {

// More different sums than this at one deal, or in new pipeline, and the search is given up.
inline constexpr int kMaxAtomStates = 20'000;

// The ways to reach `amount` > 0, found once per person and reused for every shift and draw. Atoms
// of size 0 (amounts that round to nothing) are left out of count. Immutable and thread-safe.
class QuotaAtom {
 public:
  QuotaAtom(const Seller& seller, const DealLaws& laws, int64_t amount);

  // False when there were too many different sums to find all ways: Probability() is then 0, and
  // each single sum is improbable.
  bool resolved() const { return resolved_; }

  // P(bookings = amount) given the shift.
  double Probability(const WinChances& chances) const;

 private:
  // A sum after some deals: where it goes when the next deal brings nothing, or its atom.
  struct State {
    int lost = -1;  // Position in the next layer; -1: the amount cannot be reached from there.
    int won = -1;
  };
  // A deal that can bring an atom; `probability` of the atom once it is won.
  struct Step {
    int deal = 0;
    int64_t amount = 0;
    double probability = 1;
  };
  // A combination of atoms from new pipeline: wins per Step of `fresh_`.
  struct FreshSum {
    int target = 0;  // Position in the last layer.
    std::vector<int> counts;
  };

  bool FindFreshSums(int64_t amount, std::vector<int64_t>* sums);
  bool FindWays(int64_t amount, const std::vector<int64_t>& targets);
  // P(exactly these atoms and nothing else from new pipeline).
  double FreshProbability(const std::vector<int>& counts, const WinChances& chances) const;

  CreationMix mix_;
  bool resolved_ = true;
  bool reachable_ = false;
  std::vector<int> barred_;  // Deals that must bring nothing: too large, or without an atom.
  std::vector<Step> steps_;
  std::vector<Step> fresh_;          // `deal` is a position in Seller::creation.
  std::vector<double> fresh_share_;  // Of each creation's wins, those that book something.
  std::vector<std::vector<State>> layers_;
  std::vector<FreshSum> fresh_sums_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_QUOTA_ATOM_H_
