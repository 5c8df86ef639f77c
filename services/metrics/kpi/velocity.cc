#include "services/metrics/kpi/velocity.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

struct Parts {
  int64_t open_count = 0;
  int64_t closed_count = 0;
  std::vector<int64_t> won_days;  // Length of each won deal.
};

KpiCell VelocityCell(Parts& parts, int64_t booked_minor_units, const KpiQuery& query) {
  KpiCell cell;
  cell.sample_size = parts.closed_count;
  if (parts.won_days.empty()) {
    cell.undefined_reason = absl::StrCat("no deal was won", InPeriod(query));
    return cell;
  }
  std::sort(parts.won_days.begin(), parts.won_days.end());
  const double won_count = static_cast<double>(parts.won_days.size());
  const double mean_value = MajorUnits(booked_minor_units, query.view->currency) / won_count;
  const double win_rate = won_count / static_cast<double>(parts.closed_count);
  cell.numerator = static_cast<double>(parts.open_count) * mean_value * win_rate;
  cell.denominator = MedianOfSorted(parts.won_days);
  if (cell.denominator <= 0) {
    cell.undefined_reason =
        absl::StrCat("half of the deals won", InPeriod(query),
                     " were won on the day they were "
                     "created: the source does not keep when work on them began");
  } else {
    cell.value = cell.numerator / cell.denominator;
  }
  return cell;
}

absl::StatusOr<KpiColumn> Velocity(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  QC_ASSIGN_OR_RETURN(const BookingSums bookings, SumBookings(query));
  std::vector<Parts> rows(query.grouping->groups().size());
  const DealColumns& columns = *query.view->columns;
  for (const DealRef deal : columns.OpenNow()) {
    for (const int row : query.grouping->RowsOf(deal)) ++rows[static_cast<size_t>(row)].open_count;
  }
  for (const ClosedDeal closed : columns.ClosedIn(query.period)) {
    const DealRef deal = columns.At(closed);
    for (const int row : query.grouping->RowsOf(deal)) {
      Parts& parts = rows[static_cast<size_t>(row)];
      ++parts.closed_count;
      if (closed.is_won) parts.won_days.push_back(closed.close_day - deal.created_day());
    }
  }
  KpiColumn column;
  for (size_t row = 0; row < rows.size(); ++row) {
    column.cells.push_back(VelocityCell(rows[row], bookings.amounts_minor_units[row], query));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  if (const auto note = WithoutAmountNote(bookings, query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> VelocityKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "sales_velocity",
            .display_name = "Sales velocity",
            .formula = "open deals x mean value of a won deal x win rate (closed) / median sales "
                       "cycle",
            .numerator = "open deals at the as-of x mean booked amount of deals won in the period "
                         "x their share of those closed, major units",
            .denominator = "median days from creation to the win of deals won in the period",
            .unit = KPI_UNIT_MONEY_PER_DAY,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Open deals are those at the as-of date, whatever the period.",
                           "A deal won without an amount counts as nothing in the mean.",
                           "The sample size is the number of deals won or lost in the period.",
                           "Undefined when no deal was won, and when the median cycle is 0 days."},
            .caveat = "A diagnostic and never a forecast: its four parts move together, and a "
                      "shorter cycle bought with discounts raises it.",
            .source = "The sales velocity equation of sales operations."},
           DealGroupBysWithoutPeriods()),
       .uses_money = true,
       .compute = Velocity}};
}

}  // namespace quotacast::metrics
