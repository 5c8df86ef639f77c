#include "services/metrics/kpi/kpi_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/kpi/comparison.h"
#include "services/metrics/kpi/dimension.h"
#include "services/metrics/kpi/periods.h"
#include "services/metrics/kpi/record_grouping.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

using metrics::v1::GroupBy;
using metrics::v1::KpiComparison;
using metrics::v1::KpiRow;
using metrics::v1::KpiTable;

std::string GroupByName(GroupBy group_by) {
  return metrics::v1::GroupBy_IsValid(group_by) ? metrics::v1::GroupBy_Name(group_by)
                                                : absl::StrCat(static_cast<int>(group_by));
}

bool Has(const Kpi& kpi, GroupBy group_by) {
  const auto& group_bys = kpi.definition.group_bys();
  return std::find(group_bys.begin(), group_bys.end(), group_by) != group_bys.end();
}

bool RowsArePeriods(GroupBy group_by) {
  return group_by == metrics::v1::GROUP_BY_PERIOD || group_by == metrics::v1::GROUP_BY_MONTH;
}

absl::Status CheckGroupBys(const Kpi& kpi, const KpiTableQuery& query) {
  if (!Has(kpi, query.group_by)) {
    std::vector<std::string> names;
    for (const int value : kpi.definition.group_bys()) {
      names.push_back(GroupByName(static_cast<GroupBy>(value)));
    }
    return InvalidField(
        "group_by", absl::StrCat(GroupByName(query.group_by), " is no grouping of ",
                                 kpi.definition.name(), "; it has ", absl::StrJoin(names, ", ")));
  }
  if (query.then_by == metrics::v1::GROUP_BY_UNSPECIFIED) return absl::OkStatus();
  if (query.then_by == query.group_by) {
    return InvalidField("then_by",
                        absl::StrCat(GroupByName(query.then_by), " is the first grouping already"));
  }
  if (!IsFilterDimension(query.then_by) || !Has(kpi, query.then_by)) {
    return InvalidField("then_by",
                        absl::StrCat(GroupByName(query.then_by), " is no second grouping of ",
                                     kpi.definition.name()));
  }
  // Rows that only records have are not paired.
  if (kpi.subject == KpiSubject::kRecords &&
      (HasOwnRecordRows(query.group_by) || HasOwnRecordRows(query.then_by))) {
    return InvalidField(
        "then_by", absl::StrCat("rows of ", kpi.definition.name(), " by ",
                                GroupByName(query.group_by), " and ", GroupByName(query.then_by),
                                " are not there: pairs are those "
                                "of reps, teams and roles"));
  }
  return absl::OkStatus();
}

// What a KPI counts can be filtered by whatever names it: reps have no product.
bool CanFilter(const Kpi& kpi, GroupBy dimension) {
  if (!IsFilterDimension(dimension) || kpi.subject == KpiSubject::kPlans) return false;
  return kpi.subject == KpiSubject::kDeals || IsOfReps(dimension);
}

