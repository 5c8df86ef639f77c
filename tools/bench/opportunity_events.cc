#include "tools/bench/opportunity_events.h"

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::bench {
namespace {

constexpr const char* kStages[] = {"Qualification", "Discovery", "Proposal", "Negotiation",
                                   "Closed Won"};
constexpr int64_t kStageCount = 5;
constexpr int64_t kDayCount = 3'000;

void SetDate(absl::CivilDay day, google::type::Date& date) {
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
}

}  // namespace

ingestion::v1::NewEvent OpportunityEvent(uint64_t seed, int64_t number) {
  const int64_t deal = number / kStageCount;
  const int64_t step = number % kStageCount;
  const std::array<uint32_t, 4> chance =
      RandomBlock(seed, static_cast<uint64_t>(deal), 0, RandomPurpose::kSynthetic, 0);
  const std::string id = absl::StrFormat("0068Z00001%08X", deal);
  const absl::CivilDay created = absl::CivilDay(2018, 1, 1) + chance[0] % kDayCount;
  const absl::CivilDay day = created + step * (5 + chance[1] % 20);
  ingestion::v1::NewEvent event;
  event.mutable_id()->set_source("crm");
  event.mutable_id()->set_source_key("opportunity/" + id);
  event.mutable_id()->set_version(absl::StrCat(kStages[step], "@", absl::FormatCivilTime(day)));
  event.mutable_effective_time()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(day, absl::UTCTimeZone())));
  crm::v1::OpportunityChange& change = *event.mutable_event()->mutable_opportunity();
  change.set_opportunity_id(id);
  change.set_owner_rep_id(absl::StrFormat("0058Z00000%08X", chance[2] % 400));
  change.set_account_id(absl::StrFormat("0018Z00000%08X", chance[3] % 50'000));
  change.set_product_id(absl::StrCat("01t8Z-", chance[3] % 40));
  change.set_segment_id("mid-market");
  change.set_pipeline_id("new-business");
  change.set_stage_id(kStages[step]);
  change.mutable_amount()->set_currency_code("USD");
  change.mutable_amount()->set_units(1'000 + chance[1] % 90'000);
  SetDate(created, *change.mutable_created_date());
  SetDate(day + 60, *change.mutable_expected_close_date());
  return event;
}

ingestion::v1::NewEvent HistoryEvent(uint64_t seed, int64_t deal, int step, int rep_count) {
  const std::array<uint32_t, 4> chance =
      RandomBlock(seed, static_cast<uint64_t>(deal), 1, RandomPurpose::kSynthetic, 0);
  const std::string id = absl::StrFormat("0068Z00001%08X", deal);
  const absl::CivilDay created = absl::CivilDay(2018, 1, 1) + chance[0] % kDayCount;
  const absl::CivilDay day = created + step * (1 + chance[1] % 16);
  const bool closes = chance[2] % 10 < 7;
  const bool is_won = chance[2] / 10 % 7 < 4;
  ingestion::v1::NewEvent event;
  event.mutable_id()->set_source("crm");
  event.mutable_id()->set_source_key("opportunity/" + id);
  event.mutable_effective_time()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(day, absl::UTCTimeZone())) + step);
  crm::v1::OpportunityChange& change = *event.mutable_event()->mutable_opportunity();
  change.set_opportunity_id(id);
  std::string stage;
  if (step % 2 == 0 && step < 8) stage = kHistoryStages[step / 2];
  if (step == 8 && closes) stage = kHistoryStages[is_won ? 4 : 5];
  if (!stage.empty()) change.set_stage_id(stage);
  if (step == 0) {
    change.set_owner_rep_id(
        absl::StrFormat("0058Z00000%08X", chance[3] % static_cast<uint32_t>(rep_count)));
    change.set_account_id(absl::StrFormat("0018Z00000%08X", chance[3] / 400 % 50'000));
    change.set_product_id(absl::StrCat("01t8Z-", chance[1] / 16 % 40));
    change.set_segment_id(absl::StrCat("segment-", chance[1] / 640 % 5));
    SetDate(created, *change.mutable_created_date());
  }
  const bool revises_amount = step == 0 || step == 3 || step == 7 || (step == 9 && closes);
  if (revises_amount) {
    change.mutable_amount()->set_currency_code("USD");
    change.mutable_amount()->set_units(
        1'000 + (chance[0] / 3'000 + 977u * static_cast<uint32_t>(step)) % 90'000);
  } else if (stage.empty()) {
    SetDate(day + 60, *change.mutable_expected_close_date());
  }
  event.mutable_id()->set_version(
      absl::StrCat(stage.empty() ? "fields" : stage, "@", absl::FormatCivilTime(day)));
  return event;
}

uint64_t IdChecksum(const ingestion::v1::EventId& id) {
  return StableId(id.version(), id.source_key());
}

}  // namespace quotacast::bench
