// Collects what an import found: rows per file, problems, translated values, deals per stage.
#ifndef QUOTACAST_SERVICES_INGESTION_IMPORT_REPORT_H_
#define QUOTACAST_SERVICES_INGESTION_IMPORT_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::ingestion {

inline constexpr size_t kMaxReportedProblems = 1'000;
inline constexpr size_t kMaxReportedValueBytes = 200;
inline constexpr size_t kMaxReportedMessageBytes = 1'000;
inline constexpr size_t kMaxReportedAliases = 1'000;
// Of rows left out, with up to kMaxProblemsPerRow problems each, for the quarantine.
inline constexpr size_t kMaxRejectedRows = 10'000;
inline constexpr size_t kMaxProblemsPerRow = 10;

// Where a problem is. Line 0 means the file as a whole.
struct RowPlace {
  std::string file;
  int64_t line = 0;
};

// What the problem is.
struct RowFault {
  std::string_view field;  // Column name; empty when the whole row is meant.
  std::string_view value;  // As in the file.
  std::string_view reason;
  std::string message;
};

// Not thread-safe. Memory: a bit per row, and the named limits above.
class ImportReport {
 public:
  // Announces a file; `entity` is empty when no rule of the profile reads it. Further entities
  // of one file are added to the first.
  void AddFile(const std::string& file, std::string_view entity);

  // Counts a row read. Called once per row, however many rules read the file.
  void CountRow(const std::string& file);

  // Says that a row counted has no value at all. It is neither taken nor left out.
  void CountEmptyRow(const std::string& file, int64_t line);

  // An error means that the row at `place` was left out.
  void AddError(const RowPlace& place, const RowFault& fault);
  // An error in the header or of the file as a whole, which leaves out no row that was counted.
  void AddFileError(const RowPlace& place, const RowFault& fault);
  void AddWarning(const RowPlace& place, const RowFault& fault);

  // Counts a row in which `value` of column `field` was read as `canonical`.
  void CountAlias(const std::string& field, const std::string& value, const std::string& canonical);

  void CountStage(const std::string& stage_id);

  int64_t error_count() const { return error_count_; }

  // Problems of the rows left out, by file and line: of the first kMaxRejectedRows of all files.
  using RejectedRows = std::map<std::string, std::map<int64_t, std::vector<v1::RowProblem>>>;
  const RejectedRows& rejected_rows() const { return rejected_rows_; }
  // Rows left out, also those beyond that limit.
  int64_t rejected_row_count() const;

  struct EmptyRows {
    std::string file;
    int64_t row_count = 0;
    int64_t empty_row_count = 0;
    int64_t first_line = 0;
  };
  // Of the files that have empty rows, in order of name.
  std::vector<EmptyRows> empty_rows() const;

  // Files and aliases in order of name; errors before warnings, then by file and line. Of each
  // severity the first kMaxReportedProblems found are kept.
  v1::ImportFilesResponse ToResponse() const;

 private:
  struct FileCounts {
    std::string entities;
    int64_t row_count = 0;
    int64_t rejected_row_count = 0;
    int64_t empty_row_count = 0;
    int64_t first_empty_line = 0;
    std::vector<bool> rejected_lines;  // By line, because two rules may reject one row.
  };

  std::map<std::string, FileCounts> files_;
  void KeepRejectedRow(const RowPlace& place, const v1::RowProblem& problem);

  std::vector<v1::RowProblem> errors_;
  std::vector<v1::RowProblem> warnings_;
  int64_t error_count_ = 0;
  int64_t warning_count_ = 0;
  std::map<std::pair<std::string, std::string>, std::pair<std::string, int64_t>> aliases_;
  std::map<std::string, int64_t> stages_;
  RejectedRows rejected_rows_;
  size_t kept_row_count_ = 0;  // Of rejected_rows_.
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_IMPORT_REPORT_H_
