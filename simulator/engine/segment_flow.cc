#include "simulator/engine/segment_flow.h"

#include <algorithm>
#include <cstddef>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

// to[i] += a * b[i] over the nodes.
inline void AddScaled(double* to, double a, const double* b, int nodes) {
  for (int i = 0; i < nodes; ++i) to[i] += a * b[i];
}
inline void AddProduct(double* to, const double* a, const double* b, int nodes) {
  for (int i = 0; i < nodes; ++i) to[i] += a[i] * b[i];
}

}  // namespace

int SegmentFlow::BinOf(int age_days) const {
  return static_cast<int>(std::upper_bound(edges_.begin(), edges_.end(), age_days) -
                          edges_.begin());
}

SegmentFlow::SegmentFlow(const StageCell* stages, int stage_count,
                         const std::vector<int>& age_bin_edges_days,
                         const WinThresholds& thresholds, const StepGrid& grid,
                         const LeverPath& path, const std::vector<double>& nodes)
    : stages_(stage_count),
      slots_(thresholds.slot_count),
      steps_(grid.step_count()),
      nodes_(static_cast<int>(nodes.size())),
      edges_(age_bin_edges_days) {
  const int bins = slots_ - 1;
  for (const Step& step : grid.steps) lengths_.push_back(step.length_days());

  hazard_.resize(static_cast<size_t>(stages_) * bins * steps_);
  advance_.resize(static_cast<size_t>(stages_) * slots_ * steps_ * nodes_);
  for (int s = 0; s < stages_; ++s) {
    for (int b = 0; b < bins; ++b) {
      const double rate = stages[s].ages[b].exit_rate_per_day;
      for (int w = 0; w < steps_; ++w) {
        hazard_[(static_cast<size_t>(s) * bins + b) * steps_ + w] =
            1 - Exp(-rate * lengths_[w] * path.cycle_factor[w]);
      }
    }
    for (int slot = 0; slot < slots_; ++slot) {
      const double z = thresholds.At(s, slot);
      double* row = &advance_[(static_cast<size_t>(s) * slots_ + slot) * steps_ * nodes_];
      for (int w = 0; w < steps_; ++w, row += nodes_) {
        if (w > 0 && path.win_shift[w] == path.win_shift[w - 1]) {
          std::copy(row - nodes_, row, row);
          continue;
        }
        for (int i = 0; i < nodes_; ++i) row[i] = NormalCdf(z + (nodes[i] + path.win_shift[w]));
      }
    }
  }

  wins_.assign(static_cast<size_t>(stages_) * steps_ * steps_ * nodes_, 0);
  std::vector<double> exits(static_cast<size_t>(steps_) * bins);  // Share leaving, [step][bin].
  std::vector<double> advances(nodes_);
  for (int s = stages_ - 1; s >= 0; --s) {
    for (int w = 0; w < steps_; ++w) {
      const int length = lengths_[w];
      double entry = EntryExitShare(stages[s], length);
      const double factor = path.cycle_factor[w];
      // An effect on the time side acts on the entry row as on a hazard: 1 - (1 - h)^factor.
      if (factor != 1 && entry < 1) entry = 1 - Exp(factor * Log(1 - entry));

      std::fill(exits.begin() + static_cast<size_t>(w) * bins, exits.end(), 0);
      for (int first_age = 1; first_age <= length; ++first_age) {
        double staying = (1 - entry) / length;
        int age = first_age;
        for (int v = w + 1; v < steps_; ++v) {
          const int bin = BinOf(age);
          const double leaving = staying * Hazard(s, bin, v);
          exits[static_cast<size_t>(v) * bins + bin] += leaving;
          staying -= leaving;
          age += lengths_[v];
        }
      }
      double* wins = &wins_[(static_cast<size_t>(s) * steps_ + w) * steps_ * nodes_];
      for (int v = w; v < steps_; ++v) {
        std::fill(advances.begin(), advances.end(), 0);
        if (v == w) {
          AddScaled(advances.data(), entry, Advance(s, 0, v), nodes_);
        } else {
          for (int b = 0; b < bins; ++b) {
            const double leaving = exits[static_cast<size_t>(v) * bins + b];
            if (leaving != 0) AddScaled(advances.data(), leaving, Advance(s, b + 1, v), nodes_);
          }
        }
        if (s == stages_ - 1) {
          AddScaled(wins + static_cast<size_t>(v) * nodes_, 1, advances.data(), nodes_);
          continue;
        }
        for (int j = v; j < steps_; ++j) {
          AddProduct(wins + static_cast<size_t>(j) * nodes_, advances.data(),
                     WinAfterEntry(s + 1, v, j), nodes_);
        }
      }
    }
  }
}

void SegmentFlow::OpenDealWins(int stage, int age_days, std::vector<double>* cumulative) const {
  cumulative->assign(static_cast<size_t>(steps_) * nodes_, 0);
  double* wins = cumulative->data();
  std::vector<double> advances(nodes_);
  double staying = 1;
  int age = age_days;
  for (int v = 0; v < steps_; ++v) {
    const int bin = BinOf(age);
    const double leaving = staying * Hazard(stage, bin, v);
    staying -= leaving;
    age += lengths_[v];
    if (leaving == 0) continue;
    const double* advance = Advance(stage, bin + 1, v);
    if (stage == stages_ - 1) {
      AddScaled(wins + static_cast<size_t>(v) * nodes_, leaving, advance, nodes_);
      continue;
    }
    for (int i = 0; i < nodes_; ++i) advances[i] = leaving * advance[i];
    for (int j = v; j < steps_; ++j) {
      AddProduct(wins + static_cast<size_t>(j) * nodes_, advances.data(),
                 WinAfterEntry(stage + 1, v, j), nodes_);
    }
  }
  for (int j = 1; j < steps_; ++j) {
    AddScaled(wins + static_cast<size_t>(j) * nodes_, 1, wins + static_cast<size_t>(j - 1) * nodes_,
              nodes_);
  }
}

void SegmentFlow::NewDealWins(const std::vector<double>& created_per_step, const StepGrid& grid,
                              std::vector<double>* cumulative) const {
  cumulative->assign(static_cast<size_t>(steps_) * nodes_, 0);
  double* wins = cumulative->data();
  for (int w = 0; w < steps_; ++w) {
    if (created_per_step[w] == 0) continue;
    for (int j = w; j < steps_; ++j) {
      AddScaled(wins + static_cast<size_t>(j) * nodes_, created_per_step[w], WinAfterEntry(0, w, j),
                nodes_);
    }
  }
  for (int j = 1; j < steps_; ++j) {
    if (grid.steps[j].period != grid.steps[j - 1].period) continue;
    AddScaled(wins + static_cast<size_t>(j) * nodes_, 1, wins + static_cast<size_t>(j - 1) * nodes_,
              nodes_);
  }
}

}  // namespace quotacast::simulator
