// Goal: log lines are one JSON object each, whatever callers put into names, and the level filters.
// Method: lines compared as text under a fake clock, written to a temporary file and read back.
#include "services/serving/logger.h"

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"

namespace quotacast::serving {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string ReadAll(std::FILE* file) {
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  return text;
}

CallRecord Example() {
  CallRecord record;
  record.method = "quotacast.metrics.v1.MetricsService/QueryKpi";
  record.workspace = "default";
  record.principal = "local";
  record.code = absl::StatusCode::kNotFound;
  record.reason = "NOT_FOUND";
  record.duration = absl::Microseconds(12'345);
  record.queue_wait = absl::Microseconds(40);
  return record;
}

TEST(JsonLineTest, EscapesWhatJsonForbids) {
  JsonLine line;
  line.Add("quote\"d", "a\\b\"c\n\x01\x7F{}%s \xC3\xA4").Add("n", int64_t{-3});
  EXPECT_EQ(line.members(),
            "\"quote\\\"d\":\"a\\\\b\\\"c\\u000a\\u0001\\u007f{}%s \xC3\xA4\",\"n\":-3");
}

TEST(JsonLineTest, DescribesACall) {
  EXPECT_EQ(ToJsonLine(Example()).members(),
            "\"method\":\"quotacast.metrics.v1.MetricsService/QueryKpi\",\"workspace\":\"default\","
            "\"principal\":\"local\",\"code\":\"NOT_FOUND\",\"reason\":\"NOT_FOUND\","
            "\"duration_ms\":12.345,\"queue_wait_ms\":0.040");
  EXPECT_EQ(ToJsonLine(CallRecord()).members(),
            "\"method\":\"\",\"principal\":\"\",\"code\":\"OK\",\"duration_ms\":0.000,"
            "\"queue_wait_ms\":0.000");
}

TEST(LoggerTest, WritesWholeLinesFromItsLevelOn) {
  const FakeClock clock(absl::FromUnixMicros(1'500'000'000'000'007));
  const std::unique_ptr<std::FILE, FileCloser> file(std::tmpfile());
  ASSERT_NE(file, nullptr);
  {
    Logger logger(LogLevel::kInfo, clock, file.get());
    logger.Write(LogLevel::kDebug, "unseen");
    logger.Write(LogLevel::kInfo, "ready {}", JsonLine().Add("address", "127.0.0.1:1"));
    logger.call_log()(Example());
  }
  EXPECT_EQ(ReadAll(file.get()),
            "{\"time\":\"2017-07-14T02:40:00.000007Z\",\"level\":\"info\",\"event\":\"ready {}\","
            "\"address\":\"127.0.0.1:1\"}\n"
            "{\"time\":\"2017-07-14T02:40:00.000007Z\",\"level\":\"info\",\"event\":\"call\"," +
                ToJsonLine(Example()).members() + "}\n");
}

TEST(LoggerTest, OffIsSilent) {
  const FakeClock clock(absl::UnixEpoch());
  const std::unique_ptr<std::FILE, FileCloser> file(std::tmpfile());
  ASSERT_NE(file, nullptr);
  {
    Logger logger(LogLevel::kOff, clock, file.get());
    logger.Write(LogLevel::kError, "broken");
  }
  EXPECT_EQ(ReadAll(file.get()), "");
}

TEST(LogLevelTest, NamesAndSeverities) {
  EXPECT_EQ(*ParseLogLevel("warning"), LogLevel::kWarning);
  EXPECT_EQ(*ParseLogLevel("off"), LogLevel::kOff);
  EXPECT_EQ(ParseLogLevel("WARN").status().code(), absl::StatusCode::kInvalidArgument);
  CallRecord record = Example();
  EXPECT_EQ(LevelOf(record), LogLevel::kInfo);
  record.code = absl::StatusCode::kResourceExhausted;
  EXPECT_EQ(LevelOf(record), LogLevel::kWarning);
  record.code = absl::StatusCode::kInternal;
  EXPECT_EQ(LevelOf(record), LogLevel::kError);
}

}  // namespace
}  // namespace quotacast::serving
