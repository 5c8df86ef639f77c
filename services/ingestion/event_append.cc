#include "services/ingestion/event_append.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/event_rules.h"
#include "services/ingestion/record_kinds.h"

namespace quotacast::ingestion {
namespace {

using eventlog::AppendOutcome;
using eventlog::AppendResult;

absl::Status Reasoned(absl::Status status, std::string_view reason) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  return WithDetail(std::move(status), detail);
}

absl::Status SequenceGap(int64_t sequence, int64_t expected) {
  ErrorDetail detail;
  detail.reason = "SEQUENCE_GAP";
  detail.field_violations.push_back(
      {"batch.sequence",
       absl::StrCat("is ", sequence, "; expected ", expected,
                    ", the number after the last batch that came. Send the batches from there")});
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(
                        "batch.sequence ", detail.field_violations.front().description)),
                    detail);
}

absl::Status CheckEventCount(std::string_view field, int event_count) {
  if (static_cast<size_t>(event_count) <= kMaxAppendBatchEvents) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("has ", event_count, " elements; a batch has at most ",
                                          kMaxAppendBatchEvents));
}

size_t BytesOf(const eventlog::Event& event) {
  return event.payload.size() + event.id.source.size() + event.id.source_key.size() +
         event.id.version.size() + sizeof(event);
}

// A batch that was read and checked.
struct CheckedBatch {
  int64_t sequence = 0;
  bool is_repeated = false;  // Acknowledged before: nothing to commit.
  std::vector<eventlog::Event> events;
  size_t byte_count = 0;
  std::vector<v1::EventProblem> problems;
  int64_t rejected_count = 0;
};

// What was read and not yet committed, between the thread that reads and the one that commits.
class BatchQueue {
 public:
  // Waits for room. False when the committing side has closed.
  bool Push(CheckedBatch batch) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [&] {
      return closed_ || batches_.empty() ||
             (batches_.size() < kMaxQueuedBatches &&
              byte_count_ + batch.byte_count <= kMaxQueuedBytes);
    });
    if (closed_) return false;
    byte_count_ += batch.byte_count;
    batches_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }

  // Waits for batches and takes as many as one transaction of the log may hold; empty after End,
  // once all are taken.
  std::vector<CheckedBatch> Pop() {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [&] { return ended_ || !batches_.empty(); });
    std::vector<CheckedBatch> group;
    size_t event_count = 0;
    while (!batches_.empty()) {
      event_count += batches_.front().events.size();
      if (!group.empty() && event_count > kMaxAppendBatchEvents) break;
      byte_count_ -= batches_.front().byte_count;
      group.push_back(std::move(batches_.front()));
      batches_.pop_front();
    }
    changed_.notify_all();
    return group;
  }

  // Nothing more will be pushed.
  void End(bool drop_queued) {
    const std::lock_guard<std::mutex> lock(mu_);
    ended_ = true;
    if (drop_queued) batches_.clear();
    changed_.notify_all();
  }
  // Nothing more will be taken.
  void Close() {
    const std::lock_guard<std::mutex> lock(mu_);
    closed_ = true;
    batches_.clear();
    changed_.notify_all();
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<CheckedBatch> batches_;  // Guarded by mu_, as all below.
  size_t byte_count_ = 0;
  bool ended_ = false;
  bool closed_ = false;
};

void CountResults(absl::Span<const AppendResult> results, v1::AppendEventsResponse& response) {
  int64_t appended = 0;
  int64_t unchanged = 0;
  int64_t conflicts = 0;
  for (const AppendResult& result : results) {
    appended += result.outcome == AppendOutcome::kAppended ? 1 : 0;
    unchanged += result.outcome == AppendOutcome::kDuplicate ? 1 : 0;
    conflicts += result.outcome == AppendOutcome::kConflict ? 1 : 0;
  }
  response.set_appended_event_count(appended);
  response.set_unchanged_event_count(unchanged);
  response.set_conflict_count(conflicts);
}

v1::EventProblem ToProblem(int64_t sequence, int index, EventFault fault) {
  v1::EventProblem problem;
  problem.set_sequence(sequence);
  problem.set_index(index);
  problem.set_field(std::move(fault.field));
  problem.set_value(std::move(fault.value));
  problem.set_reason(std::move(fault.reason));
  problem.set_message(std::move(fault.message));
  return problem;
}

