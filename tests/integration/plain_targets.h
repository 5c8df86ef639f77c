// KPIs about quotas, plans and the pipeline for them; see plain_company.h.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_TARGETS_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_TARGETS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "tests/integration/plain_company.h"

namespace quotacast {

class PlainTargets : public PlainCompany {
 public:
  using PlainCompany::PlainCompany;

  PlainFigure QuotaAttainment(const PlainRow& row, const Period& period) const {
    if (HasNotBegun(*period)) return {};
    return MoneyRatio(Booked(row, *period), Quotas(row, *period), QuotaCount(row, *period));
  }

  PlainFigure RepsAtQuotaShare(const PlainRow& row, const Period& period) const {
    int64_t reached_count = 0;
    if (HasNotBegun(*period)) return {};
    for (int rep = 0; rep < RepCount(); ++rep) {
      const int64_t quota = QuotaOf(rep, *period);
      if (!HasRep(row, rep) || quota <= 0) continue;
      if (BookedBy(rep, {period->start, period->end}) >= quota) ++reached_count;
    }
    return Ratio(reached_count, QuotaCount(row, *period));
  }

  PlainFigure MonthsAtTargetShare(const PlainRow& row, const Period& period) const {
    if (period && HasNotBegun(*period)) return {};
    int64_t month_count = 0, reached_count = 0;
    for (const PlainDays& month : CompleteMonths(period)) {
      const std::optional<double> target = TargetIn(row, month);
      if (!target) continue;
      ++month_count;
      int64_t booked = 0;
      for (int rep = 0; rep < RepCount(); ++rep) {
        if (HasRep(row, rep)) booked += BookedBy(rep, month);
      }
      if (static_cast<double>(booked) >= *target) ++reached_count;
    }
    return Ratio(reached_count, month_count);
  }

  PlainFigure AttainmentPlan(const PlainRow& row, const Period& period) const {
    if (HasNotBegun(*period)) return {};
    int64_t won_count = 0;
    for (const metrics::BookOpportunity& deal : view().opportunities) {
      const bool is_in = IsClosedIn(deal, DaysOf(period)) && IsWon(deal) && HasDeal(row, deal);
      if (is_in) ++won_count;
    }
    return MoneyRatio(Booked(row, *period), Plan(row, *period), won_count);
  }

  PlainFigure OverAssignment(const PlainRow& row, const Period& period) const {
    if (QuotaCount(row, *period) == 0) return {};
    return MoneyRatio(Quotas(row, *period), Plan(row, *period), QuotaCount(row, *period));
  }

  PlainFigure Capacity(const PlainRow& row, const Period& period) const {
    const Ramp ramp = ObservedRamp(*period);
    if (QuotaCount(row, *period) == 0 || ramp.asked[kRamped] <= 0) return {};
    double sum = 0;
    for (int rep = 0; rep < RepCount(); ++rep) {
      if (!HasRep(row, rep)) continue;
      sum += static_cast<double>(QuotaOf(rep, *period)) * ramp.ShareOf(TenureIn(rep, *period)) *
             ramp.Attainment(kRamped) * ShareInJob(rep, *period);
    }
    PlainFigure figure = MoneyRatio(0, Quotas(row, *period), QuotaCount(row, *period));
    figure.numerator = sum / kMinorPerMajor;
    figure.value = figure.numerator;
    return figure;
  }

  PlainFigure CoverageFull(const PlainRow& row, const Period& period) const {
    if (HasEnded(*period)) return {};
    const Due due = DueIn(row, *period);
    return MoneyRatio(due.amount, Quotas(row, *period), due.count);
  }

  PlainFigure CoverageRemaining(const PlainRow& row, const Period& period) const {
    if (HasEnded(*period) || QuotaCount(row, *period) == 0) return {};
    const Due due = DueIn(row, *period);
    return MoneyRatio(due.amount, Quotas(row, *period) - Booked(row, *period), due.count);
  }

  PlainFigure RequiredCoverage(const PlainRow& row, const Period& period) const {
    if (HasEnded(*period)) return {};
    constexpr int kWeekDays = 7;
    // Whole weeks that are over at the end of the as-of day.
    const int64_t weeks = std::max<int64_t>(0, today() + 1 - period->start) / kWeekDays;
    int64_t due_amount = 0, won_amount = 0, count = 0;
    for (const FiscalPeriod& past : PeriodsBefore(*period, kMostCoveragePeriods)) {
      const absl::CivilDay day = past.start + kWeekDays * weeks - 1;
      const bool has_dates = HadExpectedDates(day);
      for (const metrics::BookOpportunity& deal : view().opportunities) {
        if (!HasDeal(row, deal) || CategoryOn(deal, day) != metrics::StageCategory::kOpen) continue;
        if (has_dates && !WasDueIn(deal, day, past)) continue;
        const int64_t amount = deal.entry_amount_minor_units.value_or(ListPrice(deal));
        if (amount <= 0) continue;
        ++count;
        due_amount += amount;
        if (CategoryOn(deal, past.end - 1) == metrics::StageCategory::kWon) won_amount += amount;
      }
    }
    return MoneyRatio(due_amount, won_amount, count);
  }

