#include "services/metrics/kpi/rhythm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

bool IsInLastThird(int32_t day, const DayRange& days) {
  return 3 * int64_t{day - days.start} >= 2 * int64_t{days.end - days.start};
}

absl::StatusOr<KpiColumn> LastThirdShare(const KpiQuery& query) {
  if (const auto reason = NotEndedReason(query)) return UndefinedColumn(*query.grouping, *reason);
  QC_ASSIGN_OR_RETURN(const BookingSums all, SumBookings(query));
  std::vector<int64_t> late(query.grouping->groups().size());
  const DayRange days = DaysOf(query.period);
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.WonIn(query.period)) {
    if (!IsInLastThird(closed.close_day, days)) continue;
    for (const int row : query.grouping->RowsOf(columns.At(closed))) {
      QC_RETURN_IF_ERROR(
          AddTo(late[static_cast<size_t>(row)], closed.amount_minor_units.value_or(0)));
    }
  }
  KpiColumn column;
  for (size_t row = 0; row < late.size(); ++row) {
    KpiCell cell;
    cell.numerator = MajorUnits(late[row], query.view->currency);
    cell.denominator = MajorUnits(all.amounts_minor_units[row], query.view->currency);
    cell.sample_size = all.deal_counts[row];
    if (all.amounts_minor_units[row] <= 0) {
      cell.undefined_reason = absl::StrCat("nothing was booked", InPeriod(query));
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
    column.cells.push_back(cell);
  }
  if (const auto note = WithoutAmountNote(all, query)) column.notes.push_back(*note);
  return column;
}

// The complete calendar months of the query, in order: those of its period, or the last ones from
// the month of the first deal on.
std::vector<absl::CivilMonth> CompleteMonths(const KpiQuery& query) {
  const absl::CivilDay as_of_day = query.view->as_of.effective_day;
  absl::CivilMonth first(as_of_day);
  absl::CivilMonth end(as_of_day + 1);  // The first month that is not over.
  if (query.period) {
    first = absl::CivilMonth(query.period->start);
    if (absl::CivilDay(first) < query.period->start) ++first;
    end = std::min(end, absl::CivilMonth(query.period->end));
  } else {
    if (query.view->first_created_day) {
      first = std::min(first, absl::CivilMonth(*query.view->first_created_day));
    }
    first = std::max(first, end - kMaxConsistencyMonths);
  }
  std::vector<absl::CivilMonth> months;
  for (absl::CivilMonth month = first; month < end; ++month) months.push_back(month);
  return months;
}

// Whether the whole month lies in the rep's job.
bool Employs(const BookRep& rep, absl::CivilMonth month) {
  return !(rep.start_day && *rep.start_day > absl::CivilDay(month)) &&
         !(rep.end_day && *rep.end_day < absl::CivilDay(month + 1));
}

KpiCell ConsistencyCell(const std::vector<double>& bookings) {
  KpiCell cell;
  cell.sample_size = static_cast<int64_t>(bookings.size());
  if (bookings.size() < static_cast<size_t>(kMinConsistencyMonths)) {
    cell.undefined_reason = absl::StrCat("there are ", bookings.size(),
                                         " complete months, it takes ", kMinConsistencyMonths);
    return cell;
  }
  double mean = 0;
  for (const double amount : bookings) mean += amount;
  mean /= static_cast<double>(bookings.size());
  double squares = 0;
  for (const double amount : bookings) squares += (amount - mean) * (amount - mean);
  cell.numerator = std::sqrt(squares / static_cast<double>(bookings.size() - 1));
  cell.denominator = mean;
  if (mean <= 0) {
    cell.undefined_reason = "nothing was booked in these months";
  } else {
    cell.value = 1 - cell.numerator / cell.denominator;
  }
  return cell;
}

struct MonthlyBookings {
  std::vector<absl::CivilMonth> months;
  std::vector<std::vector<int64_t>> minor_units;  // By row of the grouping, by month.
};

absl::StatusOr<MonthlyBookings> SumMonths(const KpiQuery& query) {
  MonthlyBookings sums{.months = CompleteMonths(query), .minor_units = {}};
  sums.minor_units.assign(query.grouping->groups().size(),
                          std::vector<int64_t>(sums.months.size()));
  const DealColumns& columns = *query.view->columns;
  for (size_t month = 0; month < sums.months.size(); ++month) {
    const FiscalPeriod days{.name = {},
                            .start = absl::CivilDay(sums.months[month]),
                            .end = absl::CivilDay(sums.months[month] + 1)};
    for (const ClosedDeal closed : columns.WonIn(days)) {
      for (const int row : query.grouping->RowsOf(columns.At(closed))) {
        QC_RETURN_IF_ERROR(AddTo(sums.minor_units[static_cast<size_t>(row)][month],
                                 closed.amount_minor_units.value_or(0)));
      }
    }
  }
  return sums;
}

absl::StatusOr<KpiColumn> Consistency(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  QC_ASSIGN_OR_RETURN(const MonthlyBookings sums, SumMonths(query));
  KpiColumn column;
  for (size_t row = 0; row < sums.minor_units.size(); ++row) {
    // Only where a row is of one rep does the job bound the months.
    const std::optional<int> rep = query.grouping->RepOfRow(static_cast<int>(row));
    std::vector<double> bookings;
    for (size_t month = 0; month < sums.months.size(); ++month) {
      if (rep && !Employs(query.view->reps[static_cast<size_t>(*rep)], sums.months[month])) {
        continue;
      }
      bookings.push_back(MajorUnits(sums.minor_units[row][month], query.view->currency));
    }
    column.cells.push_back(ConsistencyCell(bookings));
  }
  return column;
}

