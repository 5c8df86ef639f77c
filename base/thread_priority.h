// How much of the processors a thread gets.
#ifndef QUOTACAST_BASE_THREAD_PRIORITY_H_
#define QUOTACAST_BASE_THREAD_PRIORITY_H_

namespace quotacast {

// From now on the calling thread runs on what others leave, as long as there are others: for upkeep
// that nobody waits for. Where the system knows no such thing, nothing changes.
void GiveWayToOtherThreads();

}  // namespace quotacast

#endif  // QUOTACAST_BASE_THREAD_PRIORITY_H_
