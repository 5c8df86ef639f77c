// How customers grow: what accounts buy again, and what they could buy.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_ACCOUNTS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_ACCOUNTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// What the accounts that booked in `before` bought more of in `period`.
struct AccountGrowth {
  int64_t grown_minor_units = 0;   // Expansion and renewal bookings in `period`.
  int64_t before_minor_units = 0;  // All their bookings in `before`.
  int64_t account_count = 0;
};

// Rows that a deal counts in.
using RowsOfDeal = std::function<std::span<const int>(const DealRef&)>;

// One per row. OUT_OF_RANGE (MONEY_OVERFLOW).
absl::StatusOr<std::vector<AccountGrowth>> SumAccountGrowth(const BookView& view,
                                                            const FiscalPeriod& period,
                                                            const FiscalPeriod& before,
                                                            const RowsOfDeal& rows_of,
                                                            size_t row_count);

// Why growth cannot be told: no won deal says whether it is new business, expansion or renewal.
std::optional<std::string> NoMotionReason(const BookView& view);

// account_growth and white_space; the rules are in docs/kpis.md.
std::vector<Kpi> AccountKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_ACCOUNTS_H_
