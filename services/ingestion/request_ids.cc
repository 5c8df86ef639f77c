#include "services/ingestion/request_ids.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/digest/sha256.h"
#include "services/ingestion/record_kinds.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kUuidBytes = 36;
constexpr size_t kFingerprintBytes = 64;  // A SHA-256 in hexadecimal digits.
// How often a waiting call looks whether it was cancelled.
constexpr std::chrono::milliseconds kCancelCheckPause(50);

}  // namespace

absl::Status CheckRequestId(std::string_view request_id) {
  bool good = request_id.size() == kUuidBytes;
  for (size_t i = 0; good && i < kUuidBytes; ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    good = hyphen ? request_id[i] == '-'
                  : absl::ascii_isxdigit(static_cast<unsigned char>(request_id[i]));
  }
  if (good) return absl::OkStatus();
  return InvalidField("request_id",
                      absl::StrCat("\"", AbslView(request_id.substr(0, 100)),
                                   "\" is no UUID such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
}

RequestTurn::RequestTurn(RequestTurn&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      workspace_(std::move(other.workspace_)),
      key_(std::move(other.key_)),
      fingerprint_(std::move(other.fingerprint_)),
      earlier_response_(std::move(other.earlier_response_)) {}

RequestTurn::~RequestTurn() {
  if (owner_ != nullptr) owner_->Leave(workspace_, key_);
}

eventlog::RecordWrite RequestTurn::Remember(
    std::function<std::string(absl::Span<const eventlog::AppendResult>)> response) const {
  return {std::string(kRequestRecordKind), key_,
          [fingerprint = fingerprint_,
           response = std::move(response)](absl::Span<const eventlog::AppendResult> results) {
            return fingerprint + response(results);
          }};
}

absl::StatusOr<RequestTurn> RequestIds::Enter(std::string_view workspace,
                                              std::string_view request_id, std::string_view content,
                                              const std::function<bool()>& cancelled) {
  QC_RETURN_IF_ERROR(CheckRequestId(request_id));
  const std::string key = absl::AsciiStrToLower(AbslView(request_id));
  {
    std::unique_lock<std::mutex> lock(mu_);
    while (running_.count({std::string(workspace), key}) > 0) {
      if (cancelled()) return absl::CancelledError("the caller went away");
      left_.wait_for(lock, kCancelCheckPause);
    }
    running_.emplace(workspace, key);
  }
  RequestTurn turn(*this, std::string(workspace), key, digest::Sha256Hex(content));
  QC_RETURN_IF_ERROR(DeleteExpired(workspace));
  QC_ASSIGN_OR_RETURN(const std::optional<eventlog::Record> record,
                      log_.GetRecord(workspace, kRequestRecordKind, key));
  if (!record.has_value() || clock_.Now() - record->recorded_time >= kRequestLifetime) return turn;
  if (record->value.compare(0, kFingerprintBytes, turn.fingerprint_) != 0) {
    ErrorDetail detail;
    detail.reason = "REQUEST_ID_REUSED";
    return WithDetail(
        absl::AbortedError(absl::StrCat("request_id ", key,
                                        " was used for another request within 24 hours; every "
                                        "request gets a new one")),
        detail);
  }
  turn.earlier_response_ = record->value.substr(kFingerprintBytes);
  return turn;
}

absl::Status RequestIds::DeleteExpired(std::string_view workspace) {
  const absl::Time now = clock_.Now();
  {
    const std::lock_guard<std::mutex> lock(mu_);
    const auto swept = swept_.find(workspace);
    if (swept != swept_.end() && now - swept->second < kRequestSweepPause) return absl::OkStatus();
    swept_.insert_or_assign(std::string(workspace), now);
  }
  return log_.DeleteRecordsBefore(workspace, kRequestRecordKind, now - kRequestLifetime).status();
}

void RequestIds::Leave(const std::string& workspace, const std::string& key) {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    running_.erase({workspace, key});
  }
  left_.notify_all();
}

}  // namespace quotacast::ingestion
