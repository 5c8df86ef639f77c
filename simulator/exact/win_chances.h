// What one person may win up to a mark once the shift is known: a chance per open deal, an expected
// number per segment from deals not yet created, and the moments that follow.
#ifndef QUOTACAST_SIMULATOR_EXACT_WIN_CHANCES_H_
#define QUOTACAST_SIMULATOR_EXACT_WIN_CHANCES_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/engine/draw_tables.h"
#include "simulator/exact/amount_law.h"
#include "simulator/exact/compound_law.h"

namespace quotacast::simulator {

// The amounts of a blueprint's deals under one draw and how its creation is mixed. Immutable and
// thread-safe.
struct DealLaws {
  explicit DealLaws(const Blueprint& plan, int draw = 0);
  // Of another draw of the plan of `other`.
  DealLaws(const DealLaws& other, const std::vector<AmountDistribution>& amounts);

  // What an open deal brings when it is won and its amount is not certain.
  const AmountLaw& AmountOf(const DealPlan& deal) const {
    return deal.revised >= 0 ? (*revised)[deal.revised] : segments[deal.segment];
  }

  std::vector<AmountLaw> segments;
  std::shared_ptr<const std::vector<AmountLaw>> revised;  // By DealPlan::revised; in all draws.
  CreationMix mix;
};

// The laws of all draws; those without amounts of their own share one. Immutable and thread-safe.
class LawsByDraw {
 public:
  explicit LawsByDraw(const Blueprint& plan);

  const std::vector<DealLaws>& all() const { return laws_; }
  bool differ() const { return laws_.size() > 1; }
  // Position in all().
  int IndexOf(const DrawTables& tables) const { return index_[tables.parameters - first_draw_]; }
  const DealLaws& Of(const DrawTables& tables) const { return laws_[IndexOf(tables)]; }

 private:
  const ParameterDraw* first_draw_;
  std::vector<int> index_;  // By draw.
  std::vector<DealLaws> laws_;
};

// Given the shift, whatever may be won once is independent of the rest and of new pipeline.
struct WinChances {
  std::vector<double> deals;  // P(won from the start of the mark's period to the mark).
  std::vector<double> fresh;  // Expected wins of the same days per Seller::creation, for G = 1.
};

// Reads the draw's tables at `shift`, which is held inside their range as in the kernel.
WinChances ChancesAt(const Blueprint& plan, const Seller& seller, const DrawTables& tables,
                     int mark, double shift);

// Mean and variance of what is won, given the shift.
struct WonMoments {
  double mean = 0;
  double variance = 0;
  double second_moment() const { return variance + mean * mean; }
};
WonMoments MomentsOf(const Seller& seller, const DealLaws& laws, const WinChances& chances);

// The law of the seller's own shift, without market and team.
struct OwnShift {
  double mean = 0;
  double variance = 0;
};
OwnShift OwnShiftOf(const Seller& seller, const DrawTables& tables);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_WIN_CHANCES_H_
