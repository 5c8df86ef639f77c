#include "services/eventlog/postgres_writer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/eventlog/append_queue.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_pool.h"
#include "services/eventlog/postgres_rows.h"

namespace quotacast::eventlog {
namespace {

// The isolation that row locks are enough for, whatever the database's default is.
constexpr char kBeginSql[] = "BEGIN ISOLATION LEVEL READ COMMITTED";

const char kLastTransactionSql[] = R"sql(
SELECT last_transaction FROM writer WHERE workspace = $1 AND writer_id = $2)sql";

// Those of the conflicts given that are kept already.
const char kFindConflictsSql[] = R"sql(
SELECT u.i FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[],
                       $7::bytea[], $8::bigint[])
     AS u (i, source, source_key, version, effective_micros, payload, content_checksum)
WHERE EXISTS (
  SELECT 1 FROM conflict AS c
  WHERE c.workspace = $1 AND c.content_checksum = u.content_checksum AND c.source = u.source
    AND c.source_key = u.source_key AND c.version = u.version AND c.payload = u.payload
    AND c.effective_micros IS NOT DISTINCT FROM u.effective_micros))sql";

const char kInsertConflictSql[] = R"sql(
INSERT INTO conflict (workspace, number, kept_offset, recorded_micros, source, source_key, version,
                      effective_micros, payload, content_checksum)
SELECT $1, $2, $3, $4, $5, $6, $7, u.effective_micros, $9, $10
FROM unnest($8::bigint[]) AS u (effective_micros))sql";

const char kPutRecordsSql[] = R"sql(
INSERT INTO record (workspace, kind, key, value, recorded_micros)
SELECT $1, u.kind, u.key, u.value, $2
FROM unnest($3::bytea[], $4::bytea[], $5::bytea[]) AS u (kind, key, value)
ON CONFLICT (workspace, kind, key)
DO UPDATE SET value = excluded.value, recorded_micros = excluded.recorded_micros)sql";

const char kDeleteRecordsSql[] = R"sql(
DELETE FROM record AS r USING unnest($2::bytea[], $3::bytea[]) AS u (kind, key)
WHERE r.workspace = $1 AND r.kind = u.kind AND r.key = u.key)sql";

using IdView = std::tuple<absl::string_view, absl::string_view, absl::string_view>;

IdView ViewOf(const EventId& id) { return {id.source, id.source_key, id.version}; }

bool IsSame(const Event& a, const Event& b) {
  return a.payload == b.payload && EffectiveMicros(a) == EffectiveMicros(b);
}

// Judges the events of a group in order: which are new, and what the others are.
class Judge {
 public:
  // `present`: those events, counted through the whole group, that are in the log.
  Judge(int64_t last_offset, const std::vector<PresentEvent>& present) : last_offset_(last_offset) {
    for (const PresentEvent& event : present) present_.emplace(event.index, event);
  }

  AppendResult Next(const Event& event) {
    const auto present = present_.find(index_++);
    if (present != present_.end()) {
      return {present->second.is_same ? AppendOutcome::kDuplicate : AppendOutcome::kConflict,
              present->second.offset};
    }
    const auto [own, is_new] = own_.try_emplace(ViewOf(event.id), &event, last_offset_ + 1);
    if (is_new) return {AppendOutcome::kAppended, ++last_offset_};
    return {
        IsSame(*own->second.first, event) ? AppendOutcome::kDuplicate : AppendOutcome::kConflict,
        own->second.second};
  }

  // Takes back the events of a call that is refused after all.
  void Forget(absl::Span<const Event> events, int64_t last_offset) {
    for (const Event& event : events) {
      const auto own = own_.find(ViewOf(event.id));
      if (own != own_.end() && own->second.second > last_offset) own_.erase(own);
    }
    last_offset_ = last_offset;
  }

  int64_t last_offset() const { return last_offset_; }

 private:
  int64_t last_offset_;
  size_t index_ = 0;
  absl::flat_hash_map<size_t, PresentEvent> present_;
  absl::flat_hash_map<IdView, std::pair<const Event*, int64_t>> own_;
};

// The values of a call's records; INVALID_ARGUMENT when one is too long.
absl::StatusOr<std::vector<std::optional<std::string>>> RecordValues(
    absl::Span<const RecordWrite> records, absl::Span<const AppendResult> results) {
  std::vector<std::optional<std::string>> values;
  for (size_t i = 0; i < records.size(); ++i) {
    values.emplace_back();
    if (!records[i].value) continue;
    values.back() = records[i].value(results);
    QC_RETURN_IF_ERROR(ValidateRecordValue(*values.back(), i));
  }
  return values;
}

StoredFields NewFields(std::string_view workspace, const Event& event, int64_t offset,
                       int64_t recorded_micros) {
  StoredFields fields;
  fields.workspace = workspace;
  fields.offset = offset;
  fields.source = event.id.source;
  fields.source_key = event.id.source_key;
  fields.version = event.id.version;
  fields.effective_micros = EffectiveMicros(event);
  fields.recorded_micros = recorded_micros;
  fields.payload = event.payload;
  return fields;
}

}  // namespace

