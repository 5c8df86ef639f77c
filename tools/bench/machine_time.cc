#include "tools/bench/machine_time.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/bench/figures.h"

namespace quotacast::bench {
namespace {

// user, nice, system, idle, iowait, irq, softirq, steal; what follows is part of user and nice.
constexpr size_t kColumnCount = 8;
constexpr size_t kStealColumn = 7;

}  // namespace

absl::StatusOr<MachineTime> ParseMachineTime(std::string_view stat) {
  const std::string line(stat.substr(0, stat.find('\n')));
  const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  MachineTime time;
  bool is_good = words.size() > kColumnCount && words[0] == "cpu";
  for (size_t column = 0; is_good && column < kColumnCount; ++column) {
    int64_t ticks = 0;
    is_good = absl::SimpleAtoi(words[column + 1], &ticks);
    time.ticks += ticks;
    if (column == kStealColumn) time.stolen_ticks = ticks;
  }
  if (is_good) return time;
  return absl::InvalidArgumentError(
      absl::StrCat("/proc/stat does not begin with the processors' times: \"", line, "\""));
}

absl::StatusOr<MachineTime> ReadMachineTime() {
  std::ifstream file("/proc/stat");
  std::string line;
  std::getline(file, line);
  return ParseMachineTime(line);
}

double StolenShare(const MachineTime& begin, const MachineTime& end) {
  const int64_t ticks = end.ticks - begin.ticks;
  if (ticks <= 0) return 0;
  return static_cast<double>(end.stolen_ticks - begin.stolen_ticks) / static_cast<double>(ticks);
}

double StolenTime::Share() const {
  const absl::StatusOr<MachineTime> end = ReadMachineTime();
  return begin_.ok() && end.ok() ? StolenShare(*begin_, *end) : 0;
}

void NoteStolen(const std::string& part, double stolen_share, Figures& figures) {
  figures.Note(part + "_stolen_share", stolen_share);
  if (stolen_share <= kMaxStolenShare) return;
  SayProgress(absl::StrCat("disturbed: the host took ", std::lround(100 * stolen_share),
                           " % of the processors' time during ", part,
                           "; its figures may be worse than the program"));
}

}  // namespace quotacast::bench
