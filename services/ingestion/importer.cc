#include "services/ingestion/importer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/ingestion/entity_fields.h"
#include "services/ingestion/event_appender.h"
#include "services/ingestion/file_decoder.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/log_state.h"
#include "services/ingestion/opportunity_change_rows.h"
#include "services/ingestion/opportunity_rows.h"
#include "services/ingestion/quarantine.h"
#include "services/ingestion/record_kinds.h"
#include "services/ingestion/record_rows.h"
#include "services/ingestion/reference_data.h"
#include "services/ingestion/row_values.h"
#include "services/ingestion/snapshot_comparison.h"
#include "services/ingestion/suspicion_collector.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kDecodedChunkBytes = size_t{1} << 20;

// Said among the suspicions, because a long list of errors cuts off everything behind it.
v1::Suspicion UnkeptRows(int64_t row_count) {
  v1::Suspicion suspicion;
  suspicion.set_reason("QUARANTINE_FULL");
  suspicion.set_message(
      absl::StrCat(row_count, " of the rows left out are not kept in quarantine, which holds ",
                   kMaxQuarantinedRows, " rows of up to ", kMaxQuarantinedRowBytes,
                   " bytes. Correct the file and import it again"));
  suspicion.set_row_count(row_count);
  return suspicion;
}

// One import from header checks to the last event.
class Import {
 public:
  Import(eventlog::EventLog& log, std::string_view workspace, const ImportProfile& profile,
         std::vector<UploadedFile>& files, const ImportOptions& options, bool is_replay,
         const std::function<bool()>& cancelled)
      : log_(log),
        workspace_(workspace),
        profile_(profile),
        files_(files),
        cancelled_(cancelled),
        options_(options),
        is_replay_(is_replay),
        rules_{"", options.today},
        suspicions_(profile, options.today) {}

  absl::StatusOr<v1::ImportFilesResponse> Run() {
    QC_ASSIGN_OR_RETURN(reference_, ReferenceData::Load(log_, workspace_, cancelled_));
    rules_.currency = reference_.currency().empty() ? profile_.currency : reference_.currency();
    QC_RETURN_IF_ERROR(CheckFiles());
    EventAppender appender(log_, workspace_, profile_.source, reference_.last_offset() == 0,
                           cancelled_);
    if (CheckHeaders()) {
      LogState state;
      std::optional<SnapshotComparison> comparison;
      if (!ComparedEntities().empty()) {
        if (!is_replay_) QC_RETURN_IF_ERROR(CheckSnapshotOrder());
        QC_ASSIGN_OR_RETURN(
            state, LogState::Load(log_, workspace_, profile_.source, ComparedKinds(), cancelled_));
        comparison.emplace(state, options_.snapshot_day, appender);
      }
      SnapshotComparison* const compared = comparison.has_value() ? &*comparison : nullptr;
      RecordRows records(profile_, rules_, reference_, report_, appender, compared);
      if (!is_replay_) QC_RETURN_IF_ERROR(records.AppendDefinitions());
      QC_RETURN_IF_ERROR(TakeRows(appender, records, compared));
      QC_RETURN_IF_ERROR(appender.Flush());
      if (!is_replay_) QC_RETURN_IF_ERROR(NoteSnapshot());
    }
    if (is_replay_) return Response(appender);
    QC_ASSIGN_OR_RETURN(const QuarantineChange change, Quarantine(appender));
    QC_ASSIGN_OR_RETURN(v1::ImportFilesResponse response, Response(appender));
    response.set_quarantined_row_count(change.new_row_count);
    if (change.unkept_row_count > 0) {
      *response.add_suspicions() = UnkeptRows(change.unkept_row_count);
    }
    for (v1::Suspicion& suspicion : suspicions_.Judge(report_)) {
      *response.add_suspicions() = std::move(suspicion);
    }
    return response;
  }

  const ImportReport& report() const { return report_; }

 private:
  absl::StatusOr<v1::ImportFilesResponse> Response(const EventAppender& appender) const {
    v1::ImportFilesResponse response = report_.ToResponse();
    response.set_appended_event_count(appender.appended_count());
    response.set_unchanged_event_count(appender.unchanged_count());
    response.set_corrected_event_count(appender.corrected_count());
    response.set_profile_name(profile_.name);
    QC_ASSIGN_OR_RETURN(const int64_t last_offset, log_.LastOffset(workspace_));
    response.set_last_offset(last_offset);
    return response;
  }

