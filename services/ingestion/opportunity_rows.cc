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
  header.set_opportunity_id(std::string(values.Get("opportunity_id")));
  values.CheckKnown("rep_id", reference.reps(), "rep", "UNKNOWN_REP",
                    v1::ROW_PROBLEM_SEVERITY_ERROR);
  header.set_owner_rep_id(std::string(values.Get("rep_id")));
  values.CheckKnown("account_id", reference.accounts(), "account", "UNKNOWN_ACCOUNT",
                    v1::ROW_PROBLEM_SEVERITY_WARNING);
  if (!values.Get("account_id").empty()) {
    header.set_account_id(std::string(values.Get("account_id")));
  }
  values.CheckKnown("product_id", reference.products(), "product", "UNKNOWN_PRODUCT",
                    v1::ROW_PROBLEM_SEVERITY_ERROR);
  const std::string product_id(values.Get("product_id"));
  if (!product_id.empty()) header.set_product_id(product_id);
  std::string segment_id(values.Get("segment_id"));
  if (rule.segment_from == "product_id") segment_id = product_id;
  if (rule.segment_from == "product_series") {
    const auto product = reference.products().find(product_id);
    if (product != reference.products().end()) segment_id = product->second.series;
  }
  if (!segment_id.empty()) header.set_segment_id(segment_id);
  const std::optional<absl::CivilDay> created = values.Date("created_date");
  if (created.has_value()) *header.mutable_created_date() = ToProtoDate(*created);
  const std::optional<absl::CivilDay> expected = values.Date("expected_close_date");
  if (expected.has_value()) *header.mutable_expected_close_date() = ToProtoDate(*expected);
  return header;
}

// The stage the row names; null, with UNKNOWN_STAGE reported, when the profile has none such.
const StageDefinition* CheckedStage(const ImportProfile& profile, RowValues& values) {
  const StageDefinition* found = profile.FindStage(values.Get("stage_id"));
  if (found != nullptr) return found;
  std::map<std::string, const StageDefinition*, std::less<>> stages;
  for (const StageDefinition& stage : profile.stages) stages.emplace(stage.id, &stage);
  values.CheckKnown("stage_id", stages, "stage", "UNKNOWN_STAGE", v1::ROW_PROBLEM_SEVERITY_ERROR);
  return nullptr;
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

Fact StageFact(OpportunityChange change, std::string_view stage_id,
               std::optional<absl::CivilDay> day, int entry) {
  Fact fact;
  fact.version = StageVersion(stage_id, day, entry);
  fact.effective_time = DayStart(day);
  change.set_stage_id(std::string(stage_id));
  *fact.event.mutable_opportunity() = std::move(change);
  return fact;
}

}  // namespace

SnapshotRows::SnapshotRows(const ImportProfile& profile, RowRules& rules,
                           const ReferenceData& reference, ImportReport& report,
                           EventAppender& appender)
    : profile_(profile),
      rules_(rules),
      reference_(reference),
      report_(report),
      appender_(appender) {}

absl::Status SnapshotRows::TakeRow(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  OpportunityChange header = Header(rule, values, reference_);
  const StageDefinition* stage = CheckedStage(profile_, values);
  const std::optional<absl::CivilDay> opened = values.Date("opened_date");
  const std::optional<absl::CivilDay> closed = values.Date("closed_date");
  const std::optional<Money> amount = values.Amount("amount");
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
  const std::string key = OpportunityKey(row.Get("opportunity_id"));
  if (values.failed() || !duplicates_.IsNew(key, row, "opportunity_id", rule.repeated, report_)) {
    return absl::OkStatus();
  }
  duplicates_.Remember(key, row);
  values.Accept();
  values.CheckHappened("opened_date", opened);
  if (!open) values.CheckHappened("closed_date", closed);
  report_.CountStage(stage->id);

  std::vector<Fact> facts;
  if (open) {
    if (amount.has_value()) *header.mutable_amount() = ToProtoMoney(*amount);
    facts.push_back(StageFact(std::move(header), stage->id, opened, 1));
  } else {
    OpportunityChange closing;
    closing.set_opportunity_id(header.opportunity_id());
    // Exports write 0 for lost deals, which is no statement about their size.
    const bool won = stage->category == crm::v1::STAGE_CATEGORY_WON;
    if (amount.has_value() && (won || amount->minor_units > 0)) {
      *closing.mutable_amount() = ToProtoMoney(*amount);
    }
    facts.push_back(StageFact(std::move(header), rule.open_stage, opened, 1));
    facts.push_back(StageFact(std::move(closing), stage->id, closed, 1));
  }
  return appender_.Add(key, facts);
}

HistoryRows::HistoryRows(const ImportProfile& profile, RowRules& rules,
                         const ReferenceData& reference, ImportReport& report,
                         EventAppender& appender)
    : profile_(profile),
      rules_(rules),
      reference_(reference),
      report_(report),
      appender_(appender) {}

