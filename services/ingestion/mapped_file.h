// A file seen through a rule of a profile: its header is checked once, then each row hands out
// the values of canonical fields.
#ifndef QUOTACAST_SERVICES_INGESTION_MAPPED_FILE_H_
#define QUOTACAST_SERVICES_INGESTION_MAPPED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/ingestion/csv_reader.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"

namespace quotacast::ingestion {

inline constexpr size_t kMaxIdValueBytes = 200;      // Of *_id fields and periods.
inline constexpr size_t kMaxTextValueBytes = 1'024;  // Of every other mapped field.

// A file as sent: a base name and its bytes in order.
struct UploadedFile {
  std::string name;
  std::vector<std::string> chunks;
};

// What `lookup` says, of the first of `files` in order that it names and that has its columns.
// Empty when there is none.
std::map<std::string, std::string> ReadLookup(const Lookup& lookup, char delimiter,
                                              const std::vector<UploadedFile>& files);

// Adds bytes at the end. Small pieces are joined up to `max_chunk_bytes`, so that the memory of a
// file is near its size however finely it was sent.
void AppendChunk(UploadedFile& file, std::string_view data, size_t max_chunk_bytes);

// One row through the eyes of a rule. Lives as long as the callback that got it.
class MappedRow {
 public:
  // The value without blanks around it and with aliases applied; empty when the field is blank
  // or not mapped.
  std::string_view Get(std::string_view field) const;

  // Name for messages: the column that the field is mapped to, else the field's own name.
  std::string_view Column(std::string_view field) const;

  // All mapped values, for telling equal rows from different ones.
  std::string Fingerprint() const;

  const RowPlace& place() const { return place_; }

  // Amounts are in so many units of the currency.
  int64_t amount_scale() const { return amount_scale_; }

 private:
  friend class MappedFile;
  struct Value {
    std::string_view field;
    std::string column;  // Empty for a constant.
    size_t index = 0;    // Of the column in the row; kNoColumn for a constant or absent column.
    bool required = false;
    bool counts_aliases = false;
    const std::map<std::string, std::string>* lookup = nullptr;   // Null when there is none.
    const std::map<std::string, std::string>* aliases = nullptr;  // Null when there are none.
    std::string value;
  };
  static constexpr size_t kNoColumn = static_cast<size_t>(-1);

  RowPlace place_;
  int64_t amount_scale_ = 1;
  std::vector<Value> values_;
};

// Not thread-safe. All arguments outlive it.
class MappedFile {
 public:
  MappedFile(const ImportProfile& profile, const FileRule& rule, const UploadedFile& file,
             ImportReport& report);

  // Reads the header. False when the file cannot be used; the report then says why (EMPTY_FILE,
  // NOT_A_TEXT_FILE, BARE_CARRIAGE_RETURN, WRONG_DELIMITER, MISSING_COLUMN, DUPLICATE_COLUMN, or a
  // problem of the CSV reader). Columns that no rule uses are warned about when `warn_unused` is
  // set.
  bool CheckHeader(const std::vector<const FileRule*>& all_rules_of_file, bool warn_unused);

  // Translates the field's values by `lookup`, which outlives this. After CheckHeader.
  void SetLookup(std::string_view field, const std::map<std::string, std::string>& lookup) {
    FindValue(field)->lookup = &lookup;
  }

  // Hands every sound row that the rule is about (rows_where, rows_with) to `on_row`, in file
  // order. Rows that are no CSV, have another number of columns than the header, lack a required
  // value or hold an overlong one are reported instead. The first reader of a file (`first_reader`)
  // counts its rows and reports what the CSV reader says. CheckHeader was true. CANCELLED when
  // `cancelled` says so. Rows without any value are counted as empty and otherwise passed over.
  absl::Status ForEachRow(bool first_reader, const std::function<bool()>& cancelled,
                          const std::function<void(const MappedRow&)>& on_row);

  // Hands out every record below the header as it stands in the file, also those that ForEachRow
  // leaves out, and calls `on_problem` for what is no record. Counts and reports nothing.
  // CheckHeader was true.
  void ForEachRecord(const std::function<void(const CsvRecord&)>& on_record,
                     const std::function<void(const CsvProblem&)>& on_problem) const;

  // The columns of the header, without blanks around them.
  const std::vector<std::string>& columns() const { return columns_; }

  const FileRule& rule() const { return rule_; }
  const std::string& name() const { return file_.name; }

  // Rows that could not be read so far.
  int64_t unreadable_row_count() const { return unreadable_row_count_; }

 private:
  // A column that decides whether the rule is about a row.
  struct WideColumn {
    size_t index = 0;
    const std::string* column = nullptr;
    const std::string* stands_for = nullptr;
  };
  // Text that is filled row by row: pieces and, between them, values.
  struct Template {
    size_t value = 0;                 // In row_.values_.
    std::vector<std::string> pieces;  // One more than indexes.
    std::vector<size_t> indexes;      // Columns; kNoColumn for what the wide column stands for.
  };
  struct Condition {
    size_t index = 0;
    const std::vector<std::string>* patterns = nullptr;  // Null: it must be filled.
  };

  bool ReadTemplate(const std::string& text, const std::vector<std::string>& header,
                    const RowPlace& place, Template& result);
  MappedRow::Value* FindValue(std::string_view field);
  bool IsMeant(const CsvRecord& record) const;
  bool FillRow(const CsvRecord& record, const WideColumn* wide);
  bool CheckValue(const MappedRow::Value& value);
  void TakeRecord(const CsvRecord& record, const std::function<void(const MappedRow&)>& on_row);

  const ImportProfile& profile_;
  const FileRule& rule_;
  const UploadedFile& file_;
  ImportReport& report_;
  const char delimiter_;
  std::vector<std::string> columns_;
  std::vector<Condition> conditions_;
  std::vector<WideColumn> wide_columns_;
  MappedRow::Value* wide_name_ = nullptr;  // In row_.
  MappedRow::Value* wide_value_ = nullptr;
  std::vector<Template> templates_;
  int64_t unreadable_row_count_ = 0;
  MappedRow row_;  // Columns resolved by CheckHeader, values filled row by row.
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_MAPPED_FILE_H_
