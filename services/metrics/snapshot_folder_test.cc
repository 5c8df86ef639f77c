// Goal: a file is there whole or not at all, under a name that tells the workspace. Method: writes
// that succeed, fail and are given up; names with all kinds of bytes; folders that cannot be used.
#include "services/metrics/snapshot_folder.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

absl::Status WriteText(const SnapshotFolder& folder, const std::string& workspace,
                       const std::string& text) {
  return folder.Write(
      workspace, [&](const SnapshotWriter::Sink& sink) { return sink(text); },
      [](const std::function<absl::Status()>& rename) { return rename(); });
}

std::string Text(const SnapshotFolder& folder, const std::string& workspace) {
  const auto file = folder.Read(workspace);
  return file.ok() ? std::string(file->bytes()) : file.status().ToString();
}

std::string FreshDirectory(const std::string& name) {
  const std::string directory = absl::StrCat(::testing::TempDir(), "/", name, "/in/two/steps");
  std::filesystem::remove_all(absl::StrCat(::testing::TempDir(), "/", name));
  return directory;
}

TEST(SnapshotFolder, KeepsAFilePerWorkspace) {
  const std::string directory = FreshDirectory("keeps");
  const auto folder = SnapshotFolder::Open(directory);
  ASSERT_TRUE(folder.ok()) << folder.status();
  const std::vector<std::string> names = {".", "../up", "a b%", "default", "\xc3\xa4/\x01"};
  for (const std::string& name : names) {
    EXPECT_EQ((*folder)->Read(name).status().code(), absl::StatusCode::kNotFound);
    ASSERT_TRUE(WriteText(**folder, name, "of " + name).ok());
  }
  EXPECT_EQ((*folder)->Workspaces(), names);
  for (const std::string& name : names) EXPECT_EQ(Text(**folder, name), "of " + name);
  EXPECT_EQ((*folder)->PathOf("a/b"), directory + "/a%2fb.book");
  ASSERT_TRUE(WriteText(**folder, "default", "newer").ok());
  EXPECT_EQ(Text(**folder, "default"), "newer");
  EXPECT_EQ((*folder)->ReadHead("default", 3)->bytes(), "new");
  EXPECT_TRUE((*folder)->Delete("default").ok());
  EXPECT_TRUE((*folder)->Delete("default").ok());
  EXPECT_EQ((*folder)->Workspaces().size(), names.size() - 1);
  // All of them are in the folder itself.
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    EXPECT_TRUE(entry.is_regular_file());
  }
  EXPECT_FALSE(WriteText(**folder, std::string(300, 'x'), "").ok());
}

TEST(SnapshotFolder, LeavesNothingOfWhatFailed) {
  const std::string directory = FreshDirectory("fails");
  const auto folder = SnapshotFolder::Open(directory);
  ASSERT_TRUE(folder.ok()) << folder.status();
  ASSERT_TRUE(WriteText(**folder, "w", "before").ok());
  const auto publish = [](const std::function<absl::Status()>& rename) { return rename(); };
  const absl::Status failed = (*folder)->Write(
      "w",
      [](const SnapshotWriter::Sink& sink) {
        EXPECT_TRUE(sink("half").ok());
        return absl::InternalError("no more");
      },
      publish);
  EXPECT_EQ(failed.message(), "no more");
  const absl::Status given_up = (*folder)->Write(
      "w", [](const SnapshotWriter::Sink& sink) { return sink("all"); },
      [](const std::function<absl::Status()>&) { return absl::OkStatus(); });
  EXPECT_TRUE(given_up.ok());
  EXPECT_EQ(Text(**folder, "w"), "before");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory),
                          std::filesystem::directory_iterator()),
            1);
  // What a process that ended in the middle left.
  std::ofstream(directory + "/w.book.unfinished") << "half";
  ASSERT_TRUE(SnapshotFolder::Open(directory).ok());
  EXPECT_FALSE(std::filesystem::exists(directory + "/w.book.unfinished"));
  EXPECT_EQ(Text(**folder, "w"), "before");
}

TEST(SnapshotFolder, RefusesAFolderThatIsNone) {
  const std::string directory = FreshDirectory("none");
  std::filesystem::create_directories(directory);
  std::ofstream(directory + "/file") << "text";
  const auto folder = SnapshotFolder::Open(directory + "/file/below");
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace quotacast::metrics
