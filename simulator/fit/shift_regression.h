// Regression of counts on shifts of their link scale, with normal priors: groups (reps) that each
// observation has one of, and columns that it has few of. Solved for the posterior mode by Newton's
// method, groups eliminated first, so that many of them cost little.
#ifndef QUOTACAST_SIMULATOR_FIT_SHIFT_REGRESSION_H_
#define QUOTACAST_SIMULATOR_FIT_SHIFT_REGRESSION_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace quotacast::simulator {

enum class LinkFamily {
  kProbit,   // `count` successes in `size` trials of chance Phi(offset + shifts).
  kPoisson,  // `count` events of mean size * exp(offset + shifts).
};

// Like observations may be taken together.
struct ShiftObservation {
  int group = 0;
  std::vector<std::pair<int, double>> columns;  // Each column once; times its value.
  double offset = 0;
  double count = 0;
  double size = 1;    // > 0.
  double weight = 1;  // Of what it says, in (0, 1].
};

// N(mean, 1 / precision) of a column.
struct ShiftPrior {
  double mean = 0;
  double precision = 0;  // 0: free.
};

struct ShiftRegressionResult {
  std::vector<double> modes;  // By column.
  std::vector<double> sds;    // Of the last `told_columns` columns, in order.
};

// `group_sd` > 0 is the prior's of every group. `told_columns` of the last columns get an sd.
// Observations in any order.
ShiftRegressionResult RegressShifts(LinkFamily family,
                                    absl::Span<const ShiftObservation> observations,
                                    size_t group_count, double group_sd,
                                    absl::Span<const ShiftPrior> priors, size_t told_columns);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_SHIFT_REGRESSION_H_
