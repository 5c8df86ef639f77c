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
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
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

absl::StatusOr<KpiColumn> Consistency(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const std::vector<absl::CivilMonth> months = CompleteMonths(query);
  const size_t row_count = query.grouping->groups().size();
  std::vector<std::vector<int64_t>> sums(row_count, std::vector<int64_t>(months.size()));
  const DealColumns& columns = *query.view->columns;
  for (size_t month = 0; month < months.size(); ++month) {
    const FiscalPeriod days{.name = {},
                            .start = absl::CivilDay(months[month]),
                            .end = absl::CivilDay(months[month] + 1)};
    for (const ClosedDeal closed : columns.WonIn(days)) {
      for (const int row : query.grouping->RowsOf(columns.At(closed))) {
        QC_RETURN_IF_ERROR(
            AddTo(sums[static_cast<size_t>(row)][month], closed.amount_minor_units.value_or(0)));
      }
    }
  }
  KpiColumn column;
  for (size_t row = 0; row < row_count; ++row) {
    // Only where a row is of one rep does the job bound the months.
    const std::optional<int> rep = query.grouping->RepOfRow(static_cast<int>(row));
    std::vector<double> bookings;
    for (size_t month = 0; month < months.size(); ++month) {
      if (rep && !Employs(query.view->reps[static_cast<size_t>(*rep)], months[month])) continue;
      bookings.push_back(MajorUnits(sums[row][month], query.view->currency));
    }
    column.cells.push_back(ConsistencyCell(bookings));
  }
  return column;
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
       .compute = Consistency}};
}

}  // namespace quotacast::metrics
