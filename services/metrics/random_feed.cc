#include "services/metrics/random_feed.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/random.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

const CivilDay kFirstDay(2017, 1, 2);
constexpr int kDayCount = 200;
constexpr int kDealCount = 12;
constexpr int kEventCount = 700;
const char* const kStages[] = {"Discovery", "Proposal", "Won", "Lost"};

absl::Time MidnightOf(CivilDay day) { return StartOfDayUtc(day); }

}  // namespace

RandomFeed::RandomFeed(uint32_t seed, bool with_company) : seed_(seed), feed_(kFirstDay) {
  feed_.Stages();
  for (int i = 0; i < kEventCount; ++i) {
    if (Chance(3)) feed_.RecordOn(std::min(kFirstDay + i / 3, kFirstDay + kDayCount));
    if (with_company && Chance(4)) AddCompanyEvent(i);
    AddEvent(i);
  }
}

int RandomFeed::Below(int limit) {
  const uint32_t bits = RandomBlock(seed_, ++draw_count_, 0, RandomPurpose::kSynthetic, 0)[0];
  return static_cast<int>(bits % static_cast<uint32_t>(limit));
}

CivilDay RandomFeed::AnyDay() { return kFirstDay + Below(kDayCount); }

void RandomFeed::AddEvent(int number) {
  const std::string id = absl::StrCat("d", Below(kDealCount));
  const CivilDay day = AnyDay();
  crm::v1::CrmEvent event;
  switch (Below(20)) {
    case 0:  // Takes back what may or may not have been said.
      event.mutable_retraction()->set_version(
          absl::StrCat(kStages[Below(4)], "@", FormatIsoDate(day)));
      if (!said_.empty() && !Chance(4)) {
        const auto& said = said_[static_cast<size_t>(Below(static_cast<int>(said_.size())))];
        event.mutable_retraction()->set_version(said.second);
        feed_.Add(absl::StrCat("opportunity/", said.first), absl::StrCat(said.second, "!"),
                  MidnightOf(day), event);
        return;
      }
      feed_.Add(absl::StrCat("opportunity/", id), absl::StrCat("r", number), MidnightOf(day),
                event);
      return;
    case 1:
      event.mutable_deletion()->set_entity(crm::v1::ENTITY_KIND_OPPORTUNITY);
      event.mutable_deletion()->set_entity_id(id);
      event.mutable_deletion()->set_restored(!Chance(3));
      feed_.Add(absl::StrCat("opportunity/", id), absl::StrCat("end", number), MidnightOf(day),
                event);
      return;
    case 2:
      if (!Chance(6)) break;
      event.mutable_merge()->set_entity(crm::v1::ENTITY_KIND_OPPORTUNITY);
      event.mutable_merge()->set_from_id(id);
      event.mutable_merge()->set_into_id("d0");
      feed_.Add(absl::StrCat("opportunity/", id), absl::StrCat("m", number), MidnightOf(day),
                event);
      return;
    case 3:  // A stage changes its meaning.
      if (!Chance(4)) break;
      feed_.Stage("Proposal", 2,
                  Chance(2) ? crm::v1::STAGE_CATEGORY_LOST : crm::v1::STAGE_CATEGORY_OPEN);
      return;
    default:
      break;
  }
  DealFields fields;
  const std::string stage = Chance(8) ? "" : kStages[Below(4)];
  if (Chance(2)) fields.rep = absl::StrCat("rep", Below(4));
  if (Chance(4)) fields.product = absl::StrCat("p", Below(3));
  if (Chance(4)) fields.segment = absl::StrCat("s", Below(2));
  if (Chance(2)) fields.amount = Below(5) * 100 - 100;
  if (Chance(4)) fields.created = AnyDay();
  if (Chance(3)) fields.expected_close = AnyDay();
  // A later saying about a fact of before, at times on another day.
  std::string version = absl::StrCat(stage, "@", FormatIsoDate(day));
  if (!said_.empty() && Chance(4)) {
    const auto& said = said_[static_cast<size_t>(Below(static_cast<int>(said_.size())))];
    if (said.first == id) version = absl::StrCat(said.second, "#", number);
  }
  fields.version = version;
  std::optional<CivilDay> effective = day;
  if (Chance(15)) effective.reset();
  feed_.Deal(id, stage, effective, fields);
  said_.emplace_back(id, VersionStem(version));
}

void RandomFeed::AddCompanyEvent(int number) {
  const std::string day = FormatIsoDate(AnyDay());
  const std::string rep = absl::StrCat("rep", Below(5));
  const std::string account = absl::StrCat("account", Below(4));
  const std::string record = absl::StrCat(Below(8));
  const std::string version = absl::StrCat(Below(6), Chance(2) ? absl::StrCat("#", number) : "");
  switch (Below(11)) {
    case 0:
      feed_.Team(absl::StrCat("team", Below(3)), Chance(2) ? "team0" : "");
      return;
    case 1:
      feed_.Rep(rep, absl::StrCat("team", Below(3)), AnyDay(),
                Chance(3) ? std::optional(AnyDay()) : std::nullopt);
      return;
    case 2:
      feed_.Product(absl::StrCat("p", Below(3)), 10 * Below(9));
      return;
    case 3:
      feed_.Quota(rep, absl::StrCat("2017Q", 1 + Below(3)), 100 * Below(9));
      return;
    case 4:
      if (Chance(3)) feed_.Calendar(1 + Below(12));
      return;
    case 5:
      Say(feed_, "account/" + account, version, day,
          absl::StrCat("account { account_id: '", account, "' industry: 'i", Below(3),
                       "' owner_rep_id: '", rep, "' }"));
      return;
    case 6:
      Say(feed_, "account/" + account, absl::StrCat("taken back ", number), day,
          absl::StrCat("retraction { version: '", version, "' }"));
      return;
    case 7:
      Act(feed_, record, Chance(2) ? "call" : "meeting", day,
          absl::StrCat("rep_id: '", rep, "' opportunity_id: 'd", Below(kDealCount), "'"));
      return;
    case 8:
      Say(feed_, "lead/L" + record, version, Chance(6) ? std::nullopt : std::optional(day),
          absl::StrCat("lead { lead_id: 'L", record, "' owner_rep_id: '", rep, "' lead_source: 's",
                       Below(3), "' created_time ", AsTimestamp(day), " }"));
      return;
    case 9:
      Say(feed_, "lead/L" + record, absl::StrCat("taken back ", number), day,
          absl::StrCat("retraction { version: '", version, "' }"));
      return;
    default:
      if (!Chance(4)) return;
      Say(feed_, "rep/" + rep, absl::StrCat("merge", number), day,
          absl::StrCat("merge { entity: ENTITY_KIND_REP from_id: '", rep, "' into_id: 'rep0' }"));
      return;
  }
}

}  // namespace quotacast::metrics