 private:
  static constexpr double kMinorPerMajor = 100;
  static constexpr size_t kMostCoveragePeriods = 8;
  static constexpr size_t kMostRampPeriods = 12;
  static constexpr size_t kRamped = 4;  // Tenures below are quarters of a year.

  struct Due {
    int64_t amount = 0;
    int64_t count = 0;
  };

  struct Ramp {
    double booked[kRamped + 1] = {};
    double asked[kRamped + 1] = {};
    double Attainment(size_t tenure) const { return booked[tenure] / asked[tenure]; }
    double ShareOf(size_t tenure) const {
      if (asked[tenure] <= 0) return 1;
      return std::min(1.0, Attainment(tenure) / Attainment(kRamped));
    }
  };

  static PlainFigure MoneyRatio(int64_t numerator, int64_t denominator, int64_t sample_size) {
    PlainFigure figure = Ratio(numerator, denominator);
    figure.numerator /= kMinorPerMajor;
    figure.denominator /= kMinorPerMajor;
    figure.sample_size = sample_size;
    return figure;
  }

  int64_t QuotaOf(int rep, const FiscalPeriod& period) const {
    for (const auto& [name, amount] : Rep(rep).quotas) {
      if (name == period.name) return std::max<int64_t>(0, amount);
    }
    return 0;
  }

  int64_t QuotaCount(const PlainRow& row, const FiscalPeriod& period) const {
    int64_t count = 0;
    for (int rep = 0; rep < RepCount(); ++rep) {
      if (HasRep(row, rep) && QuotaOf(rep, period) > 0) ++count;
    }
    return count;
  }

  int64_t Quotas(const PlainRow& row, const FiscalPeriod& period) const {
    int64_t sum = 0;
    for (int rep = 0; rep < RepCount(); ++rep) {
      if (HasRep(row, rep)) sum += QuotaOf(rep, period);
    }
    return sum;
  }

  int64_t Booked(const PlainRow& row, const FiscalPeriod& period) const {
    int64_t sum = 0;
    for (int rep = 0; rep < RepCount(); ++rep) {
      if (HasRep(row, rep)) sum += BookedBy(rep, {period.start, period.end});
    }
    return sum;
  }

  // A team's own plan, else the sum of those below it; below the organisation are the top teams.
  int64_t TeamPlan(int team, const FiscalPeriod& period) const {
    for (const metrics::BookPlanQuota& plan : view().plan_quotas) {
      const bool is_own = plan.team == team && plan.period == period.name;
      if (is_own && plan.amount_minor_units > 0) return plan.amount_minor_units;
    }
    int64_t sum = 0;
    for (size_t below = 0; below < view().teams.size(); ++below) {
      if (view().teams[below].parent == team) sum += TeamPlan(static_cast<int>(below), period);
    }
    return sum;
  }

  int64_t Plan(const PlainRow& row, const FiscalPeriod& period) const {
    constexpr int kAboveAll = -1;
    return TeamPlan(row.group_by == metrics::v1::GROUP_BY_TEAM ? row.position : kAboveAll, period);
  }

  // Those that are over; without a period the last twelve.
  std::vector<PlainDays> CompleteMonths(const Period& period) const {
    constexpr size_t kMostMonths = 12;
    const absl::CivilDay start =
        period ? period->start : absl::CivilDay(absl::CivilMonth(first_day()));
    const absl::CivilDay end = period ? std::min(period->end, today() + 1) : today() + 1;
    std::vector<PlainDays> months;
    for (absl::CivilMonth month(start); absl::CivilDay(month + 1) <= end; ++month) {
      if (absl::CivilDay(month) < start) continue;
      months.push_back({absl::CivilDay(month), absl::CivilDay(month + 1)});
    }
    if (!period && months.size() > kMostMonths) {
      months.erase(months.begin(), months.end() - kMostMonths);
    }
    return months;
  }

  // Day by day what a month has of the quotas of a row's reps. Who has none on a day, or is not in
  // the job on it, has no target.
  std::optional<double> TargetIn(const PlainRow& row, const PlainDays& month) const {
    std::optional<double> sum;
    for (int rep = 0; rep < RepCount(); ++rep) {
      if (!HasRep(row, rep) || DaysInJob(rep, month) < month.count()) continue;
      double target = 0;
      bool has_all = true;
      for (absl::CivilDay day = month.start; day < month.end; ++day) {
        const FiscalPeriod period = view().calendar.PeriodContaining(day).value();
        const int64_t quota = QuotaOf(rep, period);
        has_all &= quota > 0;
        target += static_cast<double>(quota) / static_cast<double>(period.end - period.start);
      }
      if (has_all) sum = sum.value_or(0) + target;
    }
    return sum;
  }

