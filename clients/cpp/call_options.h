// What a caller may say about one call, the same for every method of every client.
#ifndef QUOTACAST_CLIENTS_CPP_CALL_OPTIONS_H_
#define QUOTACAST_CLIENTS_CPP_CALL_OPTIONS_H_

#include <functional>

#include "absl/time/time.h"

namespace quotacast::clients {

struct CallOptions {
  // Instant at which the call gives up with DEADLINE_EXCEEDED. The default waits for ever.
  absl::Time deadline = absl::InfiniteFuture();

  // Asked about every 20 ms while the call runs, from a thread of the client's; once it says
  // true the call ends with CANCELLED and the server stops working on it. Must be thread-safe
  // and quick, and must stay valid until the call returns. Empty: the call cannot be cancelled.
  std::function<bool()> cancelled;
};

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_CALL_OPTIONS_H_
