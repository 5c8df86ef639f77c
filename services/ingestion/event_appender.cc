#include "services/ingestion/event_appender.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

// Whether appending `b` after `a` would say nothing new.
bool SameContent(const eventlog::Event& a, const eventlog::Event& b) {
  return a.effective_time == b.effective_time && a.payload == b.payload;
}

}  // namespace

EventAppender::EventAppender(eventlog::EventLog& log, std::string workspace, std::string source,
                             bool log_is_empty, const std::function<bool()>& cancelled)
    : log_(log),
      workspace_(std::move(workspace)),
      source_(std::move(source)),
      log_is_empty_(log_is_empty),
      cancelled_(cancelled) {}

absl::Status EventAppender::Add(const std::string& source_key, absl::Span<const Fact> facts) {
  std::vector<eventlog::StoredEvent> known;
  if (!log_is_empty_) {
    absl::StatusOr<std::vector<eventlog::StoredEvent>> read =
        log_.ReadKey(workspace_, source_, source_key);
    if (!read.ok()) return Interrupted(read.status());
    known = *std::move(read);
  }
  return AddTo(known, source_key, facts);
}

absl::Status EventAppender::AddTo(const std::vector<eventlog::StoredEvent>& known,
                                  const std::string& source_key, absl::Span<const Fact> facts) {
  for (const Fact& fact : facts) {
    eventlog::Event event{
        {source_, source_key, fact.version}, fact.effective_time, fact.event.SerializeAsString()};
    const eventlog::StoredEvent* latest = nullptr;
    size_t version_count = 0;
    bool taken_back = false;
    const std::string retraction = RetractionVersion(fact.version);
    for (const eventlog::StoredEvent& stored : known) {
      if (IsVersionOf(stored.event.id.version, retraction)) taken_back = true;
      if (!IsVersionOf(stored.event.id.version, fact.version)) continue;
      latest = &stored;
      taken_back = false;
      ++version_count;
    }
    if (latest != nullptr && !taken_back && SameContent(latest->event, event)) {
      ++unchanged_count_;
      continue;
    }
    if (latest != nullptr) absl::StrAppend(&event.id.version, "#", version_count + 1);
    QC_RETURN_IF_ERROR(Push(std::move(event), latest != nullptr));
  }
  return absl::OkStatus();
}

absl::Status EventAppender::AddState(const std::string& source_key,
                                     std::optional<absl::Time> effective_time,
                                     const crm::v1::CrmEvent& event) {
  std::vector<eventlog::StoredEvent> known;
  if (!log_is_empty_) {
    absl::StatusOr<std::vector<eventlog::StoredEvent>> read =
        log_.ReadKey(workspace_, source_, source_key);
    if (!read.ok()) return Interrupted(read.status());
    known = *std::move(read);
  }
  // The key may also hold dated events, deletions and merges, which are no states.
  const eventlog::StoredEvent* latest = nullptr;
  size_t state_count = 0;
  for (const eventlog::StoredEvent& stored : known) {
    if (!IsStateVersion(stored.event.id.version)) continue;
    latest = &stored;
    ++state_count;
  }
  eventlog::Event state{{source_, source_key, absl::StrCat(state_count + 1)},
                        effective_time,
                        event.SerializeAsString()};
  if (latest != nullptr && SameContent(latest->event, state)) {
    ++unchanged_count_;
    return absl::OkStatus();
  }
  return Push(std::move(state), latest != nullptr);
}

absl::Status EventAppender::Push(eventlog::Event event, bool corrects) {
  batch_bytes_ += event.payload.size() + event.id.source_key.size();
  batch_.push_back(std::move(event));
  batch_corrects_.push_back(corrects);
  if (batch_.size() < kAppendBatchEvents && batch_bytes_ < kAppendBatchBytes) {
    return absl::OkStatus();
  }
  return Flush();
}

absl::Status EventAppender::Flush() {
  if (cancelled_()) return Interrupted(absl::CancelledError("the import was cancelled"));
  if (batch_.empty()) return absl::OkStatus();
  const absl::StatusOr<std::vector<eventlog::AppendResult>> results =
      log_.Append(workspace_, batch_);
  if (!results.ok()) return Interrupted(results.status());
  // All but the conflicts are durable, so the whole batch is counted before a conflict is told.
  absl::Status conflict;
  for (size_t i = 0; i < results->size(); ++i) {
    switch ((*results)[i].outcome) {
      case eventlog::AppendOutcome::kAppended:
        ++appended_count_;
        if (batch_corrects_[i]) ++corrected_count_;
        break;
      case eventlog::AppendOutcome::kDuplicate:
        ++unchanged_count_;
        break;
      case eventlog::AppendOutcome::kConflict:
        if (!conflict.ok()) break;
        conflict = absl::AbortedError(
            absl::StrCat("another writer changed ", batch_[i].id.source_key, " meanwhile"));
        break;
    }
  }
  batch_.clear();
  batch_corrects_.clear();
  batch_bytes_ = 0;
  return conflict.ok() ? conflict : Interrupted(conflict);
}

absl::Status EventAppender::Interrupted(const absl::Status& cause) const {
  const absl::Status status(
      cause.code(),
      absl::StrCat(cause.message(), "; ", appended_count_, " new events of this import are ",
                   "durable, send the same files again to complete it"));
  ErrorDetail detail = GetDetail(cause).value_or(ErrorDetail());
  if (detail.reason.empty()) detail.reason = "IMPORT_INTERRUPTED";
  return WithDetail(status, detail);
}

}  // namespace quotacast::ingestion
