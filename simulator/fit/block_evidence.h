// What exits say of shifts that many deals share, by team and by 91-day block back from the as-of
// day: what good and bad quarters (spreads.h) and their lasting moves (win_level.h) are told from.
#ifndef QUOTACAST_SIMULATOR_FIT_BLOCK_EVIDENCE_H_
#define QUOTACAST_SIMULATOR_FIT_BLOCK_EVIDENCE_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "simulator/fit/advance_chances.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

inline constexpr int kSpreadBlockDays = 91;
// Older blocks are left out.
inline constexpr int kMaxSpreadBlocks = 24;

struct BlockEvidence {
  absl::CivilDay as_of;
  int block_count = 0;  // Up to the oldest with exits.
  int team_count = 0;
  // [block * team_count + team], at no shift; blocks from 0, the latest.
  std::vector<ShiftEvidence> evidence;
};

// `effects` are the reps': what a rep is known to be worth is no shock.
BlockEvidence CollectBlockEvidence(absl::Span<const StageExit> exits, const AdvanceChances& chances,
                                   absl::Span<const RepEffect> effects,
                                   absl::Span<const HistoryRep> reps, int team_count,
                                   absl::CivilDay as_of);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_BLOCK_EVIDENCE_H_
