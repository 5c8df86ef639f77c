// Goal: every error that the schemas promise arrives with its code, its reason, our domain, and the
// details of its kind, from whichever service it comes.
// Method: the built quotacastd over the wire by generated stubs, as any client would call it; one
// row of a table per promise.
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"
#include "quotacast/planning/v1/planning_service.grpc.pb.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"
#include "tests/support/child_process.h"
#include "tests/support/quotacast_server.h"
#include "tests/support/wire_errors.h"

namespace quotacast::tests {
namespace {

using grpc::ClientContext;
using grpc::StatusCode;

// Nobody imports into it.
constexpr char kEmptyWorkspace[] = "workspaces/nobody-was-here";

struct Case {
  std::string name;
  std::function<grpc::Status()> call;
  StatusCode code = StatusCode::OK;
  std::string reason;
  std::string field;     // First field violation; empty: no BadRequest.
  std::string resource;  // Empty: no ResourceInfo.
};

class ErrorVocabularyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ =
        QuotacastServer::Start({"--data-dir", MakeTempDirectory("data"), "--log-level", "off"})
            .release();
    ASSERT_NE(server_, nullptr);
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  template <typename Service>
  static std::unique_ptr<typename Service::Stub> Stub() {
    return Service::NewStub(server_->channel());
  }

  static void Check(const std::vector<Case>& cases) {
    for (const Case& expected : cases) {
      SCOPED_TRACE(expected.name);
      const WireError error = ReadWireError(expected.call());
      EXPECT_EQ(error.code, expected.code) << error.message;
      EXPECT_EQ(error.reason, expected.reason) << error.message;
      EXPECT_EQ(error.domain, "quotacast");
      EXPECT_NE(error.message, "");
      if (expected.field.empty()) {
        EXPECT_TRUE(error.fields.empty());
      } else {
        ASSERT_FALSE(error.fields.empty()) << error.message;
        EXPECT_EQ(error.fields[0], expected.field);
      }
      EXPECT_EQ(error.resource, expected.resource);
    }
  }

