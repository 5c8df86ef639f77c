#include "services/ingestion/quarantine_operations.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"
#include "services/ingestion/quarantine.h"
#include "services/ingestion/record_kinds.h"
#include "services/ingestion/shipped_profiles.h"

namespace quotacast::ingestion {
namespace {

constexpr std::string_view kTokenPrefix = "quarantine:";

std::string NamePrefix(std::string_view workspace) {
  return absl::StrCat("workspaces/", AbslView(workspace), "/quarantinedRows/");
}

v1::QuarantinedRow Named(std::string_view workspace, const v1::QuarantinedRow& row) {
  v1::QuarantinedRow named = row;
  named.set_name(NamePrefix(workspace) + row.name());
  return named;
}

absl::Status RowNotFound(const std::string& name) {
  ErrorDetail detail;
  detail.reason = "QUARANTINED_ROW_NOT_FOUND";
  detail.resource = name;
  return WithDetail(
      absl::NotFoundError(absl::StrCat("no row \"", name,
                                       "\" is in quarantine; it was replayed, discarded, or "
                                       "imported from a corrected file")),
      detail);
}

using Rows = std::map<std::string, StoredRow>;

absl::StatusOr<Rows::iterator> FindRow(std::string_view workspace, const std::string& name,
                                       Rows& rows) {
  const std::string prefix = NamePrefix(workspace);
  if (name.compare(0, prefix.size(), prefix) != 0) return RowNotFound(name);
  const auto found = rows.find(name.substr(prefix.size()));
  if (found == rows.end()) return RowNotFound(name);
  return found;
}

// A row on its way through a replay.
struct Replayed {
  StoredRow stored;
  bool is_corrected = false;
  bool is_accepted = false;
};

absl::Status Correct(const v1::RowCorrection& correction, const std::string& path,
                     Replayed& replayed) {
  for (int i = 0; i < correction.values_size(); ++i) {
    const v1::ColumnValue& value = correction.values(i);
    bool found = false;
    std::string columns;
    for (v1::ColumnValue& own : *replayed.stored.row.mutable_values()) {
      if (own.column().empty()) continue;
      absl::StrAppend(&columns, columns.empty() ? "" : ", ", own.column());
      if (own.column() != value.column()) continue;
      found = true;
      replayed.is_corrected = replayed.is_corrected || own.value() != value.value();
      own.set_value(value.value());
    }
    if (!found) {
      return InvalidField(absl::StrCat(path, ".values[", i, "].column"),
                          absl::StrCat("\"", value.column(), "\" is no column of ",
                                       replayed.stored.row.file(), "; it has: ", columns));
    }
  }
  if (replayed.is_corrected) {
    // A correction says what belongs to the columns, so what stood beyond them is dropped.
    auto* values = replayed.stored.row.mutable_values();
    values->erase(
        std::remove_if(values->begin(), values->end(),
                       [](const v1::ColumnValue& value) { return value.column().empty(); }),
        values->end());
  }
  return absl::OkStatus();
}

// Reasons for which the row as it stands is no statement that could count: another number of values
// than columns, or another statement than an earlier row's with the same id.
bool NeedsCorrection(const v1::RowProblem& problem) {
  return problem.reason() == "COLUMN_COUNT" || problem.reason() == "DUPLICATE_ID";
}

// Rows that importing them again cannot make good.
bool MustStay(const Replayed& replayed) {
  const v1::QuarantinedRow& row = replayed.stored.row;
  const bool blank =
      std::all_of(row.values().begin(), row.values().end(), [](const v1::ColumnValue& value) {
        return absl::StripAsciiWhitespace(value.value()).empty();
      });
  if (blank) return true;
  return !replayed.is_corrected &&
         std::any_of(row.problems().begin(), row.problems().end(), NeedsCorrection);
}

absl::StatusOr<std::string> StoredProfileText(const eventlog::EventLog& log,
                                              std::string_view workspace, const StoredRow& stored) {
  if (stored.profile_digest.empty()) {
    const std::optional<std::string_view> text = ShippedProfileText(stored.row.profile_name());
    if (text.has_value()) return std::string(*text);
  } else {
    QC_ASSIGN_OR_RETURN(
        const std::optional<eventlog::Record> record,
        log.GetRecord(workspace, kQuarantineProfileRecordKind, stored.profile_digest));
    if (record.has_value()) return record->value;
  }
  return FailedPrecondition("QUARANTINE_PROFILE_GONE",
                            absl::StrCat("profile ", stored.row.profile_name(),
                                         " is no longer there; import the corrected file under "
                                         "another profile and discard the row"));
}

std::string Quoted(std::string_view value) {
  return absl::StrCat("\"", absl::StrReplaceAll(AbslView(value), {{"\"", "\"\""}}), "\"");
}

// A file written anew: the header, and which row stands on which line.
struct RewrittenFile {
  std::string text;
  int64_t line_count = 0;
  std::map<int64_t, Replayed*> rows;

