// What the log holds of one source's records, folded once: what a full export is compared with.
#ifndef QUOTACAST_SERVICES_INGESTION_LOG_STATE_H_
#define QUOTACAST_SERVICES_INGESTION_LOG_STATE_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/event_appender.h"

namespace quotacast::ingestion {

// One fact that counts: neither replaced by a correction nor taken back.
struct CountingFact {
  std::string version;  // Of the latest correction.
  std::optional<absl::Time> effective_time;
  crm::v1::CrmEvent event;
};

// A record as its facts tell it.
struct RecordState {
  std::vector<CountingFact> facts;  // Unknown times first, then in order of time and log.
  crm::v1::CrmEvent merged;         // Of all facts; later ones overwrite earlier ones.
  bool is_deleted = false;
};

// Folds the events of one source key, given in log order, and `more` after them.
absl::StatusOr<RecordState> FoldRecord(const std::vector<eventlog::StoredEvent>& events,
                                       absl::Span<const Fact> more = {});

// Overwrites fields of `target` by those that `change` states; both are of one message type.
void ApplyChange(const google::protobuf::Message& change, google::protobuf::Message& target);

// Not thread-safe. Memory: the events of the kinds asked for.
class LogState {
 public:
  // Events of `source` about `kinds` ("opportunity", "rep"). Reads the log from its start, a page
  // at a time. CANCELLED when `cancelled` says so; errors of the log.
  static absl::StatusOr<LogState> Load(const eventlog::EventLog& log, std::string_view workspace,
                                       std::string_view source, const std::set<std::string>& kinds,
                                       const std::function<bool()>& cancelled);

  // Events of a key in log order; empty when there are none.
  const std::vector<eventlog::StoredEvent>& EventsOf(const std::string& source_key) const;

  // Keys of a kind in order.
  std::vector<std::string> KeysOf(std::string_view kind) const;

 private:
  std::map<std::string, std::vector<eventlog::StoredEvent>> events_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_LOG_STATE_H_
