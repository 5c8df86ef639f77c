// KPIs about stays of deals in stages; see plain_company.h.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_STAGES_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_STAGES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "tests/integration/plain_company.h"

namespace quotacast {

class PlainStages : public PlainCompany {
 public:
  using PlainCompany::PlainCompany;

  PlainFigure StageConversion(const PlainRow& row, const Period& period) const {
    int64_t led_on_count = 0, count = 0;
    for (const Stay& stay : EndedStays(row, period)) {
      ++count;
      if (LeadsOn(stay)) ++led_on_count;
    }
    return Ratio(led_on_count, count);
  }

  PlainFigure StageDwellDays(const PlainRow& row, const Period& period) const {
    std::vector<int64_t> lengths;
    int64_t sum = 0;
    for (const Stay& stay : EndedStays(row, period)) {
      lengths.push_back(stay.days);
      sum += stay.days;
    }
    PlainFigure figure = Ratio(sum, static_cast<int64_t>(lengths.size()));
    if (!lengths.empty()) figure.value = plain::Median(lengths);
    return figure;
  }

  PlainFigure StageRegressionRate(const PlainRow& row, const Period& period) const {
    int64_t back_count = 0, count = 0;
    for (const Stay& stay : EndedStays(row, period)) {
      ++count;
      if (IsOpen(stay.next_stage) && stay.next_stage < stay.stage) ++back_count;
    }
    return Ratio(back_count, count);
  }

  PlainFigure StageSkipRate(const PlainRow& row, const Period& period) const {
    int64_t skipped_count = 0, count = 0;
    for (const metrics::BookOpportunity& deal : view().opportunities) {
      if (!IsClosedIn(deal, DaysOf(period)) || !HasDeal(row, deal)) continue;
      for (int stage = 0; IsOpen(stage); ++stage) {
        if (row.group_by == metrics::v1::GROUP_BY_STAGE && row.position != stage) continue;
        const bool has_passed = IsWon(deal) || WasBeyond(deal, stage);
        if (!WasIn(deal, stage) && !has_passed) continue;
        ++count;
        if (!WasIn(deal, stage)) ++skipped_count;
      }
    }
    return Ratio(skipped_count, count);
  }

  PlainFigure StageUplift(const PlainRow& row, const Period& period) const {
    int64_t in_won = 0, in_count = 0, skipped_won = 0, skipped_count = 0;
    for (const metrics::BookOpportunity& deal : view().opportunities) {
      if (!IsClosedIn(deal, DaysOf(period)) || !WasBeyond(deal, row.position)) continue;
      const int64_t won = IsWon(deal) ? 1 : 0;
      if (WasIn(deal, row.position)) {
        ++in_count;
        in_won += won;
      } else {
        ++skipped_count;
        skipped_won += won;
      }
    }
    PlainFigure figure;
    if (in_count == 0 || skipped_count == 0) return figure;
    figure.numerator = static_cast<double>(in_won) / static_cast<double>(in_count);
    figure.denominator = static_cast<double>(skipped_won) / static_cast<double>(skipped_count);
    figure.value = figure.numerator - figure.denominator;
    figure.sample_size = in_count + skipped_count;
    return figure;
  }

 private:
  struct Stay {
    int stage = 0;
    int next_stage = 0;
    int64_t days = 0;
  };

  static bool WasIn(const metrics::BookOpportunity& deal, int stage) {
    for (const metrics::StageVisit& visit : deal.visits) {
      if (visit.stage == stage) return true;
    }
    return false;
  }

  bool WasBeyond(const metrics::BookOpportunity& deal, int stage) const {
    for (const metrics::StageVisit& visit : deal.visits) {
      if (visit.stage > stage && IsOpen(visit.stage)) return true;
    }
    return false;
  }

  std::vector<Stay> EndedStays(const PlainRow& row, const Period& period) const {
    std::vector<Stay> stays;
    for (const metrics::BookOpportunity& deal : view().opportunities) {
      if (!HasDeal(row, deal)) continue;
      for (size_t i = 0; i + 1 < deal.visits.size(); ++i) {
        const metrics::StageVisit& visit = deal.visits[i];
        const metrics::StageVisit& next = deal.visits[i + 1];
        if (!IsOpen(visit.stage) || !DaysOf(period).Has(next.entered_day)) continue;
        if (row.group_by == metrics::v1::GROUP_BY_STAGE && row.position != visit.stage) continue;
        stays.push_back({visit.stage, next.stage, next.entered_day - visit.entered_day});
      }
    }
    return stays;
  }

  bool LeadsOn(const Stay& stay) const {
    if (IsOpen(stay.next_stage)) return stay.next_stage > stay.stage;
    return view().stages[static_cast<size_t>(stay.next_stage)].category ==
           metrics::StageCategory::kWon;
  }
};

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_STAGES_H_
