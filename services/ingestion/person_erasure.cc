#include "services/ingestion/person_erasure.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/digest/sha256.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/event_kinds.h"
#include "services/ingestion/log_operations.h"
#include "services/ingestion/person_naming.h"
#include "services/ingestion/record_kinds.h"
#include "services/ingestion/request_ids.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kPageEvents = 5'000;
constexpr size_t kPageRecords = 500;
constexpr size_t kRewriteEvents = 5'000;
// Erasures of one workspace that may be interrupted at once: those beyond are complete or none.
constexpr size_t kMaxPendingErasures = 1'000;

absl::Status CallerLeft() {
  return absl::CancelledError(
      "the caller went away; the erasure is not complete, the same call completes it");
}

// Takes one person out of one workspace.
class Eraser {
 public:
  Eraser(eventlog::EventLog& log, std::string_view workspace, Person person,
         const std::function<bool()>& cancelled)
      : log_(log), workspace_(workspace), person_(std::move(person)), cancelled_(cancelled) {}

  absl::StatusOr<v1::ErasePersonResponse> Run() {
    QC_RETURN_IF_ERROR(Survey());
    QC_RETURN_IF_ERROR(ChoosePseudonym());
    QC_ASSIGN_OR_RETURN(const bool dropped_any, DropRecords());
    if (!named_anywhere_ && !dropped_any && !is_resumed_) {
      ErrorDetail detail;
      detail.reason = "PERSON_NOT_FOUND";
      return WithDetail(absl::NotFoundError(absl::StrCat("no event of the workspace names the ",
                                                         AbslView(EntityKindName(person_.kind)),
                                                         " \"", person_.id, "\"")),
                        detail);
    }
    QC_RETURN_IF_ERROR(WriteNote());
    // The person's own events tell the names that the others are searched for, so they go last.
    QC_RETURN_IF_ERROR(RewriteOthers());
    QC_RETURN_IF_ERROR(RewriteOwn());
    QC_RETURN_IF_ERROR(AppendErasure());
    response_.set_pseudonym(pseudonym_);
    return response_;
  }

