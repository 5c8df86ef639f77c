#include "tests/world/stream_writer.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/event_append.h"
#include "tests/world/actor.h"
#include "tests/world/writer.h"

namespace quotacast::tests {
namespace {

// At most so many batches are on their way to one commit.
constexpr int kGroupMax = 3;

}  // namespace

// Both ends of one append stream. Of the service's two threads one runs at a time, see the class.
class StreamWriter::Stream {
 public:
  struct Plan {
    int batch_count_max = 0;
    int answer_count_max = 0;  // The client goes away instead of taking a further one.
  };

  Stream(StreamWriter& writer, Stage& stage, std::shared_ptr<IngestionProcess> process,
         const Plan& plan)
      : writer_(writer), stage_(stage), process_(std::move(process)), plan_(plan) {}

  absl::Status Run() {
    ingestion::AppendStream io;
    io.read = [this](ingestion::v1::AppendEventsRequest& message) { return Read(message); };
    io.write = [this](const ingestion::v1::AppendEventsResponse& answer) { return Write(answer); };
    io.stop_reading = [this] {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopped_ = true;
      changed_.notify_all();
    };
    io.enter = [this](const std::string&) -> absl::StatusOr<std::string> {
      return writer_.workspace();
    };
    io.cancelled = [this] {
      const std::lock_guard<std::mutex> lock(mutex_);
      return client_gone_;
    };
    const absl::Status status = process_->append.AppendEvents(io);
    stage_.Note(absl::StrCat("stream ended, acknowledged ", writer_.acknowledged_, " of ",
                             writer_.sent_, " sent: ", status.ToString()));
    QC_RETURN_IF_ERROR(broken_);
    if (status.ok() || absl::IsUnavailable(status) || absl::IsCancelled(status)) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(absl::StrCat(
        writer_.name(), " was refused for no fault of the store: ", status.ToString()));
  }

 private:
  // On the service's reading thread.
  bool Read(ingestion::v1::AppendEventsRequest& message) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!has_begun_) {
      has_begun_ = true;
      message.mutable_header()->set_parent("workspaces/" + writer_.workspace());
      message.mutable_header()->set_writer_id(writer_.name());
      return true;
    }
    if (quota_ == 0) {
      readers_turn_ = false;
      changed_.notify_all();
      changed_.wait(lock, [this] { return readers_turn_ || stopped_; });
    }
    if (stopped_) return false;
    const bool has_more = next_ <= static_cast<int64_t>(writer_.batches_.size());
    if (!has_more || sent_count_ == plan_.batch_count_max) {
      ended_ = true;
      readers_turn_ = false;
      changed_.notify_all();
      return false;
    }
    --quota_;
    ++sent_count_;
    Fill(*message.mutable_batch());
    return true;
  }

  void Fill(ingestion::v1::AppendBatch& message) {
    const WriterBatch& batch = writer_.batches_[static_cast<size_t>(next_ - 1)];
    message.Clear();
    message.set_sequence(next_);
    for (const eventlog::Event& event : batch.events) *message.add_events() = ToMessage(event);
    stage_.checker(writer_.workspace()).Sends(batch.events, batch.owns_ids);
    writer_.sent_ = std::max(writer_.sent_, next_);
    ++next_;
  }

  // The first answer comes on the reading thread, the others on the committing one.
  bool Write(const ingestion::v1::AppendEventsResponse& answer) {
    std::unique_lock<std::mutex> lock(mutex_);
    // What a process says after its end never arrives.
    if (process_->log.crashed()) return false;
    if (answer_count_ == plan_.answer_count_max) {
      client_gone_ = true;
      return false;
    }
    ++answer_count_;
    broken_ = writer_.TakeAcknowledgement(stage_, answer.acknowledged_sequence());
    if (!broken_.ok()) return false;
    if (answer_count_ == 1) {
      next_ = answer.acknowledged_sequence() + 1;
      quota_ = 1;
      return true;
    }
    if (ended_ || stopped_) return true;
    quota_ = stage_.chance().Between(1, kGroupMax);
    readers_turn_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !readers_turn_ || ended_ || stopped_; });
    return true;
  }

  StreamWriter& writer_;
  Stage& stage_;
  const std::shared_ptr<IngestionProcess> process_;
  const Plan plan_;
  absl::Status broken_;  // Of the thread that runs.
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool has_begun_ = false;
  bool readers_turn_ = true;
  bool ended_ = false;    // The client has sent all it wanted to.
  bool stopped_ = false;  // The service wants no more.
  bool client_gone_ = false;
  int quota_ = 0;  // Batches to hand out before it is the committing thread's turn.
  int sent_count_ = 0;
  int answer_count_ = 0;
  int64_t next_ = 0;
};

StreamWriter::StreamWriter(std::string name, std::string workspace, Chance& chance)
    : Actor(std::move(name), std::move(workspace)), batches_(MakeBatches(this->name(), chance)) {}

absl::Status StreamWriter::Step(Stage& stage) {
  if (IsDone()) return absl::OkStatus();
  Stream::Plan plan;
  plan.batch_count_max = stage.chance().Between(1, 5);
  plan.answer_count_max = stage.calm() ? 1'000 : stage.chance().Between(1, 6);
  return Stream(*this, stage, stage.process(), plan).Run();
}

absl::Status StreamWriter::TakeAcknowledgement(Stage& stage, int64_t sequence) {
  if (sequence < acknowledged_ || sequence > sent_) {
    return absl::FailedPreconditionError(absl::StrCat(name(), " is told that it is at batch ",
                                                      sequence, "; acknowledged was ",
                                                      acknowledged_, ", sent was ", sent_));
  }
  for (; acknowledged_ < sequence; ++acknowledged_) {
    QC_RETURN_IF_ERROR(stage.checker(workspace())
                           .Acknowledged(batches_[static_cast<size_t>(acknowledged_)].events));
  }
  return absl::OkStatus();
}

absl::Status StreamWriter::CheckEnd(Stage& stage) {
  Stream::Plan plan;
  plan.answer_count_max = 1'000;
  QC_RETURN_IF_ERROR(Stream(*this, stage, stage.process(), plan).Run());
  if (IsDone()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(name(), " ends at batch ", acknowledged_, " of ", batches_.size()));
}

}  // namespace quotacast::tests
