// Goal: a connection that breaks during a COMMIT loses nothing, repeats nothing and still gives
// each caller its true result, whether the COMMIT took place or not. Method: the log talks to a
// server of the test's own through a relay, which on command cuts the connection before the COMMIT
// is forwarded, or after the server has answered it.
#include "services/eventlog/postgres_writer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/postgres_event_log.h"
#include "services/eventlog/postgres_test_cluster.h"

namespace quotacast::eventlog {
namespace {

enum class Cut { kNever, kBeforeCommit, kAfterCommit };

// Forwards each connection from a port of 127.0.0.1 to the server's Unix socket.
class Relay {
 public:
  explicit Relay(const PostgresTestCluster& cluster)
      : server_path_(absl::StrCat(cluster.socket_directory(), "/.s.PGSQL.", cluster.port())) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }
  // After the log, whose closing ends the connections.
  ~Relay() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& forwarder : forwarders_) forwarder.join();
    close(listener_);
  }

  std::string ConnectionString() const {
    return absl::StrCat("host=127.0.0.1 port=", port_, " user=", PostgresTestCluster::kUser,
                        " dbname=postgres sslmode=disable gssencmode=disable");
  }
  // For the next COMMIT only.
  void CutAt(Cut cut) { cut_ = cut; }
  bool has_cut() const { return cut_ == Cut::kNever; }

 private:
  void Accept() {
    for (int client = accept(listener_, nullptr, nullptr); client >= 0;
         client = accept(listener_, nullptr, nullptr)) {
      const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_un address = {};
      address.sun_family = AF_UNIX;
      std::strncpy(address.sun_path, server_path_.c_str(), sizeof(address.sun_path) - 1);
      EXPECT_EQ(connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
      forwarders_.emplace_back([this, client, server] {
        Forward(client, server);
        close(client);
        close(server);
      });
    }
  }

  void Forward(int client, int server) {
    char buffer[1 << 16];
    while (true) {
      pollfd descriptors[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      if (poll(descriptors, 2, -1) <= 0) return;
      for (const int from : {0, 1}) {
        if (descriptors[from].revents == 0) continue;
        const ssize_t size = read(descriptors[from].fd, buffer, sizeof(buffer));
        if (size <= 0) return;
        const std::string_view bytes(buffer, static_cast<size_t>(size));
        // With its final zero: BEGIN speaks of READ COMMITTED.
        const bool is_commit =
            from == 0 && bytes.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos;
        const Cut cut = is_commit ? cut_.exchange(Cut::kNever) : Cut::kNever;
        if (cut == Cut::kBeforeCommit) return;
        if (!WriteAll(descriptors[1 - from].fd, bytes)) return;
        if (cut == Cut::kAfterCommit) {
          // The server's answer is read, so the COMMIT is over, and kept from the client.
          EXPECT_GT(read(server, buffer, sizeof(buffer)), 0);
          return;
        }
      }
    }
  }

  static bool WriteAll(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(size));
    }
    return true;
  }

  const std::string server_path_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<Cut> cut_ = Cut::kNever;
  std::thread acceptor_;
  std::vector<std::thread> forwarders_;  // Used by the acceptor, then by the destructor.
};

Event MakeEvent(const std::string& key) {
  return {{"crm", key, "1"}, absl::FromUnixSeconds(1'488'326'400), "payload"};
}

RecordWrite CountAppended(const std::string& key) {
  return {"kind", key, [](absl::Span<const AppendResult> results) {
            int count = 0;
            for (const AppendResult& result : results) {
              if (result.outcome == AppendOutcome::kAppended) ++count;
            }
            return absl::StrCat(count);
          }};
}

class PostgresWriterTest : public ::testing::TestWithParam<Cut> {
 protected:
  static PostgresTestCluster& Cluster() {
    static const std::unique_ptr<PostgresTestCluster> cluster = PostgresTestCluster::Start();
    return *cluster;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
};

TEST_P(PostgresWriterTest, ACutAtTheCommitGivesTrueResults) {
  Relay relay(Cluster());
  const std::string schema = GetParam() == Cut::kBeforeCommit ? "cut_before" : "cut_after";
  const auto log = *PostgresEventLog::Open(relay.ConnectionString(), schema, &clock_);
  const auto other = *PostgresEventLog::Open(Cluster().ConnectionString(), schema, &clock_);
  ASSERT_TRUE(log->Append("w", {MakeEvent("first")}).ok());
  for (int round = 0; round < 5; ++round) {
    const int64_t offset = *other->LastOffset("w");
    relay.CutAt(GetParam());
    const std::string key = absl::StrCat("k", round);
    const auto results =
        log->Append("w", {MakeEvent(key), MakeEvent("first")}, {CountAppended(key)});
    EXPECT_TRUE(relay.has_cut());
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_EQ(*results, (std::vector<AppendResult>{{AppendOutcome::kAppended, offset + 1},
                                                   {AppendOutcome::kDuplicate, 1}}));
    EXPECT_EQ((*other->GetRecord("w", "kind", key))->value, "1");
    EXPECT_GE(log->stats().retry_count, round + 1);
    // Another process in between takes the next offset.
    ASSERT_TRUE(other->Append("w", {MakeEvent(absl::StrCat("other", round))}).ok());
  }
  EXPECT_EQ(*other->LastOffset("w"), 11);
  EXPECT_TRUE(other->Verify("w", 0, 100)->faults.empty());
}

TEST_P(PostgresWriterTest, ARecordOrAConflictAloneIsResolvedAsWell) {
  Relay relay(Cluster());
  const std::string schema = GetParam() == Cut::kBeforeCommit ? "alone_before" : "alone_after";
  const auto log = *PostgresEventLog::Open(relay.ConnectionString(), schema, &clock_);
  ASSERT_TRUE(log->Append("w", {MakeEvent("a")}).ok());
  relay.CutAt(GetParam());
  ASSERT_TRUE(log->Append("w", {}, {CountAppended("record")}).ok());
  EXPECT_EQ((*log->GetRecord("w", "kind", "record"))->value, "0");
  relay.CutAt(GetParam());
  Event other = MakeEvent("a");
  other.payload = "other";
  EXPECT_EQ(log->Append("w", {other})->at(0), (AppendResult{AppendOutcome::kConflict, 1}));
  EXPECT_TRUE(relay.has_cut());
  EXPECT_EQ(log->ListConflicts("w", 0, 10)->size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Cuts, PostgresWriterTest,
                         ::testing::Values(Cut::kBeforeCommit, Cut::kAfterCommit));

}  // namespace
}  // namespace quotacast::eventlog
