// Connections to Quotacast servers.
#ifndef QUOTACAST_CLIENTS_CPP_CHANNEL_H_
#define QUOTACAST_CLIENTS_CPP_CHANNEL_H_

#include <memory>
#include <string>

#include "grpcpp/channel.h"
#include "grpcpp/support/channel_arguments.h"

namespace quotacast::clients {

// Largest message a client takes in. A fitted model of a large organisation exceeds gRPC's
// default of 4 MiB; everything that grows without such a bound is streamed.
inline constexpr int kMaxReceiveMessageBytes = 64 << 20;

// How often an idle call asks whether the server is still there. Servers of ours allow a ping
// every 10 s.
inline constexpr int kKeepaliveIntervalMs = 30'000;
inline constexpr int kKeepaliveTimeoutMs = 10'000;

// The retry policy as a gRPC service config: up to 4 attempts on UNAVAILABLE, beginning 0.1 s
// apart, for methods that may be repeated without changing anything (all of metrics and
// simulation; reads of ingestion and planning). Mutations are never repeated behind the
// caller's back.
const char* RetryServiceConfigJson();

// Message limit, keepalive and retry policy. For channels made some other way, such as
// grpc::Server::InProcessChannel (where only the message limit has an effect).
grpc::ChannelArguments DefaultChannelArguments();

// A channel to "host:port" (or any gRPC target), without encryption: meant for loopback and
// for a proxy that terminates TLS. Returns at once; the first call connects, and fails with
// UNAVAILABLE when nobody listens. Channels are thread-safe and meant to be shared.
std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address);

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_CHANNEL_H_
