// A program that appends batches of events and sends again what it was not told to be durable.
#ifndef QUOTACAST_TESTS_WORLD_WRITER_H_
#define QUOTACAST_TESTS_WORLD_WRITER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
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

// Calls BatchAppend with a request id, and with the same one again until it has an answer; now and
// then it asks once more and must get the same answer.
class RequestWriter final : public Actor {
 public:
  RequestWriter(std::string name, std::string workspace, Chance& chance);

  absl::Status Step(Stage& stage) override;
  bool IsDone() const override { return next_ == batches_.size(); }
  absl::Status CheckEnd(Stage& stage) override;

 private:
  absl::Status TakeAnswer(Stage& stage, size_t batch,
                          const ingestion::v1::BatchAppendResponse& response);

  const std::vector<WriterBatch> batches_;
  size_t next_ = 0;
  std::vector<std::string> answers_;  // Serialised, of the batches before next_.
};

// A batch of the log as a message.
ingestion::v1::NewEvent ToMessage(const eventlog::Event& event);

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_WRITER_H_
