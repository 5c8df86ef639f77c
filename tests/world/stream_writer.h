// A program that appends on a stream, loses it now and then, and goes on where the service says.
#ifndef QUOTACAST_TESTS_WORLD_STREAM_WRITER_H_
#define QUOTACAST_TESTS_WORLD_STREAM_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/world/actor.h"
#include "tests/world/writer.h"

namespace quotacast::tests {

// The service reads and commits on two threads. So that a seed replays a run, the stream lets one
// of them go at a time: it hands out batches while the committing one waits for its answer to be
// taken, and no batch while that one works.
class StreamWriter final : public Actor {
 public:
  StreamWriter(std::string name, std::string workspace, Chance& chance);

  // One stream, of a few batches or to the end.
  absl::Status Step(Stage& stage) override;
  bool IsDone() const override { return acknowledged_ == static_cast<int64_t>(batches_.size()); }
  // A new stream finds the writer at its last batch.
  absl::Status CheckEnd(Stage& stage) override;

 private:
  class Stream;

  // The service says that it has everything up to `sequence`.
  absl::Status TakeAcknowledgement(Stage& stage, int64_t sequence);

  const std::vector<WriterBatch> batches_;  // Batch i has sequence number i + 1.
  int64_t sent_ = 0;
  int64_t acknowledged_ = 0;
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_STREAM_WRITER_H_