  void AddLine(const std::vector<std::string>& values, char delimiter) {
    std::string line;
    for (const std::string& value : values) {
      if (!line.empty()) line.push_back(delimiter);
      line += Quoted(value);
    }
    line.push_back('\n');
    line_count += std::count(line.begin(), line.end(), '\n');
    text += line;
  }
};

// The rows of one profile as files. Rows of one file whose headers differ go to different rounds.
using Round = std::map<std::string, RewrittenFile>;

std::vector<Round> MakeRounds(const std::vector<Replayed*>& rows, char delimiter) {
  std::vector<Round> rounds;
  std::map<std::pair<std::string, std::vector<std::string>>, size_t> round_of_header;
  std::map<std::string, size_t> header_count;
  for (Replayed* replayed : rows) {
    std::vector<std::string> header;
    std::vector<std::string> values;
    for (const v1::ColumnValue& value : replayed->stored.row.values()) {
      header.push_back(value.column());
      values.push_back(value.value());
    }
    const std::string& name = replayed->stored.row.file();
    const auto [entry, is_new] = round_of_header.try_emplace({name, header}, header_count[name]);
    if (is_new) ++header_count[name];
    if (rounds.size() <= entry->second) rounds.resize(entry->second + 1);
    RewrittenFile& file = rounds[entry->second][name];
    if (is_new) file.AddLine(header, delimiter);
    file.rows[file.line_count + 1] = replayed;
    file.AddLine(values, delimiter);
  }
  return rounds;
}

void TakeProblems(const std::vector<v1::RowProblem>& problems, Replayed& replayed) {
  replayed.stored.row.clear_problems();
  for (const v1::RowProblem& problem : problems) {
    v1::RowProblem& own = *replayed.stored.row.add_problems();
    own = problem;
    own.set_row(replayed.stored.row.row());
  }
}

absl::Status ReplayRound(eventlog::EventLog& log, std::string_view workspace,
                         const ImportProfile& profile, const ImportOptions& options,
                         const std::function<bool()>& cancelled, Round& round,
                         v1::ReplayQuarantinedRowsResponse& response) {
  std::vector<UploadedFile> files;
  for (const auto& [name, file] : round) files.push_back({name, {file.text}});
  QC_ASSIGN_OR_RETURN(const ReplayOutcome outcome,
                      ReplayRows(log, workspace, profile, std::move(files), options, cancelled));
  response.set_appended_event_count(response.appended_event_count() +
                                    outcome.response.appended_event_count());
  std::map<std::string, std::vector<v1::RowProblem>> file_problems;
  for (const v1::RowProblem& problem : outcome.response.problems()) {
    if (problem.row() <= 1 && problem.severity() == v1::ROW_PROBLEM_SEVERITY_ERROR) {
      file_problems[problem.file()].push_back(problem);
    }
  }
  for (auto& [name, file] : round) {
    const auto broken = file_problems.find(name);
    const auto rejected = outcome.rejected_rows.find(name);
    for (auto& [line, replayed] : file.rows) {
      if (broken != file_problems.end()) {
        TakeProblems(broken->second, *replayed);
        continue;
      }
      const bool is_rejected =
          rejected != outcome.rejected_rows.end() && rejected->second.count(line) > 0;
      replayed->is_accepted = !is_rejected;
      if (is_rejected) TakeProblems(rejected->second.at(line), *replayed);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Replayed>> ChosenRows(std::string_view workspace,
                                                 const v1::ReplayQuarantinedRowsRequest& request,
                                                 Rows& rows) {
  std::vector<Replayed> chosen;
  if (request.corrections_size() == 0) {
    for (const auto& entry : rows) chosen.push_back({entry.second, false, false});
    return chosen;
  }
  for (int i = 0; i < request.corrections_size(); ++i) {
    const v1::RowCorrection& correction = request.corrections(i);
    const std::string path = absl::StrCat("corrections[", i, "]");
    QC_ASSIGN_OR_RETURN(const Rows::iterator found, FindRow(workspace, correction.name(), rows));
    for (const Replayed& other : chosen) {
      if (other.stored.row.name() != found->first) continue;
      return InvalidField(absl::StrCat(path, ".name"),
                          absl::StrCat("\"", correction.name(), "\" is named twice"));
    }
    chosen.push_back({found->second, false, false});
    QC_RETURN_IF_ERROR(Correct(correction, path, chosen.back()));
  }
  return chosen;
}

void Count(const Replayed& replayed, v1::ReplayQuarantinedRowsResponse& response) {
  if (replayed.is_accepted) {
    response.set_accepted_row_count(response.accepted_row_count() + 1);
    return;
  }
  response.set_rejected_row_count(response.rejected_row_count() + 1);
  for (const v1::RowProblem& problem : replayed.stored.row.problems()) {
    if (static_cast<size_t>(response.problems_size()) == kMaxReportedProblems) return;
    *response.add_problems() = problem;
  }
}

}  // namespace

absl::StatusOr<v1::ListQuarantinedRowsResponse> ListQuarantinedRows(
    const eventlog::EventLog& log, std::string_view workspace,
    const v1::ListQuarantinedRowsRequest& request) {
  if (request.page_size() < 0 || request.page_size() > kMaxQuarantinePageRows) {
    return InvalidField("page_size", absl::StrCat(request.page_size(), " is not between 0 and ",
                                                  kMaxQuarantinePageRows));
  }
  std::string after;
  if (!request.page_token().empty()) {
    std::string plain;
    if (!absl::WebSafeBase64Unescape(request.page_token(), &plain) ||
        plain.compare(0, kTokenPrefix.size(), kTokenPrefix) != 0) {
      return InvalidField("page_token", "is not the next_page_token of an earlier response");
    }
    after = plain.substr(kTokenPrefix.size());
  }
  const int page_rows = request.page_size() == 0 ? kDefaultQuarantinePageRows : request.page_size();
  // One more than is sent tells whether there is another page.
  QC_ASSIGN_OR_RETURN(const std::vector<eventlog::Record> records,
                      log.ListRecords(workspace, kQuarantinedRowRecordKind, after,
                                      static_cast<size_t>(page_rows) + 1));
  v1::ListQuarantinedRowsResponse response;
  size_t byte_count = 0;
  for (const eventlog::Record& record : records) {
    byte_count += record.value.size();
    if (response.rows_size() == page_rows ||
        (response.rows_size() > 0 && byte_count > kMaxQuarantinePageBytes)) {
      response.set_next_page_token(
          absl::WebSafeBase64Escape(absl::StrCat(AbslView(kTokenPrefix), after)));
      break;
    }
    QC_ASSIGN_OR_RETURN(const StoredRow stored, ParseStoredRow(record));
    *response.add_rows() = Named(workspace, stored.row);
    after = record.key;
  }
  return response;
}

absl::StatusOr<v1::ReplayQuarantinedRowsResponse> ReplayQuarantinedRows(
    eventlog::EventLog& log, std::string_view workspace,
    const v1::ReplayQuarantinedRowsRequest& request, const ImportOptions& options,
    const std::function<bool()>& cancelled) {
  QC_ASSIGN_OR_RETURN(Rows rows, LoadQuarantine(log, workspace));
  QC_ASSIGN_OR_RETURN(std::vector<Replayed> chosen, ChosenRows(workspace, request, rows));
  // In the order in which they stood, so that the first of several rows about one thing counts.
  std::map<std::pair<std::string, std::string>, std::vector<Replayed*>> by_profile;
  for (Replayed& replayed : chosen) {
    if (MustStay(replayed)) continue;
    by_profile[{replayed.stored.profile_digest, replayed.stored.row.profile_name()}].push_back(
        &replayed);
  }
  v1::ReplayQuarantinedRowsResponse response;
  for (auto& entry : by_profile) {
    std::vector<Replayed*>& of_profile = entry.second;
    std::stable_sort(of_profile.begin(), of_profile.end(),
                     [](const Replayed* a, const Replayed* b) {
                       return a->stored.row.row() < b->stored.row.row();
                     });
    QC_ASSIGN_OR_RETURN(const std::string text,
                        StoredProfileText(log, workspace, of_profile.front()->stored));
    QC_ASSIGN_OR_RETURN(ImportProfile profile, ParseImportProfile(text, ShippedProfileText));
    profile.encoding = TextEncoding::kUtf8;  // The stored values are.
    for (Round& round : MakeRounds(of_profile, profile.delimiter)) {
      QC_RETURN_IF_ERROR(ReplayRound(log, workspace, profile, options, cancelled, round, response));
    }
  }
  std::vector<eventlog::RecordWrite> writes;
  for (const Replayed& replayed : chosen) {
    Count(replayed, response);
    if (replayed.is_accepted) {
      writes.push_back(RemoveRow(replayed.stored.row.name()));
    } else {
      writes.push_back(PutRow(replayed.stored));
    }
  }
  QC_RETURN_IF_ERROR(WriteRecords(log, workspace, std::move(writes)));
  QC_RETURN_IF_ERROR(DropUnusedProfiles(log, workspace));
  QC_ASSIGN_OR_RETURN(const int64_t last_offset, log.LastOffset(workspace));
  response.set_last_offset(last_offset);
  return response;
}

absl::StatusOr<v1::DiscardQuarantinedRowsResponse> DiscardQuarantinedRows(
    eventlog::EventLog& log, std::string_view workspace,
    const v1::DiscardQuarantinedRowsRequest& request) {
  if (request.all() == (request.names_size() > 0)) {
    return InvalidField("names", request.all() ? "are given beside `all`; choose one"
                                               : "are missing; name rows, or ask for `all`");
  }
  QC_ASSIGN_OR_RETURN(Rows rows, LoadQuarantine(log, workspace));
  std::map<std::string, bool> dropped;
  for (const std::string& name : request.names()) {
    QC_ASSIGN_OR_RETURN(const Rows::iterator found, FindRow(workspace, name, rows));
    dropped[found->first] = true;
  }
  if (request.all()) {
    for (const auto& entry : rows) dropped[entry.first] = true;
  }
  std::vector<eventlog::RecordWrite> writes;
  for (const auto& entry : dropped) writes.push_back(RemoveRow(entry.first));
  QC_RETURN_IF_ERROR(WriteRecords(log, workspace, std::move(writes)));
  QC_RETURN_IF_ERROR(DropUnusedProfiles(log, workspace));
  v1::DiscardQuarantinedRowsResponse response;
  response.set_discarded_row_count(static_cast<int64_t>(dropped.size()));
  return response;
}

}  // namespace quotacast::ingestion
