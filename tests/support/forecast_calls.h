// Forecasts and comparisons over the wire, and what is true of every one of them.
#ifndef QUOTACAST_TESTS_SUPPORT_FORECAST_CALLS_H_
#define QUOTACAST_TESTS_SUPPORT_FORECAST_CALLS_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::tests {

// The last message of CompareScenarios; INTERNAL when the stream ended without one or reported
// progress that went backwards.
absl::StatusOr<simulation::v1::ComparisonResult> CompareScenarios(
    const std::shared_ptr<grpc::Channel>& channel,
    const simulation::v1::CompareScenariosRequest& request);

// One initiative (a coaching that raises win rates, everybody takes part) and a hire in each of two
// teams, all starting in the given month.
simulation::v1::Scenario CoachingAndTwoHires(const std::string& team_id,
                                             const std::string& other_team_id, int year, int month);

int CountEntities(const simulation::v1::ForecastResult& result, simulation::v1::Level level);

// Expects what holds for any forecast with quotas: quantiles ascend, probabilities are such, the
// organisation's mean is the sum of its reps' means, its quota the sum of theirs.
void CheckForecast(const simulation::v1::ForecastResult& result);

// Expects two scenarios, the first with the forecast of `base`, the second better on average and
// with two hires more among its reps; its differences are those of the means.
void CheckComparison(const simulation::v1::ComparisonResult& comparison,
                     const simulation::v1::ForecastResponse& base);

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_SUPPORT_FORECAST_CALLS_H_
