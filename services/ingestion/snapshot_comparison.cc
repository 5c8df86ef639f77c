#include "services/ingestion/snapshot_comparison.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

using crm::v1::OpportunityChange;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

absl::Time AlwaysSo() { return StartOfDayUtc(absl::CivilDay(1970, 1, 1)); }

// The change inside an event; null when it has none.
const Message* ChangeIn(const crm::v1::CrmEvent& event) {
  std::vector<const FieldDescriptor*> fields;
  event.GetReflection()->ListFields(event, &fields);
  if (fields.empty()) return nullptr;
  return &event.GetReflection()->GetMessage(event, fields.front());
}

Message* MutableChangeIn(crm::v1::CrmEvent& event) {
  std::vector<const FieldDescriptor*> fields;
  event.GetReflection()->ListFields(event, &fields);
  if (fields.empty()) return nullptr;
  return event.GetReflection()->MutableMessage(&event, fields.front());
}

// The id fields have no presence: they are part of every change.
bool IsIdentity(const FieldDescriptor& field) {
  return !field.is_repeated() && !field.has_presence();
}

bool SameField(const Message& a, const Message& b, const FieldDescriptor& field) {
  MessageDifferencer differencer;
  const std::vector<const FieldDescriptor*> fields = {&field};
  return differencer.CompareWithFields(a, b, fields, fields);
}

// Takes out of `wanted` the fields that `known` has with the same value, except those that `keep`
// states. False when only the identity is left.
bool KeepDifferences(const Message& known, const Message* keep, Message& wanted) {
  std::vector<const FieldDescriptor*> fields;
  wanted.GetReflection()->ListFields(wanted, &fields);
  bool differs = false;
  for (const FieldDescriptor* field : fields) {
    if (IsIdentity(*field)) continue;
    const bool kept =
        keep != nullptr && !field->is_repeated() && keep->GetReflection()->HasField(*keep, field);
    if (!kept && SameField(known, wanted, *field)) {
      wanted.GetReflection()->ClearField(&wanted, field);
    } else {
      differs = true;
    }
  }
  return differs;
}

Fact StageEntry(OpportunityChange change, const StageDefinition& stage,
                std::optional<absl::CivilDay> day) {
  Fact fact;
  fact.version = StageVersion(stage.event_id(), day, 1);
  if (day.has_value()) fact.effective_time = StartOfDayUtc(*day);
  change.set_stage_id(stage.event_id());
  *fact.event.mutable_opportunity() = std::move(change);
  return fact;
}

Fact Retraction(const CountingFact& fact, std::string_view reason) {
  Fact retraction;
  retraction.version = RetractionVersion(fact.version);
  retraction.effective_time = fact.effective_time;
  retraction.event.mutable_retraction()->set_version(fact.version);
  retraction.event.mutable_retraction()->set_reason(std::string(reason));
  return retraction;
}

bool EntersStage(const CountingFact& fact) {
  return fact.event.has_opportunity() && fact.event.opportunity().has_stage_id();
}

// True when the deal entered another stage than by `closing` after the day.
bool MovedAfter(const RecordState& state, absl::CivilDay day, const CountingFact* closing) {
  for (const CountingFact& fact : state.facts) {
    const bool other = closing == nullptr || fact.version != closing->version;
    if (other && EntersStage(fact) && fact.effective_time.has_value() &&
        *fact.effective_time > StartOfDayUtc(day)) {
      return true;
    }
  }
  return false;
}

}  // namespace

SnapshotComparison::SnapshotComparison(const LogState& state, absl::CivilDay day,
                                       EventAppender& appender)
    : state_(state), day_(day), appender_(appender) {}

std::string SnapshotComparison::DayVersion() const { return FormatIsoDate(day_); }

bool SnapshotComparison::IsFirstExport(std::string_view kind) const {
  const auto known = is_first_export_.find(kind);
  if (known != is_first_export_.end()) return known->second;
  const bool first = state_.KeysOf(kind).empty();
  is_first_export_.emplace(kind, first);
  return first;
}

