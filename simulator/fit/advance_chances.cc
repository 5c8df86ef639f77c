#include "simulator/fit/advance_chances.h"

#include <algorithm>
#include <cmath>

#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

// Probits are rounded to this, so that exits of like chances are handled together. The error, at
// most .002 and of either sign, is far below what any history tells.
constexpr double kProbitUnit = 0x1p-8;

}  // namespace

AdvanceChances::AdvanceChances(absl::Span<const StageCell> means,
                               const std::vector<int>& age_bin_edges_days, int stage_count)
    : stage_count_(stage_count),
      oldest_((age_bin_edges_days.empty() ? 0 : age_bin_edges_days.back()) + kStepDays) {
  std::vector<PhaseShares> shares;
  for (int age = 0; age <= oldest_; ++age) shares.push_back(SharesOfDay(age, age_bin_edges_days));
  probits_.reserve(means.size() * shares.size());
  for (const StageCell& cell : means) {
    for (const PhaseShares& phases : shares) {
      double p = phases.entry * cell.entry_advance_probability;
      for (size_t b = 0; b < phases.ages.size(); ++b) {
        p += phases.ages[b] * cell.ages[b].advance_probability;
      }
      const double probit =
          NormalQuantile(std::clamp(p, kMinAdvanceProbability, 1 - kMinAdvanceProbability));
      probits_.push_back(std::round(probit / kProbitUnit) * kProbitUnit);
    }
  }
}

size_t AdvanceChances::KindOf(const StageExit& exit) const {
  const size_t cell = static_cast<size_t>(exit.segment) * stage_count_ + exit.stage;
  return cell * (static_cast<size_t>(oldest_) + 1) +
         static_cast<size_t>(std::min(exit.age_days, oldest_));
}

void ShiftEvidence::Add(double x, double advanced, double lost) {
  const double p = std::clamp(NormalCdf(x), kMinAdvanceProbability, 1 - kMinAdvanceProbability);
  const double density = NormalDensity(x);
  const double spread = p * (1 - p);
  const double total = advanced + lost;
  score += density * (advanced - total * p) / spread;
  information += total * density * density / spread;
}

}  // namespace quotacast::simulator
