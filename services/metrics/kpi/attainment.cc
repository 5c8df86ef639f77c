#include "services/metrics/kpi/attainment.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/intervals.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {

std::optional<int64_t> QuotaOf(const BookRep& rep, const std::string& period_name) {
  const auto quota = std::find_if(rep.quotas.begin(), rep.quotas.end(),
                                  [&](const auto& entry) { return entry.first == period_name; });
  if (quota == rep.quotas.end() || quota->second <= 0) return std::nullopt;
  return quota->second;
}

absl::StatusOr<QuotaSums> SumQuotas(const KpiQuery& query) {
  QuotaSums sums;
  sums.amounts_minor_units.resize(query.grouping->groups().size());
  sums.rep_counts.resize(query.grouping->groups().size());
  for (size_t rep = 0; rep < query.view->reps.size(); ++rep) {
    const std::optional<int64_t> quota = QuotaOf(query.view->reps[rep], query.period->name);
    if (!quota) continue;
    for (const int row : query.grouping->RowsOfRep(static_cast<int>(rep))) {
      ++sums.rep_counts[static_cast<size_t>(row)];
      QC_RETURN_IF_ERROR(AddTo(sums.amounts_minor_units[static_cast<size_t>(row)], *quota));
    }
  }
  return sums;
}

namespace {

std::string NoQuotaReason(const KpiQuery& query) {
  return absl::StrCat("no quota above zero is set for ", query.period->name);
}

absl::StatusOr<KpiColumn> Attainment(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  QC_ASSIGN_OR_RETURN(const BookingSums bookings, SumBookings(query));
  QC_ASSIGN_OR_RETURN(const QuotaSums quotas, SumQuotas(query));
  KpiColumn column;
  for (size_t row = 0; row < query.grouping->groups().size(); ++row) {
    KpiCell cell;
    cell.numerator = MajorUnits(bookings.amounts_minor_units[row], query.view->currency);
    cell.denominator = MajorUnits(quotas.amounts_minor_units[row], query.view->currency);
    cell.sample_size = quotas.rep_counts[row];
    if (quotas.rep_counts[row] == 0) {
      cell.undefined_reason = NoQuotaReason(query);
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
    column.cells.push_back(cell);
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  if (const auto note = WithoutAmountNote(bookings, query)) column.notes.push_back(*note);
  return column;
}

// Bookings of every rep in the query's period.
absl::StatusOr<std::vector<int64_t>> BookingsByRep(const KpiQuery& query) {
  const Grouping by_rep(*query.view, metrics::v1::GROUP_BY_REP);
  QC_ASSIGN_OR_RETURN(
      BookingSums sums,
      SumBookings({.view = query.view, .grouping = &by_rep, .period = query.period}));
  return sums.amounts_minor_units;
}

bool EmployedThroughout(const BookRep& rep, const KpiQuery& query) {
  return !(rep.start_day && *rep.start_day > query.period->start) &&
         !(rep.end_day && *rep.end_day < query.period->end);
}

absl::StatusOr<KpiColumn> RepsAtQuotaShare(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  QC_ASSIGN_OR_RETURN(const std::vector<int64_t> bookings, BookingsByRep(query));
  KpiColumn column;
  column.cells.resize(query.grouping->groups().size());
  int64_t part_period_count = 0;
  for (size_t rep = 0; rep < query.view->reps.size(); ++rep) {
    const std::optional<int64_t> quota = QuotaOf(query.view->reps[rep], query.period->name);
    if (!quota || !query.grouping->CountsRep(static_cast<int>(rep))) continue;
    if (!EmployedThroughout(query.view->reps[rep], query)) ++part_period_count;
    for (const int row : query.grouping->RowsOfRep(static_cast<int>(rep))) {
      KpiCell& cell = column.cells[static_cast<size_t>(row)];
      if (bookings[rep] >= *quota) ++cell.numerator;
      ++cell.denominator;
      ++cell.sample_size;
    }
  }
  for (KpiCell& cell : column.cells) {
    if (cell.sample_size == 0) {
      cell.undefined_reason = NoQuotaReason(query);
    } else {
      cell.value = cell.numerator / cell.denominator;
      cell.interval = WilsonInterval(static_cast<int64_t>(cell.numerator), cell.sample_size);
    }
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  if (part_period_count > 0) {
    column.notes.push_back(
        absl::StrCat(part_period_count, " eligible reps were in the job for a part of ",
                     query.period->name, " only; they are held to their full quota"));
  }
  return column;
}

}  // namespace

std::vector<Kpi> AttainmentKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> of_reps = {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_ROLE,
                                        GROUP_BY_PERIOD};
  return {
      {.definition = Define({.name = "quota_attainment",
                             .display_name = "Quota attainment",
                             .formula = "bookings in the period / sum of the quotas for the period",
                             .numerator = "booked amount of deals won in the period, major units",
                             .denominator = "quotas above zero of the row's reps, major units",
                             .unit = KPI_UNIT_RATIO,
                             .direction = KPI_DIRECTION_UP,
                             .edge_rules = {"Undefined when no rep of the row has a quota above "
                                            "zero for the period.",
                                            "Bookings of reps without a quota count above the "
                                            "line, as in forecasts.",
                                            "The sample size is the number of reps with a quota."},
                             .caveat = "High attainment of a team can hide that few reps reach "
                                       "their quota: see reps_at_quota_share. The two are never "
                                       "averaged into each other: when every rep's output equals "
                                       "the quota on average, the team reaches it about half of "
                                       "the time, while fewer than half of the reps do.",
                             .source = "The usual definition of sales compensation."},
                            of_reps),
       .needs_period = true,
       .uses_money = true,
       .subject = KpiSubject::kReps,
       .compute = Attainment},
      {.definition = Define({.name = "reps_at_quota_share",
                             .display_name = "Reps at quota",
                             .formula = "reps whose bookings in the period reach their quota / "
                                        "eligible reps",
                             .numerator = "eligible reps with bookings of at least their quota",
                             .denominator = "eligible reps: those with a quota above zero for the "
                                            "period",
                             .unit = KPI_UNIT_RATIO,
                             .direction = KPI_DIRECTION_UP,
                             .edge_rules = {"Undefined when no rep of the row is eligible.",
                                            "Reps in the job for a part of the period are "
                                            "eligible when they have a quota, and held to all of "
                                            "it. A note says how many those are.",
                                            "Deals of a rep without a quota change nothing here."},
                             .caveat = "Says nothing about how far the others are from theirs, and "
                                       "quotas set low reach 1 without a good team.",
                             .source = "The share of people making the number, as boards ask for "
                                       "it.",
                             .interval_method = kWilsonMethod},
                            of_reps),
       .needs_period = true,
       .uses_money = true,
       .subject = KpiSubject::kReps,
       .compute = RepsAtQuotaShare}};
}

}  // namespace quotacast::metrics
