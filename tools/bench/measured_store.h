// The event stores that are measured: what a server needs to write to a fresh one, and the shortest
// program that writes the same rows to the same place.
#ifndef QUOTACAST_TOOLS_BENCH_MEASURED_STORE_H_
#define QUOTACAST_TOOLS_BENCH_MEASURED_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/bench/peers/log_row.h"

namespace quotacast::bench {

// A loop that inserts rows beside a server's log.
struct PeerLoop {
  // In transactions of `batch_rows`.
  std::function<absl::Status(absl::Span<const LogRow> rows, size_t batch_rows)> insert;
  std::function<absl::StatusOr<int64_t>()> row_count;
};

class MeasuredStore {
 public:
  virtual ~MeasuredStore() = default;

  virtual std::string_view name() const = 0;
  // Makes room for the log of one server with this data directory, and returns the flags by which
  // the server finds it.
  virtual absl::StatusOr<std::vector<std::string>> Prepare(const std::string& data_dir) = 0;
  // Brings the store to where one is that has run for a while, so that what it does once only is
  // not measured as if it went on.
  virtual absl::Status Settle() = 0;
  // A peer whose table is made like that of the server that was last prepared for and has started.
  virtual absl::StatusOr<PeerLoop> NewPeer(const std::string& data_dir) = 0;
};

// A file in the data directory.
std::unique_ptr<MeasuredStore> NewSqliteStore();

// A server of this program's own with the settings it comes with, its files under /tmp. One
// database for each log.
std::unique_ptr<MeasuredStore> NewPostgresStore();

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_MEASURED_STORE_H_
