// Goal: every method of the client reaches its own method of the service and brings the answer
// back. Method: an in-process service that answers with the request's text where there is one.
#include "clients/cpp/planning_client.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "gtest/gtest.h"
#include "quotacast/planning/v1/planning_service.grpc.pb.h"

namespace quotacast::clients {
namespace {

class Echo final : public planning::v1::PlanningService::Service {
 public:
  grpc::Status CreateGoal(grpc::ServerContext*, const planning::v1::CreateGoalRequest* request,
                          planning::v1::CreateGoalResponse* response) override {
    calls.push_back("CreateGoal");
    response->mutable_goal()->set_name(request->parent());
    return grpc::Status::OK;
  }
  grpc::Status GetGoal(grpc::ServerContext*, const planning::v1::GetGoalRequest* request,
                       planning::v1::GetGoalResponse* response) override {
    calls.push_back("GetGoal");
    response->mutable_goal()->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status DropGoal(grpc::ServerContext*, const planning::v1::DropGoalRequest* request,
                        planning::v1::DropGoalResponse* response) override {
    calls.push_back("DropGoal");
    response->mutable_goal()->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status CreateInitiative(grpc::ServerContext*,
                                const planning::v1::CreateInitiativeRequest* request,
                                planning::v1::CreateInitiativeResponse* response) override {
    calls.push_back("CreateInitiative");
    response->mutable_initiative()->set_name(request->parent());
    return grpc::Status::OK;
  }
  grpc::Status GetInitiative(grpc::ServerContext*,
                             const planning::v1::GetInitiativeRequest* request,
                             planning::v1::GetInitiativeResponse* response) override {
    calls.push_back("GetInitiative");
    response->mutable_initiative()->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status StopInitiative(grpc::ServerContext*,
                              const planning::v1::StopInitiativeRequest* request,
                              planning::v1::StopInitiativeResponse* response) override {
    calls.push_back("StopInitiative");
    response->mutable_initiative()->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status SaveScenario(grpc::ServerContext*, const planning::v1::SaveScenarioRequest* request,
                            planning::v1::SaveScenarioResponse* response) override {
    calls.push_back("SaveScenario");
    response->mutable_scenario()->set_name(request->parent());
    return grpc::Status::OK;
  }
  grpc::Status GetScenario(grpc::ServerContext*, const planning::v1::GetScenarioRequest* request,
                           planning::v1::GetScenarioResponse* response) override {
    calls.push_back("GetScenario");
    response->mutable_scenario()->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status FreezeScenario(grpc::ServerContext*,
                              const planning::v1::FreezeScenarioRequest* request,
                              planning::v1::FreezeScenarioResponse* response) override {
    calls.push_back("FreezeScenario");
    response->mutable_scenario()->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status ListGoals(grpc::ServerContext*, const planning::v1::ListGoalsRequest* request,
                         planning::v1::ListGoalsResponse* response) override {
    calls.push_back("ListGoals");
    response->add_goals()->set_name(request->parent());
    return grpc::Status::OK;
  }
  grpc::Status ListInitiatives(grpc::ServerContext*,
                               const planning::v1::ListInitiativesRequest* request,
                               planning::v1::ListInitiativesResponse* response) override {
    calls.push_back("ListInitiatives");
    response->add_initiatives()->set_name(request->parent());
    return grpc::Status::OK;
  }
  grpc::Status ListScenarios(grpc::ServerContext*,
                             const planning::v1::ListScenariosRequest* request,
                             planning::v1::ListScenariosResponse* response) override {
    calls.push_back("ListScenarios");
    response->add_scenarios()->set_name(request->parent());
    return grpc::Status::OK;
  }
  grpc::Status EvaluateGoal(grpc::ServerContext*, const planning::v1::EvaluateGoalRequest* request,
                            planning::v1::EvaluateGoalResponse* response) override {
    calls.push_back("EvaluateGoal");
    response->mutable_evaluation()->set_goal(request->name());
    return grpc::Status::OK;
  }
  std::vector<std::string> calls;
};

class PlanningClientTest : public ::testing::Test {
 protected:
  PlanningClientTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    client_ = std::make_unique<PlanningClient>(server_->InProcessChannel({}));
  }
  Echo service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<PlanningClient> client_;
};

TEST_F(PlanningClientTest, CreateGoal) {
  planning::v1::CreateGoalRequest request;
  request.set_parent("text");
  const absl::StatusOr<planning::v1::CreateGoalResponse> response = client_->CreateGoal(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->goal().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"CreateGoal"}));
}

TEST_F(PlanningClientTest, GetGoal) {
  planning::v1::GetGoalRequest request;
  request.set_name("text");
  const absl::StatusOr<planning::v1::GetGoalResponse> response = client_->GetGoal(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->goal().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"GetGoal"}));
}

TEST_F(PlanningClientTest, DropGoal) {
  planning::v1::DropGoalRequest request;
  request.set_name("text");
  const absl::StatusOr<planning::v1::DropGoalResponse> response = client_->DropGoal(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->goal().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"DropGoal"}));
}

TEST_F(PlanningClientTest, CreateInitiative) {
  planning::v1::CreateInitiativeRequest request;
  request.set_parent("text");
  const absl::StatusOr<planning::v1::CreateInitiativeResponse> response =
      client_->CreateInitiative(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->initiative().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"CreateInitiative"}));
}

