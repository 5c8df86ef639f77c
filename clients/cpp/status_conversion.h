// Turns the status of a gRPC call back into the absl::Status the service began with.
#ifndef QUOTACAST_CLIENTS_CPP_STATUS_CONVERSION_H_
#define QUOTACAST_CLIENTS_CPP_STATUS_CONVERSION_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace quotacast::clients {

// Code and message carry over. The google.rpc details of the call become the ErrorDetail of
// base/errors.h: ErrorInfo -> reason, BadRequest -> field_violations, ResourceInfo -> resource,
// RetryInfo -> retry_after; other details are dropped. A status without details, such as the
// UNAVAILABLE of a server that does not answer, gets no ErrorDetail. Details that cannot be
// parsed are ignored: code and message still say what happened. A code outside the canonical
// ones becomes UNKNOWN. Thread-safe.
absl::Status ToAbslStatus(const grpc::Status& status);

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_STATUS_CONVERSION_H_