PostgresWriter::PostgresWriter(const PostgresPool& pool, const Clock* clock, std::string writer_id)
    : pool_(pool), clock_(clock), writer_id_(std::move(writer_id)) {}

absl::Status PostgresWriter::EnsureConnection() {
  if (connection_ != nullptr && connection_->Rollback()) return absl::OkStatus();
  connection_.reset();
  QC_ASSIGN_OR_RETURN(connection_, pool_.Open());
  return absl::OkStatus();
}

absl::StatusOr<CommittedGroup> PostgresWriter::CommitGroup(absl::Span<QueuedAppend* const> group) {
  Plan plan;
  is_commit_unanswered_ = false;
  absl::StatusOr<Attempt> attempt = absl::InternalError("not tried");
  bool asks_first = expects_repetitions_;
  for (int count = 0; count < kMaxPostgresAttempts; ++count) {
    if (count > 0) ++retry_count_;
    QC_RETURN_IF_ERROR(EnsureConnection());
    attempt = TryGroup(group, asks_first, plan);
    if (attempt.ok() && *attempt == Attempt::kDone) break;
    if (attempt.ok()) {
      asks_first = true;
    } else if (!connection_->IsLost() && !connection_->IsRetryable()) {
      break;
    }
  }
  // The lock on the workspace must not outlive the call.
  connection_->Rollback();
  if (!attempt.ok()) return attempt.status();
  if (*attempt != Attempt::kDone) {
    return PostgresError(connection_->name(), "XX002", "an id is refused as present and not found");
  }
  CommittedGroup committed{plan.row.last_offset, static_cast<int64_t>(plan.events.size())};
  size_t result_count = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    if (plan.results[i].ok()) result_count += plan.results[i]->size();
    group[i]->results = std::move(plan.results[i]);
  }
  // Who sends an old file again has most likely more of it.
  expects_repetitions_ = result_count > plan.events.size();
  return committed;
}

absl::StatusOr<PostgresWriter::Attempt> PostgresWriter::TryGroup(
    absl::Span<QueuedAppend* const> group, bool asks_first, Plan& plan) {
  const std::string_view workspace = group[0]->workspace;
  QC_RETURN_IF_ERROR(connection_->Execute(kBeginSql));
  QC_ASSIGN_OR_RETURN(const WorkspaceRow row, LockWorkspaceRow(*connection_, workspace));
  if (is_commit_unanswered_) {
    // The lock above was held by that transaction until it ended, so its fate is certain now.
    QC_ASSIGN_OR_RETURN(const bool did_commit, DidCommit(workspace, plan.transaction));
    is_commit_unanswered_ = false;
    if (did_commit) {
      connection_->Rollback();
      return Attempt::kDone;
    }
  }
  plan = Plan();
  plan.row = row;
  QC_RETURN_IF_ERROR(MakePlan(group, asks_first, plan));
  QC_ASSIGN_OR_RETURN(const bool is_written, WritePlan(workspace, plan));
  if (!is_written) {
    connection_->Rollback();
    return Attempt::kIdsPresent;
  }
  const absl::Status committed = connection_->Commit();
  is_commit_unanswered_ = !committed.ok() && connection_->IsLost();
  QC_RETURN_IF_ERROR(committed);
  return Attempt::kDone;
}

absl::Status PostgresWriter::MakePlan(absl::Span<QueuedAppend* const> group, bool asks_first,
                                      Plan& plan) {
  std::vector<PresentEvent> present;
  if (asks_first) {
    std::vector<const Event*> events;
    for (const QueuedAppend* append : group) {
      for (const Event& event : append->events) events.push_back(&event);
    }
    QC_ASSIGN_OR_RETURN(present, FindPresent(*connection_, group[0]->workspace, events));
  }
  Judge judge(plan.row.last_offset, present);
  plan.now_micros = absl::ToUnixMicros(clock_->Now());
  // The machine's clock may go back; the log's order does not.
  const int64_t recorded_micros = plan.row.last_offset == 0
                                      ? plan.now_micros
                                      : std::max(plan.now_micros, plan.row.last_recorded_micros);
  for (const QueuedAppend* append : group) {
    const int64_t offset_before = judge.last_offset();
    std::vector<AppendResult> results;
    results.reserve(append->events.size());
    for (const Event& event : append->events) results.push_back(judge.Next(event));
    absl::StatusOr<std::vector<std::optional<std::string>>> values =
        RecordValues(append->records, results);
    if (!values.ok()) {
      judge.Forget(append->events, offset_before);
      plan.results.emplace_back(values.status());
      continue;
    }
    for (size_t i = 0; i < results.size(); ++i) {
      const Event& event = append->events[i];
      if (results[i].outcome == AppendOutcome::kAppended) {
        plan.events.push_back(
            NewFields(append->workspace, event, results[i].offset, recorded_micros));
        plan.row.payload_bytes += static_cast<int64_t>(event.payload.size());
      } else if (results[i].outcome == AppendOutcome::kConflict) {
        plan.conflicts.emplace_back(&event, results[i].offset);
      }
    }
    for (size_t i = 0; i < append->records.size(); ++i) {
      plan.records[{append->records[i].kind, append->records[i].key}] = std::move((*values)[i]);
    }
    plan.results.emplace_back(std::move(results));
  }
  plan.row.last_offset = judge.last_offset();
  if (!plan.events.empty()) plan.row.last_recorded_micros = recorded_micros;
  return absl::OkStatus();
}

