// Figures of a KPI in its unit.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_FIGURES_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_FIGURES_H_

#include <string>
#include <vector>

#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {

// How the figures of one KPI are written, alike for all that stand in one column.
class KpiFigures {
 public:
  // For one value that stands alone, with the currency's code beside sums of money.
  KpiFigures(const metrics::v1::KpiDefinition& definition, double value,
             const std::string& currency);
  // For all values of a table: with decimals when any of them needs them. Sums of money carry no
  // currency, which stands above the table once.
  explicit KpiFigures(const metrics::v1::KpiTable& table);

  // "64.4 %", "2.3x" for multiples, "47 days", "4 h 12 min", "1,234,568", "1,234.50 USD/day",
  // "0.25".
  std::string Value(double value) const;

  // The same with its sign, and of shares in percentage points: "+3.2 points".
  std::string Difference(double difference) const;

  // "52.4 % to 70.9 %".
  std::string Interval(const metrics::v1::KpiInterval& interval) const;

 private:
  KpiFigures(const metrics::v1::KpiDefinition& definition, const std::vector<double>& values,
             const std::string& currency);
  std::string Amount(double size) const;

  metrics::v1::KpiUnit unit_;
  bool is_multiple_;
  int decimals_ = 0;
  std::string currency_;
};

// Whether people speak of a ratio as a multiple ("3x") rather than as a share.
bool IsMultiple(const metrics::v1::KpiDefinition& definition);

// The unit in a word or two, for a column: "ratio", "minutes"; and in a sentence's words.
std::string UnitName(metrics::v1::KpiUnit unit);
std::string UnitText(metrics::v1::KpiUnit unit);

// A row's value on its own, or "undefined: <reason>".
std::string KpiValue(const metrics::v1::KpiDefinition& definition, const metrics::v1::KpiRow& row,
                     const std::string& currency = "");

// A count, days or money as it comes: whole, or with one decimal where it is small and broken.
std::string PlainNumber(double value);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_FIGURES_H_
