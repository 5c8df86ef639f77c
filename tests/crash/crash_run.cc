#include "tests/crash/crash_run.h"

#include <grpcpp/client_context.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tests/crash/numbered_events.h"
#include "tests/crash/stream_writer.h"
#include "tests/support/quotacast_server.h"

namespace quotacast::tests {
namespace {

constexpr int64_t kWindow = 8;
// A kill comes after this many acknowledgements, and then within a commit's time.
constexpr uint32_t kAcknowledgementsMax = 25;
constexpr uint32_t kPauseMicrosMax = 4'000;
// Batches that the last, undisturbed run adds.
constexpr int64_t kLastBatches = 20;

class CrashRun {
 public:
  explicit CrashRun(const CrashOptions& options) : options_(options) {
    for (const char* name : {"writer-a", "writer-b"}) {
      writers_.push_back(std::make_unique<StreamWriter>(name, kWindow));
    }
  }

  CrashReport Run() {
    absl::Status status;
    for (int kill = 1; kill <= options_.kill_count && status.ok(); ++kill) {
      status = Cycle(kill);
      if (status.ok()) report_.kill_count = kill;
    }
    if (status.ok()) status = FinalCheck();
    if (!status.ok()) {
      report_.status =
          absl::Status(status.code(), absl::StrCat("seed ", options_.seed, ", after kill ",
                                                   report_.kill_count, ": ", status.message()));
    }
    for (const auto& writer : writers_) {
      report_.acknowledged_batch_count += writer->acknowledged_sequence();
    }
    report_.event_count = follower_.last_offset();
    return report_;
  }

 private:
  uint32_t Choose(int kill, uint32_t purpose, uint32_t count) const {
    return RandomBlock(options_.seed, static_cast<uint64_t>(kill), 0, RandomPurpose::kSynthetic,
                       purpose)[0] %
           count;
  }

  absl::Status Start() {
    if (options_.server_survives && server_ != nullptr) return absl::OkStatus();
    server_ = QuotacastServer::Start(options_.server_flags);
    if (server_ != nullptr) return absl::OkStatus();
    return absl::FailedPreconditionError("the server does not start again");
  }

  // Start, look what is there, append until the kill.
  absl::Status Cycle(int kill) {
    QC_RETURN_IF_ERROR(Start());
    QC_RETURN_IF_ERROR(CatchUp());
    QC_RETURN_IF_ERROR(CheckWriters());
    acknowledgement_count_ = 0;
    std::vector<absl::Status> ends(writers_.size());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < writers_.size(); ++i) {
      threads.emplace_back([this, i, &ends] {
        ends[i] = writers_[i]->Run(server_->channel(), std::numeric_limits<int64_t>::max(), [this] {
          const std::lock_guard<std::mutex> lock(mutex_);
          ++acknowledgement_count_;
          acknowledged_.notify_all();
        });
        const std::lock_guard<std::mutex> lock(mutex_);
        ++ended_count_;
        acknowledged_.notify_all();
      });
    }
    absl::Status follow_end;
    grpc::ClientContext follow_context;
    std::thread follow([&] { follow_end = Watch(follow_context, /*follow=*/true); });
    WaitForMoment(kill);
    const absl::Status killed = Kill();
    for (std::thread& thread : threads) thread.join();
    follow_context.TryCancel();
    follow.join();
    ended_count_ = 0;
    QC_RETURN_IF_ERROR(killed);
    // Whatever else they met at the kill, no promise may be broken.
    if (absl::IsFailedPrecondition(follow_end)) return follow_end;
    for (const absl::Status& end : ends) {
      if (!absl::IsUnavailable(end) && !absl::IsCancelled(end)) {
        return absl::FailedPreconditionError(
            absl::StrCat("a writer ended with ", end.ToString(), " before the kill"));
      }
    }
    return absl::OkStatus();
  }

  void WaitForMoment(int kill) {
    const int64_t wanted = 1 + Choose(kill, 0, kAcknowledgementsMax);
    {
      std::unique_lock<std::mutex> lock(mutex_);
      acknowledged_.wait(lock,
                         [&] { return acknowledgement_count_ >= wanted || ended_count_ > 0; });
    }
    // tidy: allow sleep because the moment of a crash is any moment, not one of ours.
    std::this_thread::sleep_for(std::chrono::microseconds(Choose(kill, 1, kPauseMicrosMax)));
  }

  absl::Status Kill() {
    absl::Status status;
    if (options_.kill_store) status = options_.kill_store();
    if (options_.server_survives) return status;
    kill(server_->pid(), SIGKILL);
    server_->WaitForEnd();
    return status;
  }

