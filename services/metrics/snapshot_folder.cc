#include "services/metrics/snapshot_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"

namespace quotacast::metrics {
namespace {

constexpr char kEnding[] = ".book";
constexpr char kUnfinishedEnding[] = ".book.unfinished";

// Closes itself.
class File {
 public:
  File(const std::string& path, int flags)
      : descriptor_(open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

absl::Status Broken(std::string_view what, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", std::string(what), " ", path, ": ", std::strerror(errno)));
}

absl::Status WriteAll(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Broken("write", path);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

std::string FileStem(std::string_view workspace) {
  std::string stem;
  for (const char c : workspace) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') {
      stem.push_back(c);
    } else {
      absl::StrAppend(&stem, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return stem;
}

// The workspace of a file's stem.
std::string WorkspaceOf(const std::string& stem) {
  std::string workspace;
  for (size_t i = 0; i < stem.size(); ++i) {
    if (stem[i] == '%' && i + 2 < stem.size() &&
        absl::ascii_isxdigit(static_cast<unsigned char>(stem[i + 1])) &&
        absl::ascii_isxdigit(static_cast<unsigned char>(stem[i + 2]))) {
      workspace += absl::HexStringToBytes(stem.substr(i + 1, 2));
      i += 2;
    } else {
      workspace.push_back(stem[i]);
    }
  }
  return workspace;
}

bool EndsWith(const std::string& text, const std::string& ending) {
  return text.size() > ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SnapshotFolder>> SnapshotFolder::Open(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error || access(directory.c_str(), R_OK | W_OK | X_OK) != 0) {
    return FailedPrecondition(
        "DATA_DIR_UNUSABLE",
        absl::StrCat("the folder of snapshots ", directory, " cannot be created or written: ",
                     error ? error.message() : std::strerror(errno)));
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (!EndsWith(entry.path().filename().string(), kUnfinishedEnding)) continue;
    std::error_code ignored;
    std::filesystem::remove(entry.path(), ignored);
  }
  return std::unique_ptr<SnapshotFolder>(new SnapshotFolder(directory));
}

std::string SnapshotFolder::PathOf(std::string_view workspace) const {
  return absl::StrCat(directory_, "/", FileStem(workspace), kEnding);
}

absl::StatusOr<SnapshotFile> SnapshotFolder::Read(std::string_view workspace) const {
  return ReadHead(workspace, SIZE_MAX);
}

absl::StatusOr<SnapshotFile> SnapshotFolder::ReadHead(std::string_view workspace,
                                                      size_t size) const {
  const std::string path = PathOf(workspace);
  const File source(path, O_RDONLY);
  if (!source.is_open() && (errno == ENOENT || errno == ENAMETOOLONG)) {
    return absl::NotFoundError("there is none");
  }
  struct stat found = {};
  if (!source.is_open() || fstat(source.descriptor(), &found) != 0) return Broken("read", path);
  SnapshotFile file;
  file.size = std::min(size, static_cast<size_t>(found.st_size));
  file.data = std::make_unique_for_overwrite<char[]>(file.size);
  for (size_t done = 0; done < file.size;) {
    const ssize_t count = read(source.descriptor(), file.data.get() + done, file.size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Broken("read", path);
    if (count == 0) {
      file.size = done;
      break;
    }
    done += static_cast<size_t>(count);
  }
  return file;
}

absl::Status SnapshotFolder::Write(std::string_view workspace, const Fill& fill,
                                   const Publish& publish) const {
  const std::string path = PathOf(workspace);
  const std::string unfinished =
      absl::StrCat(directory_, "/", FileStem(workspace), kUnfinishedEnding);
  bool is_renamed = false;
  const auto write_and_publish = [&]() -> absl::Status {
    const File target(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
    if (!target.is_open()) return Broken("create", unfinished);
    QC_RETURN_IF_ERROR(fill(
        [&](std::string_view bytes) { return WriteAll(target.descriptor(), bytes, unfinished); }));
    if (fsync(target.descriptor()) != 0) return Broken("sync", unfinished);
    return publish([&]() -> absl::Status {
      if (std::rename(unfinished.c_str(), path.c_str()) != 0) return Broken("rename", unfinished);
      is_renamed = true;
      return absl::OkStatus();
    });
  };
  const absl::Status status = write_and_publish();
  if (!is_renamed) {
    unlink(unfinished.c_str());
    return status;
  }
  QC_RETURN_IF_ERROR(status);
  return SyncFolder();
}

absl::Status SnapshotFolder::Delete(std::string_view workspace) const {
  const std::string path = PathOf(workspace);
  if (unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENAMETOOLONG) {
    return Broken("delete", path);
  }
  return SyncFolder();
}

absl::Status SnapshotFolder::SyncFolder() const {
  const File folder(directory_, O_RDONLY | O_DIRECTORY);
  if (!folder.is_open() || fsync(folder.descriptor()) != 0) return Broken("sync", directory_);
  return absl::OkStatus();
}

std::vector<std::string> SnapshotFolder::Workspaces() const {
  std::vector<std::string> workspaces;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const std::string name = entry.path().filename().string();
    if (!EndsWith(name, kEnding)) continue;
    workspaces.push_back(WorkspaceOf(name.substr(0, name.size() - std::strlen(kEnding))));
  }
  std::sort(workspaces.begin(), workspaces.end());
  return workspaces;
}

}  // namespace quotacast::metrics
