#include "tools/gen/activities.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "tools/gen/days.h"
#include "tools/gen/draws.h"

namespace quotacast::gen {
namespace {

constexpr int kLongestWorkedStayDays = 84;
constexpr std::array<const char*, 4> kTopics = {"information", "implementation", "billing",
                                                "reference call"};

int DurationMinutes(ActivityKind kind, Draws& draws) {
  switch (kind) {
    case ActivityKind::kCall:
      return draws.Between(1, 8) * 5;
    case ActivityKind::kEmail:
      return 5;
    case ActivityKind::kDemo:
      return draws.Between(3, 6) * 15;
    case ActivityKind::kMeeting:
    case ActivityKind::kInternal:
      return draws.Between(2, 4) * 15;
  }
  return 0;
}

int64_t WorkingMinute(absl::CivilDay day, Draws& draws) {
  return MinuteOf(day, kBusinessDayStartMinute + 5 * draws.Below(kBusinessDayMinutes / 5));
}

ActivityKind KindIn(int stage, Draws& draws) {
  static constexpr std::array<std::array<double, 4>, kStageCount> kMix = {{{0.50, 0.35, 0.15, 0.0},
                                                                           {0.35, 0.30, 0.25, 0.10},
                                                                           {0.2, 0.3, 0.25, 0.25},
                                                                           {0.3, 0.4, 0.25, 0.05}}};
  return static_cast<ActivityKind>(draws.Pick(kMix[stage]));
}

class DealActivities {
 public:
  DealActivities(const Company& company, const Deal& deal)
      : deal_(deal),
        draws_(company.options.seed, "activities", {static_cast<int64_t>(deal.origin.key)}),
        id_prefix_(absl::StrCat(DealId(deal.number), "-A")),
        horizon_(Horizon(company.options)) {}

  std::vector<Activity> Make() {
    for (size_t i = 0; i < deal_.path.size(); ++i) {
      const StageEntry& entry = deal_.path[i];
      if (entry.stage >= kStageCount) continue;
      absl::CivilDay until = i + 1 < deal_.path.size() ? deal_.path[i + 1].day : horizon_;
      if (deal_.deleted.has_value()) until = std::min(until, *deal_.deleted);
      if (deal_.merged.has_value()) until = std::min(until, *deal_.merged);
      WorkOn(entry, std::min(until, entry.day + kLongestWorkedStayDays));
    }
    if (draws_.Chance(kAutomatedMailShare)) AddAutomatedMail();
    return activities_;
  }

 private:
  void WorkOn(const StageEntry& entry, absl::CivilDay until) {
    const auto days = static_cast<int>(until - entry.day);
    if (days <= 0) return;
    const int count =
        std::min(kMostActivitiesPerStage, draws_.Poisson(kActivitiesPerWeek * days / 7.0));
    for (int i = 0; i < count; ++i) {
      const absl::CivilDay day = WorkdayNear(entry.day + draws_.Below(days), entry.day);
      Add(KindIn(entry.stage, draws_), day, draws_.Chance(0.2), false);
    }
  }

  void AddAutomatedMail() {
    Add(ActivityKind::kEmail, deal_.origin.created, false, true);
    activities_.back().start_minute = MinuteOf(deal_.origin.created, 7 * 60);
  }

  void Add(ActivityKind kind, absl::CivilDay day, bool is_inbound, bool is_automated) {
    Activity activity;
    activity.id = absl::StrCat(id_prefix_, activities_.size() + 1);
    activity.kind = kind;
    activity.rep = OwnerOn(deal_, day);
    activity.deal = deal_.number;
    activity.account = deal_.origin.account;
    activity.start_minute = WorkingMinute(day, draws_);
    activity.duration_minutes = is_automated ? 0 : DurationMinutes(kind, draws_);
    activity.is_automated = is_automated;
    activity.is_inbound = is_inbound;
    activities_.push_back(activity);
  }

  const Deal& deal_;
  Draws draws_;
  std::string id_prefix_;
  absl::CivilDay horizon_;
  std::vector<Activity> activities_;
};

}  // namespace

std::vector<Activity> ActivitiesOf(const Company& company, const Deal& deal) {
  return DealActivities(company, deal).Make();
}

// An inbound lead is answered by a program at once, which is no follow-up; then people reach out.
std::vector<Activity> ActivitiesOf(const Company& company, const Lead& lead) {
  Draws draws(company.options.seed, "touches", {static_cast<int64_t>(lead.key)});
  std::vector<Activity> activities;
  const auto add = [&](ActivityKind kind, int64_t minute, bool is_automated) {
    Activity activity;
    activity.id = absl::StrCat(LeadId(lead.number), "-A", activities.size() + 1);
    activity.kind = kind;
    activity.rep = lead.rep;
    activity.lead = lead.number;
    activity.account = lead.account;
    activity.start_minute = minute;
    activity.duration_minutes = is_automated ? 0 : DurationMinutes(kind, draws);
    activity.is_automated = is_automated;
    activities.push_back(activity);
  };
  if (lead.source == 0) add(ActivityKind::kEmail, lead.created_minute + 1, true);
  for (const int64_t minute : lead.touch_minutes) {
    add(draws.Chance(0.6) ? ActivityKind::kCall : ActivityKind::kEmail, minute, false);
  }
  return activities;
}

std::vector<Commitment> CommitmentsOf(const Company& company, const Deal& deal) {
  std::vector<Commitment> commitments;
  Draws draws(company.options.seed, "commitments", {static_cast<int64_t>(deal.origin.key)});
  for (const StageEntry& entry : deal.path) {
    if (entry.stage != 2 && entry.stage != kWonStage) continue;
    if (!draws.Chance(kCommitmentShare)) continue;
    Commitment commitment;
    commitment.id = absl::StrCat(DealId(deal.number), "-C", commitments.size() + 1);
    commitment.rep = OwnerOn(deal, entry.day);
    commitment.account = deal.origin.account;
    commitment.deal = deal.number;
    commitment.topic = kTopics[entry.stage == kWonStage ? draws.Between(1, 2) : draws.Below(4)];
    commitment.made = entry.day;
    commitment.due = WorkdayFrom(entry.day + draws.Between(3, 14));
    const bool in_time = draws.Chance(company.people.reps[commitment.rep].promise_keeping);
    const auto days = static_cast<int>(commitment.due - commitment.made);
    commitment.done =
        in_time ? commitment.made + draws.Between(1, days) : commitment.due + draws.Between(1, 20);
    commitments.push_back(commitment);
  }
  return commitments;
}

std::vector<Activity> InternalMeetings(const Company& company, int rep, absl::CivilDay week_start) {
  const Rep& who = company.people.reps[rep];
  Draws draws(company.options.seed, "internal", {rep, week_start - company.options.start});
  const absl::CivilDay day = week_start + draws.Below(5);
  if (!IsEmployed(who, day) || IsAway(who, day) || !IsWorkday(day)) return {};
  Activity activity;
  activity.id = absl::StrCat(who.id, "-I", (week_start - company.options.start) / 7 + 1);
  activity.kind = ActivityKind::kInternal;
  activity.rep = rep;
  activity.start_minute = WorkingMinute(day, draws);
  activity.duration_minutes = DurationMinutes(activity.kind, draws);
  return {activity};
}

}  // namespace quotacast::gen
