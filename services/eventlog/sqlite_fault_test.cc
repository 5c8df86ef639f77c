// Goal: when the storage refuses, the caller is told the documented reason, nothing is lost or
// stored twice, and the log goes on once the cause is gone, without being opened again. Method: a
// file system that fails at each operation of an append in turn; a limit on the size of files; and
// other users and processes, made by fork.
#include <pwd.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/fault_vfs.h"
#include "services/eventlog/sqlite_connection.h"
#include "services/eventlog/sqlite_event_log.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

// Twelve events, more than a page.
std::vector<Event> Batch(int number) {
  std::vector<Event> events;
  for (int i = 0; i < 12; ++i) {
    events.push_back({{"crm", absl::StrCat("deal/", i * 7 % 5), absl::StrCat(number, ".", i)},
                      absl::FromUnixSeconds(number),
                      std::string(600, static_cast<char>('a' + number))});
  }
  return events;
}

std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  return GetDetail(status).has_value() ? GetDetail(status)->reason : "(none)";
}

// That the log holds these batches, and nothing is wrong with it.
void ExpectBatches(const EventLog& log, int batch_count) {
  const absl::StatusOr<std::vector<StoredEvent>> events = log.Read("w", 0, 10'000);
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), static_cast<size_t>(batch_count) * 12);
  for (size_t i = 0; i < events->size(); ++i) {
    EXPECT_EQ((*events)[i].offset, static_cast<int64_t>(i) + 1);
    EXPECT_EQ((*events)[i].event, Batch(static_cast<int>(i / 12))[i % 12]);
  }
  const absl::StatusOr<VerifiedPage> page = log.Verify("w", 0, 10'000);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(page->faults.empty());
  EXPECT_EQ(log.Stats("w")->event_count, batch_count * 12);
}

void ExpectOutcomes(const absl::StatusOr<std::vector<AppendResult>>& results,
                    AppendOutcome outcome) {
  ASSERT_TRUE(results.ok()) << results.status();
  for (const AppendResult& result : *results) EXPECT_EQ(result.outcome, outcome);
}

struct FaultCase {
  const char* name;
  StorageOperation operation;
  int code;
  absl::StatusCode status_code;
  const char* reason;
};

void PrintTo(const FaultCase& fault, std::ostream* out) { *out << fault.name; }

class SqliteStorageFaultTest : public ::testing::TestWithParam<FaultCase> {
 protected:
  std::unique_ptr<SqliteEventLog> Open(const std::string& path) {
    SqliteEventLogOptions options;
    options.for_testing.vfs = vfs_.name();
    options.for_testing.checkpoint_pages = 8;
    options.for_testing.wal_restart_pages = 8;
    options.for_testing.checkpoints_have_a_thread = false;
    auto log = SqliteEventLog::Open(path, &clock_, options);
    EXPECT_TRUE(log.ok()) << log.status();
    return *std::move(log);
  }
  // From the `nth` operation of the case's kind on, all fail. Returns where they are counted.
  std::shared_ptr<int> FailFrom(int nth) {
    auto count = std::make_shared<int>(0);
    vfs_.SetFault([nth, count](StorageOperation operation, std::string_view) {
      if (operation != GetParam().operation) return SQLITE_OK;
      return ++*count >= nth ? GetParam().code : SQLITE_OK;
    });
    return count;
  }

  FaultVfs vfs_{"faults"};
  TempDirectory directory_;
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
};

TEST_P(SqliteStorageFaultTest, AnAppendIsWholeOrRefusedAndTheLogGoesOn) {
  int refused_count = 0;
  for (int nth = 1;; ++nth) {
    const auto log = Open(directory_.File(absl::StrCat("log", nth, ".db")));
    ASSERT_TRUE(log->Append("w", Batch(0)).ok());
    const auto count = FailFrom(nth);
    const auto results = log->Append("w", Batch(1));
    vfs_.SetFault(nullptr);
    if (!results.ok()) {
      ++refused_count;
      EXPECT_EQ(results.status().code(), GetParam().status_code) << results.status();
      EXPECT_EQ(ReasonOf(results.status()), GetParam().reason) << results.status();
    }
    ExpectBatches(*log, results.ok() ? 2 : 1);
    ExpectOutcomes(log->Append("w", Batch(1)),
                   results.ok() ? AppendOutcome::kDuplicate : AppendOutcome::kAppended);
    ASSERT_TRUE(log->Append("w", Batch(2)).ok());
    ExpectBatches(*log, 3);
    if (*count < nth) break;  // The append has fewer operations: all were tried.
  }
  if (GetParam().operation != StorageOperation::kRead) {
    EXPECT_GE(refused_count, 1);
  }
}

