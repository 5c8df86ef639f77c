// Simulation-based calibration of what is fitted about people and quarters: each company's truth is
// drawn from the fit's own priors, so its rank among the posterior's draws is even (Talts et al.,
// 2018). Companies of 24 to 40 reps who come and go, and quarters that are good and bad for all.
#ifndef QUOTACAST_TESTS_VALIDATION_PLANTED_PEOPLE_H_
#define QUOTACAST_TESTS_VALIDATION_PLANTED_PEOPLE_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "tests/validation/interval_tally.h"

namespace quotacast::validation {

struct PlantedPeopleOptions {
  int company_count = 120;
  uint64_t seed = 1;
  std::function<void(int done, int total)> progress = [](int, int) {};
};

// Ranks of ramp, attrition by tenure, spread of ability and spread of quarters. Companies in which
// nobody was seen to leave have no estimate of attrition and no rank (fewer than 1 in 50).
absl::StatusOr<IntervalTally> TallyPlantedPeople(const PlantedPeopleOptions& options);

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_PLANTED_PEOPLE_H_
