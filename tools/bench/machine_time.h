// What a virtual machine's processors did, what its host took from them - time in which they had
// work and did not run - and what other programs on it took. A delay measured meanwhile says more
// about those than about the program.
#ifndef QUOTACAST_TOOLS_BENCH_MACHINE_TIME_H_
#define QUOTACAST_TOOLS_BENCH_MACHINE_TIME_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "tools/bench/figures.h"

namespace quotacast::bench {

// A measurement during which the host took more than this share counts as disturbed.
inline constexpr double kMaxStolenShare = 0.03;
// Likewise of other programs; what an idle system does for itself is far below.
inline constexpr double kMaxOthersShare = 0.05;

// Since the machine started, all processors together, in the kernel's ticks.
struct MachineTime {
  int64_t stolen_ticks = 0;
  int64_t busy_ticks = 0;  // Of programs and of the kernel.
  int64_t ticks = 0;
};

// Of Linux's /proc/stat, whose text it is. INVALID_ARGUMENT when the first line is not the sum.
absl::StatusOr<MachineTime> ParseMachineTime(std::string_view stat);

absl::StatusOr<MachineTime> ReadMachineTime();

// Share of the processors' time between two moments that the host took, 0 to 1.
double StolenShare(const MachineTime& begin, const MachineTime& end);

// Shares of the processors' time since its construction; 0 on a system without /proc/stat.
class MachineWatch {
 public:
  MachineWatch();
  // Taken by the host.
  double StolenShare() const;
  // Taken by programs that are neither this one nor children it waited for since; children that
  // still run used `running_children_seconds` meanwhile.
  double OthersShare(double running_children_seconds = 0) const;

 private:
  const absl::StatusOr<MachineTime> begin_;
  const double own_begin_;  // Processor seconds.
};

// The processor time that all threads of this program have used since 1970, as it were: durations
// on it hardly depend on what else the machine does. Thread-safe.
class ProcessorClock final : public Clock {
 public:
  absl::Time Now() const override;
};

// The shares as figures "<part>_stolen_share" and "<part>_others_share"; when one of them is beyond
// its limit it also says on stderr that the part was disturbed.
void NoteDisturbance(const std::string& part, const MachineWatch& watch, Figures& figures);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_MACHINE_TIME_H_
