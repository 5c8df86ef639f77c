// What plain_stages.h, plain_targets.h and plain_people.h share: KPIs written once more from
// docs/kpis.md alone, as loops over the deals and reps of a view, without the groupings, columns
// and lists that the product has.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_COMPANY_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_COMPANY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "tests/integration/plain_figure.h"

namespace quotacast {

// What stands beside an undefined value is not looked at.
using PlainFigure = plain::Figure;

// The organisation, or a rep, team or stage by its position in the view.
struct PlainRow {
  metrics::v1::GroupBy group_by = metrics::v1::GROUP_BY_ORG;
  int position = 0;
};

// First day and first day after.
struct PlainDays {
  absl::CivilDay start;
  absl::CivilDay end;
  bool Has(absl::CivilDay day) const { return start <= day && day < end; }
  int64_t count() const { return end - start; }
};

// The view as its KPIs need it: whose deals and reps are in a row, what counts in a period.
// `period` is absent for all history, where a KPI can do without.
class PlainCompany {
 public:
  using Period = std::optional<FiscalPeriod>;

  explicit PlainCompany(std::shared_ptr<const metrics::BookView> view)
      : view_(std::move(view)),
        today_(view_->as_of.effective_day),
        first_day_(view_->first_created_day.value()),
        wins_of_rep_(view_->reps.size()) {
    for (const metrics::BookOpportunity& deal : view_->opportunities) {
      if (IsWon(deal)) wins_of_rep_[static_cast<size_t>(deal.rep)].push_back(&deal);
    }
  }

 protected:
  // A share of counts that is undefined when nothing is below the line.
  static PlainFigure Ratio(int64_t numerator, int64_t denominator) {
    PlainFigure figure{.numerator = static_cast<double>(numerator),
                       .denominator = static_cast<double>(denominator),
                       .sample_size = denominator};
    if (denominator > 0) figure.value = figure.numerator / figure.denominator;
    return figure;
  }

  const metrics::BookView& view() const { return *view_; }
  absl::CivilDay today() const { return today_; }
  // That of the first deal.
  absl::CivilDay first_day() const { return first_day_; }
  int RepCount() const { return static_cast<int>(view_->reps.size()); }
  const metrics::BookRep& Rep(int rep) const { return view_->reps[static_cast<size_t>(rep)]; }

  // Deals without an owner are given to one who is nobody.
  bool IsPerson(int rep) const { return Rep(rep).id != metrics::kUnassignedRepId; }

  bool HasRep(const PlainRow& row, int rep) const {
    if (row.group_by == metrics::v1::GROUP_BY_REP) return row.position == rep;
    if (row.group_by != metrics::v1::GROUP_BY_TEAM) return true;
    int team = Rep(rep).team;
    while (team >= 0 && team != row.position) team = view_->teams[static_cast<size_t>(team)].parent;
    return team >= 0;
  }

  bool HasDeal(const PlainRow& row, const metrics::BookOpportunity& deal) const {
    return HasRep(row, deal.rep);
  }

  bool HasNotBegun(const FiscalPeriod& period) const { return period.start > today_; }
  bool HasEnded(const FiscalPeriod& period) const { return period.end <= today_ + 1; }

  PlainDays DaysOf(const Period& period) const {
    if (!period) return {first_day_, today_ + 1};
    return {period->start, std::max(period->start, std::min(period->end, today_ + 1))};
  }

  bool IsOpen(int stage) const {
    return view_->stages[static_cast<size_t>(stage)].category == metrics::StageCategory::kOpen;
  }

  static bool IsWon(const metrics::BookOpportunity& deal) {
    return deal.outcome == metrics::StageCategory::kWon;
  }

  static bool IsClosedIn(const metrics::BookOpportunity& deal, const PlainDays& days) {
    return deal.outcome != metrics::StageCategory::kOpen && days.Has(deal.close_day);
  }

  const std::vector<const metrics::BookOpportunity*>& WinsOf(int rep) const {
    return wins_of_rep_[static_cast<size_t>(rep)];
  }

  int64_t BookedBy(int rep, const PlainDays& days) const {
    int64_t sum = 0;
    for (const metrics::BookOpportunity* deal : WinsOf(rep)) {
      if (days.Has(deal->close_day)) sum += deal->amount_minor_units.value_or(0);
    }
    return sum;
  }

  int64_t DaysInJob(int rep, const PlainDays& days) const {
    const metrics::BookRep& person = Rep(rep);
    const absl::CivilDay from = std::max(days.start, person.start_day.value_or(days.start));
    const absl::CivilDay to = std::min(days.end, person.end_day.value_or(days.end));
    return std::max<int64_t>(0, to - from);
  }

 private:
  std::shared_ptr<const metrics::BookView> view_;
  absl::CivilDay today_;
  absl::CivilDay first_day_;
  std::vector<std::vector<const metrics::BookOpportunity*>> wins_of_rep_;
};

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_COMPANY_H_
