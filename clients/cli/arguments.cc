#include "clients/cli/arguments.h"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/money.h"
#include "base/nearest_names.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "clients/cli/kpi_words.h"

namespace quotacast::cli {
namespace {

constexpr char kUsageReason[] = "USAGE";
constexpr int64_t kMaxTextFileBytes = int64_t{16} << 20;
constexpr int64_t kNanosPerUnit = 1'000'000'000;
constexpr size_t kNearestWords = 3;

// "team:east" -> "east" when it begins with `prefix`.
std::optional<std::string> After(const std::string& text, const std::string& prefix) {
  if (!absl::StartsWith(text, prefix) || text.size() == prefix.size()) return std::nullopt;
  return text.substr(prefix.size());
}

// What is said of a word that is none of `words`; `what` is "a grouping".
absl::Status UnknownWord(const std::string& word, const std::string& what,
                         const std::vector<std::string>& words) {
  return UsageError(absl::StrCat("\"", ShownName(word), "\" is not ", what, "; the nearest are ",
                                 absl::StrJoin(NearestNames(word, words, kNearestWords), ", "),
                                 " (all: ", absl::StrJoin(words, ", "), ")"));
}

// The parts of "a,b\\,c": "a" and "b,c".
std::vector<std::string> SplitAtCommas(const std::string& text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',') {
      parts.back() += text[++i];
    } else if (text[i] == ',') {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  return parts;
}

}  // namespace

absl::Status UsageError(std::string_view message) {
  ErrorDetail detail;
  detail.reason = kUsageReason;
  return WithDetail(absl::InvalidArgumentError(AbslView(message)), detail);
}

bool IsUsageError(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetDetail(status);
  return detail.has_value() && detail->reason == kUsageReason;
}

absl::StatusOr<google::type::Date> ParseDateArgument(const std::string& text) {
  const absl::StatusOr<absl::CivilDay> day = ParseIsoDate(text);
  if (!day.ok()) {
    return UsageError(absl::StrCat("\"", text, "\" is not a date such as 2017-09-30"));
  }
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day->year()));
  date.set_month(day->month());
  date.set_day(day->day());
  return date;
}

absl::StatusOr<std::vector<simulation::v1::Level>> ParseLevelArgument(const std::string& text) {
  using simulation::v1::Level;
  if (text == "org") return std::vector<Level>{simulation::v1::LEVEL_ORG};
  if (text == "team") return std::vector<Level>{simulation::v1::LEVEL_TEAM};
  if (text == "rep") return std::vector<Level>{simulation::v1::LEVEL_REP};
  if (text == "all") {
    return std::vector<Level>{simulation::v1::LEVEL_ORG, simulation::v1::LEVEL_TEAM,
                              simulation::v1::LEVEL_REP};
  }
  return UsageError(absl::StrCat("\"", text, "\" is not a level: org, team, rep or all"));
}

absl::StatusOr<metrics::v1::GroupBy> ParseGroupByArgument(const std::string& text) {
  const std::optional<metrics::v1::GroupBy> group_by = GroupByOfWord(text);
  return group_by ? absl::StatusOr<metrics::v1::GroupBy>(*group_by)
                  : UnknownWord(text, "a grouping", GroupByWords());
}

absl::StatusOr<metrics::v1::KpiComparison> ParseComparisonArgument(const std::string& text) {
  const std::optional<metrics::v1::KpiComparison> comparison = ComparisonOfWord(text);
  return comparison ? absl::StatusOr<metrics::v1::KpiComparison>(*comparison)
                    : UnknownWord(text, "a comparison", ComparisonWords());
}

absl::StatusOr<metrics::v1::KpiFilter> ParseFilterArgument(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return UsageError(absl::StrCat("\"", text,
                                   "\" is not a filter such as rep=R001 or segment=smb,enterprise: "
                                   "it has no \"=\""));
  }
  metrics::v1::KpiFilter filter;
  QC_ASSIGN_OR_RETURN(const metrics::v1::GroupBy dimension,
                      ParseGroupByArgument(text.substr(0, equals)));
  filter.set_dimension(dimension);
  for (std::string& id : SplitAtCommas(text.substr(equals + 1))) {
    if (id.empty()) {
      return UsageError(absl::StrCat("\"", text, "\" names an empty id; a filter is such as ",
                                     "rep=R001 or segment=smb,enterprise"));
    }
    filter.add_ids(std::move(id));
  }
  return filter;
}

absl::StatusOr<simulation::v1::EntityRef> ParseEntityArgument(const std::string& text) {
  simulation::v1::EntityRef entity;
  if (text == "org") {
    entity.set_level(simulation::v1::LEVEL_ORG);
    return entity;
  }
  if (const auto team = After(text, "team:")) {
    entity.set_level(simulation::v1::LEVEL_TEAM);
    entity.set_entity_id(*team);
    return entity;
  }
  if (const auto rep = After(text, "rep:")) {
    entity.set_level(simulation::v1::LEVEL_REP);
    entity.set_entity_id(*rep);
    return entity;
  }
  return UsageError(absl::StrCat("\"", text, "\" is not one of org, team:ID, rep:ID"));
}

absl::StatusOr<simulation::v1::UncertainEffect> ParseEffectArgument(const std::string& text) {
  const size_t colon = text.find(':');
  double mean = 0;
  double sd = 0;
  const bool parsed = absl::SimpleAtod(text.substr(0, colon), &mean) &&
                      (colon == std::string::npos || absl::SimpleAtod(text.substr(colon + 1), &sd));
  if (!parsed || !std::isfinite(mean) || !std::isfinite(sd) || sd < 0) {
    return UsageError(
        absl::StrCat("\"", text, "\" is not an effect MEAN or MEAN:SD such as 0.10:0.05"));
  }
  simulation::v1::UncertainEffect effect;
  effect.set_mean(mean);
  effect.set_sd(sd);
  return effect;
}

absl::StatusOr<google::type::Money> ParseMoneyArgument(const std::string& text,
                                                       const std::string& currency) {
  const absl::StatusOr<int> digits = MinorUnitDigits(currency);
  if (!digits.ok()) return UsageError(StdView(digits.status().message()));
  const absl::StatusOr<Money> money = ParseMoney(text, currency);
  if (!money.ok()) return UsageError(StdView(money.status().message()));
  int64_t minor_per_unit = 1;
  for (int i = 0; i < *digits; ++i) minor_per_unit *= 10;
  google::type::Money out;
  out.set_currency_code(currency);
  out.set_units(money->minor_units / minor_per_unit);
  out.set_nanos(
      static_cast<int32_t>(money->minor_units % minor_per_unit * (kNanosPerUnit / minor_per_unit)));
  return out;
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return UsageError(absl::StrCat("cannot read \"", path, "\""));
  file.seekg(0, std::ios::end);
  if (!file || file.tellg() > kMaxTextFileBytes) {
    return UsageError(absl::StrCat("\"", path, "\" is not a text file of at most 16 MiB"));
  }
  file.seekg(0);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return UsageError(absl::StrCat("cannot read \"", path, "\""));
  return text;
}

std::string ResourceName(const std::string& workspace, const std::string& collection,
                         const std::string& id) {
  if (absl::StartsWith(id, "workspaces/")) return id;
  if (absl::StartsWith(id, collection + "/")) return absl::StrCat(workspace, "/", id);
  return absl::StrCat(workspace, "/", collection, "/", id);
}

}  // namespace quotacast::cli
