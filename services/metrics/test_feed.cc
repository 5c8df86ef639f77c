#include "services/metrics/test_feed.h"

#include <cstdlib>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

int64_t ToCents(int64_t amount) { return amount * 100; }

}  // namespace

void TestFeed::RecordOn(absl::CivilDay day) { recorded_ = StartOfDayUtc(day) + absl::Hours(9); }

void TestFeed::Add(const std::string& source_key, const std::string& version,
                   std::optional<absl::Time> effective, const crm::v1::CrmEvent& event) {
  ingestion::v1::EventRecord record;
  record.set_offset(static_cast<int64_t>(records_.size()) + 1);
  record.mutable_id()->set_source("test");
  record.mutable_id()->set_source_key(source_key);
  record.mutable_id()->set_version(version);
  if (effective) *record.mutable_effective_time() = ToProtoTimestamp(*effective);
  *record.mutable_recorded_time() = ToProtoTimestamp(recorded_);
  *record.mutable_event() = event;
  records_.push_back(record);
}

void TestFeed::AddReference(const std::string& source_key, const crm::v1::CrmEvent& event) {
  int version = 1;
  for (const auto& record : records_) {
    if (record.id().source_key() == source_key) ++version;
  }
  Add(source_key, absl::StrCat(version), StartOfDayUtc(absl::CivilDay(1970, 1, 1)), event);
}

void TestFeed::Stages() {
  Stage("Discovery", 1, crm::v1::STAGE_CATEGORY_OPEN);
  Stage("Proposal", 2, crm::v1::STAGE_CATEGORY_OPEN);
  Stage("Won", 3, crm::v1::STAGE_CATEGORY_WON);
  Stage("Lost", 4, crm::v1::STAGE_CATEGORY_LOST);
}

void TestFeed::Stage(const std::string& id, int position, crm::v1::StageCategory category) {
  crm::v1::CrmEvent event;
  event.mutable_stage()->set_stage_id(id);
  event.mutable_stage()->set_position(position);
  event.mutable_stage()->set_category(category);
  AddReference("stage/" + id, event);
}

void TestFeed::Team(const std::string& id, const std::string& parent) {
  crm::v1::CrmEvent event;
  event.mutable_team()->set_team_id(id);
  if (!parent.empty()) event.mutable_team()->set_parent_team_id(parent);
  AddReference("team/" + id, event);
}

void TestFeed::Rep(const std::string& id, const std::string& team,
                   std::optional<absl::CivilDay> start, std::optional<absl::CivilDay> end) {
  crm::v1::CrmEvent event;
  event.mutable_rep()->set_rep_id(id);
  if (!team.empty()) event.mutable_rep()->set_team_id(team);
  if (start) *event.mutable_rep()->mutable_start_date() = ToProtoDate(*start);
  if (end) *event.mutable_rep()->mutable_end_date() = ToProtoDate(*end);
  AddReference("rep/" + id, event);
}

void TestFeed::Product(const std::string& id, int64_t list_price, const std::string& currency) {
  crm::v1::CrmEvent event;
  event.mutable_product()->set_product_id(id);
  *event.mutable_product()->mutable_list_price() = ToProtoMoney(ToCents(list_price), currency);
  AddReference("product/" + id, event);
}

void TestFeed::Quota(const std::string& rep, const std::string& period, int64_t amount,
                     const std::string& currency) {
  crm::v1::CrmEvent event;
  event.mutable_quota()->set_rep_id(rep);
  event.mutable_quota()->set_period(period);
  *event.mutable_quota()->mutable_amount() = ToProtoMoney(ToCents(amount), currency);
  AddReference(absl::StrCat("quota/", rep, "/", period), event);
}

void TestFeed::Calendar(int start_month) {
  crm::v1::CrmEvent event;
  event.mutable_fiscal_calendar()->set_start_month(start_month);
  AddReference("calendar", event);
}

void TestFeed::Deal(const std::string& id, const std::string& stage,
                    std::optional<absl::CivilDay> day, const DealFields& fields) {
  crm::v1::CrmEvent event;
  crm::v1::OpportunityChange& change = *event.mutable_opportunity();
  change.set_opportunity_id(id);
  if (!stage.empty()) change.set_stage_id(stage);
  if (!fields.rep.empty()) change.set_owner_rep_id(fields.rep);
  if (!fields.product.empty()) change.set_product_id(fields.product);
  if (!fields.segment.empty()) change.set_segment_id(fields.segment);
  if (fields.amount) {
    *change.mutable_amount() = ToProtoMoney(ToCents(*fields.amount), fields.currency);
  }
  if (fields.created) *change.mutable_created_date() = ToProtoDate(*fields.created);
  if (fields.expected_close) {
    *change.mutable_expected_close_date() = ToProtoDate(*fields.expected_close);
  }
  const std::string version =
      !fields.version.empty()
          ? fields.version
          : absl::StrCat(stage, "@", day ? FormatIsoDate(*day) : std::string("undated"));
  Add("opportunity/" + id, version,
      day ? std::optional<absl::Time>(StartOfDayUtc(*day)) : std::nullopt, event);
}

void TestFeed::Closed(const std::string& id, const std::string& stage, absl::CivilDay created,
                      absl::CivilDay closed, const DealFields& fields) {
  DealFields at_creation = fields;
  at_creation.amount.reset();
  Deal(id, "Discovery", created, at_creation);
  DealFields at_close;
  at_close.amount = fields.amount;
  at_close.currency = fields.currency;
  Deal(id, stage, closed, at_close);
}

void TestFeed::Fill(Book& book) const {
  for (const ingestion::v1::EventRecord& record : records_) {
    if (!book.Append(record).ok()) std::abort();
  }
}

}  // namespace quotacast::metrics