absl::Status CheckFilters(const Kpi& kpi, const std::vector<GroupFilter>& filters) {
  if (filters.size() > static_cast<size_t>(kMaxFilters)) {
    return InvalidField("filters", absl::StrCat("there are ", filters.size(),
                                                " filters, a table takes at most ", kMaxFilters));
  }
  for (size_t i = 0; i < filters.size(); ++i) {
    const std::string field = absl::StrCat("filters[", i, "]");
    if (!CanFilter(kpi, filters[i].dimension)) {
      return InvalidField(
          absl::StrCat(field, ".dimension"),
          absl::StrCat(GroupByName(filters[i].dimension), " says nothing about what ",
                       kpi.definition.name(), " counts"));
    }
    const size_t id_count = filters[i].ids.size();
    if (id_count < 1 || id_count > static_cast<size_t>(kMaxFilterIds)) {
      return InvalidField(absl::StrCat(field, ".ids"),
                          absl::StrCat(id_count, " ids; a filter takes 1 to ", kMaxFilterIds));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckComparison(const Kpi& kpi, const KpiTableQuery& query) {
  if (!metrics::v1::KpiComparison_IsValid(query.comparison)) {
    return InvalidField("comparison",
                        absl::StrCat(static_cast<int>(query.comparison), " is no comparison"));
  }
  if (query.comparison != metrics::v1::KPI_COMPARISON_QUOTA) return absl::OkStatus();
  if (!kpi.has_quota) {
    return InvalidField("comparison",
                        absl::StrCat("no quotas are set for ", kpi.definition.name()));
  }
  const bool is_of_reps =
      IsOfReps(query.group_by) && IsOfReps(query.then_by) &&
      query.group_by != metrics::v1::GROUP_BY_MONTH &&
      std::all_of(query.filters.begin(), query.filters.end(),
                  [](const GroupFilter& filter) { return IsOfReps(filter.dimension); });
  if (is_of_reps) return absl::OkStatus();
  return InvalidField("comparison",
                      "quotas are set for reps and fiscal periods: rows and filters by anything "
                      "else have none");
}

absl::Status CheckCellCount(size_t group_count, size_t period_count) {
  const int64_t row_count = static_cast<int64_t>(group_count);
  const int64_t cell_count = row_count * static_cast<int64_t>(period_count);
  if (cell_count <= kMaxTableCells) return absl::OkStatus();
  ErrorDetail detail;
  detail.reason = "TOO_MANY_CELLS";
  const std::string description = absl::StrCat(
      "the table would have ", cell_count, " cells (", row_count, " groups in ", period_count,
      " periods), it may have ", kMaxTableCells, "; filter it or name fewer periods");
  detail.field_violations.push_back({.field = "group_by", .description = description});
  return WithDetail(absl::InvalidArgumentError(absl::StrCat("group_by: ", description)), detail);
}

// Whether the filters let nothing count that the KPI is about.
bool NothingCounts(const BookView& view, const Grouping& grouping, KpiSubject subject) {
  if (subject == KpiSubject::kDeals) {
    for (const DealRef deal : view.columns->All()) {
      if (grouping.Counts(deal)) return false;
    }
    return true;
  }
  for (size_t rep = 0; rep < view.reps.size(); ++rep) {
    if (grouping.CountsRep(static_cast<int>(rep))) return false;
  }
  return true;
}

// Computes the columns of one table, and of the periods that they are set beside.
class Columns {
 public:
  // `group_count`: the rows of a column.
  Columns(const BookView& view, const Kpi& kpi, const Grouping& grouping, size_t group_count,
          std::optional<absl::CivilDay> first_day, const KpiTableQuery& query)
      : view_(view),
        kpi_(kpi),
        grouping_(grouping),
        group_count_(group_count),
        first_day_(first_day),
        query_(query),
        nothing_counts_(!query.filters.empty() && NothingCounts(view, grouping, kpi.subject)) {}

  // Lives as long as the object.
  absl::StatusOr<const KpiColumn*> Of(const std::optional<FiscalPeriod>& period) {
    const std::string name = period ? period->name : "";
    const auto known = columns_.find(name);
    if (known != columns_.end()) return &known->second;
    QC_ASSIGN_OR_RETURN(KpiColumn column, Compute(period));
    return &columns_.emplace(name, std::move(column)).first->second;
  }

  // What stands beside each cell of the period; the comparison is with a period or with quotas.
  absl::StatusOr<std::vector<Reference>> References(const std::optional<FiscalPeriod>& period) {
    if (query_.comparison == metrics::v1::KPI_COMPARISON_QUOTA) {
      return QuotaReferences({.view = &view_, .grouping = &grouping_, .period = period});
    }
    if (!period) return Undefined("all history has no period before it: ask for a period");
    const bool is_year = query_.comparison == metrics::v1::KPI_COMPARISON_YEAR_EARLIER;
    const std::optional<FiscalPeriod> earlier =
        is_year ? YearEarlier(view_.calendar, query_.group_by, *period)
                : PeriodBefore(view_.calendar, query_.group_by, *period);
    if (!earlier) {
      return Undefined(absl::StrCat("the fiscal calendar has no period ",
                                    is_year ? "called like " : "before ", period->name,
                                    is_year ? " a year earlier" : ""));
    }
    QC_ASSIGN_OR_RETURN(const KpiColumn* column, Of(earlier));
    std::vector<Reference> references;
    for (const KpiCell& cell : column->cells) references.push_back(ReferenceTo(cell));
    return references;
  }

 private:
  absl::StatusOr<KpiColumn> Compute(const std::optional<FiscalPeriod>& period) const {
    if (nothing_counts_) return UndefinedColumn(group_count_, "nothing matches the filters");
    const KpiQuery query{.view = &view_,
                         .grouping = &grouping_,
                         .period = period,
                         .horizon_days = query_.horizon_days,
                         .first_day = first_day_};
    if (const auto reason = BeforeDataReason(query)) return UndefinedColumn(group_count_, *reason);
    return kpi_.compute(query);
  }

  std::vector<Reference> Undefined(const std::string& reason) const {
    return std::vector<Reference>(group_count_,
                                  Reference{.value = std::nullopt, .undefined_reason = reason});
  }

  const BookView& view_;
  const Kpi& kpi_;
  const Grouping& grouping_;
  const size_t group_count_;
  const std::optional<absl::CivilDay> first_day_;
  const KpiTableQuery& query_;
  const bool nothing_counts_;
  std::map<std::string, KpiColumn> columns_;  // By the name of the period; "": all history.
};

// `period` is empty for all history.
void FillRow(const KpiGroup& group, const KpiCell& cell, const std::string& period,
             GroupBy group_by, KpiRow& row) {
  row.set_group(RowsArePeriods(group_by) ? period : group.id);
  row.set_group_display_name(RowsArePeriods(group_by) ? period : group.display_name);
  if (!group.then_id.empty()) row.set_then_group(group.then_id);
  if (!group.then_display_name.empty()) row.set_then_group_display_name(group.then_display_name);
  if (!period.empty()) row.set_period(period);
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
  row.set_signal(cell.signal);
}

absl::StatusOr<std::shared_ptr<const Grouping>> GroupingOf(const BookView& view,
                                                           const KpiTableQuery& query) {
  if (query.then_by == metrics::v1::GROUP_BY_UNSPECIFIED && query.filters.empty()) {
    return Grouping::Of(view, query.group_by);
  }
  QC_ASSIGN_OR_RETURN(Grouping grouping, Grouping::Make(view, {.group_by = query.group_by,
                                                               .then_by = query.then_by,
                                                               .filters = query.filters}));
  return std::make_shared<const Grouping>(std::move(grouping));
}

// References per period, then per row of the grouping. Peers are the other groups of the same
// period, or the other periods where they are the rows.
absl::StatusOr<std::vector<std::vector<Reference>>> AllReferences(
    const std::vector<std::optional<FiscalPeriod>>& periods,
    const std::vector<const KpiColumn*>& columns, const Kpi& kpi, const KpiTableQuery& query,
    Columns& computed) {
  std::vector<std::vector<Reference>> references;
  const bool among_peers = query.comparison == metrics::v1::KPI_COMPARISON_PEER_QUARTILE;
  const bool periods_are_peers =
      RowsArePeriods(query.group_by) && query.then_by == metrics::v1::GROUP_BY_UNSPECIFIED;
  std::vector<const KpiCell*> peers;
  for (size_t i = 0; i < periods.size(); ++i) {
    if (!among_peers) {
      QC_ASSIGN_OR_RETURN(references.emplace_back(), computed.References(periods[i]));
      continue;
    }
    for (const KpiCell& cell : columns[i]->cells) peers.push_back(&cell);
    if (periods_are_peers) continue;
    references.push_back(PeerQuartiles(peers, kpi.definition.direction()));
    peers.clear();
  }
  if (among_peers && periods_are_peers) {
    for (const Reference& reference : PeerQuartiles(peers, kpi.definition.direction())) {
      references.push_back({reference});
    }
  }
  return references;
}

void AddNotes(const BookView& view, const std::vector<std::optional<FiscalPeriod>>& periods,
              const std::vector<const KpiColumn*>& columns, KpiComparison comparison,
              KpiTable& table) {
  for (size_t i = 0; i < columns.size(); ++i) {
    for (const std::string& note : columns[i]->notes) {
      table.add_notes(periods.size() > 1 ? absl::StrCat(periods[i]->name, ": ", note) : note);
    }
    const bool is_to_date =
        periods[i] && PhaseOf(*periods[i], view.as_of.effective_day) == PeriodPhase::kRunning;
    if (is_to_date && (comparison == metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD ||
                       comparison == metrics::v1::KPI_COMPARISON_YEAR_EARLIER)) {
      table.add_notes(absl::StrCat(periods[i]->name,
                                   " goes on and is set beside the whole of an earlier period"));
    }
  }
  if (view.opportunities.empty()) {
    table.add_notes(absl::StrCat("no opportunity is dated on or before ",
                                 FormatIsoDate(view.as_of.effective_day),
                                 ", the as-of date: there are no deals to count"));
  }
  if (view.undated_count > 0) {
    table.add_notes(
        absl::StrCat(view.undated_count, " opportunities have no date and are in no figure"));
  }
  for (const std::string& note : view.notes) table.add_notes(note);
}

absl::Status Fill(const BookView& view, const Kpi& kpi, const KpiTableQuery& query,
                  KpiTable& table) {
  QC_RETURN_IF_ERROR(CheckGroupBys(kpi, query));
  QC_RETURN_IF_ERROR(CheckFilters(kpi, query.filters));
  QC_RETURN_IF_ERROR(CheckComparison(kpi, query));
  if (kpi.uses_money) QC_RETURN_IF_ERROR(view.currency_status);
  QC_ASSIGN_OR_RETURN(const TablePeriods asked, PeriodsOfTable(view, kpi,
                                                               {.group_by = query.group_by,
                                                                .period = query.period,
                                                                .last_period = query.last_period}));
  QC_ASSIGN_OR_RETURN(const std::shared_ptr<const Grouping> shared_grouping,
                      GroupingOf(view, query));
  const Grouping& grouping = *shared_grouping;
  const KpiQuery whole{.view = &view, .grouping = &grouping, .period = {}};
  std::optional<RecordGrouping> record_grouping;
  if (kpi.subject == KpiSubject::kRecords) record_grouping.emplace(whole);
  const std::vector<KpiGroup>& groups =
      record_grouping ? record_grouping->groups() : grouping.groups();
  QC_RETURN_IF_ERROR(CheckCellCount(groups.size(), asked.periods.size()));

  Columns computed(view, kpi, grouping, groups.size(), asked.first_day, query);
  std::vector<const KpiColumn*> columns;
  for (const std::optional<FiscalPeriod>& period : asked.periods) {
    QC_ASSIGN_OR_RETURN(const KpiColumn* column, computed.Of(period));
    columns.push_back(column);
  }
  std::vector<std::vector<Reference>> references;
  if (query.comparison != metrics::v1::KPI_COMPARISON_UNSPECIFIED) {
    QC_ASSIGN_OR_RETURN(references, AllReferences(asked.periods, columns, kpi, query, computed));
  }

  *table.mutable_definition() = kpi.definition;
  table.mutable_as_of()->set_log_offset(view.as_of.log_offset);
  *table.mutable_as_of()->mutable_effective_date() = ToProtoDate(view.as_of.effective_day);
  *table.mutable_as_of()->mutable_recorded_time() = ToProtoTimestamp(view.as_of.recorded_time);
  if (kpi.uses_money) table.set_currency_code(view.currency);
  table.set_group_by(query.group_by);
  table.set_then_by(query.then_by);
  for (const std::string& note : asked.notes) table.add_notes(note);
  std::vector<std::string> period_names;
  for (const std::optional<FiscalPeriod>& period : asked.periods) {
    period_names.push_back(period ? period->name : "");
    if (period) *table.add_periods() = ToProtoPeriod(*period);
  }
  table.mutable_rows()->Reserve(static_cast<int>(groups.size() * columns.size()));
  const auto add_row = [&](size_t period, size_t row) {
    KpiRow& added = *table.add_rows();
    FillRow(groups[row], columns[period]->cells[row], period_names[period], query.group_by, added);
    if (!references.empty()) SetReference(references[period][row], added);
  };
  const size_t outer_count = RowsArePeriods(query.group_by) ? columns.size() : groups.size();
  const size_t inner_count = RowsArePeriods(query.group_by) ? groups.size() : columns.size();
  for (size_t outer = 0; outer < outer_count; ++outer) {
    for (size_t inner = 0; inner < inner_count; ++inner) {
      RowsArePeriods(query.group_by) ? add_row(outer, inner) : add_row(inner, outer);
    }
  }
  AddNotes(view, asked.periods, columns, query.comparison, table);
  return absl::OkStatus();
}

}  // namespace

absl::Status FillKpiTable(const BookView& view, const Kpi& kpi, const KpiTableQuery& query,
                          KpiTable& table) {
  KpiTableQuery resolved = query;
  if (resolved.group_by == metrics::v1::GROUP_BY_UNSPECIFIED) {
    resolved.group_by = metrics::v1::GROUP_BY_ORG;
  }
  return Fill(view, kpi, resolved, table);
}

}  // namespace quotacast::metrics
