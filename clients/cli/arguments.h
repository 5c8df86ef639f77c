// Reading what was typed: dates, levels, effects, amounts.
#ifndef QUOTACAST_CLIENTS_CLI_ARGUMENTS_H_
#define QUOTACAST_CLIENTS_CLI_ARGUMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "quotacast/simulation/v1/forecast.pb.h"
#include "quotacast/simulation/v1/scenario.pb.h"

namespace quotacast::cli {

// INVALID_ARGUMENT for a command line that makes no sense; the command exits with kExitUsage.
absl::Status UsageError(std::string_view message);
bool IsUsageError(const absl::Status& status);

// The functions below return a UsageError that names the text and what would be right.

// "2017-09-30".
absl::StatusOr<google::type::Date> ParseDateArgument(const std::string& text);

// "org", "team", "rep", or "all" for the three.
absl::StatusOr<std::vector<simulation::v1::Level>> ParseLevelArgument(const std::string& text);

// One of GroupByWords(): "org", "rep", "lead_source" ... (kpi_words.h). The error names the
// nearest.
absl::StatusOr<metrics::v1::GroupBy> ParseGroupByArgument(const std::string& text);

// One of ComparisonWords(): "previous_period", "quota" ... The error names the nearest.
absl::StatusOr<metrics::v1::KpiComparison> ParseComparisonArgument(const std::string& text);

// "rep=R001" or "segment=smb,enterprise": a grouping and ids of it. "\," is a comma within an id.
absl::StatusOr<metrics::v1::KpiFilter> ParseFilterArgument(const std::string& text);

// "org", "team:ID", "rep:ID".
absl::StatusOr<simulation::v1::EntityRef> ParseEntityArgument(const std::string& text);

// "0.10" (known exactly) or "0.10:0.05" (mean and standard deviation).
absl::StatusOr<simulation::v1::UncertainEffect> ParseEffectArgument(const std::string& text);

// "1,234,567.50" of a currency.
absl::StatusOr<google::type::Money> ParseMoneyArgument(const std::string& text,
                                                       const std::string& currency);

// A parser above as a check of an option: a wrong value is refused while the line is parsed.
// `type_name` stands in the help, such as "DATE".
template <typename Value>
CLI::Validator CheckedBy(absl::StatusOr<Value> (*parse)(const std::string&),
                         const std::string& type_name) {
  return CLI::Validator(
      [parse](std::string& text) {
        const absl::StatusOr<Value> value = parse(text);
        return value.ok() ? std::string() : std::string(value.status().message());
      },
      "", type_name);
}

// Reads a whole text file of at most 16 MiB. UsageError when it cannot be read.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

// "workspaces/w/<collection>/<id>"; `id` may be "<collection>/<id>" or the whole name already.
std::string ResourceName(const std::string& workspace, const std::string& collection,
                         const std::string& id);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_ARGUMENTS_H_
