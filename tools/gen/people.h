// Who sells: teams, seats with their territories, and the reps who fill the seats one after the
// other. Reps are hired, ramp up on a curve of their own, are away at times and leave with a hazard
// that depends on their tenure; a vacant seat is filled again after a while. On one day of the
// history some seats move to the neighbouring team.
#ifndef QUOTACAST_TOOLS_GEN_PEOPLE_H_
#define QUOTACAST_TOOLS_GEN_PEOPLE_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/gen/options.h"

namespace quotacast::gen {

inline constexpr double kAbilitySd = 0.10;   // Probit, at every stage.
inline constexpr double kPaceLogSd = 0.15;   // Of the rate at which a rep creates deals.
inline constexpr double kRampWeeksLow = 16;  // Full productivity comes after 16 to 30 weeks.
inline constexpr double kRampWeeksHigh = 30;
inline constexpr double kRampSilentWeeks = 3;   // Nothing is created before.
inline constexpr double kLeavesPerYear = 0.07;  // Long absences per rep.
inline constexpr double kSandbaggerShare = 0.25;
inline constexpr double kHappyEarsShare = 0.25;
inline constexpr double kSandbaggerLogBias = -0.25;
inline constexpr double kHappyEarsLogBias = 0.30;

// The chance of leaving within a month, by tenure: from this many months on.
struct AttritionBand {
  int from_month;
  double monthly_hazard;
};
inline constexpr std::array<AttritionBand, 4> kAttrition = {
    {{0, 0.010}, {6, 0.020}, {12, 0.025}, {24, 0.015}}};

struct Team {
  std::string id;
  std::string name;
  std::string parent_id;  // Empty at the top.
};

// A chair, its territory, and the teams it belongs to before and after the reorganisation.
struct Seat {
  int team = 0;
  int later_team = 0;
  absl::CivilDay opens;  // Not after the start: there from the beginning.
  std::string territory_id;
  std::string territory_name;
};

struct Absence {
  absl::CivilDay from;
  absl::CivilDay to;  // First day back.
};

enum class Temper { kSandbagger, kFair, kHappyEars };

struct Rep {
  std::string id;
  std::string name;
  int seat = 0;
  absl::CivilDay start;               // First day in the job, also long before the history.
  std::optional<absl::CivilDay> end;  // First day no longer in it, also after the export.
  std::vector<Absence> absences;
  double ability = 0;      // Probit shift at every stage.
  double pace = 1;         // Multiplies the creation of deals.
  double ramp_weeks = 22;  // Until fully productive.
  Temper temper = Temper::kFair;
  double promise_keeping = 0.8;  // Share of commitments kept in time.
};

struct People {
  std::vector<Team> teams;  // Regions first, then the leaf teams.
  int region_count = 0;
  std::vector<Seat> seats;
  std::vector<Rep> reps;                        // In order of start; ids R001, R002, ...
  std::vector<std::vector<int>> reps_of_seat;   // In order of time.
  std::vector<std::vector<int>> seats_of_team;  // By first team.
  absl::CivilDay reorganised;                   // First day of the later teams.
};

People MakePeople(const CompanyOptions& options);

// Index of the team of a seat on a day.
int TeamOf(const People& people, int seat, absl::CivilDay day);

bool IsEmployed(const Rep& rep, absl::CivilDay day);
bool IsAway(const Rep& rep, absl::CivilDay day);

// Part of full productivity, 0 to 1: ramped, 0 when away or not employed.
double Productivity(const Rep& rep, absl::CivilDay day);

// The ramp alone, 0 to 1, whether or not the rep is at work.
double Ramp(const Rep& rep, absl::CivilDay day);

// The rep in a seat on a day, if there is one.
std::optional<int> RepInSeat(const People& people, int seat, absl::CivilDay day);

// Who takes a deal of the seat on a day: the rep in it, else one of a seat of the team, `turn`
// choosing among them. None when nobody of the team is there.
std::optional<int> TakerOf(const People& people, int seat, absl::CivilDay day, int turn);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_PEOPLE_H_
