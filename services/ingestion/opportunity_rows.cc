#include "services/ingestion/opportunity_rows.h"

#include <algorithm>
#include <cstddef>
#include <functional>
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
#include "base/money.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

using crm::v1::OpportunityChange;

std::optional<absl::Time> DayStart(std::optional<absl::CivilDay> day) {
  if (!day.has_value()) return std::nullopt;
  return StartOfDayUtc(*day);
}

// The fields that do not depend on the stage, with what they refer to checked.
OpportunityChange Header(const FileRule& rule, RowValues& values, const ReferenceData& reference) {
  OpportunityChange header;
  SetFields(rule.entity, values, reference, header);
  if (rule.segment_from == "product_id" && header.has_product_id()) {
    header.set_segment_id(header.product_id());
  }
  if (rule.segment_from == "product_series") {
    const auto product = reference.products().find(header.product_id());
    if (product != reference.products().end() && !product->second.series.empty()) {
      header.set_segment_id(product->second.series);
    }
  }
  return header;
}

// The amount that the change states. What this package wrote is an amount.
std::optional<Money> AmountOf(const OpportunityChange& change) {
  if (!change.has_amount()) return std::nullopt;
  return FromProtoMoney(change.amount()).value();
}

// The stage the row names; null, with UNKNOWN_STAGE reported, when the profile has none such.
const StageDefinition* CheckedStage(const ImportProfile& profile, const std::string& pipeline,
                                    RowValues& values) {
  const StageDefinition* found = profile.FindStage(values.Get("stage_id"), pipeline);
  if (found != nullptr) return found;
  IdSet stages;
  for (const StageDefinition& stage : profile.stages) {
    if (stage.pipeline == pipeline) stages.insert(stage.id);
  }
  values.CheckKnown("stage_id", stages, "stage", "UNKNOWN_STAGE", v1::ROW_PROBLEM_SEVERITY_ERROR);
  return nullptr;
}

// The pipeline whose stages the row means; empty in a profile without pipelines.
std::string PipelineOf(const ImportProfile& profile, const RowValues& values,
                       const std::string& otherwise) {
  if (profile.pipelines.empty()) return "";
  const std::string_view pipeline = values.Get("pipeline_id");
  if (!pipeline.empty()) return std::string(pipeline);
  // A profile with one pipeline need not say which.
  return otherwise.empty() && profile.pipelines.size() == 1 ? profile.pipelines.front().id
                                                            : otherwise;
}

void CheckBookedAmount(RowValues& values, const StageDefinition& stage,
                       const std::optional<Money>& amount) {
  if (stage.category != crm::v1::STAGE_CATEGORY_WON || values.failed()) return;
  if (!amount.has_value()) {
    values.Error("amount", "CLOSED_WON_WITHOUT_AMOUNT",
                 "a won deal needs the amount it was booked with");
  } else if (amount->minor_units == 0) {
    values.Warning("amount", "ZERO_AMOUNT",
                   "a won deal with amount 0 counts as won but books "
                   "nothing");
  }
}

// Entry into a stage; `when` is text for the version, "undated" without a time.
Fact StageFact(OpportunityChange change, const StageDefinition& stage,
               std::optional<absl::Time> time, std::string_view when, int entry) {
  Fact fact;
  fact.version = DatedVersion(stage.event_id(), when, entry);
  fact.effective_time = time;
  change.set_stage_id(stage.event_id());
  *fact.event.mutable_opportunity() = std::move(change);
  return fact;
}

Fact StageFact(OpportunityChange change, const StageDefinition& stage,
               std::optional<absl::CivilDay> day) {
  return StageFact(std::move(change), stage, DayStart(day),
                   day.has_value() ? FormatIsoDate(*day) : std::string("undated"), 1);
}

// Moves what is only said of closed deals from one change to the other.
void MoveClosing(OpportunityChange& from, OpportunityChange& to) {
  if (from.has_close_reason()) to.set_close_reason(from.close_reason());
  if (from.has_competitor()) to.set_competitor(from.competitor());
  from.clear_close_reason();
  from.clear_competitor();
}

}  // namespace

SnapshotRows::SnapshotRows(const ImportProfile& profile, RowRules& rules, ReferenceData& reference,
                           ImportReport& report, EventAppender& appender,
                           SnapshotComparison* comparison)
    : profile_(profile),
      rules_(rules),
      reference_(reference),
      report_(report),
      appender_(appender),
      comparison_(comparison) {}

