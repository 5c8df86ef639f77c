// Which part of a fiscal period a day lies in.
#ifndef QUOTACAST_SIMULATOR_MODEL_PERIOD_PART_H_
#define QUOTACAST_SIMULATOR_MODEL_PERIOD_PART_H_

namespace quotacast::simulator {

inline constexpr int kLastPartDays = 7;

// Part of day `day_index` (0 is the first) of a period of `length_days` days: the last seven days
// are part 3, the days before are split into thirds, parts 0 to 2. A period of seven days or less
// is all part 3. `day_index` in [0, length_days).
constexpr int PeriodPartOf(int day_index, int length_days) {
  const int days_before = length_days - kLastPartDays;
  return day_index >= days_before ? 3 : 3 * day_index / days_before;
}

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_MODEL_PERIOD_PART_H_
