#include "simulator/exact/seller_law.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace quotacast::simulator {

AmountRange Join(const AmountRange& a, const AmountRange& b) {
  return {a.all_discrete && b.all_discrete, std::gcd(a.unit, b.unit), a.is_bounded && b.is_bounded,
          std::max(a.largest_sum, b.largest_sum)};
}

void AddAmounts(const Seller& seller, const DealLaws& laws, int64_t relevant, AmountRange* range) {
  const auto add = [&](int64_t amount) {
    if (amount <= relevant) range->unit = std::gcd(range->unit, amount);
  };
  for (const DealPlan& deal : seller.deals) {
    const AmountLaw& law = laws.AmountOf(deal);
    if (!deal.amount_minor_units.has_value() && !law.is_constant()) {
      range->all_discrete = false;
      continue;
    }
    const int64_t amount = deal.amount_minor_units.value_or(law.constant());
    add(amount);
    range->largest_sum += static_cast<double>(amount);
  }
  for (const CreationPlan& creation : seller.creation) {
    const AmountLaw& law = laws.segments[creation.segment];
    range->is_bounded = false;
    if (law.is_constant()) {
      add(law.constant());
    } else {
      range->all_discrete = false;
    }
  }
}

Lattice LatticeUpTo(int64_t amount, const AmountRange& range, int cells) {
  Lattice lattice;
  const int64_t most = 2 * static_cast<int64_t>(cells);
  // Without densities the amount itself need not lie on a node: the next one above decides.
  if (range.all_discrete && range.unit > 0 && (amount - 1) / range.unit < most) {
    lattice.width = static_cast<double>(range.unit);
    lattice.size = static_cast<int>((amount - 1) / range.unit) + 2;
    lattice.holds_all_amounts = true;
    return lattice;
  }
  if (amount <= most) {
    lattice.size = static_cast<int>(amount) + 1;
    lattice.holds_all_amounts = true;
    return lattice;
  }
  int64_t count = cells;
  const int64_t unit = std::gcd(range.unit, amount);
  if (range.unit > 0 && amount / unit <= most) {
    const int64_t units = amount / unit;
    count = (cells + units - 1) / units * units;
  }
  lattice.width = static_cast<double>(amount) / static_cast<double>(count);
  lattice.size = static_cast<int>(count) + 1;
  return lattice;
}

Lattice LatticeOver(double top, const AmountRange& range, int cells) {
  Lattice lattice;
  double reach = std::max(top, 1.0);
  if (range.all_discrete && range.is_bounded) reach = std::min(reach, range.largest_sum);
  if (range.all_discrete && range.unit > 0 &&
      reach / static_cast<double>(range.unit) < 2.0 * cells) {
    lattice.width = static_cast<double>(range.unit);
    lattice.holds_all_amounts = true;
  } else if (reach < 2.0 * cells) {
    lattice.holds_all_amounts = true;
  } else {
    lattice.width = reach / cells;
  }
  lattice.size = static_cast<int>(std::ceil(reach / lattice.width * (1 - 1e-13))) + 1;
  return lattice;
}

SellerLattice::SellerLattice(const Seller& seller, const DealLaws& laws, const Lattice& lattice,
                             bool known_deals)
    : lattice_(lattice), mix_(laws.mix) {
  std::vector<int> by_segment(laws.segments.size(), -1);
  const auto severity_of = [&](int segment) {
    if (by_segment[segment] == -1) {
      by_segment[segment] = static_cast<int>(severities_.size());
      severities_.push_back(laws.segments[segment].OnLattice(lattice, Spread::kLinear));
    }
    return by_segment[segment];
  };
  for (size_t i = 0; i < seller.deals.size(); ++i) {
    const DealPlan& deal = seller.deals[i];
    const AmountLaw& law = laws.AmountOf(deal);
    Deal placed;
    placed.position = static_cast<int>(i);
    if (!deal.amount_minor_units.has_value() && !law.is_constant()) {
      if (deal.revised < 0) {
        placed.severity = severity_of(deal.segment);
      } else {
        placed.severity = static_cast<int>(severities_.size());
        severities_.push_back(law.OnLattice(lattice, Spread::kLinear));
      }
      deals_.push_back(placed);
      continue;
    }
    if (!known_deals) continue;
    const int64_t amount = deal.amount_minor_units.value_or(law.constant());
    placed.nodes = SpreadOver(lattice, static_cast<double>(amount), Spread::kLinear);
    // Where all amounts lie on nodes those past the last are simply beyond.
    const double last = lattice.width * (lattice.size - 1);
    if (lattice.holds_all_amounts && static_cast<double>(amount) > last) {
      placed.nodes = {lattice.size, {1, 0, 0}};
    }
    deals_.push_back(placed);
  }
  for (const CreationPlan& creation : seller.creation) {
    fresh_.push_back(severity_of(creation.segment));
  }
}

void SellerLattice::Law(const WinChances& chances, Scratch* scratch) const {
  const size_t size = static_cast<size_t>(lattice_.size);
  double expected = 0;
  for (const double wins : chances.fresh) expected += wins;
  scratch->severity.assign(size, 0);
  if (expected > 0) {
    for (size_t i = 0; i < fresh_.size(); ++i) {
      const double share = chances.fresh[i] / expected;
      const std::vector<double>& from = severities_[fresh_[i]];
      for (size_t n = 0; n < size; ++n) scratch->severity[n] += share * from[n];
    }
  }
  CompoundLaw(expected, mix_, scratch->severity, &scratch->law);
  for (const Deal& deal : deals_) {
    const double chance = chances.deals[deal.position];
    if (deal.severity == -1) {
      AddDeal(chance, deal.nodes, &scratch->law, &scratch->other);
    } else {
      AddDeal(chance, severities_[deal.severity], &scratch->law, &scratch->other);
    }
  }
}

}  // namespace quotacast::simulator