v1::AppendOutcome ToProtoOutcome(AppendOutcome outcome) {
  switch (outcome) {
    case AppendOutcome::kAppended:
      return v1::APPEND_OUTCOME_APPENDED;
    case AppendOutcome::kDuplicate:
      return v1::APPEND_OUTCOME_UNCHANGED;
    case AppendOutcome::kConflict:
      return v1::APPEND_OUTCOME_CONFLICT;
  }
  return v1::APPEND_OUTCOME_UNSPECIFIED;
}

}  // namespace

// One call of AppendEvents. The calling thread reads and checks; a second one commits and answers.
class EventAppend::Stream {
 public:
  Stream(EventAppend& owner, const AppendStream& io) : owner_(owner), io_(io) {}

  absl::Status Run() {
    v1::AppendEventsRequest message;
    if (!io_.read(message)) {
      if (io_.cancelled()) return absl::CancelledError("the caller went away");
      return InvalidField("header", "is missing: it is the first message");
    }
    if (!message.has_header()) return InvalidField("part", "is a batch; the header comes first");
    absl::Status status = Begin(message.header());
    if (status.ok()) {
      std::thread committing([this] { CommitAll(); });
      status = ReadAll(message);
      queue_.End(/*drop_queued=*/io_.cancelled());
      committing.join();
      if (!commit_status_.ok()) status = commit_status_;
    }
    return LeaveWriter() ? status : Replaced();
  }

 private:
  // Takes the writer over and tells the caller where to go on.
  absl::Status Begin(const v1::AppendHeader& header) {
    QC_ASSIGN_OR_RETURN(workspace_, io_.enter(header.parent()));
    writer_id_ = header.writer_id();
    if (writer_id_.size() > kMaxWriterIdBytes || writer_id_.find('\0') != std::string::npos) {
      return InvalidField("header.writer_id",
                          absl::StrCat("has ", writer_id_.size(), " bytes or a NUL byte; at most ",
                                       kMaxWriterIdBytes, " bytes of text are allowed"));
    }
    int64_t acknowledged = 0;
    if (!writer_id_.empty()) {
      writer_ = owner_.WriterOf(workspace_, writer_id_);
      // Waits for a commit of an earlier stream, whose number then is in the record.
      const std::lock_guard<std::mutex> lock(writer_->mu);
      if (writer_->stop_reading) writer_->stop_reading();
      writer_->stop_reading = io_.stop_reading;
      generation_ = ++writer_->generation;
      QC_ASSIGN_OR_RETURN(const std::optional<eventlog::Record> record,
                          owner_.log_.GetRecord(workspace_, kWriterRecordKind, writer_id_));
      if (record.has_value() && !absl::SimpleAtoi(record->value, &acknowledged)) {
        return Reasoned(absl::InternalError(
                            absl::StrCat("the record of writer \"", writer_id_, "\" is no number")),
                        "DAMAGED_EVENT");
      }
    }
    v1::AppendEventsResponse response;
    response.set_acknowledged_sequence(acknowledged);
    QC_ASSIGN_OR_RETURN(const int64_t last_offset, owner_.log_.LastOffset(workspace_));
    response.set_last_offset(last_offset);
    acknowledged_ = acknowledged;
    read_sequence_ = acknowledged;
    if (!io_.write(response)) return absl::CancelledError("the caller went away");
    return absl::OkStatus();
  }

  // False when a later stream has taken over.
  bool LeaveWriter() {
    if (writer_ == nullptr) return true;
    const std::lock_guard<std::mutex> lock(writer_->mu);
    if (writer_->generation != generation_) return false;
    writer_->stop_reading = nullptr;
    return true;
  }
  absl::Status Replaced() const {
    return Reasoned(
        absl::AbortedError(absl::StrCat("another stream of writer \"", writer_id_,
                                        "\" began; what this one had not acknowledged may be "
                                        "missing. Two programs that write at once need two "
                                        "writer_ids")),
        "WRITER_REPLACED");
  }