  // After the last event: an interrupted import leaves the quarantine as it was.
  absl::StatusOr<QuarantineChange> Quarantine(const EventAppender& appender) {
    absl::StatusOr<QuarantineChange> change = UpdateQuarantine(
        log_, workspace_, profile_, options_.profile_text, options_.now, mapped_, report_);
    if (!change.ok()) return appender.Interrupted(change.status());
    return change;
  }

  bool Matches(const FileRule& rule, const UploadedFile& file) const {
    return !IsIgnored(file) && (MatchesPattern(rule.pattern, file.name) ||
                                MatchesPattern(rule.pattern + ".gz", file.name));
  }

  bool IsIgnored(const UploadedFile& file) const {
    return std::any_of(
        profile_.ignored_files.begin(), profile_.ignored_files.end(),
        [&file](const std::string& pattern) { return MatchesPattern(pattern, file.name); });
  }

  // True when the log already holds what the rule's file would bring, so that a later import may
  // leave the file out.
  bool IsKnownFromLog(const FileRule& rule) const {
    switch (rule.entity) {
      case Entity::kTeam:
      case Entity::kTerritory:
      case Entity::kCompPlan:
      case Entity::kRep:
      case Entity::kProduct:
      case Entity::kAccount:
      case Entity::kPipeline:
        return !reference_.ids(DefinitionOf(rule.entity).kind).empty();
      default:
        return false;
    }
  }

  // Pairs rules with files, and says which files are missing or not used.
  absl::Status CheckFiles() {
    for (const UploadedFile& file : files_) report_.AddFile(file.name, "");
    std::vector<FieldViolation> missing;
    std::set<std::string> missing_patterns;
    const std::string sent = absl::StrJoin(
        files_, ", ", [](std::string* out, const UploadedFile& file) { out->append(file.name); });
    for (const FileRule& rule : profile_.files) {
      bool found = false;
      for (const UploadedFile& file : files_) {
        if (!Matches(rule, file)) continue;
        found = true;
        rules_of_file_[file.name].push_back(&rule);
        report_.AddFile(file.name, EntityReportName(rule.entity));
      }
      if (found || is_replay_ || !rule.required || IsKnownFromLog(rule) ||
          !missing_patterns.insert(rule.pattern).second) {
        continue;
      }
      missing.push_back(
          {rule.pattern, absl::StrCat("profile ", profile_.name, " needs a file of this name (",
                                      AbslView(EntityReportName(rule.entity)),
                                      "); sent: ", sent.empty() ? "nothing" : sent)});
    }
    if (!missing.empty()) {
      std::string message = "files are missing";
      for (const FieldViolation& violation : missing) {
        absl::StrAppend(&message, "; ", violation.field, ": ", violation.description);
      }
      return WithDetail(absl::InvalidArgumentError(message), {"MISSING_FILE", missing, "", {}});
    }
    for (const UploadedFile& file : files_) {
      if (rules_of_file_.count(file.name) > 0 || IsIgnored(file)) continue;
      report_.AddWarning({file.name, 0},
                         {"", "", "UNUSED_FILE",
                          absl::StrCat("profile ", profile_.name,
                                       " does not use this file; rename it, or list it in "
                                       "ignored_files")});
    }
    return absl::OkStatus();
  }

