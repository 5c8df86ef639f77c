#include "services/ingestion/record_rows.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/ingestion/field_setter.h"
#include "services/ingestion/source_keys.h"
#include "services/ingestion/value_forms.h"

namespace quotacast::ingestion {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Reference data without a date of its own has always been so.
absl::Time AlwaysSo() { return StartOfDayUtc(absl::CivilDay(1970, 1, 1)); }

std::string Text(std::string_view value) { return std::string(value); }

const FieldDescriptor& FieldOf(const Message& message, std::string_view name) {
  return *message.GetDescriptor()->FindFieldByName(Text(name));
}

// The change inside the event that is about the entity.
Message& MutableChange(const EntityDefinition& definition, crm::v1::CrmEvent& event) {
  return *event.GetReflection()->MutableMessage(&event, &FieldOf(event, definition.name));
}

std::string_view TargetName(const EntityField& field) {
  return field.target.empty() ? field.name : field.target;
}

// Takes out of `change` what is learned later than its first moment.
void KeepFirstMoment(const EntityDefinition& definition, Message& change) {
  for (const EntityField& field : definition.fields) {
    if (field.moment.empty() || field.target == "-") continue;
    change.GetReflection()->ClearField(&change, &FieldOf(change, TargetName(field)));
  }
}

// Takes out of `change` all but the id and what is learned at `moment`.
void KeepMoment(const EntityDefinition& definition, std::string_view moment, Message& change) {
  for (const EntityField& field : definition.fields) {
    const bool is_key = std::find(definition.key_fields.begin(), definition.key_fields.end(),
                                  field.name) != definition.key_fields.end();
    if (is_key || field.moment == moment || field.target == "-") continue;
    change.GetReflection()->ClearField(&change, &FieldOf(change, TargetName(field)));
  }
}

// When the moment was; nullopt when the row does not say. What is wrong with a field that the
// change holds was reported when it was set.
std::optional<absl::Time> TimeOf(const EntityDefinition& definition, std::string_view name,
                                 RowValues& values) {
  const EntityField& field = *FindField(definition.entity, name);
  const bool is_reported = field.target != "-";
  if (is_reported && values.failed()) return std::nullopt;
  if (field.type == FieldType::kInstant) return values.Instant(name);
  const std::optional<absl::CivilDay> day = values.Date(name);
  if (!day.has_value()) return std::nullopt;
  return StartOfDayUtc(*day);
}

// The version of a row that is dated as a whole: its day or instant.
std::string DateVersion(const EntityDefinition& definition, absl::Time time) {
  const EntityField& field = *FindField(definition.entity, definition.dated_by);
  return field.type == FieldType::kInstant ? FormatInstant(time) : FormatIsoDate(DayOfUtc(time));
}

}  // namespace

RecordRows::RecordRows(const ImportProfile& profile, RowRules& rules, ReferenceData& reference,
                       ImportReport& report, EventAppender& appender,
                       SnapshotComparison* comparison)
    : profile_(profile),
      rules_(rules),
      reference_(reference),
      report_(report),
      appender_(appender),
      comparison_(comparison) {}

absl::Status RecordRows::AppendDefinitions() {
  const auto append = [this](const std::string& key, const crm::v1::CrmEvent& event) {
    QC_RETURN_IF_ERROR(appender_.AddState(key, AlwaysSo(), event));
    return reference_.Apply(event);
  };
  if (profile_.calendar.has_value()) {
    crm::v1::CrmEvent event;
    *event.mutable_fiscal_calendar() = *profile_.calendar;
    QC_RETURN_IF_ERROR(append(Text(kFiscalCalendarKey), event));
  }
  for (const PipelineDefinition& pipeline : profile_.pipelines) {
    crm::v1::CrmEvent event;
    event.mutable_pipeline()->set_pipeline_id(pipeline.id);
    event.mutable_pipeline()->set_label(pipeline.label);
    QC_RETURN_IF_ERROR(append(SourceKey("pipeline", pipeline.id), event));
  }
  for (const StageDefinition& stage : profile_.stages) {
    crm::v1::CrmEvent event;
    crm::v1::StageChange& change = *event.mutable_stage();
    change.set_stage_id(stage.event_id());
    change.set_label(stage.label);
    if (stage.position > 0) change.set_position(stage.position);
    change.set_category(stage.category);
    if (!stage.pipeline.empty()) change.set_pipeline_id(stage.pipeline);
    if (stage.probability_percent.has_value()) {
      change.set_default_probability(*stage.probability_percent / 100.0);
    }
    QC_RETURN_IF_ERROR(append(SourceKey("stage", stage.event_id()), event));
  }
  return absl::OkStatus();
}