 private:
  // Calls `look` for every event of the log.
  absl::Status ForEachEvent(
      const std::function<absl::Status(const eventlog::StoredEvent&)>& look) const {
    int64_t offset = 0;
    while (true) {
      if (cancelled_()) return CallerLeft();
      QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> page,
                          log_.Read(workspace_, offset, kPageEvents));
      if (page.empty()) return absl::OkStatus();
      for (const eventlog::StoredEvent& stored : page) QC_RETURN_IF_ERROR(look(stored));
      offset = page.back().offset;
    }
  }

  // Finds the person's own events and names, and how many were erased before.
  absl::Status Survey() {
    return ForEachEvent([this](const eventlog::StoredEvent& stored) -> absl::Status {
      const crm::v1::EntityKind kind = KindOfEvent(stored.event);
      if (kind == crm::v1::ENTITY_KIND_ERASURE) {
        crm::v1::CrmEvent event;
        if (event.ParseFromString(stored.event.payload) && event.has_erasure() &&
            event.erasure().entity() == person_.kind) {
          ++erasure_count_;
        }
        return absl::OkStatus();
      }
      const bool id_occurs = stored.event.payload.find(person_.id) != std::string::npos ||
                             stored.event.id.source_key.find(person_.id) != std::string::npos;
      if (!id_occurs) return absl::OkStatus();
      QC_ASSIGN_OR_RETURN(crm::v1::CrmEvent event, ToCrmEvent(stored));
      if (IsAbout(person_, event)) {
        own_offsets_.push_back(stored.offset);
        if (event.has_rep() && !event.rep().display_name().empty()) {
          AddName(event.rep().display_name());
        }
        named_anywhere_ = true;
      } else if (ReplacePerson(person_, "?", event) ||
                 ReplacePersonInKey(person_, "?", stored.event.id.source_key) !=
                     stored.event.id.source_key) {
        named_anywhere_ = true;
      }
      return absl::OkStatus();
    });
  }

  void AddName(const std::string& name) {
    if (std::find(person_.names.begin(), person_.names.end(), name) == person_.names.end()) {
      person_.names.push_back(name);
    }
  }

  // Takes the pseudonym of an interrupted erasure of this person, or the next free one.
  absl::Status ChoosePseudonym() {
    const std::string digest = Digest();
    const std::string prefix = absl::StrCat("erased-", AbslView(EntityKindName(person_.kind)), "-");
    QC_ASSIGN_OR_RETURN(const std::vector<eventlog::Record> pending,
                        log_.ListRecords(workspace_, kErasureRecordKind, "", kMaxPendingErasures));
    int64_t number = erasure_count_ + 1;
    for (const eventlog::Record& record : pending) {
      if (record.value == digest) {
        pseudonym_ = record.key;
        is_resumed_ = true;
        return absl::OkStatus();
      }
      if (absl::StartsWith(record.key, prefix)) ++number;
    }
    // An interrupted erasure of another person keeps its number; skip those in use.
    const auto in_use = [&pending](const std::string& name) {
      return std::any_of(pending.begin(), pending.end(),
                         [&name](const eventlog::Record& record) { return record.key == name; });
    };
    while (in_use(absl::StrCat(prefix, number))) ++number;
    pseudonym_ = absl::StrCat(prefix, number);
    return absl::OkStatus();
  }

  // Before any event is changed, so that an interrupted erasure finds its pseudonym again.
  absl::Status WriteNote() {
    const eventlog::RecordWrite note{
        std::string(kErasureRecordKind), pseudonym_,
        [digest = Digest()](absl::Span<const eventlog::AppendResult>) { return digest; }};
    return log_.Append(workspace_, {}, absl::MakeConstSpan(&note, 1)).status();
  }

  // Of kind and id: the note must not keep what is to be forgotten.
  std::string Digest() const {
    return digest::Sha256Hex(absl::StrCat(AbslView(EntityKindName(person_.kind)), "/", person_.id));
  }

  // Drops what names the person beside the events. True when something did.
  absl::StatusOr<bool> DropRecords() {
    int64_t dropped_count = 0;
    int64_t number = 0;
    while (true) {
      if (cancelled_()) return CallerLeft();
      QC_ASSIGN_OR_RETURN(const std::vector<eventlog::Conflict> page,
                          log_.ListConflicts(workspace_, number, kPageRecords));
      if (page.empty()) break;
      number = page.back().number;
      std::vector<int64_t> numbers;
      for (const eventlog::Conflict& conflict : page) {
        if (MentionsPerson(person_, conflict.event.payload) ||
            ReplacePersonInKey(person_, "?", conflict.event.id.source_key) !=
                conflict.event.id.source_key) {
          numbers.push_back(conflict.number);
        }
      }
      if (numbers.empty()) continue;
      QC_ASSIGN_OR_RETURN(const int64_t count, log_.DeleteConflicts(workspace_, numbers));
      dropped_count += count;
    }
    std::string key;
    while (true) {
      if (cancelled_()) return CallerLeft();
      QC_ASSIGN_OR_RETURN(
          const std::vector<eventlog::Record> page,
          log_.ListRecords(workspace_, kQuarantinedRowRecordKind, key, kPageRecords));
      if (page.empty()) break;
      key = page.back().key;
      std::vector<eventlog::RecordWrite> deletions;
      for (const eventlog::Record& record : page) {
        if (!MentionsPerson(person_, record.value)) continue;
        deletions.push_back({record.kind, record.key, nullptr});
      }
      if (deletions.empty()) continue;
      QC_RETURN_IF_ERROR(log_.Append(workspace_, {}, deletions).status());
      dropped_count += static_cast<int64_t>(deletions.size());
    }
    response_.set_dropped_record_count(dropped_count);
    return dropped_count > 0;
  }

  absl::Status RewriteOthers() {
    std::vector<eventlog::EventRewrite> rewrites;
    QC_RETURN_IF_ERROR(ForEachEvent([&](const eventlog::StoredEvent& stored) -> absl::Status {
      if (is_resumed_ && HoldsPseudonym(stored.event.payload)) ++changed_before_count_;
      if (!MayMention(stored.event)) return absl::OkStatus();
      QC_ASSIGN_OR_RETURN(crm::v1::CrmEvent event, ToCrmEvent(stored));
      if (IsAbout(person_, event)) return absl::OkStatus();
      const std::string key = ReplacePersonInKey(person_, pseudonym_, stored.event.id.source_key);
      const bool renamed = ReplacePerson(person_, pseudonym_, event);
      if (!renamed && key == stored.event.id.source_key) return absl::OkStatus();
      rewrites.push_back({stored.offset,
                          {stored.event.id.source, key, stored.event.id.version},
                          event.SerializeAsString(),
                          stored.is_erased});
      ++renamed_count_;
      return rewrites.size() < kRewriteEvents ? absl::OkStatus() : Write(rewrites);
    }));
    response_.set_renamed_event_count(renamed_count_);
    return Write(rewrites);
  }

  absl::Status RewriteOwn() {
    crm::v1::CrmEvent tombstone;
    if (person_.kind == crm::v1::ENTITY_KIND_REP) {
      tombstone.mutable_rep()->set_rep_id(pseudonym_);
    } else {
      tombstone.mutable_lead()->set_lead_id(pseudonym_);
    }
    const std::string payload = tombstone.SerializeAsString();
    std::vector<eventlog::EventRewrite> rewrites;
    for (const int64_t offset : own_offsets_) {
      if (cancelled_()) return CallerLeft();
      QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> found,
                          log_.Read(workspace_, offset - 1, 1));
      if (found.empty()) continue;
      const eventlog::EventId& id = found.front().event.id;
      rewrites.push_back(
          {offset,
           {id.source, ReplacePersonInKey(person_, pseudonym_, id.source_key), id.version},
           payload,
           true});
      if (rewrites.size() == kRewriteEvents) QC_RETURN_IF_ERROR(Write(rewrites));
    }
    response_.set_erased_event_count(static_cast<int64_t>(own_offsets_.size()));
    return Write(rewrites);
  }

  // The event that tells readers, together with the end of the note about work under way.
  absl::Status AppendErasure() {
    QC_RETURN_IF_ERROR(
        log_.DeleteRecordsBefore(workspace_, kRequestRecordKind, absl::InfiniteFuture()).status());
    crm::v1::CrmEvent event;
    event.mutable_erasure()->set_entity(person_.kind);
    event.mutable_erasure()->set_pseudonym(pseudonym_);
    event.mutable_erasure()->set_event_count(renamed_count_ + changed_before_count_ +
                                             static_cast<int64_t>(own_offsets_.size()));
    const eventlog::Event erasure{
        {std::string(kOwnSource), absl::StrCat("erasure/", pseudonym_), "1"},
        std::nullopt,
        event.SerializeAsString()};
    const eventlog::RecordWrite done{std::string(kErasureRecordKind), pseudonym_, nullptr};
    return log_.Append(workspace_, absl::MakeConstSpan(&erasure, 1), absl::MakeConstSpan(&done, 1))
        .status();
  }

  absl::Status Write(std::vector<eventlog::EventRewrite>& rewrites) {
    if (rewrites.empty()) return absl::OkStatus();
    QC_RETURN_IF_ERROR(log_.Rewrite(workspace_, rewrites));
    rewrites.clear();
    return absl::OkStatus();
  }

  // Cheap: most events name somebody else, and are not parsed.
  bool MayMention(const eventlog::Event& event) const {
    const auto occurs = [&event](const std::string& text) {
      return event.payload.find(text) != std::string::npos ||
             event.id.source_key.find(text) != std::string::npos;
    };
    return occurs(person_.id) || std::any_of(person_.names.begin(), person_.names.end(), occurs);
  }

  // True where the pseudonym stands, and not as the beginning of a higher number.
  bool HoldsPseudonym(std::string_view payload) const {
    for (size_t at = payload.find(pseudonym_); at != std::string_view::npos;
         at = payload.find(pseudonym_, at + 1)) {
      const size_t end = at + pseudonym_.size();
      if (end == payload.size() || payload[end] < '0' || payload[end] > '9') return true;
    }
    return false;
  }

  eventlog::EventLog& log_;
  const std::string_view workspace_;
  Person person_;
  const std::function<bool()>& cancelled_;
  std::string pseudonym_;
  bool is_resumed_ = false;  // An earlier call was interrupted.
  std::vector<int64_t> own_offsets_;
  bool named_anywhere_ = false;
  int64_t erasure_count_ = 0;         // Complete ones of the same kind.
  int64_t renamed_count_ = 0;         // By this call.
  int64_t changed_before_count_ = 0;  // By an interrupted one.
  v1::ErasePersonResponse response_;
};

}  // namespace

absl::StatusOr<v1::ErasePersonResponse> ErasePerson(eventlog::EventLog& log,
                                                    std::string_view workspace,
                                                    const v1::ErasePersonRequest& request,
                                                    const std::function<bool()>& cancelled) {
  if (request.entity() != crm::v1::ENTITY_KIND_REP &&
      request.entity() != crm::v1::ENTITY_KIND_LEAD) {
    return InvalidField("entity", absl::StrCat("is ", crm::v1::EntityKind_Name(request.entity()),
                                               "; people are reps and leads"));
  }
  if (request.person_id().empty()) return InvalidField("person_id", "is missing");
  return Eraser(log, workspace, {request.entity(), request.person_id(), {}}, cancelled).Run();
}

}  // namespace quotacast::ingestion
