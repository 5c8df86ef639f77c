#include "base/freed_memory.h"

#include <malloc.h>

#include "gperftools/malloc_extension.h"

// MallocExtension::instance(): null unless the program is linked with tcmalloc.
extern "C" MallocExtension* TcmallocInstance() __asm__("_ZN15MallocExtension8instanceEv")
    __attribute__((weak));

namespace quotacast {
namespace {

// Of tcmalloc: a page for each 10,000 freed, a tenth of what it does by default.
constexpr double kReleaseRate = 0.1;
constexpr int kMostKeptBytes = 256 << 20;
// The largest that the allocator takes (mallopt(3)).
constexpr int kLargestReusedBytes = 32 << 20;

}  // namespace

void KeepFreedMemory() {
  if (TcmallocInstance != nullptr) {
    TcmallocInstance()->SetMemoryReleaseRate(kReleaseRate);
    return;
  }
  mallopt(M_TRIM_THRESHOLD, kMostKeptBytes);
  mallopt(M_MMAP_THRESHOLD, kLargestReusedBytes);
}

}  // namespace quotacast
