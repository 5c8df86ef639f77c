#include "tools/gen/initiatives.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "simulator/engine/deterministic_math.h"
#include "tools/gen/draws.h"

namespace quotacast::gen {
namespace {

constexpr double kClinicAtShare = 0.33;
constexpr double kPlaybookAtShare = 0.45;
constexpr int kDaysBetweenClinicWaves = 91;
constexpr int kDaysBetweenPlaybookWaves = 182;
constexpr double kClinicEffect = 0.20;    // Probit.
constexpr double kPlaybookEffect = 0.18;  // Logarithm.

// Gives every seat the wave that `wave_of(seat)` names, and names the audience.
template <typename WaveOf>
void DealSeats(const People& people, Initiative& initiative, WaveOf wave_of) {
  initiative.wave_of_seat.assign(people.seats.size(), -1);
  for (size_t seat = 0; seat < people.seats.size(); ++seat) {
    const int wave = wave_of(static_cast<int>(seat));
    if (wave >= static_cast<int>(initiative.waves.size())) continue;
    initiative.wave_of_seat[seat] = wave;
    initiative.waves[wave].seats.push_back(static_cast<int>(seat));
  }
}

void DrawAdoption(const CompanyOptions& options, const People& people, Initiative& initiative) {
  for (size_t rep = 0; rep < people.reps.size(); ++rep) {
    Draws draws(options.seed, initiative.id, people.reps[rep].id);
    initiative.adoption_of_rep.push_back(draws.Uniform(kAdoptionCeilingLow, kAdoptionCeilingHigh));
  }
}

Initiative QualificationClinic(const CompanyOptions& options, const People& people) {
  Initiative clinic;
  clinic.id = "qualification_clinic";
  clinic.name = "Qualification clinic";
  clinic.driver = Driver::kWin;
  clinic.effect = kClinicEffect;
  clinic.stages = {0, 1};
  const absl::CivilDay first = QuarterAtShare(options, kClinicAtShare);
  for (int wave = 0; wave < 3; ++wave) {
    const std::string& name = people.teams[people.region_count + wave].id;
    clinic.waves.push_back({absl::StrCat("team ", name, " and its like in larger companies"),
                            {},
                            first + wave * kDaysBetweenClinicWaves});
  }
  DealSeats(people, clinic,
            [&people](int seat) { return (people.seats[seat].team - people.region_count) % 4; });
  return clinic;
}

Initiative OutboundPlaybook(const CompanyOptions& options, const People& people) {
  Initiative playbook;
  playbook.id = "outbound_playbook";
  playbook.name = "Outbound playbook";
  playbook.driver = Driver::kCreation;
  playbook.effect = kPlaybookEffect;
  const absl::CivilDay first = QuarterAtShare(options, kPlaybookAtShare);
  playbook.waves.push_back({"every other seat of each team", {}, first});
  playbook.waves.push_back({"the other seats", {}, first + kDaysBetweenPlaybookWaves});
  const int leaf_count = static_cast<int>(people.teams.size()) - people.region_count;
  DealSeats(people, playbook, [leaf_count](int seat) { return seat / leaf_count % 2; });
  return playbook;
}

}  // namespace

std::vector<Initiative> MakeInitiatives(const CompanyOptions& options, const People& people) {
  std::vector<Initiative> initiatives = {QualificationClinic(options, people),
                                         OutboundPlaybook(options, people)};
  for (Initiative& initiative : initiatives) DrawAdoption(options, people, initiative);
  return initiatives;
}

double Adoption(const Initiative& initiative, const People& people, int rep, absl::CivilDay day) {
  const int wave = initiative.wave_of_seat[people.reps[rep].seat];
  if (wave < 0) return 0;
  // Who is hired later begins when hired.
  const absl::CivilDay from = std::max(initiative.waves[wave].start, people.reps[rep].start);
  if (day < from) return 0;
  const double weeks = static_cast<double>(day - from) / 7.0;
  return initiative.adoption_of_rep[rep] * (1 - simulator::Exp(-weeks / kAdoptionWeeks));
}

double EffectOn(const std::vector<Initiative>& initiatives, Driver driver, int stage,
                const People& people, int rep, absl::CivilDay day) {
  double effect = 0;
  for (const Initiative& initiative : initiatives) {
    if (initiative.driver != driver) continue;
    if (driver == Driver::kWin && std::find(initiative.stages.begin(), initiative.stages.end(),
                                            stage) == initiative.stages.end()) {
      continue;
    }
    effect += initiative.effect * Adoption(initiative, people, rep, day);
  }
  return effect;
}

}  // namespace quotacast::gen
