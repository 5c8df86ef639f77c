// A streaming reader of comma-separated files (RFC 4180), fed by chunks of any size.
//
// It accepts what CRM exports contain: a UTF-8 byte order mark, CRLF and LF line ends in any
// mixture, quoted fields with line ends, delimiters and doubled quotes inside, a last line without
// a line end, and quotes in the middle of an unquoted field (taken literally). What it cannot read
// it reports with the line on which the record begins, and goes on with the line after that one,
// so that one stray quote costs one row and not the rest of the file.
#ifndef QUOTACAST_SERVICES_INGESTION_CSV_READER_H_
#define QUOTACAST_SERVICES_INGESTION_CSV_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace quotacast::ingestion {

struct CsvLimits {
  size_t max_row_bytes = 1 << 20;  // Bytes of one record, without its line feed.
  size_t max_columns = 512;        // Fields of one record.
  // Each quote problem makes the reader go over up to max_row_bytes again; beyond this many it
  // gives the file up, so that a hostile file cannot make reading it quadratic.
  int max_quote_problems = 1'000;
};

// One record. A blank line is no record.
struct CsvRecord {
  int64_t line = 0;                 // Line on which it begins, from 1.
  std::vector<std::string> fields;  // At least one; quotes removed, blanks kept.
};

// Something that is not a record.
struct CsvProblem {
  int64_t line = 0;     // Line on which the record begins, from 1.
  std::string reason;   // UNTERMINATED_QUOTE, MALFORMED_QUOTE, ROW_TOO_LONG, TOO_MANY_COLUMNS,
                        // NUL_BYTE, INVALID_UTF8, TOO_MANY_QUOTE_PROBLEMS.
  std::string message;  // What is wrong and what would be right.
};

// Calls `on_record` and `on_problem` in file order, from within AddChunk and Finish. What it
// reports does not depend on where the chunks are cut. Memory: at most max_row_bytes and a chunk.
// Not thread-safe.
//
//   CsvReader reader(',', CsvLimits(), on_record, on_problem);
//   for (const std::string& chunk : chunks) reader.AddChunk(chunk);
//   reader.Finish();
class CsvReader {
 public:
  CsvReader(char delimiter, const CsvLimits& limits,
            std::function<void(const CsvRecord&)> on_record,
            std::function<void(const CsvProblem&)> on_problem);

  void AddChunk(std::string_view chunk);

  // The end of the file: hands out what is left. Called once, after the last chunk.
  void Finish();

 private:
  enum class State {
    kFieldStart,
    kUnquoted,
    kQuoted,
    kAfterQuote,   // Behind a quote inside a quoted field: its end, or the first of a doubled one.
    kAfterReturn,  // Behind a carriage return that follows a closing quote.
  };

  void DropMark();
  void Scan();
  void EndRecord(size_t end);
  void Recover(std::string_view reason, std::string_view message);
  void Report(std::string_view reason, std::string_view message);

  const char delimiter_;
  const CsvLimits limits_;
  const std::function<void(const CsvRecord&)> on_record_;
  const std::function<void(const CsvProblem&)> on_problem_;

  std::string buffer_;  // Bytes not handed out yet, and before start_ some that were.
  size_t start_ = 0;    // Where the current record begins in buffer_.
  size_t next_ = 0;     // First byte not looked at.
  int64_t line_ = 1;    // Line of start_.
  State state_ = State::kFieldStart;
  bool mark_seen_ = false;  // The start of the file was checked for a byte order mark.
  bool skipping_ = false;   // The rest of the line belongs to a record already reported.
  bool stopped_ = false;    // The file was given up.
  int quote_problem_count_ = 0;
  CsvRecord record_;  // Reused.
};

// Splits one record without its line end into `fields`. The caller knows that its quotes match.
void SplitCsvRecord(std::string_view record, char delimiter, std::vector<std::string>& fields);

// True when `text` is well-formed UTF-8 (Unicode 15, table 3-7).
bool IsValidUtf8(std::string_view text);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_CSV_READER_H_
