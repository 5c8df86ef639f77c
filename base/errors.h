// The error vocabulary: a Status that carries a machine-readable reason and, where it helps,
// the fields at fault, the resource, or when to retry. Cores use it without knowing gRPC;
// services/serving turns it into google.rpc details at the edge.
#ifndef QUOTACAST_BASE_ERRORS_H_
#define QUOTACAST_BASE_ERRORS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace quotacast {

// One field at fault. `field` is a path in the request ("scenario.hires[2].start_date");
// `description` names the value and what would be right.
struct FieldViolation {
  std::string field;
  std::string description;
  bool operator==(const FieldViolation&) const = default;
};

// What a Status of ours carries beside code and message.
struct ErrorDetail {
  // UPPER_SNAKE_CASE, documented in docs/errors.md; part of the API.
  std::string reason;
  std::vector<FieldViolation> field_violations;
  // "workspaces/w/goals/g" for NOT_FOUND and ALREADY_EXISTS.
  std::string resource;
  std::optional<absl::Duration> retry_after;
  bool operator==(const ErrorDetail&) const = default;
};

// Attaches `detail` to a status. Returns OK unchanged.
absl::Status WithDetail(absl::Status status, const ErrorDetail& detail);

// The detail of a status, if it carries one.
std::optional<ErrorDetail> GetDetail(const absl::Status& status);

// INVALID_ARGUMENT, reason INVALID_FIELD: "<field>: <description>".
absl::Status InvalidField(std::string_view field, std::string_view description);

// INVALID_ARGUMENT, reason INVALID_FIELD, all violations at once. CHECKs that there is one.
absl::Status InvalidFields(std::vector<FieldViolation> violations);

// NOT_FOUND, reason NOT_FOUND.
absl::Status NotFound(std::string_view resource, std::string_view message);

// FAILED_PRECONDITION with a reason of the caller's.
absl::Status FailedPrecondition(std::string_view reason, std::string_view message);

// RESOURCE_EXHAUSTED, reason OVERLOADED, with the pause after which a retry makes sense.
absl::Status Overloaded(std::string_view message, absl::Duration retry_after);

}  // namespace quotacast

#endif  // QUOTACAST_BASE_ERRORS_H_
