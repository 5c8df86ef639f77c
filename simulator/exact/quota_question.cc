#include "simulator/exact/quota_question.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "simulator/engine/deterministic_math.h"
#include "simulator/exact/compound_law.h"

namespace quotacast::simulator {
namespace {

// Convolving a known deal costs time in proportion to the lattice, new pipeline to its square: a
// lattice this much finer for the former costs as much.
constexpr int kFineCells = 8;

// P(0 < C <= y) between nodes: the density is taken as straight from node to node.
double CumulativeAt(const std::vector<double>& cumulative, double position) {
  const size_t last = cumulative.size() - 1;
  if (position >= static_cast<double>(last)) return cumulative[last];
  const size_t node = static_cast<size_t>(position);
  const double t = position - static_cast<double>(node);
  // The Hermite cubic with central differences as slopes.
  const double here = cumulative[node], next = cumulative[node + 1];
  const double before = node > 0 ? cumulative[node - 1] : here;
  const double after = node + 2 <= last ? cumulative[node + 2] : 2 * next - here;
  const double slope = 0.5 * (next - before), next_slope = 0.5 * (after - here);
  const double rise = next - here;
  return here + t * (slope +
                     t * (3 * rise - 2 * slope - next_slope + t * (slope + next_slope - 2 * rise)));
}

}  // namespace

QuotaQuestion::QuotaQuestion(const Seller& seller, const DealLaws& laws, int64_t wanted, int cells)
    : wanted_(wanted), mix_(laws.mix) {
  if (wanted <= 0) return;
  AmountRange range;
  AddAmounts(seller, laws, wanted, &range);
  const Lattice lattice = LatticeUpTo(wanted, range, cells);
  if (lattice.holds_all_amounts) {
    lattice_.emplace(seller, laws, lattice);
    return;
  }
  smooth_ = std::none_of(
      seller.creation.begin(), seller.creation.end(),
      [&](const CreationPlan& creation) { return laws.segments[creation.segment].is_constant(); });
  for (size_t i = 0; i < seller.deals.size(); ++i) {
    const DealPlan& deal = seller.deals[i];
    const AmountLaw& law = laws.AmountOf(deal);
    if (deal.amount_minor_units.has_value() || law.is_constant()) {
      known_.push_back({static_cast<int>(i), deal.amount_minor_units.value_or(law.constant())});
    } else {
      unknown_deals_.push_back(static_cast<int>(i));
    }
  }
  lattice_.emplace(seller, laws, lattice, /*known_deals=*/false);
  if (smooth_) sums_ = DiscreteSums::Find(known_, wanted);
  if (sums_.has_value()) return;
  fine_.width = lattice.width / kFineCells;
  fine_.size = (lattice.size - 1) * kFineCells + 1;
  atom_.emplace(seller, laws, wanted);
}

QuotaQuestion::Answer QuotaQuestion::AskExactLattice(const WinChances& chances,
                                                     Scratch* scratch) const {
  lattice_->Law(chances, &scratch->lattice);
  const std::vector<double>& law = scratch->lattice.law;
  const int node = lattice_->lattice().FirstNodeAtLeast(wanted_);
  double below = 0;
  for (int i = 0; i < node; ++i) below += law[i];
  const bool on_node = lattice_->lattice().width * node == static_cast<double>(wanted_);
  return {std::clamp(1 - below, 0.0, 1.0), on_node ? law[node] : 0, 0};
}

double QuotaQuestion::FindCumulative(const WinChances& chances, Scratch* scratch) const {
  double nothing = 1;
  double expected = 0;
  for (const double wins : chances.fresh) expected += wins;
  if (mix_.is_constant) {
    nothing = Exp(-expected);
  } else if (expected > 0) {
    nothing = Exp(-mix_.shape * Log(1 + expected / mix_.shape));
  }
  for (const int deal : unknown_deals_) nothing *= 1 - chances.deals[deal];
  lattice_->Law(chances, &scratch->lattice);
  std::vector<double>& law = scratch->lattice.law;
  law[0] = std::max(0.0, law[0] - nothing);
  // Half of a node's share lies below it; nothing lies below 0.
  std::vector<double>& cumulative = scratch->cumulative;
  cumulative.assign(law.size(), 0);
  double below = 0;
  for (size_t n = 0; n < law.size(); ++n) {
    cumulative[n] = n == 0 ? 0 : below + 0.5 * law[n];
    below += law[n];
  }
  return nothing;
}

QuotaQuestion::Answer QuotaQuestion::Ask(const WinChances& chances, Scratch* scratch) const {
  if (wanted_ <= 0) return {1, 0, 0};
  if (lattice_->lattice().holds_all_amounts) return AskExactLattice(chances, scratch);
  const double nothing = FindCumulative(chances, scratch);
  const double width = lattice_->lattice().width;
  // P(C >= y), y > 0: amounts are whole minor units, their lattice is of amounts before rounding.
  const auto tail = [&](double y) {
    return 1 - nothing - CumulativeAt(scratch->cumulative, std::max(0.0, y - 0.5) / width);
  };
  Answer answer;
  if (sums_.has_value()) {
    sums_->Probabilities(chances.deals, &scratch->known, &scratch->other);
    const std::vector<int64_t>& sums = sums_->sums();
    double at_most = 0;
    for (size_t i = 0; i < sums.size(); ++i) {
      at_most += scratch->known[i];
      if (sums[i] == wanted_) {
        answer.probability += scratch->known[i];
        answer.atom = scratch->known[i] * nothing;
      } else {
        answer.probability += scratch->known[i] * tail(static_cast<double>(wanted_ - sums[i]));
      }
    }
    answer.probability = std::clamp(answer.probability + (1 - at_most), 0.0, 1.0);
    return answer;
  }
  std::vector<double>& known = scratch->known;
  known.assign(fine_.size, 0);
  known[0] = 1;
  for (const KnownDeal& deal : known_) {
    AddDeal(chances.deals[deal.deal],
            SpreadOver(fine_, static_cast<double>(deal.amount), Spread::kLinear), &known,
            &scratch->other);
  }
  const int last = fine_.size - 1;
  double at_most = 0;
  for (int n = 0; n < last; ++n) {
    at_most += known[n];
    if (known[n] > 0) answer.probability += known[n] * tail(fine_.width * (last - n));
  }
  at_most += known[last];
  // The half-cell rule: what lies at the last node without being at the quota is half below it,
  // and then attains with anything more that is won.
  answer.atom = atom_->Probability(chances);
  const double around = std::max(0.0, known[last] * nothing - answer.atom);
  answer.probability += known[last] - 0.5 * around + (1 - at_most);
  answer.probability = std::clamp(answer.probability, 0.0, 1.0);
  answer.cell_mass = around + known[last - 1] * nothing;
  if (!smooth_) {
    // Atoms of C within a cell either way.
    for (int n = 0; n <= last; ++n) {
      const double position = static_cast<double>(last - n) / kFineCells;
      answer.cell_mass +=
          known[n] * (CumulativeAt(scratch->cumulative, position + 1) -
                      CumulativeAt(scratch->cumulative, std::max(0.0, position - 1)));
    }
  }
  return answer;
}

}  // namespace quotacast::simulator
