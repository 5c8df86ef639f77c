// A writer on one append stream, and the times at which its batches became durable.
#ifndef QUOTACAST_TOOLS_BENCH_APPEND_DRIVER_H_
#define QUOTACAST_TOOLS_BENCH_APPEND_DRIVER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::bench {

// How far the log was durable, and since when.
struct Acknowledgement {
  int64_t last_offset = 0;
  absl::Time time;
};

// Not thread-safe, except for what says so. `clock` outlives it.
class AppendDriver {
 public:
  // Opens a stream to "workspaces/default" without writer id.
  static absl::StatusOr<std::unique_ptr<AppendDriver>> Open(
      const std::shared_ptr<grpc::Channel>& channel, const Clock& clock);
  AppendDriver(const AppendDriver&) = delete;
  AppendDriver& operator=(const AppendDriver&) = delete;
  ~AppendDriver();

  // Sends the batches as fast as the stream takes them and waits until all are durable.
  absl::Status SendAll(const std::vector<ingestion::v1::AppendEventsRequest>& batches);

  // Batch i is due at start + i * pause, whatever became of the ones before; returns for each the
  // time from when it was due to its acknowledgement. What a slow server makes wait counts as
  // waiting.
  absl::StatusOr<std::vector<absl::Duration>> SendPaced(
      const std::vector<ingestion::v1::AppendEventsRequest>& batches, absl::Duration pause);

  // The latest acknowledgement, as soon as there is one beyond `offset`; absent when the stream
  // broke. May be called from another thread.
  std::optional<Acknowledgement> WaitBeyond(int64_t offset);

  // When the batch with this sequence number was acknowledged, which it must have been.
  absl::Time AcknowledgementTime(int64_t sequence) const;

  int64_t next_sequence() const { return sent_sequence_ + 1; }
  // As the last acknowledgement said.
  int64_t last_offset() const;

 private:
  AppendDriver(const std::shared_ptr<grpc::Channel>& channel, const Clock& clock);
  void ReadAcknowledgements();
  absl::Status Send(const ingestion::v1::AppendEventsRequest& batch);
  absl::Status WaitForAll();

  const Clock& clock_;
  const std::unique_ptr<ingestion::v1::IngestionService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<ingestion::v1::AppendEventsRequest,
                                           ingestion::v1::AppendEventsResponse>>
      stream_;
  int64_t sent_sequence_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_broken_ = false;                         // Guarded by mutex_.
  bool has_begun_ = false;                         // Likewise.
  int64_t last_offset_ = 0;                        // Likewise.
  std::vector<absl::Time> acknowledgement_times_;  // Likewise; of sequence i + 1.
  std::thread reader_;
};

// What a reader of the whole feed got.
struct Replay {
  int64_t event_count = 0;
  uint64_t id_checksum = 0;  // Sum of IdChecksum.
};

// Reads "workspaces/default" from the start to its end. DATA_LOSS when offsets have a gap.
absl::StatusOr<Replay> ReplayFeed(const std::shared_ptr<grpc::Channel>& channel);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_APPEND_DRIVER_H_
