#include "simulator/engine/segment_flow.h"

#include <algorithm>
#include <cstddef>

#include "simulator/engine/deterministic_math.h"
#include "simulator/model/age_bins.h"

namespace quotacast::simulator {
namespace {

// to[i] += a * b[i] over the nodes.
inline void AddScaled(double* to, double a, const double* b, int nodes) {
  for (int i = 0; i < nodes; ++i) to[i] += a * b[i];
}
inline void AddProduct(double* to, const double* a, const double* b, int nodes) {
  for (int i = 0; i < nodes; ++i) to[i] += a[i] * b[i];
}
// As AddProduct, where `a` may be one value for all nodes.
inline void AddShare(double* to, const double* a, int a_nodes, const double* b, int nodes) {
  if (a_nodes == 1) {
    AddScaled(to, a[0], b, nodes);
  } else {
    AddProduct(to, a, b, nodes);
  }
}

bool AnyGoesBack(const StageCell& cell) {
  return cell.entry_regress_probability > 0 ||
         std::any_of(cell.ages.begin(), cell.ages.end(),
                     [](const AgeCell& age) { return age.regress_probability > 0; });
}

}  // namespace

SegmentFlow::SegmentFlow(const StageCell* stages, int stage_count,
                         const std::vector<int>& age_bin_edges_days,
                         const WinThresholds& thresholds, const StepGrid& grid,
                         const LeverPath& path, const CalendarFactors& calendar,
                         const std::vector<double>& nodes)
    : stages_(stage_count),
      slots_(thresholds.slot_count),
      steps_(grid.step_count()),
      nodes_(static_cast<int>(nodes.size())),
      rates_(calendar.win.empty() ? 1 : nodes_),
      edges_(age_bin_edges_days) {
  for (const Step& step : grid.steps) lengths_.push_back(step.length_days());
  int returning = 0;
  for (int s = 0; s < stages_; ++s) {
    return_slot_.push_back(AnyGoesBack(stages[s]) ? returning++ : -1);
  }
  FindExits(stages, thresholds, path, calendar, nodes);

  const size_t per_stage = static_cast<size_t>(steps_) * steps_ * nodes_;
  wins_.assign(stages_ * per_stage, 0);
  returns_.assign(returning * per_stage, 0);
  std::vector<double> exits;
  // Who goes back enters in a later step, who advances in the same one.
  for (int w = steps_ - 1; w >= 0; --w) {
    for (int s = stages_ - 1; s >= 0; --s) FindWinsAfterEntry(s, w, &exits);
    for (int s = 0; s < stages_; ++s) {
      if (GoesBack(s)) FindReturns(stages[s], s, w);
    }
  }
}

void SegmentFlow::FindExits(const StageCell* stages, const WinThresholds& thresholds,
                            const LeverPath& path, const CalendarFactors& calendar,
                            const std::vector<double>& nodes) {
  const size_t rows = static_cast<size_t>(stages_) * slots_ * steps_;
  exit_.resize(rows * rates_);
  advance_.resize(rows * nodes_);
  if (std::any_of(return_slot_.begin(), return_slot_.end(), [](int slot) { return slot >= 0; })) {
    back_.resize(rows * rates_);
  }
  const bool tilted = !calendar.win.empty();
  std::vector<double> pace(rates_);  // What the calendar makes of the hazard.
  for (int s = 0; s < stages_; ++s) {
    const bool wins = s == stages_ - 1;
    for (int slot = 0; slot < slots_; ++slot) {
      const double z = thresholds.At(s, slot);
      const double back = slot == 0 ? stages[s].entry_regress_probability
                                    : stages[s].ages[slot - 1].regress_probability;
      pace.assign(rates_, 1);
      for (int w = 0; w < steps_; ++w) {
        const size_t row = SlotRow(s, slot, w);
        double* advance = &advance_[row * nodes_];
        double* goes_back = back_.empty() ? nullptr : &back_[row * rates_];
        const bool as_before = w > 0 && path.WinShift(s, w) == path.WinShift(s, w - 1) &&
                               (!tilted || (calendar.win[w] == calendar.win[w - 1] &&
                                            calendar.loss[w] == calendar.loss[w - 1]));
        if (as_before) {
          std::copy(advance - nodes_, advance, advance);
          if (goes_back != nullptr) std::copy(goes_back - rates_, goes_back, goes_back);
        } else {
          for (int i = 0; i < nodes_; ++i) {
            const double p = NormalCdf(z + (nodes[i] + path.WinShift(s, w)));
            if (!tilted) {
              advance[i] = (1 - back) * p;
              continue;
            }
            const double up = (1 - back) * p * (wins ? calendar.win[w] : 1);
            const double down = (1 - back) * (1 - p) * calendar.loss[w];
            pace[i] = back + up + down;
            advance[i] = up / pace[i];
          }
          if (goes_back != nullptr) {
            for (int i = 0; i < rates_; ++i) goes_back[i] = back / pace[i];
          }
        }
        double* exits = &exit_[row * rates_];
        for (int i = 0; i < rates_; ++i) {
          const double factor = path.cycle_factor[w] * pace[i];
          if (slot > 0) {
            exits[i] = 1 - Exp(-stages[s].ages[slot - 1].exit_rate_per_day * lengths_[w] * factor);
          } else {
            exits[i] = EntryExitShare(stages[s], lengths_[w], factor);
          }
        }
      }
    }
  }
}

void SegmentFlow::FollowExits(int stage, int v, const std::vector<double>& advances,
                              const std::vector<double>& backs, double* wins) const {
  if (stage == stages_ - 1) {
    AddScaled(wins + static_cast<size_t>(v) * nodes_, 1, advances.data(), nodes_);
  } else {
    for (int j = v; j < steps_; ++j) {
      AddProduct(wins + static_cast<size_t>(j) * nodes_, advances.data(),
                 WinAfterEntry(stage + 1, v, j), nodes_);
    }
  }
  if (!GoesBack(stage)) return;
  for (int j = v + 1; j < steps_; ++j) {
    AddShare(wins + static_cast<size_t>(j) * nodes_, backs.data(), rates_,
             WinAfterReturn(stage, v + 1, j), nodes_);
  }
}

// `exits` is scratch space: shares of those that entered, [step][bin][node of rates].
void SegmentFlow::FindWinsAfterEntry(int stage, int w, std::vector<double>* exits) {
  const int bins = slots_ - 1;
  const auto exits_at = [&](int v, int bin) {
    return exits->data() + (static_cast<size_t>(v) * bins + bin) * rates_;
  };
  exits->assign(static_cast<size_t>(steps_) * bins * rates_, 0);
  const double* entry = Exits(stage, 0, w);
  const int length = lengths_[w];
  std::vector<double> staying(rates_);
  for (int first_age = 1; first_age <= length; ++first_age) {
    for (int i = 0; i < rates_; ++i) staying[i] = (1 - entry[i]) / length;
    int age = first_age;
    for (int v = w + 1; v < steps_; ++v) {
      const int bin = AgeBinOf(age, edges_);
      const double* hazard = Exits(stage, bin + 1, v);
      double* leaving_at = exits_at(v, bin);
      for (int i = 0; i < rates_; ++i) {
        const double leaving = staying[i] * hazard[i];
        leaving_at[i] += leaving;
        staying[i] -= leaving;
      }
      age += lengths_[v];
    }
  }
  double* wins = &wins_[WinIndex(stage, w, 0)];
  std::vector<double> advances(nodes_), backs(rates_);
  const auto add = [&](const double* leaving, int slot, int v) {
    AddShare(advances.data(), leaving, rates_, Advance(stage, slot, v), nodes_);
    if (GoesBack(stage)) AddProduct(backs.data(), leaving, Back(stage, slot, v), rates_);
  };
  for (int v = w; v < steps_; ++v) {
    std::fill(advances.begin(), advances.end(), 0);
    std::fill(backs.begin(), backs.end(), 0);
    if (v == w) {
      add(entry, 0, v);
    } else {
      for (int b = 0; b < bins; ++b) {
        const double* leaving = exits_at(v, b);
        if (rates_ > 1 || leaving[0] != 0) add(leaving, b + 1, v);
      }
    }
    FollowExits(stage, v, advances, backs, wins);
  }
}

void SegmentFlow::FindReturns(const StageCell& cell, int stage, int w) {
  for (int d = 0; d <= stage; ++d) {
    const double share = cell.regress_destinations[d];
    if (share == 0) continue;
    // Wins in steps before w are none; those from w on lie together.
    AddScaled(&returns_[WinIndex(return_slot_[stage], w, w)], share, WinAfterEntry(d, w, w),
              (steps_ - w) * nodes_);
  }
}

void SegmentFlow::OpenDealWins(int stage, int age_days, std::vector<double>* cumulative) const {
  cumulative->assign(static_cast<size_t>(steps_) * nodes_, 0);
  double* wins = cumulative->data();
  std::vector<double> advances(nodes_), backs(rates_), staying(rates_, 1.0), leaving(rates_);
  int age = age_days;
  for (int v = 0; v < steps_; ++v) {
    const int bin = AgeBinOf(age, edges_);
    const double* hazard = Exits(stage, bin + 1, v);
    for (int i = 0; i < rates_; ++i) {
      leaving[i] = staying[i] * hazard[i];
      staying[i] -= leaving[i];
    }
    age += lengths_[v];
    if (rates_ == 1 && leaving[0] == 0) continue;
    std::fill(advances.begin(), advances.end(), 0);
    std::fill(backs.begin(), backs.end(), 0);
    AddShare(advances.data(), leaving.data(), rates_, Advance(stage, bin + 1, v), nodes_);
    if (GoesBack(stage)) {
      AddProduct(backs.data(), leaving.data(), Back(stage, bin + 1, v), rates_);
    }
    FollowExits(stage, v, advances, backs, wins);
  }
  for (int j = 1; j < steps_; ++j) {
    AddScaled(wins + static_cast<size_t>(j) * nodes_, 1, wins + static_cast<size_t>(j - 1) * nodes_,
              nodes_);
  }
}

void SegmentFlow::FindEntryWins(const std::vector<double>& entering,
                                std::vector<double>* wins) const {
  wins->assign(static_cast<size_t>(steps_) * nodes_, 0);
  for (int w = 0; w < steps_; ++w) {
    if (entering[w] == 0) continue;
    for (int j = w; j < steps_; ++j) {
      AddScaled(wins->data() + static_cast<size_t>(j) * nodes_, entering[w], WinAfterEntry(0, w, j),
                nodes_);
    }
  }
}

void SegmentFlow::EntryWins(const std::vector<double>& entering,
                            std::vector<double>* cumulative) const {
  FindEntryWins(entering, cumulative);
  double* wins = cumulative->data();
  for (int j = 1; j < steps_; ++j) {
    AddScaled(wins + static_cast<size_t>(j) * nodes_, 1, wins + static_cast<size_t>(j - 1) * nodes_,
              nodes_);
  }
}

void SegmentFlow::NewDealWins(const std::vector<double>& created_per_step, const StepGrid& grid,
                              std::vector<double>* cumulative) const {
  FindEntryWins(created_per_step, cumulative);
  double* wins = cumulative->data();
  for (int j = 1; j < steps_; ++j) {
    if (grid.steps[j].period != grid.steps[j - 1].period) continue;
    AddScaled(wins + static_cast<size_t>(j) * nodes_, 1, wins + static_cast<size_t>(j - 1) * nodes_,
              nodes_);
  }
}

}  // namespace quotacast::simulator
