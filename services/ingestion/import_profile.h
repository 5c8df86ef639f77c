// Import profiles: how the files of one source become events. A profile is TOML, so that a
// RevOps analyst can write one; docs/formats/import_profiles.md documents the language.
#ifndef QUOTACAST_SERVICES_INGESTION_IMPORT_PROFILE_H_
#define QUOTACAST_SERVICES_INGESTION_IMPORT_PROFILE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/civil_date.h"
#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::ingestion {

inline constexpr size_t kMaxProfileBytes = 256 << 10;

// What the rows of a file describe, in the order in which files are taken in: an entity only
// refers to entities before it.
enum class Entity {
  kTeam,
  kRep,
  kProduct,
  kAccount,
  kOpportunitySnapshot,  // One row per deal with its present stage and dates.
  kOpportunity,          // One row per deal; its stages are in a kStageHistory file.
  kStageHistory,         // One row per stage a deal entered.
  kQuota,
};
inline constexpr Entity kEntities[] = {
    Entity::kTeam,
    Entity::kRep,
    Entity::kProduct,
    Entity::kAccount,
    Entity::kOpportunitySnapshot,
    Entity::kOpportunity,
    Entity::kStageHistory,
    Entity::kQuota,
};

// A canonical field of an entity. A required one must be mapped by the profile and filled in
// every row.
struct EntityField {
  std::string_view name;  // "opportunity_id".
  bool required = false;
};

// Name of the entity in profiles, such as "opportunity_snapshot", and in reports, where both
// kinds of opportunity files are an "opportunity".
std::string_view EntityName(Entity entity);
std::string_view EntityReportName(Entity entity);

// All fields that a profile may map for the entity.
const std::vector<EntityField>& EntityFields(Entity entity);

struct StageDefinition {
  std::string id;     // What the rows say.
  std::string label;  // Shown to people.
  crm::v1::StageCategory category = crm::v1::STAGE_CATEGORY_UNSPECIFIED;
  int position = 0;  // Order among the open stages, from 1; 0 for closing stages.
};

// How the files whose name matches `pattern` are read. Several rules may read one file.
struct FileRule {
  std::string pattern;  // Base name; '*' stands for any bytes, letter case does not matter.
  Entity entity = Entity::kTeam;
  bool required = true;   // The import needs such a file.
  bool repeated = false;  // Many rows may name the same entity, as a manager column does.
  std::map<std::string, std::string> columns;    // Canonical field -> column of the header.
  std::map<std::string, std::string> constants;  // Canonical field -> the value of every row.
  std::set<std::string> required_fields;   // Canonical fields that must be filled in every row.
  std::set<std::string> optional_columns;  // Mapped columns that the header may lack.
  std::set<std::string> ignored_columns;   // Unmapped columns about which nothing is said.
  std::string segment_from;                // Opportunities: "", "product_id" or "product_series".
  // kOpportunitySnapshot: the open stage that a closed deal was in since its opened_date, and
  // the open stages for which the source has no dates.
  std::string open_stage;
  std::set<std::string> undated_stages;
};

struct ImportProfile {
  std::string name;
  std::string description;
  std::string source;    // First part of the event ids.
  std::string currency;  // Of rows that do not say; empty when every row must say.
  DateOrder date_order = DateOrder::kIso;
  char delimiter = ',';
  std::optional<crm::v1::FiscalCalendarChange> calendar;  // Absent: not changed by the import.
  std::vector<StageDefinition> stages;
  // Canonical field -> value in the files -> value it stands for.
  std::map<std::string, std::map<std::string, std::string>> aliases;
  std::vector<FileRule> files;
  std::vector<std::string> ignored_files;  // Patterns of files about which nothing is said.

  // The stage with this id; null when there is none.
  const StageDefinition* FindStage(std::string_view id) const;
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
