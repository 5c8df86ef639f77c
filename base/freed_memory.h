// What a process does with memory that it no longer needs.
#ifndef QUOTACAST_BASE_FREED_MEMORY_H_
#define QUOTACAST_BASE_FREED_MEMORY_H_

namespace quotacast {

// From now on the process keeps up to 256 MiB of freed memory for what it allocates next. By
// default blocks above some hundred KiB go back to the system one by one and come back page by
// page, each cleared and mapped anew: arrays of megabytes that live for one answer, as columns of a
// view do, then cost about a third more time. For the main of a server; once, before there are
// threads.
void KeepFreedMemory();

}  // namespace quotacast

#endif  // QUOTACAST_BASE_FREED_MEMORY_H_
