// The feed that the book of metrics is measured with: the meaning of the stages, then the histories
// of deals, step by step, so that the facts of a deal lie far apart, as in a real feed they do. And
// what these events say, worked out from them alone.
#ifndef QUOTACAST_TOOLS_BENCH_DEAL_HISTORIES_H_
#define QUOTACAST_TOOLS_BENCH_DEAL_HISTORIES_H_

#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/bench/opportunity_events.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {

// What the events say of a deal on a day.
struct PlainDeal {
  std::string rep;  // Empty: it is not created yet.
  std::string stage;
  int64_t units = 0;
  absl::CivilDay stage_day;

  bool IsWon() const { return stage == kHistoryStages[4]; }
  bool IsLost() const { return stage == kHistoryStages[5]; }
};

// Immutable and thread-safe.
class DealHistories {
 public:
  explicit DealHistories(int64_t deal_count, int rep_count = kHistoryReps)
      : deal_count_(deal_count), rep_count_(rep_count) {}

  int64_t deal_count() const { return deal_count_; }
  int64_t event_count() const { return kStageCount + deal_count_ * kHistorySteps; }

  // Events 0 to event_count() - 1, as they are sent.
  ingestion::v1::NewEvent Event(int64_t number) const;
  // Likewise as the log has them, at `number` + 1.
  ingestion::v1::EventRecord Record(int64_t number) const;

  // Of deal `deal`, step `step`.
  ingestion::v1::NewEvent Step(int64_t deal, int step) const;
  // At the end of `day`, UTC.
  PlainDeal DealOn(int64_t deal, absl::CivilDay day) const;
  // All deals that are closed then, by rep.
  RepTable ClosedByRepOn(absl::CivilDay day) const;

 private:
  static constexpr int kStageCount = 6;

  const int64_t deal_count_;
  const int rep_count_;
};

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_DEAL_HISTORIES_H_
