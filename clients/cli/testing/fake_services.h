// The four services as a test wants them: they write requests down and give prepared answers.
#ifndef QUOTACAST_CLIENTS_CLI_TESTING_FAKE_SERVICES_H_
#define QUOTACAST_CLIENTS_CLI_TESTING_FAKE_SERVICES_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/channel.h"
#include "grpcpp/server.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/planning/v1/planning_service.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {

// Not thread-safe: a test prepares, runs one command, then looks.
class FakeServices {
 public:
  FakeServices();
  ~FakeServices();
  FakeServices(const FakeServices&) = delete;
  FakeServices& operator=(const FakeServices&) = delete;

  std::shared_ptr<grpc::Channel> channel();

  // When not OK, every call fails with it (details included).
  absl::Status failure;

  // Ingestion: the header, the bytes per file name, the answer.
  ingestion::v1::ImportHeader import_header;
  std::map<std::string, std::string> imported_files;
  ingestion::v1::ImportFilesResponse import_response;
  ingestion::v1::ListProfilesResponse profiles;
  std::vector<ingestion::v1::QuarantinedRow> quarantined_rows;
  ingestion::v1::ReplayQuarantinedRowsRequest replay_request;
  ingestion::v1::ReplayQuarantinedRowsResponse replay_response;
  ingestion::v1::DiscardQuarantinedRowsRequest discard_request;

  // Ingestion's log: what WatchEvents sends, two events a message (filters are only noted), and
  // what RestoreEvents was given.
  std::vector<ingestion::v1::EventRecord> events;
  ingestion::v1::WatchEventsRequest watch_request;
  std::vector<ingestion::v1::EventRecord> restored_events;
  std::string restored_parent;
  ingestion::v1::GetLogStatsResponse log_stats;
  std::vector<ingestion::v1::VerifyLogResponse> verification;
  std::vector<ingestion::v1::EventConflict> conflicts;  // Two per page.
  ingestion::v1::ErasePersonRequest erase_request;
  ingestion::v1::ErasePersonResponse erase_response;

  // Metrics: QueryKpi answers with the table of that KPI's name, or fails with what `kpi_failures`
  // has under it; GetKpi answers with what `kpis` has under it; FitModel with `model`. GetActuals
  // and GetState send their messages in order.
  metrics::v1::ListKpisResponse kpis;
  std::vector<metrics::v1::QueryKpiRequest> kpi_requests;
  std::map<std::string, metrics::v1::KpiTable> kpi_tables;
  std::map<std::string, absl::Status> kpi_failures;
  // A KPI that fails when it is asked for with a comparison.
  std::string uncomparable_kpi;
  metrics::v1::GetKpiRequest get_kpi_request;
  metrics::v1::FitModelRequest fit_request;
  metrics::v1::PipelineModel model;
  metrics::v1::GetActualsRequest actuals_request;
  std::vector<metrics::v1::GetActualsResponse> actuals;
  metrics::v1::GetStateRequest state_request;
  std::vector<metrics::v1::GetStateResponse> state;
  // When not OK, GetState alone fails with it.
  absl::Status state_failure;

  // Simulation: StreamForecast and CompareScenarios send one progress message first.
  simulation::v1::ForecastRequest forecast_request;
  simulation::v1::ForecastResponse forecast_response;
  simulation::v1::StreamForecastRequest stream_forecast_request;
  simulation::v1::StreamForecastResult stream_forecast_result;
  simulation::v1::CompareScenariosRequest compare_request;
  simulation::v1::ComparisonResult comparison;
  simulation::v1::MeasureInitiativesRequest measure_request;
  simulation::v1::MeasureInitiativesResponse measurements;
  // Backtest sends these messages in order.
  simulation::v1::BacktestRequest backtest_request;
  std::vector<simulation::v1::BacktestResponse> backtest;

  // Planning: creating echoes what came; lists give two per page.
  planning::v1::CreateGoalRequest create_goal_request;
  planning::v1::DropGoalRequest drop_goal_request;
  planning::v1::EvaluateGoalRequest evaluate_goal_request;
  planning::v1::GoalEvaluation evaluation;
  planning::v1::CreateInitiativeRequest create_initiative_request;
  planning::v1::StopInitiativeRequest stop_initiative_request;
  planning::v1::SaveScenarioRequest save_scenario_request;
  std::map<std::string, planning::v1::SavedScenario> saved_scenarios;
  std::vector<planning::v1::Goal> goals;
  std::vector<planning::v1::Initiative> initiatives;

 private:
  class Ingestion;
  class Metrics;
  class Simulation;
  class Planning;

  std::unique_ptr<Ingestion> ingestion_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Simulation> simulation_;
  std::unique_ptr<Planning> planning_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_TESTING_FAKE_SERVICES_H_
