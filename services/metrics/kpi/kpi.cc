#include "services/metrics/kpi/kpi.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {

PeriodPhase PhaseOf(const FiscalPeriod& period, absl::CivilDay as_of_day) {
  if (period.start > as_of_day) return PeriodPhase::kNotBegun;
  return period.end <= as_of_day + 1 ? PeriodPhase::kEnded : PeriodPhase::kRunning;
}

namespace {

std::string DataSpan(absl::CivilDay first_day, const BookView& view) {
  return absl::StrCat(FormatIsoDate(first_day), " to ", FormatIsoDate(view.as_of.effective_day));
}

}  // namespace

std::optional<std::string> BeforeDataReason(const KpiQuery& query) {
  if (!query.period || !query.first_day || query.period->end > *query.first_day) {
    return std::nullopt;
  }
  return absl::StrCat(query.period->name, " lies before the data, which go from ",
                      DataSpan(*query.first_day, *query.view));
}

bool Falls(absl::CivilDay day, const std::optional<FiscalPeriod>& period) {
  return !period || (day >= period->start && day < period->end);
}

DayRange DaysOf(const std::optional<FiscalPeriod>& period) {
  if (!period) return {};
  return {NumberOfDay(period->start), NumberOfDay(period->end)};
}

KpiColumn UndefinedColumn(size_t row_count, const std::string& reason) {
  KpiColumn column;
  column.cells.resize(row_count);
  for (KpiCell& cell : column.cells) cell.undefined_reason = reason;
  return column;
}

KpiColumn UndefinedColumn(const Grouping& grouping, const std::string& reason) {
  return UndefinedColumn(grouping.groups().size(), reason);
}

std::optional<std::string> NotBegunReason(const KpiQuery& query) {
  const absl::CivilDay as_of_day = query.view->as_of.effective_day;
  if (!query.period || PhaseOf(*query.period, as_of_day) != PeriodPhase::kNotBegun) {
    return std::nullopt;
  }
  return absl::StrCat(
      query.period->name, " has not begun by ", FormatIsoDate(as_of_day),
      query.first_day ? absl::StrCat("; the data go from ", DataSpan(*query.first_day, *query.view))
                      : "");
}

std::optional<std::string> NotEndedReason(const KpiQuery& query) {
  const absl::CivilDay as_of_day = query.view->as_of.effective_day;
  if (PhaseOf(*query.period, as_of_day) == PeriodPhase::kEnded) return std::nullopt;
  if (auto reason = NotBegunReason(query)) return reason;
  return absl::StrCat(query.period->name, " has not ended by ", FormatIsoDate(as_of_day));
}

std::optional<std::string> PeriodToDateNote(const KpiQuery& query) {
  const absl::CivilDay as_of_day = query.view->as_of.effective_day;
  if (!query.period || PhaseOf(*query.period, as_of_day) != PeriodPhase::kRunning) {
    return std::nullopt;
  }
  return absl::StrCat("period to date: ", query.period->name, " runs until ",
                      FormatIsoDate(query.period->end - 1), ", facts count up to ",
                      FormatIsoDate(as_of_day));
}

std::string InPeriod(const KpiQuery& query) {
  return query.period ? absl::StrCat(" in ", query.period->name) : "";
}

double MedianOf(std::vector<int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return static_cast<double>(*middle);
  const int64_t below = *std::max_element(values.begin(), middle);
  return (static_cast<double>(below) + static_cast<double>(*middle)) / 2;
}

double MedianOfSorted(const std::vector<int64_t>& sorted) {
  const size_t half = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return static_cast<double>(sorted[half]);
  return (static_cast<double>(sorted[half - 1]) + static_cast<double>(sorted[half])) / 2;
}

KpiColumn MedianColumn(std::vector<std::vector<int64_t>> values, const std::string& reason) {
  KpiColumn column;
  column.cells.reserve(values.size());
  for (std::vector<int64_t>& row : values) {
    KpiCell& cell = column.cells.emplace_back();
    for (const int64_t value : row) cell.numerator += static_cast<double>(value);
    cell.denominator = static_cast<double>(row.size());
    cell.sample_size = static_cast<int64_t>(row.size());
    if (row.empty()) {
      cell.undefined_reason = reason;
    } else {
      std::sort(row.begin(), row.end());
      cell.value = MedianOfSorted(row);
      cell.interval = MedianInterval(row);
    }
  }
  return column;
}