absl::Status SnapshotRows::TakeRow(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  OpportunityChange header = Header(rule, values, reference_);
  const std::string pipeline = PipelineOf(profile_, values, "");
  const StageDefinition* stage = CheckedStage(profile_, pipeline, values);
  const std::optional<absl::CivilDay> opened = values.Date("opened_date");
  const std::optional<absl::CivilDay> closed = values.Date("closed_date");
  const std::optional<Money> amount = AmountOf(header);
  const std::string key = OpportunityKey(row.Get("opportunity_id"));
  if (comparison_ != nullptr) comparison_->Keep(key);
  if (stage == nullptr || values.failed()) return absl::OkStatus();

  const bool open = stage->category == crm::v1::STAGE_CATEGORY_OPEN;
  if (!opened.has_value() && !(open && rule.undated_stages.count(stage->id) > 0)) {
    values.Error("opened_date", "MISSING_FIELD",
                 absl::StrCat("a deal in stage \"", stage->id, "\" needs the day it was opened"));
  }
  if (!open && !closed.has_value()) {
    values.Error("closed_date", "CLOSED_WITHOUT_DATE",
                 absl::StrCat("a deal in stage \"", stage->id, "\" needs the day it was closed"));
  }
  if (opened.has_value() && closed.has_value() && *closed < *opened) {
    values.Error(
        "closed_date", "CLOSE_BEFORE_OPEN",
        absl::StrCat("the deal was closed before it was opened on ", FormatIsoDate(*opened)));
  }
  if (open && closed.has_value()) {
    values.Warning("closed_date", "OPEN_WITH_CLOSE_DATE",
                   absl::StrCat("stage \"", stage->id,
                                "\" is open, so the close date was not "
                                "used; correct the stage or the date"));
  }
  CheckBookedAmount(values, *stage, amount);
  if (amount.has_value()) values.CheckAgainstListPrice("amount", *amount, reference_);
  if (values.failed() || !duplicates_.IsNew(key, row, "opportunity_id", rule.repeated, report_)) {
    return absl::OkStatus();
  }
  duplicates_.Remember(key, row);
  values.Accept();
  values.CheckHappened("opened_date", opened);
  if (!open) values.CheckHappened("closed_date", closed);
  report_.CountStage(stage->event_id());

  crm::v1::CrmEvent known;
  known.mutable_opportunity()->set_opportunity_id(header.opportunity_id());
  QC_RETURN_IF_ERROR(reference_.Apply(known));
  const StageDefinition& open_stage = *profile_.FindStage(rule.open_stage, pipeline);
  DealRow deal;
  std::vector<Fact> facts;
  if (open) {
    deal.header = header;
    facts.push_back(StageFact(std::move(header), *stage, opened));
  } else {
    OpportunityChange closing;
    closing.set_opportunity_id(header.opportunity_id());
    header.clear_amount();
    MoveClosing(header, closing);
    // Exports write 0 for lost deals, which is no statement about their size.
    const bool won = stage->category == crm::v1::STAGE_CATEGORY_WON;
    if (amount.has_value() && (won || amount->minor_units > 0)) {
      *closing.mutable_amount() = ToProtoMoney(*amount);
    }
    deal.header = header;
    deal.closing = closing;
    facts.push_back(StageFact(std::move(header), open_stage, opened));
    facts.push_back(StageFact(std::move(closing), *stage, closed));
  }
  if (!rule.compare_with_log) return appender_.Add(key, facts);
  deal.open_stage = open ? stage : &open_stage;
  deal.stage = stage;
  deal.opened = opened;
  deal.closed = closed;
  return comparison_->TakeDeal(key, facts, deal);
}

HistoryRows::HistoryRows(const ImportProfile& profile, RowRules& rules, ReferenceData& reference,
                         ImportReport& report, EventAppender& appender)
    : profile_(profile),
      rules_(rules),
      reference_(reference),
      report_(report),
      appender_(appender) {}

void HistoryRows::TakeHeader(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  OpportunityChange header = Header(rule, values, reference_);
  const std::optional<Money> amount = AmountOf(header);
  if (amount.has_value()) values.CheckAgainstListPrice("amount", *amount, reference_);
  const std::string id = header.opportunity_id();
  if (values.failed() || !headers_.IsNew(id, row, "opportunity_id", rule.repeated, report_)) {
    return;
  }
  headers_.Remember(id, row);
  values.Accept();
  Deal& deal = DealOf(id);
  deal.header = std::move(header);
  deal.header_place = row.place();
}

