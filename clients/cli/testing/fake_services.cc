#include "clients/cli/testing/fake_services.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "clients/cpp/channel.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/sync_stream.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"
#include "quotacast/planning/v1/planning_service.grpc.pb.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"

namespace quotacast::cli {
namespace {

constexpr size_t kPageSize = 2;

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status rich;
  rich.set_code(static_cast<int>(status.code()));
  if (const std::optional<ErrorDetail> detail = GetDetail(status)) {
    google::rpc::ErrorInfo info;
    info.set_reason(detail->reason);
    rich.add_details()->PackFrom(info);
    google::rpc::BadRequest bad_request;
    for (const FieldViolation& violation : detail->field_violations) {
      auto* field = bad_request.add_field_violations();
      field->set_field(violation.field);
      field->set_description(violation.description);
    }
    rich.add_details()->PackFrom(bad_request);
    if (detail->retry_after.has_value()) {
      google::rpc::RetryInfo retry;
      retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(*detail->retry_after));
      rich.add_details()->PackFrom(retry);
    }
  }
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          rich.SerializeAsString()};
}

// The page of `all` that begins at `token`; returns the next token.
template <typename Item, typename Add>
std::string Page(const std::vector<Item>& all, const std::string& token, const Add& add) {
  size_t begin = 0;
  if (!token.empty() && !absl::SimpleAtoi(token, &begin)) return "";
  const size_t end = std::min(all.size(), begin + kPageSize);
  for (size_t i = begin; i < end; ++i) add(all[i]);
  return end < all.size() ? std::to_string(end) : "";
}

}  // namespace

class FakeServices::Ingestion final : public ingestion::v1::IngestionService::Service {
 public:
  explicit Ingestion(FakeServices& owner) : owner_(owner) {}
  grpc::Status ImportFiles(grpc::ServerContext*,
                           grpc::ServerReader<ingestion::v1::ImportFilesRequest>* reader,
                           ingestion::v1::ImportFilesResponse* response) override {
    ingestion::v1::ImportFilesRequest request;
    while (reader->Read(&request)) {
      if (request.has_header()) {
        owner_.import_header = request.header();
      } else {
        owner_.imported_files[request.chunk().file_name()] += request.chunk().data();
      }
    }
    *response = owner_.import_response;
    return ToGrpc(owner_.failure);
  }
  grpc::Status ListProfiles(grpc::ServerContext*, const ingestion::v1::ListProfilesRequest*,
                            ingestion::v1::ListProfilesResponse* response) override {
    *response = owner_.profiles;
    return ToGrpc(owner_.failure);
  }
  grpc::Status WatchEvents(
      grpc::ServerContext*, const ingestion::v1::WatchEventsRequest* request,
      grpc::ServerWriter<ingestion::v1::WatchEventsResponse>* writer) override {
    owner_.watch_request = *request;
    ingestion::v1::WatchEventsResponse response;
    for (const ingestion::v1::EventRecord& event : owner_.events) {
      if (event.offset() <= request->after_offset()) continue;
      *response.add_events() = event;
      if (response.events_size() < 2) continue;
      writer->Write(response);
      response.Clear();
    }
    response.set_caught_up(true);
    if (owner_.failure.ok()) writer->Write(response);
    return ToGrpc(owner_.failure);
  }
  grpc::Status RestoreEvents(grpc::ServerContext*,
                             grpc::ServerReader<ingestion::v1::RestoreEventsRequest>* reader,
                             ingestion::v1::RestoreEventsResponse* response) override {
    ingestion::v1::RestoreEventsRequest request;
    while (reader->Read(&request)) {
      if (request.has_header()) owner_.restored_parent = request.header().parent();
      for (const ingestion::v1::EventRecord& event : request.events().events()) {
        owner_.restored_events.push_back(event);
      }
    }
    response->set_restored_event_count(static_cast<int64_t>(owner_.restored_events.size()));
    return ToGrpc(owner_.failure);
  }
  grpc::Status GetLogStats(grpc::ServerContext*, const ingestion::v1::GetLogStatsRequest*,
                           ingestion::v1::GetLogStatsResponse* response) override {
    *response = owner_.log_stats;
    return ToGrpc(owner_.failure);
  }
  grpc::Status VerifyLog(grpc::ServerContext*, const ingestion::v1::VerifyLogRequest*,
                         grpc::ServerWriter<ingestion::v1::VerifyLogResponse>* writer) override {
    for (const auto& response : owner_.verification) writer->Write(response);
    return ToGrpc(owner_.failure);
  }
  grpc::Status ListConflicts(grpc::ServerContext*,
                             const ingestion::v1::ListConflictsRequest* request,
                             ingestion::v1::ListConflictsResponse* response) override {
    response->set_next_page_token(Page(owner_.conflicts, request->page_token(),
                                       [&](const ingestion::v1::EventConflict& conflict) {
                                         *response->add_conflicts() = conflict;
                                       }));
    return ToGrpc(owner_.failure);
  }
  grpc::Status ErasePerson(grpc::ServerContext*, const ingestion::v1::ErasePersonRequest* request,
                           ingestion::v1::ErasePersonResponse* response) override {
    owner_.erase_request = *request;
    *response = owner_.erase_response;
    return ToGrpc(owner_.failure);
  }
  grpc::Status ListQuarantinedRows(grpc::ServerContext*,
                                   const ingestion::v1::ListQuarantinedRowsRequest* request,
                                   ingestion::v1::ListQuarantinedRowsResponse* response) override {
    response->set_next_page_token(Page(owner_.quarantined_rows, request->page_token(),
                                       [&](const auto& row) { *response->add_rows() = row; }));
    return ToGrpc(owner_.failure);
  }
  grpc::Status ReplayQuarantinedRows(
      grpc::ServerContext*, const ingestion::v1::ReplayQuarantinedRowsRequest* request,
      ingestion::v1::ReplayQuarantinedRowsResponse* response) override {
    owner_.replay_request = *request;
    *response = owner_.replay_response;
    return ToGrpc(owner_.failure);
  }
  grpc::Status DiscardQuarantinedRows(
      grpc::ServerContext*, const ingestion::v1::DiscardQuarantinedRowsRequest* request,
      ingestion::v1::DiscardQuarantinedRowsResponse* response) override {
    owner_.discard_request = *request;
    response->set_discarded_row_count(request->names_size());
    return ToGrpc(owner_.failure);
  }

