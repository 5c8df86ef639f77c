#include "services/metrics/kpi/plan.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

// The plan of each team for the period: its own, else the sum of those below it that have one.
absl::StatusOr<std::vector<std::optional<int64_t>>> PlansOfTeams(const KpiQuery& query) {
  const BookView& view = *query.view;
  std::vector<std::optional<int64_t>> own(view.teams.size());
  for (const BookPlanQuota& plan : view.plan_quotas) {
    if (plan.period != query.period->name || plan.amount_minor_units <= 0) continue;
    own[static_cast<size_t>(plan.team)] = plan.amount_minor_units;
  }
  std::vector<std::optional<int64_t>> plans = own;
  // Parents come before children: from the end, a team's plan is known before its parent's.
  for (size_t team = view.teams.size(); team-- > 0;) {
    const int parent = view.teams[team].parent;
    if (!plans[team] || parent < 0 || own[static_cast<size_t>(parent)]) continue;
    int64_t sum = plans[static_cast<size_t>(parent)].value_or(0);
    QC_RETURN_IF_ERROR(AddTo(sum, *plans[team]));
    plans[static_cast<size_t>(parent)] = sum;
  }
  return plans;
}

// Per row of teams, or of the organisation: the sum of the plans of the teams at the top.
absl::StatusOr<std::vector<std::optional<int64_t>>> PlansOfRows(const KpiQuery& query) {
  QC_ASSIGN_OR_RETURN(const std::vector<std::optional<int64_t>> teams, PlansOfTeams(query));
  const BookView& view = *query.view;
  std::vector<std::optional<int64_t>> rows(query.grouping->groups().size());
  std::optional<int64_t> organisation;
  for (size_t team = 0; team < view.teams.size(); ++team) {
    if (view.teams[team].parent >= 0 || !teams[team]) continue;
    int64_t sum = organisation.value_or(0);
    QC_RETURN_IF_ERROR(AddTo(sum, *teams[team]));
    organisation = sum;
  }
  for (size_t row = 0; row < rows.size(); ++row) {
    const KpiGroup& group = query.grouping->groups()[row];
    // Of the dimensions that this KPI has, only teams have ids.
    const std::string& team_id = group.then_id.empty() ? group.id : group.then_id;
    if (team_id.empty()) rows[row] = organisation;
    for (size_t team = 0; team < view.teams.size(); ++team) {
      if (view.teams[team].id == team_id) rows[row] = teams[team];
    }
  }
  return rows;
}

// `above` / plan per row.
absl::StatusOr<KpiColumn> OverPlan(const KpiQuery& query,
                                   const std::vector<int64_t>& above_minor_units,
                                   const std::vector<int64_t>& sample_sizes) {
  QC_ASSIGN_OR_RETURN(const std::vector<std::optional<int64_t>> plans, PlansOfRows(query));
  KpiColumn column;
  for (size_t row = 0; row < plans.size(); ++row) {
    KpiCell cell;
    cell.numerator = MajorUnits(above_minor_units[row], query.view->currency);
    cell.denominator = MajorUnits(plans[row].value_or(0), query.view->currency);
    cell.sample_size = sample_sizes[row];
    if (plans[row]) {
      cell.value = cell.numerator / cell.denominator;
    } else {
      cell.undefined_reason = absl::StrCat("no plan above zero is set for ", query.period->name);
    }
    column.cells.push_back(cell);
  }
  return column;
}

absl::StatusOr<KpiColumn> AttainmentOfPlan(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  QC_ASSIGN_OR_RETURN(const BookingSums bookings, SumBookings(query));
  QC_ASSIGN_OR_RETURN(KpiColumn column,
                      OverPlan(query, bookings.amounts_minor_units, bookings.deal_counts));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  if (const auto note = WithoutAmountNote(bookings, query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> OverAssignment(const KpiQuery& query) {
  QC_ASSIGN_OR_RETURN(const QuotaSums quotas, SumQuotas(query));
  QC_ASSIGN_OR_RETURN(KpiColumn column,
                      OverPlan(query, quotas.amounts_minor_units, quotas.rep_counts));
  for (size_t row = 0; row < column.cells.size(); ++row) {
    KpiCell& cell = column.cells[row];
    if (!cell.value || quotas.rep_counts[row] > 0) continue;
    cell.value.reset();
    cell.undefined_reason = absl::StrCat("no quota above zero is set for ", query.period->name);
  }
  return column;
}

}  // namespace

std::vector<Kpi> PlanKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> group_bys = {GROUP_BY_ORG, GROUP_BY_TEAM, GROUP_BY_PERIOD};
  const char* const plan_rule =
      "A team's plan is its own, else the sum of the plans of the teams below it. The "
      "organisation's is the sum of those of the teams at the top. A plan of zero is no plan.";
  return {
      {.definition = Define(
           {.name = "attainment_plan",
            .display_name = "Plan attainment",
            .formula = "bookings in the period / plan for the period",
            .numerator = "booked amount of deals won in the period, major units",
            .denominator = "what the company plans with for the row's team, major units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no plan above zero is set for the row.", plan_rule,
                           "The sample size is the number of deals won."},
            .caveat = "quota_attainment is the other one: against the quotas of the reps, which "
                      "are usually more than the plan. Show both.",
            .source = "Team attainment of sales compensation: against street quotas and plan."},
           group_bys),
       .needs_period = true,
       .uses_money = true,
       .subject = KpiSubject::kPlans,
       .compute = AttainmentOfPlan},
      {.definition = Define(
           {.name = "over_assignment",
            .display_name = "Over-assignment",
            .formula = "sum of the reps' quotas for the period / plan for the period",
            .numerator = "quotas above zero of the row's reps, major units",
            .denominator = "what the company plans with for the row's team, major units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"Undefined when no plan above zero is set for the row, and when no rep "
                           "of the row has a quota.",
                           plan_rule,
                           "A coming period may be asked for. The sample size is the number of "
                           "reps with a quota."},
            .caveat = "Near 1 the plan needs every rep to reach the quota; far above 1 the quotas "
                      "do not mean much. The inverse is the attainment factor.",
            .source = "Quota over-assignment of sales planning."},
           group_bys),
       .needs_period = true,
       .uses_money = true,
       .subject = KpiSubject::kPlans,
       .compute = OverAssignment}};
}

}  // namespace quotacast::metrics
