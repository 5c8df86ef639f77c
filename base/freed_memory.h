// What a process does with memory that it no longer needs.
#ifndef QUOTACAST_BASE_FREED_MEMORY_H_
#define QUOTACAST_BASE_FREED_MEMORY_H_

namespace quotacast {

// From now on the process keeps most of what it freed for what it allocates next, and gives the
// rest back slowly. By default large blocks go back to the system soon and come back page by page,
// each cleared and mapped anew: arrays of megabytes that live for one answer, as columns of a view
// do, then cost about a third more time. For the main of a server; once, before there are threads.
//
// With tcmalloc linked this holds for all threads. With the system's allocator it does for the
// first one, which keeps up to 256 MiB; the others give back blocks of 64 MiB once they are empty.
void KeepFreedMemory();

}  // namespace quotacast

#endif  // QUOTACAST_BASE_FREED_MEMORY_H_