  double ShareInJob(int rep, const FiscalPeriod& period) const {
    const PlainDays days{period.start, period.end};
    return static_cast<double>(DaysInJob(rep, days)) / static_cast<double>(days.count());
  }

  size_t TenureIn(int rep, const FiscalPeriod& period) const {
    constexpr int64_t kQuarterOfYearDays = 91;
    const auto& start_day = Rep(rep).start_day;
    if (!start_day) return kRamped;
    const absl::CivilDay middle = period.start + (period.end - period.start) / 2;
    const int64_t quarter = std::max<int64_t>(0, middle - *start_day) / kQuarterOfYearDays;
    return std::min(kRamped, static_cast<size_t>(quarter));
  }

  // The latest that ended by the as-of day and before this one, and not before the first deal.
  std::vector<FiscalPeriod> PeriodsBefore(const FiscalPeriod& period, size_t most) const {
    std::vector<FiscalPeriod> periods;
    FiscalPeriod past = view().calendar.Previous(period).value();
    while (past.end > first_day() && periods.size() < most) {
      if (HasEnded(past)) periods.push_back(past);
      past = view().calendar.Previous(past).value();
    }
    return periods;
  }

  Ramp ObservedRamp(const FiscalPeriod& period) const {
    Ramp ramp;
    for (const FiscalPeriod& past : PeriodsBefore(period, kMostRampPeriods)) {
      for (int rep = 0; rep < RepCount(); ++rep) {
        const auto quota = static_cast<double>(QuotaOf(rep, past));
        const double asked = quota * ShareInJob(rep, past);
        if (asked <= 0) continue;
        const size_t tenure = TenureIn(rep, past);
        ramp.asked[tenure] += asked;
        ramp.booked[tenure] += static_cast<double>(BookedBy(rep, {past.start, past.end}));
      }
    }
    return ramp;
  }

  int64_t ListPrice(const metrics::BookOpportunity& deal) const {
    if (deal.product < 0) return 0;
    return view().products[static_cast<size_t>(deal.product)].list_price_minor_units.value_or(0);
  }

  Due DueIn(const PlainRow& row, const FiscalPeriod& period) const {
    bool has_dates = false;
    for (const metrics::BookOpportunity& deal : view().opportunities) {
      const bool is_open = deal.outcome == metrics::StageCategory::kOpen;
      if (is_open && deal.expected_close_day) has_dates = true;
    }
    Due due;
    for (const metrics::BookOpportunity& deal : view().opportunities) {
      if (deal.outcome != metrics::StageCategory::kOpen || !HasDeal(row, deal)) continue;
      const PlainDays days{period.start, period.end};
      const bool is_due = deal.expected_close_day && days.Has(*deal.expected_close_day);
      if (has_dates && !is_due) continue;
      const int64_t amount = deal.amount_minor_units.value_or(ListPrice(deal));
      if (amount > 0) ++due.count;
      due.amount += amount;
    }
    return due;
  }

  // Where a deal stood at the end of a day; nowhere before it was created.
  std::optional<metrics::StageCategory> CategoryOn(const metrics::BookOpportunity& deal,
                                                   absl::CivilDay day) const {
    if (deal.created_day > day) return std::nullopt;
    metrics::StageCategory category = metrics::StageCategory::kOpen;
    for (const metrics::StageVisit& visit : deal.visits) {
      if (visit.entered_day > day) break;
      category = view().stages[static_cast<size_t>(visit.stage)].category;
    }
    return category;
  }

  static std::optional<absl::CivilDay> ExpectedOn(const metrics::BookOpportunity& deal,
                                                  absl::CivilDay day) {
    std::optional<absl::CivilDay> expected;
    for (const metrics::ExpectedClose& close : deal.expected_closes) {
      if (close.said_day <= day) expected = close.expected_day;
    }
    return expected;
  }

  bool HadExpectedDates(absl::CivilDay day) const {
    for (const metrics::BookOpportunity& deal : view().opportunities) {
      const bool is_open = CategoryOn(deal, day) == metrics::StageCategory::kOpen;
      if (is_open && ExpectedOn(deal, day)) return true;
    }
    return false;
  }

  static bool WasDueIn(const metrics::BookOpportunity& deal, absl::CivilDay day,
                       const FiscalPeriod& period) {
    const std::optional<absl::CivilDay> expected = ExpectedOn(deal, day);
    return expected && period.start <= *expected && *expected < period.end;
  }
};

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_TARGETS_H_
