// What is asked of a book when it is measured, and how long each answer takes.
#ifndef QUOTACAST_TOOLS_BENCH_MEASURED_BOOK_H_
#define QUOTACAST_TOOLS_BENCH_MEASURED_BOOK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "google/protobuf/arena.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {

inline constexpr int kRounds = 5;
// Deals are created from 2018 to early 2026.
inline constexpr absl::CivilDay kToday(2035, 1, 1);
inline constexpr absl::CivilDay kAsOfDay(2022, 6, 30);
inline constexpr char kAllHistory[] = "";
inline constexpr char kPeriod[] = "2022Q1";
inline constexpr absl::CivilDay kFirstDay(2022, 1, 1);
inline constexpr absl::CivilDay kLastDay(2022, 3, 31);

// Takes all events into an empty book; the seconds that this took, the events ready as messages.
absl::StatusOr<double> LoadBook(const DealHistories& histories, const Clock& clock,
                                metrics::Book& book);

// The two KPI tables that a leader asks for, as messages in an arena.
class LeaderTables {
 public:
  absl::Status Ask(const metrics::KpiRegistry& registry, const metrics::BookView& view,
                   const std::string& period);
  // What they say: the deals closed in the period.
  RepTable ByRep() const;

 private:
  // Blocks as large as a table of a few hundred rows takes.
  google::protobuf::Arena arena_{[] {
    google::protobuf::ArenaOptions options;
    options.start_block_size = size_t{1} << 16;
    options.max_block_size = size_t{1} << 20;
    return options;
  }()};
  metrics::v1::KpiTable* rates_ = nullptr;
  metrics::v1::KpiTable* bookings_ = nullptr;
};

// Every KPI that has rows by rep, for kPeriod.
struct AllRepTables {
  int kpi_count = 0;
  double seconds = 0;  // From the first question to the last answer.
  std::string slowest;
  double slowest_seconds = 0;
};
AllRepTables AskAllRepTables(const metrics::KpiRegistry& registry, const metrics::BookView& view,
                             const Clock& clock);

// Seconds of each of kRounds questions; the first error stops.
template <typename Ask>
absl::StatusOr<std::vector<double>> TimeRounds(const Clock& clock, Ask ask) {
  std::vector<double> seconds;
  for (int round = 0; round < kRounds; ++round) {
    const absl::Time start = clock.Now();
    if (const absl::Status asked = ask(); !asked.ok()) return asked;
    seconds.push_back(absl::ToDoubleSeconds(clock.Now() - start));
  }
  return seconds;
}

// Of two tables over all history on days not asked for before, the last one kAsOfDay, whose closed
// deals go to `by_rep`: nothing is left of the question before but memory, as of some more days
// that are not timed.
absl::StatusOr<std::vector<double>> TimeNewDays(const metrics::Book& book,
                                                const metrics::KpiRegistry& registry,
                                                const Clock& clock, RepTable& by_rep);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_MEASURED_BOOK_H_
