#include "clients/cli/render/kpi_csv.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/csv.h"

namespace quotacast::cli {
namespace {

std::string SignalName(metrics::v1::KpiSignal signal) {
  switch (signal) {
    case metrics::v1::KPI_SIGNAL_ABOVE_PEERS:
      return "above_peers";
    case metrics::v1::KPI_SIGNAL_BELOW_PEERS:
      return "below_peers";
    default:
      return "";
  }
}

std::string NumberIf(bool present, double value) { return present ? ExactNumber(value) : ""; }

}  // namespace

std::string KpiCsv(const metrics::v1::KpiTable& table, metrics::v1::KpiComparison comparison) {
  std::string out =
      CsvLine({"group", "group_display_name", "then_group", "then_group_display_name", "period",
               "value", "undefined_reason", "numerator", "denominator", "sample_size",
               "interval_low", "interval_high", "reference_value", "reference_undefined_reason",
               "difference", "better_than_share", "signal"});
  for (const metrics::v1::KpiRow& row : table.rows()) {
    const metrics::v1::KpiReference& reference = row.reference();
    const bool has_both = row.has_value() && reference.has_value();
    const bool has_share = has_both && comparison == metrics::v1::KPI_COMPARISON_PEER_QUARTILE;
    out += CsvLine(
        {row.group(), row.group_display_name(), row.then_group(), row.then_group_display_name(),
         row.period(), NumberIf(row.has_value(), row.value()), row.undefined_reason(),
         ExactNumber(row.numerator()), ExactNumber(row.denominator()),
         absl::StrCat(row.sample_size()), NumberIf(row.has_interval(), row.interval().low()),
         NumberIf(row.has_interval(), row.interval().high()),
         NumberIf(reference.has_value(), reference.value()), reference.undefined_reason(),
         NumberIf(has_both, reference.difference()),
         NumberIf(has_share, reference.better_than_share()), SignalName(row.signal())});
  }
  return out;
}

}  // namespace quotacast::cli
