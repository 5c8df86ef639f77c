// Goal: only the thread that asks gives way. Method: the nice values of two threads.
#include "base/thread_priority.h"

#include <sys/resource.h>

#include <thread>

#include "gtest/gtest.h"

namespace quotacast {
namespace {

TEST(ThreadPriority, IsThatOfTheCallingThread) {
  const int usual = getpriority(PRIO_PROCESS, 0);
  int yielding = usual;
  std::thread upkeep([&yielding] {
    GiveWayToOtherThreads();
    yielding = getpriority(PRIO_PROCESS, 0);
  });
  upkeep.join();
  EXPECT_EQ(yielding, 10);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), usual);
}

}  // namespace
}  // namespace quotacast
