// Asks a running server how likely the organisation is to make its number:
//   bazel run //clients/cpp:example -- 127.0.0.1:7400
#include <iostream>

#include "absl/status/statusor.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/simulation_client.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: example HOST:PORT\n";
    return 2;
  }
  quotacast::clients::SimulationClient client(quotacast::clients::ConnectTo(argv[1]));
  quotacast::simulation::v1::ForecastRequest request;
  request.mutable_spec()->set_parent("workspaces/default");
  request.mutable_spec()->set_seed(7);
  const absl::StatusOr<quotacast::simulation::v1::ForecastResponse> response =
      client.Forecast(request);
  if (!response.ok()) {
    std::cerr << response.status() << "\n";
    return 1;
  }
  const quotacast::simulation::v1::ForecastOutcome& outcome = response->outcome();
  // Too little history is an answer, not an error.
  std::cout << (outcome.has_refusal() ? outcome.refusal().message() : outcome.forecast().summary())
            << "\n";
  return 0;
}
