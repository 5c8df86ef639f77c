// Two initiatives planted in the history, each started in waves, so that those treated can be
// compared with those not yet treated.
#ifndef QUOTACAST_TOOLS_GEN_INITIATIVES_H_
#define QUOTACAST_TOOLS_GEN_INITIATIVES_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/gen/options.h"
#include "tools/gen/people.h"

namespace quotacast::gen {

enum class Driver {
  kWin,       // Shifts the probit of advancing.
  kCreation,  // Adds to the logarithm of the rate of creation.
};

// When an initiative begins for a part of the audience.
struct Wave {
  std::string audience;  // For people: "teams east, east_2".
  std::vector<int> seats;
  absl::CivilDay start;
};

struct Initiative {
  std::string id;
  std::string name;
  Driver driver = Driver::kWin;
  double effect = 0;        // At full adoption, on the driver's scale.
  std::vector<int> stages;  // Open stages it helps in, from 0; empty for creation.
  std::vector<Wave> waves;
  std::vector<int> wave_of_seat;        // -1: never within the horizon.
  std::vector<double> adoption_of_rep;  // Ceiling of adoption, per rep.
};

// Adoption after t weeks is ceiling * (1 - exp(-t / kAdoptionWeeks)).
inline constexpr double kAdoptionWeeks = 5;
inline constexpr double kAdoptionCeilingLow = 0.6;
inline constexpr double kAdoptionCeilingHigh = 1.0;

// "qualification_clinic" (win, the first two stages; team by team, the last of every four teams
// never) and "outbound_playbook" (creation; every other seat of a team first, the rest two quarters
// later).
std::vector<Initiative> MakeInitiatives(const CompanyOptions& options, const People& people);

// Part of the effect that reaches a rep on a day, 0 to 1.
double Adoption(const Initiative& initiative, const People& people, int rep, absl::CivilDay day);

// Sum of the effects on a driver; `stage` counts for kWin only.
double EffectOn(const std::vector<Initiative>& initiatives, Driver driver, int stage,
                const People& people, int rep, absl::CivilDay day);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_INITIATIVES_H_
