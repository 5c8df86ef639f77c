// A program that appends batches of events and sends again what it was not told to be durable.
#ifndef QUOTACAST_TESTS_WORLD_WRITER_H_
#define QUOTACAST_TESTS_WORLD_WRITER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/eventlog/event_log.h"
#include "tests/world/actor.h"

namespace quotacast::tests {

// Events of one writer: each batch has ids of its own, except those that several writers use and do
// not agree about.
struct WriterBatch {
  std::vector<eventlog::Event> events;
  bool owns_ids = true;
};

std::vector<WriterBatch> MakeBatches(const std::string& writer, Chance& chance);

// Writes straight to the log, as the services' own code does.
class LogWriter final : public Actor {
 public:
  LogWriter(std::string name, std::string workspace, Chance& chance);

  absl::Status Step(Stage& stage) override;
  bool IsDone() const override { return next_ == batches_.size(); }
  absl::Status CheckEnd(Stage& stage) override;

 private:
  const std::vector<WriterBatch> batches_;
  size_t next_ = 0;
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_WRITER_H_
