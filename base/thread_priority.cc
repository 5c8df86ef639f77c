#include "base/thread_priority.h"

#if defined(__linux__)
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace quotacast {

void GiveWayToOtherThreads() {
#if defined(__linux__)
  // Of one thread: on Linux each has a nice value of its own. A tenth of the share of a usual one.
  constexpr int kNice = 10;
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kNice);
#endif
}

}  // namespace quotacast