  absl::Status ReadAll(v1::AppendEventsRequest& message) {
    while (io_.read(message)) {
      if (message.has_header()) return InvalidField("part", "is a second header; one is enough");
      if (!message.has_batch()) {
        return InvalidField("part", "is missing: a message holds the header or a batch");
      }
      QC_ASSIGN_OR_RETURN(CheckedBatch batch, Check(message.batch()));
      if (!queue_.Push(std::move(batch))) return absl::OkStatus();  // The commit failed.
    }
    return io_.cancelled() ? absl::CancelledError("the caller went away") : absl::OkStatus();
  }

  absl::StatusOr<CheckedBatch> Check(const v1::AppendBatch& batch) {
    if (batch.sequence() < 1) {
      return InvalidField("batch.sequence",
                          absl::StrCat("is ", batch.sequence(), "; numbers begin at 1"));
    }
    CheckedBatch checked;
    checked.sequence = batch.sequence();
    if (batch.sequence() <= read_sequence_) {
      checked.is_repeated = true;
      return checked;
    }
    if (batch.sequence() != read_sequence_ + 1) {
      return SequenceGap(batch.sequence(), read_sequence_ + 1);
    }
    QC_RETURN_IF_ERROR(CheckEventCount("batch.events", batch.events_size()));
    read_sequence_ = batch.sequence();
    checked.events.reserve(static_cast<size_t>(batch.events_size()));
    for (int i = 0; i < batch.events_size(); ++i) {
      std::optional<EventFault> fault = rules_.Check(batch.events(i));
      if (!fault.has_value()) {
        checked.events.push_back(ToLogEvent(batch.events(i)));
        checked.byte_count += BytesOf(checked.events.back());
        continue;
      }
      ++checked.rejected_count;
      if (checked.problems.size() < static_cast<size_t>(kMaxResponseProblems)) {
        checked.problems.push_back(ToProblem(batch.sequence(), i, *std::move(fault)));
      }
    }
    return checked;
  }

  // The second thread.
  void CommitAll() {
    while (true) {
      std::vector<CheckedBatch> group = queue_.Pop();
      if (group.empty()) return;
      commit_status_ = Commit(std::move(group));
      if (commit_status_.ok()) continue;
      // The caller may be waiting for this very answer and send nothing more.
      queue_.Close();
      io_.stop_reading();
      return;
    }
  }