void HistoryRows::TakeHistory(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  OpportunityChange event;
  SetFields(rule.entity, values, reference_, event);
  const std::optional<ChangedAt> at = ReadChangedAt(values);
  const auto known = deal_index_.find(event.opportunity_id());
  const OpportunityChange* header =
      known != deal_index_.end() && deals_[known->second].header.has_value()
          ? &*deals_[known->second].header
          : nullptr;
  const StageDefinition* stage = CheckedStage(
      profile_, PipelineOf(profile_, values, header == nullptr ? "" : header->pipeline_id()),
      values);
  if (stage == nullptr || !at.has_value() || values.failed()) return;
  // A source whose history has no amounts books what the deal's own row says.
  const bool has_amounts = rule.columns.count("amount") > 0;
  CheckBookedAmount(values, *stage,
                    has_amounts || header == nullptr ? AmountOf(event) : AmountOf(*header));
  if (header != nullptr && header->has_created_date()) {
    // A date this package has written is one.
    const absl::CivilDay created = FromProtoDate(header->created_date()).value();
    if (at->day < created) {
      values.Error(values.Get("changed_time").empty() ? "changed_date" : "changed_time",
                   "CHANGE_BEFORE_CREATION",
                   absl::StrCat("the deal was created later, on ", FormatIsoDate(created)));
    }
  }
  if (values.failed()) return;
  values.Accept();
  values.CheckHappened(values.Get("changed_time").empty() ? "changed_date" : "changed_time",
                       at->day);
  Deal& deal = DealOf(event.opportunity_id());
  if (deal.id_column.empty()) deal.id_column = std::string(row.Column("opportunity_id"));
  deal.changes.push_back({row.place(), *at, stage, std::move(event), row.Fingerprint()});
}

// Finds earlier rows of `kept`, which is in order of time, with the stage and time of `change`. A
// row like one of them is a repetition, unless the deal was in another stage in between: then it is
// entry 2, 3 ... of the stage at that time. Reports repetitions; `entry` is set otherwise.
bool HistoryRows::IsRepeat(const std::vector<Change>& kept, const Change& change, int& entry) {
  entry = 1;
  size_t first = kept.size();
  while (first > 0 && kept[first - 1].at.time == change.at.time) --first;
  for (size_t i = first; i < kept.size(); ++i) {
    if (kept[i].stage != change.stage) continue;
    if (i + 1 < kept.size() && kept[i + 1].stage != change.stage) {
      ++entry;
      continue;
    }
    const std::string where = absl::StrCat("line ", kept[i].place.line, " of ", kept[i].place.file);
    if (kept[i].fingerprint == change.fingerprint) {
      report_.AddWarning(change.place, {"", change.stage->id, "DUPLICATE_ROW",
                                        absl::StrCat(where, " says the same; it counts once")});
    } else {
      report_.AddError(change.place,
                       {"", change.stage->id, "DUPLICATE_ID",
                        absl::StrCat(where,
                                     " has the same deal, stage and day with other values; "
                                     "that one was kept, delete the wrong one")});
    }
    return true;
  }
  return false;
}

std::vector<Fact> HistoryRows::Facts(const std::string& opportunity_id, Deal& deal) {
  std::stable_sort(deal.changes.begin(), deal.changes.end(),
                   [](const Change& a, const Change& b) { return a.at.time < b.at.time; });
  std::vector<Change> kept;
  std::vector<Fact> facts;
  for (Change& change : deal.changes) {
    int entry = 1;
    if (IsRepeat(kept, change, entry)) continue;
    OpportunityChange event;
    if (facts.empty() && deal.header.has_value()) event = *deal.header;
    event.set_opportunity_id(opportunity_id);
    // An amount or a date is replaced as a whole, not by its parts.
    if (change.event.has_amount()) event.clear_amount();
    if (change.event.has_expected_close_date()) event.clear_expected_close_date();
    event.MergeFrom(change.event);
    facts.push_back(
        StageFact(std::move(event), *change.stage, change.at.time, change.at.text, entry));
    kept.push_back(std::move(change));
  }
  deal.changes = std::move(kept);
  return facts;
}

