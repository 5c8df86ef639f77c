#include "services/serving/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "grpc/health/v1/health.pb.h"

namespace quotacast::serving {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// "[::1]:80" -> "::1", "127.0.0.1:80" -> "127.0.0.1".
std::string_view HostOf(std::string_view address) {
  if (!address.empty() && address[0] == '[') {
    const size_t end = address.find(']');
    return address.substr(1, end == std::string_view::npos ? end : end - 1);
  }
  return address.substr(0, address.rfind(':'));
}

absl::Status ListenFailed(std::string_view listen_address) {
  ErrorDetail detail;
  detail.reason = "LISTEN_FAILED";
  return WithDetail(
      absl::UnavailableError(absl::StrCat("cannot listen on ", AbslView(listen_address),
                                          ": the address is in use or not one of this machine")),
      detail);
}

void AddLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kReceiveMessageBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kConcurrentStreamsMax);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(kPingIntervalMin));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepaliveInterval));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(kConnectionAgeMax));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             Milliseconds(kConnectionAgeGrace));
  // By default a second server could listen on the same port and take half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

absl::Status CheckListenAddress(std::string_view listen_address, bool allow_remote) {
  if (allow_remote || listen_address.substr(0, 5) == "unix:") return absl::OkStatus();
  const std::string_view host = HostOf(listen_address);
  // Digits and dots only, or "127.attacker.example" would pass as loopback.
  const bool loopback_v4 = host.substr(0, 4) == "127." &&
                           host.find_first_not_of("0123456789.") == std::string_view::npos;
  if (loopback_v4 || host == "::1" || host == "localhost") return absl::OkStatus();
  return FailedPrecondition(
      "REMOTE_LISTEN_REFUSED",
      absl::StrCat("refusing to listen on ", AbslView(listen_address),
                   ": callers are not authenticated yet, so everyone who can reach this address "
                   "could read and change all data. Listen on 127.0.0.1, or pass --allow-remote "
                   "when a proxy in front does the authentication"));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const std::vector<HostedService>& services,
                                                      const Clock& clock) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // Using the schema keeps it in the binary, where reflection finds it.
  grpc::health::v1::HealthCheckRequest::descriptor();

  grpc::ServerBuilder builder;
  AddLimits(builder);
  int port = 0;
  const std::string& listen = options.listen_address;
  if (!listen.empty()) {
    QC_RETURN_IF_ERROR(CheckListenAddress(listen, options.allow_remote));
    builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  }
  for (const HostedService& hosted : services) builder.RegisterService(hosted.service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const bool is_unix = listen.substr(0, 5) == "unix:";
  if (server == nullptr || (!listen.empty() && !is_unix && port == 0)) return ListenFailed(listen);

  grpc::HealthCheckServiceInterface* health = server->GetHealthCheckService();
  for (const HostedService& hosted : services) health->SetServingStatus(hosted.name, true);
  std::string address = listen;
  if (!listen.empty() && !is_unix) {
    address = absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
  }
  return std::unique_ptr<Server>(new Server(std::move(server), std::move(address), clock));
}

Server::Server(std::unique_ptr<grpc::Server> server, std::string address, const Clock& clock)
    : server_(std::move(server)), address_(std::move(address)), clock_(clock) {}

Server::~Server() { Drain(absl::ZeroDuration(), absl::ZeroDuration()); }

std::shared_ptr<grpc::Channel> Server::InProcessChannel(const grpc::ChannelArguments& arguments) {
  return server_->InProcessChannel(arguments);
}

void Server::Drain(absl::Duration notice, absl::Duration grace) {
  if (drained_) return;
  drained_ = true;
  server_->GetHealthCheckService()->Shutdown();
  if (notice > absl::ZeroDuration()) {
    // Nothing can end the notice early; a second signal ends the process (see quotacastd).
    std::mutex mu;
    std::condition_variable never;
    std::unique_lock<std::mutex> lock(mu);
    never.wait_for(lock, absl::ToChronoNanoseconds(notice), [] { return false; });
  }
  server_->Shutdown(absl::ToChronoTime(clock_.Now() + grace));
  server_->Wait();
}

}  // namespace quotacast::serving
