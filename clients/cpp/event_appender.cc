#include "clients/cpp/event_appender.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "clients/cpp/status_conversion.h"
#include "grpcpp/support/status.h"

namespace quotacast::clients {
namespace {

using ingestion::v1::AppendEventsRequest;
using ingestion::v1::AppendEventsResponse;

// How often a waiting call asks whether it was cancelled.
constexpr std::chrono::milliseconds kCancelCheckPause(20);

// True when a stream that ended so may succeed when it is begun again: the server went or drained,
// nothing was sent for long, or a limit asks for a pause.
bool IsWorthRetrying(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return GetDetail(status).value_or(ErrorDetail()).retry_after.has_value();
    default:
      return false;
  }
}

}  // namespace

EventAppender::EventAppender(std::shared_ptr<grpc::Channel> channel, EventAppenderOptions options)
    : stub_(ingestion::v1::IngestionService::NewStub(std::move(channel))),
      options_(std::move(options)) {
  if (options_.writer_id.empty()) {
    error_ = InvalidField("writer_id", "is missing: without one a broken stream cannot go on");
  }
}

EventAppender::~EventAppender() {
  if (stream_ == nullptr) return;
  context_->TryCancel();
  reading_.join();
  (void)stream_->Finish();
}

absl::Status EventAppender::Add(ingestion::v1::NewEvent event) {
  if (!error_.ok()) return error_;
  const size_t byte_count = event.ByteSizeLong();
  const bool full =
      batch_.events_size() >= options_.batch_events_max ||
      (batch_.events_size() > 0 && batch_bytes_ + byte_count > options_.batch_bytes_max);
  if (full) {
    // Numbers are given out after the first connection, which tells the last one.
    error_ = SendAll(static_cast<size_t>(options_.unacknowledged_batches_max) - 1);
    if (!error_.ok()) return error_;
    CloseBatch();
    error_ = SendAll(static_cast<size_t>(options_.unacknowledged_batches_max));
    if (!error_.ok()) return error_;
  }
  *batch_.add_events() = std::move(event);
  batch_bytes_ += byte_count;
  return absl::OkStatus();
}

absl::Status EventAppender::Flush() {
  if (!error_.ok()) return error_;
  if (batch_.events_size() > 0) {
    error_ = SendAll(static_cast<size_t>(options_.unacknowledged_batches_max) - 1);
    if (!error_.ok()) return error_;
    CloseBatch();
  }
  error_ = SendAll(0);
  return error_;
}

AppendTotals EventAppender::totals() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return totals_;
}

void EventAppender::CloseBatch() {
  batch_.set_sequence(++last_sequence_);
  *unacknowledged_.emplace_back().mutable_batch() = std::move(batch_);
  batch_.Clear();
  batch_bytes_ = 0;
}

absl::Status EventAppender::SendAll(size_t batch_count) {
  while (true) {
    if (stream_ == nullptr) {
      if (unacknowledged_.empty() && knows_sequence_) return absl::OkStatus();
      QC_RETURN_IF_ERROR(Connect());
      if (stream_ == nullptr) continue;  // Did not come about; the pause is over.
    }
    DropAcknowledged();
    if (SendUnsent()) {
      if (unacknowledged_.size() <= batch_count) return absl::OkStatus();
      if (!WaitForNews(batch_count)) return absl::CancelledError("the appending was cancelled");
      DropAcknowledged();
      if (unacknowledged_.size() <= batch_count && sent_count_ == unacknowledged_.size()) {
        return absl::OkStatus();
      }
      const std::lock_guard<std::mutex> lock(mu_);
      if (!stream_over_) continue;
    }
    QC_RETURN_IF_ERROR(EndStream());
  }
}

absl::Status EventAppender::Connect() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    greeted_ = false;
    stream_over_ = false;
  }
  context_ = std::make_unique<grpc::ClientContext>();
  stream_ = stub_->AppendEvents(context_.get());
  reading_ = std::thread([this] { ReadResponses(); });
  sent_count_ = 0;
  AppendEventsRequest header;
  header.mutable_header()->set_parent(options_.parent);
  header.mutable_header()->set_writer_id(options_.writer_id);
  if (!stream_->Write(header)) return EndStream();
  int64_t acknowledged = 0;
  bool greeted = false;
  {
    std::unique_lock<std::mutex> lock(mu_);
    while (
        !changed_.wait_for(lock, kCancelCheckPause, [this] { return greeted_ || stream_over_; })) {
      if (options_.cancelled && options_.cancelled()) {
        return absl::CancelledError("the appending was cancelled");
      }
    }
    acknowledged = acknowledged_;
    greeted = greeted_;
  }
  if (!greeted) return EndStream();
  if (!knows_sequence_) {
    knows_sequence_ = true;
    last_sequence_ = acknowledged;
    return absl::OkStatus();
  }
  const int64_t first_unknown =
      last_sequence_ - static_cast<int64_t>(unacknowledged_.size());  // Acknowledged before.
  if (acknowledged > last_sequence_) {
    return absl::AbortedError(absl::StrCat("the server has batch ", acknowledged, " of writer \"",
                                           options_.writer_id, "\" and this program sent ",
                                           last_sequence_, ": another one uses the writer_id"));
  }
  if (acknowledged < first_unknown) {
    return absl::DataLossError(absl::StrCat(
        "the server acknowledged batch ", first_unknown, " of writer \"", options_.writer_id,
        "\" and now knows ", acknowledged, " only: its log was replaced by an older one"));
  }
  return absl::OkStatus();
}

