#include "tools/gen/deals.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "simulator/engine/deterministic_math.h"
#include "tools/gen/customers.h"
#include "tools/gen/days.h"
#include "tools/gen/draws.h"
#include "tools/gen/rounding.h"

namespace quotacast::gen {
namespace {

constexpr int kMostSteps = 60;  // Falls back and skips end long before.
constexpr int kReopenedStage = 2;
constexpr int kMostPushes = 10;
constexpr absl::CivilDay kEpoch(1970, 1, 1);

// Walks one deal from stage to stage.
class Life {
 public:
  Life(const Company& company, Deal& deal, Draws& draws)
      : company_(company), deal_(deal), draws_(draws), day_(deal.origin.created) {
    deal_.last_owner = deal_.origin.rep;
    amount_ = deal_.amount;
    stuck_stage_ = deal_.never_closing ? draws_.Below(kStageCount - 1) : -1;
  }

  void Live() {
    Enter(0);
    for (int step = 0; step < kMostSteps && deal_.IsOpen(); ++step) {
      if (deal_.path.back().stage == stuck_stage_) {
        day_ = Horizon(company_.options);
        HandOver();
        return;
      }
      Step();
    }
  }

 private:
  const SegmentTruth& segment() const { return company_.segments[deal_.origin.segment]; }

  void Enter(int stage) {
    if (!deal_.path.empty() && draws_.Chance(kRevisionShare)) {
      amount_ = RoundTo(
          static_cast<double>(amount_) * draws_.LogNormal(kRevisionLogMean, kRevisionLogSd), 100);
      deal_.changes.push_back({day_, Field::kAmount, amount_});
    }
    if (stage >= kReopenedStage) {
      const Category category = stage == kStageCount - 1 ? Category::kCommit : Category::kBestCase;
      deal_.changes.push_back({day_, Field::kCategory, static_cast<int64_t>(category)});
    }
    deal_.path.push_back({day_, stage, amount_, -1});
  }

  void Step() {
    const int stage = deal_.path.back().stage;
    const double days = draws_.Weibull(7.0 * segment().dwell_scale_weeks[stage], kDwellShape);
    const absl::CivilDay entered = day_;
    day_ = WorkdayNear(day_ + static_cast<int>(days), day_);
    HandOver();
    if (stage > 0 && draws_.Chance(kFallBackShare)) {
      Enter(stage - 1);
    } else if (draws_.Chance(simulator::NormalCdf(Probit(stage)))) {
      Advance(stage, entered);
    } else {
      Lose(stage);
    }
  }

  double Probit(int stage) const {
    const Rep& rep = company_.people.reps[deal_.last_owner];
    double z = segment().advance_probit[stage] + rep.ability +
               company_.market.Shift(TeamOf(company_.people, rep.seat, day_), day_) +
               EffectOn(company_.initiatives, Driver::kWin, stage, company_.people,
                        deal_.last_owner, day_) +
               kDiscoveryShiftPerPoint * (deal_.discovery_rating - kDiscoveryMean);
    if (deal_.last_owner != deal_.origin.rep) z += kReassignedShift;
    if (is_reopened_) z += kReopenedShift;
    return z;
  }

