// P(bookings >= wanted) of one person at one mark, given the shift.
//
// What a person wins is D + C: deals with known amounts, and what has a density but for an atom at
// nothing won. P(D + C >= wanted) = sum_d P(D = d) P(C >= wanted - d), where D is taken in whole
// minor units and only C is spread over a lattice. A lattice cannot tell a sum at the quota from
// one next to it, and a person's few large deals are exactly such sums.
#ifndef QUOTACAST_SIMULATOR_EXACT_QUOTA_QUESTION_H_
#define QUOTACAST_SIMULATOR_EXACT_QUOTA_QUESTION_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/exact/discrete_sums.h"
#include "simulator/exact/quota_atom.h"
#include "simulator/exact/seller_law.h"
#include "simulator/exact/win_chances.h"

namespace quotacast::simulator {

// Immutable and thread-safe. Keeps nothing of the seller.
class QuotaQuestion {
 public:
  // `cells` from 0 to `wanted`.
  QuotaQuestion(const Seller& seller, const DealLaws& laws, int64_t wanted, int cells);

  struct Answer {
    double probability = 0;
    double atom = 0;  // P(bookings = wanted), part of the above.
    // Mass within a cell of the quota that was not told apart from it, the atom left out: of sums
    // of known amounts when there are too many to keep apart, or of constant new amounts.
    double cell_mass = 0;
  };

  // Scratch space of one thread.
  struct Scratch {
    SellerLattice::Scratch lattice;
    std::vector<double> known;
    std::vector<double> other;
    std::vector<double> cumulative;
  };
  Answer Ask(const WinChances& chances, Scratch* scratch) const;

  // As QuotaAtom::resolved.
  bool atom_is_resolved() const { return !atom_.has_value() || atom_->resolved(); }

 private:
  // All amounts lie on the nodes of lattice_.
  Answer AskExactLattice(const WinChances& chances, Scratch* scratch) const;
  // P(C = 0), and fills scratch->cumulative with P(0 < C <= node) at the nodes of lattice_.
  double FindCumulative(const WinChances& chances, Scratch* scratch) const;

  int64_t wanted_ = 0;
  // Of everything, or of C alone.
  std::optional<SellerLattice> lattice_;
  CreationMix mix_;
  bool smooth_ = true;  // No new deals of constant amounts, which have atoms everywhere.
  std::vector<int> unknown_deals_;    // Open deals that are part of C.
  std::optional<DiscreteSums> sums_;  // Of D; or else
  std::vector<KnownDeal> known_;      // D on a fine lattice,
  Lattice fine_;
  std::optional<QuotaAtom> atom_;  // and its atom at the quota apart.
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_QUOTA_QUESTION_H_