// What a rep has to book in a month: of the quota of each fiscal period the share of its days that
// lie in the month. Absent when one of `periods`, those that have days in the month, has no quota,
// and when a part of the month is not in the job.
std::optional<double> TargetOf(const BookRep& rep, const std::vector<FiscalPeriod>& periods,
                               absl::CivilMonth month) {
  if (periods.empty() || !Employs(rep, month)) return std::nullopt;
  double target = 0;
  for (const FiscalPeriod& period : periods) {
    const std::optional<int64_t> quota = QuotaOf(rep, period.name);
    if (!quota) return std::nullopt;
    const absl::CivilDay start = std::max(period.start, absl::CivilDay(month));
    const absl::CivilDay end = std::min(period.end, absl::CivilDay(month + 1));
    target += static_cast<double>(*quota) * static_cast<double>(end - start) /
              static_cast<double>(period.end - period.start);
  }
  return target;
}

// By row, what its reps have to book in the month; absent where none has a target.
std::vector<std::optional<double>> TargetsOfRows(const KpiQuery& query, absl::CivilMonth month) {
  std::vector<std::optional<double>> targets(query.grouping->groups().size());
  // A month that the calendar does not reach has no quotas.
  const absl::StatusOr<std::vector<FiscalPeriod>> periods =
      query.view->calendar.PeriodsBetween(absl::CivilDay(month), absl::CivilDay(month + 1));
  if (!periods.ok()) return targets;
  for (size_t rep = 0; rep < query.view->reps.size(); ++rep) {
    const std::optional<double> target = TargetOf(query.view->reps[rep], *periods, month);
    if (!target) continue;
    for (const int row : query.grouping->RowsOfRep(static_cast<int>(rep))) {
      std::optional<double>& sum = targets[static_cast<size_t>(row)];
      sum = sum.value_or(0) + *target;
    }
  }
  return targets;
}

absl::StatusOr<KpiColumn> MonthsAtTargetShare(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  QC_ASSIGN_OR_RETURN(const MonthlyBookings sums, SumMonths(query));
  std::vector<Share> shares(sums.minor_units.size());
  for (size_t month = 0; month < sums.months.size(); ++month) {
    const std::vector<std::optional<double>> targets = TargetsOfRows(query, sums.months[month]);
    for (size_t row = 0; row < shares.size(); ++row) {
      if (!targets[row]) continue;
      shares[row].Count(static_cast<double>(sums.minor_units[row][month]) >= *targets[row]);
    }
  }
  return ShareColumn(shares, absl::StrCat("no complete month", query.period ? InPeriod(query) : "",
                                          " has a quota above zero"));
}

}  // namespace

std::vector<Kpi> RhythmKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "bookings_last_third_share",
            .display_name = "Bookings in the last third",
            .formula = "bookings in the last third of the period's days / bookings in the period",
            .numerator = "booked amount of deals won in the last third, major units",
            .denominator = "booked amount of deals won in the period, major units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"A third is linear selling; 1 is a quarter made in its last month.",
                           "The last third begins on the first day with two thirds of the days "
                           "before it.",
                           "Undefined before the period has ended, and when nothing was booked in "
                           "it."},
            .caveat = "High shares go with discounts given under pressure and with deals pulled in "
                      "from the next period; a single large deal moves it a lot.",
            .source = "Linearity, as finance teams watch it."},
           DealGroupBys()),
       .needs_period = true,
       .uses_money = true,
       .compute = LastThirdShare},
      {.definition = Define(
           {.name = "bookings_consistency",
            .display_name = "Consistency of bookings",
            .formula = "1 - standard deviation / mean of the bookings of complete calendar months",
            .numerator = "standard deviation (n - 1) of monthly bookings, major units",
            .denominator = "mean monthly bookings, major units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules =
                {"The months are the complete ones of the period; without a period the "
                 "last twelve, from that of the first deal on.",
                 "1 is the same every month; it falls below 0 when the months differ by "
                 "more than their mean.",
                 "A rep's months are those wholly in the job.",
                 "The sample size is the number of months. Undefined for fewer than three, "
                 "and when nothing was booked."},
            .caveat = "Few large deals look inconsistent whoever closes them, and seasons count as "
                      "inconsistency.",
            .source = "The coefficient of variation."},
           DealGroupBysWithoutPeriods()),
       .uses_money = true,
       .compute = Consistency},
      {.definition = Define(
           {.name = "months_at_target_share",
            .display_name = "Months at target",
            .formula = "complete calendar months with bookings of at least their target / those "
                       "with a target",
            .numerator = "of these, months whose bookings reach the target",
            .denominator = "complete calendar months with a target",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules =
                {"The target of a month is the part of the quotas of its fiscal periods that falls "
                 "to its days, each day of a period having the same part. A rep without a quota "
                 "above zero for each of them has none, nor in a month that is not wholly in the "
                 "job.",
                 "A row's target is the sum of those of its reps; what reps without one book "
                 "counts.",
                 "The months are the complete ones of the period; without a period the last "
                 "twelve, from that of the first deal on.",
                 "The sample size is the number of months with a target. Undefined when there is "
                 "none."},
            .caveat = "Where quarters end in a rush, the months before miss an even target though "
                      "the quarter does not.",
            .source = "One good month is not a consistent quarter; see bookings_consistency.",
            .interval_method = kWilsonMethod},
           {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_ROLE}),
       .uses_money = true,
       .compute = MonthsAtTargetShare}};
}

}  // namespace quotacast::metrics
