// From our statuses to gRPC's, details included: the only place that knows both vocabularies on
// the server side. docs/errors.md lists the reasons.
#ifndef QUOTACAST_SERVICES_SERVING_STATUS_CONVERSION_H_
#define QUOTACAST_SERVICES_SERVING_STATUS_CONVERSION_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace quotacast::serving {

// Message and details travel in HTTP/2 trailers, where clients accept 8 KiB in all unless they
// raise their limit. What is longer is cut, and says so.
inline constexpr size_t kStatusMessageBytesMax = 768;
inline constexpr size_t kStatusDetailsBytesMax = 3072;

// The domain of every ErrorInfo.
inline constexpr char kErrorDomain[] = "quotacast";

// Total: every status has a translation. Beside code and message an error carries google.rpc
// details: ErrorInfo {reason, domain} always; BadRequest when fields are at fault; RetryInfo with
// RESOURCE_EXHAUSTED and UNAVAILABLE (one second unless the status says otherwise) and wherever
// the status has a pause; ResourceInfo when it names a resource. Bytes that are not UTF-8 are
// replaced by '?', because protobuf strings must be UTF-8.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The reason an error carries: that of its detail, else the name of its code ("NOT_FOUND").
std::string ReasonOf(const absl::Status& status);

}  // namespace quotacast::serving

#endif  // QUOTACAST_SERVICES_SERVING_STATUS_CONVERSION_H_
