// Goal: every RPC reaches the core and comes back whole, errors with their reasons; followers do
// not stand in the way of imports. Method: the service on a real port of the loopback over an
// in-memory log, called through the client library.
#include "services/ingestion/server/ingestion_service.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/sync_stream.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "clients/cpp/ingestion_client.h"
#include "gtest/gtest.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

std::string ReasonOf(const absl::Status& status) {
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

class IngestionServiceTest : public testing::Test {
 protected:
  IngestionServiceTest() : log_(&clock_) {
    serving::ServingOptions options;
    options.service = kIngestionServiceName;
    // One thread: a follower that held it would block everything else.
    options.executor.thread_count = 1;
    service_ = std::make_unique<IngestionService>(log_, options, clock_, clock_,
                                                  [](const serving::CallRecord&) {});
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
    client_ = std::make_unique<clients::IngestionClient>(channel_);
  }
  ~IngestionServiceTest() override { server_->Shutdown(); }

  absl::StatusOr<v1::ImportFilesResponse> Import(const v1::ImportHeader& header,
                                                 const Files& files) {
    auto next = files.begin();
    return client_->ImportFiles(header, [&](v1::FileChunk& chunk) -> absl::StatusOr<bool> {
      if (next == files.end()) return false;
      chunk.set_file_name(next->first);
      chunk.set_data(next->second);
      ++next;
      return true;
    });
  }

  const SystemClock clock_;
  eventlog::InMemoryEventLog log_;
  std::unique_ptr<IngestionService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<clients::IngestionClient> client_;
};

TEST_F(IngestionServiceTest, ImportsAndHandsOnTheFeed) {
  const auto imported = Import(ShippedProfile("maventech"), SnapshotCompany());
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->appended_event_count(), 25);
  EXPECT_EQ(log_.LastOffset("w").value(), 25);

  v1::WatchEventsRequest request;
  request.set_parent("workspaces/w");
  request.set_after_offset(20);
  std::vector<int64_t> offsets;
  ASSERT_TRUE(client_
                  ->WatchEvents(request,
                                [&](v1::WatchEventsResponse&& message) {
                                  EXPECT_TRUE(message.caught_up());
                                  for (const v1::EventRecord& event : message.events()) {
                                    offsets.push_back(event.offset());
                                  }
                                  return true;
                                })
                  .ok());
  EXPECT_EQ(offsets, (std::vector<int64_t>{21, 22, 23, 24, 25}));
}

// The three RPCs about rows left out, end to end.
TEST_F(IngestionServiceTest, ReplaysARowLeftOut) {
  Files files = SnapshotCompany();
  std::string& pipeline = files["sales_pipeline.csv"];
  pipeline.replace(pipeline.find("2017-02-01"), 10, "2017-02-30");
  ASSERT_TRUE(Import(ShippedProfile("maventech"), files).ok());
  v1::ListQuarantinedRowsRequest list;
  list.set_parent("workspaces/w");
  auto rows = client_->ListQuarantinedRows(list);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->rows_size(), 1);
  v1::ReplayQuarantinedRowsRequest replay;
  replay.set_parent("workspaces/w");
  v1::RowCorrection& correction = *replay.add_corrections();
  correction.set_name(rows->rows(0).name());
  v1::ColumnValue& value = *correction.add_values();
  value.set_column("engage_date");
  value.set_value("2017-02-01");
  const auto replayed = client_->ReplayQuarantinedRows(replay);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(replayed->accepted_row_count(), 1);
  EXPECT_EQ(replayed->last_offset(), 25);
  EXPECT_EQ(ReasonOf(client_->ReplayQuarantinedRows(replay).status()), "QUARANTINED_ROW_NOT_FOUND");
  v1::DiscardQuarantinedRowsRequest discard;
  discard.set_parent("workspaces/w");
  discard.set_all(true);
  const auto discarded = client_->DiscardQuarantinedRows(discard);
  ASSERT_TRUE(discarded.ok()) << discarded.status();
  EXPECT_EQ(discarded->discarded_row_count(), 0);
}

TEST_F(IngestionServiceTest, ListsProfiles) {
  const auto profiles = client_->ListProfiles({});
  ASSERT_TRUE(profiles.ok()) << profiles.status();
  EXPECT_GE(profiles->profiles_size(), 12);
}

TEST_F(IngestionServiceTest, ErrorsCarryTheirReasons) {
  EXPECT_EQ(ReasonOf(Import(ShippedProfile("siebel"), {}).status()), "UNKNOWN_PROFILE");
  EXPECT_EQ(ReasonOf(Import(ShippedProfile("maventech"), {}).status()), "MISSING_FILE");
  v1::ImportHeader elsewhere = ShippedProfile("maventech");
  elsewhere.set_parent("workspaces/Not OK");
  const absl::Status status = Import(elsewhere, SnapshotCompany()).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_EQ(GetDetail(status)->field_violations[0].field, "header.parent");
  EXPECT_EQ(log_.Workspaces()->size(), 0u);
}

TEST_F(IngestionServiceTest, FollowerHearsOfAnImportThatRunsBesideIt) {
  v1::WatchEventsRequest request;
  request.set_parent("workspaces/w");
  request.set_follow(true);
  std::atomic<bool> following{false};
  std::atomic<int64_t> last_offset{0};
  absl::Status status;
  std::thread follower([&] {
    status = client_->WatchEvents(request, [&](v1::WatchEventsResponse&& message) {
      if (message.events_size() > 0) {
        last_offset = message.events(message.events_size() - 1).offset();
      }
      following = true;
      following.notify_all();
      return last_offset < 25;
    });
  });
  following.wait(false);  // The message that says the empty feed is caught up.
  const auto imported = Import(ShippedProfile("maventech"), SnapshotCompany());
  EXPECT_TRUE(imported.ok()) << imported.status();
  follower.join();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(last_offset.load(), 25);
}

// Uploads that stand still hold every thread for imports; reading the feed, with which every query
// begins, must go on beside them.
TEST_F(IngestionServiceTest, IdleUploadsDoNotHoldUpReadersOfTheFeed) {
  v1::ImportFilesRequest header;
  *header.mutable_header() = ShippedProfile("maventech");
  struct Upload {
    grpc::ClientContext context;
    v1::ImportFilesResponse response;
    std::unique_ptr<grpc::ClientWriter<v1::ImportFilesRequest>> writer;
  };
  std::vector<std::unique_ptr<Upload>> uploads;
  const auto stub = v1::IngestionService::NewStub(channel_);
  for (size_t i = 0; i < kMaxImports; ++i) {
    Upload& upload = *uploads.emplace_back(std::make_unique<Upload>());
    upload.writer = stub->ImportFiles(&upload.context, &upload.response);
    ASSERT_TRUE(upload.writer->Write(header));
  }
  v1::WatchEventsRequest request;
  request.set_parent("workspaces/w");
  bool caught_up = false;
  clients::CallOptions options;
  options.deadline = clock_.Now() + absl::Seconds(20);
  const absl::Status status = client_->WatchEvents(
      request,
      [&](v1::WatchEventsResponse&& message) {
        caught_up = message.caught_up();
        return true;
      },
      options);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(caught_up);
  for (const auto& upload : uploads) {
    upload->context.TryCancel();
    EXPECT_EQ(upload->writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

}  // namespace
}  // namespace quotacast::ingestion
