#include "services/quotacastd/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"

namespace quotacast::quotacastd {
namespace {

constexpr char kFileName[] = "LOCK";
constexpr size_t kContentBytesMax = 512;

absl::Status Unusable(std::string_view path, std::string_view problem) {
  return FailedPrecondition("DATA_DIR_UNUSABLE", absl::StrCat("data directory ", AbslView(path),
                                                              ": ", AbslView(problem)));
}

// The file holds the process id, then, once it is known, the address; each ends a line.
absl::Status InUse(const std::string& directory, int file_descriptor) {
  char content[kContentBytesMax];
  const ssize_t byte_count = pread(file_descriptor, content, sizeof(content), 0);
  const std::string_view text(content, byte_count > 0 ? static_cast<size_t>(byte_count) : 0);
  const size_t pid_end = text.find('\n');
  std::string_view pid = text.substr(0, pid_end);
  std::string_view address;
  if (pid_end != std::string_view::npos) {
    address = text.substr(pid_end + 1);
    address = address.substr(0, address.find('\n'));
  }
  return FailedPrecondition("DATA_DIR_IN_USE",
                            absl::StrCat("data directory ", directory, " is in use by process ",
                                         pid.empty() ? "(just starting)" : AbslView(pid),
                                         "; talk to that process with --server ",
                                         address.empty() ? "ADDRESS" : AbslView(address),
                                         " instead of --data-dir, or end it first"));
}

absl::Status WriteContent(int file_descriptor, const std::string& path, std::string_view address) {
  std::string content = absl::StrCat(getpid(), "\n");
  if (!address.empty()) absl::StrAppend(&content, AbslView(address), "\n");
  if (ftruncate(file_descriptor, 0) != 0 || pwrite(file_descriptor, content.data(), content.size(),
                                                   0) != static_cast<ssize_t>(content.size())) {
    return Unusable(path, std::strerror(errno));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<DirectoryLock>> DirectoryLock::Acquire(
    const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Unusable(directory, error.message());
  const std::string path = (std::filesystem::path(directory) / kFileName).string();
  const int file_descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file_descriptor < 0) return Unusable(directory, std::strerror(errno));
  auto lock = std::unique_ptr<DirectoryLock>(new DirectoryLock(file_descriptor, path));
  if (flock(file_descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return InUse(directory, file_descriptor);
    return Unusable(directory, std::strerror(errno));
  }
  QC_RETURN_IF_ERROR(WriteContent(file_descriptor, path, ""));
  return lock;
}

DirectoryLock::DirectoryLock(int file_descriptor, std::string path)
    : file_descriptor_(file_descriptor), path_(std::move(path)) {}

// Closing gives the lock back.
DirectoryLock::~DirectoryLock() { close(file_descriptor_); }

absl::Status DirectoryLock::PublishAddress(std::string_view address) {
  return WriteContent(file_descriptor_, path_, address);
}

}  // namespace quotacast::quotacastd
