#include "tools/bench/steady_feed.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/opportunity_events.h"

namespace quotacast::bench {

using ingestion::v1::AppendEventsRequest;
using ingestion::v1::NewEvent;

SteadyFeed::SteadyFeed(const DealHistories& histories, absl::Time now)
    : now_(now), today_(absl::ToCivilDay(now, absl::UTCTimeZone())) {
  for (int64_t deal = 0; deal < histories.deal_count(); ++deal) {
    const NewEvent closing = histories.Step(deal, kHistorySteps - 2);
    const crm::v1::OpportunityChange& change = closing.event().opportunity();
    if (change.stage_id().empty()) open_ids_.push_back(change.opportunity_id());
  }
}

std::vector<AppendEventsRequest> SteadyFeed::NextBatches(int64_t count, int64_t first_sequence) {
  std::vector<AppendEventsRequest> requests;
  for (int64_t i = 0; i < count; ++i) {
    ingestion::v1::AppendBatch& batch = *requests.emplace_back().mutable_batch();
    batch.set_sequence(first_sequence + i);
    for (int64_t k = 1; k < kBatchEvents; ++k) FillChange(*batch.add_events());
    FillWonDeal(*batch.add_events());
  }
  return requests;
}

crm::v1::OpportunityChange& SteadyFeed::Fill(const std::string& id, NewEvent& event) {
  event.mutable_id()->set_source("crm");
  event.mutable_id()->set_source_key("opportunity/" + id);
  event.mutable_id()->set_version(absl::StrCat("feed-", ++event_count_));
  event.mutable_effective_time()->set_seconds(absl::ToUnixSeconds(now_));
  crm::v1::OpportunityChange& change = *event.mutable_event()->mutable_opportunity();
  change.set_opportunity_id(id);
  return change;
}

void SteadyFeed::FillChange(NewEvent& event) {
  // A prime stride: neighbours in the feed lie far apart in the book.
  const auto position = static_cast<size_t>(event_count_ * 7'919) % open_ids_.size();
  crm::v1::OpportunityChange& change = Fill(open_ids_[position], event);
  if (event_count_ % 2 == 0) {
    change.mutable_amount()->set_currency_code("USD");
    change.mutable_amount()->set_units(1'000 + event_count_ % 90'000);
    return;
  }
  const absl::CivilDay day = today_ + event_count_ % 90;
  change.mutable_expected_close_date()->set_year(static_cast<int32_t>(day.year()));
  change.mutable_expected_close_date()->set_month(day.month());
  change.mutable_expected_close_date()->set_day(day.day());
}

void SteadyFeed::FillWonDeal(NewEvent& event) {
  crm::v1::OpportunityChange& change = Fill(absl::StrCat("fed-", event_count_), event);
  change.set_owner_rep_id("fed-rep");
  change.set_stage_id(kHistoryStages[4]);
  change.mutable_amount()->set_currency_code("USD");
  change.mutable_amount()->set_units(1);
}

}  // namespace quotacast::bench