  // Opens every file under each of its rules, in the order of rules. False when a required one
  // cannot be read.
  bool CheckHeaders() {
    bool usable = true;
    std::set<std::string> broken;
    size_t budget_bytes = kMaxUnpackedBytes;
    for (UploadedFile& file : files_) {
      const auto rules = rules_of_file_.find(file.name);
      if (rules == rules_of_file_.end()) continue;
      const absl::Status decoded =
          DecodeFile(file, profile_.encoding, budget_bytes, kDecodedChunkBytes);
      if (decoded.ok()) continue;
      report_.AddFileError({file.name, 0},
                           {"", "", GetDetail(decoded).value_or(ErrorDetail()).reason,
                            std::string(StdView(decoded.message()))});
      broken.insert(file.name);
      for (const FileRule* rule : rules->second) usable = usable && !rule->required;
    }
    for (const FileRule& rule : profile_.files) {
      for (const UploadedFile& file : files_) {
        // Of a file with several rules one complaint is enough.
        if (!Matches(rule, file) || broken.count(file.name) > 0) continue;
        const std::vector<const FileRule*>& rules = rules_of_file_[file.name];
        MappedFile mapped(profile_, rule, file, report_);
        if (mapped.CheckHeader(rules, rules.front() == &rule)) {
          for (const auto& entry : rule.lookups) {
            const Lookup& lookup = entry.second;
            const char delimiter = lookup.delimiter != 0 ? lookup.delimiter : profile_.delimiter;
            lookups_.push_back(ReadLookup(lookup, delimiter, files_));
            mapped.SetLookup(entry.first, lookups_.back());
          }
          mapped_.push_back(std::move(mapped));
        } else {
          broken.insert(file.name);
          usable = usable && (is_replay_ || !rule.required);
        }
      }
    }
    return usable;
  }

  // Entities of which a full export is compared with the log.
  std::set<Entity> ComparedEntities() const {
    std::set<Entity> entities;
    for (const MappedFile& file : mapped_) {
      if (file.rule().compare_with_log) entities.insert(file.rule().entity);
    }
    return entities;
  }

  std::set<std::string> ComparedKinds() const {
    std::set<std::string> kinds;
    for (const Entity entity : ComparedEntities()) {
      kinds.insert(KindName(DefinitionOf(entity).kind));
    }
    return kinds;
  }

  std::string SnapshotKey(Entity entity) const {
    return absl::StrCat(profile_.source, "/", AbslView(EntityName(entity)));
  }

  // What an earlier export shows of a later day's business would look like a change back.
  absl::Status CheckSnapshotOrder() {
    for (const Entity entity : ComparedEntities()) {
      QC_ASSIGN_OR_RETURN(const std::optional<eventlog::Record> latest,
                          log_.GetRecord(workspace_, kSnapshotRecordKind, SnapshotKey(entity)));
      if (!latest.has_value()) continue;
      const absl::StatusOr<absl::CivilDay> day = ParseIsoDate(latest->value);
      if (!day.ok() || *day <= options_.snapshot_day) continue;
      return WithDetail(
          absl::FailedPreconditionError(absl::StrCat(
              "the export shows ", AbslView(EntityName(entity)), " on ",
              FormatIsoDate(options_.snapshot_day), ", but one of ", latest->value,
              " was imported before; import exports in the order of their days, and state the day "
              "as snapshot_date")),
          {"SNAPSHOT_OUT_OF_ORDER", {}, "", {}});
    }
    return absl::OkStatus();
  }

  // Remembers the day of the exports, also where nothing had changed.
  absl::Status NoteSnapshot() {
    std::vector<eventlog::RecordWrite> notes;
    for (const Entity entity : ComparedEntities()) {
      notes.push_back({std::string(kSnapshotRecordKind), SnapshotKey(entity),
                       [day = FormatIsoDate(options_.snapshot_day)](
                           absl::Span<const eventlog::AppendResult>) { return day; }});
    }
    if (notes.empty()) return absl::OkStatus();
    return log_.Append(workspace_, {}, notes).status();
  }

  // Deletes what a full export lacks, unless the export looks as if it were none.
  absl::Status DeleteMissing(Entity entity, SnapshotComparison& comparison) {
    const MappedFile* full = nullptr;
    int64_t unreadable_row_count = 0;
    for (const MappedFile& file : mapped_) {
      if (file.rule().entity != entity || !file.rule().full_export) continue;
      full = &file;
      unreadable_row_count += file.unreadable_row_count();
    }
    if (full == nullptr) return absl::OkStatus();
    if (unreadable_row_count > 0) {
      report_.AddWarning({full->name(), 0},
                         {"", "", "EXPORT_UNREADABLE",
                          absl::StrCat(unreadable_row_count,
                                       " rows could not be read, so it is not known which records "
                                       "are missing; none was taken as deleted")});
      return absl::OkStatus();
    }
    const crm::v1::EntityKind kind = DefinitionOf(entity).kind;
    QC_ASSIGN_OR_RETURN(const int64_t missing_count,
                        comparison.DeleteMissing(KindName(kind), kind));
    if (missing_count > 0) {
      report_.AddFileError({full->name(), 0},
                           {"", "", "EXPORT_INCOMPLETE",
                            absl::StrCat(missing_count,
                                         " records, more than half of those known, "
                                         "have no row; none was taken as deleted. Send the whole "
                                         "export, or import without full_export")});
    }
    return absl::OkStatus();
  }

