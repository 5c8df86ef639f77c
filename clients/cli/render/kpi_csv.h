// KPI tables for other programs.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_CSV_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_CSV_H_

#include <string>

#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {

// The rows of a table under a line of headings, which are the same for every table: group,
// group_display_name, then_group, then_group_display_name, period, value, undefined_reason,
// numerator, denominator, sample_size, interval_low, interval_high, reference_value,
// reference_undefined_reason, difference, better_than_share. What a row does not have is empty.
// Figures are in the KPI's unit, with all the digits that a reader needs to get the same number
// back. `comparison` is what the table was asked to be set beside.
std::string KpiCsv(const metrics::v1::KpiTable& table,
                   metrics::v1::KpiComparison comparison = metrics::v1::KPI_COMPARISON_UNSPECIFIED);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_CSV_H_
