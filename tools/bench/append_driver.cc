#include "tools/bench/append_driver.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/bench/opportunity_events.h"

namespace quotacast::bench {
namespace {

constexpr char kParent[] = "workspaces/default";

absl::Status ToStatus(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace

AppendDriver::AppendDriver(const std::shared_ptr<grpc::Channel>& channel, const Clock& clock)
    : clock_(clock), stub_(ingestion::v1::IngestionService::NewStub(channel)) {}

absl::StatusOr<std::unique_ptr<AppendDriver>> AppendDriver::Open(
    const std::shared_ptr<grpc::Channel>& channel, const Clock& clock) {
  auto driver = absl::WrapUnique(new AppendDriver(channel, clock));
  driver->stream_ = driver->stub_->AppendEvents(&driver->context_);
  ingestion::v1::AppendEventsRequest header;
  header.mutable_header()->set_parent(kParent);
  driver->stream_->Write(header);
  driver->reader_ = std::thread([&d = *driver] { d.ReadAcknowledgements(); });
  bool has_begun = false;
  {
    std::unique_lock<std::mutex> lock(driver->mutex_);
    driver->changed_.wait(lock, [&] { return driver->has_begun_ || driver->is_broken_; });
    has_begun = driver->has_begun_;
  }
  if (has_begun) return driver;
  return absl::UnavailableError("the server opens no append stream");
}

AppendDriver::~AppendDriver() {
  stream_->WritesDone();
  reader_.join();
  stream_->Finish();
}

void AppendDriver::ReadAcknowledgements() {
  ingestion::v1::AppendEventsResponse response;
  while (stream_->Read(&response)) {
    const absl::Time now = clock_.Now();
    const std::lock_guard<std::mutex> lock(mutex_);
    has_begun_ = true;
    last_offset_ = response.last_offset();
    acknowledgement_times_.resize(static_cast<size_t>(response.acknowledged_sequence()), now);
    if (response.rejected_event_count() > 0) is_broken_ = true;
    changed_.notify_all();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  is_broken_ = true;
  changed_.notify_all();
}

absl::Status AppendDriver::Send(const ingestion::v1::AppendEventsRequest& batch) {
  if (batch.batch().sequence() != sent_sequence_ + 1) {
    return absl::InternalError(
        absl::StrCat("batch ", batch.batch().sequence(), " is sent after ", sent_sequence_));
  }
  ++sent_sequence_;
  if (stream_->Write(batch)) return absl::OkStatus();
  return absl::UnavailableError("the append stream broke");
}

absl::Status AppendDriver::WaitForAll() {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto is_done = [this] {
    return static_cast<int64_t>(acknowledgement_times_.size()) >= sent_sequence_;
  };
  changed_.wait(lock, [&] { return is_done() || is_broken_; });
  if (is_done() && !is_broken_) return absl::OkStatus();
  return absl::UnavailableError("the append stream broke, or the server left events out");
}

absl::Status AppendDriver::SendAll(const std::vector<ingestion::v1::AppendEventsRequest>& batches) {
  for (const auto& batch : batches) QC_RETURN_IF_ERROR(Send(batch));
  return WaitForAll();
}

absl::StatusOr<std::vector<absl::Duration>> AppendDriver::SendPaced(
    const std::vector<ingestion::v1::AppendEventsRequest>& batches, absl::Duration pause) {
  const size_t first = static_cast<size_t>(sent_sequence_);
  const absl::Time start = clock_.Now();
  for (size_t i = 0; i < batches.size(); ++i) {
    const absl::Duration early = start + static_cast<int64_t>(i) * pause - clock_.Now();
    // tidy: allow sleep because arrivals at given times are what is measured.
    if (early > absl::ZeroDuration()) std::this_thread::sleep_for(absl::ToChronoNanoseconds(early));
    QC_RETURN_IF_ERROR(Send(batches[i]));
  }
  QC_RETURN_IF_ERROR(WaitForAll());
  std::vector<absl::Duration> delays;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (size_t i = 0; i < batches.size(); ++i) {
    delays.push_back(acknowledgement_times_[first + i] - (start + static_cast<int64_t>(i) * pause));
  }
  return delays;
}

std::optional<Acknowledgement> AppendDriver::WaitBeyond(int64_t offset) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return last_offset_ > offset || is_broken_; });
  if (last_offset_ <= offset || acknowledgement_times_.empty()) return std::nullopt;
  return Acknowledgement{.last_offset = last_offset_, .time = acknowledgement_times_.back()};
}

absl::Time AppendDriver::AcknowledgementTime(int64_t sequence) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return acknowledgement_times_.at(static_cast<size_t>(sequence - 1));
}

int64_t AppendDriver::last_offset() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return last_offset_;
}

absl::StatusOr<Replay> ReplayFeed(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = ingestion::v1::IngestionService::NewStub(channel);
  grpc::ClientContext context;
  ingestion::v1::WatchEventsRequest request;
  request.set_parent(kParent);
  const auto reader = stub->WatchEvents(&context, request);
  ingestion::v1::WatchEventsResponse response;
  Replay replay;
  bool is_contiguous = true;
  while (reader->Read(&response)) {
    for (const ingestion::v1::EventRecord& record : response.events()) {
      is_contiguous = is_contiguous && record.offset() == ++replay.event_count;
      replay.id_checksum += IdChecksum(record.id());
    }
  }
  QC_RETURN_IF_ERROR(ToStatus(reader->Finish()));
  if (!is_contiguous) return absl::DataLossError("the offsets of the feed have a gap");
  return replay;
}

}  // namespace quotacast::bench
