#include "services/metrics/kpi/registry.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "base/edit_distance.h"
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/kpi/activities.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/close_rate.h"
#include "services/metrics/kpi/coverage.h"
#include "services/metrics/kpi/customer_care.h"
#include "services/metrics/kpi/cycle.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/horizon.h"
#include "services/metrics/kpi/knowledge.h"
#include "services/metrics/kpi/lead_flow.h"
#include "services/metrics/kpi/lead_response.h"
#include "services/metrics/kpi/people.h"
#include "services/metrics/kpi/record_grouping.h"
#include "services/metrics/kpi/rep_forecasts.h"
#include "services/metrics/kpi/rhythm.h"
#include "services/metrics/kpi/slips.h"
#include "services/metrics/kpi/stages.h"
#include "services/metrics/kpi/velocity.h"
#include "services/metrics/kpi/win_rate.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

using metrics::v1::GroupBy;
using metrics::v1::KpiRow;
using metrics::v1::KpiTable;

constexpr size_t kNearestNames = 3;
constexpr size_t kMaxShownNameBytes = 64;

std::string GroupByName(GroupBy group_by) { return metrics::v1::GroupBy_Name(group_by); }

absl::Status CheckGroupBy(const Kpi& kpi, GroupBy group_by) {
  const auto& allowed = kpi.definition.group_bys();
  if (std::find(allowed.begin(), allowed.end(), group_by) != allowed.end()) {
    return absl::OkStatus();
  }
  std::vector<std::string> names;
  for (const int value : allowed) names.push_back(GroupByName(static_cast<GroupBy>(value)));
  const std::string asked = metrics::v1::GroupBy_IsValid(group_by)
                                ? GroupByName(group_by)
                                : absl::StrCat(static_cast<int>(group_by));
  return InvalidField("group_by", absl::StrCat(asked, " is no grouping of ", kpi.definition.name(),
                                               "; it has ", absl::StrJoin(names, ", ")));
}

// Every period from the first deal (of a KPI about records, or the first record) to the as-of day,
// and on to the last one with a quota.
absl::StatusOr<std::vector<FiscalPeriod>> PeriodsOfHistory(const BookView& view, bool about_records,
                                                           std::set<std::string>& unknown) {
  absl::CivilDay first = about_records ? FirstRecordDay(view) : view.as_of.effective_day;
  absl::CivilDay last = view.as_of.effective_day;
  for (const BookOpportunity& deal : view.opportunities) first = std::min(first, deal.created_day);
  std::set<std::string> quota_periods;
  for (const BookRep& rep : view.reps) {
    for (const auto& quota : rep.quotas) quota_periods.insert(quota.first);
  }
  for (const std::string& name : quota_periods) {
    const absl::StatusOr<FiscalPeriod> period = view.calendar.PeriodNamed(name);
    if (!period.ok()) {
      unknown.insert(name);
      continue;
    }
    first = std::min(first, period->start);
    last = std::max(last, period->end - 1);
  }
  QC_ASSIGN_OR_RETURN(std::vector<FiscalPeriod> periods,
                      view.calendar.PeriodsBetween(first, last + 1));
  if (periods.size() > static_cast<size_t>(kMaxTablePeriods)) {
    return InvalidField("period", absl::StrCat("the history spans ", periods.size(),
                                               " periods, a table holds at most ", kMaxTablePeriods,
                                               "; name one period"));
  }
  return periods;
}

void AddRow(const KpiGroup& group, const KpiCell& cell, const std::optional<FiscalPeriod>& period,
            KpiTable& table) {
  KpiRow& row = *table.add_rows();
  row.set_group(group.id);
  row.set_group_display_name(group.display_name);
  if (period) *row.mutable_period() = ToProtoPeriod(*period);
  if (cell.value) {
    row.set_value(*cell.value);
  } else {
    row.set_undefined_reason(cell.undefined_reason);
  }
  row.set_numerator(cell.numerator);
  row.set_denominator(cell.denominator);
  row.set_sample_size(cell.sample_size);
  if (cell.value && cell.interval) {
    row.mutable_interval()->set_low(cell.interval->low);
    row.mutable_interval()->set_high(cell.interval->high);
  }
}

}  // namespace

KpiRegistry::KpiRegistry() {
  for (std::vector<Kpi> family :
       {WinRateKpis(), HorizonKpis(), CloseRateKpis(), AttainmentKpis(), CycleKpis(),
        CoverageKpis(), BookingsKpis(), RhythmKpis(), VelocityKpis(), StageKpis(), SlipKpis(),
        PeopleKpis(), LeadResponseKpis(), LeadFlowKpis(), ActivityKpis(), KnowledgeKpis(),
        CustomerCareKpis(), RepForecastKpis()}) {
    for (Kpi& kpi : family) kpis_.push_back(std::move(kpi));
  }
  std::sort(kpis_.begin(), kpis_.end(),
            [](const Kpi& a, const Kpi& b) { return a.definition.name() < b.definition.name(); });
}

