// Whether the fit's intervals hold what was planted: generated companies whose parameters are drawn
// at random, each fitted on its own history.
#ifndef QUOTACAST_TESTS_VALIDATION_PLANTED_PARAMETERS_H_
#define QUOTACAST_TESTS_VALIDATION_PLANTED_PARAMETERS_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "tests/validation/interval_tally.h"

namespace quotacast::validation {

struct PlantedParametersOptions {
  int company_count = 120;
  uint64_t seed = 1;
  std::function<void(int done, int total)> progress = [](int, int) {};
};

// Ranks of the truth among the posterior's draws, by quantity. Errors are those of the fit.
absl::StatusOr<IntervalTally> TallyPlantedParameters(const PlantedParametersOptions& options);

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_PLANTED_PARAMETERS_H_
