// Events that tell where they belong: which writer said them, in which batch, in which place. From
// any one of them follows what the next must be.
#ifndef QUOTACAST_TESTS_CRASH_NUMBERED_EVENTS_H_
#define QUOTACAST_TESTS_CRASH_NUMBERED_EVENTS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::tests {

inline constexpr int kNumberedBatchEventsMax = 40;

// Batch `sequence` (1, 2, ...) of a writer: a function of its arguments and nothing else.
ingestion::v1::AppendBatch NumberedBatch(const std::string& writer, int64_t sequence);

// Follows a feed and insists that it is what the writers sent: offsets without gap, each writer's
// events in order, none missing, none twice, content as sent. Not thread-safe.
class FeedFollower {
 public:
  // Takes the next record of the feed. FAILED_PRECONDITION names what is wrong with it.
  absl::Status Take(const ingestion::v1::EventRecord& record);

  int64_t last_offset() const { return last_offset_; }

  // The last batch of the writer that came whole; FAILED_PRECONDITION when a later one came in
  // part.
  absl::Status CheckWhole(const std::string& writer, int64_t* last_sequence) const;

 private:
  struct Place {
    ingestion::v1::AppendBatch batch;  // Of which events were taken, or the next one.
    int taken_count = 0;
  };
  int64_t last_offset_ = 0;
  int64_t last_recorded_micros_ = 0;
  std::map<std::string, Place> places_;  // By writer.
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_CRASH_NUMBERED_EVENTS_H_
