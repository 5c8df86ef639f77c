// Bookings: the booked amount of deals won; also the sums that attainment and coverage rest on.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_BOOKINGS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_BOOKINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/money.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Deals won in the query's period, per row of its grouping.
struct BookingSums {
  std::vector<int64_t> amounts_minor_units;
  std::vector<int64_t> deal_counts;
  int64_t without_amount_count = 0;  // Won deals without a booked amount; they add nothing.
};

// OUT_OF_RANGE (MONEY_OVERFLOW).
absl::StatusOr<BookingSums> SumBookings(const KpiQuery& query);

// Adds with overflow check; OUT_OF_RANGE (MONEY_OVERFLOW).
inline absl::Status AddTo(int64_t& total_minor_units, int64_t amount_minor_units) {
  int64_t sum = 0;
  if (__builtin_add_overflow(total_minor_units, amount_minor_units, &sum)) {
    return AddMinorUnits(total_minor_units, amount_minor_units).status();
  }
  total_minor_units = sum;
  return absl::OkStatus();
}

// The note that won deals lack amounts, when they do.
std::optional<std::string> WithoutAmountNote(const BookingSums& sums, const KpiQuery& query);

// bookings; the rules are in docs/kpis.md.
std::vector<Kpi> BookingsKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_BOOKINGS_H_