TEST_F(PlanningClientTest, GetInitiative) {
  planning::v1::GetInitiativeRequest request;
  request.set_name("text");
  const absl::StatusOr<planning::v1::GetInitiativeResponse> response =
      client_->GetInitiative(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->initiative().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"GetInitiative"}));
}

TEST_F(PlanningClientTest, StopInitiative) {
  planning::v1::StopInitiativeRequest request;
  request.set_name("text");
  const absl::StatusOr<planning::v1::StopInitiativeResponse> response =
      client_->StopInitiative(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->initiative().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"StopInitiative"}));
}

TEST_F(PlanningClientTest, SaveScenario) {
  planning::v1::SaveScenarioRequest request;
  request.set_parent("text");
  const absl::StatusOr<planning::v1::SaveScenarioResponse> response =
      client_->SaveScenario(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->scenario().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"SaveScenario"}));
}

TEST_F(PlanningClientTest, GetScenario) {
  planning::v1::GetScenarioRequest request;
  request.set_name("text");
  const absl::StatusOr<planning::v1::GetScenarioResponse> response = client_->GetScenario(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->scenario().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"GetScenario"}));
}

TEST_F(PlanningClientTest, FreezeScenario) {
  planning::v1::FreezeScenarioRequest request;
  request.set_name("text");
  const absl::StatusOr<planning::v1::FreezeScenarioResponse> response =
      client_->FreezeScenario(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->scenario().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"FreezeScenario"}));
}

TEST_F(PlanningClientTest, ListGoals) {
  planning::v1::ListGoalsRequest request;
  request.set_parent("text");
  const absl::StatusOr<planning::v1::ListGoalsResponse> response = client_->ListGoals(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->goals(0).name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"ListGoals"}));
}

TEST_F(PlanningClientTest, ListInitiatives) {
  planning::v1::ListInitiativesRequest request;
  request.set_parent("text");
  const absl::StatusOr<planning::v1::ListInitiativesResponse> response =
      client_->ListInitiatives(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->initiatives(0).name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"ListInitiatives"}));
}

TEST_F(PlanningClientTest, ListScenarios) {
  planning::v1::ListScenariosRequest request;
  request.set_parent("text");
  const absl::StatusOr<planning::v1::ListScenariosResponse> response =
      client_->ListScenarios(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->scenarios(0).name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"ListScenarios"}));
}

TEST_F(PlanningClientTest, EvaluateGoal) {
  planning::v1::EvaluateGoalRequest request;
  request.set_name("text");
  const absl::StatusOr<planning::v1::EvaluateGoalResponse> response =
      client_->EvaluateGoal(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->evaluation().goal(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"EvaluateGoal"}));
}

}  // namespace
}  // namespace quotacast::clients
