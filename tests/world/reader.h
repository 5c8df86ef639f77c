// Those who follow the feed: a plain reader, and the metrics service with its book.
#ifndef QUOTACAST_TESTS_WORLD_READER_H_
#define QUOTACAST_TESTS_WORLD_READER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/metrics.h"
#include "tests/world/actor.h"

namespace quotacast::tests {

// Watches, breaks off, and goes on where it was.
class FeedReader final : public Actor {
 public:
  FeedReader(std::string name, std::string workspace);

  absl::Status Step(Stage& stage) override;
  // A reader never has enough; it is caught up in CheckEnd.
  bool IsDone() const override { return true; }
  // The union of what it got is the log.
  absl::Status CheckEnd(Stage& stage) override;

 private:
  absl::Status Watch(Stage& stage, int message_count_max, int wait_count_max);
  absl::Status Take(Stage& stage, const ingestion::v1::EventRecord& record);

  int64_t offset_ = 0;  // Of the last event it got.
  int64_t event_count_ = 0;
};

// Answers KPI questions from a book that it keeps up with the feed, and now and then dies.
class BookKeeper final : public Actor {
 public:
  BookKeeper(std::string name, std::string workspace, const Clock& clock);
  ~BookKeeper() override;

  absl::Status Step(Stage& stage) override;
  bool IsDone() const override { return true; }
  // Every figure equals that of a book built from scratch.
  absl::Status CheckEnd(Stage& stage) override;

 private:
  std::unique_ptr<metrics::Metrics> NewMetrics(Stage& stage, PlantedBug bug);
  std::string Figures(metrics::Metrics& metrics) const;

  const Clock& clock_;
  std::unique_ptr<metrics::Metrics> metrics_;
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_READER_H_
