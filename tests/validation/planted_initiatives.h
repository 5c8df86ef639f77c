// Whether the history tells what two initiatives did that the generator planted in every company: a
// clinic that raises the win side of early stages team by team, and a playbook that raises
// prospecting seat by seat. The generator's process is not the model's: other curves of adoption,
// reps who take to it more or less, seats that change hands and teams.
#ifndef QUOTACAST_TESTS_VALIDATION_PLANTED_INITIATIVES_H_
#define QUOTACAST_TESTS_VALIDATION_PLANTED_INITIATIVES_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "tests/validation/interval_tally.h"

namespace quotacast::validation {

struct PlantedInitiativesOptions {
  int company_count = 100;
  uint64_t seed = 1;
  std::function<void(int done, int total)> progress = [](int, int) {};
};

// Ranks of the true effects in what the history alone says of them.
absl::StatusOr<IntervalTally> TallyPlantedInitiatives(const PlantedInitiativesOptions& options);

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_PLANTED_INITIATIVES_H_
