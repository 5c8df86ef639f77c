#include "services/ingestion/quarantine.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/digest/sha256.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/csv_reader.h"
#include "services/ingestion/entity_fields.h"
#include "services/ingestion/record_kinds.h"

namespace quotacast::ingestion {
namespace {

using eventlog::AppendResult;
using eventlog::Record;
using eventlog::RecordWrite;

constexpr size_t kPageRecords = 1'000;
constexpr size_t kWriteRecords = 1'000;
constexpr size_t kWriteBytes = 8 << 20;
constexpr size_t kIdDigits = 16;
constexpr std::string_view kShipped = "shipped";
constexpr std::string_view kText = "text ";
// Sets of columns at fault that rows of one file are looked for under.
constexpr size_t kMaxFaultSets = 16;

// Rows of these have an id of their own, named by the entity's first field.
constexpr std::string_view kEntitiesWithIds[] = {
    "team",        "territory", "comp_plan",
    "rep",         "product",   "account",
    "pipeline",    "lead",      "opportunity_snapshot",
    "opportunity", "activity",  "commitment",
    "feedback",    "insight",   "incident",
    "training",
};

// Values one behind the other, so that different rows give different texts.
void AddValue(std::string_view value, std::string& text) {
  absl::StrAppend(&text, value.size(), ":", AbslView(value), ";");
}

// One record of the file with its values by column, or a place where no record could be read.
struct FileRow {
  int64_t line = 0;
  std::vector<std::string> values;  // Empty when the row could not be read.
};

// Everything in one file that concerns the quarantine.
class FileQuarantine {
 public:
  FileQuarantine(const ImportProfile& profile, const std::vector<const MappedFile*>& rules,
                 const std::map<int64_t, std::vector<v1::RowProblem>>& rejected,
                 std::map<std::string, const StoredRow*> known)
      : profile_(profile),
        file_(*rules.front()),
        entity_(EntityReportName(file_.rule().entity)),
        rejected_(rejected),
        known_(std::move(known)) {
    if (rules.size() == 1) id_index_ = IdIndex();
    for (const auto& [id, stored] : known_) {
      std::set<std::string> faults;
      for (const v1::RowProblem& problem : stored->row.problems()) faults.insert(problem.field());
      if (faults.count("") > 0 || faults_.size() == kMaxFaultSets) continue;
      faults_[faults][Remainder(*stored, faults)].push_back(id);
    }
  }

  // Calls `keep` with every row left out, and returns the ids of known rows that were taken.
  std::set<std::string> Run(const std::function<void(const std::string&, const FileRow&)>& keep) {
    file_.ForEachRecord(
        [&](const CsvRecord& record) {
          TakeRow({record.line, record.fields}, keep);
        },
        [&](const CsvProblem& problem) {
          // Giving up concerns no row of its own.
          if (problem.reason != "TOO_MANY_QUOTE_PROBLEMS") TakeRow({problem.line, {}}, keep);
        });
    for (const std::string& id : rejected_ids_) taken_ids_.erase(id);
    return std::move(taken_ids_);
  }

  // A row left out, as the quarantine keeps it, but for its time and the profile's digest.
  StoredRow ToStoredRow(const std::string& id, const FileRow& row) const {
    StoredRow stored;
    stored.row.set_name(id);
    stored.row.set_file(file_.name());
    stored.row.set_row(row.line);
    stored.row.set_entity(entity_);
    stored.row.set_profile_name(profile_.name);
    const std::vector<std::string>& columns = file_.columns();
    for (size_t i = 0; i < std::max(columns.size(), row.values.size()); ++i) {
      v1::ColumnValue& value = *stored.row.add_values();
      // Values beyond the header belong to no column.
      if (i < columns.size()) value.set_column(columns[i]);
      if (i < row.values.size()) value.set_value(row.values[i]);
    }
    for (const v1::RowProblem& problem : rejected_.at(row.line)) {
      *stored.row.add_problems() = problem;
    }
    return stored;
  }

 private:
  std::optional<size_t> IdIndex() const {
    const FileRule& rule = file_.rule();
    if (rule.repeated || std::find(std::begin(kEntitiesWithIds), std::end(kEntitiesWithIds),
                                   EntityName(rule.entity)) == std::end(kEntitiesWithIds)) {
      return std::nullopt;
    }
    const auto column = rule.columns.find(std::string(EntityFields(rule.entity).front().name));
    if (column == rule.columns.end()) return std::nullopt;
    const std::vector<std::string>& columns = file_.columns();
    const auto at = std::find(columns.begin(), columns.end(), column->second);
    if (at == columns.end()) return std::nullopt;
    return static_cast<size_t>(at - columns.begin());
  }

  std::string Identity(const FileRow& row) const {
    if (id_index_.has_value() && *id_index_ < row.values.size()) {
      const std::string_view id = StdView(absl::StripAsciiWhitespace(row.values[*id_index_]));
      if (!id.empty()) return std::string(id);
    }
    // What could not be read is known by its line alone.
    if (row.values.empty()) return absl::StrCat("line ", row.line);
    std::string identity;
    for (const std::string& value : row.values) AddValue(value, identity);
    return identity;
  }

