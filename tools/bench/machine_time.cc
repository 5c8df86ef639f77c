#include "tools/bench/machine_time.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
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
#include "absl/time/time.h"
#include "tools/bench/figures.h"

namespace quotacast::bench {
namespace {

// user, nice, system, idle, iowait, irq, softirq, steal; what follows is part of user and nice.
constexpr size_t kColumnCount = 8;
constexpr size_t kIdleColumn = 3;
constexpr size_t kIoWaitColumn = 4;
constexpr size_t kStealColumn = 7;

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Of this program and of the children it waited for, and theirs.
double OwnProcessorSeconds() {
  double seconds = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage = {};
    getrusage(who, &usage);
    seconds += SecondsOf(usage.ru_utime) + SecondsOf(usage.ru_stime);
  }
  return seconds;
}

void SayDisturbed(const std::string& part, const char* who, double share) {
  SayProgress(absl::StrCat("disturbed: ", who, " took ", std::lround(100 * share),
                           " % of the processors' time during ", part,
                           "; the program may be better than its figures"));
}

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
    if (column == kStealColumn) {
      time.stolen_ticks = ticks;
    } else if (column != kIdleColumn && column != kIoWaitColumn) {
      time.busy_ticks += ticks;
    }
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

MachineWatch::MachineWatch() : begin_(ReadMachineTime()), own_begin_(OwnProcessorSeconds()) {}

double MachineWatch::StolenShare() const {
  const absl::StatusOr<MachineTime> end = ReadMachineTime();
  return begin_.ok() && end.ok() ? bench::StolenShare(*begin_, *end) : 0;
}

double MachineWatch::OthersShare(double running_children_seconds) const {
  const absl::StatusOr<MachineTime> end = ReadMachineTime();
  if (!begin_.ok() || !end.ok() || end->ticks <= begin_->ticks) return 0;
  const double own_seconds = OwnProcessorSeconds() - own_begin_ + running_children_seconds;
  const double own_ticks = own_seconds * static_cast<double>(sysconf(_SC_CLK_TCK));
  const double others_ticks = static_cast<double>(end->busy_ticks - begin_->busy_ticks) - own_ticks;
  // The kernel counts the ticks of the two in different ways.
  return std::max(0.0, others_ticks / static_cast<double>(end->ticks - begin_->ticks));
}

absl::Time ProcessorClock::Now() const {
  timespec used = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return absl::TimeFromTimespec(used);
}

void NoteDisturbance(const std::string& part, const MachineWatch& watch, Figures& figures) {
  const double stolen_share = watch.StolenShare();
  const double others_share = watch.OthersShare();
  figures.Note(part + "_stolen_share", stolen_share);
  figures.Note(part + "_others_share", others_share);
  if (stolen_share > kMaxStolenShare) SayDisturbed(part, "the host", stolen_share);
  if (others_share > kMaxOthersShare) SayDisturbed(part, "other programs", others_share);
}

}  // namespace quotacast::bench
