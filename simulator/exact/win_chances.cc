#include "simulator/exact/win_chances.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "simulator/engine/chebyshev.h"

namespace quotacast::simulator {

DealLaws::DealLaws(const Blueprint& plan, int draw) {
  for (const AmountDistribution& amount : plan.model.AmountsOf(plan.model.draws[draw])) {
    segments.emplace_back(amount);
  }
  std::vector<AmountLaw> laws;
  for (const AmountDistribution& amount : plan.revised_amounts) laws.emplace_back(amount);
  revised = std::make_shared<const std::vector<AmountLaw>>(std::move(laws));
  mix.is_constant = plan.mixing.is_constant();
  mix.shape = plan.model.creation_mix_shape;
}

DealLaws::DealLaws(const DealLaws& other, const std::vector<AmountDistribution>& amounts)
    : revised(other.revised), mix(other.mix) {
  for (const AmountDistribution& amount : amounts) segments.emplace_back(amount);
}

LawsByDraw::LawsByDraw(const Blueprint& plan) : first_draw_(plan.model.draws.data()) {
  int shared = -1;  // Of the draws without amounts of their own.
  for (size_t k = 0; k < plan.model.draws.size(); ++k) {
    const bool has_own = !plan.model.draws[k].amounts.empty();
    if (!has_own && shared >= 0) {
      index_.push_back(shared);
      continue;
    }
    index_.push_back(static_cast<int>(laws_.size()));
    if (!has_own) shared = index_.back();
    if (laws_.empty()) {
      laws_.emplace_back(plan, static_cast<int>(k));
    } else {
      laws_.emplace_back(DealLaws(laws_.front(), plan.model.AmountsOf(plan.model.draws[k])));
    }
  }
}

WinChances ChancesAt(const Blueprint& plan, const Seller& seller, const DrawTables& tables,
                     int mark, double shift) {
  const Mark& at = plan.grid.marks[mark];
  const double t = std::clamp(shift / plan.bases[seller.basis].radius(), -1.0, 1.0);
  const auto value = [&](const TableSlot& slot, int step) {
    return EvaluatePolynomial(
        &tables
             .polynomials[static_cast<size_t>(slot.offset) + static_cast<size_t>(step) * slot.size],
        slot.size, t);
  };
  WinChances chances;
  chances.deals.reserve(seller.deals.size());
  for (const DealPlan& deal : seller.deals) {
    double chance = value(deal.table, at.step);
    if (at.period > 0) {
      chance -= std::max(0.0, value(deal.table, plan.grid.last_step_of_period[at.period - 1]));
    }
    chances.deals.push_back(std::clamp(chance, 0.0, 1.0));
  }
  chances.fresh.reserve(seller.creation.size());
  for (const CreationPlan& creation : seller.creation) {
    chances.fresh.push_back(
        std::max(0.0, CreationRate(creation, seller.is_hire, *tables.parameters) *
                          value(creation.table, at.step)));
  }
  return chances;
}

WonMoments MomentsOf(const Seller& seller, const DealLaws& laws, const WinChances& chances) {
  WonMoments moments;
  for (size_t i = 0; i < seller.deals.size(); ++i) {
    const DealPlan& deal = seller.deals[i];
    const double p = chances.deals[i];
    double mean = laws.AmountOf(deal).mean();
    double second = laws.AmountOf(deal).second_moment();
    if (deal.amount_minor_units.has_value()) {
      mean = static_cast<double>(*deal.amount_minor_units);
      second = mean * mean;
    }
    moments.mean += p * mean;
    moments.variance += p * (second - p * mean * mean);
  }
  double fresh_mean = 0;
  for (size_t i = 0; i < seller.creation.size(); ++i) {
    const AmountLaw& amount = laws.segments[seller.creation[i].segment];
    fresh_mean += chances.fresh[i] * amount.mean();
    moments.variance += chances.fresh[i] * amount.second_moment();
  }
  moments.mean += fresh_mean;
  // The mixing variable is shared by all segments of the person.
  if (!laws.mix.is_constant) moments.variance += fresh_mean * fresh_mean / laws.mix.shape;
  return moments;
}

OwnShift OwnShiftOf(const Seller& seller, const DrawTables& tables) {
  return {seller.effect_mean,
          seller.is_hire ? tables.rep_sd * tables.rep_sd : seller.effect_variance};
}

}  // namespace quotacast::simulator
