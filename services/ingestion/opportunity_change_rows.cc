#include "services/ingestion/opportunity_change_rows.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/ingestion/entity_fields.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

constexpr int64_t kWholeBasisPoints = 10'000;

// What a change row may change: what the row of a deal says, but for its id and currency.
const EntityField* ChangeableField(std::string_view name) {
  const EntityField* field = FindField(Entity::kOpportunity, name);
  if (field == nullptr || field->target == "-" || field->name == "opportunity_id") return nullptr;
  return field;
}

std::string ChangeableFields() {
  std::string names;
  for (const EntityField& field : EntityFields(Entity::kOpportunity)) {
    if (ChangeableField(field.name) == nullptr) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", AbslView(field.name));
  }
  return names;
}

}  // namespace

OpportunityChangeRows::OpportunityChangeRows(const ImportProfile& profile, RowRules& rules,
                                             const ReferenceData& reference, ImportReport& report,
                                             EventAppender& appender)
    : profile_(profile),
      rules_(rules),
      reference_(reference),
      report_(report),
      appender_(appender) {}

void OpportunityChangeRows::TakeChange(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  CheckReference(crm::v1::ENTITY_KIND_OPPORTUNITY, false, "opportunity_id", values, reference_);
  const std::optional<ChangedAt> at = ReadChangedAt(values);
  const EntityField* field = ChangeableField(values.Get("field"));
  if (field == nullptr) {
    values.Error("field", "UNKNOWN_FIELD",
                 absl::StrCat("is no field of a deal that can change: ", ChangeableFields()));
    return;
  }
  Fact fact;
  crm::v1::OpportunityChange& change = *fact.event.mutable_opportunity();
  change.set_opportunity_id(std::string(values.Get("opportunity_id")));
  SetField(*field, "new_value", values, reference_, change);
  if (values.failed() || !at.has_value()) return;
  const std::string key = absl::StrCat(change.opportunity_id(), "\n", AbslView(field->name), "@",
                                       at->text, "\n", AbslView(values.Get("new_value")));
  if (!duplicates_.IsNew(key, row, "opportunity_id", rule.repeated, report_)) return;
  duplicates_.Remember(key, row);
  values.Accept();
  values.CheckHappened(values.Get("changed_time").empty() ? "changed_date" : "changed_time",
                       at->day);
  // Several changes of one field on one day stand in the order of the file.
  const int entry =
      ++entries_[absl::StrCat(change.opportunity_id(), "\n", AbslView(field->name), "@", at->text)];
  fact.version = DatedVersion(field->name, at->text, entry);
  fact.effective_time = at->time;
  FactsOf(change.opportunity_id()).push_back(std::move(fact));
}

void OpportunityChangeRows::TakeSplit(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  CheckReference(crm::v1::ENTITY_KIND_OPPORTUNITY, false, "opportunity_id", values, reference_);
  Split split;
  split.place = row.place();
  SetFields(rule.entity, values, reference_, split.split);
  SplitGroup group;
  group.opportunity_id = std::string(values.Get("opportunity_id"));
  group.when = "undated";
  const std::optional<absl::CivilDay> day = values.Date("changed_date");
  if (day.has_value()) {
    group.when = FormatIsoDate(*day);
    group.time = StartOfDayUtc(*day);
  }
  if (values.failed()) return;
  const std::string key = absl::StrCat(group.opportunity_id, "\nsplit@", group.when, "\n",
                                       split.split.rep_id(), "\n", split.split.is_overlay());
  if (!duplicates_.IsNew(key, row, "opportunity_id", rule.repeated, report_)) return;
  duplicates_.Remember(key, row);
  const auto inserted =
      group_index_.emplace(std::make_pair(group.opportunity_id, group.when), groups_.size());
  if (inserted.second) groups_.push_back(std::move(group));
  groups_[inserted.first->second].splits.push_back(std::move(split));
}

void OpportunityChangeRows::CloseGroup(const SplitGroup& group) {
  int64_t sum = 0;
  Fact fact;
  crm::v1::OpportunityChange& change = *fact.event.mutable_opportunity();
  change.set_opportunity_id(group.opportunity_id);
  for (const Split& split : group.splits) {
    if (!split.split.is_overlay()) sum += split.split.share_basis_points();
    *change.mutable_splits()->add_splits() = split.split;
  }
  // Overlays alone leave all revenue credit with the owner.
  if (sum != kWholeBasisPoints && sum != 0) {
    for (const Split& split : group.splits) {
      report_.AddError(split.place,
                       {"", group.opportunity_id, "SPLIT_SUM",
                        absl::StrCat("the shares of deal \"", group.opportunity_id, "\" add up to ",
                                     sum / 100, ".", sum / 10 % 10, sum % 10,
                                     " % instead of 100 %; correct them, or mark credit beside "
                                     "them as is_overlay")});
    }
    return;
  }
  fact.version = DatedVersion("splits", group.when);
  fact.effective_time = group.time;
  FactsOf(group.opportunity_id).push_back(std::move(fact));
}

std::vector<Fact>& OpportunityChangeRows::FactsOf(const std::string& opportunity_id) {
  const auto inserted = deal_index_.emplace(opportunity_id, deals_.size());
  if (inserted.second) deals_.emplace_back(opportunity_id, std::vector<Fact>());
  return deals_[inserted.first->second].second;
}

absl::Status OpportunityChangeRows::AppendTaken() {
  for (const SplitGroup& group : groups_) CloseGroup(group);
  for (const auto& deal : deals_) {
    QC_RETURN_IF_ERROR(appender_.Add(OpportunityKey(deal.first), deal.second));
  }
  return absl::OkStatus();
}

}  // namespace quotacast::ingestion
