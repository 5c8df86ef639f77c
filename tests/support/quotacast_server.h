// The built quotacastd as a process of its own, and the calls every test makes of it.
#ifndef QUOTACAST_TESTS_SUPPORT_QUOTACAST_SERVER_H_
#define QUOTACAST_TESTS_SUPPORT_QUOTACAST_SERVER_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tests/support/child_process.h"

namespace quotacast::tests {

// A running server. Not thread-safe; its channel is. Killed when the object goes.
class QuotacastServer {
 public:
  // Starts quotacastd on a free port of 127.0.0.1 with `flags` added and blocks until it is ready.
  // Null when it ended instead; the test then has what it wrote in its log.
  static std::unique_ptr<QuotacastServer> Start(const std::vector<std::string>& flags);

  const std::string& address() const { return address_; }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  pid_t pid() const { return process_->pid(); }

  // Sends SIGTERM and does not wait.
  void BeginShutdown();
  // Waits for the end.
  ProgramResult WaitForEnd();
  // Both.
  ProgramResult Shutdown();

 private:
  QuotacastServer(std::unique_ptr<ChildProcess> process, std::string address);

  const std::unique_ptr<ChildProcess> process_;
  const std::string address_;
  const std::shared_ptr<grpc::Channel> channel_;
};

// Where quotacastd is.
std::string QuotacastdPath();

// Sends the regular files directly in `folder`, in order of name, to an import.
absl::StatusOr<ingestion::v1::ImportFilesResponse> ImportFolder(
    const std::shared_ptr<grpc::Channel>& channel, const std::string& workspace_name,
    const std::string& profile_name, const std::string& folder);

// Sends one file of the given name and content.
absl::StatusOr<ingestion::v1::ImportFilesResponse> ImportText(
    const std::shared_ptr<grpc::Channel>& channel, const std::string& workspace_name,
    const std::string& profile_name, const std::string& file_name, const std::string& content);

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_SUPPORT_QUOTACAST_SERVER_H_
