#include "tools/gen/rep_records.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/gen/days.h"
#include "tools/gen/draws.h"
#include "tools/gen/rounding.h"

namespace quotacast::gen {
namespace {

constexpr int kSeniorDays = 730;
constexpr double kLeastForecast = 10'000;
constexpr int64_t kForecastUnit = 1'000;
constexpr std::array<std::array<const char*, 3>, 3> kTrainingTopics = {
    {{"how manufacturers buy", "reading an annual report", "a day at a customer"},
     {"Quill release", "Quill Suite architecture", "pricing and packaging"},
     {"discovery questions", "negotiation", "qualification"}}};

Training MakeTraining(const Company& company, int rep, TrainingKind kind, absl::CivilDay day,
                      size_t turn, Draws& draws) {
  Training training;
  training.id = absl::StrCat(company.people.reps[rep].id, "-T", turn + 1);
  training.rep = rep;
  training.kind = kind;
  training.topic = kTrainingTopics[static_cast<int>(kind)][draws.Below(3)];
  training.duration_minutes = 30 * draws.Between(1, 8);
  training.day = WorkdayFrom(day);
  return training;
}

// Who covers for a seat while it is empty.
std::optional<int> CoverOf(const People& people, int seat, absl::CivilDay from, absl::CivilDay to) {
  const auto cover = TakerOf(people, seat, from, seat);
  if (!cover.has_value()) return std::nullopt;
  const Rep& rep = people.reps[*cover];
  return !rep.end.has_value() || *rep.end >= to ? cover : std::nullopt;
}

}  // namespace

int CompPlanOf(const Rep& rep, absl::CivilDay day) { return day - rep.start >= kSeniorDays; }

double LogBias(Temper temper) {
  switch (temper) {
    case Temper::kSandbagger:
      return kSandbaggerLogBias;
    case Temper::kFair:
      return 0;
    case Temper::kHappyEars:
      return kHappyEarsLogBias;
  }
  return 0;
}

std::vector<RepChange> ChangesOf(const Company& company, int rep) {
  const Rep& who = company.people.reps[rep];
  const Seat& seat = company.people.seats[who.seat];
  const absl::CivilDay moved = company.people.reorganised;
  std::vector<RepChange> changes;
  if (seat.later_team != seat.team && who.start < moved && IsEmployed(who, moved)) {
    changes.push_back({moved, seat.later_team, std::nullopt, std::nullopt});
  }
  for (const Absence& absence : who.absences) {
    changes.push_back({absence.from, std::nullopt, RepStatus::kOnLeave, std::nullopt});
    changes.push_back({absence.to, std::nullopt, RepStatus::kActive, std::nullopt});
  }
  if (who.end.has_value()) {
    changes.push_back({*who.end, std::nullopt, RepStatus::kLeft, who.end});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const RepChange& a, const RepChange& b) { return a.day < b.day; });
  return changes;
}

std::vector<TerritoryAssignment> AssignmentsOf(const Company& company, int seat) {
  const People& people = company.people;
  std::vector<TerritoryAssignment> assignments;
  const std::vector<int>& reps = people.reps_of_seat[seat];
  for (size_t i = 0; i < reps.size(); ++i) {
    const Rep& rep = people.reps[reps[i]];
    assignments.push_back({seat, reps[i], std::max(rep.start, company.options.start), rep.end});
    if (!rep.end.has_value() || i + 1 == reps.size()) continue;
    const absl::CivilDay next = people.reps[reps[i + 1]].start;
    const auto cover = CoverOf(people, seat, *rep.end, next);
    if (cover.has_value()) assignments.push_back({seat, *cover, *rep.end, next});
  }
  return assignments;
}

// New reps learn the product first. Later there is a training or two a quarter, and a skill
// training at the start of an initiative's wave.
std::vector<Training> TrainingsOf(const Company& company, int rep) {
  const Rep& who = company.people.reps[rep];
  Draws draws(company.options.seed, "training", {rep});
  std::vector<std::pair<absl::CivilDay, TrainingKind>> plan;
  if (who.start >= company.options.start) {
    for (const int day : {2, 5, 9, 15}) plan.push_back({who.start + day, TrainingKind::kProduct});
    plan.push_back({who.start + 21, TrainingKind::kClient});
  }
  static constexpr std::array<double, 3> kMix = {0.35, 0.40, 0.25};
  const int last = QuarterOf(Horizon(company.options));
  for (int quarter = QuarterOf(company.options.start); quarter <= last; ++quarter) {
    const int count = draws.Between(0, 2);
    for (int i = 0; i < count; ++i) {
      const int day = draws.Between(3, 88);
      plan.push_back({QuarterStart(quarter) + day, static_cast<TrainingKind>(draws.Pick(kMix))});
    }
  }
  for (const Initiative& initiative : company.initiatives) {
    const int wave = initiative.wave_of_seat[who.seat];
    if (wave < 0) continue;
    plan.push_back({std::max(initiative.waves[wave].start, who.start + 30), TrainingKind::kSkill});
  }
  std::stable_sort(plan.begin(), plan.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Training> trainings;
  for (const auto& [day, kind] : plan) {
    if (day < company.options.start || !IsEmployed(who, day) || IsAway(who, day)) continue;
    trainings.push_back(MakeTraining(company, rep, kind, day, trainings.size(), draws));
  }
  return trainings;
}

std::vector<RepForecast> ForecastsOf(const Company& company, const Ledger& ledger, int rep,
                                     int quarter) {
  const Rep& who = company.people.reps[rep];
  const auto index = static_cast<size_t>(quarter - ledger.first_quarter);
  std::vector<RepForecast> forecasts;
  if (index >= ledger.total.size()) return forecasts;
  const double truth = std::max(kLeastForecast, static_cast<double>(ledger.owned[rep][index]));
  Draws draws(company.options.seed, "rep-forecast", {rep, quarter});
  for (const int day_of_quarter : kForecastDays) {
    const absl::CivilDay day = WorkdayFrom(QuarterStart(quarter) + day_of_quarter);
    const double ignorance = 1 - day_of_quarter / 91.0;
    const double expected =
        truth * draws.LogNormal(LogBias(who.temper) * ignorance, kForecastLogSd * ignorance);
    if (!IsEmployed(who, day) || IsAway(who, day) || Ramp(who, day) < 0.5) continue;
    RepForecast forecast;
    forecast.rep = rep;
    forecast.quarter = quarter;
    forecast.day = day;
    forecast.expected = RoundTo(expected, kForecastUnit);
    forecast.low = RoundTo(expected * (1 - 0.35 * ignorance), kForecastUnit);
    forecast.high = RoundTo(expected * (1 + 0.45 * ignorance), kForecastUnit);
    forecast.commit = RoundTo(expected * (1 - 0.2 * ignorance), kForecastUnit);
    forecast.best_case = RoundTo(expected * (1 + 0.3 * ignorance), kForecastUnit);
    forecasts.push_back(forecast);
  }
  return forecasts;
}

}  // namespace quotacast::gen
