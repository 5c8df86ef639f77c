// The law of what one person wins up to a mark, given the shift, on a lattice.
#ifndef QUOTACAST_SIMULATOR_EXACT_SELLER_LAW_H_
#define QUOTACAST_SIMULATOR_EXACT_SELLER_LAW_H_

#include <cstdint>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/exact/amount_law.h"
#include "simulator/exact/win_chances.h"

namespace quotacast::simulator {

// What a sum of a person's, or of several people's, amounts is made of.
struct AmountRange {
  bool all_discrete = true;  // No amount has a density.
  int64_t unit = 0;          // Greatest common divisor of the discrete amounts; 0: there are none.
  bool is_bounded = true;    // No deal will be created.
  double largest_sum = 0;    // When bounded and discrete.
};
// What holds for both of two draws.
AmountRange Join(const AmountRange& a, const AmountRange& b);
// Adds a person's amounts. Amounts above `relevant` are counted in `largest_sum` only.
void AddAmounts(const Seller& seller, const DealLaws& laws, int64_t relevant, AmountRange* range);

// A lattice of at least `cells` cells from 0 to `amount` > 0, with a node on it; up to twice as
// many when all amounts then lie on nodes.
Lattice LatticeUpTo(int64_t amount, const AmountRange& range, int cells);

// A lattice of about `cells` cells that reaches `top`, or the largest sum if that is smaller.
Lattice LatticeOver(double top, const AmountRange& range, int cells);

// A person's deals spread over a lattice, linearly. Immutable and thread-safe.
class SellerLattice {
 public:
  // Without the open deals whose amounts are known when `known_deals` is false.
  SellerLattice(const Seller& seller, const DealLaws& laws, const Lattice& lattice,
                bool known_deals = true);

  const Lattice& lattice() const { return lattice_; }

  // Scratch space of one thread.
  struct Scratch {
    std::vector<double> severity;
    std::vector<double> law;
    std::vector<double> other;
  };

  // Probabilities of the nodes, in scratch->law; the rest is beyond the last node.
  void Law(const WinChances& chances, Scratch* scratch) const;

 private:
  // Where an open deal's amount lies.
  struct Deal {
    int position = 0;    // In Seller::deals.
    SpreadAmount nodes;  // When `severity` is -1.
    int severity = -1;   // Position in severities_.
  };

  Lattice lattice_;
  CreationMix mix_;
  std::vector<Deal> deals_;
  std::vector<int> fresh_;  // Positions in severities_ per Seller::creation.
  std::vector<std::vector<double>> severities_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_SELLER_LAW_H_
