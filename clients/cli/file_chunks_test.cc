// Goal: every byte of every file arrives once, in order, in pieces of bounded size. Method: files
// of sizes around the piece size, an empty one among them; folders and paths that are wrong.
#include "clients/cli/file_chunks.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/arguments.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

std::string Content(size_t byte_count) {
  std::string out;
  while (out.size() < byte_count) out += "row " + std::to_string(out.size()) + "\n";
  out.resize(byte_count);
  return out;
}

TEST(FileChunksTest, FilesAroundThePieceSize) {
  const std::vector<size_t> sizes = {
      0, 1, kChunkBytes - 1, kChunkBytes, kChunkBytes + 1, 3 * kChunkBytes};
  std::string folder;
  for (const size_t size : sizes) {
    const std::string path =
        WriteTempFile("chunks/" + std::to_string(size) + ".csv", Content(size));
    folder = std::filesystem::path(path).parent_path().string();
  }
  WriteTempFile("chunks/readme.txt", "not sent");
  const absl::StatusOr<std::vector<ImportFile>> files = FilesToImport(folder);
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_EQ(files->size(), sizes.size());
  FileChunks chunks(*files);
  EXPECT_EQ(chunks.total_bytes(), static_cast<int64_t>(6 * kChunkBytes + 1));
  std::map<std::string, std::string> received;
  std::vector<std::string> order;
  while (true) {
    ingestion::v1::FileChunk chunk;
    const absl::StatusOr<bool> more = chunks.Next(chunk);
    ASSERT_TRUE(more.ok()) << more.status();
    if (!*more) break;
    EXPECT_LE(chunk.data().size(), kChunkBytes);
    if (order.empty() || order.back() != chunk.file_name()) order.push_back(chunk.file_name());
    received[chunk.file_name()] += chunk.data();
  }
  EXPECT_EQ(order.size(), sizes.size());  // The pieces of a file follow each other.
  for (const size_t size : sizes) {
    EXPECT_EQ(received[std::to_string(size) + ".csv"], Content(size)) << size;
  }
  EXPECT_EQ(chunks.read_bytes(), chunks.total_bytes());
}

TEST(FileChunksTest, OneFile) {
  const std::string path = WriteTempFile("one/My Export.CSV", "a,b\n");
  const absl::StatusOr<std::vector<ImportFile>> files = FilesToImport(path);
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 1u);
  EXPECT_EQ((*files)[0].sent_name, "My Export.CSV");
}

TEST(FileChunksTest, WrongPaths) {
  EXPECT_TRUE(IsUsageError(FilesToImport("/nonexistent/export").status()));
  const std::string text = WriteTempFile("empty-folder/readme.txt", "x");
  EXPECT_TRUE(
      IsUsageError(FilesToImport(std::filesystem::path(text).parent_path().string()).status()));
}

TEST(FileChunksTest, AFileThatVanishes) {
  const std::string path = WriteTempFile("vanish/a.csv", "x");
  const absl::StatusOr<std::vector<ImportFile>> files = FilesToImport(path);
  ASSERT_TRUE(files.ok());
  std::filesystem::remove(path);
  FileChunks chunks(*files);
  ingestion::v1::FileChunk chunk;
  EXPECT_TRUE(IsUsageError(chunks.Next(chunk).status()));
}

}  // namespace
}  // namespace quotacast::cli
