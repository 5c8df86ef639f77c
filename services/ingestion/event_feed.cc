#include "services/ingestion/event_feed.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/event_kinds.h"
#include "services/ingestion/feed_message.h"

namespace quotacast::ingestion {
namespace {

// Waits are cut into pieces of this length, after each of which cancellation is looked at.
constexpr absl::Duration kCancelCheckPause = absl::Milliseconds(50);

// Which events a reader wants.
class Filter {
 public:
  static absl::StatusOr<Filter> Of(const v1::WatchEventsRequest& request) {
    Filter filter;
    for (const int kind : request.entities()) {
      if (kind <= crm::v1::ENTITY_KIND_UNSPECIFIED || !crm::v1::EntityKind_IsValid(kind)) {
        return InvalidField("entities", absl::StrCat("holds ", kind, ", no kind of record"));
      }
      filter.kinds_.set(static_cast<size_t>(kind));
    }
    if (request.sources_size() > kMaxWatchSources) {
      return InvalidField("sources", absl::StrCat("has ", request.sources_size(),
                                                  " elements; at most ", kMaxWatchSources));
    }
    if (request.source_keys_size() > kMaxWatchSourceKeys) {
      return InvalidField("source_keys", absl::StrCat("has ", request.source_keys_size(),
                                                      " elements; at most ", kMaxWatchSourceKeys));
    }
    filter.sources_.insert(request.sources().begin(), request.sources().end());
    filter.source_keys_.insert(request.source_keys().begin(), request.source_keys().end());
    filter.passes_all_ =
        filter.kinds_.none() && filter.sources_.empty() && filter.source_keys_.empty();
    return filter;
  }

  bool Passes(const eventlog::Event& event) const {
    if (passes_all_) return true;
    if (!sources_.empty() && sources_.count(event.id.source) == 0) return false;
    if (!source_keys_.empty() && source_keys_.count(event.id.source_key) == 0) return false;
    return kinds_.none() || kinds_.test(static_cast<size_t>(KindOfEvent(event)));
  }

 private:
  bool passes_all_ = true;
  std::bitset<crm::v1::EntityKind_ARRAYSIZE> kinds_;
  std::unordered_set<std::string> sources_;
  std::unordered_set<std::string> source_keys_;
};

absl::Status Damaged(int64_t offset) {
  ErrorDetail detail;
  detail.reason = "DAMAGED_EVENT";
  return WithDetail(
      absl::InternalError(absl::StrCat("the event at offset ", offset,
                                       " of the log is no CRM event; `log verify` finds all")),
      detail);
}

// One call. Reads page by page and sends what passes.
class Watch {
 public:
  Watch(const eventlog::EventLog& log, std::string_view workspace,
        const std::function<bool()>& cancelled, const std::function<bool(const std::string&)>& send,
        Filter filter, int64_t after_offset)
      : log_(log),
        workspace_(workspace),
        cancelled_(cancelled),
        send_(send),
        filter_(std::move(filter)),
        offset_(after_offset) {}

  absl::Status Run(bool follow) {
    while (true) {
      if (cancelled_()) return absl::CancelledError("the caller went away");
      QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> page,
                          log_.Read(workspace_, offset_, kMaxWatchBatchEvents));
      QC_RETURN_IF_ERROR(TakePage(page));
      if (stopped_) return absl::OkStatus();
      // A full page says that there is likely more, and then the question costs nothing.
      if (page.size() == kMaxWatchBatchEvents) {
        if (silent_count_ >= kMaxSilentEvents && !Send(/*caught_up=*/false)) {
          return absl::OkStatus();
        }
        continue;
      }
      QC_ASSIGN_OR_RETURN(const int64_t last_offset, log_.LastOffset(workspace_));
      if (offset_ < last_offset) continue;
      // A follower hears once that it has everything, though nothing may have passed its filter.
      const bool worth_telling =
          !told_caught_up_ || event_count_ > 0 || silent_count_ >= kMaxSilentEvents;
      if (worth_telling && !Send(/*caught_up=*/true)) return absl::OkStatus();
      if (!follow) return absl::OkStatus();
      QC_RETURN_IF_ERROR(WaitForMore());
    }
  }

 private:
  absl::Status TakePage(const std::vector<eventlog::StoredEvent>& page) {
    for (const eventlog::StoredEvent& stored : page) {
      if (filter_.Passes(stored.event)) {
        if (!IsMessage(stored.event.payload)) return Damaged(stored.offset);
        const size_t byte_count = byte_count_ + stored.event.payload.size();
        const bool full = event_count_ >= kMaxWatchBatchEvents ||
                          (event_count_ > 0 && byte_count > kMaxWatchBatchBytes);
        if (full && !Send(/*caught_up=*/false)) return absl::OkStatus();
        message_.AddEvent(stored);
        ++event_count_;
        byte_count_ += stored.event.payload.size();
      } else {
        ++silent_count_;
      }
      offset_ = stored.offset;
    }
    // Without filters a page is a message: do not hold it back for the next one.
    if (page.size() == kMaxWatchBatchEvents && event_count_ == kMaxWatchBatchEvents) {
      Send(/*caught_up=*/false);
    }
    return absl::OkStatus();
  }

  bool Send(bool caught_up) {
    stopped_ = !send_(message_.Finish(caught_up, offset_));
    event_count_ = 0;
    byte_count_ = 0;
    silent_count_ = 0;
    told_caught_up_ = caught_up;
    return !stopped_;
  }

  absl::Status WaitForMore() {
    int64_t newest = offset_;
    while (newest <= offset_) {
      if (cancelled_()) return absl::CancelledError("the caller went away");
      QC_ASSIGN_OR_RETURN(newest, log_.WaitForAppend(workspace_, offset_, kCancelCheckPause));
    }
    return absl::OkStatus();
  }

  const eventlog::EventLog& log_;
  const std::string_view workspace_;
  const std::function<bool()>& cancelled_;
  const std::function<bool(const std::string&)>& send_;
  const Filter filter_;
  int64_t offset_;  // Everything up to here is in messages or was filtered out.
  FeedMessage message_;
  size_t event_count_ = 0;   // In message_.
  size_t byte_count_ = 0;    // Of their payloads.
  size_t silent_count_ = 0;  // Filtered out since the last message.
  bool told_caught_up_ = false;
  bool stopped_ = false;
};

}  // namespace

absl::Status WatchLog(const eventlog::EventLog& log, std::string_view workspace,
                      const v1::WatchEventsRequest& request, const std::function<bool()>& cancelled,
                      const std::function<bool(const std::string& response)>& send) {
  if (request.after_offset() < 0) {
    return InvalidField("after_offset",
                        absl::StrCat(request.after_offset(), " is negative; 0 asks for all"));
  }
  QC_ASSIGN_OR_RETURN(Filter filter, Filter::Of(request));
  return Watch(log, workspace, cancelled, send, std::move(filter), request.after_offset())
      .Run(request.follow());
}

}  // namespace quotacast::ingestion
