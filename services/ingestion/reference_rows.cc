#include "services/ingestion/reference_rows.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "base/money.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

// Reference data without a date of its own has always been so.
absl::Time AlwaysSo() { return StartOfDayUtc(absl::CivilDay(1970, 1, 1)); }

std::string Text(std::string_view value) { return std::string(value); }

// The name shown to people: the given one, else the id.
std::string NameOrId(std::string_view name, std::string_view id) {
  return Text(name.empty() ? id : name);
}

// The canonical field that identifies a row of the entity.
std::string_view IdField(Entity entity) {
  return entity == Entity::kQuota ? "rep_id" : EntityFields(entity).front().name;
}

}  // namespace

ReferenceRows::ReferenceRows(const ImportProfile& profile, RowRules& rules,
                             ReferenceData& reference, ImportReport& report,
                             EventAppender& appender)
    : profile_(profile),
      rules_(rules),
      reference_(reference),
      report_(report),
      appender_(appender) {}

absl::Status ReferenceRows::AppendDefinitions() {
  if (profile_.calendar.has_value()) {
    crm::v1::CrmEvent event;
    *event.mutable_fiscal_calendar() = *profile_.calendar;
    QC_RETURN_IF_ERROR(appender_.AddState(std::string(kFiscalCalendarKey), AlwaysSo(), event));
    QC_RETURN_IF_ERROR(reference_.Apply(event));
  }
  for (const StageDefinition& stage : profile_.stages) {
    crm::v1::CrmEvent event;
    crm::v1::StageChange& change = *event.mutable_stage();
    change.set_stage_id(stage.id);
    change.set_label(stage.label);
    if (stage.position > 0) change.set_position(stage.position);
    change.set_category(stage.category);
    QC_RETURN_IF_ERROR(appender_.AddState(SourceKey("stage", stage.id), AlwaysSo(), event));
  }
  return absl::OkStatus();
}

void ReferenceRows::TakeRow(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  Taken taken;
  switch (rule.entity) {
    case Entity::kTeam:
      FillTeam(values, taken.event);
      taken.parent_column = Text(row.Column("parent_team_id"));
      break;
    case Entity::kRep:
      FillRep(values, taken.event);
      break;
    case Entity::kProduct:
      FillProduct(values, taken.event);
      break;
    case Entity::kAccount:
      FillAccount(values, taken.event);
      break;
    case Entity::kQuota:
      FillQuota(values, taken.event);
      break;
    case Entity::kOpportunitySnapshot:
    case Entity::kOpportunity:
    case Entity::kStageHistory:
      return;
  }
  if (values.failed()) return;
  taken.source_key = rule.entity == Entity::kQuota
                         ? QuotaKey(row.Get("rep_id"), row.Get("period"))
                         : SourceKey(EntityName(rule.entity), row.Get(IdField(rule.entity)));
  taken.place = row.place();
  if (!duplicates_.IsNew(taken.source_key, row, IdField(rule.entity), rule.repeated, report_)) {
    return;
  }
  duplicates_.Remember(taken.source_key, row);
  values.Accept();
  taken_.push_back(std::move(taken));
}

void ReferenceRows::FillTeam(RowValues& values, crm::v1::CrmEvent& event) const {
  crm::v1::TeamChange& team = *event.mutable_team();
  team.set_team_id(Text(values.Get("team_id")));
  team.set_display_name(NameOrId(values.Get("team_name"), values.Get("team_id")));
  if (!values.Get("parent_team_id").empty()) {
    team.set_parent_team_id(Text(values.Get("parent_team_id")));
  }
}

void ReferenceRows::FillRep(RowValues& values, crm::v1::CrmEvent& event) const {
  crm::v1::RepChange& rep = *event.mutable_rep();
  rep.set_rep_id(Text(values.Get("rep_id")));
  rep.set_display_name(NameOrId(values.Get("rep_name"), values.Get("rep_id")));
  if (!values.Get("team_id").empty()) rep.set_team_id(Text(values.Get("team_id")));
  values.CheckKnown("team_id", reference_.teams(), "team", "UNKNOWN_TEAM",
                    v1::ROW_PROBLEM_SEVERITY_WARNING);
  const std::optional<absl::CivilDay> start = values.Date("start_date");
  const std::optional<absl::CivilDay> end = values.Date("end_date");
  if (start.has_value()) *rep.mutable_start_date() = ToProtoDate(*start);
  if (end.has_value()) *rep.mutable_end_date() = ToProtoDate(*end);
  if (start.has_value() && end.has_value() && *end < *start) {
    values.Error("end_date", "END_BEFORE_START",
                 absl::StrCat("the rep left before starting on ", FormatIsoDate(*start)));
  }
}

