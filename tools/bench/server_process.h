// A quotacastd of our own, as a child process.
#ifndef QUOTACAST_TOOLS_BENCH_SERVER_PROCESS_H_
#define QUOTACAST_TOOLS_BENCH_SERVER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace quotacast::bench {

// Runs a command to its end; INTERNAL when it cannot start or its exit code is not 0.
absl::Status RunCommand(const std::vector<std::string>& command);

// Not thread-safe.
class ServerProcess {
 public:
  // Starts `binary` with `flags` on a port of its choice, and blocks until it prints where it
  // listens. UNAVAILABLE when it ends before that.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(
      const std::string& binary, const std::vector<std::string>& flags);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  // Stops it with SIGTERM and waits.
  ~ServerProcess();

  // "127.0.0.1:PORT".
  const std::string& address() const { return address_; }

  // Resident memory now, in 10^6 bytes.
  absl::StatusOr<double> ResidentMegabytes() const;

  // Processor time used so far by all its threads: unlike elapsed time it hardly depends on what
  // else the machine does.
  absl::StatusOr<double> ProcessorSeconds() const;

 private:
  ServerProcess(pid_t pid, std::string address) : pid_(pid), address_(std::move(address)) {}

  const pid_t pid_;
  const std::string address_;
};

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_SERVER_PROCESS_H_
