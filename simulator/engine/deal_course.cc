#include "simulator/engine/deal_course.h"

#include <cstddef>
#include <limits>

#include "simulator/engine/deterministic_math.h"
#include "simulator/model/age_bins.h"

namespace quotacast::simulator {
namespace {

constexpr int kLongestStep = 7;

}  // namespace

DealCourse::DealCourse(const StageCell* stages, int stage_count,
                       const std::vector<int>& age_bin_edges_days, const WinThresholds& thresholds,
                       const LeverPath& path, const CalendarFactors& calendar)
    : stages_(stages),
      stage_count_(stage_count),
      edges_(age_bin_edges_days),
      thresholds_(thresholds),
      path_(path),
      calendar_(calendar) {
  for (int s = 0; s < stage_count_; ++s) {
    for (int days = 1; days <= kLongestStep; ++days) {
      const double share = EntryExitShare(stages_[s], days);
      entry_exposure_.push_back(share < 1 ? -Log(1 - share)
                                          : std::numeric_limits<double>::infinity());
    }
  }
}

int DealCourse::SlotOf(int age_days) const { return 1 + AgeBinOf(age_days, edges_); }

DealCourse::Rates DealCourse::RatesOf(int stage, int slot, int step, double shift) const {
  const double back = slot == 0 ? stages_[stage].entry_regress_probability
                                : stages_[stage].ages[slot - 1].regress_probability;
  const double p = NormalCdf(thresholds_.At(stage, slot) + (shift + path_.WinShift(stage, step)));
  Rates rates = {back, (1 - back) * p, (1 - back) * (1 - p)};
  if (!calendar_.win.empty()) {
    if (stage == stage_count_ - 1) rates.up *= calendar_.win[step];
    rates.down *= calendar_.loss[step];
  }
  return rates;
}

double DealCourse::ExitRate(int stage, int slot, int step, double shift, int length_days,
                            double days_left) const {
  double factor = path_.cycle_factor[step];
  if (factor == 0) return 0;  // Also of a stage that is always left at once.
  if (!calendar_.win.empty()) {
    const Rates rates = RatesOf(stage, slot, step, shift);
    factor *= rates.back + rates.up + rates.down;
  }
  if (slot > 0) return stages_[stage].ages[slot - 1].exit_rate_per_day * factor;
  return entry_exposure_[static_cast<size_t>(stage) * kLongestStep + length_days - 1] * factor /
         days_left;
}

ExitOutcome DealCourse::OutcomeOf(int stage, int slot, int step, double shift) const {
  const Rates rates = RatesOf(stage, slot, step, shift);
  const double all = rates.back + rates.up + rates.down;
  return {rates.up / all, rates.back / all};
}

int DealCourse::DestinationFrom(int stage, double u) const {
  const std::vector<double>& shares = stages_[stage].regress_destinations;
  double sum = 0;
  int last = stage;
  for (int d = 0; d <= stage; ++d) {
    if (shares[d] == 0) continue;
    sum += shares[d];
    last = d;
    if (u < sum) break;
  }
  return last;
}

}  // namespace quotacast::simulator
