// The gRPC face of the planning service: an adapter that holds nothing but its core, its executor
// and the clients of the services it asks.
#ifndef QUOTACAST_SERVICES_PLANNING_SERVER_PLANNING_SERVICE_H_
#define QUOTACAST_SERVICES_PLANNING_SERVER_PLANNING_SERVICE_H_

#include <grpcpp/channel.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "base/clock.h"
#include "clients/cpp/metrics_client.h"
#include "clients/cpp/simulation_client.h"
#include "quotacast/planning/v1/planning_service.grpc.pb.h"
#include "services/eventlog/event_log.h"
#include "services/planning/planning.h"
#include "services/serving/serving.h"

namespace quotacast::planning {

// The service's full name, for ServingOptions::service and health.
inline constexpr char kPlanningServiceName[] = "quotacast.planning.v1.PlanningService";

// Thread-safe. The server it is registered with must be shut down before it is destroyed.
class PlanningService final : public v1::PlanningService::CallbackService {
 public:
  // Forecasts come from the simulation service, rosters from the metrics service. `log` and
  // both clocks must outlive the object; `serving_options` must name kPlanningServiceName.
  // `business_clock` says what today is, `machine_clock` when deadlines pass.
  PlanningService(eventlog::EventLog& log, std::shared_ptr<grpc::Channel> simulation_channel,
                  std::shared_ptr<grpc::Channel> metrics_channel, PlanningLimits limits,
                  serving::ServingOptions serving_options, const Clock& business_clock,
                  const Clock& machine_clock, serving::CallLog call_log);

  grpc::ServerUnaryReactor* CreateGoal(grpc::CallbackServerContext* context,
                                       const v1::CreateGoalRequest* request,
                                       v1::CreateGoalResponse* response) override;
  grpc::ServerUnaryReactor* GetGoal(grpc::CallbackServerContext* context,
                                    const v1::GetGoalRequest* request,
                                    v1::GetGoalResponse* response) override;
  grpc::ServerUnaryReactor* ListGoals(grpc::CallbackServerContext* context,
                                      const v1::ListGoalsRequest* request,
                                      v1::ListGoalsResponse* response) override;
  grpc::ServerUnaryReactor* DropGoal(grpc::CallbackServerContext* context,
                                     const v1::DropGoalRequest* request,
                                     v1::DropGoalResponse* response) override;
  grpc::ServerUnaryReactor* EvaluateGoal(grpc::CallbackServerContext* context,
                                         const v1::EvaluateGoalRequest* request,
                                         v1::EvaluateGoalResponse* response) override;
  grpc::ServerUnaryReactor* CreateInitiative(grpc::CallbackServerContext* context,
                                             const v1::CreateInitiativeRequest* request,
                                             v1::CreateInitiativeResponse* response) override;
  grpc::ServerUnaryReactor* GetInitiative(grpc::CallbackServerContext* context,
                                          const v1::GetInitiativeRequest* request,
                                          v1::GetInitiativeResponse* response) override;
  grpc::ServerUnaryReactor* ListInitiatives(grpc::CallbackServerContext* context,
                                            const v1::ListInitiativesRequest* request,
                                            v1::ListInitiativesResponse* response) override;
  grpc::ServerUnaryReactor* StopInitiative(grpc::CallbackServerContext* context,
                                           const v1::StopInitiativeRequest* request,
                                           v1::StopInitiativeResponse* response) override;
  grpc::ServerUnaryReactor* SaveScenario(grpc::CallbackServerContext* context,
                                         const v1::SaveScenarioRequest* request,
                                         v1::SaveScenarioResponse* response) override;
  grpc::ServerUnaryReactor* GetScenario(grpc::CallbackServerContext* context,
                                        const v1::GetScenarioRequest* request,
                                        v1::GetScenarioResponse* response) override;
  grpc::ServerUnaryReactor* ListScenarios(grpc::CallbackServerContext* context,
                                          const v1::ListScenariosRequest* request,
                                          v1::ListScenariosResponse* response) override;
  grpc::ServerUnaryReactor* FreezeScenario(grpc::CallbackServerContext* context,
                                           const v1::FreezeScenarioRequest* request,
                                           v1::FreezeScenarioResponse* response) override;

 private:
  clients::SimulationClient simulation_;
  clients::MetricsClient metrics_;
  Planning core_;
  // Last, so that running handlers end before what they use goes.
  serving::Serving serving_;
};

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_SERVER_PLANNING_SERVICE_H_
