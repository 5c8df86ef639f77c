#include "services/ingestion/import_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/string_views.h"
#include "services/ingestion/csv_reader.h"

namespace quotacast::ingestion {
namespace {

// At most `limit` bytes of valid UTF-8: proto strings must be that, and a file need not.
std::string Shown(std::string_view text, size_t limit) {
  std::string shown(text.substr(0, limit));
  // A cut inside a sequence leaves up to three bytes of it.
  const int cut_bytes = text.size() > limit ? 3 : 0;
  for (int i = 0; i < cut_bytes && !shown.empty() && !IsValidUtf8(shown); ++i) shown.pop_back();
  if (IsValidUtf8(shown)) return shown;
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; },
      '?');
  return shown;
}

v1::RowProblem Problem(const RowPlace& place, const RowFault& fault,
                       v1::RowProblemSeverity severity) {
  v1::RowProblem problem;
  problem.set_file(place.file);
  problem.set_row(place.line);
  problem.set_field(Shown(fault.field, kMaxReportedValueBytes));
  problem.set_value(Shown(fault.value, kMaxReportedValueBytes));
  problem.set_reason(std::string(fault.reason));
  problem.set_message(Shown(fault.message, kMaxReportedMessageBytes));
  problem.set_severity(severity);
  return problem;
}

void AppendSorted(std::vector<v1::RowProblem> problems, v1::ImportFilesResponse& response) {
  std::stable_sort(
      problems.begin(), problems.end(), [](const v1::RowProblem& a, const v1::RowProblem& b) {
        return std::forward_as_tuple(a.file(), a.row()) < std::forward_as_tuple(b.file(), b.row());
      });
  for (v1::RowProblem& problem : problems) {
    if (static_cast<size_t>(response.problems_size()) == kMaxReportedProblems) return;
    *response.add_problems() = std::move(problem);
  }
}

}  // namespace

void ImportReport::AddFile(const std::string& file, std::string_view entity) {
  std::string& entities = files_[file].entities;
  if (entities.empty()) {
    entities = entity;
  } else if (!entity.empty() && entities.find(entity) == std::string::npos) {
    absl::StrAppend(&entities, ", ", AbslView(entity));
  }
}

void ImportReport::CountRow(const std::string& file) { ++files_[file].row_count; }

void ImportReport::CountEmptyRow(const std::string& file, int64_t line) {
  FileCounts& counts = files_[file];
  if (counts.empty_row_count++ == 0) counts.first_empty_line = line;
}

int64_t ImportReport::rejected_row_count() const {
  int64_t count = 0;
  for (const auto& file : files_) count += file.second.rejected_row_count;
  return count;
}

std::vector<ImportReport::EmptyRows> ImportReport::empty_rows() const {
  std::vector<EmptyRows> empty;
  for (const auto& [name, counts] : files_) {
    if (counts.empty_row_count == 0) continue;
    empty.push_back({name, counts.row_count, counts.empty_row_count, counts.first_empty_line});
  }
  return empty;
}

void ImportReport::KeepRejectedRow(const RowPlace& place, const v1::RowProblem& problem) {
  std::map<int64_t, std::vector<v1::RowProblem>>& rows = rejected_rows_[place.file];
  auto row = rows.find(place.line);
  if (row == rows.end()) {
    if (kept_row_count_ == kMaxRejectedRows) return;
    ++kept_row_count_;
    row = rows.emplace(place.line, std::vector<v1::RowProblem>()).first;
  }
  if (row->second.size() < kMaxProblemsPerRow) row->second.push_back(problem);
}

void ImportReport::AddFileError(const RowPlace& place, const RowFault& fault) {
  ++error_count_;
  if (errors_.size() < kMaxReportedProblems) {
    errors_.push_back(Problem(place, fault, v1::ROW_PROBLEM_SEVERITY_ERROR));
  }
}

void ImportReport::AddError(const RowPlace& place, const RowFault& fault) {
  AddFileError(place, fault);
  KeepRejectedRow(place, Problem(place, fault, v1::ROW_PROBLEM_SEVERITY_ERROR));
  FileCounts& counts = files_[place.file];
  const auto line = static_cast<size_t>(place.line);
  if (counts.rejected_lines.size() <= line) counts.rejected_lines.resize(line * 2);
  if (counts.rejected_lines[line]) return;
  counts.rejected_lines[line] = true;
  ++counts.rejected_row_count;
}

void ImportReport::AddWarning(const RowPlace& place, const RowFault& fault) {
  ++warning_count_;
  if (warnings_.size() < kMaxReportedProblems) {
    warnings_.push_back(Problem(place, fault, v1::ROW_PROBLEM_SEVERITY_WARNING));
  }
}

void ImportReport::CountAlias(const std::string& field, const std::string& value,
                              const std::string& canonical) {
  const auto key = std::make_pair(field, value);
  const auto found = aliases_.find(key);
  if (found != aliases_.end()) {
    ++found->second.second;
  } else if (aliases_.size() < kMaxReportedAliases) {
    aliases_.emplace(key, std::make_pair(canonical, int64_t{1}));
  }
}

void ImportReport::CountStage(const std::string& stage_id) { ++stages_[stage_id]; }

v1::ImportFilesResponse ImportReport::ToResponse() const {
  v1::ImportFilesResponse response;
  for (const auto& entry : files_) {
    v1::FileReport& file = *response.add_files();
    file.set_file(entry.first);
    file.set_entity(entry.second.entities);
    file.set_row_count(entry.second.row_count);
    file.set_rejected_row_count(entry.second.rejected_row_count);
    file.set_empty_row_count(entry.second.empty_row_count);
    file.set_accepted_row_count(entry.second.row_count - entry.second.rejected_row_count -
                                entry.second.empty_row_count);
  }
  AppendSorted(errors_, response);
  AppendSorted(warnings_, response);
  response.set_error_count(error_count_);
  response.set_warning_count(warning_count_);
  for (const auto& entry : aliases_) {
    v1::AliasUse& alias = *response.add_aliases();
    alias.set_field(entry.first.first);
    alias.set_value(entry.first.second);
    alias.set_canonical(entry.second.first);
    alias.set_row_count(entry.second.second);
  }
  for (const auto& entry : stages_) {
    v1::StageCount& stage = *response.add_stages();
    stage.set_stage_id(entry.first);
    stage.set_row_count(entry.second);
  }
  return response;
}

}  // namespace quotacast::ingestion
