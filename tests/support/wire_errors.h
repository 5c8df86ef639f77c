// The google.rpc details of an error, as a client in any language sees them.
#ifndef QUOTACAST_TESTS_SUPPORT_WIRE_ERRORS_H_
#define QUOTACAST_TESTS_SUPPORT_WIRE_ERRORS_H_

#include <grpcpp/support/status.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace quotacast::tests {

struct WireError {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::string reason;                         // ErrorInfo; empty when there is none.
  std::string domain;                         // ErrorInfo.
  std::vector<std::string> fields;            // BadRequest, paths in order.
  std::optional<absl::Duration> retry_after;  // RetryInfo.
  std::string resource;                       // ResourceInfo.
};

WireError ReadWireError(const grpc::Status& status);

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_SUPPORT_WIRE_ERRORS_H_