KpiColumn ShareColumn(const std::vector<Share>& shares, const std::string& reason) {
  KpiColumn column;
  column.cells.reserve(shares.size());
  for (const Share& share : shares) {
    KpiCell& cell = column.cells.emplace_back();
    cell.numerator = static_cast<double>(share.success_count);
    cell.denominator = static_cast<double>(share.count);
    cell.sample_size = share.count;
    if (share.count == 0) {
      cell.undefined_reason = reason;
    } else {
      cell.value = cell.numerator / cell.denominator;
      cell.interval = WilsonInterval(share.success_count, share.count);
    }
  }
  return column;
}

KpiCell DifferenceCell(const Share& first, const Share& second, const std::string& reason) {
  const auto value_of = [](const Share& share) {
    return static_cast<double>(share.success_count) / static_cast<double>(share.count);
  };
  KpiCell cell;
  cell.sample_size = first.count + second.count;
  if (first.count > 0) cell.numerator = value_of(first);
  if (second.count > 0) cell.denominator = value_of(second);
  if (first.count == 0 || second.count == 0) {
    cell.undefined_reason = reason;
    return cell;
  }
  cell.value = cell.numerator - cell.denominator;
  cell.interval =
      DifferenceInterval(cell.numerator, WilsonInterval(first.success_count, first.count),
                         cell.denominator, WilsonInterval(second.success_count, second.count));
  return cell;
}

KpiColumn CountColumn(const std::vector<int64_t>& counts) {
  KpiColumn column;
  column.cells.reserve(counts.size());
  for (const int64_t count : counts) {
    KpiCell& cell = column.cells.emplace_back();
    cell.numerator = static_cast<double>(count);
    cell.denominator = 1;
    cell.value = cell.numerator;
    cell.sample_size = count;
  }
  return column;
}

std::vector<metrics::v1::GroupBy> DealGroupBysWithoutPeriods() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {GROUP_BY_ORG,     GROUP_BY_REP,         GROUP_BY_TEAM,       GROUP_BY_ROLE,
          GROUP_BY_PRODUCT, GROUP_BY_SEGMENT,     GROUP_BY_INDUSTRY,   GROUP_BY_ACCOUNT,
          GROUP_BY_MOTION,  GROUP_BY_LEAD_SOURCE, GROUP_BY_COMPETITOR, GROUP_BY_CLOSE_REASON,
          GROUP_BY_COHORT};
}

std::vector<metrics::v1::GroupBy> FiscalDealGroupBys() {
  std::vector<metrics::v1::GroupBy> group_bys = DealGroupBysWithoutPeriods();
  group_bys.push_back(metrics::v1::GROUP_BY_PERIOD);
  return group_bys;
}

std::vector<metrics::v1::GroupBy> DealGroupBys() {
  std::vector<metrics::v1::GroupBy> group_bys = FiscalDealGroupBys();
  group_bys.push_back(metrics::v1::GROUP_BY_MONTH);
  return group_bys;
}

metrics::v1::KpiDefinition Define(const KpiText& text,
                                  const std::vector<metrics::v1::GroupBy>& group_bys) {
  metrics::v1::KpiDefinition definition;
  definition.set_name(text.name);
  definition.set_display_name(text.display_name);
  definition.set_formula(text.formula);
  definition.set_numerator(text.numerator);
  definition.set_denominator(text.denominator);
  definition.set_unit(text.unit);
  definition.set_direction(text.direction);
  for (const char* rule : text.edge_rules) definition.add_edge_rules(rule);
  definition.set_caveat(text.caveat);
  definition.set_source(text.source);
  definition.set_interval_method(text.interval_method);
  for (const metrics::v1::GroupBy group_by : group_bys) definition.add_group_bys(group_by);
  return definition;
}

}  // namespace quotacast::metrics
