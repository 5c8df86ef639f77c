// What a history says of initiatives that ran in it: those who took part, when they did, against
// themselves before and against the others at the same time.
//
// A regression with the initiatives beside all else that moves the same figures, solved for its
// posterior mode; the effect's posterior is normal around it (Laplace's method).
//
// * Win effects: every exit of a stage is a trial, a probit of the average chance of its segment,
//   stage and age, the segment's stage, the rep, the team, the 28-day block, the team's 91-day
//   block, and adoption times the effect.
// * Creation effects: deals created per rep, segment and 28-day block are Poisson over ramped days,
//   the logarithm of the rate being that of the segment, the team, the rep and the block, and
//   adoption times the effect. Where reps' quarters vary by more than chance, counts say less.
//
// The 28-day blocks are free: of an initiative that everybody begins on the same day only its onset
// within a block is told apart from what else happened then, and the history says little of it.
#ifndef QUOTACAST_SIMULATOR_FIT_INITIATIVE_EFFECTS_H_
#define QUOTACAST_SIMULATOR_FIT_INITIATIVE_EFFECTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

enum class InitiativeDriver {
  kWin,       // Probit shift of advancing.
  kCreation,  // Logarithm of the factor on deals created.
};

// Somebody who takes part.
struct RunParticipant {
  int rep = 0;  // Position in History::reps.
  absl::CivilDay start;
  double headroom = 1;  // In [0, 1].
};

// One effect of an initiative, as it ran.
struct InitiativeRun {
  std::string id;
  InitiativeDriver driver = InitiativeDriver::kWin;
  std::vector<RunParticipant> participants;  // Each rep once.
  std::optional<absl::CivilDay> end;         // First day it no longer ran; what was adopted stays.
  std::vector<int> segments;                 // Ascending. None: all.
  std::vector<int> stages;                   // Of a win effect; ascending. None: all.
  Adoption adoption;
  Effect stated;  // Of full adoption.
};
inline constexpr size_t kMaxInitiativeRuns = 64;

// An effect that the history tells no better than this is not told at all.
inline constexpr double kMaxMeasuredSd = 2;

struct InitiativeMeasurement {
  std::optional<Effect> history;  // By itself; absent when it says nothing.
  Effect combined;                // With what was stated.
  int64_t treated_count = 0;      // Exits, or deals created, of participants from their start on.
  int64_t untreated_count = 0;    // The others, of the same segments and stages.
  // Mean adoption at the end of the as-of day, headroom included, of participants still there.
  double adopted_share = 0;
  // The mean of adoption over their history, weighed as the fit weighs it, over that of the as-of
  // day: what of it is in the fitted rates. 0 where nothing is adopted.
  double absorbed_share = 0;
};

// One per run, in their order. Errors: as FitPipeline; INVALID_ARGUMENT (INVALID_FIELD) by path
// ("runs[2].participants[0].rep"). `options` are those of the fit. Complexity: that of the fit,
// and exits x runs.
absl::StatusOr<std::vector<InitiativeMeasurement>> MeasureInitiatives(
    const History& history, const std::vector<InitiativeRun>& runs, const FitOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_INITIATIVE_EFFECTS_H_
