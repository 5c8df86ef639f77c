#include "clients/cli/commands/kpi_query.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/kpi_words.h"

namespace quotacast::cli {
namespace {

// As the service takes it.
constexpr int kMaxHorizonDays = 3650;

// Fields of the requests of QueryKpi and GetActuals, and what is typed for them.
constexpr std::pair<const char*, const char*> kOptionOfField[] = {
    {"kpi", "--kpi"},
    {"group_by", "--by"},
    {"then_by", "--then-by"},
    {"filters", "--filter"},
    {"period", "--period"},
    {"first_period", "--period"},
    {"last_period", "--to"},
    {"comparison", "--compare"},
    {"horizon_days", "--horizon"},
    {"as_of.effective_date", "--as-of"},
};

// "filters[2].ids" is typed with --filter, too.
std::string OptionOf(const std::string& field) {
  const std::string name = field.substr(0, field.find('['));
  for (const auto& [known, option] : kOptionOfField) {
    if (name == known) return option;
  }
  return field;
}

void AddFilter(const metrics::v1::KpiFilter& filter, metrics::v1::QueryKpiRequest& request) {
  auto& filters = *request.mutable_filters();
  const auto same = std::find_if(filters.begin(), filters.end(), [&](const auto& other) {
    return other.dimension() == filter.dimension();
  });
  if (same == filters.end()) {
    *filters.Add() = filter;
  } else {
    same->mutable_ids()->MergeFrom(filter.ids());
  }
}

}  // namespace

void AddKpiQueryOptions(CLI::App& command, KpiQueryArguments& arguments) {
  command
      .add_option("kpi,--kpi", arguments.kpi,
                  "One KPI (quotacast kpis lists them); without it all are summarised")
      ->type_name("NAME");
  command
      .add_option("--by", arguments.by,
                  "A row per rep, team, product, period, month, segment, stage ... (default org); "
                  "quotacast kpis explain NAME lists those of a KPI")
      ->check(CheckedBy(ParseGroupByArgument, "GROUPING"))
      ->type_name("GROUPING");
  command
      .add_option("--then-by", arguments.then_by,
                  "A second grouping: a row per pair of groups that holds something")
      ->check(CheckedBy(ParseGroupByArgument, "GROUPING"))
      ->type_name("GROUPING");
  command
      .add_option("--filter", arguments.filters,
                  "Only what is in one of these groups, such as team=east,west; of several, all "
                  "hold, but more groups of the same grouping add up; \"\\,\" is a comma in an id")
      ->check(CheckedBy(ParseFilterArgument, "GROUPING=ID[,ID...]"))
      ->type_name("GROUPING=ID[,ID...]")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--period", arguments.period,
                  "Fiscal period such as 2017Q3; without it all history")
      ->type_name("PERIOD");
  command
      .add_option("--to", arguments.to, "Last fiscal period of a series that begins with --period")
      ->type_name("PERIOD");
  command
      .add_option(
          "--compare", arguments.compare,
          absl::StrCat("What stands beside each figure: ", absl::StrJoin(ComparisonWords(), ", ")))
      ->check(CheckedBy(ParseComparisonArgument, "WITH"))
      ->type_name("WITH");
  command.add_option("--as-of", arguments.as_of, "Last day whose facts count")
      ->check(CheckedBy(ParseDateArgument, "DATE"))
      ->type_name("DATE");
  command
      .add_option("--horizon", arguments.horizon_days,
                  "Age in days that KPIs by age look at (default 180)")
      ->check(CLI::Range(1, kMaxHorizonDays))
      ->type_name("DAYS");
}

absl::StatusOr<metrics::v1::QueryKpiRequest> MakeKpiRequest(const KpiQueryArguments& arguments,
                                                            const std::string& workspace) {
  if (!arguments.to.empty() && arguments.period.empty()) {
    return UsageError("--to ends a series: name its first period, too, with --period");
  }
  metrics::v1::QueryKpiRequest request;
  request.set_parent(workspace);
  request.set_kpi(arguments.kpi);
  request.set_group_by(metrics::v1::GROUP_BY_ORG);
  if (!arguments.by.empty()) {
    QC_ASSIGN_OR_RETURN(const metrics::v1::GroupBy group_by, ParseGroupByArgument(arguments.by));
    request.set_group_by(group_by);
  }
  if (!arguments.then_by.empty()) {
    QC_ASSIGN_OR_RETURN(const metrics::v1::GroupBy then_by,
                        ParseGroupByArgument(arguments.then_by));
    request.set_then_by(then_by);
  }
  for (const std::string& text : arguments.filters) {
    QC_ASSIGN_OR_RETURN(const metrics::v1::KpiFilter filter, ParseFilterArgument(text));
    AddFilter(filter, request);
  }
  request.set_period(arguments.period);
  request.set_last_period(arguments.to);
  if (!arguments.compare.empty()) {
    QC_ASSIGN_OR_RETURN(const metrics::v1::KpiComparison comparison,
                        ParseComparisonArgument(arguments.compare));
    request.set_comparison(comparison);
  }
  if (!arguments.as_of.empty()) {
    QC_ASSIGN_OR_RETURN(*request.mutable_as_of()->mutable_effective_date(),
                        ParseDateArgument(arguments.as_of));
  }
  request.set_horizon_days(arguments.horizon_days);
  return request;
}

absl::Status AsTyped(const absl::Status& status) {
  std::optional<ErrorDetail> detail = GetDetail(status);
  if (!detail || IsUsageError(status)) return status;
  for (FieldViolation& violation : detail->field_violations) {
    violation.field = OptionOf(violation.field);
    violation.description = InKpiWords(violation.description);
  }
  return WithDetail(absl::Status(status.code(), status.message()), *detail);
}

}  // namespace quotacast::cli
