// What rows may describe and with which fields: one table per entity that maps the canonical
// fields of the profile language to fields of the CrmEvent's change. Adding a field is a line here.
#ifndef QUOTACAST_SERVICES_INGESTION_ENTITY_FIELDS_H_
#define QUOTACAST_SERVICES_INGESTION_ENTITY_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::ingestion {

// What the rows of a file describe, in the order in which files are taken in: an entity only
// refers to entities before it, and to itself.
enum class Entity {
  kTeam,
  kTerritory,
  kCompPlan,
  kRep,
  kTerritoryAssignment,
  kProduct,
  kAccount,
  kPipeline,
  kLead,
  kOpportunitySnapshot,  // One row per deal with its present stage and dates.
  kOpportunity,          // One row per deal; its stages are in a kStageHistory file.
  kStageHistory,         // One row per stage a deal entered.
  kOpportunityChange,    // One row per change of another field of a deal.
  kOpportunitySplit,     // One row per rep who shares in a deal.
  kActivity,
  kCommitment,
  kFeedback,
  kInsight,
  kIncident,
  kTraining,
  kOrderLine,
  kQuota,
  kRepForecast,
  kDeletion,  // Of a record of any kind.
  kMerge,     // Of two records of any kind.
};
inline constexpr Entity kEntities[] = {
    Entity::kTeam,
    Entity::kTerritory,
    Entity::kCompPlan,
    Entity::kRep,
    Entity::kTerritoryAssignment,
    Entity::kProduct,
    Entity::kAccount,
    Entity::kPipeline,
    Entity::kLead,
    Entity::kOpportunitySnapshot,
    Entity::kOpportunity,
    Entity::kStageHistory,
    Entity::kOpportunityChange,
    Entity::kOpportunitySplit,
    Entity::kActivity,
    Entity::kCommitment,
    Entity::kFeedback,
    Entity::kInsight,
    Entity::kIncident,
    Entity::kTraining,
    Entity::kOrderLine,
    Entity::kQuota,
    Entity::kRepForecast,
    Entity::kDeletion,
    Entity::kMerge,
};

// How the text of a field is read. Most follow from the type of the field it fills.
enum class FieldType {
  kText,
  kWord,         // A value of an enum, in lower case: "best_case".
  kBoolean,      // true, false, yes, no, 1, 0.
  kInteger,      // A whole number in [smallest, largest].
  kPercent,      // "62.5" or "62.5%", kept in 1/10,000.
  kProbability,  // 0 to 1, or with a percent sign 0 to 100.
  kMoney,        // An amount not below zero.
  kSignedMoney,
  kDate,
  kInstant,
  kTiers,  // "0:5;100:8": from 0 % attainment on 5 %, from 100 % on 8 %.
};

// A canonical field of an entity.
struct EntityField {
  std::string_view name;  // "opportunity_id".
  bool required = false;  // Must be mapped by the profile and filled in every row.
  FieldType type = FieldType::kText;
  // Field of the change message; empty when it has the same name, "-" when row code reads the
  // field by itself.
  std::string_view target = {};
  // Kind of record whose id it is; what is not known is reported, as an error or, when the row is
  // of use without it, as a warning.
  crm::v1::EntityKind refers_to = crm::v1::ENTITY_KIND_UNSPECIFIED;
  bool may_be_unknown = false;
  int64_t smallest = 0;  // Of integers.
  int64_t largest = 0;
  std::string_view not_before = {};  // A date of the row that this one may not precede.
  std::string_view moment = {};      // Version of the moment at which it is learned; see Moment.
  bool names_record = false;         // A name for people; the id stands in for it.
};

// A thing that happens to a record once, at a time that a field of the row tells: a promise is
// made, and later kept.
struct Moment {
  std::string_view version;      // Version of its event; empty: "1", "2", ... by content.
  std::string_view time_field;   // A date or an instant.
  std::string_view status = {};  // Leads: the status that begins.
};

// How the rows of an entity become events.
struct EntityDefinition {
  Entity entity = Entity::kTeam;
  std::string_view name;  // In profiles.
  crm::v1::EntityKind kind = crm::v1::ENTITY_KIND_UNSPECIFIED;
  // Fields whose values make up the source key, after the kind.
  std::vector<std::string_view> key_fields;
  // Field that dates a row as a whole: its event then has the day (or instant) as its version, and
  // a record may have many such rows.
  std::string_view dated_by = {};
  // The first moment carries all fields without a moment of their own. Empty: what the rows say
  // has always been so, except where `dated_by` is filled.
  std::vector<Moment> moments;
  std::vector<EntityField> fields;
};

const EntityDefinition& DefinitionOf(Entity entity);

// Name of the entity in profiles, such as "opportunity_snapshot", and in reports, where both
// kinds of opportunity files are an "opportunity".
std::string_view EntityName(Entity entity);
std::string_view EntityReportName(Entity entity);

// All fields that a profile may map for the entity.
const std::vector<EntityField>& EntityFields(Entity entity);

// The field called `name`; null when the entity has none such.
const EntityField* FindField(Entity entity, std::string_view name);

// "territory_assignment" for ENTITY_KIND_TERRITORY_ASSIGNMENT: what source keys begin with.
std::string KindName(crm::v1::EntityKind kind);

// The lower-case words of an enum without its prefix and without "unspecified", in order:
// "call", "email", ...
std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& words);

// The number of the value that `word` names; letter case does not matter, and blanks and hyphens
// count as underscores. nullopt when there is none.
std::optional<int> NumberOfWord(const google::protobuf::EnumDescriptor& words,
                                std::string_view word);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_ENTITY_FIELDS_H_
