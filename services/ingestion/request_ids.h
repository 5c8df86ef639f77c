// Request ids: the same call within 24 hours gets the same response and changes nothing.
#ifndef QUOTACAST_SERVICES_INGESTION_REQUEST_IDS_H_
#define QUOTACAST_SERVICES_INGESTION_REQUEST_IDS_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

// How long an answer is kept.
inline constexpr absl::Duration kRequestLifetime = absl::Hours(24);
// How often a workspace is searched for expired answers, when calls come at all.
inline constexpr absl::Duration kRequestSweepPause = absl::Hours(1);

// INVALID_ARGUMENT (INVALID_FIELD at "request_id") when `request_id` is no UUID
// ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", either case).
absl::Status CheckRequestId(std::string_view request_id);

class RequestIds;

// One call under its id: while it lives, no other call of this process goes on with the same id,
// and a second one sent at the same time finds the first one's answer. Movable; ends with its
// RequestIds at the latest.
class RequestTurn {
 public:
  RequestTurn(RequestTurn&& other) noexcept;
  RequestTurn& operator=(RequestTurn&&) = delete;
  ~RequestTurn();

  // The response of the call that came before; nullopt when this is the first one.
  const std::optional<std::string>& earlier_response() const { return earlier_response_; }

  // The record that remembers this call, to be written in the transaction of its last events.
  // `response` makes the serialised response from the results of those events, as
  // eventlog::RecordWrite::value does.
  eventlog::RecordWrite Remember(
      std::function<std::string(absl::Span<const eventlog::AppendResult>)> response) const;

 private:
  friend class RequestIds;
  RequestTurn(RequestIds& owner, std::string workspace, std::string key, std::string fingerprint)
      : owner_(&owner),
        workspace_(std::move(workspace)),
        key_(std::move(key)),
        fingerprint_(std::move(fingerprint)) {}

  RequestIds* owner_;  // Null once moved from.
  std::string workspace_;
  std::string key_;  // The id in lower case.
  std::string fingerprint_;
  std::optional<std::string> earlier_response_;
};

// Thread-safe. `log` and `clock` outlive it; the clock is the log's, for it tells what expired.
//
//   QC_ASSIGN_OR_RETURN(RequestTurn turn, requests.Enter(workspace, id, bytes, cancelled));
//   if (turn.earlier_response().has_value()) return Parse(*turn.earlier_response());
//   ... log.Append(workspace, events, {turn.Remember(...)});
class RequestIds {
 public:
  RequestIds(eventlog::EventLog& log, const Clock& clock) : log_(log), clock_(clock) {}

  // Waits until no other call with this id runs. `content` is what has to be equal for two calls
  // to be the same: the serialised request without its id. Expired answers of the workspace are
  // deleted on the way, at most once per kRequestSweepPause. Errors: INVALID_ARGUMENT
  // (INVALID_FIELD: no UUID), ABORTED (REQUEST_ID_REUSED: a call within 24 hours had this id and
  // other content), CANCELLED, errors of the log.
  absl::StatusOr<RequestTurn> Enter(std::string_view workspace, std::string_view request_id,
                                    std::string_view content,
                                    const std::function<bool()>& cancelled);

 private:
  friend class RequestTurn;

  absl::Status DeleteExpired(std::string_view workspace);
  void Leave(const std::string& workspace, const std::string& key);

  eventlog::EventLog& log_;
  const Clock& clock_;
  std::mutex mu_;
  std::condition_variable left_;
  std::set<std::pair<std::string, std::string>> running_;  // Guarded by mu_.
  std::map<std::string, absl::Time, std::less<>> swept_;   // Guarded by mu_; by workspace.
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_REQUEST_IDS_H_