absl::StatusOr<const Kpi*> KpiRegistry::Find(const std::string& name) const {
  for (const Kpi& kpi : kpis_) {
    if (kpi.definition.name() == name) return &kpi;
  }
  const std::string shown = name.substr(0, kMaxShownNameBytes);
  std::vector<std::pair<size_t, std::string>> nearest;
  for (const Kpi& kpi : kpis_) {
    // A name that begins like the one asked for is meant more likely than any near spelling.
    const bool prefix = !shown.empty() && kpi.definition.name().rfind(shown, 0) == 0;
    nearest.push_back(
        {prefix ? 0 : EditDistance(shown, kpi.definition.name()), kpi.definition.name()});
  }
  std::sort(nearest.begin(), nearest.end());
  nearest.resize(std::min(nearest.size(), kNearestNames));
  ErrorDetail detail;
  detail.reason = "UNKNOWN_KPI";
  const std::string description = absl::StrCat(
      "\"", shown, "\" is no KPI; the nearest are ",
      absl::StrJoin(nearest, ", ",
                    [](std::string* out, const auto& entry) { out->append(entry.second); }));
  detail.field_violations.push_back({.field = "kpi", .description = description});
  return WithDetail(absl::InvalidArgumentError(absl::StrCat("kpi: ", description)), detail);
}

absl::StatusOr<KpiTable> KpiRegistry::Query(const BookView& view,
                                            const KpiTableQuery& query) const {
  QC_ASSIGN_OR_RETURN(const Kpi* kpi, Find(query.kpi));
  const GroupBy group_by = query.group_by == metrics::v1::GROUP_BY_UNSPECIFIED
                               ? metrics::v1::GROUP_BY_ORG
                               : query.group_by;
  QC_RETURN_IF_ERROR(CheckGroupBy(*kpi, group_by));
  if (kpi->uses_money) QC_RETURN_IF_ERROR(view.currency_status);

  KpiTable table;
  *table.mutable_definition() = kpi->definition;
  table.mutable_as_of()->set_log_offset(view.as_of.log_offset);
  *table.mutable_as_of()->mutable_effective_date() = ToProtoDate(view.as_of.effective_day);
  *table.mutable_as_of()->mutable_recorded_time() = ToProtoTimestamp(view.as_of.recorded_time);
  if (kpi->uses_money) table.set_currency_code(view.currency);

  std::vector<std::optional<FiscalPeriod>> periods;
  if (!query.period.empty()) {
    QC_ASSIGN_OR_RETURN(FiscalPeriod period, view.calendar.PeriodNamed(query.period));
    periods.push_back(std::move(period));
  } else if (group_by == metrics::v1::GROUP_BY_PERIOD) {
    std::set<std::string> unknown;
    QC_ASSIGN_OR_RETURN(const std::vector<FiscalPeriod> history,
                        PeriodsOfHistory(view, kpi->about_records, unknown));
    periods.assign(history.begin(), history.end());
    for (const std::string& name : unknown) {
      table.add_notes(absl::StrCat("quotas for \"", name,
                                   "\" were left out: the fiscal calendar has no such period"));
    }
  } else if (kpi->needs_period) {
    const absl::CivilDay day = view.as_of.effective_day + (kpi->looks_ahead ? 1 : 0);
    QC_ASSIGN_OR_RETURN(FiscalPeriod period, view.calendar.PeriodContaining(day));
    table.add_notes(absl::StrCat("no period was asked for; this is ", period.name,
                                 ", the period of the ",
                                 kpi->looks_ahead ? "day after the as-of date" : "as-of date"));
    periods.push_back(std::move(period));
  } else {
    periods.push_back(std::nullopt);
  }

  const Grouping grouping(view, group_by);
  for (const std::optional<FiscalPeriod>& period : periods) {
    QC_ASSIGN_OR_RETURN(const KpiColumn column, kpi->compute({.view = &view,
                                                              .grouping = &grouping,
                                                              .period = period,
                                                              .horizon_days = query.horizon_days}));
    const std::vector<KpiGroup>& groups = column.groups.empty() ? grouping.groups() : column.groups;
    for (size_t row = 0; row < column.cells.size(); ++row) {
      const KpiGroup group = group_by == metrics::v1::GROUP_BY_PERIOD
                                 ? KpiGroup{.id = period->name, .display_name = period->name}
                                 : groups[row];
      AddRow(group, column.cells[row], period, table);
    }
    for (const std::string& note : column.notes) {
      table.add_notes(periods.size() > 1 ? absl::StrCat(period->name, ": ", note) : note);
    }
  }
  if (view.undated_count > 0) {
    table.add_notes(
        absl::StrCat(view.undated_count, " opportunities have no date and are in no figure"));
  }
  for (const std::string& note : view.notes) table.add_notes(note);
  return table;
}

}  // namespace quotacast::metrics
