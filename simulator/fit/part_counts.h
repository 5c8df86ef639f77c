// Days at risk and exits by part of the fiscal period, for period_parts.h.
//
// Deals of one segment and stage, of similar age, in one and the same period form a stratum: within
// it nothing differs but the part the day lies in. Drift, seasons and the market's ups and downs
// fall on all parts of a period and cannot be mistaken for an effect of the part.
#ifndef QUOTACAST_SIMULATOR_FIT_PART_COUNTS_H_
#define QUOTACAST_SIMULATOR_FIT_PART_COUNTS_H_

#include <array>
#include <cstddef>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

using PartSums = std::array<double, kPeriodParts>;

// Unweighted.
struct PartStratum {
  int period = 0;           // Position in the periods given; the same for all of the stratum.
  bool last_stage = false;  // Advances are wins.
  PartSums days{};          // At risk, the day of the exit counting one half.
  PartSums advanced{};
  PartSums lost{};
};

// Sums up spells. Days outside the periods count nowhere.
class PartTally {
 public:
  // `periods` contiguous; those after `as_of` and before the last kMaxHistoryPeriods are
  // ignored. Deals are of similar age between two of
  // `age_edges_days`; the day of entry is a stratum of its own.
  PartTally(const std::vector<FiscalPeriod>& periods, absl::CivilDay as_of,
            std::vector<int> age_edges_days, int stage_count, size_t cell_count);

  // A stay in `cell` (segment * stage_count + stage) that was survived in full on whole days
  // `first` to `last` since `entered`, day 0 being that of entry.
  void CountDays(size_t cell, absl::CivilDay entered, int first, int last);
  // It ended on whole day `age`, which is not among those survived.
  void CountExit(size_t cell, absl::CivilDay entered, int age, bool advanced);

  // Strata with an exit, in a fixed order.
  std::vector<PartStratum> Strata() const;

 private:
  struct Stretch {  // Days [begin, end) of one part, counted from `origin_`.
    int begin;
    int end;
    int period;
    int part;
  };
  size_t BandOf(int age) const;
  PartStratum& StratumOf(size_t cell, size_t band, int period);
  // Stretch that holds the day, or the first after it.
  size_t StretchAt(int day) const;
  void AddDays(size_t cell, size_t band, int begin, int end);

  std::vector<int> edges_;
  int stage_count_;
  size_t cell_count_;
  size_t period_count_ = 0;
  absl::CivilDay origin_;
  std::vector<Stretch> stretches_;
  std::vector<size_t> stretch_of_day_;  // By day from `origin_`.
  std::vector<PartStratum> strata_;     // [(cell * bands + band) * periods + period].
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_PART_COUNTS_H_
