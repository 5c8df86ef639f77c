#include "services/metrics/kpi/coverage.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/deal_amounts.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

enum class Target { kFull, kRemaining };

struct OpenSums {
  std::vector<int64_t> amounts_minor_units;
  std::vector<int64_t> deal_counts;
  bool dated = false;  // Some open deal has an expected close date.
  AmountGaps gaps;
  int64_t past_due_count = 0;  // Expected before the period began, still open.
  int64_t without_date_count = 0;
};

// Whether an open deal is due in the period. A source without any expected close date says
// nothing about when: then every open deal counts.
bool IsDue(const DealRef& deal, const DayRange& days, OpenSums& sums) {
  if (!sums.dated) return true;
  const std::optional<int32_t> expected_day = deal.expected_close_day();
  if (!expected_day) {
    ++sums.without_date_count;
    return false;
  }
  if (*expected_day < days.start) ++sums.past_due_count;
  return days.Has(*expected_day);
}

absl::StatusOr<OpenSums> SumOpen(const KpiQuery& query) {
  OpenSums sums;
  sums.amounts_minor_units.resize(query.grouping->groups().size());
  sums.deal_counts.resize(query.grouping->groups().size());
  const DealColumns& columns = *query.view->columns;
  const SomeDeals open = columns.OpenNow();
  for (const DealRef deal : open) {
    if (deal.expected_close_day()) sums.dated = true;
  }
  const DayRange days = DaysOf(query.period);
  for (const DealRef deal : open) {
    if (!query.grouping->Counts(deal)) continue;
    if (!IsDue(deal, days, sums)) continue;
    const std::optional<int64_t> amount =
        AmountOrListPrice(deal.amount_minor_units(), deal.product(), *query.view, sums.gaps);
    if (!amount) continue;
    for (const int row : query.grouping->RowsOf(deal)) {
      ++sums.deal_counts[static_cast<size_t>(row)];
      QC_RETURN_IF_ERROR(AddTo(sums.amounts_minor_units[static_cast<size_t>(row)], *amount));
    }
  }
  return sums;
}

void AddNotes(const OpenSums& sums, const KpiQuery& query, KpiColumn& column) {
  if (!sums.dated) {
    column.notes.push_back(absl::StrCat(
        "no open deal has an expected close date, so every open deal counts as due in ",
        query.period->name));
  }
  if (sums.past_due_count > 0) {
    column.notes.push_back(
        absl::StrCat(sums.past_due_count, " open deals were expected to close before ",
                     FormatIsoDate(query.period->start), "; they are past due and not counted"));
  }
  if (sums.without_date_count > 0) {
    column.notes.push_back(absl::StrCat(sums.without_date_count,
                                        " open deals have no expected close date and are not "
                                        "counted"));
  }
  AddGapNotes(sums.gaps, "open deals", column);
}

absl::StatusOr<KpiColumn> Coverage(const KpiQuery& query, Target target) {
  if (PhaseOf(*query.period, query.view->as_of.effective_day) == PeriodPhase::kEnded) {
    return UndefinedColumn(*query.grouping,
                           absl::StrCat(query.period->name, " has ended by ",
                                        FormatIsoDate(query.view->as_of.effective_day),
                                        ": nothing can be booked in it any more"));
  }
  QC_ASSIGN_OR_RETURN(const OpenSums open, SumOpen(query));
  QC_ASSIGN_OR_RETURN(const QuotaSums quotas, SumQuotas(query));
  QC_ASSIGN_OR_RETURN(const BookingSums bookings, SumBookings(query));
  KpiColumn column;
  for (size_t row = 0; row < query.grouping->groups().size(); ++row) {
    int64_t below = quotas.amounts_minor_units[row];
    if (target == Target::kRemaining) {
      QC_RETURN_IF_ERROR(AddTo(below, -bookings.amounts_minor_units[row]));
    }
    KpiCell cell;
    cell.numerator = MajorUnits(open.amounts_minor_units[row], query.view->currency);
    cell.denominator = MajorUnits(below, query.view->currency);
    cell.sample_size = open.deal_counts[row];
    if (quotas.rep_counts[row] == 0) {
      cell.undefined_reason = absl::StrCat("no quota above zero is set for ", query.period->name);
    } else if (below <= 0) {
      cell.undefined_reason = absl::StrCat("target met: the bookings of ", query.period->name,
                                           " have reached the quota");
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
    column.cells.push_back(cell);
  }
  AddNotes(open, query, column);
  return column;
}

}  // namespace

std::vector<Kpi> CoverageKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> of_reps = {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_ROLE,
                                        GROUP_BY_PERIOD};
  const char* const numerator = "amount of open deals expected to close in the period, major units";
  const char* const caveat =
      "Expected close dates are opinions and often defaults. How much coverage is enough follows "
      "from one's own conversion, not from a rule of three.";
  const char* const source =
      "The pipeline coverage of sales operations, without its rule of three.";
  const std::vector<const char*> due_rules = {
      "An open deal is due when its expected close date lies in the period, also when that date "
      "has passed. Deals expected before the period began are past due: they are not counted, and "
      "a "
      "note says how many there are. Deals without an expected date are not counted either, and "
      "noted.",
      "When no open deal at all has an expected close date, the source does not keep any: then "
      "every open deal counts, and a note says so.",
      "A deal without a stated amount (or with a stated amount of zero) counts at the list price "
      "of its product; without that either it adds nothing. Notes say how many. The sample size is "
      "the number of deals that add something.",
      "A coming period may be asked for."};
  std::vector<const char*> full_rules = due_rules;
  full_rules.insert(full_rules.begin(),
                    "Undefined when no rep of the row has a quota above zero, and when the period "
                    "has ended by the as-of date.");
  std::vector<const char*> remaining_rules = due_rules;
  remaining_rules.insert(
      remaining_rules.begin(),
      "Undefined when no rep of the row has a quota above zero, when the period has ended by the "
      "as-of date, and when the bookings have reached the quotas: target met.");
  return {{.definition = Define({.name = "pipeline_coverage_full",
                                 .display_name = "Pipeline coverage (full target)",
                                 .formula = "open amount due in the period / sum of the quotas for "
                                            "the period",
                                 .numerator = numerator,
                                 .denominator = "quotas above zero of the row's reps, major units",
                                 .unit = KPI_UNIT_RATIO,
                                 .direction = KPI_DIRECTION_UP,
                                 .edge_rules = full_rules,
                                 .caveat = caveat,
                                 .source = source},
                                of_reps),
           .needs_period = true,
           .looks_ahead = true,
           .uses_money = true,
           .subject = KpiSubject::kReps,
           .compute = [](const KpiQuery& query) { return Coverage(query, Target::kFull); }},
          {.definition = Define({.name = "pipeline_coverage_remaining",
                                 .display_name = "Pipeline coverage (remaining target)",
                                 .formula = "open amount due in the period / (sum of the quotas "
                                            "for the period - bookings in the period)",
                                 .numerator = numerator,
                                 .denominator = "quotas above zero of the row's reps less their "
                                                "bookings in the period, major units",
                                 .unit = KPI_UNIT_RATIO,
                                 .direction = KPI_DIRECTION_UP,
                                 .edge_rules = remaining_rules,
                                 .caveat = caveat,
                                 .source = source},
                                of_reps),
           .needs_period = true,
           .looks_ahead = true,
           .uses_money = true,
           .subject = KpiSubject::kReps,
           .compute = [](const KpiQuery& query) { return Coverage(query, Target::kRemaining); }}};
}

}  // namespace quotacast::metrics