  absl::Status Commit(std::vector<CheckedBatch> group) {
    v1::AppendEventsResponse response;
    std::vector<eventlog::Event> events;
    int64_t rejected_count = 0;
    int64_t sequence = acknowledged_;
    for (CheckedBatch& batch : group) {
      if (batch.is_repeated) continue;
      sequence = batch.sequence;
      rejected_count += batch.rejected_count;
      for (v1::EventProblem& problem : batch.problems) {
        if (response.problems_size() < kMaxResponseProblems) {
          *response.add_problems() = std::move(problem);
        }
      }
      if (events.empty()) {
        events = std::move(batch.events);
      } else {
        events.insert(events.end(), std::make_move_iterator(batch.events.begin()),
                      std::make_move_iterator(batch.events.end()));
      }
    }
    if (sequence > acknowledged_) {
      QC_ASSIGN_OR_RETURN(const std::vector<AppendResult> results, Append(events, sequence));
      acknowledged_ = sequence;
      CountResults(results, response);
    }
    response.set_acknowledged_sequence(acknowledged_);
    response.set_rejected_event_count(rejected_count);
    QC_ASSIGN_OR_RETURN(const int64_t last_offset, owner_.log_.LastOffset(workspace_));
    response.set_last_offset(last_offset);
    if (!io_.write(response)) return absl::CancelledError("the caller went away");
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<AppendResult>> Append(const std::vector<eventlog::Event>& events,
                                                   int64_t sequence) {
    QC_ASSIGN_OR_RETURN(const EventReservation reservation,
                        owner_.limits_.Reserve(workspace_, static_cast<int64_t>(events.size())));
    if (writer_ == nullptr) {
      if (events.empty()) return std::vector<AppendResult>();
      return owner_.log_.Append(workspace_, events);
    }
    const std::lock_guard<std::mutex> lock(writer_->mu);
    if (writer_->generation != generation_) return Replaced();
    const eventlog::RecordWrite record{
        std::string(kWriterRecordKind), writer_id_,
        [sequence](absl::Span<const AppendResult>) { return absl::StrCat(sequence); }};
    return owner_.log_.Append(workspace_, events, absl::MakeConstSpan(&record, 1));
  }

  EventAppend& owner_;
  const AppendStream& io_;
  std::string workspace_;
  std::string writer_id_;
  std::shared_ptr<Writer> writer_;  // Null without a writer_id.
  int64_t generation_ = 0;

  // Of the reading thread.
  EventRules rules_;
  int64_t read_sequence_ = 0;

  // Of the committing thread, and of Run before and after it.
  int64_t acknowledged_ = 0;
  absl::Status commit_status_;

  BatchQueue queue_;
};

absl::Status EventAppend::AppendEvents(const AppendStream& stream) {
  return Stream(*this, stream).Run();
}

std::shared_ptr<EventAppend::Writer> EventAppend::WriterOf(const std::string& workspace,
                                                           const std::string& writer_id) {
  const std::lock_guard<std::mutex> lock(mu_);
  for (auto entry = writers_.begin(); entry != writers_.end();) {
    entry = entry->second.expired() ? writers_.erase(entry) : std::next(entry);
  }
  std::weak_ptr<Writer>& slot = writers_[{workspace, writer_id}];
  std::shared_ptr<Writer> writer = slot.lock();
  if (writer == nullptr) {
    writer = std::make_shared<Writer>();
    slot = writer;
  }
  return writer;
}

absl::StatusOr<v1::BatchAppendResponse> EventAppend::BatchAppend(
    std::string_view workspace, const v1::BatchAppendRequest& request,
    const std::function<bool()>& cancelled) {
  QC_RETURN_IF_ERROR(CheckEventCount("events", request.events_size()));
  std::optional<RequestTurn> turn;
  if (!request.request_id().empty()) {
    v1::BatchAppendRequest content = request;
    content.clear_request_id();
    QC_ASSIGN_OR_RETURN(
        RequestTurn entered,
        requests_.Enter(workspace, request.request_id(), content.SerializeAsString(), cancelled));
    turn.emplace(std::move(entered));
    v1::BatchAppendResponse response;
    if (turn->earlier_response().has_value() &&
        response.ParseFromString(*turn->earlier_response())) {
      return response;
    }
  }
  EventRules rules;
  std::vector<eventlog::Event> events;
  std::vector<FieldViolation> violations;
  for (int i = 0; i < request.events_size(); ++i) {
    const std::optional<EventFault> fault = rules.Check(request.events(i));
    if (!fault.has_value()) {
      events.push_back(ToLogEvent(request.events(i)));
    } else if (violations.size() < static_cast<size_t>(kMaxResponseProblems)) {
      violations.push_back({absl::StrCat("events[", i, "].", fault->field),
                            absl::StrCat("\"", fault->value, "\" ", fault->message)});
    }
  }
  if (!violations.empty()) return InvalidFields(std::move(violations));

  QC_ASSIGN_OR_RETURN(const EventReservation reservation,
                      limits_.Reserve(workspace, static_cast<int64_t>(events.size())));
  QC_ASSIGN_OR_RETURN(const int64_t offset_before, log_.LastOffset(workspace));
  const auto to_response = [offset_before](absl::Span<const AppendResult> results) {
    v1::BatchAppendResponse response;
    int64_t last_offset = offset_before;
    for (const AppendResult& result : results) {
      v1::AppendedEvent& event = *response.add_events();
      event.set_outcome(ToProtoOutcome(result.outcome));
      event.set_offset(result.offset);
      last_offset = std::max(last_offset, result.offset);
    }
    response.set_last_offset(last_offset);
    return response;
  };
  std::vector<eventlog::RecordWrite> records;
  if (turn.has_value()) {
    records.push_back(turn->Remember([&to_response](absl::Span<const AppendResult> results) {
      return to_response(results).SerializeAsString();
    }));
  }
  if (events.empty() && records.empty()) return to_response({});
  QC_ASSIGN_OR_RETURN(const std::vector<AppendResult> results,
                      log_.Append(workspace, events, records));
  return to_response(results);
}

}  // namespace quotacast::ingestion