void RecordRows::TakeRow(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  Taken taken;
  taken.entity = rule.entity;
  taken.place = row.place();
  switch (rule.entity) {
    case Entity::kQuota:
      FillQuota(values, taken);
      break;
    case Entity::kDeletion:
      FillDeletion(values, taken);
      break;
    case Entity::kMerge:
      FillMerge(values, taken);
      break;
    default:
      FillRecord(rule, values, taken);
  }
  taken.is_compared = rule.compare_with_log && comparison_ != nullptr;
  // Also a row that is left out shows that its record was not deleted.
  if (taken.is_compared) comparison_->Keep(taken.source_key);
  if (values.failed()) return;
  // Rows that are dated as a whole may repeat the record with another date.
  const bool dated = taken.facts.size() == 1 && !taken.facts.front().version.empty();
  const std::string key =
      dated ? absl::StrCat(taken.source_key, "@", taken.facts.front().version) : taken.source_key;
  const std::string_view id_field = EntityFields(rule.entity).front().name;
  if (!duplicates_.IsNew(key, row, id_field, rule.repeated, report_)) return;
  duplicates_.Remember(key, row);
  values.Accept();
  taken_.push_back(std::move(taken));
}

void RecordRows::FillPeriod(RowValues& values, std::string& period) const {
  const std::optional<absl::CivilDay> day = values.Date("period_date");
  if (day.has_value()) {
    const absl::StatusOr<FiscalPeriod> found = reference_.calendar().PeriodContaining(*day);
    if (!found.ok()) {
      values.Error("period_date", "UNKNOWN_PERIOD", Text(StdView(found.status().message())));
      return;
    }
    period = found->name;
    return;
  }
  if (values.Get("period").empty()) {
    values.Error("period", "MISSING_FIELD", "the row needs the fiscal period, or a day in it");
    return;
  }
  const absl::StatusOr<FiscalPeriod> found = reference_.calendar().PeriodNamed(
      values.Get("period"),
      std::min(rules_.today, reference_.latest_deal_day().value_or(rules_.today)));
  if (!found.ok()) {
    values.Error("period", "UNKNOWN_PERIOD", Text(StdView(found.status().message())));
    return;
  }
  period = Text(values.Get("period"));
}

void RecordRows::FillQuota(RowValues& values, Taken& taken) const {
  Fact fact;
  fact.effective_time = AlwaysSo();
  crm::v1::QuotaChange& quota = *fact.event.mutable_quota();
  SetFields(Entity::kQuota, values, reference_, quota);
  FillPeriod(values, *quota.mutable_period());
  int subject_count = 0;
  for (const char* field : {"rep_id", "team_id", "territory_id"}) {
    subject_count += values.Get(field).empty() ? 0 : 1;
  }
  if (subject_count == 0) {
    values.Error("rep_id", "MISSING_FIELD", "a quota needs its rep, team or territory");
  } else if (subject_count > 1) {
    values.Error("rep_id", "TWO_SUBJECTS",
                 "a quota belongs to a rep, to a team or to a territory; give it to one of them");
  }
  if (values.Get("amount").empty() && values.Get("unit_count").empty()) {
    values.Error("amount", "MISSING_FIELD", "a quota needs an amount or units to sell");
  }
  const bool street =
      quota.kind() == crm::v1::QUOTA_KIND_UNSPECIFIED || quota.kind() == crm::v1::QUOTA_KIND_STREET;
  const std::string kind =
      street ? "" : WordsOf(*crm::v1::QuotaKind_descriptor())[quota.kind() - 1];
  taken.source_key =
      QuotaKey({quota.rep_id(), quota.team_id(), quota.territory_id(), kind, quota.component()},
               quota.period());
  taken.facts.push_back(std::move(fact));
}