  // Everything that was acknowledged came with the feed, and of the rest whole batches only.
  absl::Status CheckWriters() {
    for (const auto& writer : writers_) {
      int64_t last_sequence = 0;
      QC_RETURN_IF_ERROR(follower_.CheckWhole(writer->writer_id(), &last_sequence));
      if (last_sequence < writer->acknowledged_sequence()) {
        return absl::FailedPreconditionError(
            absl::StrCat("batch ", writer->acknowledged_sequence(), " of ", writer->writer_id(),
                         " was acknowledged; the log ends with ", last_sequence));
      }
      report_.unacknowledged_batch_count += last_sequence - writer->acknowledged_sequence();
    }
    return absl::OkStatus();
  }

  absl::Status CatchUp() {
    grpc::ClientContext context;
    return Watch(context, /*follow=*/false);
  }

  absl::Status Watch(grpc::ClientContext& context, bool follow) {
    const auto stub = ingestion::v1::IngestionService::NewStub(server_->channel());
    ingestion::v1::WatchEventsRequest request;
    request.set_parent("workspaces/default");
    request.set_after_offset(follower_.last_offset());
    request.set_follow(follow);
    const auto reader = stub->WatchEvents(&context, request);
    ingestion::v1::WatchEventsResponse response;
    absl::Status broken;
    while (broken.ok() && reader->Read(&response)) {
      for (const ingestion::v1::EventRecord& record : response.events()) {
        if (broken.ok()) broken = follower_.Take(record);
      }
    }
    if (!broken.ok()) context.TryCancel();
    const grpc::Status end = reader->Finish();
    QC_RETURN_IF_ERROR(broken);
    return absl::Status(static_cast<absl::StatusCode>(end.error_code()), end.error_message());
  }

  // One more run in peace: the writers finish, a reader from the start sees the same, and the
  // log's own verification finds nothing.
  absl::Status FinalCheck() {
    QC_RETURN_IF_ERROR(Start());
    QC_RETURN_IF_ERROR(CatchUp());
    QC_RETURN_IF_ERROR(CheckWriters());
    for (const auto& writer : writers_) {
      QC_RETURN_IF_ERROR(
          writer->Run(server_->channel(), writer->sent_sequence() + kLastBatches, [] {}));
      if (writer->acknowledged_sequence() != writer->sent_sequence()) {
        return absl::FailedPreconditionError(
            absl::StrCat(writer->writer_id(), " ended before its last batch was acknowledged"));
      }
    }
    follower_ = FeedFollower();
    QC_RETURN_IF_ERROR(CatchUp());
    for (const auto& writer : writers_) {
      int64_t last_sequence = 0;
      QC_RETURN_IF_ERROR(follower_.CheckWhole(writer->writer_id(), &last_sequence));
      if (last_sequence != writer->sent_sequence()) {
        return absl::FailedPreconditionError(absl::StrCat("the log ends with batch ", last_sequence,
                                                          " of ", writer->writer_id(),
                                                          ", sent were ", writer->sent_sequence()));
      }
    }
    return Verify();
  }

  absl::Status Verify() {
    const auto stub = ingestion::v1::IngestionService::NewStub(server_->channel());
    ingestion::v1::VerifyLogRequest request;
    request.set_parent("workspaces/default");
    grpc::ClientContext context;
    const auto reader = stub->VerifyLog(&context, request);
    ingestion::v1::VerifyLogResponse response;
    ingestion::v1::VerifyLogResponse last;
    while (reader->Read(&response)) last = response;
    const grpc::Status end = reader->Finish();
    if (!end.ok()) return absl::FailedPreconditionError(end.error_message());
    if (last.done() && last.fault_count() == 0) return absl::OkStatus();
    return absl::FailedPreconditionError("verification: " + last.ShortDebugString());
  }

  const CrashOptions options_;
  std::vector<std::unique_ptr<StreamWriter>> writers_;
  FeedFollower follower_;  // Of one thread at a time.
  std::unique_ptr<QuotacastServer> server_;
  std::mutex mutex_;
  std::condition_variable acknowledged_;
  int64_t acknowledgement_count_ = 0;  // Guarded by mutex_; since the last start.
  int ended_count_ = 0;                // Guarded by mutex_ while writers run.
  CrashReport report_;
};

}  // namespace

CrashReport RunCrashes(const CrashOptions& options) { return CrashRun(options).Run(); }

}  // namespace quotacast::tests
