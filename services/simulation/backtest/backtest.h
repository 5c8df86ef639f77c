// Back-tests: forecasts of past periods as of past days, on what was known then, scored with what
// came.
//
//   auto summary = RunBacktest(request, scope, {&sources, &admission, threads}, write);
//
// The protocol is docs/validation.md, section 5. In short, for each period and week: the day before
// the week begins is the as-of day; the model is fitted and the pipeline taken as known on it; the
// organisation, teams and reps are forecast and scored with what the period came to by the
// request's as-of, beside three baselines made of nothing but what was known on the as-of day.
//
// Outcomes. A rep's is what the rep booked in the period, a team's and the organisation's what
// everybody who counts in it did: reps of the past state where that had them, others where they
// are now. So somebody who joined later counts in the outcome of the team and the organisation, and
// has no line of their own. Reps who had left by the as-of day, and teams without anybody, have
// none either: nothing forecast and nothing booked would flatter.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_BACKTEST_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_BACKTEST_H_

#include <functional>

#include "absl/status/statusor.h"
#include "quotacast/simulation/v1/backtest.pb.h"
#include "services/simulation/admission.h"
#include "services/simulation/sources.h"

namespace quotacast::simulation {

inline constexpr int kScoredForecastsPerMessage = 500;

struct BacktestTools {
  const SimulationSources* sources = nullptr;
  Admission* admission = nullptr;
  int threads = 1;  // Never changes a result.
};

// Writes progress before each replay and the scored forecasts after it; `write` is called by one
// thread at a time and returns whether anybody still listens. Returns the summary, which is the
// caller's to write. The same log prefix, request and engine give the same bytes.
//
// Each replay takes a place in admission for itself and gives it back before its scores are
// written. A replay without a forecast (too little history, nothing recorded yet, another calendar
// then) is a refusal in the summary, no error. Errors: INVALID_ARGUMENT (INVALID_FIELD,
// UNKNOWN_PERIOD), also when the forecasts to score would be more than
// simulator::kMaxScoredForecasts; RESOURCE_EXHAUSTED (OVERLOADED); CANCELLED; what the sources
// return; INTERNAL when their answers contradict each other.
absl::StatusOr<v1::BacktestSummary> RunBacktest(
    const v1::BacktestRequest& request, const CallScope& scope, const BacktestTools& tools,
    const std::function<bool(const v1::BacktestResponse&)>& write);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_BACKTEST_H_