 private:
  FakeServices& owner_;
};

class FakeServices::Metrics final : public metrics::v1::MetricsService::Service {
 public:
  explicit Metrics(FakeServices& owner) : owner_(owner) {}
  grpc::Status QueryKpi(grpc::ServerContext*, const metrics::v1::QueryKpiRequest* request,
                        metrics::v1::QueryKpiResponse* response) override {
    owner_.kpi_requests.push_back(*request);
    const auto failure = owner_.kpi_failures.find(request->kpi());
    if (failure != owner_.kpi_failures.end()) return ToGrpc(failure->second);
    if (request->kpi() == owner_.uncomparable_kpi &&
        request->comparison() != metrics::v1::KPI_COMPARISON_UNSPECIFIED) {
      return ToGrpc(InvalidField("comparison", "nothing stands beside " + request->kpi()));
    }
    *response->mutable_table() = owner_.kpi_tables[request->kpi()];
    return ToGrpc(owner_.failure);
  }
  grpc::Status ListKpis(grpc::ServerContext*, const metrics::v1::ListKpisRequest*,
                        metrics::v1::ListKpisResponse* response) override {
    *response = owner_.kpis;
    return ToGrpc(owner_.failure);
  }
  grpc::Status GetKpi(grpc::ServerContext*, const metrics::v1::GetKpiRequest* request,
                      metrics::v1::GetKpiResponse* response) override {
    owner_.get_kpi_request = *request;
    for (const metrics::v1::KpiDefinition& kpi : owner_.kpis.kpis()) {
      if (kpi.name() == request->kpi()) *response->mutable_definition() = kpi;
    }
    return ToGrpc(owner_.failure);
  }
  grpc::Status FitModel(grpc::ServerContext*, const metrics::v1::FitModelRequest* request,
                        metrics::v1::FitModelResponse* response) override {
    owner_.fit_request = *request;
    *response->mutable_model() = owner_.model;
    return ToGrpc(owner_.failure);
  }
  grpc::Status GetActuals(grpc::ServerContext*, const metrics::v1::GetActualsRequest* request,
                          grpc::ServerWriter<metrics::v1::GetActualsResponse>* writer) override {
    owner_.actuals_request = *request;
    for (const auto& response : owner_.actuals) writer->Write(response);
    return ToGrpc(owner_.failure);
  }
  grpc::Status GetState(grpc::ServerContext*, const metrics::v1::GetStateRequest* request,
                        grpc::ServerWriter<metrics::v1::GetStateResponse>* writer) override {
    owner_.state_request = *request;
    if (!owner_.state_failure.ok()) return ToGrpc(owner_.state_failure);
    for (const auto& response : owner_.state) {
      // A client that has seen enough has gone.
      if (!writer->Write(response)) break;
    }
    return ToGrpc(owner_.failure);
  }

