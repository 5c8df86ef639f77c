// Goal: a data directory has one user, the second is told who the first is and how to reach it, and
// the lock ends with its holder.
// Method: two lock objects on one temporary directory (flock separates open files, so two objects
// of one process stand for two processes).
#include "services/quotacastd/directory_lock.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast::quotacastd {
namespace {

class DirectoryLockTest : public testing::Test {
 protected:
  // Not there yet, two levels deep.
  const std::string directory_ =
      absl::StrCat(testing::TempDir(), "/lock_test/",
                   testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(DirectoryLockTest, CreatesTheDirectoryAndRefusesASecondUser) {
  auto first = DirectoryLock::Acquire(directory_);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = DirectoryLock::Acquire(directory_);
  ASSERT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetDetail(second.status())->reason, "DATA_DIR_IN_USE");
  EXPECT_EQ(second.status().message(),
            absl::StrCat("data directory ", directory_, " is in use by process ", getpid(),
                         "; talk to that process with --server ADDRESS instead of --data-dir, or "
                         "end it first"));
}

TEST_F(DirectoryLockTest, RefusalNamesThePublishedAddress) {
  auto first = DirectoryLock::Acquire(directory_);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE((*first)->PublishAddress("127.0.0.1:7070").ok());
  const auto second = DirectoryLock::Acquire(directory_);
  EXPECT_NE(std::string(second.status().message()).find("--server 127.0.0.1:7070 "),
            std::string::npos)
      << second.status();
}

TEST_F(DirectoryLockTest, IsFreeAgainAfterItsHolder) {
  { ASSERT_TRUE(DirectoryLock::Acquire(directory_).ok()); }
  EXPECT_TRUE(DirectoryLock::Acquire(directory_).ok());
}

TEST_F(DirectoryLockTest, RefusesAPathThatIsAFile) {
  std::filesystem::create_directories(std::filesystem::path(directory_).parent_path());
  std::ofstream(directory_) << "not a directory";
  const auto lock = DirectoryLock::Acquire(directory_);
  ASSERT_EQ(lock.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetDetail(lock.status())->reason, "DATA_DIR_UNUSABLE");
}

}  // namespace
}  // namespace quotacast::quotacastd
