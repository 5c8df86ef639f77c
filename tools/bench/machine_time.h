// What a virtual machine's processors did, and what its host took from them: time in which they had
// work and did not run. A delay measured meanwhile says more about the host than about the program.
#ifndef QUOTACAST_TOOLS_BENCH_MACHINE_TIME_H_
#define QUOTACAST_TOOLS_BENCH_MACHINE_TIME_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/bench/figures.h"

namespace quotacast::bench {

// A measurement during which the host took more than this share counts as disturbed.
inline constexpr double kMaxStolenShare = 0.03;

// Since the machine started, all processors together, in the kernel's ticks.
struct MachineTime {
  int64_t stolen_ticks = 0;
  int64_t ticks = 0;
};

// Of Linux's /proc/stat, whose text it is. INVALID_ARGUMENT when the first line is not the sum.
absl::StatusOr<MachineTime> ParseMachineTime(std::string_view stat);

absl::StatusOr<MachineTime> ReadMachineTime();

// Share of the processors' time between two moments that the host took, 0 to 1.
double StolenShare(const MachineTime& begin, const MachineTime& end);

// Since its construction; 0 on a system without /proc/stat.
class StolenTime {
 public:
  StolenTime() : begin_(ReadMachineTime()) {}
  double Share() const;

 private:
  const absl::StatusOr<MachineTime> begin_;
};

// The share as figure "<part>_stolen_share"; beyond kMaxStolenShare it also says on stderr that the
// part was disturbed.
void NoteStolen(const std::string& part, double stolen_share, Figures& figures);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_MACHINE_TIME_H_
