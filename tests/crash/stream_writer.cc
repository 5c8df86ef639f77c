#include "tests/crash/stream_writer.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tests/crash/numbered_events.h"

namespace quotacast::tests {
namespace {

absl::Status ToStatus(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace

absl::Status StreamWriter::Run(const std::shared_ptr<grpc::Channel>& channel, int64_t last_sequence,
                               const std::function<void()>& on_acknowledged) {
  const auto stub = ingestion::v1::IngestionService::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->AppendEvents(&context);
  ingestion::v1::AppendEventsRequest request;
  request.mutable_header()->set_parent("workspaces/default");
  request.mutable_header()->set_writer_id(writer_id_);
  stream->Write(request);
  ingestion::v1::AppendEventsResponse response;
  if (!stream->Read(&response)) return ToStatus(stream->Finish());
  const int64_t start = response.acknowledged_sequence();
  if (start < acknowledged_sequence_ || start > sent_sequence_) {
    context.TryCancel();
    stream->Finish();
    return absl::FailedPreconditionError(
        absl::StrCat("the server has ", writer_id_, " at batch ", start, "; acknowledged was ",
                     acknowledged_sequence_.load(), ", sent was ", sent_sequence_.load()));
  }
  acknowledged_sequence_ = start;

  bool is_broken = false;        // Guarded by mutex_.
  absl::Status acknowledgement;  // Written by the reader, read after it ended.
  std::thread reader([&] {
    ingestion::v1::AppendEventsResponse message;
    while (acknowledgement.ok() && stream->Read(&message)) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (message.acknowledged_sequence() > sent_sequence_ ||
            message.rejected_event_count() > 0) {
          acknowledgement = absl::FailedPreconditionError(
              absl::StrCat("unexpected acknowledgement: ", message.ShortDebugString()));
          context.TryCancel();
        }
        acknowledged_sequence_ =
            std::max(acknowledged_sequence_.load(), message.acknowledged_sequence());
      }
      changed_.notify_all();
      on_acknowledged();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    is_broken = true;
    changed_.notify_all();
  });
  for (int64_t sequence = start + 1; sequence <= last_sequence; ++sequence) {
    *request.mutable_batch() = NumberedBatch(writer_id_, sequence);
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock,
                    [&] { return is_broken || sequence - acknowledged_sequence_ <= window_; });
      if (is_broken) break;
      sent_sequence_ = std::max(sent_sequence_.load(), sequence);
    }
    if (!stream->Write(request)) break;
  }
  stream->WritesDone();
  reader.join();
  const grpc::Status status = stream->Finish();
  return acknowledgement.ok() ? ToStatus(status) : acknowledgement;
}

}  // namespace quotacast::tests