void RecordRows::FillRecord(const FileRule& rule, RowValues& values, Taken& taken) const {
  const EntityDefinition& definition = DefinitionOf(rule.entity);
  Fact fact;
  Message& change = MutableChange(definition, fact.event);
  SetFields(rule.entity, values, reference_, change);
  if (rule.entity == Entity::kRepForecast) {
    FillPeriod(values, *fact.event.mutable_rep_forecast()->mutable_period());
  }
  taken.source_key = KindName(definition.kind);
  for (const std::string_view key : definition.key_fields) {
    const std::string_view value = values.Get(key);
    absl::StrAppend(&taken.source_key, "/");
    if (key == "start_date") {
      const std::optional<absl::CivilDay> day = values.Date(key);
      absl::StrAppend(&taken.source_key, FormatIsoDate(day.value_or(absl::CivilDay())));
    } else if (key == "period") {
      absl::StrAppend(&taken.source_key, fact.event.rep_forecast().period());
    } else {
      absl::StrAppend(&taken.source_key, AbslView(value));
    }
  }
  for (const EntityField& field : definition.fields) {
    if (field.refers_to == definition.kind && !values.Get(field.name).empty()) {
      taken.references.push_back(
          {Text(values.row().Column(field.name)), Text(values.Get(field.name))});
    }
  }
  const bool is_dated = !definition.dated_by.empty() && !values.Get(definition.dated_by).empty();
  if (is_dated) {
    if (rule.entity == Entity::kLead) {
      // A dated row says what the lead was like then, its status included.
      SetField({.name = "status", .type = FieldType::kWord}, "status", values, reference_, change);
    }
    fact.effective_time = TimeOf(definition, definition.dated_by, values);
    if (!fact.effective_time.has_value()) return;
    fact.version = DateVersion(definition, *fact.effective_time);
    taken.facts.push_back(std::move(fact));
    return;
  }
  // An undated row is all that is known of the record, so it needs a name.
  for (const EntityField& field : definition.fields) {
    if (!field.names_record || !values.Get(field.name).empty()) continue;
    change.GetReflection()->SetString(&change, &FieldOf(change, TargetName(field)),
                                      Text(values.Get(definition.key_fields.front())));
  }
  if (rule.compare_with_log) {
    taken.full = fact.event;
    if (rule.entity == Entity::kLead) {
      SetField({.name = "status", .type = FieldType::kWord}, "status", values, reference_,
               *taken.full.mutable_lead());
    }
  }
  FillMoments(rule, values, fact.event, taken);
}

