#include "tools/bench/machine_time.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace quotacast::bench {
namespace {

TEST(MachineTimeTest, SumsTheColumnsAndKnowsTheHostsShare) {
  // Guests' time, the last two columns, is in user and nice already.
  const auto begin =
      ParseMachineTime("cpu  100 10 20 300 5 1 4 60 7 8\ncpu0 1 2 3 4 5 6 7 8 9 10\n");
  ASSERT_TRUE(begin.ok()) << begin.status();
  EXPECT_EQ(begin->stolen_ticks, 60);
  EXPECT_EQ(begin->busy_ticks, 135);
  EXPECT_EQ(begin->ticks, 500);
  const auto end = ParseMachineTime("cpu  200 10 20 500 5 1 4 160 7 8");
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_DOUBLE_EQ(StolenShare(*begin, *end), 0.25);
  EXPECT_EQ(StolenShare(*begin, *begin), 0);
}

TEST(MachineTimeTest, RefusesWhatIsNotTheSum) {
  for (const char* text : {"", "cpu0 1 2 3 4 5 6 7 8 9 10", "cpu 1 2 3", "cpu 1 2 3 4 5 6 7 x"}) {
    EXPECT_EQ(ParseMachineTime(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(MachineTimeTest, ThisMachineHasTimes) {
  const auto time = ReadMachineTime();
  ASSERT_TRUE(time.ok()) << time.status();
  EXPECT_GT(time->ticks, 0);
}

TEST(MachineTimeTest, ProcessorTimeGoesOnWithWork) {
  const ProcessorClock clock;
  const absl::Time start = clock.Now();
  volatile double sum = 0;
  for (int i = 0; i < 50'000'000; ++i) sum = sum + i;
  EXPECT_GT(clock.Now() - start, absl::Milliseconds(5));
}

TEST(MachineTimeTest, AWatchFindsSharesOfTheTime) {
  const MachineWatch watch;
  volatile double sum = 0;
  for (int i = 0; i < 50'000'000; ++i) sum = sum + i;
  for (const double share : {watch.StolenShare(), watch.OthersShare()}) {
    EXPECT_GE(share, 0);
    EXPECT_LE(share, 1);
  }
}

}  // namespace
}  // namespace quotacast::bench
