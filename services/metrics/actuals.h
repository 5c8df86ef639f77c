// What came of past fiscal periods, rep by rep: what forecasts of them are scored against.
//
//   auto actuals = ActualsOf(view, {.first_period = "2017Q1", .last_period = "2017Q3"});
#ifndef QUOTACAST_SERVICES_METRICS_ACTUALS_H_
#define QUOTACAST_SERVICES_METRICS_ACTUALS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/metrics/book_view.h"

namespace quotacast::metrics {

inline constexpr size_t kActualsRepsPerMessage = 1'000;
inline constexpr size_t kActualsDealsPerMessage = 10'000;
// Periods of one answer, and periods times reps; more is INVALID_ARGUMENT (INVALID_FIELD).
inline constexpr size_t kMaxActualsPeriods = 400;
inline constexpr int64_t kMaxActualsRepPeriods = 4'000'000;

struct ActualsQuery {
  std::string first_period = {};  // Empty: the first with a deal created or closed.
  std::string last_period = {};   // Empty: the one that contains the as-of day.
  bool with_deals = false;        // Whether the won deals are wanted too.
};

struct Actuals {
  metrics::v1::ActualsHeader header;
  std::vector<metrics::v1::ActualsRep> reps;  // In order of id, the unassigned one included.
  // Won in the periods, in order of id; empty unless asked for. Their amounts sum to the bookings.
  std::vector<metrics::v1::ActualsDeal> deals;
};

// Bookings are those of the KPI of that name, quotas those of quota_attainment; periods that go on
// are to date, and those that have not begun hold nothing but quotas. INVALID_ARGUMENT
// (UNKNOWN_PERIOD; INVALID_FIELD for a last period before the first one, or too many),
// FAILED_PRECONDITION (MIXED_CURRENCY), OUT_OF_RANGE (MONEY_OVERFLOW). Complexity: linear in the
// deals, and in reps times periods.
absl::StatusOr<Actuals> ActualsOf(const BookView& view, const ActualsQuery& query);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_ACTUALS_H_