void ReferenceRows::FillProduct(RowValues& values, crm::v1::CrmEvent& event) const {
  crm::v1::ProductChange& product = *event.mutable_product();
  product.set_product_id(Text(values.Get("product_id")));
  product.set_display_name(NameOrId(values.Get("product_name"), values.Get("product_id")));
  if (!values.Get("series").empty()) product.set_series(Text(values.Get("series")));
  const std::optional<Money> price = values.Amount("list_price");
  if (price.has_value()) *product.mutable_list_price() = ToProtoMoney(*price);
}

void ReferenceRows::FillAccount(RowValues& values, crm::v1::CrmEvent& event) const {
  crm::v1::AccountChange& account = *event.mutable_account();
  account.set_account_id(Text(values.Get("account_id")));
  account.set_display_name(NameOrId(values.Get("account_name"), values.Get("account_id")));
  if (!values.Get("industry").empty()) account.set_industry(Text(values.Get("industry")));
  if (!values.Get("location").empty()) account.set_location(Text(values.Get("location")));
}

void ReferenceRows::FillQuota(RowValues& values, crm::v1::CrmEvent& event) const {
  crm::v1::QuotaChange& quota = *event.mutable_quota();
  quota.set_rep_id(Text(values.Get("rep_id")));
  quota.set_period(Text(values.Get("period")));
  values.CheckKnown("rep_id", reference_.reps(), "rep", "UNKNOWN_REP",
                    v1::ROW_PROBLEM_SEVERITY_ERROR);
  const absl::StatusOr<FiscalPeriod> period = reference_.calendar().PeriodNamed(
      values.Get("period"),
      std::min(rules_.today, reference_.latest_deal_day().value_or(rules_.today)));
  if (!period.ok()) {
    values.Error("period", "UNKNOWN_PERIOD", Text(StdView(period.status().message())));
  }
  const std::optional<Money> amount = values.Amount("amount");
  if (amount.has_value()) *quota.mutable_amount() = ToProtoMoney(*amount);
}

bool ReferenceRows::TeamIsSound(const Taken& taken, std::map<std::string, std::string>& parents) {
  const crm::v1::TeamChange& team = taken.event.team();
  if (!team.has_parent_team_id()) return true;
  const std::string& parent = team.parent_team_id();
  if (parents.count(parent) == 0) {
    report_.AddWarning(taken.place,
                       {taken.parent_column, parent, "UNKNOWN_TEAM",
                        absl::StrCat("no team \"", parent, "\" is known; team \"", team.team_id(),
                                     "\" stands at the top until it is")});
    return true;
  }
  // A walk upwards longer than the number of teams runs in a circle, though not always through
  // this team; only teams on the circle are at fault.
  std::string ancestor = parent;
  for (size_t steps = 0; !ancestor.empty() && steps <= parents.size(); ++steps) {
    if (ancestor == team.team_id()) {
      report_.AddError(taken.place, {taken.parent_column, parent, "TEAM_CYCLE",
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

absl::Status ReferenceRows::AppendTaken() {
  std::map<std::string, std::string> parents;
  for (const auto& team : reference_.teams()) parents[team.first] = team.second.parent_team_id;
  for (const Taken& taken : taken_) {
    if (taken.event.has_team()) {
      parents[taken.event.team().team_id()] = taken.event.team().parent_team_id();
    }
  }
  for (const Taken& taken : taken_) {
    if (taken.event.has_team() && !TeamIsSound(taken, parents)) continue;
    QC_RETURN_IF_ERROR(appender_.AddState(taken.source_key, AlwaysSo(), taken.event));
    QC_RETURN_IF_ERROR(reference_.Apply(taken.event));
  }
  taken_.clear();
  return absl::OkStatus();
}

}  // namespace quotacast::ingestion
