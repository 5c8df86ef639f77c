// A peer of the engine: the same step model (docs/model.md, sections 1 to 6) simulated the obvious
// way. Every deal, new ones included, is walked stage by stage and step by step with a random
// number for each question. It shares no code with the engine but the generator of random numbers,
// so agreement of the two checks both; its time is what the engine's tables save.
#ifndef QUOTACAST_TOOLS_BENCH_PEERS_NAIVE_STAGE_WALK_H_
#define QUOTACAST_TOOLS_BENCH_PEERS_NAIVE_STAGE_WALK_H_

#include <cstdint>
#include <vector>

#include "simulator/model/model.h"

namespace quotacast::bench {

// Mean bookings of the organisation in the last period of the state, minor units.
struct NaiveResult {
  int64_t trials = 0;
  double mean = 0;
  // Of the mean, with the parameter draws fixed.
  double monte_carlo_se = 0;
};

// Sums of trials that merge by addition, one per parameter draw.
struct NaiveSums {
  std::vector<int64_t> trials;
  std::vector<double> sum;
  std::vector<double> sum_of_squares;
};

// The model prepared for walking. Immutable after construction; `model` and `state` must be valid
// and outlive it. No scenario. `step_days` is 7 or 1.
class NaiveStageWalk {
 public:
  NaiveStageWalk(const simulator::PipelineModel& model, const simulator::PipelineState& state,
                 int step_days);

  // Simulates trials [first_trial, first_trial + trial_count); trial t uses draw t mod K.
  void Simulate(uint64_t seed, int64_t first_trial, int64_t trial_count, NaiveSums* sums) const;

  // Each draw must have been seen at least twice.
  static NaiveResult Summarize(const NaiveSums& sums);

 private:
  struct Step {
    int length_days = 0;
    double midpoint_day = 0;  // After the end of the as-of day.
    int begin_day = 0;
    bool counts = false;  // In the last period.
  };
  // What the calendar does to a step: factors on rates of wins and losses and on creation.
  struct CalendarOfStep {
    double win = 1;
    double loss = 1;
    double creation = 1;
  };
  // Win-side thresholds of one segment and draw, [stage][0: entry, 1 + age bin].
  using Thresholds = std::vector<std::vector<double>>;
  class Random;

  double SimulateTrial(uint64_t seed, int64_t trial) const;
  // Amount booked in the last period by a deal in `stage`, 0 when lost, open or won before. `age`
  // is its age at the start of `step`; negative when it enters the stage in that step.
  double Walk(size_t draw, int segment, int stage, int age, size_t step, double shift,
              const int64_t* amount, Random& random) const;
  // What a stated amount is in the end, for a deal in `stage` at the as-of date.
  double Revised(int64_t amount, int stage, Random& random) const;

  const simulator::PipelineModel& model_;
  const simulator::PipelineState& state_;
  std::vector<Step> steps_;
  std::vector<std::vector<Thresholds>> thresholds_;                // [draw][segment].
  std::vector<std::vector<CalendarOfStep>> calendar_;              // [draw][step].
  std::vector<std::vector<std::vector<double>>> productive_days_;  // [draw][rep][step].
  double booked_ = 0;
};

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_PEERS_NAIVE_STAGE_WALK_H_
