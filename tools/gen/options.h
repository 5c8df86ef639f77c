// What to make: the options of a synthetic company, and their limits.
#ifndef QUOTACAST_TOOLS_GEN_OPTIONS_H_
#define QUOTACAST_TOOLS_GEN_OPTIONS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"

namespace quotacast::gen {

// 10 million events of nine quarters need about 2,900 seats; the rest is head room.
inline constexpr int kMaxReps = 50'000;
inline constexpr int kMinHistoryDays = 180;
inline constexpr int kMaxHistoryDays = 3'660;

struct CompanyOptions {
  uint64_t seed = 7;
  // Seats, 1..kMaxReps, spread over the teams. A seat whose rep leaves is filled again, so more
  // reps than this appear over the years.
  int rep_count = 24;
  absl::CivilDay start{2024, 7, 1};      // First day of business.
  absl::CivilDay last_day{2026, 9, 30};  // Last day the export knows.
};

// INVALID_ARGUMENT names the option and its value.
absl::Status CheckOptions(const CompanyOptions& options);

// The day up to which lives are made: the truth of two quarters after the last day is known.
absl::CivilDay Horizon(const CompanyOptions& options);

// The first day of a calendar quarter at or after `share` (0 to 1) of the history.
absl::CivilDay QuarterAtShare(const CompanyOptions& options, double share);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_OPTIONS_H_
