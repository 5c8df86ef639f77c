// Goal: what was written is read, and a file that was cut or changed anywhere is told. Method:
// every length and every byte of a small file.
#include "services/metrics/snapshot_bytes.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

std::string SmallFile() {
  std::string file;
  SnapshotWriter writer([&file](std::string_view bytes) {
    file.append(bytes);
    return absl::OkStatus();
  });
  writer.Add(uint16_t{0x0102});
  writer.AddText("text");
  EXPECT_TRUE(writer.Flush().ok());
  EXPECT_EQ(writer.waiting_bytes(), 0u);
  writer.AddTime(absl::FromUnixSeconds(-2) + absl::Nanoseconds(7));
  writer.Add(int64_t{-5});
  EXPECT_TRUE(writer.Finish().ok());
  return file;
}

TEST(SnapshotBytes, AreReadAsWritten) {
  const std::string file = SmallFile();
  // Magic, version 1, then the content: the low byte of a number first.
  EXPECT_EQ(file.substr(0, 14), std::string_view("QCBOOK\r\n\1\0\0\0\2\1", 14));
  const auto content = SnapshotContent(file);
  ASSERT_TRUE(content.ok()) << content.status();
  SnapshotReader reader(*content);
  EXPECT_EQ(reader.Read<uint16_t>(), 0x0102);
  EXPECT_EQ(reader.ReadText(), "text");
  EXPECT_EQ(reader.ReadTime(), absl::FromUnixSeconds(-2) + absl::Nanoseconds(7));
  EXPECT_FALSE(reader.at_end());
  EXPECT_EQ(reader.Read<int64_t>(), -5);
  EXPECT_TRUE(reader.is_whole());
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(reader.Read<uint32_t>(), 0u);
  EXPECT_FALSE(reader.is_whole());
}

TEST(SnapshotBytes, TellWhatIsNotThere) {
  const std::string huge(16, '\xff');
  SnapshotReader text(huge);
  EXPECT_EQ(text.ReadText(), "");
  EXPECT_FALSE(text.is_whole());
  SnapshotReader count(huge);
  EXPECT_EQ(count.ReadCount(1), 0u);
  EXPECT_FALSE(count.is_whole());
  SnapshotReader time(huge);
  time.ReadTime();
  EXPECT_FALSE(time.is_whole());
}

TEST(SnapshotBytes, TellACutOrChangedFile) {
  const std::string file = SmallFile();
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(SnapshotContent(std::string_view(file).substr(0, size)).ok()) << size;
  }
  for (size_t i = 0; i < file.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = file;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_FALSE(SnapshotContent(changed).ok()) << "bit " << bit << " of byte " << i;
    }
  }
  EXPECT_FALSE(SnapshotContent(file + "x").ok());
  std::string newer = file;
  newer[8] = 2;
  EXPECT_EQ(SnapshotContent(newer).status().message(), "it has format 2, and this program reads 1");
}

TEST(SnapshotBytes, PassOnWhatTheSinkSays) {
  int call_count = 0;
  SnapshotWriter writer([&](std::string_view) {
    ++call_count;
    return absl::ResourceExhaustedError("full");
  });
  EXPECT_EQ(writer.Flush().message(), "full");
  EXPECT_EQ(writer.Finish().message(), "full");
  EXPECT_EQ(call_count, 1);
}

}  // namespace
}  // namespace quotacast::metrics
