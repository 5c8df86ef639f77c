// What the reps can be expected to book: their quotas, less ramp, absence and what is usually
// missed.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_CAPACITY_H_
#define QUOTACAST_SERVICES_METRICS_KPI_CAPACITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Tenure in quarters of a year: the first four, and everything beyond.
inline constexpr size_t kTenureCount = 5;
inline constexpr size_t kRamped = kTenureCount - 1;

// Past periods that attainment and ramp are observed in: three years of quarters.
inline constexpr int kMaxCapacityPeriods = 12;

// The tenure of a rep on a day. A rep without a start day is ramped.
size_t TenureOn(const BookRep& rep, absl::CivilDay day);

// Booked of what was asked, by tenure at the middle of the period, over past rep-periods.
struct ObservedRamp {
  std::array<double, kTenureCount> booked = {};
  std::array<double, kTenureCount> asked = {};  // Quota x share of the period in the job.
  int period_count = 0;

  // Attainment of ramped reps; absent when none was observed.
  std::optional<double> ramped_attainment() const;
  // Attainment at a tenure over that of ramped reps, at most 1; 1 where none was observed.
  double RampShare(size_t tenure) const;
};

// Over the latest periods that have ended by the as-of date and before the query's. OUT_OF_RANGE
// (MONEY_OVERFLOW).
absl::StatusOr<ObservedRamp> ObserveRamp(const KpiQuery& query);

// capacity; the rules are in docs/kpis.md.
std::vector<Kpi> CapacityKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_CAPACITY_H_
