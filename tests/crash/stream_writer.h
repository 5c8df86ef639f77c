// A program that appends numbered batches over gRPC, loses its server, and goes on where the next
// server says.
#ifndef QUOTACAST_TESTS_CRASH_STREAM_WRITER_H_
#define QUOTACAST_TESTS_CRASH_STREAM_WRITER_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace quotacast::tests {

class StreamWriter {
 public:
  // At most `window` batches are on their way without acknowledgement.
  StreamWriter(std::string writer_id, int64_t window)
      : writer_id_(std::move(writer_id)), window_(window) {}

  const std::string& writer_id() const { return writer_id_; }
  // The last batch that was ever sent, and the last one acknowledged.
  int64_t sent_sequence() const { return sent_sequence_; }
  int64_t acknowledged_sequence() const { return acknowledged_sequence_; }

  // Opens a stream, learns where to go on and sends batches up to `last_sequence`; returns when all
  // are acknowledged (OK) or the stream broke (its status). FAILED_PRECONDITION when the server
  // forgot an acknowledgement or acknowledges what was never sent. `on_acknowledged` is called
  // after each acknowledgement, on a thread of the writer.
  absl::Status Run(const std::shared_ptr<grpc::Channel>& channel, int64_t last_sequence,
                   const std::function<void()>& on_acknowledged);

 private:
  const std::string writer_id_;
  const int64_t window_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int64_t> sent_sequence_{0};          // Written under mutex_.
  std::atomic<int64_t> acknowledged_sequence_{0};  // Likewise.
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_CRASH_STREAM_WRITER_H_