// Whether the change says what only a header says.
bool HistoryRows::IsHeader(OpportunityChange change) const {
  for (const FileRule& rule : profile_.files) {
    if (rule.entity != Entity::kStageHistory) continue;
    for (const auto& column : rule.columns) {
      if (column.first == "rep_id") change.clear_owner_rep_id();
    }
  }
  change.clear_opportunity_id();
  change.clear_stage_id();
  change.clear_amount();
  change.clear_close_reason();
  change.clear_competitor();
  change.clear_expected_close_date();
  change.clear_forecast_category();
  return change.ByteSizeLong() > 0;
}

// Without an accepted header nothing is said about the fields it carries, so `facts` say again
// what the latest saying about each in the log says. A creation earlier than any in the log takes
// them from the latest saying that has them.
absl::Status HistoryRows::KeepKnownHeader(const std::vector<eventlog::StoredEvent>& known,
                                          std::vector<Fact>& facts) const {
  OpportunityChange latest_header;
  std::vector<OpportunityChange> stored_of_fact(facts.size());
  for (const eventlog::StoredEvent& stored : known) {
    QC_ASSIGN_OR_RETURN(const v1::EventRecord record, ToEventRecord(stored));
    if (!record.event().has_opportunity()) continue;  // A deletion, a merge.
    const OpportunityChange& change = record.event().opportunity();
    for (size_t i = 0; i < facts.size(); ++i) {
      if (IsVersionOf(stored.event.id.version, facts[i].version)) stored_of_fact[i] = change;
    }
    if (IsHeader(change)) latest_header = change;
  }
  for (size_t i = 0; i < facts.size(); ++i) {
    OpportunityChange& change = *facts[i].event.mutable_opportunity();
    OpportunityChange merged;
    if (IsHeader(stored_of_fact[i])) {
      merged = stored_of_fact[i];
    } else if (i == 0 && stored_of_fact[i].opportunity_id().empty()) {
      merged = latest_header;
      merged.clear_amount();  // Of another day.
    }
    // An amount or a date is replaced as a whole, not by its parts.
    if (change.has_amount()) merged.clear_amount();
    if (change.has_expected_close_date()) merged.clear_expected_close_date();
    merged.MergeFrom(change);
    change = std::move(merged);
  }
  return absl::OkStatus();
}

absl::Status HistoryRows::AppendTaken(const eventlog::EventLog& log, const std::string& workspace) {
  for (size_t i = 0; i < deals_.size(); ++i) {
    const std::string& id = deal_ids_[i];
    Deal& deal = deals_[i];
    if (deal.changes.empty()) {
      if (!deal.header.has_value()) continue;
      report_.AddError(deal.header_place,
                       {"", id, "NO_STAGE_HISTORY",
                        absl::StrCat("no accepted row of the stage history names deal \"", id,
                                     "\", so its stage is not known")});
      continue;
    }
    const std::string key = OpportunityKey(id);
    std::vector<eventlog::StoredEvent> known;
    if (!deal.header.has_value()) {
      QC_ASSIGN_OR_RETURN(known, log.ReadKey(workspace, profile_.source, key));
      if (known.empty()) {
        for (const Change& change : deal.changes) {
          report_.AddError(change.place,
                           {deal.id_column, id, "UNKNOWN_OPPORTUNITY",
                            absl::StrCat("no accepted row of the opportunities describes deal \"",
                                         id, "\"; correct that row or add it")});
        }
        continue;
      }
    }
    std::vector<Fact> facts = Facts(id, deal);
    if (!deal.header.has_value()) QC_RETURN_IF_ERROR(KeepKnownHeader(known, facts));
    report_.CountStage(deal.changes.back().stage->event_id());
    QC_RETURN_IF_ERROR(appender_.Add(key, facts));
    QC_RETURN_IF_ERROR(reference_.Apply(facts.front().event));
  }
  return absl::OkStatus();
}

HistoryRows::Deal& HistoryRows::DealOf(const std::string& opportunity_id) {
  const auto inserted = deal_index_.emplace(opportunity_id, deals_.size());
  if (inserted.second) {
    deal_ids_.push_back(opportunity_id);
    deals_.emplace_back();
  }
  return deals_[inserted.first->second];
}

}  // namespace quotacast::ingestion