std::optional<Fact> SnapshotComparison::DayFact(const RecordState& before, const RecordState& now,
                                                const crm::v1::CrmEvent& wanted) const {
  Fact fact;
  fact.version = DayVersion();
  fact.effective_time = StartOfDayUtc(day_);
  fact.event = wanted;
  Message* change = MutableChangeIn(fact.event);
  if (change == nullptr) return std::nullopt;
  // What an earlier export of the same day stated is stated again, with the values of now.
  const Message* same_day = nullptr;
  for (const CountingFact& known : now.facts) {
    const bool corrected = known.version.substr(0, fact.version.size() + 1) == fact.version + "#";
    if (known.version == fact.version || corrected) same_day = ChangeIn(known.event);
  }
  const Message* known = ChangeIn(before.merged);
  if (known == nullptr) return fact;
  if (!KeepDifferences(*known, same_day, *change)) return std::nullopt;
  return fact;
}

absl::Status SnapshotComparison::Restore(const std::string& source_key, crm::v1::EntityKind entity,
                                         std::vector<Fact>& facts) const {
  Fact restored;
  restored.version = DatedVersion("restored", DayVersion());
  restored.effective_time = StartOfDayUtc(day_);
  crm::v1::Deletion& deletion = *restored.event.mutable_deletion();
  deletion.set_entity(entity);
  deletion.set_entity_id(source_key.substr(source_key.find('/') + 1));
  deletion.set_restored(true);
  facts.push_back(std::move(restored));
  return absl::OkStatus();
}

absl::Status SnapshotComparison::TakeRecord(std::string_view kind, const std::string& source_key,
                                            const std::vector<Fact>& facts,
                                            const crm::v1::CrmEvent& full) {
  seen_.insert(source_key);
  const std::vector<eventlog::StoredEvent>& known = state_.EventsOf(source_key);
  if (known.empty()) {
    std::vector<Fact> first = facts;
    for (Fact& fact : first) {
      // A record that earlier exports did not have was not always there.
      if (fact.version.empty()) fact.version.assign(1, '1');
      if (fact.effective_time == AlwaysSo() && !IsFirstExport(kind)) {
        fact.effective_time = StartOfDayUtc(day_);
      }
    }
    return appender_.AddTo(known, source_key, first);
  }
  std::vector<Fact> changes;
  for (const Fact& fact : facts) {
    // The first says what the record was like at first, the undated one what it is like now.
    if (&fact == &facts.front() || !fact.effective_time.has_value()) continue;
    changes.push_back(fact);
  }
  QC_ASSIGN_OR_RETURN(const RecordState state, FoldRecord(known, changes));
  if (state.is_deleted) {
    crm::v1::EntityKind entity = crm::v1::ENTITY_KIND_UNSPECIFIED;
    for (const CountingFact& fact : state.facts) {
      if (fact.event.has_deletion()) entity = fact.event.deletion().entity();
    }
    QC_RETURN_IF_ERROR(Restore(source_key, entity, changes));
  }
  std::optional<Fact> day_fact = DayFact(state, state, full);
  if (day_fact.has_value()) changes.push_back(*std::move(day_fact));
  return appender_.AddTo(known, source_key, changes);
}