void RecordRows::FillMoments(const FileRule& rule, RowValues& values,
                             const crm::v1::CrmEvent& event, Taken& taken) const {
  const EntityDefinition& definition = DefinitionOf(rule.entity);
  if (definition.moments.size() < 2) {
    const std::optional<absl::Time> time =
        definition.moments.empty()
            ? AlwaysSo()
            : TimeOf(definition, definition.moments.front().time_field, values);
    taken.facts.push_back({"", time, event});
    return;
  }
  std::string_view last_status;
  for (const Moment& moment : definition.moments) {
    const bool first = &moment == &definition.moments.front();
    if (!first && values.Get(moment.time_field).empty()) continue;
    Fact fact{Text(moment.version), TimeOf(definition, moment.time_field, values), event};
    Message& change = MutableChange(definition, fact.event);
    if (first) {
      KeepFirstMoment(definition, change);
    } else {
      KeepMoment(definition, moment.version, change);
    }
    if (!moment.status.empty()) {
      fact.event.mutable_lead()->set_status(static_cast<crm::v1::LeadStatus>(
          NumberOfWord(*crm::v1::LeadStatus_descriptor(), moment.status).value_or(0)));
      last_status = moment.status;
    }
    taken.facts.push_back(std::move(fact));
  }
  // What is learned at a moment that the row does not date came to be at an unknown time.
  Fact undated{"", std::nullopt, event};
  Message& change = MutableChange(definition, undated.event);
  bool says_something = false;
  for (const EntityField& field : definition.fields) {
    if (field.target == "-") continue;
    const auto moment = std::find_if(
        definition.moments.begin(), definition.moments.end(),
        [&field](const Moment& candidate) { return candidate.version == field.moment; });
    const bool is_undated = moment != definition.moments.end() &&
                            values.Get(moment->time_field).empty() &&
                            !values.Get(field.name).empty();
    const bool is_key = field.name == definition.key_fields.front();
    if (!is_undated && !is_key) {
      change.GetReflection()->ClearField(&change, &FieldOf(change, TargetName(field)));
    }
    says_something = says_something || is_undated;
  }
  if (rule.entity == Entity::kLead && !values.Get("status").empty()) {
    SetField({.name = "status", .type = FieldType::kWord}, "status", values, reference_, change);
    const std::string status =
        values.failed()
            ? ""
            : WordsOf(*crm::v1::LeadStatus_descriptor())[undated.event.lead().status() - 1];
    if (status == last_status) {
      undated.event.mutable_lead()->clear_status();
    } else {
      says_something = true;
    }
  }
  if (!says_something) return;
  undated.version = "undated";
  taken.facts.push_back(std::move(undated));
}

void RecordRows::FillDeletion(RowValues& values, Taken& taken) const {
  Fact fact;
  crm::v1::Deletion& deletion = *fact.event.mutable_deletion();
  SetFields(Entity::kDeletion, values, reference_, deletion);
  const std::optional<absl::CivilDay> day = values.Date("deleted_date");
  if (values.failed() || !day.has_value()) return;
  if (!reference_.ids(deletion.entity()).empty()) {
    CheckReference(deletion.entity(), false, "entity_id", values, reference_);
  }
  fact.version = DatedVersion(deletion.restored() ? "restored" : "deleted", FormatIsoDate(*day));
  fact.effective_time = StartOfDayUtc(*day);
  taken.source_key = SourceKey(KindName(deletion.entity()), deletion.entity_id());
  taken.facts.push_back(std::move(fact));
}

void RecordRows::FillMerge(RowValues& values, Taken& taken) const {
  Fact fact;
  crm::v1::Merge& merge = *fact.event.mutable_merge();
  SetFields(Entity::kMerge, values, reference_, merge);
  const std::optional<absl::CivilDay> day = values.Date("merged_date");
  if (values.failed() || !day.has_value()) return;
  if (!reference_.ids(merge.entity()).empty()) {
    CheckReference(merge.entity(), false, "from_id", values, reference_);
    CheckReference(merge.entity(), false, "into_id", values, reference_);
  }
  if (merge.from_id() == merge.into_id()) {
    values.Error("into_id", "MERGE_WITH_ITSELF", "a record cannot be merged with itself");
  }
  fact.version = DatedVersion("merged", FormatIsoDate(*day));
  fact.effective_time = StartOfDayUtc(*day);
  taken.source_key = SourceKey(KindName(merge.entity()), merge.from_id());
  taken.facts.push_back(std::move(fact));
}

