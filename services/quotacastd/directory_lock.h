// One process per data directory.
#ifndef QUOTACAST_SERVICES_QUOTACASTD_DIRECTORY_LOCK_H_
#define QUOTACAST_SERVICES_QUOTACASTD_DIRECTORY_LOCK_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace quotacast::quotacastd {

// Holds `<directory>/LOCK` from Acquire to destruction. The operating system gives the lock back
// when the process ends, however it ends, so a crash never leaves a directory locked; the file
// itself stays. Thread-safe.
class DirectoryLock {
 public:
  // Creates `directory` (with parents) when it is missing, and locks it. Errors:
  // FAILED_PRECONDITION (DATA_DIR_IN_USE, naming the process and how to reach it;
  // DATA_DIR_UNUSABLE when it cannot be created or written).
  static absl::StatusOr<std::unique_ptr<DirectoryLock>> Acquire(const std::string& directory);
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  ~DirectoryLock();

  // Tells others where this process listens; the refusal they get repeats it.
  absl::Status PublishAddress(std::string_view address);

 private:
  DirectoryLock(int file_descriptor, std::string path);

  const int file_descriptor_;
  const std::string path_;
};

}  // namespace quotacast::quotacastd

#endif  // QUOTACAST_SERVICES_QUOTACASTD_DIRECTORY_LOCK_H_
