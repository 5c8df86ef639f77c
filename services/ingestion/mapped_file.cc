#include "services/ingestion/mapped_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/string_views.h"
#include "services/ingestion/entity_fields.h"
#include "services/ingestion/foreign_format.h"

namespace quotacast::ingestion {
namespace {

// What exports separate columns with, where it is not the profile's delimiter.
constexpr char kDelimiters[] = {',', ';', '\t', '|'};
constexpr size_t kShownColumns = 30;
constexpr int kCancelCheckRows = 1'024;
// In templates: what the unpivoted column stands for.
constexpr std::string_view kWideName = "*";

std::string_view Stripped(const std::string& text) {
  return StdView(absl::StripAsciiWhitespace(text));
}

std::string Trimmed(const std::string& text) { return std::string(Stripped(text)); }

std::string DelimiterName(char delimiter) {
  switch (delimiter) {
    case '\t':
      return "a tab (\"\\t\")";
    case ',':
      return "a comma (\",\")";
    case ';':
      return "a semicolon (\";\")";
    default:
      return absl::StrCat("\"", std::string(1, delimiter), "\"");
  }
}

// The first record of the file, if any, and what the reader said before it.
struct Header {
  std::optional<CsvRecord> record;
  std::vector<CsvProblem> problems;
};

Header ReadHeader(const UploadedFile& file, char delimiter) {
  Header header;
  CsvReader reader(
      delimiter, CsvLimits(),
      [&header](const CsvRecord& record) {
        if (header.record.has_value()) return;
        header.record = record;
        for (std::string& field : header.record->fields) field = Trimmed(field);
      },
      [&header](const CsvProblem& problem) {
        if (!header.record.has_value()) header.problems.push_back(problem);
      });
  for (const std::string& chunk : file.chunks) {
    reader.AddChunk(chunk);
    if (header.record.has_value()) return header;
  }
  reader.Finish();
  return header;
}

// True for several lines, none of which ends with a line feed.
bool HasOnlyCarriageReturns(const UploadedFile& file) {
  bool returned = false;
  bool several_lines = false;
  for (const std::string& chunk : file.chunks) {
    if (chunk.find('\n') != std::string::npos) return false;
    if (several_lines) continue;
    const size_t at = returned ? 0 : chunk.find('\r');
    returned = at != std::string::npos;
    several_lines = returned && chunk.find_first_not_of('\r', at) != std::string::npos;
  }
  return several_lines;
}

// The names in braces, in order.
std::vector<std::string> TemplateColumns(const std::string& text) {
  std::vector<std::string> columns;
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const size_t close = text.find('}', open);
    if (close == std::string::npos) break;
    columns.push_back(text.substr(open + 1, close - open - 1));
  }
  return columns;
}

// Columns that the rule reads beside those that fields are mapped to.
std::set<std::string> OtherColumns(const FileRule& rule) {
  std::set<std::string> columns = rule.rows_with;
  for (const auto& condition : rule.rows_where) columns.insert(condition.first);
  if (rule.unpivot.has_value()) {
    for (const auto& column : rule.unpivot->columns) columns.insert(column.first);
  }
  for (const auto& entry : rule.templates) {
    for (const std::string& column : TemplateColumns(entry.second)) {
      if (column != kWideName) columns.insert(column);
    }
  }
  return columns;
}

// Mapped columns that `header` lacks although they may not be absent.
std::vector<std::string> MissingColumns(const FileRule& rule,
                                        const std::vector<std::string>& header) {
  std::set<std::string> missing;
  for (const auto& entry : rule.columns) {
    const std::string& column = ColumnIn(header, rule, entry.first);
    if (rule.optional_columns.count(column) == 0 &&
        std::find(header.begin(), header.end(), column) == header.end()) {
      missing.insert(column);
    }
  }
  for (const std::string& column : OtherColumns(rule)) {
    if (std::find(header.begin(), header.end(), column) == header.end()) missing.insert(column);
  }
  return {missing.begin(), missing.end()};
}

// The delimiter under which the header has everything it lacks under the profile's.
std::optional<char> LikelyDelimiter(const UploadedFile& file, const FileRule& rule, char declared) {
  for (const char candidate : kDelimiters) {
    if (candidate == declared) continue;
    const Header header = ReadHeader(file, candidate);
    if (header.record.has_value() && header.record->fields.size() > 1 &&
        MissingColumns(rule, header.record->fields).empty()) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::string ShownColumns(const std::vector<std::string>& columns) {
  std::vector<std::string> shown(columns.begin(),
                                 columns.begin() + std::min(columns.size(), kShownColumns));
  if (columns.size() > kShownColumns) shown.push_back("...");
  return absl::StrJoin(shown, ", ");
}

// The first rule that reads the column, so that several rules of one file count its rows once.
const FileRule* FirstRuleOf(const std::string& column, const std::vector<std::string>& header,
                            const std::vector<const FileRule*>& rules) {
  for (const FileRule* rule : rules) {
    for (const auto& mapped : rule->columns) {
      if (ColumnIn(header, *rule, mapped.first) == column) return rule;
    }
  }
  return nullptr;
}

bool IsBlank(const CsvRecord& record) {
  return std::all_of(record.fields.begin(), record.fields.end(), [](const std::string& field) {
    return absl::StripAsciiWhitespace(field).empty();
  });
}

bool IsIdField(std::string_view field) {
  return field == "period" || (field.size() > 3 && field.substr(field.size() - 3) == "_id");
}

}  // namespace

std::map<std::string, std::string> ReadLookup(const Lookup& lookup, char delimiter,
                                              const std::vector<UploadedFile>& files) {
  std::map<std::string, std::string> values;
  for (const UploadedFile& file : files) {
    if (!MatchesPattern(lookup.pattern, file.name)) continue;
    std::optional<size_t> from;
    std::optional<size_t> to;
    bool header_seen = false;
    CsvReader reader(
        delimiter, CsvLimits(),
        [&](const CsvRecord& record) {
          const std::vector<std::string>& fields = record.fields;
          if (!header_seen) {
            header_seen = true;
            for (size_t i = 0; i < fields.size(); ++i) {
              if (Stripped(fields[i]) == lookup.from) from = i;
              if (Stripped(fields[i]) == lookup.to) to = i;
            }
          } else if (from.has_value() && to.has_value() && std::max(*from, *to) < fields.size()) {
            values.emplace(Trimmed(fields[*from]), Trimmed(fields[*to]));
          }
        },
        [](const CsvProblem&) {});  // Reported where the file itself is read.
    for (const std::string& chunk : file.chunks) reader.AddChunk(chunk);
    reader.Finish();
    if (!values.empty()) break;
  }
  return values;
}

void AppendChunk(UploadedFile& file, std::string_view data, size_t max_chunk_bytes) {
  if (data.empty()) return;
  if (!file.chunks.empty() && file.chunks.back().size() + data.size() <= max_chunk_bytes) {
    file.chunks.back().append(data);
    return;
  }
  // Growing piece by piece leaves room that will not be used any more.
  if (!file.chunks.empty()) file.chunks.back().shrink_to_fit();
  file.chunks.emplace_back(data);
}

std::string_view MappedRow::Get(std::string_view field) const {
  for (const Value& value : values_) {
    if (value.field == field) return value.value;
  }
  return {};
}

std::string_view MappedRow::Column(std::string_view field) const {
  for (const Value& value : values_) {
    if (value.field == field && !value.column.empty()) return value.column;
  }
  return field;
}

std::string MappedRow::Fingerprint() const {
  std::string text;
  for (const Value& value : values_) {
    absl::StrAppend(&text, value.value.size(), ":", value.value, ";");
  }
  return text;
}

MappedFile::MappedFile(const ImportProfile& profile, const FileRule& rule, const UploadedFile& file,
                       ImportReport& report)
    : profile_(profile),
      rule_(rule),
      file_(file),
      report_(report),
      delimiter_(rule.delimiter != 0 ? rule.delimiter : profile.delimiter) {
  row_.amount_scale_ = rule.amount_scale;
}

bool MappedFile::CheckHeader(const std::vector<const FileRule*>& all_rules_of_file,
                             bool warn_unused) {
  const std::string_view begin = file_.chunks.empty() ? std::string_view() : file_.chunks.front();
  const std::optional<std::string_view> foreign = ForeignFormat(begin);
  if (foreign.has_value()) {
    report_.AddFileError(
        {file_.name, 0},
        {"", "", "NOT_A_TEXT_FILE", absl::StrCat("the file is no CSV but ", AbslView(*foreign))});
    return false;
  }
  if (HasOnlyCarriageReturns(file_)) {
    report_.AddFileError({file_.name, 0},
                         {"", "", "BARE_CARRIAGE_RETURN",
                          "the lines end with a bare carriage return, as old Macintosh programs "
                          "write them; save the file with LF or CRLF line ends (in a spreadsheet: "
                          "\"CSV UTF-8\", not \"CSV (Macintosh)\")"});
    return false;
  }
  const Header header = ReadHeader(file_, delimiter_);
  if (!header.problems.empty()) {
    const CsvProblem& problem = header.problems.front();
    report_.AddFileError(
        {file_.name, problem.line},
        {"", "", problem.reason, absl::StrCat("the header cannot be read: ", problem.message)});
    return false;
  }
  if (!header.record.has_value()) {
    report_.AddFileError({file_.name, 0}, {"", "", "EMPTY_FILE",
                                           "the file is empty; it should begin with a header"});
    return false;
  }
  const std::vector<std::string>& columns = header.record->fields;
  const RowPlace place{file_.name, header.record->line};
  const std::vector<std::string> missing = MissingColumns(rule_, columns);
  if (!missing.empty()) {
    const std::optional<char> likely = LikelyDelimiter(file_, rule_, delimiter_);
    if (likely.has_value()) {
      report_.AddFileError(
          place,
          {"", "", "WRONG_DELIMITER",
           absl::StrCat("the columns seem to be separated by ", DelimiterName(*likely),
                        ", but profile ", profile_.name, " expects ", DelimiterName(delimiter_),
                        "; save the file with that delimiter or set "
                        "`delimiter` in the profile")});
      return false;
    }
    for (const std::string& column : missing) {
      report_.AddFileError(place, {column, "", "MISSING_COLUMN",
                                   absl::StrCat("the header has no column \"", column,
                                                "\"; it has: ", ShownColumns(columns))});
    }
    return false;
  }

  bool sound = true;
  columns_ = columns;
  const auto index_of = [&columns](const std::string& column) {
    return static_cast<size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin());
  };
  for (const std::string& column : rule_.rows_with) {
    conditions_.push_back({index_of(column), nullptr});
  }
  for (const auto& condition : rule_.rows_where) {
    conditions_.push_back({index_of(condition.first), &condition.second});
  }
  row_.place_.file = file_.name;
  for (const EntityField& field : EntityFields(rule_.entity)) {
    const std::string name(field.name);
    MappedRow::Value value;
    value.field = field.name;
    value.index = MappedRow::kNoColumn;
    value.required = field.required || rule_.required_fields.count(name) > 0;
    const auto aliases = profile_.aliases.find(name);
    if (aliases != profile_.aliases.end()) value.aliases = &aliases->second;
    const auto constant = rule_.constants.find(name);
    const auto column = rule_.columns.find(name);
    if (constant != rule_.constants.end()) value.value = constant->second;
    if (column != rule_.columns.end()) {
      value.column = ColumnIn(columns, rule_, name);
      const auto found = std::find(columns.begin(), columns.end(), value.column);
      if (found != columns.end()) value.index = static_cast<size_t>(found - columns.begin());
      value.counts_aliases = FirstRuleOf(value.column, columns, all_rules_of_file) == &rule_;
      if (std::count(columns.begin(), columns.end(), value.column) > 1) {
        report_.AddFileError(place, {value.column, "", "DUPLICATE_COLUMN",
                                     absl::StrCat("the header names the column \"", value.column,
                                                  "\" twice; rename one of them")});
        sound = false;
      }
    }
    row_.values_.push_back(std::move(value));
  }
  for (const auto& entry : rule_.templates) {
    Template text;
    text.value = static_cast<size_t>(FindValue(entry.first) - row_.values_.data());
    sound = ReadTemplate(entry.second, columns, place, text) && sound;
    templates_.push_back(std::move(text));
  }
  if (rule_.unpivot.has_value()) {
    wide_name_ = FindValue(rule_.unpivot->name_field);
    wide_value_ = FindValue(rule_.unpivot->value_field);
    for (const auto& wide : rule_.unpivot->columns) {
      wide_columns_.push_back({index_of(wide.first), &wide.first, &wide.second});
    }
    std::sort(wide_columns_.begin(), wide_columns_.end(),
              [](const WideColumn& a, const WideColumn& b) { return a.index < b.index; });
  }
  if (!warn_unused) return sound;
  for (const std::string& column : columns) {
    bool known = FirstRuleOf(column, columns, all_rules_of_file) != nullptr;
    for (const FileRule* rule : all_rules_of_file) {
      known =
          known || rule->ignored_columns.count(column) > 0 || OtherColumns(*rule).count(column) > 0;
    }
    if (known) continue;
    report_.AddWarning(place, {column, "", "UNUSED_COLUMN",
                               absl::StrCat("profile ", profile_.name, " does not use column \"",
                                            column, "\"; map it, or list it in ignored_columns")});
  }
  return sound;
}

MappedRow::Value* MappedFile::FindValue(std::string_view field) {
  for (MappedRow::Value& value : row_.values_) {
    if (value.field == field) return &value;
  }
  return nullptr;
}

bool MappedFile::ReadTemplate(const std::string& text, const std::vector<std::string>& header,
                              const RowPlace& place, Template& result) {
  size_t begin = 0;
  for (const std::string& column : TemplateColumns(text)) {
    const size_t open = text.find('{', begin);
    result.pieces.push_back(text.substr(begin, open - begin));
    begin = open + column.size() + 2;
    const auto found = std::find(header.begin(), header.end(), column);
    const bool is_wide_name = column == kWideName && rule_.unpivot.has_value();
    if (found == header.end() && !is_wide_name) {
      report_.AddFileError(place, {column, "", "MISSING_COLUMN",
                                   absl::StrCat("the header has no column \"", column,
                                                "\", which a template of the profile names")});
      return false;
    }
    result.indexes.push_back(is_wide_name ? MappedRow::kNoColumn
                                          : static_cast<size_t>(found - header.begin()));
  }
  result.pieces.push_back(text.substr(begin));
  return true;
}

bool MappedFile::IsMeant(const CsvRecord& record) const {
  for (const Condition& condition : conditions_) {
    // A row of another shape is reported by FillRow.
    if (condition.index >= record.fields.size()) return true;
    const std::string_view value = Stripped(record.fields[condition.index]);
    if (condition.patterns == nullptr) {
      if (value.empty() || profile_.empty_values.count(std::string(value)) > 0) return false;
    } else if (std::none_of(condition.patterns->begin(), condition.patterns->end(),
                            [value](const std::string& p) { return MatchesPattern(p, value); })) {
      return false;
    }
  }
  return true;
}

bool MappedFile::CheckValue(const MappedRow::Value& value) {
  const size_t limit = IsIdField(value.field) ? kMaxIdValueBytes : kMaxTextValueBytes;
  if (value.value.size() > limit) {
    report_.AddError(row_.place_, {value.column, value.value, "VALUE_TOO_LONG",
                                   absl::StrCat("the value has ", value.value.size(),
                                                " bytes; the limit is ", limit)});
    return false;
  }
  if (value.required && value.value.empty()) {
    report_.AddError(row_.place_,
                     {value.column, "", "MISSING_FIELD",
                      absl::StrCat("column \"", value.column, "\" is blank; every row needs it")});
    return false;
  }
  return true;
}

bool MappedFile::FillRow(const CsvRecord& record, const WideColumn* wide) {
  const auto value_at = [&](size_t index) {
    const std::string_view value = Stripped(record.fields[index]);
    if (value.empty() || profile_.empty_values.empty()) return value;
    return profile_.empty_values.count(std::string(value)) > 0 ? std::string_view() : value;
  };
  if (record.fields.size() != columns_.size()) {
    report_.AddError(row_.place_,
                     {"", record.fields[0], "COLUMN_COUNT",
                      absl::StrCat("the row has ", record.fields.size(), " columns, the header ",
                                   columns_.size(), "; quote values that contain the delimiter")});
    return false;
  }
  if (wide != nullptr) {
    wide_value_->index = wide->index;
    wide_value_->column = *wide->column;
    if (wide_name_ != nullptr) wide_name_->value = *wide->stands_for;
  }
  for (const Template& text : templates_) {
    std::string& value = row_.values_[text.value].value;
    value = text.pieces.front();
    for (size_t i = 0; i < text.indexes.size(); ++i) {
      const size_t index = text.indexes[i];
      value +=
          index == MappedRow::kNoColumn ? std::string_view(*wide->stands_for) : value_at(index);
      value += text.pieces[i + 1];
    }
  }
  for (MappedRow::Value& value : row_.values_) {
    if (value.index != MappedRow::kNoColumn) value.value = value_at(value.index);
    if ((value.index != MappedRow::kNoColumn || value.required) && !CheckValue(value)) return false;
    if (value.index == MappedRow::kNoColumn) continue;
    if (value.lookup != nullptr) {
      const auto found = value.lookup->find(value.value);
      if (found != value.lookup->end()) value.value = found->second;
    }
    if (value.aliases == nullptr) continue;
    const auto alias = value.aliases->find(value.value);
    if (alias == value.aliases->end()) continue;
    if (value.counts_aliases) report_.CountAlias(value.column, value.value, alias->second);
    value.value = alias->second;
  }
  return true;
}

void MappedFile::TakeRecord(const CsvRecord& record,
                            const std::function<void(const MappedRow&)>& on_row) {
  row_.place_.line = record.line;
  if (!IsMeant(record)) return;
  if (wide_columns_.empty()) {
    if (FillRow(record, nullptr)) {
      on_row(row_);
    } else {
      ++unreadable_row_count_;
    }
    return;
  }
  for (const WideColumn& wide : wide_columns_) {
    if (!FillRow(record, &wide)) return;
    if (!wide_value_->value.empty()) on_row(row_);
  }
}

absl::Status MappedFile::ForEachRow(bool first_reader, const std::function<bool()>& cancelled,
                                    const std::function<void(const MappedRow&)>& on_row) {
  bool header_seen = false;
  int row_count = 0;
  bool stop = false;
  CsvReader reader(
      delimiter_, CsvLimits(),
      [&](const CsvRecord& record) {
        if (stop) return;
        if (!header_seen) {
          header_seen = true;
          return;
        }
        if (++row_count % kCancelCheckRows == 0 && cancelled()) stop = true;
        if (first_reader) report_.CountRow(file_.name);
        if (IsBlank(record)) {
          if (first_reader) report_.CountEmptyRow(file_.name, record.line);
          return;
        }
        TakeRecord(record, on_row);
      },
      [&](const CsvProblem& problem) {
        ++unreadable_row_count_;
        if (stop || !first_reader) return;
        // Giving up follows a problem with the same row.
        if (problem.reason != "TOO_MANY_QUOTE_PROBLEMS") report_.CountRow(file_.name);
        report_.AddError({file_.name, problem.line}, {"", "", problem.reason, problem.message});
      });
  for (const std::string& chunk : file_.chunks) reader.AddChunk(chunk);
  reader.Finish();
  return stop ? absl::CancelledError("the import was cancelled") : absl::OkStatus();
}

void MappedFile::ForEachRecord(const std::function<void(const CsvRecord&)>& on_record,
                               const std::function<void(const CsvProblem&)>& on_problem) const {
  bool header_seen = false;
  CsvReader reader(
      delimiter_, CsvLimits(),
      [&](const CsvRecord& record) {
        if (header_seen) on_record(record);
        header_seen = true;
      },
      on_problem);
  for (const std::string& chunk : file_.chunks) reader.AddChunk(chunk);
  reader.Finish();
}

}  // namespace quotacast::ingestion
