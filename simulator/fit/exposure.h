// Counting exposure: every deal counts for every day it stood in a stage, closed or not.
//
// A deal's stage history becomes spells (stage, first day, last day, how it ended). With D the
// whole days since entry, a spell is at risk on D = 0, 1, 2, ...; a day survived counts 1, the
// day of the exit one half. The engine knows a deal only at the boundaries of 7-day steps, so a
// day is booked on the age at the start of its step, averaged over the seven ways the steps may
// lie: on day D that age is D - j, j = 0..6, each with weight 1/7. Where D - j <= 0 the deal
// entered in this very step: these make up the entry row. Spells that began before the window
// enter at their age (left truncation) and have no entry row; spells still open at the as-of day
// stop there (right censoring).
#ifndef QUOTACAST_SIMULATOR_FIT_EXPOSURE_H_
#define QUOTACAST_SIMULATOR_FIT_EXPOSURE_H_

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/history.h"
#include "simulator/fit/part_counts.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// The step length that ages refer to.
inline constexpr int kStepDays = 7;

enum class SpellEnd {
  kOpen,      // Still there at the as-of day.
  kAdvanced,  // On to the next stage, or won from the last.
  kLost,
  kRegressed,  // Back to the same or an earlier stage.
};

// One stay in one stage.
struct Spell {
  int stage = 0;
  absl::CivilDay entered;
  absl::CivilDay left;  // The as-of day for kOpen.
  SpellEnd end = SpellEnd::kOpen;
  bool implied = false;  // A skipped stage: nobody recorded it.
  int back_to = -1;      // Of kRegressed: the stage entered next.
  bool is_exit() const { return end == SpellEnd::kAdvanced || end == SpellEnd::kLost; }
  bool is_over() const { return end != SpellEnd::kOpen; }
  bool operator==(const Spell&) const = default;
};

// The spells of a deal under the rules of history.h. `stage_count` >= 1.
std::vector<Spell> SpellsOf(const HistoryDeal& deal, int stage_count, absl::CivilDay as_of);

// Weighted sums of one age bin; `days_squared` holds squared weights, for Kish's effective size.
//
// A day near an edge counts in two bins, in part: what each of them counts then varies less than a
// count does, and both vary together. `phase_squared` and `shared_squared` hold the squared weights
// of the bin's parts and of its parts times those of the next bin, which says by how much.
struct AgeCounts {
  double exits = 0;  // Advanced, lost or gone back.
  double advanced = 0;
  double days = 0;
  double days_squared = 0;
  double regressed = 0;
  double phase_squared = 0;
  double shared_squared = 0;
  void Add(const AgeCounts& other);
  // What unweighted data of the same information would show: all sums scaled by the factor
  // sum w / sum w^2 (Kish 1965).
  AgeCounts Effective() const;
  // Variance of a count of so many days over that of what the bin counts, >= 1; 1 without days.
  double Sharpness() const;
  // Correlation of what this bin and the next one count.
  double CorrelationWith(const AgeCounts& next) const;
};

// Weighted sums of the entry row.
struct EntryCounts {
  double entered = 0;
  double entered_squared = 0;
  double left_entry_day = 0;   // Part of left_first_step.
  double left_first_step = 0;  // Before the first boundary.
  double advanced = 0;         // Part of left_first_step.
  double regressed = 0;        // Part of left_first_step.
  void Add(const EntryCounts& other);
  EntryCounts Effective() const;
};

// One (segment, stage).
struct StageCounts {
  EntryCounts entry;
  std::vector<double> regressed_to;  // By stage up to this one.
  double regressed_count = 0;        // Unweighted.
  std::vector<AgeCounts> ages;       // One per bin.
};

// One exit, for questions about who did better than expected.
struct StageExit {
  int rep = 0;
  int segment = 0;
  int stage = 0;
  int age_days = 0;  // D on the day of the exit.
  bool advanced = false;
  double weight = 1;
  absl::CivilDay day{};
};

struct Exposure {
  absl::CivilDay window_start;
  std::vector<int> age_bin_edges_days;  // With added splits.
  std::vector<StageCounts> cells;       // [segment * stage_count + stage].
  std::vector<StageExit> exits;         // Within the window, in order of deal id.
  std::vector<PartStratum> parts;       // By part of History::periods.
};

struct ExposureOptions {
  std::optional<absl::CivilDay> window_start;  // Absent: the day of the first exit.
  std::vector<int> age_bin_edges_days;
  double recency_half_life_days = 364;
  bool may_add_edges = true;  // False: the edges are those of something else.
};

// Edges are added where exits stop or begin inside a bin although at least this many were to be
// expected at the bin's rate (false alarm per stage and bin end: e^-5 = 0.7 %, harmless).
inline constexpr double kSplitMinExpectedExits = 5;
// The fit never ends up with more edges than this.
inline constexpr int kMaxAgeBinEdges = 32;

// `history` must be valid. The first exit is the first one recorded: a stage skipped on the day of
// creation tells when a deal began, not when records of endings did. Without any exit the window
// starts with the first creation. Complexity:
// deals x weeks they lived.
Exposure CountExposure(const History& history, const ExposureOptions& options);

// Weight of a fact of `day`: 2^(-(as_of - day) / half_life).
double RecencyWeight(absl::CivilDay day, absl::CivilDay as_of, double half_life_days);

// The bins of an exit on day D, by the phases of the step: weight in the entry row, then per bin.
struct PhaseShares {
  double entry = 0;
  std::vector<double> ages;
};
PhaseShares SharesOfDay(int age_days, const std::vector<int>& age_bin_edges_days);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_EXPOSURE_H_
