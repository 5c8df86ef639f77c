// The open deals of one person in one trial, worked on side by side on one clock.
//
// Processor sharing (L. Kleinrock, "Queueing Systems", vol. 2, 1976, ch. 4): while L deals are open
// for a person who can work on C, all go at the speed min(1, C / L), found anew at every event that
// changes L, so that time is continuous. A deal has the steps, ages and
// hazards of SegmentFlow, but counted by the work done on it, in days at full speed: its own step
// ends when as much work has been done as the step has days, and only the levers and the calendar
// of the moment are those of the calendar. So what a deal needs does not depend on how fast it
// goes, and at full speed throughout, when its own steps are the grid's, wins per step have the law
// of SegmentFlow.
#ifndef QUOTACAST_SIMULATOR_ENGINE_WORKLOAD_H_
#define QUOTACAST_SIMULATOR_ENGINE_WORKLOAD_H_

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/random.h"
#include "simulator/engine/deal_course.h"
#include "simulator/engine/step_grid.h"

namespace quotacast::simulator {

struct DealPlan;

// A deal on its way. Whoever adds it fills in what stands before the line.
struct WorkedDeal {
  uint64_t id = 0;  // Keys all that is drawn.
  RandomPurpose purpose = RandomPurpose::kOpenDeal;
  const DealCourse* course = nullptr;
  double shift = 0;                // Of the first owner.
  const DealPlan* open = nullptr;  // Null of deals created in the trial.
  int segment = 0;
  int flow = 0;
  bool is_inherited = false;
  int joins_step = 0;      // From which the present owner has it, or in which it enters,
  double enters_day = -1;  // this long after the step's start; below 0: it is open by then.
  int stage = 0;
  int age_days = 0;  // In the stage, at the start of its own step.
  // ---
  int slot = 0;
  int destination = -1;       // The stage to enter at its next own step, of a deal that went back.
  int own_length = 0;         // Days of work of its own step,
  double step_left = 0;       // and how many are left of them.
  double entry_days = 0;      // In slot 0: what was left of them at entry.
  bool step_is_over = false;  // The next begins with the grid's next.
  uint32_t visit = 0;         // Of stages, so far.
  double exposure_left = 0;   // Until it leaves its stage: exponential at entry.
  double rate = 0;            // Of exposure, per day of work.
  bool exits_next = false;    // Before its own step ends.
  double planned_at = 0;      // Work of the person when these two were found, since the step began.
  bool is_closed = false;
  bool is_active = false;                           // Takes a share of the person's time.
  double outcome = 0, first_age = 0, way_back = 0;  // Uniforms of the visit.
};

// What acts on a person's own deals once the person has left at random.
struct LeftLevers {
  double win_shift = 0;
  double working_share = 1;  // Of the step's days.
};

// Not thread-safe; reused from trial to trial.
class Workload {
 public:
  // `grid`, of steps of `step_days` but for cuts, must outlive the workload.
  Workload(const StepGrid& grid, int step_days, uint64_t seed)
      : grid_(grid), step_days_(step_days), seed_(seed) {}

  // Forgets all deals. The trial is number `lane` of 0..3 in its block.
  void Clear(uint32_t trial_block, int lane);

  // A deal open at the end of the as-of day, before the first step.
  void AddOpen(WorkedDeal deal);
  // A deal of another workload of this trial, taken over between two steps.
  void TakeOver(const WorkedDeal& deal) { deals_.push_back(deal); }
  // All open deals, between two steps.
  const std::vector<WorkedDeal>& deals() const { return deals_; }

  // `left` is of deals that are not inherited.
  void BeginStep(int step, const LeftLevers& left);
  // A deal created now enters the first stage.
  void Create(WorkedDeal deal);
  // Deals that take a share of the person's time.
  int active_count() const { return active_count_; }
  // Days of the step that have passed.
  double day() const { return day_; }
  // Lets the step go on at `speed` in (0, 1] up to `day`, at most its length, or until fewer or
  // more deals take time; calls `on_win(deal)` for each deal won.
  template <typename OnWin>
  void AdvanceUntil(double day, double speed, const OnWin& on_win);
  // After AdvanceUntil has reached the step's length.
  void EndStep();

 private:
  enum class Fate { kOpen, kWon, kLost };

  void Draw(WorkedDeal& deal) const;
  // With `days_left` days of work to the end of its own step.
  void Enter(WorkedDeal& deal, int stage, double days_left) const;
  void BeginOwnStep(WorkedDeal& deal, int length_days) const;
  // Takes note of the work done since Plan.
  void Settle(WorkedDeal& deal) const;
  // Finds the rate, what comes next and the work of the person at which it is due.
  double Plan(WorkedDeal& deal) const;
  // What becomes of deal number `i`, for which something is due now.
  Fate Follow(size_t i);
  void Push(size_t i, double work) {
    due_.push_back({work, i});
    std::push_heap(due_.begin(), due_.end(), std::greater<>());
  }
  Fate Exit(WorkedDeal& deal) const;
  double ShiftOf(const WorkedDeal& deal) const {
    return deal.is_inherited ? deal.shift : deal.shift + left_.win_shift;
  }

  // Work this near to what is planned is all of it, in days: beyond rounding, below any effect.
  static constexpr double kRounding = 1e-9;

  const StepGrid& grid_;
  const int step_days_;
  const uint64_t seed_;
  uint32_t trial_block_ = 0;
  int lane_ = 0;
  int step_ = 0;
  double length_ = 0;  // Days of the step,
  double day_ = 0;     // and how many have passed;
  double work_ = 0;    // the same at full speed.
  LeftLevers left_;
  int active_count_ = 0;
  std::vector<WorkedDeal> deals_;  // In no order that matters.
  struct Due {
    double work = 0;  // `work_` at which something comes for the deal.
    size_t deal = 0;
    auto operator<=>(const Due&) const = default;
  };
  std::vector<Due> due_;  // A heap, the first on top; of the open deals, during a step.
};

template <typename OnWin>
void Workload::AdvanceUntil(double day, double speed, const OnWin& on_win) {
  const int active_before = active_count_;
  while (true) {
    const double work_until = work_ + (day - day_) * speed;
    if (due_.empty() || due_.front().work > work_until - kRounding) {
      day_ = day;
      work_ = work_until;
      return;
    }
    const Due next = due_.front();
    std::pop_heap(due_.begin(), due_.end(), std::greater<>());
    due_.pop_back();
    day_ += std::max(0.0, next.work - work_) / speed;
    work_ = std::max(work_, next.work);
    const Fate fate = Follow(next.deal);
    if (fate == Fate::kWon) on_win(deals_[next.deal]);
    if (active_count_ != active_before) return;
  }
}

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_WORKLOAD_H_