 private:
  FakeServices& owner_;
};

class FakeServices::Simulation final : public simulation::v1::SimulationService::Service {
 public:
  explicit Simulation(FakeServices& owner) : owner_(owner) {}
  grpc::Status Forecast(grpc::ServerContext*, const simulation::v1::ForecastRequest* request,
                        simulation::v1::ForecastResponse* response) override {
    owner_.forecast_request = *request;
    *response = owner_.forecast_response;
    return ToGrpc(owner_.failure);
  }
  grpc::Status MeasureInitiatives(grpc::ServerContext*,
                                  const simulation::v1::MeasureInitiativesRequest* request,
                                  simulation::v1::MeasureInitiativesResponse* response) override {
    owner_.measure_request = *request;
    *response = owner_.measurements;
    return ToGrpc(owner_.failure);
  }
  grpc::Status StreamForecast(
      grpc::ServerContext*, const simulation::v1::StreamForecastRequest* request,
      grpc::ServerWriter<simulation::v1::StreamForecastResponse>* writer) override {
    owner_.stream_forecast_request = *request;
    simulation::v1::StreamForecastResponse response;
    response.mutable_progress()->set_trials_done(4096);
    writer->Write(response);
    *response.mutable_result() = owner_.stream_forecast_result;
    writer->Write(response);
    return ToGrpc(owner_.failure);
  }
  grpc::Status CompareScenarios(
      grpc::ServerContext*, const simulation::v1::CompareScenariosRequest* request,
      grpc::ServerWriter<simulation::v1::CompareScenariosResponse>* writer) override {
    owner_.compare_request = *request;
    simulation::v1::CompareScenariosResponse response;
    response.mutable_progress()->set_trials_done(1000);
    writer->Write(response);
    *response.mutable_result() = owner_.comparison;
    writer->Write(response);
    return ToGrpc(owner_.failure);
  }
  grpc::Status Backtest(grpc::ServerContext*, const simulation::v1::BacktestRequest* request,
                        grpc::ServerWriter<simulation::v1::BacktestResponse>* writer) override {
    owner_.backtest_request = *request;
    for (const auto& response : owner_.backtest) writer->Write(response);
    return ToGrpc(owner_.failure);
  }

 private:
  FakeServices& owner_;
};

