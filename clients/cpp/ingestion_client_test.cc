// Goal: the import stream is sent whole and in order, ends early when either side fails, and the
// feed arrives in order. Method: an in-process service that writes down what it received.
#include "clients/cpp/ingestion_client.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/errors.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/sync_stream.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"

namespace quotacast::clients {
namespace {

using ingestion::v1::FileChunk;
using ingestion::v1::ImportFilesRequest;
using ingestion::v1::ImportFilesResponse;
using ingestion::v1::ImportHeader;
using ingestion::v1::WatchEventsRequest;
using ingestion::v1::WatchEventsResponse;

class RecordingIngestion final : public ingestion::v1::IngestionService::Service {
 public:
  grpc::Status ImportFiles(grpc::ServerContext*, grpc::ServerReader<ImportFilesRequest>* reader,
                           ImportFilesResponse* response) override {
    ImportFilesRequest request;
    while (reader->Read(&request)) {
      received.push_back(request.has_header()
                             ? request.header().parent()
                             : request.chunk().file_name() + "=" + request.chunk().data());
      if (refuse_at == static_cast<int>(received.size())) {
        return {grpc::StatusCode::INVALID_ARGUMENT, "unknown profile"};
      }
    }
    response->set_appended_event_count(static_cast<int64_t>(received.size()) - 1);
    return grpc::Status::OK;
  }
  grpc::Status ListProfiles(grpc::ServerContext*, const ingestion::v1::ListProfilesRequest*,
                            ingestion::v1::ListProfilesResponse* response) override {
    response->add_profiles()->set_name("maventech");
    return grpc::Status::OK;
  }
  grpc::Status WatchEvents(grpc::ServerContext*, const WatchEventsRequest* request,
                           grpc::ServerWriter<WatchEventsResponse>* writer) override {
    for (int64_t offset = request->after_offset() + 1; offset <= 3; ++offset) {
      WatchEventsResponse response;
      response.add_events()->set_offset(offset);
      response.set_caught_up(offset == 3);
      if (!writer->Write(response)) break;
    }
    return grpc::Status::OK;
  }
  std::vector<std::string> received;
  int refuse_at = 0;
};

class IngestionClientTest : public ::testing::Test {
 protected:
  IngestionClientTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    client_ = std::make_unique<IngestionClient>(server_->InProcessChannel({}));
    header_.set_parent("workspaces/w");
  }
  // Gives the chunks a=1, a=2, b=3.
  IngestionClient::ChunkSource ThreeChunks() {
    return [this](FileChunk& chunk) -> absl::StatusOr<bool> {
      if (next_ == 3) return false;
      chunk.set_file_name(next_ < 2 ? "a" : "b");
      chunk.set_data(std::to_string(++next_));
      return true;
    };
  }
  ~IngestionClientTest() override { server_->Shutdown(); }

  RecordingIngestion service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<IngestionClient> client_;
  ImportHeader header_;
  int next_ = 0;
};

TEST_F(IngestionClientTest, SendsHeaderThenChunksInOrder) {
  const absl::StatusOr<ImportFilesResponse> response = client_->ImportFiles(header_, ThreeChunks());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->appended_event_count(), 3);
  EXPECT_EQ(service_.received, (std::vector<std::string>{"workspaces/w", "a=1", "a=2", "b=3"}));
}

TEST_F(IngestionClientTest, AServiceThatRefusesEarlyEndsAnEndlessSource) {
  service_.refuse_at = 2;
  const absl::StatusOr<ImportFilesResponse> response =
      client_->ImportFiles(header_, [](FileChunk& chunk) -> absl::StatusOr<bool> {
        chunk.set_file_name("endless");
        return true;
      });
  EXPECT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(response.status().message(), "unknown profile");
}

TEST_F(IngestionClientTest, AnErrorOfTheSourceIsReportedAsItIs) {
  const absl::StatusOr<ImportFilesResponse> response = client_->ImportFiles(
      header_,
      [](FileChunk&) -> absl::StatusOr<bool> { return InvalidField("path", "cannot read"); });
  EXPECT_EQ(response.status(), InvalidField("path", "cannot read"));
}

TEST_F(IngestionClientTest, ListsProfiles) {
  const auto response = client_->ListProfiles({});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->profiles(0).name(), "maventech");
}

TEST_F(IngestionClientTest, StreamsEventsUntilTheEndOrEnough) {
  WatchEventsRequest request;
  request.set_after_offset(1);
  std::vector<int64_t> offsets;
  ASSERT_TRUE(client_
                  ->WatchEvents(request,
                                [&](WatchEventsResponse&& message) {
                                  offsets.push_back(message.events(0).offset());
                                  return true;
                                })
                  .ok());
  EXPECT_EQ(offsets, (std::vector<int64_t>{2, 3}));
  offsets.clear();
  ASSERT_TRUE(client_
                  ->WatchEvents({},
                                [&](WatchEventsResponse&& message) {
                                  offsets.push_back(message.events(0).offset());
                                  return false;
                                })
                  .ok());
  EXPECT_EQ(offsets, (std::vector<int64_t>{1}));
}

}  // namespace
}  // namespace quotacast::clients
