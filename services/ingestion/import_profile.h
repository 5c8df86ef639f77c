// Import profiles: how the files of one source become events. A profile is TOML, so that a
// RevOps analyst can write one; docs/formats/import_profiles.md documents the language.
#ifndef QUOTACAST_SERVICES_INGESTION_IMPORT_PROFILE_H_
#define QUOTACAST_SERVICES_INGESTION_IMPORT_PROFILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/entity_fields.h"
#include "services/ingestion/value_forms.h"

namespace quotacast::ingestion {

inline constexpr size_t kMaxProfileBytes = 256 << 10;

// How the text of a source's files is encoded, where no byte order mark says it.
enum class TextEncoding { kUtf8, kUtf16, kWindows1252, kIso88591 };

struct PipelineDefinition {
  std::string id;     // What the rows say.
  std::string label;  // Shown to people.
};

struct StageDefinition {
  std::string id;        // What the rows say.
  std::string label;     // Shown to people.
  std::string pipeline;  // The pipeline it belongs to; empty where a profile has none.
  crm::v1::StageCategory category = crm::v1::STAGE_CATEGORY_UNSPECIFIED;
  int position = 0;  // Order among the open stages, from 1; 0 for closing stages.
  std::optional<int> probability_percent;  // That the CRM attaches to it.

  // What events say: "default/won" of a stage of pipeline "default", else the id.
  std::string event_id() const { return pipeline.empty() ? id : pipeline + "/" + id; }
};

// Another file that translates the values of a field, before aliases do: one that knows a person's
// badge number where the row has only that. What it does not list stays as it is.
struct Lookup {
  std::string pattern;  // Of the file; the first by name is read.
  std::string from;     // Its column that holds the values of the row ...
  std::string to;       // ... and the one that holds what they stand for.
  char delimiter = 0;   // 0: the profile's.
};

// A table that is wide: some columns hold the values of one field for different things, such as
// months. Each of them makes a row of its own.
struct Unpivot {
  std::map<std::string, std::string> columns;  // Column -> what it stands for: "M01" -> "01".
  std::string name_field;   // Canonical field that gets what the column stands for; may be empty.
  std::string value_field;  // Canonical field that gets the value; a blank one makes no row.
};

// How the files whose name matches `pattern` are read. Several rules may read one file.
struct FileRule {
  std::string pattern;  // Base name; '*' stands for any bytes, letter case does not matter.
  Entity entity = Entity::kTeam;
  bool required = true;   // The import needs such a file.
  bool repeated = false;  // Many rows may name the same entity, as a manager column does.
  std::map<std::string, std::string> columns;  // Canonical field -> column of the header.
  // Canonical field -> columns to take instead, in order, when the header lacks the one above.
  std::map<std::string, std::vector<std::string>> other_columns;
  std::map<std::string, std::string> constants;  // Canonical field -> the value of every row.
  std::set<std::string> required_fields;   // Canonical fields that must be filled in every row.
  std::set<std::string> optional_columns;  // Mapped columns that the header may lack.
  std::set<std::string> ignored_columns;   // Unmapped columns about which nothing is said.
  // Column -> patterns: the rule is about the rows whose value matches one of them ...
  std::map<std::string, std::vector<std::string>> rows_where;
  std::set<std::string> rows_with;        // ... and in which these columns are filled.
  char delimiter = 0;                     // 0: the profile's.
  int64_t amount_scale = 1;               // Amounts are in so many units of the currency.
  std::map<std::string, Lookup> lookups;  // Canonical field -> where its value is looked up.
  // Canonical field -> text in which {Column} stands for the row's value of the column, and {*}
  // for what the unpivoted column stands for.
  std::map<std::string, std::string> templates;
  std::optional<Unpivot> unpivot;
  std::string segment_from;  // Opportunities: "", "product_id" or "product_series".
  // kOpportunitySnapshot: the open stage that a closed deal was in since its opened_date, and
  // the open stages for which the source has no dates.
  std::string open_stage;
  std::set<std::string> undated_stages;
  bool compare_with_log = false;  // Exports of the whole table, day after day, make a history.
  bool full_export = false;       // A known record without a row was deleted.
};

// The column of `header` that holds the field: the rule's, else the first of its alternatives; the
// rule's when the header has none of them. The rule maps the field.
const std::string& ColumnIn(const std::vector<std::string>& header, const FileRule& rule,
                            const std::string& field);

struct ImportProfile {
  std::string name;
  std::string description;
  std::string source;    // First part of the event ids.
  std::string currency;  // Of rows that do not say; empty when every row must say.
  ValueForms forms;
  TextEncoding encoding = TextEncoding::kUtf8;
  std::set<std::string> empty_values;  // Texts that mean no value, beside the blank field.
  char delimiter = ',';
  std::optional<crm::v1::FiscalCalendarChange> calendar;  // Absent: not changed by the import.
  std::vector<PipelineDefinition> pipelines;
  std::vector<StageDefinition> stages;
  // Canonical field -> value in the files -> value it stands for.
  std::map<std::string, std::map<std::string, std::string>> aliases;
  std::vector<FileRule> files;
  std::vector<std::string> ignored_files;  // Patterns of files about which nothing is said.

  // The stage of the pipeline with this id; null when there is none.
  const StageDefinition* FindStage(std::string_view id, std::string_view pipeline = "") const;
};

// Finds the text of the profile that another one extends; nullopt when there is none.
using FindProfileText = std::function<std::optional<std::string_view>(std::string_view name)>;

// Parses and checks a profile. Errors: INVALID_ARGUMENT with reason INVALID_PROFILE and one field
// violation per mistake, each with the path of the key and its line: syntax errors, unknown keys,
// missing keys, wrong types, unknown fields, calendars that are none. A pure function.
absl::StatusOr<ImportProfile> ParseImportProfile(std::string_view toml,
                                                 const FindProfileText& find_parent);

// True when `file_name` matches `pattern`: '*' stands for any bytes, ASCII letter case does not
// matter.
bool MatchesPattern(std::string_view pattern, std::string_view file_name);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_IMPORT_PROFILE_H_
