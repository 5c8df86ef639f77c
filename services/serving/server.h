// A gRPC server as all our processes run it: limits, health per service, reflection, drain.
#ifndef QUOTACAST_SERVICES_SERVING_SERVER_H_
#define QUOTACAST_SERVICES_SERVING_SERVER_H_

#include <grpcpp/channel.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace quotacast::serving {

// Named limits of every server.
inline constexpr int kReceiveMessageBytesMax = 4 << 20;
inline constexpr int kMetadataBytesMax = 16 << 10;
inline constexpr int kConcurrentStreamsMax = 256;                      // Per connection.
inline constexpr absl::Duration kPingIntervalMin = absl::Seconds(10);  // From clients.
inline constexpr absl::Duration kKeepaliveInterval = absl::Seconds(60);
inline constexpr absl::Duration kKeepaliveTimeout = absl::Seconds(20);
// Connections are renewed, so that replicas share the load. Their calls may go on until their own
// deadlines, a day at most; a shorter grace would end long forecasts as if the server had died.
inline constexpr absl::Duration kConnectionAgeMax = absl::Minutes(30);
inline constexpr absl::Duration kConnectionAgeGrace = absl::Hours(24);

struct ServerOptions {
  // "127.0.0.1:7070"; port 0 picks a free one. Empty: reachable from this process only.
  std::string listen_address;
  // Lets `listen_address` be other than loopback.
  bool allow_remote = false;
};

// One service of the server. Owned by the caller and must outlive the server.
struct HostedService {
  std::string name;  // "quotacast.metrics.v1.MetricsService".
  grpc::Service* service = nullptr;
};

// OK for loopback addresses (127.0.0.0/8, ::1, localhost) and unix sockets; else
// FAILED_PRECONDITION (REMOTE_LISTEN_REFUSED): callers are not authenticated yet, so whoever
// reaches the port may read and change everything.
absl::Status CheckListenAddress(std::string_view listen_address, bool allow_remote);

class Server {
 public:
  // Starts serving. Each of `services`, and "" for the whole, is SERVING from then on. Errors:
  // FAILED_PRECONDITION (REMOTE_LISTEN_REFUSED), UNAVAILABLE (LISTEN_FAILED: address in use or
  // not ours). `clock` must outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const std::vector<HostedService>& services,
                                                       const Clock& clock);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // Drains without notice or grace.
  ~Server();

  // Where it listens, with the port in numbers; empty when in process only.
  const std::string& address() const { return address_; }

  // A channel without a socket; must not be used after the server is gone.
  std::shared_ptr<grpc::Channel> InProcessChannel(const grpc::ChannelArguments& arguments);

  // Reports NOT_SERVING and goes on for `notice`, so that load balancers turn away; then takes no
  // new call, lets running ones end for `grace`, cancels the rest, and returns when all are gone.
  // Arm a Watchdog around it. May be called again.
  void Drain(absl::Duration notice, absl::Duration grace);

 private:
  Server(std::unique_ptr<grpc::Server> server, std::string address, const Clock& clock);

  const std::unique_ptr<grpc::Server> server_;
  const std::string address_;
  const Clock& clock_;
  bool drained_ = false;
};

}  // namespace quotacast::serving

#endif  // QUOTACAST_SERVICES_SERVING_SERVER_H_
