// Goal: a server that cannot write says so clearly, recovers when the cause is gone, and loses
// nothing. Method: the built quotacastd on a disk that is full (a limit on file size), in a folder
// it may not write (another user), on a file that another program holds; batches before, during and
// after, and the feed at the end.
#include <grpcpp/client_context.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tests/crash/numbered_events.h"
#include "tests/support/child_process.h"
#include "tests/support/quotacast_server.h"
#include "tests/support/wire_errors.h"

namespace quotacast::tests {
namespace {

constexpr char kWriter[] = "writer";
constexpr int kBatchesMax = 2'000;

grpc::Status Append(const QuotacastServer& server, int64_t sequence) {
  const auto stub = ingestion::v1::IngestionService::NewStub(server.channel());
  ingestion::v1::BatchAppendRequest request;
  request.set_parent("workspaces/default");
  *request.mutable_events() = NumberedBatch(kWriter, sequence).events();
  grpc::ClientContext context;
  ingestion::v1::BatchAppendResponse response;
  return stub->BatchAppend(&context, request, &response);
}

// The feed has the batches 1 to `last_sequence` and nothing else.
void ExpectFeed(const QuotacastServer& server, int64_t last_sequence) {
  const auto stub = ingestion::v1::IngestionService::NewStub(server.channel());
  ingestion::v1::WatchEventsRequest request;
  request.set_parent("workspaces/default");
  grpc::ClientContext context;
  const auto reader = stub->WatchEvents(&context, request);
  ingestion::v1::WatchEventsResponse response;
  FeedFollower follower;
  while (reader->Read(&response)) {
    for (const ingestion::v1::EventRecord& record : response.events()) {
      const absl::Status taken = follower.Take(record);
      ASSERT_TRUE(taken.ok()) << taken;
    }
  }
  ASSERT_TRUE(reader->Finish().ok());
  int64_t whole = 0;
  EXPECT_TRUE(follower.CheckWhole(kWriter, &whole).ok());
  EXPECT_EQ(whole, last_sequence);
}

TEST(ServerFaultsTest, AFullDiskIsSaidAndSurvived) {
  const std::string folder = MakeTempDirectory("full");
  const auto server = QuotacastServer::Start({"--services", "ingestion", "--data-dir", folder});
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(Append(*server, 1).ok());
  // A write beyond the limit fails; the signal that would come with it is the server's to ignore.
  rlimit before;
  const rlimit full = {256 << 10, RLIM_INFINITY};
  ASSERT_EQ(prlimit(server->pid(), RLIMIT_FSIZE, &full, &before), 0);
  int64_t sequence = 2;
  grpc::Status refused;
  while (sequence < kBatchesMax && (refused = Append(*server, sequence)).ok()) ++sequence;
  const WireError error = ReadWireError(refused);
  EXPECT_EQ(error.code, grpc::StatusCode::UNAVAILABLE) << error.message;
  EXPECT_EQ(error.reason, "LOG_DISK_FULL") << error.message;
  ExpectFeed(*server, sequence - 1);
  ASSERT_EQ(prlimit(server->pid(), RLIMIT_FSIZE, &before, nullptr), 0);
  const grpc::Status recovered = Append(*server, sequence);
  EXPECT_TRUE(recovered.ok()) << recovered.error_message();
  ExpectFeed(*server, sequence);
}

TEST(ServerFaultsTest, AFolderOfAnotherUserIsRefusedBeforeItServes) {
  // Below /tmp, because the other user must be able to reach the program and the folder.
  std::string place = "/tmp/quotacast-faults-XXXXXX";
  ASSERT_NE(mkdtemp(place.data()), nullptr);
  chmod(place.c_str(), 0755);
  std::filesystem::copy_file(QuotacastdPath(), place + "/quotacastd");
  chmod((place + "/quotacastd").c_str(), 0755);
  const std::string folder = place + "/data";
  std::filesystem::create_directory(folder);
  chmod(folder.c_str(), 0555);
  std::vector<std::string> command = {place + "/quotacastd", "--services", "ingestion", "--listen",
                                      "127.0.0.1:0",         "--data-dir", folder};
  if (getuid() == 0) {
    command.insert(command.begin(),
                   {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
  }
  const ProgramResult result =
      RunProgram(command.front(), std::vector<std::string>(command.begin() + 1, command.end()));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.errors.find(folder), std::string::npos) << result.errors;
  EXPECT_EQ(result.errors.find("listening"), std::string::npos);
  std::filesystem::remove_all(place);
}

TEST(ServerFaultsTest, ALockedFileIsSaidAndSurvived) {
  const std::string folder = MakeTempDirectory("locked");
  const auto server = QuotacastServer::Start({"--services", "ingestion", "--data-dir", folder});
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(Append(*server, 1).ok());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((folder + "/events.db").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const WireError error = ReadWireError(Append(*server, 2));
  EXPECT_EQ(error.code, grpc::StatusCode::UNAVAILABLE) << error.message;
  EXPECT_EQ(error.reason, "LOG_LOCKED") << error.message;
  ExpectFeed(*server, 1);
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  const grpc::Status recovered = Append(*server, 2);
  EXPECT_TRUE(recovered.ok()) << recovered.error_message();
  ExpectFeed(*server, 2);
}

}  // namespace
}  // namespace quotacast::tests
