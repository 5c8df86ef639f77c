#include "base/freed_memory.h"

#include <malloc.h>

namespace quotacast {
namespace {

constexpr int kMostKeptBytes = 256 << 20;
// The largest that the allocator takes (mallopt(3)).
constexpr int kLargestReusedBytes = 32 << 20;

}  // namespace

void KeepFreedMemory() {
  mallopt(M_TRIM_THRESHOLD, kMostKeptBytes);
  mallopt(M_MMAP_THRESHOLD, kLargestReusedBytes);
}

}  // namespace quotacast
