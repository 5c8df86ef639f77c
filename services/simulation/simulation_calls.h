// Calls of the simulation core on the hand-built company, for tests.
#ifndef QUOTACAST_SERVICES_SIMULATION_SIMULATION_CALLS_H_
#define QUOTACAST_SERVICES_SIMULATION_SIMULATION_CALLS_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"
#include "services/simulation/simulation.h"

namespace quotacast::simulation {

// Sources that serve one model and state.
struct FakeMetrics {
  metrics::v1::PipelineModel model = CompanyModel();
  StateMessages state = CompanyState();
  absl::Status fit_status;
  type::v1::AsOf asked_state_as_of;
  std::string asked_last_period;
  std::atomic<int> calls = 0;

  SimulationSources Sources() {
    return {.fit = [this](const std::string&, const type::v1::AsOf&,
                          const CallScope&) -> absl::StatusOr<metrics::v1::PipelineModel> {
              ++calls;
              if (!fit_status.ok()) return fit_status;
              return model;
            },
            .state = [this](const std::string&, const type::v1::AsOf& as_of,
                            const std::string& last_period,
                            const CallScope&) -> absl::StatusOr<StateMessages> {
              asked_state_as_of = as_of;
              asked_last_period = last_period;
              return state;
            }};
  }
};

inline v1::ForecastSpec Spec(int64_t trials = 2'048) {
  v1::ForecastSpec spec;
  spec.set_parent("workspaces/default");
  spec.set_trial_count(trials);
  spec.set_seed(7);
  spec.add_levels(v1::LEVEL_ORG);
  spec.add_levels(v1::LEVEL_TEAM);
  spec.add_levels(v1::LEVEL_REP);
  return spec;
}

inline v1::ForecastRequest Request(int64_t trials = 2'048) {
  v1::ForecastRequest request;
  *request.mutable_spec() = Spec(trials);
  return request;
}

inline v1::ForecastOutcome Forecast(Simulation& simulation, const v1::ForecastRequest& request) {
  const auto response = simulation.Forecast(request, {});
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->outcome() : v1::ForecastOutcome();
}

// Everything a stream wrote.
template <typename Result>
struct Written {
  absl::Status status;
  std::vector<v1::Progress> progress;
  Result result;

  // For the messages of the stream.
  template <typename Message>
  bool Keep(const Message& message) {
    if (message.has_progress()) progress.push_back(message.progress());
    if (message.has_result()) result = message.result();
    return true;
  }
};
using Streamed = Written<v1::StreamForecastResult>;
using Compared = Written<v1::ComparisonResult>;

inline Streamed Stream(Simulation& simulation, const v1::StreamForecastRequest& request) {
  Streamed streamed;
  streamed.status = simulation.StreamForecast(
      request, {},
      [&](const v1::StreamForecastResponse& message) { return streamed.Keep(message); });
  return streamed;
}

inline Compared Compare(Simulation& simulation, const v1::ForecastSpec& spec,
                        const std::vector<v1::Scenario>& scenarios) {
  v1::CompareScenariosRequest request;
  *request.mutable_spec() = spec;
  for (const v1::Scenario& scenario : scenarios) *request.add_scenarios() = scenario;
  Compared compared;
  compared.status = simulation.CompareScenarios(
      request, {},
      [&](const v1::CompareScenariosResponse& message) { return compared.Keep(message); });
  return compared;
}

inline v1::Scenario Named(const std::string& name) {
  v1::Scenario scenario;
  scenario.set_display_name(name);
  return scenario;
}

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_SIMULATION_CALLS_H_