bool RecordRows::TeamIsSound(const Taken& taken, std::map<std::string, std::string>& parents) {
  const crm::v1::TeamChange& team = taken.facts.front().event.team();
  if (!team.has_parent_team_id()) return true;
  const std::string& parent = team.parent_team_id();
  const std::string& column = taken.references.front().column;
  if (parents.count(parent) == 0) {
    report_.AddWarning(taken.place,
                       {column, parent, "UNKNOWN_TEAM",
                        absl::StrCat("no team \"", parent, "\" is known; team \"", team.team_id(),
                                     "\" stands at the top until it is")});
    return true;
  }
  // A walk upwards longer than the number of teams runs in a circle, though not always through
  // this team; only teams on the circle are at fault.
  std::string ancestor = parent;
  for (size_t steps = 0; !ancestor.empty() && steps <= parents.size(); ++steps) {
    if (ancestor == team.team_id()) {
      report_.AddError(taken.place, {column, parent, "TEAM_CYCLE",
                                     absl::StrCat("team \"", team.team_id(),
                                                  "\" would be above itself; correct its parent")});
      // The row is left out, so what the log says of the team stands, if anything.
      const auto known = reference_.teams().find(team.team_id());
      parents.erase(team.team_id());
      if (known != reference_.teams().end()) {
        parents[team.team_id()] = known->second.parent_team_id;
      }
      return false;
    }
    const auto above = parents.find(ancestor);
    ancestor = above == parents.end() ? std::string() : above->second;
  }
  return true;
}

void RecordRows::CheckSameKind(const Taken& taken) {
  struct Kind {
    Entity entity;
    std::string_view noun;
    std::string_view reason;
  };
  constexpr Kind kKinds[] = {{Entity::kRep, "rep", "UNKNOWN_REP"},
                             {Entity::kTerritory, "territory", "UNKNOWN_TERRITORY"},
                             {Entity::kAccount, "account", "UNKNOWN_ACCOUNT"}};
  for (const Kind& kind : kKinds) {
    if (kind.entity != taken.entity) continue;
    const IdSet& known = reference_.ids(DefinitionOf(taken.entity).kind);
    for (const SameKindReference& reference : taken.references) {
      if (known.count(reference.value) > 0) continue;
      report_.AddWarning(
          taken.place,
          {reference.column, reference.value, kind.reason,
           absl::StrCat("no ", AbslView(kind.noun), " \"", reference.value,
                        "\" is known, neither in the files nor in the log; add it or correct the "
                        "name")});
    }
  }
}

absl::Status RecordRows::Append(const Taken& taken) {
  if (taken.is_compared && taken.full.change_case() != crm::v1::CrmEvent::CHANGE_NOT_SET) {
    return comparison_->TakeRecord(KindName(DefinitionOf(taken.entity).kind), taken.source_key,
                                   taken.facts, taken.full);
  }
  if (taken.facts.size() == 1 && taken.facts.front().version.empty()) {
    const Fact& state = taken.facts.front();
    return appender_.AddState(taken.source_key, state.effective_time, state.event);
  }
  return appender_.Add(taken.source_key, taken.facts);
}

absl::Status RecordRows::AppendTaken() {
  std::map<std::string, std::string> parents;
  for (const auto& team : reference_.teams()) parents[team.first] = team.second.parent_team_id;
  for (const Taken& taken : taken_) {
    if (taken.entity != Entity::kTeam) continue;
    const crm::v1::TeamChange& team = taken.facts.front().event.team();
    parents[team.team_id()] = team.parent_team_id();
  }
  for (const Taken& taken : taken_) {
    if (taken.entity == Entity::kTeam && !TeamIsSound(taken, parents)) continue;
    QC_RETURN_IF_ERROR(Append(taken));
    for (const Fact& fact : taken.facts) QC_RETURN_IF_ERROR(reference_.Apply(fact.event));
  }
  for (const Taken& taken : taken_) CheckSameKind(taken);
  taken_.clear();
  return absl::OkStatus();
}

}  // namespace quotacast::ingestion
