// The folder with the snapshots: a file per workspace, whole or not there at all.
#ifndef QUOTACAST_SERVICES_METRICS_SNAPSHOT_FOLDER_H_
#define QUOTACAST_SERVICES_METRICS_SNAPSHOT_FOLDER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/metrics/snapshot_bytes.h"

namespace quotacast::metrics {

// A file's bytes in memory.
struct SnapshotFile {
  std::unique_ptr<char[]> data;
  size_t size = 0;
  std::string_view bytes() const { return {data.get(), size}; }
};

// Used by one process at a time. Thread-safe for different workspaces.
class SnapshotFolder {
 public:
  // Makes the folder when it is missing, and takes away what an interrupted Write left there.
  // FAILED_PRECONDITION (DATA_DIR_UNUSABLE) when that does not work.
  static absl::StatusOr<std::unique_ptr<SnapshotFolder>> Open(const std::string& directory);

  // NOT_FOUND without one; UNAVAILABLE when it cannot be read.
  absl::StatusOr<SnapshotFile> Read(std::string_view workspace) const;
  // At most the first `size` bytes.
  absl::StatusOr<SnapshotFile> ReadHead(std::string_view workspace, size_t size) const;

  // Fills a file under another name, makes it durable and calls `publish` with a function that
  // gives it its name, which takes no disk's time; unless that was called nothing is left of it.
  // Only the owner may read it. UNAVAILABLE when the disk does not take it; what `fill` answers.
  using Fill = std::function<absl::Status(const SnapshotWriter::Sink& sink)>;
  using Publish = std::function<absl::Status(const std::function<absl::Status()>& rename)>;
  absl::Status Write(std::string_view workspace, const Fill& fill, const Publish& publish) const;

  // Durable when it returns OK. There may be none.
  absl::Status Delete(std::string_view workspace) const;

  // Those that have a file, in order.
  std::vector<std::string> Workspaces() const;

  // "<workspace>.book"; bytes of the name that are no letters, digits, "-" or "_" as "%5C".
  std::string PathOf(std::string_view workspace) const;

 private:
  explicit SnapshotFolder(std::string directory) : directory_(std::move(directory)) {}
  absl::Status SyncFolder() const;

  const std::string directory_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_SNAPSHOT_FOLDER_H_
