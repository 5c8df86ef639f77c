#include "services/serving/status_conversion.h"

#include <grpcpp/support/status.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/string_views.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace quotacast::serving {
namespace {

constexpr std::string_view kCut = " [...]";
constexpr size_t kFieldBytesMax = 128;
constexpr size_t kDescriptionBytesMax = 384;
constexpr size_t kReasonBytesMax = 64;
constexpr size_t kResourceBytesMax = 256;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes in the UTF-8 sequence at the front of `text`; 0 when it is malformed.
size_t SequenceBytes(std::string_view text) {
  const unsigned char lead = static_cast<unsigned char>(text[0]);
  size_t byte_count = 0;
  uint32_t smallest = 0;
  uint32_t code_point = 0;
  if (lead < 0x80) return 1;
  if ((lead & 0xE0) == 0xC0) {
    byte_count = 2, smallest = 0x80, code_point = lead & 0x1F;
  } else if ((lead & 0xF0) == 0xE0) {
    byte_count = 3, smallest = 0x800, code_point = lead & 0x0F;
  } else if ((lead & 0xF8) == 0xF0) {
    byte_count = 4, smallest = 0x10000, code_point = lead & 0x07;
  } else {
    return 0;
  }
  if (text.size() < byte_count) return 0;
  for (size_t i = 1; i < byte_count; ++i) {
    if (!IsContinuation(text[i])) return 0;
    code_point = code_point << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return code_point < smallest || code_point > 0x10FFFF || surrogate ? 0 : byte_count;
}

// `text` as valid UTF-8 of at most `byte_count_max` bytes.
std::string Clean(std::string_view text, size_t byte_count_max) {
  std::string out;
  const bool cut = text.size() > byte_count_max;
  const size_t room = cut ? byte_count_max - kCut.size() : byte_count_max;
  while (!text.empty()) {
    const size_t byte_count = SequenceBytes(text);
    const std::string_view piece = byte_count == 0 ? "?" : text.substr(0, byte_count);
    if (out.size() + piece.size() > room) break;
    out += piece;
    text.remove_prefix(std::max<size_t>(byte_count, 1));
  }
  if (cut) out += kCut;
  return out;
}

void AddBadRequest(const std::vector<FieldViolation>& violations, google::rpc::Status& out) {
  google::rpc::BadRequest bad_request;
  const auto add = [&bad_request](std::string_view field, std::string_view description) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(Clean(field, kFieldBytesMax));
    violation->set_description(Clean(description, kDescriptionBytesMax));
  };
  // Room for the Any around it, the retry and resource details and the note below.
  constexpr size_t kReserveBytes = 512;
  for (size_t i = 0; i < violations.size(); ++i) {
    add(violations[i].field, violations[i].description);
    if (out.ByteSizeLong() + bad_request.ByteSizeLong() + kReserveBytes > kStatusDetailsBytesMax) {
      bad_request.mutable_field_violations()->RemoveLast();
      add("", absl::StrCat("and ", violations.size() - i, " more"));
      break;
    }
  }
  out.add_details()->PackFrom(bad_request);
}

void AddRetryInfo(absl::Duration pause, google::rpc::Status& out) {
  google::rpc::RetryInfo retry;
  absl::Duration rest;
  const absl::Duration clamped = std::clamp(pause, absl::ZeroDuration(), absl::Hours(24));
  retry.mutable_retry_delay()->set_seconds(absl::IDivDuration(clamped, absl::Seconds(1), &rest));
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  out.add_details()->PackFrom(retry);
}

}  // namespace

std::string ReasonOf(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetDetail(status);
  if (detail.has_value() && !detail->reason.empty()) return Clean(detail->reason, kReasonBytesMax);
  return absl::StatusCodeToString(status.code());
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // absl::Status and gRPC number the canonical codes alike; what is beyond them is UNKNOWN.
  const int raw_code = static_cast<int>(status.code());
  const grpc::StatusCode code = raw_code <= static_cast<int>(grpc::StatusCode::UNAUTHENTICATED)
                                    ? static_cast<grpc::StatusCode>(raw_code)
                                    : grpc::StatusCode::UNKNOWN;
  const std::string message = Clean(StdView(status.message()), kStatusMessageBytesMax);
  const ErrorDetail detail = GetDetail(status).value_or(ErrorDetail{});

  google::rpc::Status out;
  out.set_code(code);
  out.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(ReasonOf(status));
  info.set_domain(kErrorDomain);
  out.add_details()->PackFrom(info);
  if (!detail.field_violations.empty()) AddBadRequest(detail.field_violations, out);
  // An error with a reason of its own says itself whether a retry makes sense: files that are too
  // large stay so.
  const bool worth_retrying =
      detail.reason.empty() &&
      (code == grpc::StatusCode::RESOURCE_EXHAUSTED || code == grpc::StatusCode::UNAVAILABLE);
  if (detail.retry_after.has_value() || worth_retrying) {
    AddRetryInfo(detail.retry_after.value_or(absl::Seconds(1)), out);
  }
  if (!detail.resource.empty()) {
    google::rpc::ResourceInfo resource;
    resource.set_resource_name(Clean(detail.resource, kResourceBytesMax));
    out.add_details()->PackFrom(resource);
  }
  return grpc::Status(code, message, out.SerializeAsString());
}

}  // namespace quotacast::serving