  absl::Status TakeRows(EventAppender& appender, RecordRows& records,
                        SnapshotComparison* comparison) {
    SnapshotRows snapshots(profile_, rules_, reference_, report_, appender, comparison);
    HistoryRows history(profile_, rules_, reference_, report_, appender);
    OpportunityChangeRows changes(profile_, rules_, reference_, report_, appender);
    for (const Entity entity : kEntities) {
      for (MappedFile& file : mapped_) {
        if (file.rule().entity != entity) continue;
        const FileRule& rule = file.rule();
        absl::Status log_status;
        const absl::Status read = file.ForEachRow(
            counted_.insert(file.name()).second, [&] { return !log_status.ok() || cancelled_(); },
            [&](const MappedRow& row) {
              if (!log_status.ok()) return;
              if (!is_replay_) suspicions_.TakeRow(rule, row);
              if (entity == Entity::kOpportunitySnapshot) {
                log_status = snapshots.TakeRow(rule, row);
              } else if (entity == Entity::kOpportunity) {
                history.TakeHeader(rule, row);
              } else if (entity == Entity::kStageHistory) {
                history.TakeHistory(rule, row);
              } else if (entity == Entity::kOpportunityChange) {
                changes.TakeChange(rule, row);
              } else if (entity == Entity::kOpportunitySplit) {
                changes.TakeSplit(rule, row);
              } else {
                records.TakeRow(rule, row);
              }
            });
        // A log that refuses stops the reading, so its status comes first.
        QC_RETURN_IF_ERROR(log_status);
        if (!read.ok()) return appender.Interrupted(read);
      }
      QC_RETURN_IF_ERROR(records.AppendTaken());
      // A few rows of an export say nothing of the others.
      if (comparison != nullptr && !is_replay_) {
        QC_RETURN_IF_ERROR(DeleteMissing(entity, *comparison));
      }
      if (entity == Entity::kStageHistory) {
        QC_RETURN_IF_ERROR(history.AppendTaken(log_, workspace_));
      }
      if (entity == Entity::kOpportunitySplit) QC_RETURN_IF_ERROR(changes.AppendTaken());
    }
    return absl::OkStatus();
  }

  eventlog::EventLog& log_;
  const std::string workspace_;
  const ImportProfile& profile_;
  std::vector<UploadedFile>& files_;
  const std::function<bool()>& cancelled_;
  const ImportOptions options_;
  const bool is_replay_;
  RowRules rules_;
  SuspicionCollector suspicions_;
  ReferenceData reference_;
  ImportReport report_;
  std::map<std::string, std::vector<const FileRule*>> rules_of_file_;
  std::vector<MappedFile> mapped_;
  std::deque<std::map<std::string, std::string>> lookups_;  // Of mapped_.
  std::set<std::string> counted_;  // Files whose rows are already in the report's counts.
};

}  // namespace

absl::StatusOr<v1::ImportFilesResponse> ImportUploadedFiles(
    eventlog::EventLog& log, std::string_view workspace, const ImportProfile& profile,
    std::vector<UploadedFile> files, const ImportOptions& options,
    const std::function<bool()>& cancelled) {
  std::sort(files.begin(), files.end(),
            [](const UploadedFile& a, const UploadedFile& b) { return a.name < b.name; });
  return Import(log, workspace, profile, files, options, /*is_replay=*/false, cancelled).Run();
}

absl::StatusOr<ReplayOutcome> ReplayRows(eventlog::EventLog& log, std::string_view workspace,
                                         const ImportProfile& profile,
                                         std::vector<UploadedFile> files,
                                         const ImportOptions& options,
                                         const std::function<bool()>& cancelled) {
  Import replay(log, workspace, profile, files, options, /*is_replay=*/true, cancelled);
  ReplayOutcome outcome;
  QC_ASSIGN_OR_RETURN(outcome.response, replay.Run());
  outcome.rejected_rows = replay.report().rejected_rows();
  return outcome;
}

}  // namespace quotacast::ingestion