void HistoryRows::TakeHeader(const FileRule& rule, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  OpportunityChange header = Header(rule, values, reference_);
  const std::optional<Money> amount = values.Amount("amount");
  if (amount.has_value()) {
    values.CheckAgainstListPrice("amount", *amount, reference_);
    *header.mutable_amount() = ToProtoMoney(*amount);
  }
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

void HistoryRows::TakeHistory(const FileRule&, const MappedRow& row) {
  RowValues values(profile_, rules_, row, report_);
  const StageDefinition* stage = CheckedStage(profile_, values);
  const std::optional<absl::CivilDay> day = values.Date("changed_date");
  const std::optional<Money> amount = values.Amount("amount");
  if (stage == nullptr || values.failed()) return;
  CheckBookedAmount(values, *stage, amount);
  Deal& deal = DealOf(std::string(row.Get("opportunity_id")));
  if (deal.header.has_value() && deal.header->has_created_date()) {
    // A date this package has written is one.
    const absl::CivilDay created = FromProtoDate(deal.header->created_date()).value();
    if (*day < created) {
      values.Error("changed_date", "CHANGE_BEFORE_CREATION",
                   absl::StrCat("the deal was created later, on ", FormatIsoDate(created)));
    }
  }
  if (values.failed()) return;
  values.Accept();
  values.CheckHappened("changed_date", day);
  if (deal.id_column.empty()) deal.id_column = std::string(row.Column("opportunity_id"));
  deal.changes.push_back({row.place(), *day, stage->id, amount, row.Fingerprint()});
}

// Finds earlier rows of `kept` with the stage and day of `change`. A row like one of them is a
// repetition, unless the deal was in another stage in between: then it is entry 2, 3 ... of the
// stage on that day. Reports repetitions; `entry` is set otherwise.
bool HistoryRows::IsRepeat(const std::vector<Change>& kept, const Change& change, int& entry) {
  entry = 1;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i].stage_id != change.stage_id || kept[i].day != change.day) continue;
    if (i + 1 < kept.size() && kept[i + 1].stage_id != change.stage_id) {
      ++entry;
      continue;
    }
    const std::string where = absl::StrCat("line ", kept[i].place.line, " of ", kept[i].place.file);
    if (kept[i].fingerprint == change.fingerprint) {
      report_.AddWarning(change.place, {"", change.stage_id, "DUPLICATE_ROW",
                                        absl::StrCat(where, " says the same; it counts once")});
    } else {
      report_.AddError(change.place,
                       {"", change.stage_id, "DUPLICATE_ID",
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
                   [](const Change& a, const Change& b) { return a.day < b.day; });
  std::vector<Change> kept;
  std::vector<Fact> facts;
  for (Change& change : deal.changes) {
    int entry = 1;
    if (IsRepeat(kept, change, entry)) continue;
    OpportunityChange event;
    if (facts.empty() && deal.header.has_value()) event = *deal.header;
    event.set_opportunity_id(opportunity_id);
    if (change.amount.has_value()) *event.mutable_amount() = ToProtoMoney(*change.amount);
    facts.push_back(StageFact(std::move(event), change.stage_id, change.day, entry));
    kept.push_back(std::move(change));
  }
  deal.changes = std::move(kept);
  return facts;
}

// Without an accepted header nothing is said about the fields it carries, so `facts` say again
// what the latest saying about each in the log says. A creation earlier than any in the log takes
// them from the latest saying that has them.
absl::Status HistoryRows::KeepKnownHeader(const std::vector<eventlog::StoredEvent>& known,
                                          std::vector<Fact>& facts) {
  OpportunityChange latest_header;
  std::vector<OpportunityChange> stored_of_fact(facts.size());
  for (const eventlog::StoredEvent& stored : known) {
    QC_ASSIGN_OR_RETURN(const v1::EventRecord record, ToEventRecord(stored));
    const OpportunityChange& change = record.event().opportunity();
    for (size_t i = 0; i < facts.size(); ++i) {
      if (IsVersionOf(stored.event.id.version, facts[i].version)) stored_of_fact[i] = change;
    }
    // Every header names an owner, and no other saying does.
    if (change.has_owner_rep_id()) latest_header = change;
  }
  for (size_t i = 0; i < facts.size(); ++i) {
    OpportunityChange& change = *facts[i].event.mutable_opportunity();
    OpportunityChange merged;
    if (stored_of_fact[i].has_owner_rep_id()) {
      merged = stored_of_fact[i];
    } else if (i == 0 && stored_of_fact[i].opportunity_id().empty()) {
      merged = latest_header;
      merged.clear_amount();  // Of another day.
    }
    // An amount is replaced as a whole, not by its parts.
    if (change.has_amount()) merged.clear_amount();
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
    report_.CountStage(deal.changes.back().stage_id);
    QC_RETURN_IF_ERROR(appender_.Add(key, facts));
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
