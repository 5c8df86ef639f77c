#include "services/ingestion/csv_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace quotacast::ingestion {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Length of the well-formed sequence at the front of `text`; 0 when there is none.
size_t Utf8SequenceBytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                      : first >= 0xE0 && first <= 0xEF ? 3
                      : first >= 0xF0 && first <= 0xF4 ? 4
                                                       : 0;
  if (size == 0 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  // The second byte rules out over-long forms, surrogates and values beyond U+10FFFF.
  const auto second = static_cast<unsigned char>(text[1]);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return size;
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = Utf8SequenceBytes(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

void SplitCsvRecord(std::string_view record, char delimiter, std::vector<std::string>& fields) {
  fields.clear();
  size_t i = 0;
  while (true) {
    std::string& field = fields.emplace_back();
    if (i < record.size() && record[i] == '"') {
      ++i;
      while (i < record.size()) {
        if (record[i] != '"') {
          field.push_back(record[i++]);
        } else if (i + 1 < record.size() && record[i + 1] == '"') {
          field.push_back('"');
          i += 2;
        } else {
          ++i;
          break;
        }
      }
    } else {
      const size_t end = std::min(record.find(delimiter, i), record.size());
      field = record.substr(i, end - i);
      i = end;
    }
    if (i >= record.size()) return;
    ++i;  // The delimiter; at the end of the record an empty field follows it.
  }
}

CsvReader::CsvReader(char delimiter, const CsvLimits& limits,
                     std::function<void(const CsvRecord&)> on_record,
                     std::function<void(const CsvProblem&)> on_problem)
    : delimiter_(delimiter),
      limits_(limits),
      on_record_(std::move(on_record)),
      on_problem_(std::move(on_problem)) {}

void CsvReader::AddChunk(std::string_view chunk) {
  if (stopped_) return;
  buffer_.append(chunk);
  if (!mark_seen_) {
    if (buffer_.size() < kUtf8Mark.size()) return;
    DropMark();
  }
  Scan();
  buffer_.erase(0, start_);
  next_ -= start_;
  start_ = 0;
}

void CsvReader::Finish() {
  if (stopped_) return;
  if (!mark_seen_) DropMark();
  Scan();
  while (!stopped_ && start_ < buffer_.size()) {
    if (state_ == State::kQuoted) {
      Recover("UNTERMINATED_QUOTE",
              "a quoted field opens in this row and never closes; close it with a double quote, "
              "or write quotes inside the field twice");
      Scan();
    } else {
      EndRecord(buffer_.size());
    }
  }
}

void CsvReader::DropMark() {
  mark_seen_ = true;
  const std::string_view text = buffer_;
  if (text.substr(0, kUtf8Mark.size()) == kUtf8Mark) {
    start_ = next_ = kUtf8Mark.size();
  } else if (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF") {
    Report("INVALID_UTF8", "the file is UTF-16; save it as CSV in UTF-8");
    stopped_ = true;
  }
}

void CsvReader::Scan() {
  while (!stopped_ && next_ < buffer_.size()) {
    if (skipping_) {
      const size_t line_feed = buffer_.find('\n', next_);
      skipping_ = line_feed == std::string::npos;
      start_ = next_ = skipping_ ? buffer_.size() : line_feed + 1;
      if (!skipping_) ++line_;
      continue;
    }
    const char c = buffer_[next_];
    const bool line_feed_ends = state_ != State::kQuoted;
    if (c == '\n' && line_feed_ends) {
      EndRecord(next_);
      continue;
    }
    if (next_ - start_ >= limits_.max_row_bytes) {
      if (state_ == State::kQuoted) {
        Recover("UNTERMINATED_QUOTE",
                absl::StrCat("a quoted field opens in this row and does not close within ",
                             limits_.max_row_bytes, " bytes; close it with a double quote"));
      } else {
        Recover("ROW_TOO_LONG", absl::StrCat("the row is longer than the limit of ",
                                             limits_.max_row_bytes, " bytes"));
      }
      continue;
    }
    switch (state_) {
      case State::kFieldStart:
        state_ = c == '"'          ? State::kQuoted
                 : c == delimiter_ ? State::kFieldStart
                                   : State::kUnquoted;
        break;
      case State::kUnquoted:
        if (c == delimiter_) state_ = State::kFieldStart;
        break;
      case State::kQuoted:
        if (c == '"') state_ = State::kAfterQuote;
        break;
      case State::kAfterQuote:
      case State::kAfterReturn:
        if (state_ == State::kAfterQuote && c == '"') {
          state_ = State::kQuoted;
        } else if (state_ == State::kAfterQuote && c == delimiter_) {
          state_ = State::kFieldStart;
        } else if (state_ == State::kAfterQuote && c == '\r') {
          state_ = State::kAfterReturn;
        } else {
          Recover("MALFORMED_QUOTE",
                  "text follows the closing quote of a field; write quotes inside a quoted field "
                  "twice");
          continue;
        }
        break;
    }
    ++next_;
  }
}

void CsvReader::EndRecord(size_t end) {
  std::string_view raw = std::string_view(buffer_).substr(start_, end - start_);
  const int64_t line_count = 1 + std::count(raw.begin(), raw.end(), '\n');
  if (!raw.empty() && raw.back() == '\r') raw.remove_suffix(1);
  if (raw.find('\0') != std::string_view::npos) {
    Report("NUL_BYTE", "the row contains a NUL byte; the file is damaged or not a text file");
  } else if (!IsValidUtf8(raw)) {
    Report("INVALID_UTF8", "the row is not UTF-8; save the file as CSV in UTF-8");
  } else if (!raw.empty()) {
    SplitCsvRecord(raw, delimiter_, record_.fields);
    if (record_.fields.size() > limits_.max_columns) {
      Report("TOO_MANY_COLUMNS", absl::StrCat("the row has ", record_.fields.size(),
                                              " columns; the limit is ", limits_.max_columns));
    } else {
      record_.line = line_;
      on_record_(record_);
    }
  }
  line_ += line_count;
  start_ = next_ = std::min(end + 1, buffer_.size());
  state_ = State::kFieldStart;
}

// Reports the current record and goes on after the line on which it begins: the lines that an
// unclosed quote swallowed are most likely sound rows.
void CsvReader::Recover(std::string_view reason, std::string_view message) {
  Report(reason, message);
  state_ = State::kFieldStart;
  if (++quote_problem_count_ > limits_.max_quote_problems) {
    Report("TOO_MANY_QUOTE_PROBLEMS",
           absl::StrCat("more than ", limits_.max_quote_problems,
                        " rows with unmatched quotes or beyond the length limit; the rest of the "
                        "file was not read"));
    stopped_ = true;
    return;
  }
  const size_t line_feed = buffer_.find('\n', start_);
  if (line_feed == std::string::npos) {
    skipping_ = true;
    start_ = next_ = buffer_.size();
  } else {
    start_ = next_ = line_feed + 1;
    ++line_;
  }
}

void CsvReader::Report(std::string_view reason, std::string_view message) {
  on_problem_(CsvProblem{line_, std::string(reason), std::string(message)});
}

}  // namespace quotacast::ingestion