  std::string IdOf(const FileRow& row, int occurrence) const {
    std::string identity = Identity(row);
    if (occurrence > 1) absl::StrAppend(&identity, "#", occurrence);
    return QuarantinedRowId(profile_.source, file_.name(), entity_, identity);
  }

  static std::string Remainder(const StoredRow& stored, const std::set<std::string>& faults) {
    std::string text;
    for (const v1::ColumnValue& value : stored.row.values()) {
      if (faults.count(value.column()) == 0) AddValue(value.value(), text);
    }
    return text;
  }

  std::string Remainder(const FileRow& row, const std::set<std::string>& faults) const {
    std::string text;
    for (size_t i = 0; i < row.values.size(); ++i) {
      if (faults.count(file_.columns()[i]) == 0) AddValue(row.values[i], text);
    }
    return text;
  }

  void TakeRow(const FileRow& row,
               const std::function<void(const std::string&, const FileRow&)>& keep) {
    if (rejected_.count(row.line) > 0) {
      const std::string id = IdOf(row, ++occurrences_[IdOf(row, 1)]);
      rejected_ids_.insert(id);
      keep(id, row);
      return;
    }
    if (known_.empty() || row.values.size() != file_.columns().size()) return;
    for (int occurrence = 1;; ++occurrence) {
      const std::string id = IdOf(row, occurrence);
      if (known_.count(id) == 0) break;
      taken_ids_.insert(id);
    }
    for (const auto& [faults, rows] : faults_) {
      const auto found = rows.find(Remainder(row, faults));
      if (found == rows.end()) continue;
      taken_ids_.insert(found->second.begin(), found->second.end());
    }
  }