TEST_P(SqliteStorageFaultTest, AReadSaysSoOrIsWhole) {
  const auto log = Open(directory_.File("log.db"));
  for (int batch = 0; batch < 5; ++batch) ASSERT_TRUE(log->Append("w", Batch(batch)).ok());
  const auto count = FailFrom(1);
  const auto events = log->Read("w", 0, 10'000);
  vfs_.SetFault(nullptr);
  if (events.ok()) {
    EXPECT_EQ(events->size(), 60u);
  } else {
    EXPECT_EQ(ReasonOf(events.status()), GetParam().reason) << events.status();
  }
  EXPECT_EQ(events.ok(), GetParam().operation != StorageOperation::kRead);
  ExpectBatches(*log, 5);
}

TEST_P(SqliteStorageFaultTest, ARewriteThatFailsCanBeSentAgain) {
  const std::vector<EventRewrite> rewrites = {{3, {"crm", "deal/erased", "0.2"}, "", true}};
  for (int nth = 1;; nth += 3) {
    const std::string path = directory_.File(absl::StrCat("log", nth, ".db"));
    const auto log = Open(path);
    ASSERT_TRUE(log->Append("w", Batch(0)).ok());
    const auto count = FailFrom(nth);
    const absl::Status status = log->Rewrite("w", rewrites);
    vfs_.SetFault(nullptr);
    EXPECT_TRUE(status.ok() || ReasonOf(status) == GetParam().reason) << status;
    ASSERT_TRUE(log->Rewrite("w", rewrites).ok());
    const auto page = log->Verify("w", 0, 10'000);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_TRUE(page->faults.empty());
    EXPECT_EQ(page->event_count, 12);
    EXPECT_EQ(log->Stats("w")->erased_event_count, 1);
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
    EXPECT_EQ(bytes.size() % 4096, 0u);
    EXPECT_NE(bytes.find("deal/erased"), std::string::npos);
    EXPECT_EQ(std::filesystem::file_size(path + "-wal"), 0u);
    if (*count < nth) break;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, SqliteStorageFaultTest,
    ::testing::Values(FaultCase{"FullDisk", StorageOperation::kWrite, SQLITE_FULL,
                                absl::StatusCode::kUnavailable, "LOG_DISK_FULL"},
                      FaultCase{"WriteError", StorageOperation::kWrite, SQLITE_IOERR_WRITE,
                                absl::StatusCode::kInternal, "LOG_IO_ERROR"},
                      FaultCase{"SyncError", StorageOperation::kSync, SQLITE_IOERR_FSYNC,
                                absl::StatusCode::kInternal, "LOG_IO_ERROR"},
                      FaultCase{"ReadError", StorageOperation::kRead, SQLITE_IOERR_READ,
                                absl::StatusCode::kInternal, "LOG_IO_ERROR"}),
    [](const auto& info) { return std::string(info.param.name); });

class SqliteFaultTest : public ::testing::Test {
 protected:
  // Where other users can get to, if need be.
  TempDirectory directory_{"/tmp"};
  const std::string path_ = directory_.File("log.db");
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
};

TEST_F(SqliteFaultTest, ALimitOfFileSizesIsAFullDisk) {
  const auto opened = SqliteEventLog::Open(path_, &clock_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  SqliteEventLog& log = **opened;
  ASSERT_TRUE(log.Append("w", Batch(0)).ok());

  struct rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  struct rlimit tight = before;
  tight.rlim_cur = std::filesystem::file_size(path_ + "-wal") + 6'000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const absl::Status status = log.Append("w", Batch(1)).status();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, old_handler);

  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), "LOG_DISK_FULL") << status;
  ExpectBatches(log, 1);
  ExpectOutcomes(log.Append("w", Batch(1)), AppendOutcome::kAppended);
  ExpectBatches(log, 2);
}

// What `body` returns in a child process, which runs as "nobody" when this one is root (to whom no
// file is closed).
std::string InAnotherProcess(bool as_other_user, const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    std::string answer = "cannot become another user";
    const struct passwd* nobody = getpwnam("nobody");
    const bool must_change = as_other_user && geteuid() == 0;
    if (!must_change ||
        (nobody != nullptr && setgid(nobody->pw_gid) == 0 && setuid(nobody->pw_uid) == 0)) {
      answer = body();
    }
    if (write(ends[1], answer.data(), answer.size()) < 0) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  std::string answer;
  char buffer[4096];
  for (ssize_t size = 0; (size = read(ends[0], buffer, sizeof(buffer))) > 0;) {
    answer.append(buffer, static_cast<size_t>(size));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return answer;
}

TEST_F(SqliteFaultTest, WhatAUserMayNotWriteIsRefusedAndLeftAlone) {
  if (geteuid() == 0 && getpwnam("nobody") == nullptr) {
    GTEST_SKIP() << "runs as root, and there is no user \"nobody\" to become";
  }
  {
    const auto log = SqliteEventLog::Open(path_, &clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    ASSERT_TRUE((*log)->Append("w", Batch(0)).ok());
  }
  const auto open = [this](const std::string& path) {
    return InAnotherProcess(/*as_other_user=*/true, [&] {
      const absl::Status status = SqliteEventLog::Open(path, &clock_).status();
      const bool names_path = std::string(status.message()).find(path) != std::string::npos;
      return ReasonOf(status) + (status.ok() || names_path ? "" : " without the path");
    });
  };
  ASSERT_EQ(chmod(directory_.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod(path_.c_str(), 0444), 0);
  EXPECT_EQ(open(path_), "LOG_READ_ONLY");
  // Root's folder is closed to the other user as it is.
  const mode_t closed_mode = geteuid() == 0 ? 0755 : 0555;
  ASSERT_EQ(chmod(directory_.path().c_str(), closed_mode), 0);
  EXPECT_EQ(open(directory_.File("new.db")), "LOG_CANNOT_OPEN");
  // The file may be written, but nothing may be made beside it.
  ASSERT_EQ(chmod(path_.c_str(), 0666), 0);
  const std::string reason = open(path_);
  EXPECT_TRUE(reason == "LOG_READ_ONLY" || reason == "LOG_CANNOT_OPEN") << reason;

  // Once it is allowed, everything is there.
  ASSERT_EQ(chmod(directory_.path().c_str(), 0777), 0);
  EXPECT_EQ(open(path_), "OK");
  const auto log = SqliteEventLog::Open(path_, &clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  ExpectBatches(**log, 1);
}

TEST_F(SqliteFaultTest, ALockOfAnotherProcessIsWaitedForAndThenReported) {
  // The other process locks the file, says so, and unlocks it when told.
  int locked[2];
  int unlock[2];
  int unlocked[2];
  ASSERT_EQ(pipe(locked), 0);
  ASSERT_EQ(pipe(unlock), 0);
  ASSERT_EQ(pipe(unlocked), 0);
  { ASSERT_TRUE(SqliteEventLog::Open(path_, &clock_).ok()); }
  const pid_t child = fork();
  char byte = 'x';
  if (child == 0) {
    auto raw = SqliteConnection::Open(path_, absl::Seconds(5));
    const bool ok = raw.ok() && (*raw)->Execute("BEGIN IMMEDIATE").ok() &&
                    write(locked[1], &byte, 1) == 1 && read(unlock[0], &byte, 1) == 1 &&
                    (*raw)->Execute("ROLLBACK").ok() && write(unlocked[1], &byte, 1) == 1;
    _exit(ok ? 0 : 1);
  }
  ASSERT_EQ(read(locked[0], &byte, 1), 1);
  SqliteEventLogOptions options;
  options.busy_timeout = absl::Milliseconds(20);
  // Another start meets the lock, too.
  EXPECT_EQ(ReasonOf(SqliteEventLog::Open(path_, &clock_, options).status()), "LOG_LOCKED");
  ASSERT_EQ(write(unlock[1], &byte, 1), 1);
  ASSERT_EQ(read(unlocked[0], &byte, 1), 1);
  const auto log = SqliteEventLog::Open(path_, &clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_TRUE((*log)->Append("w", Batch(0)).ok());
  ExpectBatches(**log, 1);
  int child_status = 0;
  ASSERT_EQ(waitpid(child, &child_status, 0), child);
  EXPECT_EQ(child_status, 0);
  for (const int end : {locked[0], locked[1], unlock[0], unlock[1], unlocked[0], unlocked[1]}) {
    close(end);
  }
}

}  // namespace
}  // namespace quotacast::eventlog
