#include "clients/cpp/channel.h"

#include <memory>
#include <string>

#include "grpc/grpc.h"
#include "grpcpp/channel.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"

namespace quotacast::clients {

const char* RetryServiceConfigJson() {
  return R"json({
  "methodConfig": [{
    "name": [
      {"service": "quotacast.metrics.v1.MetricsService"},
      {"service": "quotacast.simulation.v1.SimulationService"},
      {"service": "quotacast.ingestion.v1.IngestionService", "method": "ListProfiles"},
      {"service": "quotacast.ingestion.v1.IngestionService", "method": "WatchEvents"},
      {"service": "quotacast.ingestion.v1.IngestionService", "method": "ListConflicts"},
      {"service": "quotacast.ingestion.v1.IngestionService", "method": "GetLogStats"},
      {"service": "quotacast.ingestion.v1.IngestionService", "method": "VerifyLog"},
      {"service": "quotacast.planning.v1.PlanningService", "method": "GetGoal"},
      {"service": "quotacast.planning.v1.PlanningService", "method": "ListGoals"},
      {"service": "quotacast.planning.v1.PlanningService", "method": "EvaluateGoal"},
      {"service": "quotacast.planning.v1.PlanningService", "method": "GetInitiative"},
      {"service": "quotacast.planning.v1.PlanningService", "method": "ListInitiatives"},
      {"service": "quotacast.planning.v1.PlanningService", "method": "GetScenario"},
      {"service": "quotacast.planning.v1.PlanningService", "method": "ListScenarios"}
    ],
    "retryPolicy": {
      "maxAttempts": 4,
      "initialBackoff": "0.1s",
      "maxBackoff": "1s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
})json";
}

grpc::ChannelArguments DefaultChannelArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxReceiveMessageBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveIntervalMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 1);
  arguments.SetServiceConfigJSON(RetryServiceConfigJson());
  return arguments;
}

std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address) {
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   DefaultChannelArguments());
}

}  // namespace quotacast::clients
