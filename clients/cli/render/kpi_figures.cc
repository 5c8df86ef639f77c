#include "clients/cli/render/kpi_figures.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/text_width.h"

namespace quotacast::cli {
namespace {

using metrics::v1::KpiDefinition;
using metrics::v1::KpiRow;
using metrics::v1::KpiTable;

// The schema has one unit for all ratios. These are multiples of a target or a plan, or of one kind
// of work by another, whatever else has "coverage" in its name.
constexpr const char* kMultiples[] = {
    "over_assignment",   "pipeline_coverage_full", "pipeline_coverage_remaining",
    "required_coverage", "training_balance",
};

constexpr double kMinutesPerHour = 60;

bool IsWhole(double value, double tolerance) {
  return std::fabs(value - std::round(value)) < tolerance;
}

// All of a table that is shown in its unit.
std::vector<double> ShownValues(const KpiTable& table) {
  std::vector<double> values;
  for (const KpiRow& row : table.rows()) {
    if (row.has_value()) values.push_back(row.value());
    if (row.has_interval()) {
      values.push_back(row.interval().low());
      values.push_back(row.interval().high());
    }
    if (row.reference().has_value()) values.push_back(row.reference().value());
  }
  return values;
}

int DecimalsOf(metrics::v1::KpiUnit unit, const std::vector<double>& values) {
  const auto all_whole = [&](double tolerance) {
    return std::all_of(values.begin(), values.end(),
                       [&](double value) { return IsWhole(value, tolerance); });
  };
  switch (unit) {
    case metrics::v1::KPI_UNIT_RATIO:
      return 1;
    case metrics::v1::KPI_UNIT_DAYS:
      return all_whole(0.05) ? 0 : 1;
    case metrics::v1::KPI_UNIT_MONEY_PER_DAY:
      return 2;
    case metrics::v1::KPI_UNIT_COUNT:
      return all_whole(0.005) ? 0 : 2;
    default:
      return 0;
  }
}

// "1,234.5"; of sizes only.
std::string Grouped(double size, int decimals) {
  if (decimals == 2) return FormatAmountWithCents(size);
  if (decimals == 0 || size >= 1000) return FormatAmount(size, 0);
  return absl::StrFormat("%.*f", decimals, size);
}

// "4 h 12 min", "30 h", "12 min", "0.5 min".
std::string Duration(double minutes) {
  if (minutes < 10 && !IsWhole(minutes, 0.05)) return absl::StrFormat("%.1f min", minutes);
  const double rounded = std::round(minutes);
  if (rounded < kMinutesPerHour) return absl::StrFormat("%.0f min", rounded);
  const double hours = std::floor(rounded / kMinutesPerHour);
  const double rest = rounded - hours * kMinutesPerHour;
  return absl::StrCat(FormatAmount(hours, 0), " h",
                      rest == 0 ? "" : absl::StrFormat(" %.0f min", rest));
}

}  // namespace

bool IsMultiple(const KpiDefinition& definition) {
  return definition.unit() == metrics::v1::KPI_UNIT_RATIO &&
         std::find(std::begin(kMultiples), std::end(kMultiples), definition.name()) !=
             std::end(kMultiples);
}

KpiFigures::KpiFigures(const KpiDefinition& definition, const std::vector<double>& values,
                       const std::string& currency)
    : unit_(definition.unit()),
      is_multiple_(IsMultiple(definition)),
      decimals_(DecimalsOf(unit_, values)),
      currency_(currency) {}

KpiFigures::KpiFigures(const KpiDefinition& definition, double value, const std::string& currency)
    : KpiFigures(definition, std::vector<double>{value}, currency) {}

KpiFigures::KpiFigures(const KpiTable& table)
    : KpiFigures(table.definition(), ShownValues(table),
                 table.definition().unit() == metrics::v1::KPI_UNIT_MONEY_PER_DAY
                     ? table.currency_code()
                     : "") {}

std::string KpiFigures::Amount(double size) const {
  switch (unit_) {
    case metrics::v1::KPI_UNIT_RATIO:
      return is_multiple_ ? absl::StrFormat("%.1fx", size) : FormatPercent(size);
    case metrics::v1::KPI_UNIT_DAYS:
      return Grouped(size, decimals_) + (size == 1 && decimals_ == 0 ? " day" : " days");
    case metrics::v1::KPI_UNIT_MONEY_PER_DAY:
      return absl::StrCat(Grouped(size, decimals_), currency_.empty() ? "" : " ", currency_,
                          "/day");
    case metrics::v1::KPI_UNIT_MINUTES:
      return Duration(size);
    case metrics::v1::KPI_UNIT_MONEY:
    case metrics::v1::KPI_UNIT_COUNT:
      return Grouped(size, decimals_);
    default:
      return PlainNumber(size);
  }
}

std::string KpiFigures::Value(double value) const {
  const std::string size = Amount(std::fabs(value));
  // What rounds to nothing has no sign.
  const bool is_negative = value < 0 && size.find_first_of("123456789") != std::string::npos;
  const bool has_code = unit_ == metrics::v1::KPI_UNIT_MONEY && !currency_.empty();
  return absl::StrCat(is_negative ? "-" : "", has_code ? currency_ : "", has_code ? " " : "", size);
}

std::string KpiFigures::Difference(double difference) const {
  const double size = std::fabs(difference);
  const bool in_points = unit_ == metrics::v1::KPI_UNIT_RATIO && !is_multiple_;
  const std::string text = in_points ? absl::StrFormat("%.1f points", 100 * size) : Amount(size);
  if (text.find_first_of("123456789") == std::string::npos) return text;
  return absl::StrCat(difference < 0 ? "-" : "+", text);
}

std::string KpiFigures::Interval(const metrics::v1::KpiInterval& interval) const {
  return absl::StrCat(Value(interval.low()), " to ", Value(interval.high()));
}

std::string UnitName(metrics::v1::KpiUnit unit) {
  switch (unit) {
    case metrics::v1::KPI_UNIT_RATIO:
      return "ratio";
    case metrics::v1::KPI_UNIT_DAYS:
      return "days";
    case metrics::v1::KPI_UNIT_MONEY:
      return "money";
    case metrics::v1::KPI_UNIT_MONEY_PER_DAY:
      return "money/day";
    case metrics::v1::KPI_UNIT_COUNT:
      return "count";
    case metrics::v1::KPI_UNIT_MINUTES:
      return "minutes";
    default:
      return "-";
  }
}

std::string UnitText(metrics::v1::KpiUnit unit) {
  switch (unit) {
    case metrics::v1::KPI_UNIT_RATIO:
      return "ratio; 1 is 100 %";
    case metrics::v1::KPI_UNIT_DAYS:
      return "days";
    case metrics::v1::KPI_UNIT_MONEY:
      return "money: major units of the workspace's currency";
    case metrics::v1::KPI_UNIT_MONEY_PER_DAY:
      return "money per day: major units of the workspace's currency";
    case metrics::v1::KPI_UNIT_COUNT:
      return "a number of things";
    case metrics::v1::KPI_UNIT_MINUTES:
      return "minutes";
    default:
      return "";
  }
}

std::string KpiValue(const KpiDefinition& definition, const KpiRow& row,
                     const std::string& currency) {
  if (row.outcome_case() != KpiRow::kValue) {
    return Printable(absl::StrCat("undefined: ", row.undefined_reason()));
  }
  return KpiFigures(definition, row.value(), currency).Value(row.value());
}

std::string PlainNumber(double value) {
  if (IsWhole(value, 0.05) || std::fabs(value) >= 1000) return FormatAmount(value, 0);
  return absl::StrFormat("%.1f", value);
}

}  // namespace quotacast::cli
