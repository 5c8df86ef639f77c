#include "simulator/fit/block_evidence.h"

#include <algorithm>
#include <cstddef>

namespace quotacast::simulator {

BlockEvidence CollectBlockEvidence(absl::Span<const StageExit> exits, const AdvanceChances& chances,
                                   absl::Span<const RepEffect> effects,
                                   absl::Span<const HistoryRep> reps, int team_count,
                                   absl::CivilDay as_of) {
  auto block_of = [&](const StageExit& exit) {
    return static_cast<int>((as_of - exit.day) / kSpreadBlockDays);
  };
  BlockEvidence blocks;
  blocks.as_of = as_of;
  blocks.team_count = team_count;
  for (const StageExit& exit : exits) {
    if (block_of(exit) >= kMaxSpreadBlocks) continue;
    blocks.block_count = std::max(blocks.block_count, block_of(exit) + 1);
  }
  blocks.evidence.resize(static_cast<size_t>(blocks.block_count) * team_count);
  for (const StageExit& exit : exits) {
    const int block = block_of(exit);
    if (block >= kMaxSpreadBlocks) continue;
    const double x = chances.ProbitOf(chances.KindOf(exit)) + effects[exit.rep].mean;
    blocks.evidence[static_cast<size_t>(block) * team_count + reps[exit.rep].team].Add(
        x, exit.advanced ? 1 : 0, exit.advanced ? 0 : 1);
  }
  return blocks;
}

}  // namespace quotacast::simulator
