// Goal: memory that was freed is used again without new pages. Method: page faults of this process
// while it fills and frees the same megabytes many times; without the call each round faults anew.
#include "base/freed_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast {
namespace {

int64_t PageFaults() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

void FillAndFree() {
  constexpr size_t kBytes = size_t{8} << 20;
  volatile char sum = 0;
  // Two at once, so that they do not lie at the end of the heap alone.
  std::vector<char> first(kBytes, 1), second(kBytes, 2);
  sum = static_cast<char>(first.back() + second.back());
  (void)sum;
}

TEST(KeepFreedMemory, LargeBlocksAreUsedAgain) {
  KeepFreedMemory();
  FillAndFree();
  const int64_t before = PageFaults();
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) FillAndFree();
  const int64_t pages_of_a_round = (int64_t{16} << 20) / sysconf(_SC_PAGESIZE);
  EXPECT_LT(PageFaults() - before, pages_of_a_round / 2);
}

}  // namespace
}  // namespace quotacast