  static QuotacastServer* server_;
};

QuotacastServer* ErrorVocabularyTest::server_ = nullptr;

// Reads a server stream to its end.
template <typename Reader, typename Response>
grpc::Status Exhaust(Reader reader, Response response) {
  while (reader->Read(&response)) {
  }
  return reader->Finish();
}

grpc::Status Watch(ingestion::v1::IngestionService::Stub& stub, const std::string& parent,
                   int64_t after_offset) {
  ClientContext context;
  ingestion::v1::WatchEventsRequest request;
  request.set_parent(parent);
  request.set_after_offset(after_offset);
  return Exhaust(stub.WatchEvents(&context, request), ingestion::v1::WatchEventsResponse());
}

grpc::Status Import(ingestion::v1::IngestionService::Stub& stub,
                    const std::vector<ingestion::v1::ImportFilesRequest>& messages) {
  ClientContext context;
  ingestion::v1::ImportFilesResponse response;
  auto writer = stub.ImportFiles(&context, &response);
  for (const auto& message : messages) {
    if (!writer->Write(message)) break;
  }
  writer->WritesDone();
  return writer->Finish();
}

grpc::Status Append(ingestion::v1::IngestionService::Stub& stub,
                    const std::vector<ingestion::v1::AppendEventsRequest>& messages) {
  ClientContext context;
  auto stream = stub.AppendEvents(&context);
  for (const auto& message : messages) {
    if (!stream->Write(message)) break;
  }
  stream->WritesDone();
  ingestion::v1::AppendEventsResponse response;
  while (stream->Read(&response)) {
  }
  return stream->Finish();
}

ingestion::v1::ImportFilesRequest Header(const std::string& parent) {
  ingestion::v1::ImportFilesRequest message;
  message.mutable_header()->set_parent(parent);
  message.mutable_header()->set_profile_name("crm_history");
  return message;
}

TEST_F(ErrorVocabularyTest, AppendingAndErasing) {
  const auto stub = Stub<ingestion::v1::IngestionService>();
  ingestion::v1::AppendEventsRequest header;
  header.mutable_header()->set_parent("workspaces/w");
  ingestion::v1::AppendEventsRequest second_batch;
  second_batch.mutable_batch()->set_sequence(2);
  const auto batch_append = [&stub](const std::string& request_id, bool bad_event) {
    ClientContext context;
    ingestion::v1::BatchAppendRequest request;
    request.set_parent("workspaces/w");
    request.set_request_id(request_id);
    if (bad_event) request.add_events();
    ingestion::v1::BatchAppendResponse response;
    return stub->BatchAppend(&context, request, &response);
  };
  const auto erase = [&stub](crm::v1::EntityKind entity) {
    ClientContext context;
    ingestion::v1::ErasePersonRequest request;
    request.set_parent("workspaces/w");
    request.set_entity(entity);
    request.set_person_id("nobody");
    ingestion::v1::ErasePersonResponse response;
    return stub->ErasePerson(&context, request, &response);
  };
  Check({
      {"append: batch before the header", [&] { return Append(*stub, {second_batch}); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "part", ""},
      {"append: skipped number",
       [&] {
         return Append(*stub, {header, second_batch});
       },
       StatusCode::INVALID_ARGUMENT, "SEQUENCE_GAP", "batch.sequence", ""},
      {"batch: no UUID", [&] { return batch_append("7", false); }, StatusCode::INVALID_ARGUMENT,
       "INVALID_FIELD", "request_id", ""},
      {"batch: an event without an id", [&] { return batch_append("", true); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "events[0].id.source", ""},
      {"erase: nobody of that name", [&] { return erase(crm::v1::ENTITY_KIND_REP); },
       StatusCode::NOT_FOUND, "PERSON_NOT_FOUND", "", ""},
      {"erase: no person", [&] { return erase(crm::v1::ENTITY_KIND_TEAM); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "entity", ""},
  });
}

TEST_F(ErrorVocabularyTest, Ingestion) {
  const auto stub = Stub<ingestion::v1::IngestionService>();
  ingestion::v1::ImportFilesRequest unknown_profile = Header("workspaces/w");
  unknown_profile.mutable_header()->set_profile_name("siebel");
  ingestion::v1::ImportFilesRequest broken_profile = Header("workspaces/w");
  broken_profile.mutable_header()->set_profile_text("name = [");
  ingestion::v1::ImportFilesRequest chunk;
  chunk.mutable_chunk()->set_file_name("opportunities.csv");
  Check({
      {"workspace missing", [&] { return Watch(*stub, "", 0); }, StatusCode::INVALID_ARGUMENT,
       "INVALID_FIELD", "parent", ""},
      {"negative offset", [&] { return Watch(*stub, "workspaces/w", -1); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "after_offset", ""},
      {"import: workspace malformed", [&] { return Import(*stub, {Header("workspaces/Not OK")}); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "header.parent", ""},
      {"import: unknown profile", [&] { return Import(*stub, {unknown_profile}); },
       StatusCode::INVALID_ARGUMENT, "UNKNOWN_PROFILE", "header.profile_name", ""},
      {"import: broken profile", [&] { return Import(*stub, {broken_profile}); },
       StatusCode::INVALID_ARGUMENT, "INVALID_PROFILE", "header.profile_text", ""},
      {"import: chunk before the header", [&] { return Import(*stub, {chunk}); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "part", ""},
  });
}

TEST_F(ErrorVocabularyTest, Metrics) {
  const auto stub = Stub<metrics::v1::MetricsService>();
  const auto query = [&stub](const std::string& parent, const std::string& kpi) {
    ClientContext context;
    metrics::v1::QueryKpiRequest request;
    request.set_parent(parent);
    request.set_kpi(kpi);
    metrics::v1::QueryKpiResponse response;
    return stub->QueryKpi(&context, request, &response);
  };
  const auto fit = [&stub](const std::string& parent) {
    ClientContext context;
    metrics::v1::FitModelRequest request;
    request.set_parent(parent);
    metrics::v1::FitModelResponse response;
    return stub->FitModel(&context, request, &response);
  };
  const auto get_model = [&stub](const std::string& name) {
    ClientContext context;
    metrics::v1::GetModelRequest request;
    request.set_name(name);
    metrics::v1::GetModelResponse response;
    return stub->GetModel(&context, request, &response);
  };
  const auto get_state = [&stub](const std::string& parent) {
    ClientContext context;
    metrics::v1::GetStateRequest request;
    request.set_parent(parent);
    return Exhaust(stub->GetState(&context, request), metrics::v1::GetStateResponse());
  };
  Check({
      {"workspace malformed", [&] { return query("workspaces/a/b", "win_rate_closed"); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "parent", ""},
      {"nothing imported", [&] { return query(kEmptyWorkspace, "win_rate_closed"); },
       StatusCode::FAILED_PRECONDITION, "EMPTY_WORKSPACE", "", ""},
      {"fit: nothing imported", [&] { return fit(kEmptyWorkspace); },
       StatusCode::FAILED_PRECONDITION, "EMPTY_WORKSPACE", "", ""},
      {"state: nothing imported", [&] { return get_state(kEmptyWorkspace); },
       StatusCode::FAILED_PRECONDITION, "EMPTY_WORKSPACE", "", ""},
      {"model: name without a workspace", [&] { return get_model("models/abc"); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "name", ""},
      {"model: never fitted", [&] { return get_model("workspaces/w/models/abc"); },
       StatusCode::NOT_FOUND, "NOT_FOUND", "", "workspaces/w/models/abc"},
  });
}

TEST_F(ErrorVocabularyTest, Simulation) {
  const auto stub = Stub<simulation::v1::SimulationService>();
  const auto forecast = [&stub](const std::string& parent, int64_t trial_count) {
    ClientContext context;
    simulation::v1::ForecastRequest request;
    request.mutable_spec()->set_parent(parent);
    request.mutable_spec()->set_trial_count(trial_count);
    simulation::v1::ForecastResponse response;
    return stub->Forecast(&context, request, &response);
  };
  const auto stream = [&stub](const std::string& parent) {
    ClientContext context;
    simulation::v1::StreamForecastRequest request;
    request.mutable_spec()->set_parent(parent);
    return Exhaust(stub->StreamForecast(&context, request),
                   simulation::v1::StreamForecastResponse());
  };
  const auto compare = [&stub](int scenario_count) {
    ClientContext context;
    simulation::v1::CompareScenariosRequest request;
    request.mutable_spec()->set_parent(kEmptyWorkspace);
    for (int i = 0; i < scenario_count; ++i) request.add_scenarios();
    return Exhaust(stub->CompareScenarios(&context, request),
                   simulation::v1::CompareScenariosResponse());
  };
  Check({
      {"workspace missing", [&] { return forecast("", 0); }, StatusCode::INVALID_ARGUMENT,
       "INVALID_FIELD", "spec.parent", ""},
      {"negative trials", [&] { return forecast(kEmptyWorkspace, -1); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "spec.trial_count", ""},
      {"nothing imported", [&] { return forecast(kEmptyWorkspace, 1000); },
       StatusCode::FAILED_PRECONDITION, "EMPTY_WORKSPACE", "", ""},
      {"stream: nothing imported", [&] { return stream(kEmptyWorkspace); },
       StatusCode::FAILED_PRECONDITION, "EMPTY_WORKSPACE", "", ""},
      {"one scenario", [&] { return compare(1); }, StatusCode::INVALID_ARGUMENT, "INVALID_FIELD",
       "scenarios", ""},
      {"nine scenarios", [&] { return compare(9); }, StatusCode::INVALID_ARGUMENT, "INVALID_FIELD",
       "scenarios", ""},
  });
}

TEST_F(ErrorVocabularyTest, Planning) {
  const auto stub = Stub<planning::v1::PlanningService>();
  const auto get_goal = [&stub](const std::string& name) {
    ClientContext context;
    planning::v1::GetGoalRequest request;
    request.set_name(name);
    planning::v1::GetGoalResponse response;
    return stub->GetGoal(&context, request, &response);
  };
  const auto get_initiative = [&stub](const std::string& name) {
    ClientContext context;
    planning::v1::GetInitiativeRequest request;
    request.set_name(name);
    planning::v1::GetInitiativeResponse response;
    return stub->GetInitiative(&context, request, &response);
  };
  const auto freeze = [&stub](const std::string& name) {
    ClientContext context;
    planning::v1::FreezeScenarioRequest request;
    request.set_name(name);
    planning::v1::FreezeScenarioResponse response;
    return stub->FreezeScenario(&context, request, &response);
  };
  const auto save = [&stub](const std::string& scenario_id) {
    ClientContext context;
    planning::v1::SaveScenarioRequest request;
    request.set_parent("workspaces/w");
    request.set_scenario_id(scenario_id);
    planning::v1::SaveScenarioResponse response;
    return stub->SaveScenario(&context, request, &response);
  };
  Check({
      {"goal: unknown", [&] { return get_goal("workspaces/w/goals/g"); }, StatusCode::NOT_FOUND,
       "NOT_FOUND", "", "workspaces/w/goals/g"},
      {"goal: name without a workspace", [&] { return get_goal("goals/g"); },
       StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "name", ""},
      {"initiative: unknown", [&] { return get_initiative("workspaces/w/initiatives/i"); },
       StatusCode::NOT_FOUND, "NOT_FOUND", "", "workspaces/w/initiatives/i"},
      {"scenario: unknown", [&] { return freeze("workspaces/w/scenarios/s"); },
       StatusCode::NOT_FOUND, "NOT_FOUND", "", "workspaces/w/scenarios/s"},
      {"scenario: malformed id", [&] { return save("Not OK"); }, StatusCode::INVALID_ARGUMENT,
       "INVALID_FIELD", "scenario_id", ""},
  });
}

TEST_F(ErrorVocabularyTest, ListsThatNeedNoWorkspaceWork) {
  ClientContext kpi_context;
  metrics::v1::ListKpisResponse kpis;
  EXPECT_TRUE(Stub<metrics::v1::MetricsService>()->ListKpis(&kpi_context, {}, &kpis).ok());
  EXPECT_GE(kpis.kpis_size(), 4);
  ClientContext profile_context;
  ingestion::v1::ListProfilesResponse profiles;
  EXPECT_TRUE(
      Stub<ingestion::v1::IngestionService>()->ListProfiles(&profile_context, {}, &profiles).ok());
  EXPECT_GE(profiles.profiles_size(), 3);
}

}  // namespace
}  // namespace quotacast::tests