bool EventAppender::SendUnsent() {
  while (sent_count_ < unacknowledged_.size()) {
    if (!stream_->Write(unacknowledged_[sent_count_])) return false;
    ++sent_count_;
  }
  return true;
}

bool EventAppender::WaitForNews(size_t batch_count) {
  std::unique_lock<std::mutex> lock(mu_);
  const int64_t wanted = last_sequence_ - static_cast<int64_t>(batch_count);
  while (!changed_.wait_for(lock, kCancelCheckPause,
                            [this, wanted] { return stream_over_ || acknowledged_ >= wanted; })) {
    if (options_.cancelled && options_.cancelled()) return false;
  }
  return true;
}

absl::Status EventAppender::EndStream() {
  // A failed write means that the call is over: what there is to read ends soon.
  reading_.join();
  const absl::Status status = ToAbslStatus(stream_->Finish());
  stream_.reset();
  context_.reset();
  DropAcknowledged();
  if (status.ok()) return PauseBeforeRetry(absl::UnavailableError("the server ended the stream"));
  if (!IsWorthRetrying(status)) return status;
  return PauseBeforeRetry(status);
}

absl::Status EventAppender::PauseBeforeRetry(const absl::Status& cause) {
  if (options_.cancelled && options_.cancelled()) {
    return absl::CancelledError("the appending was cancelled");
  }
  if (++failed_attempts_ >= options_.attempts_max) return cause;
  ++reconnect_count_;
  absl::Duration pause = options_.pause_min;
  for (int i = 1; i < failed_attempts_ && pause < options_.pause_max; ++i) pause *= 2;
  pause = std::min(pause, options_.pause_max);
  const ErrorDetail detail = GetDetail(cause).value_or(ErrorDetail());
  if (detail.retry_after.has_value()) pause = std::max(pause, *detail.retry_after);
  if (options_.pause) {
    options_.pause(pause);
    return absl::OkStatus();
  }
  // Nobody notifies here: in pieces, so that a caller may give up.
  std::unique_lock<std::mutex> lock(mu_);
  for (absl::Duration left = pause; left > absl::ZeroDuration();
       left -= absl::FromChrono(kCancelCheckPause)) {
    changed_.wait_for(lock, std::min(absl::ToChronoMilliseconds(left), kCancelCheckPause));
    if (options_.cancelled && options_.cancelled()) {
      return absl::CancelledError("the appending was cancelled");
    }
  }
  return absl::OkStatus();
}

// On a thread of its own, one per stream.
void EventAppender::ReadResponses() {
  AppendEventsResponse response;
  while (stream_->Read(&response)) TakeResponse(response);
  {
    const std::lock_guard<std::mutex> lock(mu_);
    stream_over_ = true;
  }
  changed_.notify_all();
}

void EventAppender::TakeResponse(const AppendEventsResponse& response) {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    greeted_ = true;
    acknowledged_ = response.acknowledged_sequence();
    totals_.appended_event_count += response.appended_event_count();
    totals_.unchanged_event_count += response.unchanged_event_count();
    totals_.conflict_count += response.conflict_count();
    totals_.rejected_event_count += response.rejected_event_count();
    totals_.last_offset = response.last_offset();
    for (const ingestion::v1::EventProblem& problem : response.problems()) {
      if (totals_.problems.size() < kMaxKeptProblems) totals_.problems.push_back(problem);
    }
  }
  changed_.notify_all();
}

void EventAppender::DropAcknowledged() {
  int64_t acknowledged = 0;
  {
    const std::lock_guard<std::mutex> lock(mu_);
    acknowledged = acknowledged_;
  }
  while (!unacknowledged_.empty() && unacknowledged_.front().batch().sequence() <= acknowledged) {
    unacknowledged_.pop_front();
    if (sent_count_ > 0) --sent_count_;
    failed_attempts_ = 0;  // Progress.
  }
}

}  // namespace quotacast::clients