class FakeServices::Planning final : public planning::v1::PlanningService::Service {
 public:
  explicit Planning(FakeServices& owner) : owner_(owner) {}
  grpc::Status CreateGoal(grpc::ServerContext*, const planning::v1::CreateGoalRequest* request,
                          planning::v1::CreateGoalResponse* response) override {
    owner_.create_goal_request = *request;
    *response->mutable_goal() = request->goal();
    response->mutable_goal()->set_name(request->parent() + "/goals/" + request->goal_id());
    response->mutable_goal()->set_state(planning::v1::GOAL_STATE_ACTIVE);
    return ToGrpc(owner_.failure);
  }
  grpc::Status GetGoal(grpc::ServerContext*, const planning::v1::GetGoalRequest* request,
                       planning::v1::GetGoalResponse* response) override {
    for (const auto& goal : owner_.goals) {
      if (goal.name() == request->name()) {
        *response->mutable_goal() = goal;
        return grpc::Status::OK;
      }
    }
    return ToGrpc(NotFound(request->name(), "no such goal"));
  }
  grpc::Status ListGoals(grpc::ServerContext*, const planning::v1::ListGoalsRequest* request,
                         planning::v1::ListGoalsResponse* response) override {
    response->set_next_page_token(
        Page(owner_.goals, request->page_token(),
             [&](const planning::v1::Goal& goal) { *response->add_goals() = goal; }));
    return ToGrpc(owner_.failure);
  }
  grpc::Status DropGoal(grpc::ServerContext*, const planning::v1::DropGoalRequest* request,
                        planning::v1::DropGoalResponse* response) override {
    owner_.drop_goal_request = *request;
    response->mutable_goal()->set_name(request->name());
    response->mutable_goal()->set_state(planning::v1::GOAL_STATE_DROPPED);
    response->mutable_goal()->set_dropped_reason(request->reason());
    return ToGrpc(owner_.failure);
  }
  grpc::Status EvaluateGoal(grpc::ServerContext*, const planning::v1::EvaluateGoalRequest* request,
                            planning::v1::EvaluateGoalResponse* response) override {
    owner_.evaluate_goal_request = *request;
    *response->mutable_evaluation() = owner_.evaluation;
    return ToGrpc(owner_.failure);
  }
  grpc::Status CreateInitiative(grpc::ServerContext*,
                                const planning::v1::CreateInitiativeRequest* request,
                                planning::v1::CreateInitiativeResponse* response) override {
    owner_.create_initiative_request = *request;
    *response->mutable_initiative() = request->initiative();
    response->mutable_initiative()->set_name(request->parent() + "/initiatives/" +
                                             request->initiative_id());
    return ToGrpc(owner_.failure);
  }
  grpc::Status GetInitiative(grpc::ServerContext*,
                             const planning::v1::GetInitiativeRequest* request,
                             planning::v1::GetInitiativeResponse* response) override {
    response->mutable_initiative()->set_name(request->name());
    return ToGrpc(owner_.failure);
  }
  grpc::Status ListInitiatives(grpc::ServerContext*,
                               const planning::v1::ListInitiativesRequest* request,
                               planning::v1::ListInitiativesResponse* response) override {
    response->set_next_page_token(Page(owner_.initiatives, request->page_token(),
                                       [&](const planning::v1::Initiative& initiative) {
                                         *response->add_initiatives() = initiative;
                                       }));
    return ToGrpc(owner_.failure);
  }
  grpc::Status StopInitiative(grpc::ServerContext*,
                              const planning::v1::StopInitiativeRequest* request,
                              planning::v1::StopInitiativeResponse* response) override {
    owner_.stop_initiative_request = *request;
    response->mutable_initiative()->set_name(request->name());
    response->mutable_initiative()->set_state(planning::v1::INITIATIVE_STATE_STOPPED);
    *response->mutable_initiative()->mutable_stop_date() = request->stop_date();
    response->mutable_initiative()->set_stop_reason(request->reason());
    return ToGrpc(owner_.failure);
  }
  grpc::Status SaveScenario(grpc::ServerContext*, const planning::v1::SaveScenarioRequest* request,
                            planning::v1::SaveScenarioResponse* response) override {
    owner_.save_scenario_request = *request;
    response->mutable_scenario()->set_name(request->parent() + "/scenarios/" +
                                           request->scenario_id());
    *response->mutable_scenario()->mutable_scenario() = request->scenario();
    response->mutable_scenario()->set_state(planning::v1::SAVED_SCENARIO_STATE_DRAFT);
    return ToGrpc(owner_.failure);
  }
  grpc::Status GetScenario(grpc::ServerContext*, const planning::v1::GetScenarioRequest* request,
                           planning::v1::GetScenarioResponse* response) override {
    const auto found = owner_.saved_scenarios.find(request->name());
    if (found == owner_.saved_scenarios.end()) {
      return ToGrpc(NotFound(request->name(), "no such scenario"));
    }
    *response->mutable_scenario() = found->second;
    return ToGrpc(owner_.failure);
  }
  grpc::Status ListScenarios(grpc::ServerContext*, const planning::v1::ListScenariosRequest*,
                             planning::v1::ListScenariosResponse* response) override {
    for (const auto& [name, scenario] : owner_.saved_scenarios) {
      *response->add_scenarios() = scenario;
    }
    return ToGrpc(owner_.failure);
  }
  grpc::Status FreezeScenario(grpc::ServerContext*,
                              const planning::v1::FreezeScenarioRequest* request,
                              planning::v1::FreezeScenarioResponse* response) override {
    response->mutable_scenario()->set_name(request->name());
    response->mutable_scenario()->set_state(planning::v1::SAVED_SCENARIO_STATE_FROZEN);
    return ToGrpc(owner_.failure);
  }

 private:
  FakeServices& owner_;
};

FakeServices::FakeServices()
    : ingestion_(std::make_unique<Ingestion>(*this)),
      metrics_(std::make_unique<Metrics>(*this)),
      simulation_(std::make_unique<Simulation>(*this)),
      planning_(std::make_unique<Planning>(*this)) {
  grpc::ServerBuilder builder;
  builder.RegisterService(ingestion_.get());
  builder.RegisterService(metrics_.get());
  builder.RegisterService(simulation_.get());
  builder.RegisterService(planning_.get());
  server_ = builder.BuildAndStart();
}

FakeServices::~FakeServices() { server_->Shutdown(); }

std::shared_ptr<grpc::Channel> FakeServices::channel() {
  return server_->InProcessChannel(clients::DefaultChannelArguments());
}

}  // namespace quotacast::cli
