// What the feed says of records beside opportunities and the shape of the business: leads,
// activities, commitments, feedback, insights, incidents, trainings, order lines, rep forecasts.
//
// Kept per record, and as bytes: most workspaces have far more activities than anything else, and
// most views never look at them.
//
// Which facts an event is a saying about: those of one record with the same source and version stem
// (book.h); the plain numbers "1", "2" ... of a record that is known by its present state are one.
// A retraction is the last saying about the fact whose version it names.
#ifndef QUOTACAST_SERVICES_METRICS_RECORD_FACTS_H_
#define QUOTACAST_SERVICES_METRICS_RECORD_FACTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::metrics {

// The last saying about a fact.
struct RecordSaying {
  int64_t first_offset = 0;  // Of the first saying about the fact.
  std::optional<absl::Time> effective;
  crm::v1::CrmEvent event;  // A change, a deletion or a merge.
};

// Thread-safe: one mutex guards everything. Outlives the book while views need it.
class RecordFacts {
 public:
  // Whether the event is about a record that is kept here.
  static bool Takes(const ingestion::v1::EventRecord& record);

  // In order of offset; the record is one that Takes says yes to.
  void Append(const ingestion::v1::EventRecord& record);

  // Shows the records in order of source key, which is "<kind>/<id>": the last saying up to
  // `log_offset` about each fact that was not taken back, in order of the fact's first saying. A
  // record with none is left out. Complexity: linear in the events.
  using Visitor = std::function<void(const std::string& source_key, std::vector<RecordSaying>&)>;
  void Visit(int64_t log_offset, const Visitor& visit) const;

  // Whether any record is a lead.
  bool has_leads() const;

  // About.
  size_t memory_bytes() const;

 private:
  friend class BookSnapshot;

  struct Fact {
    int64_t offset = 0;
    int32_t name = 0;  // Of the fact within its record, in names_.
    std::optional<absl::Time> effective;
    std::string event;  // Serialised.
  };

  // Both under the lock. The number of a fact's name; a new one gets the next.
  int32_t NumberOf(std::string name);
  void Keep(const std::string& source_key, Fact fact);

  mutable std::mutex mutex_;
  size_t bytes_ = 0;  // About. Guarded, as all below.
  bool has_leads_ = false;
  std::unordered_map<std::string, std::vector<Fact>> facts_;  // By source key.
  std::unordered_map<std::string, int32_t> names_;            // By source and version stem.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_RECORD_FACTS_H_
