#include "services/ingestion/entity_fields.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "google/protobuf/descriptor.h"

namespace quotacast::ingestion {
namespace {

using Fields = std::vector<EntityField>;

constexpr int64_t kMaxCount = 1'000'000'000;
constexpr int64_t kMaxMinutes = 525'600;  // A year.

// Shorthands of the tables below.
EntityField Id(std::string_view name) { return {.name = name, .required = true}; }
EntityField Text(std::string_view name) { return {.name = name}; }
EntityField Name(std::string_view name, std::string_view target = "display_name") {
  return {.name = name, .target = target, .names_record = true};
}
EntityField Typed(std::string_view name, FieldType type) { return {.name = name, .type = type}; }
EntityField Date(std::string_view name) { return Typed(name, FieldType::kDate); }
EntityField Instant(std::string_view name) { return Typed(name, FieldType::kInstant); }
EntityField Money(std::string_view name) { return Typed(name, FieldType::kMoney); }
EntityField Word(std::string_view name) { return Typed(name, FieldType::kWord); }
EntityField Boolean(std::string_view name) { return Typed(name, FieldType::kBoolean); }
EntityField Integer(std::string_view name, int64_t smallest, int64_t largest) {
  return {.name = name, .type = FieldType::kInteger, .smallest = smallest, .largest = largest};
}
// Read by row code, which puts it where it belongs.
EntityField Apart(EntityField field) {
  field.target = "-";
  return field;
}
EntityField Required(EntityField field) {
  field.required = true;
  return field;
}
EntityField To(std::string_view target, EntityField field) {
  field.target = target;
  return field;
}
EntityField At(std::string_view moment, EntityField field) {
  field.moment = moment;
  return field;
}
EntityField NotBefore(std::string_view other, EntityField field) {
  field.not_before = other;
  return field;
}

EntityField Refers(std::string_view name, crm::v1::EntityKind kind, bool may_be_unknown) {
  return {.name = name, .refers_to = kind, .may_be_unknown = may_be_unknown};
}
EntityField Rep(std::string_view name = "rep_id") {
  return Refers(name, crm::v1::ENTITY_KIND_REP, false);
}
EntityField Manager() { return Refers("manager_rep_id", crm::v1::ENTITY_KIND_REP, true); }
EntityField Product() { return Refers("product_id", crm::v1::ENTITY_KIND_PRODUCT, false); }
EntityField Team(std::string_view name = "team_id") {
  return Refers(name, crm::v1::ENTITY_KIND_TEAM, true);
}
EntityField Account(std::string_view name = "account_id") {
  return Refers(name, crm::v1::ENTITY_KIND_ACCOUNT, true);
}
EntityField Territory(std::string_view name = "territory_id") {
  return Refers(name, crm::v1::ENTITY_KIND_TERRITORY, true);
}
EntityField Lead() { return Refers("lead_id", crm::v1::ENTITY_KIND_LEAD, true); }
EntityField Deal() { return Refers("opportunity_id", crm::v1::ENTITY_KIND_OPPORTUNITY, true); }
EntityField KnownDeal() {
  return Required(Refers("opportunity_id", crm::v1::ENTITY_KIND_OPPORTUNITY, false));
}
EntityField Currency() { return Apart(Text("currency")); }

// What both forms of a deal's row may say beside its stage and dates.
Fields DealFields() {
  return {To("owner_rep_id", Rep()),
          Account(),
          Product(),
          Text("segment_id"),
          Date("created_date"),
          Money("amount"),
          Currency(),
          Date("expected_close_date"),
          Refers("pipeline_id", crm::v1::ENTITY_KIND_PIPELINE, true),
          Word("motion"),
          Text("lead_source"),
          Lead(),
          Word("forecast_category"),
          Typed("crm_probability", FieldType::kProbability),
          Typed("rep_probability", FieldType::kProbability),
          Text("close_reason"),
          Text("competitor"),
          Text("customer_problem"),
          Integer("discovery_rating", 1, 5),
          Territory()};
}

Fields SnapshotFields() {
  Fields fields = {Id("opportunity_id"), Required(Apart(Text("stage_id"))),
                   Apart(Date("opened_date")), Apart(Date("closed_date"))};
  for (EntityField& field : DealFields()) {
    if (field.name == "rep_id") field.required = true;
    fields.push_back(std::move(field));
  }
  return fields;
}

Fields HeaderFields() {
  Fields fields = {Id("opportunity_id")};
  for (EntityField& field : DealFields()) fields.push_back(std::move(field));
  return fields;
}

std::vector<EntityDefinition> MakeDefinitions() {
  std::vector<EntityDefinition> all;
  all.push_back({Entity::kTeam,
                 "team",
                 crm::v1::ENTITY_KIND_TEAM,
                 {"team_id"},
                 "",
                 {},
                 {Id("team_id"), Name("team_name"), Team("parent_team_id"),
                  // Reps come after teams, so that whether they are known cannot be told yet.
                  Text("manager_rep_id")}});
  all.push_back({Entity::kTerritory,
                 "territory",
                 crm::v1::ENTITY_KIND_TERRITORY,
                 {"territory_id"},
                 "changed_date",
                 {},
                 {Id("territory_id"), Name("territory_name"), Territory("parent_territory_id"),
                  Apart(Date("changed_date"))}});
  all.push_back(
      {Entity::kCompPlan,
       "comp_plan",
       crm::v1::ENTITY_KIND_COMP_PLAN,
       {"comp_plan_id"},
       "changed_date",
       {},
       {Id("comp_plan_id"), Name("comp_plan_name"), Money("base_pay"), Money("on_target_earnings"),
        Typed("tiers", FieldType::kTiers), Money("commission_cap"), Money("draw"), Currency(),
        Apart(Date("changed_date"))}});
  all.push_back(
      {Entity::kRep,
       "rep",
       crm::v1::ENTITY_KIND_REP,
       {"rep_id"},
       "changed_date",
       {},
       {Id("rep_id"), Name("rep_name"), Team(), Date("start_date"),
        NotBefore("start_date", Date("end_date")), Text("role"), Manager(), Text("segment_id"),
        Territory(), To("fte_basis_points", Typed("fte_percent", FieldType::kPercent)),
        Word("status"), Refers("comp_plan_id", crm::v1::ENTITY_KIND_COMP_PLAN, true),
        Apart(Date("changed_date"))}});
  all.push_back({Entity::kTerritoryAssignment,
                 "territory_assignment",
                 crm::v1::ENTITY_KIND_TERRITORY_ASSIGNMENT,
                 {"rep_id", "territory_id", "start_date"},
                 "",
                 {{"", "start_date"}},
                 {Required(Rep()), Required(Territory()), Required(Date("start_date")),
                  NotBefore("start_date", Date("end_date"))}});
  all.push_back({Entity::kProduct,
                 "product",
                 crm::v1::ENTITY_KIND_PRODUCT,
                 {"product_id"},
                 "",
                 {},
                 {Id("product_id"), Name("product_name"), Text("series"), Money("list_price"),
                  Money("unit_cost"), Currency()}});
  all.push_back({Entity::kAccount,
                 "account",
                 crm::v1::ENTITY_KIND_ACCOUNT,
                 {"account_id"},
                 "changed_date",
                 {},
                 {Id("account_id"), Name("account_name"), Text("industry"), Text("location"),
                  Rep("owner_rep_id"), Territory(), Money("yearly_potential"), Currency(),
                  To("customer_since", Date("customer_since_date")), Account("parent_account_id"),
                  Text("buyer_behaviour"), Apart(Date("changed_date"))}});
  all.push_back({Entity::kPipeline,
                 "pipeline",
                 crm::v1::ENTITY_KIND_PIPELINE,
                 {"pipeline_id"},
                 "",
                 {},
                 {Id("pipeline_id"), Name("pipeline_name", "label")}});
  all.push_back(
      {Entity::kLead,
       "lead",
       crm::v1::ENTITY_KIND_LEAD,
       {"lead_id"},
       "changed_time",
       {{"created", "created_time", "new"},
        {"first_touch", "first_touch_time", "working"},
        {"qualified", "qualified_time", "qualified"},
        {"disqualified", "disqualified_time", "disqualified"},
        {"converted", "converted_time", "converted"}},
       {Id("lead_id"), Instant("created_time"), Text("lead_source"), Apart(Word("status")),
        Rep("owner_rep_id"), At("first_touch", Instant("first_touch_time")),
        At("first_touch", Integer("touch_count", 0, kMaxCount)), Account(),
        // Deals come after leads.
        At("converted", Text("opportunity_id")), Text("segment_id"),
        At("disqualified", Text("disqualification_reason")), Boolean("is_inbound"),
        Apart(Instant("qualified_time")), Apart(Instant("disqualified_time")),
        Apart(Instant("converted_time")), Apart(Instant("changed_time"))}});
  all.push_back({Entity::kOpportunitySnapshot,
                 "opportunity_snapshot",
                 crm::v1::ENTITY_KIND_OPPORTUNITY,
                 {"opportunity_id"},
                 "",
                 {},
                 SnapshotFields()});
  all.push_back({Entity::kOpportunity,
                 "opportunity",
                 crm::v1::ENTITY_KIND_OPPORTUNITY,
                 {"opportunity_id"},
                 "",
                 {},
                 HeaderFields()});
  all.push_back({Entity::kStageHistory,
                 "stage_history",
                 crm::v1::ENTITY_KIND_OPPORTUNITY,
                 {"opportunity_id"},
                 "",
                 {},
                 {Id("opportunity_id"), Apart(Date("changed_date")), Apart(Instant("changed_time")),
                  Required(Apart(Text("stage_id"))), Apart(Text("pipeline_id")), Money("amount"),
                  Currency(), To("owner_rep_id", Rep()), Text("close_reason"), Text("competitor"),
                  Date("expected_close_date"), Word("forecast_category")}});
  all.push_back({Entity::kOpportunityChange,
                 "opportunity_change",
                 crm::v1::ENTITY_KIND_OPPORTUNITY,
                 {"opportunity_id"},
                 "",
                 {},
                 {KnownDeal(), Apart(Date("changed_date")), Apart(Instant("changed_time")),
                  Required(Apart(Text("field"))), Required(Apart(Text("new_value"))), Currency()}});
  all.push_back({Entity::kOpportunitySplit,
                 "opportunity_split",
                 crm::v1::ENTITY_KIND_OPPORTUNITY,
                 {"opportunity_id"},
                 "",
                 {},
                 {Apart(KnownDeal()), Apart(Date("changed_date")), Required(Rep()),
                  Required(To("share_basis_points", Typed("share_percent", FieldType::kPercent))),
                  Boolean("is_overlay")}});
  all.push_back(
      {Entity::kActivity,
       "activity",
       crm::v1::ENTITY_KIND_ACTIVITY,
       {"activity_id"},
       "",
       {{"", "start_time"}},
       {Id("activity_id"), Word("kind"), Rep(), Deal(), Lead(), Account(), Instant("start_time"),
        Integer("duration_minutes", 0, kMaxMinutes), Boolean("is_automated"), Boolean("is_inbound"),
        Boolean("is_done"), Text("contact_id")}});
  all.push_back({Entity::kCommitment,
                 "commitment",
                 crm::v1::ENTITY_KIND_COMMITMENT,
                 {"commitment_id"},
                 "",
                 {{"made", "made_date"}, {"done", "done_date"}},
                 {Id("commitment_id"), Rep(), Account(), Deal(), Text("topic"), Date("made_date"),
                  Date("due_date"), At("done", NotBefore("made_date", Date("done_date")))}});
  all.push_back(
      {Entity::kFeedback,
       "feedback",
       crm::v1::ENTITY_KIND_FEEDBACK,
       {"feedback_id"},
       "",
       {{"", "given_date"}},
       {Id("feedback_id"), Deal(), Account(), Refers("stage_id", crm::v1::ENTITY_KIND_STAGE, true),
        Text("topic"), Integer("rating", 1, 5), Text("comment"), Date("given_date")}});
  all.push_back(
      {Entity::kInsight,
       "insight",
       crm::v1::ENTITY_KIND_INSIGHT,
       {"insight_id"},
       "",
       {{"", "learned_date"}},
       {Id("insight_id"), Account(), Rep("owner_rep_id"), Text("topic"), Text("finding"),
        Text("evidence"), Date("learned_date"), NotBefore("learned_date", Date("expiry_date"))}});
  all.push_back(
      {Entity::kIncident,
       "incident",
       crm::v1::ENTITY_KIND_INCIDENT,
       {"incident_id"},
       "",
       {{"opened", "opened_time"},
        {"acknowledged", "acknowledged_time"},
        {"resolved", "resolved_time"}},
       {Id("incident_id"), Account(), Rep("owner_rep_id"), Text("topic"), Instant("opened_time"),
        At("acknowledged", NotBefore("opened_time", Instant("acknowledged_time"))),
        At("resolved", NotBefore("opened_time", Instant("resolved_time"))),
        At("resolved", Boolean("is_recovered"))}});
  all.push_back({Entity::kTraining,
                 "training",
                 crm::v1::ENTITY_KIND_TRAINING,
                 {"training_id"},
                 "",
                 {{"", "trained_date"}},
                 {Id("training_id"), Required(Rep()), Word("kind"), Text("topic"),
                  Integer("duration_minutes", 0, kMaxMinutes), Date("trained_date")}});
  all.push_back({Entity::kOrderLine,
                 "order_line",
                 crm::v1::ENTITY_KIND_ORDER_LINE,
                 {"order_id", "line_id"},
                 "",
                 {{"", "order_date"}},
                 {Id("order_id"), Text("line_id"), Date("order_date"), Product(),
                  Integer("quantity", -kMaxCount, kMaxCount), Money("unit_price"),
                  Typed("amount", FieldType::kSignedMoney), Typed("cost", FieldType::kSignedMoney),
                  Currency(), Rep(), Account(), Territory(), Deal()}});
  all.push_back({Entity::kQuota,
                 "quota",
                 crm::v1::ENTITY_KIND_QUOTA,
                 {},
                 "",
                 {},
                 {Rep(), Team(), Territory(), Apart(Text("period")), Apart(Date("period_date")),
                  Money("amount"), Currency(), Word("kind"), Text("component"),
                  Integer("unit_count", 0, kMaxCount), Date("start_date")}});
  all.push_back({Entity::kRepForecast,
                 "rep_forecast",
                 crm::v1::ENTITY_KIND_REP_FORECAST,
                 {"rep_id", "period"},
                 "made_date",
                 {},
                 {Required(Rep()), Apart(Text("period")), Apart(Date("period_date")),
                  Required(Apart(Date("made_date"))), Money("low"), Money("expected"),
                  Money("high"), Money("commit"), Money("best_case"), Currency()}});
  all.push_back({Entity::kDeletion,
                 "deletion",
                 crm::v1::ENTITY_KIND_UNSPECIFIED,
                 {},
                 "",
                 {},
                 {Required(Word("entity")), Id("entity_id"), Required(Apart(Date("deleted_date"))),
                  Boolean("restored"), Text("reason")}});
  all.push_back({Entity::kMerge,
                 "merge",
                 crm::v1::ENTITY_KIND_UNSPECIFIED,
                 {},
                 "",
                 {},
                 {Required(Word("entity")), Id("from_id"), Id("into_id"),
                  Required(Apart(Date("merged_date")))}});
  return all;
}

std::string_view PrefixOf(const google::protobuf::EnumDescriptor& words) {
  // The first value is always "<PREFIX>UNSPECIFIED".
  constexpr size_t kSuffixBytes = 11;
  std::string_view first = words.value(0)->name();
  first.remove_suffix(kSuffixBytes);
  return first;
}

}  // namespace

const EntityDefinition& DefinitionOf(Entity entity) {
  static const auto* const definitions = new std::vector<EntityDefinition>(MakeDefinitions());
  return (*definitions)[static_cast<size_t>(entity)];
}

std::string_view EntityName(Entity entity) { return DefinitionOf(entity).name; }

std::string_view EntityReportName(Entity entity) {
  return entity == Entity::kOpportunitySnapshot ? EntityName(Entity::kOpportunity)
                                                : EntityName(entity);
}

const std::vector<EntityField>& EntityFields(Entity entity) { return DefinitionOf(entity).fields; }

const EntityField* FindField(Entity entity, std::string_view name) {
  for (const EntityField& field : EntityFields(entity)) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string KindName(crm::v1::EntityKind kind) {
  const google::protobuf::EnumDescriptor& kinds = *crm::v1::EntityKind_descriptor();
  const std::string_view name = kinds.FindValueByNumber(kind)->name();
  return absl::AsciiStrToLower(std::string(name.substr(PrefixOf(kinds).size())));
}

std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& words) {
  std::vector<std::string> result;
  for (int i = 1; i < words.value_count(); ++i) {
    const std::string_view name = words.value(i)->name();
    result.push_back(absl::AsciiStrToLower(std::string(name.substr(PrefixOf(words).size()))));
  }
  return result;
}

std::optional<int> NumberOfWord(const google::protobuf::EnumDescriptor& words,
                                std::string_view word) {
  std::string name(PrefixOf(words));
  for (const char c : word) {
    name.push_back(c == ' ' || c == '-' ? '_' : absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  const google::protobuf::EnumValueDescriptor* value = words.FindValueByName(name);
  if (value == nullptr || value->index() == 0) return std::nullopt;
  return value->number();
}

}  // namespace quotacast::ingestion
