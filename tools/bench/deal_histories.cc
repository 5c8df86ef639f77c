#include "tools/bench/deal_histories.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/bench/opportunity_events.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {
namespace {

constexpr uint64_t kSeed = 7;

ingestion::v1::NewEvent StageEvent(int stage) {
  const char* stage_id = kHistoryStages[stage];
  ingestion::v1::NewEvent event;
  event.mutable_id()->set_source("crm");
  event.mutable_id()->set_source_key(absl::StrCat("stage/", stage_id));
  event.mutable_id()->set_version("1");
  event.mutable_effective_time()->set_seconds(0);
  crm::v1::StageChange& change = *event.mutable_event()->mutable_stage();
  change.set_stage_id(stage_id);
  change.set_position(stage + 1);
  change.set_category(stage < 4    ? crm::v1::STAGE_CATEGORY_OPEN
                      : stage == 4 ? crm::v1::STAGE_CATEGORY_WON
                                   : crm::v1::STAGE_CATEGORY_LOST);
  return event;
}

}  // namespace

ingestion::v1::NewEvent DealHistories::Event(int64_t number) const {
  if (number < kStageCount) return StageEvent(static_cast<int>(number));
  number -= kStageCount;
  return Step(number % deal_count_, static_cast<int>(number / deal_count_));
}

ingestion::v1::EventRecord DealHistories::Record(int64_t number) const {
  ingestion::v1::NewEvent event = Event(number);
  ingestion::v1::EventRecord record;
  record.set_offset(number + 1);
  record.mutable_recorded_time()->set_seconds(1'900'000'000 + number / 1'000);
  *record.mutable_id() = std::move(*event.mutable_id());
  *record.mutable_effective_time() = event.effective_time();
  *record.mutable_event() = std::move(*event.mutable_event());
  return record;
}

ingestion::v1::NewEvent DealHistories::Step(int64_t deal, int step) const {
  return HistoryEvent(kSeed, deal, step, rep_count_);
}

PlainDeal DealHistories::DealOn(int64_t deal, absl::CivilDay day) const {
  const int64_t end = absl::ToUnixSeconds(absl::FromCivil(day + 1, absl::UTCTimeZone()));
  PlainDeal plain;
  for (int step = 0; step < kHistorySteps; ++step) {
    const ingestion::v1::NewEvent event = Step(deal, step);
    if (event.effective_time().seconds() >= end) break;
    const crm::v1::OpportunityChange& change = event.event().opportunity();
    if (step == 0) plain.rep = change.owner_rep_id();
    if (change.has_amount()) plain.units = change.amount().units();
    if (change.stage_id().empty()) continue;
    plain.stage = change.stage_id();
    plain.stage_day = absl::ToCivilDay(absl::FromUnixSeconds(event.effective_time().seconds()),
                                       absl::UTCTimeZone());
  }
  return plain;
}

RepTable DealHistories::ClosedByRepOn(absl::CivilDay day) const {
  RepTable table;
  for (int64_t deal = 0; deal < deal_count_; ++deal) {
    const PlainDeal plain = DealOn(deal, day);
    if (!plain.IsWon() && !plain.IsLost()) continue;
    RepRow& row = table[plain.rep];
    row.won_count += plain.IsWon() ? 1 : 0;
    row.lost_count += plain.IsLost() ? 1 : 0;
    row.booked_minor_units += plain.IsWon() ? plain.units * 100 : 0;
  }
  return table;
}

}  // namespace quotacast::bench
