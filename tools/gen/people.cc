#include "tools/gen/people.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/gen/days.h"
#include "tools/gen/draws.h"
#include "tools/gen/names.h"

namespace quotacast::gen {
namespace {

constexpr int kSeatsPerTeam = 8;  // Of large companies; small ones have four teams.
constexpr int kDaysPerMonth = 30;
constexpr double kReorganisedAtShare = 0.55;

// Two regions of two teams each, the same again with a number for larger companies.
std::vector<Team> MakeTeams(int seat_count) {
  struct Leaf {
    const char* id;
    const char* name;
    const char* parent_id;
  };
  constexpr std::array<Leaf, 4> kLeaves = {{{"east", "East", "americas"},
                                            {"west", "West", "americas"},
                                            {"north", "North", "emea"},
                                            {"south", "South", "emea"}}};
  std::vector<Team> teams = {{"americas", "Americas", ""}, {"emea", "EMEA", ""}};
  const int round_count = std::max<int>(1, seat_count / kSeatsPerTeam / kLeaves.size());
  const int leaf_count = round_count * static_cast<int>(kLeaves.size());
  for (int i = 0; i < leaf_count; ++i) {
    const Leaf& leaf = kLeaves[i % kLeaves.size()];
    const auto round = i / kLeaves.size();
    teams.push_back({round == 0 ? std::string(leaf.id) : absl::StrCat(leaf.id, "_", round + 1),
                     round == 0 ? std::string(leaf.name) : absl::StrCat(leaf.name, " ", round + 1),
                     leaf.parent_id});
  }
  return teams;
}

// Leaf teams 0 and 1, 2 and 3, ... are neighbours: they share a region.
int Neighbour(int leaf) { return leaf ^ 1; }

void AddSeats(const CompanyOptions& options, People& people) {
  const int leaf_count = static_cast<int>(people.teams.size()) - people.region_count;
  people.seats_of_team.resize(people.teams.size());
  for (int i = 0; i < options.rep_count; ++i) {
    const int leaf = i % leaf_count;
    // Every twelfth seat moves with the reorganisation, every sixth opens during the history.
    const bool moves = i % 12 == 3;
    Seat seat;
    seat.team = people.region_count + leaf;
    seat.later_team = moves ? people.region_count + Neighbour(leaf) : seat.team;
    seat.opens = options.start;
    if (i % 6 == 5) {
      const auto days = static_cast<int>(options.last_day - options.start);
      seat.opens = options.start + 60 + Draws(options.seed, "seat", {i}).Below(days - 120);
    }
    seat.territory_id = absl::StrFormat("T%03d", i + 1);
    seat.territory_name = TerritoryName(i, people.teams[seat.team].parent_id == "emea");
    people.seats_of_team[seat.team].push_back(i);
    people.seats.push_back(std::move(seat));
  }
}

double MonthlyHazard(int tenure_months) {
  double hazard = 0;
  for (const AttritionBand& band : kAttrition) {
    if (tenure_months >= band.from_month) hazard = band.monthly_hazard;
  }
  return hazard;
}

// The day on which somebody who is there on `from` leaves, if that is before `horizon`.
std::optional<absl::CivilDay> LeavingDay(absl::CivilDay start, absl::CivilDay from,
                                         absl::CivilDay horizon, Draws& draws) {
  for (absl::CivilDay day = from; day < horizon; day += kDaysPerMonth) {
    const int tenure_months = static_cast<int>((day - start) / kDaysPerMonth);
    if (draws.Chance(MonthlyHazard(tenure_months))) {
      return WorkdayFrom(day + 1 + draws.Below(kDaysPerMonth - 1));
    }
  }
  return std::nullopt;
}

void AddAbsences(const CompanyOptions& options, Rep& rep, Draws& draws) {
  const absl::CivilDay end = rep.end.value_or(Horizon(options));
  absl::CivilDay day = std::max(rep.start + 180, options.start);
  while (true) {
    day += 1 + static_cast<int>(draws.Exponential(365 / kLeavesPerYear));
    const absl::CivilDay back = day + draws.Between(30, 120);
    if (back + 30 >= end) return;
    rep.absences.push_back({day, back});
    day = back;
  }
}

Rep MakeRep(const CompanyOptions& options, int seat, int turn, absl::CivilDay start,
            absl::CivilDay watched_from) {
  Draws draws(options.seed, "rep", {seat, turn});
  Rep rep;
  rep.seat = seat;
  rep.start = start;
  rep.ability = kAbilitySd * draws.Normal();
  rep.pace = draws.LogNormal(-0.5 * kPaceLogSd * kPaceLogSd, kPaceLogSd);
  rep.ramp_weeks = draws.Uniform(kRampWeeksLow, kRampWeeksHigh);
  const double temper = draws.Uniform();
  if (temper < kSandbaggerShare) {
    rep.temper = Temper::kSandbagger;
  } else if (temper > 1 - kHappyEarsShare) {
    rep.temper = Temper::kHappyEars;
  }
  rep.promise_keeping = draws.Uniform(0.6, 0.95);
  rep.end = LeavingDay(start, watched_from, Horizon(options), draws);
  AddAbsences(options, rep, draws);
  return rep;
}

// The reps of one seat, one after the other.
void FillSeat(const CompanyOptions& options, const People& people, int seat,
              std::vector<Rep>& reps) {
  Draws draws(options.seed, "vacancy", {seat});
  absl::CivilDay from = people.seats[seat].opens;
  // The first of a seat that was there from the beginning has been in it for a while.
  absl::CivilDay start =
      from == options.start ? from - draws.Between(200, 1'800) : WorkdayFrom(from);
  for (int turn = 0; start < Horizon(options); ++turn) {
    reps.push_back(MakeRep(options, seat, turn, start, std::max(start, options.start)));
    if (!reps.back().end.has_value()) return;
    start = WorkdayFrom(*reps.back().end + draws.Between(30, 110));
  }
}

void AddReps(const CompanyOptions& options, People& people) {
  for (int seat = 0; seat < options.rep_count; ++seat) {
    FillSeat(options, people, seat, people.reps);
  }
  // Those of the first day keep the order of their seats.
  const auto hired = [&options](const Rep& rep) { return std::max(rep.start, options.start); };
  std::stable_sort(people.reps.begin(), people.reps.end(),
                   [&hired](const Rep& a, const Rep& b) { return hired(a) < hired(b); });
  people.reps_of_seat.resize(people.seats.size());
  for (size_t i = 0; i < people.reps.size(); ++i) {
    people.reps[i].id = absl::StrFormat("R%03d", i + 1);
    people.reps[i].name = PersonName(static_cast<int>(i));
    people.reps_of_seat[people.reps[i].seat].push_back(static_cast<int>(i));
  }
}

}  // namespace

People MakePeople(const CompanyOptions& options) {
  People people;
  people.teams = MakeTeams(options.rep_count);
  people.region_count = 2;
  people.reorganised = QuarterAtShare(options, kReorganisedAtShare);
  AddSeats(options, people);
  AddReps(options, people);
  return people;
}

int TeamOf(const People& people, int seat, absl::CivilDay day) {
  const Seat& s = people.seats[seat];
  return day < people.reorganised ? s.team : s.later_team;
}

bool IsEmployed(const Rep& rep, absl::CivilDay day) {
  return day >= rep.start && (!rep.end.has_value() || day < *rep.end);
}

bool IsAway(const Rep& rep, absl::CivilDay day) {
  for (const Absence& absence : rep.absences) {
    if (day >= absence.from && day < absence.to) return true;
  }
  return false;
}

double Ramp(const Rep& rep, absl::CivilDay day) {
  const double weeks = static_cast<double>(day - rep.start) / 7.0;
  const double x =
      std::clamp((weeks - kRampSilentWeeks) / (rep.ramp_weeks - kRampSilentWeeks), 0.0, 1.0);
  return x * x * (3 - 2 * x);
}

double Productivity(const Rep& rep, absl::CivilDay day) {
  return IsEmployed(rep, day) && !IsAway(rep, day) ? Ramp(rep, day) : 0;
}

std::optional<int> RepInSeat(const People& people, int seat, absl::CivilDay day) {
  for (const int rep : people.reps_of_seat[seat]) {
    if (IsEmployed(people.reps[rep], day)) return rep;
  }
  return std::nullopt;
}

std::optional<int> TakerOf(const People& people, int seat, absl::CivilDay day, int turn) {
  if (const auto rep = RepInSeat(people, seat, day); rep.has_value()) return rep;
  const std::vector<int>& seats = people.seats_of_team[people.seats[seat].team];
  for (size_t i = 0; i < seats.size(); ++i) {
    if (const auto rep = RepInSeat(people, seats[(turn + i) % seats.size()], day);
        rep.has_value()) {
      return rep;
    }
  }
  return std::nullopt;
}

}  // namespace quotacast::gen
