// Goal: what is read is what was written, and a file that was cut or changed anywhere is noticed.
// Method: every prefix of a file, and every byte of it flipped.
#include "clients/cli/export_file.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/arguments.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

ingestion::v1::EventRecord Event(int number) {
  ingestion::v1::EventRecord event;
  event.set_offset(number);
  event.mutable_id()->set_source(std::string(static_cast<size_t>(number) * 50, 's'));
  return event;
}

std::string BytesOf(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string Written(const std::string& name, int count) {
  const std::string path = ::testing::TempDir() + "/" + name;
  auto writer = ExportWriter::Create(path, ExportFormat::kProtobuf);
  EXPECT_TRUE(writer.ok()) << writer.status();
  for (int i = 1; i <= count; ++i) EXPECT_TRUE((*writer)->Add(Event(i)).ok());
  EXPECT_TRUE((*writer)->Finish().ok());
  EXPECT_EQ((*writer)->event_count(), count);
  return path;
}

TEST(ExportFileTest, WhatIsReadIsWhatWasWritten) {
  for (const std::string name : {"a.qcx", "a.qcx.gz"}) {
    const std::string path = Written(name, 9);
    auto reader = ExportReader::Open(path);
    ASSERT_TRUE(reader.ok()) << reader.status();
    ingestion::v1::EventRecord event;
    for (int i = 1; i <= 9; ++i) {
      ASSERT_TRUE((*reader)->Next(event).value()) << i;
      EXPECT_EQ(event.SerializeAsString(), Event(i).SerializeAsString());
    }
    EXPECT_FALSE((*reader)->Next(event).value());
    EXPECT_FALSE((*reader)->Next(event).value());
    EXPECT_EQ(CheckExportFile(path).value(), 9);
    // The same events, the same bytes.
    const std::string first = BytesOf(path);
    Written(name, 9);
    EXPECT_EQ(BytesOf(path), first);
  }
  EXPECT_LT(std::filesystem::file_size(Written("b.qcx.gz", 9)),
            std::filesystem::file_size(Written("b.qcx", 9)));
  EXPECT_EQ(CheckExportFile(Written("empty.qcx", 0)).value(), 0);
}

TEST(ExportFileTest, EveryCutIsNoticed) {
  const std::string bytes = BytesOf(Written("whole.qcx", 3));
  const std::string path = ::testing::TempDir() + "/cut.qcx";
  for (size_t size = 0; size < bytes.size(); ++size) {
    WriteBytes(path, bytes.substr(0, size));
    EXPECT_FALSE(CheckExportFile(path).ok()) << size;
  }
  WriteBytes(path, bytes + "x");
  EXPECT_FALSE(CheckExportFile(path).ok());
}

TEST(ExportFileTest, EveryChangedByteIsNoticed) {
  const std::string bytes = BytesOf(Written("whole.qcx", 2));
  const std::string path = ::testing::TempDir() + "/changed.qcx";
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x04);
    WriteBytes(path, changed);
    EXPECT_FALSE(CheckExportFile(path).ok()) << i;
  }
}

TEST(ExportFileTest, OtherFilesAreUsageErrors) {
  const std::string path = ::testing::TempDir() + "/other";
  WriteBytes(path, "id,amount\n1,5\n");
  EXPECT_TRUE(IsUsageError(ExportReader::Open(path).status()));
  EXPECT_TRUE(IsUsageError(ExportReader::Open(path + ".gone").status()));
  EXPECT_TRUE(IsUsageError(ExportWriter::Create("/nonexistent/x", ExportFormat::kNdjson).status()));
}

TEST(ExportFileTest, AnUnfinishedFileIsRemoved) {
  const std::string path = ::testing::TempDir() + "/unfinished.qcx";
  {
    auto writer = ExportWriter::Create(path, ExportFormat::kProtobuf);
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Add(Event(1)).ok());
    EXPECT_TRUE(std::filesystem::exists(path + ".partial"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
}

}  // namespace
}  // namespace quotacast::cli
