#include "base/errors.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "base/string_views.h"

namespace quotacast {
namespace {

// The detail travels as a payload of the status under this name.
constexpr char kPayloadUrl[] = "quotacast/error-detail";

// Encoding: a sequence of "<decimal byte count>:<bytes>" fields, namely reason, resource,
// retry_after ("" when absent), then field and description of each violation. Counting bytes
// instead of escaping makes it unambiguous whatever the fields contain.
void AppendField(std::string& out, std::string_view field) {
  absl::StrAppend(&out, field.size(), ":", AbslView(field));
}

// Cuts one field off the front of `text`; false when `text` is malformed.
bool TakeField(std::string_view& text, std::string& field) {
  const size_t colon = text.find(':');
  size_t byte_count = 0;
  if (colon == std::string_view::npos ||
      !absl::SimpleAtoi(AbslView(text.substr(0, colon)), &byte_count) ||
      byte_count > text.size() - colon - 1) {
    return false;
  }
  field = std::string(text.substr(colon + 1, byte_count));
  text.remove_prefix(colon + 1 + byte_count);
  return true;
}

std::string Encode(const ErrorDetail& detail) {
  std::string out;
  AppendField(out, detail.reason);
  AppendField(out, detail.resource);
  AppendField(out, detail.retry_after ? absl::FormatDuration(*detail.retry_after) : "");
  for (const FieldViolation& violation : detail.field_violations) {
    AppendField(out, violation.field);
    AppendField(out, violation.description);
  }
  return out;
}

std::optional<ErrorDetail> Decode(std::string_view text) {
  ErrorDetail detail;
  std::string retry_after;
  if (!TakeField(text, detail.reason) || !TakeField(text, detail.resource) ||
      !TakeField(text, retry_after)) {
    return std::nullopt;
  }
  if (!retry_after.empty()) {
    absl::Duration pause;
    if (!absl::ParseDuration(retry_after, &pause)) return std::nullopt;
    detail.retry_after = pause;
  }
  while (!text.empty()) {
    FieldViolation violation;
    if (!TakeField(text, violation.field) || !TakeField(text, violation.description)) {
      return std::nullopt;
    }
    detail.field_violations.push_back(std::move(violation));
  }
  return detail;
}

}  // namespace

absl::Status WithDetail(absl::Status status, const ErrorDetail& detail) {
  // Abseil ignores a payload on OK.
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(detail)));
  return status;
}

std::optional<ErrorDetail> GetDetail(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return std::nullopt;
  return Decode(std::string(*payload));
}

absl::Status InvalidField(std::string_view field, std::string_view description) {
  return InvalidFields({{std::string(field), std::string(description)}});
}

absl::Status InvalidFields(std::vector<FieldViolation> violations) {
  if (violations.empty()) {
    std::fputs("InvalidFields: called without a violation\n", stderr);
    std::abort();
  }
  std::string message;
  for (const FieldViolation& violation : violations) {
    absl::StrAppend(&message, message.empty() ? "" : "; ", violation.field, ": ",
                    violation.description);
  }
  ErrorDetail detail;
  detail.reason = "INVALID_FIELD";
  detail.field_violations = std::move(violations);
  return WithDetail(absl::InvalidArgumentError(message), detail);
}

absl::Status NotFound(std::string_view resource, std::string_view message) {
  ErrorDetail detail;
  detail.reason = "NOT_FOUND";
  detail.resource = std::string(resource);
  return WithDetail(absl::NotFoundError(AbslView(message)), detail);
}

absl::Status FailedPrecondition(std::string_view reason, std::string_view message) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  return WithDetail(absl::FailedPreconditionError(AbslView(message)), detail);
}

absl::Status Overloaded(std::string_view message, absl::Duration retry_after) {
  ErrorDetail detail;
  detail.reason = "OVERLOADED";
  detail.retry_after = retry_after;
  return WithDetail(absl::ResourceExhaustedError(AbslView(message)), detail);
}

}  // namespace quotacast
