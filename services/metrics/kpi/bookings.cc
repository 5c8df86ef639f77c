#include "services/metrics/kpi/bookings.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/money.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {

absl::StatusOr<BookingSums> SumBookings(const KpiQuery& query) {
  BookingSums sums;
  sums.amounts_minor_units.resize(query.grouping->groups().size());
  sums.deal_counts.resize(query.grouping->groups().size());
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.WonIn(query.period)) {
    const DealRef deal = columns.At(closed);
    if (!query.grouping->Counts(deal)) continue;
    if (!closed.amount_minor_units) ++sums.without_amount_count;
    for (const int row : query.grouping->RowsOf(deal)) {
      const size_t index = static_cast<size_t>(row);
      ++sums.deal_counts[index];
      QC_RETURN_IF_ERROR(
          AddTo(sums.amounts_minor_units[index], closed.amount_minor_units.value_or(0)));
    }
  }
  return sums;
}

std::optional<std::string> WithoutAmountNote(const BookingSums& sums, const KpiQuery& query) {
  if (sums.without_amount_count == 0) return std::nullopt;
  return absl::StrCat(sums.without_amount_count, " deals won", InPeriod(query),
                      " have no booked amount and add nothing");
}

namespace {

absl::StatusOr<KpiColumn> Bookings(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  QC_ASSIGN_OR_RETURN(const BookingSums sums, SumBookings(query));
  KpiColumn column;
  column.cells.reserve(sums.amounts_minor_units.size());
  const double minor_per_major = MinorPerMajor(query.view->currency);
  for (size_t row = 0; row < sums.amounts_minor_units.size(); ++row) {
    KpiCell& cell = column.cells.emplace_back();
    cell.numerator = static_cast<double>(sums.amounts_minor_units[row]) / minor_per_major;
    cell.denominator = 1;
    cell.value = cell.numerator;
    cell.sample_size = sums.deal_counts[row];
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  if (const auto note = WithoutAmountNote(sums, query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> BookingsKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {{.definition = Define(
               {.name = "bookings",
                .display_name = "Bookings",
                .formula = "sum of the booked amounts of deals won in the period",
                .numerator = "booked amount of deals won in the period, major units",
                .denominator = "none (1)",
                .unit = KPI_UNIT_MONEY,
                .direction = KPI_DIRECTION_UP,
                .edge_rules = {"Undefined only for a period that has not begun: no bookings is 0, "
                               "because nothing is divided.",
                               "Credit goes to the owner at the as-of date, the whole amount to "
                               "one rep.",
                               "Won deals without a booked amount add nothing, and a note says how "
                               "many there are."},
                .caveat = "What was signed, not what was invoiced or paid.",
                .source = "The usual definition of sales compensation."},
               DealGroupBys()),
           .uses_money = true,
           .has_quota = true,
           .compute = Bookings}};
}

}  // namespace quotacast::metrics
