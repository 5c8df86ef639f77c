// What an average rep's chance to advance is at an exit, as a probit: what reps, teams and quarters
// are measured against.
#ifndef QUOTACAST_SIMULATOR_FIT_ADVANCE_CHANCES_H_
#define QUOTACAST_SIMULATOR_FIT_ADVANCE_CHANCES_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "simulator/fit/exposure.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Probabilities nearer to 0 or 1 say nothing about ability, but their probit would be infinite.
inline constexpr double kMinAdvanceProbability = 1e-4;

class AdvanceChances {
 public:
  // `means` are the posterior means of all cells, [segment * stage_count + stage].
  AdvanceChances(absl::Span<const StageCell> means, const std::vector<int>& age_bin_edges_days,
                 int stage_count);

  // Number of (cell, age) kinds; exits of one kind have the same chance.
  size_t kind_count() const { return probits_.size(); }
  size_t KindOf(const StageExit& exit) const;
  double ProbitOf(size_t kind) const { return probits_[kind]; }

 private:
  int stage_count_;
  int oldest_;  // From here on all ages are alike.
  std::vector<double> probits_;
};

// What exits say of a common shift on the probit scale, at one value of it: the score and the
// expected information.
struct ShiftEvidence {
  double score = 0;
  double information = 0;
  // `advanced` and `lost` exits whose probit, shift included, is `x`.
  void Add(double x, double advanced, double lost);
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_ADVANCE_CHANCES_H_
