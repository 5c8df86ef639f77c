#include "simulator/fit/part_counts.h"

#include <algorithm>
#include <utility>

#include "simulator/model/age_bins.h"
#include "simulator/model/period_part.h"

namespace quotacast::simulator {

PartTally::PartTally(const std::vector<FiscalPeriod>& periods, absl::CivilDay as_of,
                     std::vector<int> age_edges_days, int stage_count, size_t cell_count)
    : edges_(std::move(age_edges_days)), stage_count_(stage_count), cell_count_(cell_count) {
  size_t end = periods.size();
  while (end > 0 && periods[end - 1].start > as_of) --end;
  const size_t begin = end > kMaxHistoryPeriods ? end - kMaxHistoryPeriods : 0;
  if (begin == end) return;
  origin_ = periods[begin].start;
  period_count_ = end - begin;
  for (size_t p = begin; p < end; ++p) {
    const int start = static_cast<int>(periods[p].start - origin_);
    const int length = static_cast<int>(periods[p].end - periods[p].start);
    for (int day = 0; day < length; ++day) {
      const int part = PeriodPartOf(day, length);
      const int period = static_cast<int>(p - begin);
      if (day == 0 || stretches_.back().part != part) {
        stretches_.push_back({start + day, start + day, period, part});
      }
      stretches_.back().end = start + day + 1;
      stretch_of_day_.push_back(stretches_.size() - 1);
    }
  }
  strata_.resize(cell_count_ * (edges_.size() + 2) * period_count_);
}

size_t PartTally::BandOf(int age) const {
  if (age <= 0) return 0;
  return 1 + static_cast<size_t>(AgeBinOf(age, edges_));
}

PartStratum& PartTally::StratumOf(size_t cell, size_t band, int period) {
  const size_t bands = edges_.size() + 2;
  return strata_[(cell * bands + band) * period_count_ + static_cast<size_t>(period)];
}

size_t PartTally::StretchAt(int day) const {
  if (day < 0) return 0;
  const size_t index = static_cast<size_t>(day);
  return index < stretch_of_day_.size() ? stretch_of_day_[index] : stretches_.size();
}

void PartTally::AddDays(size_t cell, size_t band, int begin, int end) {
  for (size_t i = StretchAt(begin); i < stretches_.size() && stretches_[i].begin < end; ++i) {
    const Stretch& stretch = stretches_[i];
    const int days = std::min(end, stretch.end) - std::max(begin, stretch.begin);
    StratumOf(cell, band, stretch.period).days[stretch.part] += days;
  }
}

void PartTally::CountDays(size_t cell, absl::CivilDay entered, int first, int last) {
  if (period_count_ == 0) return;
  const int entry = static_cast<int>(entered - origin_);
  int from = first;
  if (from == 0 && last >= 0) {
    AddDays(cell, 0, entry, entry + 1);
    from = 1;
  }
  while (from <= last) {
    const size_t band = BandOf(from);
    const int to = band <= edges_.size() ? std::min(last + 1, edges_[band - 1]) : last + 1;
    AddDays(cell, band, entry + from, entry + to);
    from = to;
  }
}

void PartTally::CountExit(size_t cell, absl::CivilDay entered, int age, bool advanced) {
  if (period_count_ == 0) return;
  const int day = static_cast<int>(entered - origin_) + age;
  const size_t i = StretchAt(day);
  if (i == stretches_.size() || stretches_[i].begin > day) return;
  PartStratum& stratum = StratumOf(cell, BandOf(age), stretches_[i].period);
  // On the day of entry there is no half: it is one chance, taken or not.
  stratum.days[stretches_[i].part] += age == 0 ? 1 : 0.5;
  (advanced ? stratum.advanced : stratum.lost)[stretches_[i].part] += 1;
}

std::vector<PartStratum> PartTally::Strata() const {
  std::vector<PartStratum> found;
  const size_t per_cell = (edges_.size() + 2) * period_count_;
  for (size_t i = 0; i < strata_.size(); ++i) {
    double exits = 0;
    for (int j = 0; j < kPeriodParts; ++j) exits += strata_[i].advanced[j] + strata_[i].lost[j];
    if (exits == 0) continue;
    found.push_back(strata_[i]);
    found.back().period = static_cast<int>(i % period_count_);
    const int stage = static_cast<int>(i / per_cell) % stage_count_;
    found.back().last_stage = stage == stage_count_ - 1;
  }
  return found;
}

}  // namespace quotacast::simulator