  // When the owner leaves before the stay ends, somebody else takes the deal some days later.
  void HandOver() {
    while (true) {
      const Rep& rep = company_.people.reps[deal_.last_owner];
      if (!rep.end.has_value() || *rep.end > day_) return;
      const absl::CivilDay day = WorkdayFrom(*rep.end + draws_.Between(1, 9));
      const auto taker = TakerOf(company_.people, rep.seat, day, draws_.Below(1'000));
      if (!taker.has_value() || *taker == deal_.last_owner) return;
      deal_.last_owner = *taker;
      deal_.changes.push_back({day, Field::kOwner, *taker});
      day_ = std::max(day_, day);
    }
  }

  void Advance(int stage, absl::CivilDay entered) {
    int next = stage + 1;
    if (next + 1 < kStageCount && draws_.Chance(kSkipShare)) ++next;
    if (next < kStageCount) {
      Enter(next);
    } else {
      Win(entered);
    }
  }

  void Win(absl::CivilDay entered) {
    day_ = Bunched(entered);
    const int64_t booked =
        RoundTo(static_cast<double>(amount_) * draws_.LogNormal(kBookedLogMean, kBookedLogSd), 10);
    deal_.path.push_back({day_, kWonStage, booked, -1});
    if (!draws_.Chance(kWonToLostShare)) return;
    day_ = WorkdayFrom(day_ + draws_.Between(5, 40));
    deal_.path.push_back({day_, kLostStage, booked, kCancelledReason});
  }

  // The signature's day, given the day on which the deal would be won.
  absl::CivilDay Bunched(absl::CivilDay entered) {
    const absl::CivilDay start = QuarterStart(QuarterOf(day_));
    const absl::CivilDay end = QuarterStart(QuarterOf(day_) + 1);
    const absl::CivilDay rush_day = end - draws_.Between(1, kRushDays);
    const absl::CivilDay earlier_rush_day = start - draws_.Between(1, kRushDays);
    const bool held_back = draws_.Chance(kHeldBackShare);
    const bool pulled = draws_.Chance(kPulledForwardShare);
    if (end - day_ <= kHeldBackDays && held_back) {
      return WorkdayNear(std::max(day_, rush_day), day_);
    }
    if (day_ - start < kPulledForwardDays && pulled && entered < earlier_rush_day) {
      return WorkdayNear(earlier_rush_day, entered);
    }
    return day_;
  }

  void Lose(int stage) {
    static constexpr std::array<double, 6> kEarly = {0.10, 0.10, 0.35, 0.25, 0.15, 0.05};
    static constexpr std::array<double, 6> kLate = {0.30, 0.28, 0.16, 0.06, 0.10, 0.10};
    const int reason = draws_.Pick(stage < 2 ? kEarly : kLate);
    deal_.path.push_back({day_, kLostStage, amount_, reason});
    if (is_reopened_ || !draws_.Chance(kReopenedShare)) return;
    is_reopened_ = true;
    day_ = WorkdayFrom(day_ + draws_.Between(20, 90));
    HandOver();
    Enter(kReopenedStage);
  }

  const Company& company_;
  Deal& deal_;
  Draws& draws_;
  absl::CivilDay day_;
  int64_t amount_ = 0;
  int stuck_stage_ = -1;
  bool is_reopened_ = false;
};

// Nothing happens to the deal on `day` or later.
void CutAt(absl::CivilDay day, Deal& deal) {
  while (deal.path.size() > 1 && deal.path.back().day >= day) deal.path.pop_back();
  const auto late = [day](const FieldChange& change) { return change.day >= day; };
  deal.changes.erase(std::remove_if(deal.changes.begin(), deal.changes.end(), late),
                     deal.changes.end());
  deal.last_owner = OwnerOn(deal, day);
}

// The stage that the deal is in at the start of `day`.
const StageEntry& EntryAt(const Deal& deal, absl::CivilDay day) {
  size_t i = deal.path.size() - 1;
  while (i > 0 && deal.path[i].day >= day) --i;
  return deal.path[i];
}

void CleanUp(const Company& company, Deal& deal) {
  if (deal.origin.created + kCleanUpAgeDays > company.clean_up) return;
  const StageEntry entry = EntryAt(deal, company.clean_up);
  if (entry.stage >= kStageCount) return;
  CutAt(company.clean_up, deal);
  deal.path.push_back({company.clean_up, kLostStage, entry.amount, kCleanUpReason});
}

// Mistakes of data entry: the deal is deleted, or merged into another, early in its life.
void Mistake(Deal& deal, Draws& draws) {
  const double u = draws.Uniform();
  const absl::CivilDay day = WorkdayFrom(deal.origin.created + draws.Between(2, 30));
  if (u >= kDeletedShare + kDuplicateShare || EntryAt(deal, day).stage >= kStageCount) return;
  if (u < kDeletedShare) {
    CutAt(day, deal);
    deal.deleted = day;
  } else {
    CutAt(day, deal);
    deal.merged = day;
  }
}

void ShareCredit(const Company& company, Deal& deal, Draws& draws) {
  const bool is_split = draws.Chance(kSplitShare);
  const bool has_overlay = draws.Chance(kOverlayShare);
  if (!is_split && !has_overlay) return;
  const People& people = company.people;
  const std::vector<int>& seats = people.seats_of_team[people.seats[deal.origin.seat].team];
  const auto other =
      RepInSeat(people, seats[draws.Below(static_cast<int>(seats.size()))], deal.origin.created);
  if (!other.has_value() || *other == deal.origin.rep) return;
  if (is_split) {
    static constexpr std::array<int, 4> kShares = {50, 60, 70, 80};
    const int own = kShares[draws.Below(kShares.size())];
    deal.splits = {{deal.origin.rep, own, false}, {*other, 100 - own, false}};
  } else {
    deal.splits = {{deal.origin.rep, 100, false}, {*other, 30, true}};
  }
}

// The day up to which somebody looks after the closing day.
absl::CivilDay WatchedUntil(const Company& company, const Deal& deal) {
  if (deal.deleted.has_value()) return *deal.deleted;
  if (deal.merged.has_value()) return *deal.merged;
  for (const StageEntry& entry : deal.path) {
    if (entry.stage >= kStageCount) return entry.day;
  }
  return Horizon(company.options);
}

// The rep moves the expected closing day whenever it has come near and the deal is still open.
void PushClosingDay(const Company& company, Deal& deal, Draws& draws) {
  const absl::CivilDay until = WatchedUntil(company, deal);
  absl::CivilDay expected = deal.expected_close;
  absl::CivilDay pushed = deal.origin.created;
  for (int push = 0; push < kMostPushes; ++push) {
    const absl::CivilDay day = WorkdayFrom(std::max(pushed + 1, expected - draws.Between(-3, 6)));
    if (day >= until || draws.Chance(0.08)) break;  // The rest is past due and nobody minds.
    expected = expected + draws.Between(14, 45);
    if (draws.Chance(0.35)) expected = QuarterStart(QuarterOf(expected) + 1) - 1;
    deal.changes.push_back({day, Field::kExpectedClose, expected - kEpoch});
    pushed = day;
  }
  std::stable_sort(deal.changes.begin(), deal.changes.end(),
                   [](const FieldChange& a, const FieldChange& b) { return a.day < b.day; });
}

absl::CivilDay FirstExpectedClose(const SegmentTruth& segment, absl::CivilDay created,
                                  Draws& draws) {
  double typical_weeks = 0;
  for (const double weeks : segment.dwell_scale_weeks) typical_weeks += weeks;
  const absl::CivilDay day =
      created + static_cast<int>(7 * typical_weeks * draws.Uniform(0.7, 1.3));
  return draws.Chance(0.3) ? QuarterStart(QuarterOf(day) + 1) - 1 : day;
}

}  // namespace

std::string DealId(int64_t number) { return absl::StrFormat("D%06d", number); }

Deal MakeDeal(const Company& company, const Origin& origin) {
  const SegmentTruth& segment = company.segments[origin.segment];
  Draws draws(company.options.seed, "deal", {static_cast<int64_t>(origin.key)});
  Deal deal;
  deal.origin = origin;
  deal.amount = origin.amount;
  if (deal.amount == 0) {
    deal.amount = RoundTo(segment.amount_median * draws.LogNormal(0, segment.amount_log_sd), 100);
  }
  static constexpr std::array<double, 5> kRatings = {0.08, 0.20, 0.38, 0.24, 0.10};
  deal.discovery_rating = 1 + draws.Pick(kRatings);
  deal.never_closing = draws.Chance(kNeverClosingShare);
  deal.expected_close = FirstExpectedClose(segment, origin.created, draws);
  Life(company, deal, draws).Live();
  CleanUp(company, deal);
  Mistake(deal, draws);
  ShareCredit(company, deal, draws);
  PushClosingDay(company, deal, draws);
  return deal;
}

std::vector<Origin> ProspectedInWeek(const Company& company, int seat, absl::CivilDay week_start) {
  std::vector<Origin> origins;
  const std::optional<int> rep = RepInSeat(company.people, seat, week_start);
  if (!rep.has_value()) return origins;
  const auto week = week_start - company.options.start;
  for (int segment = 0; segment < kSizeBandCount; ++segment) {
    const double rate = ProspectingRate(company, *rep, segment, week_start + 3);
    if (rate == 0) continue;
    const int count =
        Draws(company.options.seed, "prospecting", {seat, segment, week}).Poisson(rate);
    for (int turn = 0; turn < count; ++turn) {
      Draws draws(company.options.seed, "prospected", {seat, segment, week, turn});
      Origin origin;
      origin.key = draws.Key();
      origin.created = WorkdayNear(week_start + draws.Below(7), week_start);
      origin.rep = *rep;
      origin.seat = seat;
      origin.segment = segment;
      origin.account = AccountOfSeat(company.options, seat, draws.Below(kAccountsPerSeat));
      if (IsEmployed(company.people.reps[*rep], origin.created)) origins.push_back(origin);
    }
  }
  return origins;
}

Origin FromLead(const Company& company, const Lead& lead) {
  Origin origin;
  origin.key = Draws(company.options.seed, "from-lead", {static_cast<int64_t>(lead.key)}).Key();
  origin.created = *lead.converted;
  origin.seat = company.people.reps[lead.rep].seat;
  origin.rep = TakerOf(company.people, origin.seat, origin.created, 0).value_or(lead.rep);
  origin.segment = lead.segment;
  origin.account = lead.account;
  origin.lead = std::make_shared<const Lead>(lead);
  return origin;
}

std::vector<Origin> FollowUps(const Company& company, const Deal& deal) {
  std::vector<Origin> origins;
  if (!deal.IsWon() || deal.deleted.has_value() || deal.merged.has_value()) return origins;
  Draws draws(company.options.seed, "follow-up", {static_cast<int64_t>(deal.origin.key)});
  const StageEntry& win = deal.path.back();
  const bool is_renewal = deal.origin.motion == Motion::kRenewal;
  const auto add = [&](Motion motion, int segment, absl::CivilDay created, double growth) {
    Origin origin;
    origin.key = Draws(company.options.seed, motion == Motion::kRenewal ? "renewal" : "expansion",
                       {static_cast<int64_t>(deal.origin.key)})
                     .Key();
    origin.created = WorkdayFrom(created);
    origin.seat = deal.origin.seat;
    origin.rep = TakerOf(company.people, origin.seat, origin.created, 0).value_or(deal.last_owner);
    origin.segment = segment;
    origin.account = deal.origin.account;
    origin.motion = motion;
    origin.amount = RoundTo(static_cast<double>(win.amount) * growth, 100);
    origins.push_back(origin);
  };
  const int renewal_days = draws.Between(300, 320);
  const int expansion_days = draws.Between(90, 300);
  const double renewal_growth = draws.LogNormal(0.02, 0.10);
  const double expansion_growth = draws.LogNormal(-0.6, 0.30);
  if (draws.Chance(is_renewal ? 0.9 : kRenewalShare)) {
    add(Motion::kRenewal, kRenewalSegment, win.day + renewal_days, renewal_growth);
  }
  if (!is_renewal && draws.Chance(kExpansionShare)) {
    add(Motion::kExpansion, deal.origin.segment, win.day + expansion_days, expansion_growth);
  }
  return origins;
}

int OwnerOn(const Deal& deal, absl::CivilDay day) {
  int owner = deal.origin.rep;
  for (const FieldChange& change : deal.changes) {
    if (change.field == Field::kOwner && change.day <= day) owner = static_cast<int>(change.value);
  }
  return owner;
}

std::vector<Split> Credits(const Deal& deal) {
  std::vector<Split> credits;
  for (const Split& split : deal.splits) {
    // Whoever owns the deal in the end has the first owner's share.
    if (!split.is_overlay) {
      credits.push_back(
          {split.rep == deal.origin.rep ? deal.last_owner : split.rep, split.share_percent, false});
    }
  }
  if (credits.empty()) credits.push_back({deal.last_owner, 100, false});
  return credits;
}

}  // namespace quotacast::gen
