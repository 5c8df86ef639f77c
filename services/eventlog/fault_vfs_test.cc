// Goal: the file system forgets exactly what was not synced, in the ways it says, fails as it is
// told, and gives the same disk for the same seed. Method: files written through SQLite's file
// interface, then read as plain files.
#include "services/eventlog/fault_vfs.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

// One open file.
class OpenFile {
 public:
  OpenFile(const FaultVfs& vfs, const std::string& path) {
    sqlite3_vfs* const found = sqlite3_vfs_find(vfs.name().c_str());
    file_ = static_cast<sqlite3_file*>(std::calloc(1, static_cast<size_t>(found->szOsFile)));
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB;
    code_ = found->xOpen(found, path.c_str(), file_, flags, nullptr);
  }
  ~OpenFile() {
    if (file_->pMethods != nullptr) file_->pMethods->xClose(file_);
    std::free(file_);
  }
  int code() const { return code_; }
  int Write(const std::string& bytes, int64_t offset) {
    return file_->pMethods->xWrite(file_, bytes.data(), static_cast<int>(bytes.size()), offset);
  }
  int Sync() { return file_->pMethods->xSync(file_, SQLITE_SYNC_FULL); }
  int Truncate(int64_t size) { return file_->pMethods->xTruncate(file_, size); }

 private:
  sqlite3_file* file_;
  int code_;
};

class FaultVfsTest : public ::testing::Test {
 protected:
  std::string Content() const {
    std::ifstream file(path_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  int Delete(int sync_folder) {
    sqlite3_vfs* const found = sqlite3_vfs_find(vfs_.name().c_str());
    return found->xDelete(found, path_.c_str(), sync_folder);
  }

  FaultVfs vfs_{"fault_vfs_test"};
  TempDirectory directory_;
  const std::string path_ = directory_.File("file");
};

TEST_F(FaultVfsTest, ForgetsWhatWasNotSynced) {
  {
    OpenFile file(vfs_, path_);
    ASSERT_EQ(file.Write("synced", 0), SQLITE_OK);
    ASSERT_EQ(file.Sync(), SQLITE_OK);
    ASSERT_EQ(file.Write("SYN", 0), SQLITE_OK);
    ASSERT_EQ(file.Truncate(4), SQLITE_OK);
  }
  EXPECT_EQ(Content(), "SYNc");
  EXPECT_EQ(vfs_.change_count(), 4);
  vfs_.RestorePower(Survival::kNothing, 1);
  EXPECT_EQ(Content(), "synced");
}

TEST_F(FaultVfsTest, ANewFileThatWasNeverSyncedIsGone) {
  { ASSERT_EQ(OpenFile(vfs_, path_).Write("x", 0), SQLITE_OK); }
  vfs_.RestorePower(Survival::kNothing, 1);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(FaultVfsTest, ADeletedFileMayComeBackUnlessItsFolderWasSynced) {
  for (const int sync_folder : {0, 1}) {
    {
      OpenFile file(vfs_, path_);
      ASSERT_EQ(file.Write("x", 0), SQLITE_OK);
      ASSERT_EQ(file.Sync(), SQLITE_OK);
    }
    ASSERT_EQ(Delete(sync_folder), SQLITE_OK);
    EXPECT_FALSE(std::filesystem::exists(path_));
    vfs_.RestorePower(Survival::kNothing, 1);
    EXPECT_EQ(std::filesystem::exists(path_), sync_folder == 0);
  }
}

TEST_F(FaultVfsTest, AnySectorOfAnUnsyncedWriteMaySurvive) {
  std::set<std::string> contents;
  for (uint64_t seed = 0; seed < 64; ++seed) {
    {
      OpenFile file(vfs_, path_);
      ASSERT_EQ(file.Write(std::string(1'024, '-'), 0), SQLITE_OK);
      ASSERT_EQ(file.Sync(), SQLITE_OK);
      ASSERT_EQ(file.Write(std::string(600, 'x'), 100), SQLITE_OK);
    }
    vfs_.RestorePower(Survival::kAnySector, seed);
    contents.insert(Content());
  }
  // Each of the two sectors with or without the write; bytes beside the write never change.
  const std::string base(1'024, '-');
  std::string first = base;
  first.replace(100, 412, 412, 'x');
  std::string second = base;
  second.replace(512, 188, 188, 'x');
  std::string both = first;
  both.replace(512, 188, 188, 'x');
  EXPECT_EQ(contents, (std::set<std::string>{base, first, second, both}));
}

TEST_F(FaultVfsTest, APrefixSurvivesInOrder) {
  std::set<std::string> contents;
  for (uint64_t seed = 0; seed < 64; ++seed) {
    {
      OpenFile file(vfs_, path_);
      ASSERT_EQ(file.Write("...", 0), SQLITE_OK);
      ASSERT_EQ(file.Sync(), SQLITE_OK);
      for (int i = 0; i < 3; ++i) ASSERT_EQ(file.Write("x", i), SQLITE_OK);
    }
    vfs_.RestorePower(Survival::kPrefix, seed);
    contents.insert(Content());
  }
  EXPECT_EQ(contents, (std::set<std::string>{"...", "x..", "xx.", "xxx"}));
}

TEST_F(FaultVfsTest, AfterThePowerIsGoneNothingWorks) {
  {
    OpenFile file(vfs_, path_);
    ASSERT_EQ(file.Write("1", 0), SQLITE_OK);
    vfs_.LosePowerAt(vfs_.change_count() + 2);
    EXPECT_EQ(file.Sync(), SQLITE_OK);
    EXPECT_FALSE(vfs_.HasLostPower());
    EXPECT_NE(file.Write("2", 1), SQLITE_OK);
    EXPECT_TRUE(vfs_.HasLostPower());
    EXPECT_NE(file.Sync(), SQLITE_OK);
    EXPECT_NE(OpenFile(vfs_, path_).code(), SQLITE_OK);
  }
  EXPECT_NE(Delete(0), SQLITE_OK);
  vfs_.RestorePower(Survival::kNothing, 1);
  EXPECT_EQ(Content(), "1");
  OpenFile file(vfs_, path_);
  EXPECT_EQ(file.Write("2", 1), SQLITE_OK);
}

TEST_F(FaultVfsTest, FailsAsToldAndThenDoesNothing) {
  OpenFile file(vfs_, path_);
  ASSERT_EQ(file.Write("1", 0), SQLITE_OK);
  vfs_.SetFault([this](StorageOperation operation, std::string_view path) {
    return operation == StorageOperation::kWrite && path == path_ ? SQLITE_FULL : SQLITE_OK;
  });
  EXPECT_EQ(file.Write("2", 0), SQLITE_FULL);
  EXPECT_EQ(file.Sync(), SQLITE_OK);
  vfs_.SetFault(nullptr);
  EXPECT_EQ(Content(), "1");
}

}  // namespace
}  // namespace quotacast::eventlog