absl::StatusOr<bool> PostgresWriter::WritePlan(std::string_view workspace, Plan& plan) {
  QC_ASSIGN_OR_RETURN(const int64_t inserted_count,
                      InsertEvents(*connection_, workspace, plan.events));
  if (inserted_count != static_cast<int64_t>(plan.events.size())) return false;
  QC_RETURN_IF_ERROR(WriteConflicts(workspace, plan));
  QC_RETURN_IF_ERROR(WriteRecords(workspace, plan));
  plan.transaction = ++last_transaction_;
  QC_RETURN_IF_ERROR(UpdateWorkspaceRow(*connection_, workspace, plan.row,
                                        {writer_id_, plan.transaction, plan.now_micros}));
  return true;
}

absl::Status PostgresWriter::WriteConflicts(std::string_view workspace, Plan& plan) {
  // Rare, so one by one: a conflict that is kept, also earlier in this very group, is not kept
  // again.
  for (const auto& [event, kept_offset] : plan.conflicts) {
    const std::optional<int64_t> effective_micros = EffectiveMicros(*event);
    const int64_t content_checksum = ContentChecksum(*event);
    QC_ASSIGN_OR_RETURN(
        const PostgresResult kept,
        connection_->Run(kFindConflictsSql,
                         PostgresArguments()
                             .AddBytes(workspace)
                             .AddIntArray({int64_t{0}})
                             .AddBytesArray({std::string_view(event->id.source)})
                             .AddBytesArray({std::string_view(event->id.source_key)})
                             .AddBytesArray({std::string_view(event->id.version)})
                             .AddOptionalIntArray({effective_micros})
                             .AddBytesArray({std::string_view(event->payload)})
                             .AddIntArray({content_checksum})));
    if (kept.row_count() > 0) continue;
    QC_RETURN_IF_ERROR(connection_
                           ->Run(kInsertConflictSql, PostgresArguments()
                                                         .AddBytes(workspace)
                                                         .AddInt(++plan.row.last_conflict_number)
                                                         .AddInt(kept_offset)
                                                         .AddInt(plan.now_micros)
                                                         .AddBytes(event->id.source)
                                                         .AddBytes(event->id.source_key)
                                                         .AddBytes(event->id.version)
                                                         .AddOptionalIntArray({effective_micros})
                                                         .AddBytes(event->payload)
                                                         .AddInt(content_checksum))
                           .status());
  }
  return absl::OkStatus();
}

absl::Status PostgresWriter::WriteRecords(std::string_view workspace, const Plan& plan) {
  std::vector<std::string_view> put_kinds, put_keys, put_values;
  std::vector<std::string_view> delete_kinds, delete_keys;
  size_t value_bytes = 0;
  const auto put = [&]() -> absl::Status {
    if (put_kinds.empty()) return absl::OkStatus();
    QC_RETURN_IF_ERROR(connection_
                           ->Run(kPutRecordsSql, PostgresArguments()
                                                     .AddBytes(workspace)
                                                     .AddInt(plan.now_micros)
                                                     .AddBytesArray(put_kinds)
                                                     .AddBytesArray(put_keys)
                                                     .AddBytesArray(put_values))
                           .status());
    put_kinds.clear();
    put_keys.clear();
    put_values.clear();
    value_bytes = 0;
    return absl::OkStatus();
  };
  for (const auto& [name, value] : plan.records) {
    if (!value.has_value()) {
      delete_kinds.push_back(name.first);
      delete_keys.push_back(name.second);
      continue;
    }
    if (value_bytes + value->size() > kMaxStatementPayloadBytes) QC_RETURN_IF_ERROR(put());
    put_kinds.push_back(name.first);
    put_keys.push_back(name.second);
    put_values.push_back(*value);
    value_bytes += value->size();
  }
  QC_RETURN_IF_ERROR(put());
  if (delete_kinds.empty()) return absl::OkStatus();
  return connection_
      ->Run(kDeleteRecordsSql, PostgresArguments()
                                   .AddBytes(workspace)
                                   .AddBytesArray(delete_kinds)
                                   .AddBytesArray(delete_keys))
      .status();
}

absl::StatusOr<bool> PostgresWriter::DidCommit(std::string_view workspace, int64_t transaction) {
  QC_ASSIGN_OR_RETURN(
      const PostgresResult rows,
      connection_->Run(kLastTransactionSql,
                       PostgresArguments().AddBytes(workspace).AddBytes(writer_id_)));
  return rows.row_count() > 0 && rows.Int(0, 0) == transaction;
}

}  // namespace quotacast::eventlog