  const ImportProfile& profile_;
  const MappedFile& file_;
  const std::string entity_;
  const std::map<int64_t, std::vector<v1::RowProblem>>& rejected_;
  const std::map<std::string, const StoredRow*> known_;  // Of this file.
  // Columns at fault -> the other values -> ids of known rows.
  std::map<std::set<std::string>, std::map<std::string, std::vector<std::string>>> faults_;
  std::optional<size_t> id_index_;
  std::map<std::string, int> occurrences_;  // Rows left out, by the id of the first.
  std::set<std::string> rejected_ids_;
  std::set<std::string> taken_ids_;
};

}  // namespace

std::string SerializeStoredRow(const StoredRow& stored) {
  std::string value = stored.profile_digest.empty()
                          ? std::string(kShipped)
                          : absl::StrCat(AbslView(kText), stored.profile_digest);
  value.push_back('\n');
  stored.row.AppendToString(&value);
  return value;
}

absl::StatusOr<StoredRow> ParseStoredRow(const Record& record) {
  StoredRow stored;
  const std::string_view value = record.value;
  const size_t line_end = value.find('\n');
  const std::string_view line = value.substr(0, line_end);
  const bool is_text = line.substr(0, kText.size()) == kText;
  if (line_end == std::string_view::npos || (!is_text && line != kShipped) ||
      !stored.row.ParseFromString(std::string(value.substr(line_end + 1)))) {
    ErrorDetail detail;
    detail.reason = "DAMAGED_EVENT";
    return WithDetail(absl::InternalError(absl::StrCat("the quarantined row ", record.key,
                                                       " cannot be read; restore a copy")),
                      detail);
  }
  if (is_text) stored.profile_digest = std::string(line.substr(kText.size()));
  return stored;
}

std::string QuarantinedRowId(std::string_view source, std::string_view file,
                             std::string_view entity, std::string_view identity) {
  std::string text;
  for (const std::string_view part : {source, file, entity, identity}) AddValue(part, text);
  return absl::StrCat(AbslView(entity), "-", digest::Sha256Hex(text).substr(0, kIdDigits));
}

absl::StatusOr<std::map<std::string, StoredRow>> LoadQuarantine(const eventlog::EventLog& log,
                                                                std::string_view workspace) {
  std::map<std::string, StoredRow> rows;
  std::string last;
  while (true) {
    QC_ASSIGN_OR_RETURN(const std::vector<Record> page,
                        log.ListRecords(workspace, kQuarantinedRowRecordKind, last, kPageRecords));
    if (page.empty()) return rows;
    for (const Record& record : page) {
      QC_ASSIGN_OR_RETURN(rows[record.key], ParseStoredRow(record));
    }
    last = page.back().key;
  }
}

RecordWrite PutRow(const StoredRow& stored) {
  return {std::string(kQuarantinedRowRecordKind), stored.row.name(),
          [value = SerializeStoredRow(stored)](absl::Span<const AppendResult>) { return value; }};
}

RecordWrite RemoveRow(const std::string& row_id) {
  return {std::string(kQuarantinedRowRecordKind), row_id, nullptr};
}

absl::Status WriteRecords(eventlog::EventLog& log, std::string_view workspace,
                          std::vector<RecordWrite> writes) {
  std::vector<RecordWrite> batch;
  size_t byte_count = 0;
  for (RecordWrite& write : writes) {
    if (write.value) byte_count += write.value({}).size();
    batch.push_back(std::move(write));
    if (batch.size() < kWriteRecords && byte_count < kWriteBytes) continue;
    QC_RETURN_IF_ERROR(log.Append(workspace, {}, batch).status());
    batch.clear();
    byte_count = 0;
  }
  if (batch.empty()) return absl::OkStatus();
  return log.Append(workspace, {}, batch).status();
}

absl::Status DropUnusedProfiles(eventlog::EventLog& log, std::string_view workspace) {
  QC_ASSIGN_OR_RETURN(const int64_t row_count,
                      log.CountRecords(workspace, kQuarantinedRowRecordKind));
  if (row_count > 0) return absl::OkStatus();
  QC_ASSIGN_OR_RETURN(const std::vector<Record> profiles,
                      log.ListRecords(workspace, kQuarantineProfileRecordKind, "", kPageRecords));
  std::vector<RecordWrite> writes;
  for (const Record& profile : profiles) writes.push_back({profile.kind, profile.key, nullptr});
  return WriteRecords(log, workspace, std::move(writes));
}

absl::StatusOr<QuarantineChange> UpdateQuarantine(eventlog::EventLog& log,
                                                  std::string_view workspace,
                                                  const ImportProfile& profile,
                                                  const std::string& profile_text, absl::Time now,
                                                  const std::vector<MappedFile>& files,
                                                  const ImportReport& report) {
  QuarantineChange change;
  QC_ASSIGN_OR_RETURN(const int64_t known_count,
                      log.CountRecords(workspace, kQuarantinedRowRecordKind));
  if (known_count == 0 && report.rejected_rows().empty()) return change;
  QC_ASSIGN_OR_RETURN(const auto known, LoadQuarantine(log, workspace));

  std::map<std::string, std::vector<const MappedFile*>> rules_of_file;
  for (const MappedFile& file : files) rules_of_file[file.name()].push_back(&file);
  const std::string profile_digest =
      profile_text.empty() ? std::string() : digest::Sha256Hex(profile_text);
  // To the microsecond, as the log keeps times.
  const google::protobuf::Timestamp create_time =
      ToTimestamp(absl::FromUnixMicros(absl::ToUnixMicros(now)));
  std::vector<RecordWrite> writes;
  std::set<std::string> released;
  size_t row_count = known.size();
  int64_t kept_count = 0;
  std::vector<StoredRow> kept;
  const std::map<int64_t, std::vector<v1::RowProblem>> none;
  for (const auto& [name, rules] : rules_of_file) {
    const auto rejected = report.rejected_rows().find(name);
    std::map<std::string, const StoredRow*> known_of_file;
    for (const auto& [id, stored] : known) {
      if (stored.row.file() == name) known_of_file.emplace(id, &stored);
    }
    if (rejected == report.rejected_rows().end() && known_of_file.empty()) continue;
    const auto& problems = rejected == report.rejected_rows().end() ? none : rejected->second;
    FileQuarantine file(profile, rules, problems, std::move(known_of_file));
    const std::set<std::string> taken = file.Run([&](const std::string& id, const FileRow& row) {
      StoredRow stored = file.ToStoredRow(id, row);
      stored.profile_digest = profile_digest;
      *stored.row.mutable_create_time() = create_time;
      if (stored.row.ByteSizeLong() > kMaxQuarantinedRowBytes) return;
      ++kept_count;
      const auto before = known.find(id);
      if (before != known.end()) {
        stored.row.set_row(before->second.row.row());
        *stored.row.mutable_create_time() = before->second.row.create_time();
      }
      kept.push_back(std::move(stored));
    });
    released.insert(taken.begin(), taken.end());
  }
  // What leaves makes room first.
  for (const std::string& id : released) writes.push_back(RemoveRow(id));
  row_count -= released.size();
  bool needs_profile = false;
  for (const StoredRow& stored : kept) {
    const bool is_new = known.count(stored.row.name()) == 0;
    if (is_new && row_count >= kMaxQuarantinedRows) {
      --kept_count;
      continue;
    }
    row_count += is_new ? 1 : 0;
    change.new_row_count += is_new ? 1 : 0;
    needs_profile = true;
    writes.push_back(PutRow(stored));
  }
  if (needs_profile && !profile_digest.empty()) {
    writes.insert(
        writes.begin(),
        RecordWrite{std::string(kQuarantineProfileRecordKind), profile_digest,
                    [&profile_text](absl::Span<const AppendResult>) { return profile_text; }});
  }
  change.released_row_count = static_cast<int64_t>(released.size());
  change.unkept_row_count = report.rejected_row_count() - kept_count;
  QC_RETURN_IF_ERROR(WriteRecords(log, workspace, std::move(writes)));
  if (row_count == 0) QC_RETURN_IF_ERROR(DropUnusedProfiles(log, workspace));
  return change;
}

}  // namespace quotacast::ingestion
