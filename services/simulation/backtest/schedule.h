// Which past days a back-test goes back to, and what counts as known on them.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_SCHEDULE_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_SCHEDULE_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "quotacast/simulation/v1/backtest.pb.h"
#include "quotacast/type/v1/as_of.pb.h"
#include "services/simulation/backtest/past.h"

namespace quotacast::simulation {

// Named limits and defaults of a request.
inline constexpr int64_t kDefaultBacktestTrials = 4'096;
inline constexpr int64_t kMaxBacktestTrials = 100'000;
inline constexpr int kDefaultWeeks[] = {1, 5, 9};

// The checks that need no data. INVALID_ARGUMENT (INVALID_FIELD), all violations at once.
absl::Status CheckBacktestRequest(const v1::BacktestRequest& request);

// One forecast of the organisation: a period at the beginning of one of its weeks.
struct Replay {
  int period = 0;            // Position in the actuals.
  int week = 1;              // From 1.
  absl::CivilDay as_of_day;  // The day before the week begins.
};

// The day before week `week` of the period begins; absent when the period has no such week.
std::optional<absl::CivilDay> AsOfDayOf(const FiscalPeriod& period, int week);

// In order of period and week: of a checked request, between its periods, which must have ended.
// Without a first period from the first one of the actuals on. INVALID_ARGUMENT: UNKNOWN_PERIOD;
// INVALID_FIELD for a period that goes on, and for a last one before the first.
absl::StatusOr<std::vector<Replay>> ScheduleOf(const v1::BacktestRequest& request,
                                               const PastActuals& outcomes);

// Ascending, each once; the defaults when the request names none.
std::vector<int> WeeksOf(const v1::BacktestRequest& request);

// The mode that UNSPECIFIED means for data like this.
v1::ReplayMode ModeOf(const v1::BacktestRequest& request, const PastActuals& outcomes);

// What counts as known at the end of a past day. `outcomes` is the as-of the outcomes are taken
// from: nothing recorded after it counts either. RECORDED takes what was recorded by the end of the
// day, in UTC; EFFECTIVE all that is dated up to the day, whenever it was recorded.
type::v1::AsOf KnownOn(absl::CivilDay day, v1::ReplayMode mode, const type::v1::AsOf& outcomes);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_SCHEDULE_H_