absl::Status SnapshotComparison::TakeDeal(const std::string& source_key,
                                          const std::vector<Fact>& facts, const DealRow& row) {
  seen_.insert(source_key);
  const std::vector<eventlog::StoredEvent>& known = state_.EventsOf(source_key);
  if (known.empty()) return appender_.AddTo(known, source_key, facts);
  QC_ASSIGN_OR_RETURN(const RecordState state, FoldRecord(known));
  std::vector<Fact> changes;
  if (state.is_deleted) {
    QC_RETURN_IF_ERROR(Restore(source_key, crm::v1::ENTITY_KIND_OPPORTUNITY, changes));
  }
  const CountingFact* opening = nullptr;  // Entry into the first stage.
  const CountingFact* latest = nullptr;   // Entry into the present one.
  for (const CountingFact& fact : state.facts) {
    if (!EntersStage(fact)) continue;
    // A deal without a day so far has its first one when a row states it.
    if (opening == nullptr || !opening->effective_time.has_value()) opening = &fact;
    latest = &fact;
  }
  OpportunityChange identity;
  identity.set_opportunity_id(row.header.opportunity_id());
  // The opening: corrected when its day moved, stated when the deal had no day so far.
  if (opening != nullptr && row.opened.has_value()) {
    const absl::Time opened = StartOfDayUtc(*row.opened);
    if (!opening->effective_time.has_value()) {
      changes.push_back(StageEntry(identity, *row.open_stage, row.opened));
    } else if (*opening->effective_time != opened) {
      changes.push_back(Retraction(*opening, "the day of the opening was corrected"));
      OpportunityChange moved = opening->event.opportunity();
      Fact fact;
      fact.version = StageVersion(moved.stage_id(), row.opened, 1);
      fact.effective_time = opened;
      *fact.event.mutable_opportunity() = std::move(moved);
      changes.push_back(std::move(fact));
    }
  }
  // The stage.
  const bool open = row.stage->category == crm::v1::STAGE_CATEGORY_OPEN;
  QC_ASSIGN_OR_RETURN(const RecordState opened_state, FoldRecord(known, changes));
  const std::string& present = opened_state.merged.opportunity().stage_id();
  if (present != row.stage->event_id()) {
    // A closing that is dated before the deal's latest change cannot have been then.
    const absl::CivilDay entered =
        open || MovedAfter(opened_state, *row.closed, nullptr) ? day_ : *row.closed;
    changes.push_back(StageEntry(open ? identity : row.closing, *row.stage, entered));
  } else if (!open && latest != nullptr && latest->effective_time.has_value() &&
             *latest->effective_time != StartOfDayUtc(*row.closed) &&
             !MovedAfter(opened_state, *row.closed, latest)) {
    changes.push_back(Retraction(*latest, "the day of the closing was corrected"));
    changes.push_back(StageEntry(row.closing, *row.stage, row.closed));
  }
  // Everything else.
  QC_ASSIGN_OR_RETURN(const RecordState staged, FoldRecord(known, changes));
  crm::v1::CrmEvent wanted;
  *wanted.mutable_opportunity() = row.header;
  if (!open) ApplyChange(row.closing, *wanted.mutable_opportunity());
  wanted.mutable_opportunity()->clear_stage_id();
  std::optional<Fact> day_fact = DayFact(staged, state, wanted);
  if (day_fact.has_value()) changes.push_back(*std::move(day_fact));
  return appender_.AddTo(known, source_key, changes);
}

absl::StatusOr<int64_t> SnapshotComparison::DeleteMissing(std::string_view kind,
                                                          crm::v1::EntityKind entity) {
  std::vector<std::string> missing;
  int64_t present_count = 0;
  for (const std::string& key : state_.KeysOf(kind)) {
    QC_ASSIGN_OR_RETURN(const RecordState state, FoldRecord(state_.EventsOf(key)));
    if (state.is_deleted) continue;
    ++present_count;
    if (seen_.count(key) == 0) missing.push_back(key);
  }
  const auto missing_count = static_cast<int64_t>(missing.size());
  if (missing_count * 2 > present_count) return missing_count;
  for (const std::string& key : missing) {
    Fact deleted;
    deleted.version = DatedVersion("deleted", DayVersion());
    deleted.effective_time = StartOfDayUtc(day_);
    deleted.event.mutable_deletion()->set_entity(entity);
    deleted.event.mutable_deletion()->set_entity_id(key.substr(key.find('/') + 1));
    QC_RETURN_IF_ERROR(appender_.AddTo(state_.EventsOf(key), key, {deleted}));
    ++deleted_count_;
  }
  return 0;
}

}  // namespace quotacast::ingestion
