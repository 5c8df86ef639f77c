// Builds the records of a view; the rules are those of book.h. Beside them:
// * An instant or day that lies after the effective day did not happen yet and is left out, but for
//   plans: the day a commitment is due, the day an insight expires.
// * An id that no entity of the view has refers to nothing (-1): records make no reps and no
//   accounts.
// * Of merged records the one that stayed counts, with its own fields.
#ifndef QUOTACAST_SERVICES_METRICS_RECORD_BUILDER_H_
#define QUOTACAST_SERVICES_METRICS_RECORD_BUILDER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "services/metrics/merges.h"
#include "services/metrics/record_facts.h"

namespace quotacast::metrics {

// Position of the entity with this id among `entities`, which are in order of id.
template <typename Entity>
int PositionById(const std::vector<Entity>& entities, const std::string& id) {
  const auto found = std::lower_bound(
      entities.begin(), entities.end(), id,
      [](const Entity& entity, const std::string& sought) { return entity.id < sought; });
  return found == entities.end() || found->id != id ? -1
                                                    : static_cast<int>(found - entities.begin());
}

// Used once. `view` is complete but for its records; `merges` are those of reps, accounts and
// everything else but records.
class RecordBuilder {
 public:
  RecordBuilder(const BookView& view, Merges merges);

  BookRecords Build(const RecordFacts& facts);

 private:
  // Facts of one record that count, in order of effective time and then of the log.
  using Sayings = std::vector<RecordSaying>;
  struct LeadDraft {
    BookLead lead;
    std::string lead_source;
    std::string segment;
  };
  struct ActivityDraft {
    BookActivity activity;
    std::string lead_id;
    std::string contact;
  };

  // Leaves the sayings that count; none when the record does not exist on the effective day.
  void TakeCounting(Sayings& sayings);
  void Take(const std::string& id, const Sayings& sayings);
  void TakeLead(const std::string& id, const Sayings& sayings);
  void TakeActivity(const std::string& id, const Sayings& sayings);
  void TakeCommitment(const std::string& id, const Sayings& sayings);
  void TakeFeedback(const std::string& id, const Sayings& sayings);
  void TakeInsight(const std::string& id, const Sayings& sayings);
  void TakeIncident(const std::string& id, const Sayings& sayings);
  void TakeTraining(const std::string& id, const Sayings& sayings);
  void TakeOrderLine(const std::string& id, const Sayings& sayings);
  void TakeForecasts(const std::string& id, const Sayings& sayings);

  // Somebody reached out by then.
  static void TouchAt(absl::Time time, BookLead& lead);

  void ReadMerges();
  void LeaveOutMerged();
  void PlaceLeads();
  void PlaceActivities();

  // Positions in the view, -1 when there is no such entity.
  int RepAt(const std::string& id) const;
  int AccountAt(const std::string& id) const;
  int ProductAt(const std::string& id) const;
  int OpportunityAt(const std::string& id) const;
  // Nothing when it lies after the effective day.
  std::optional<absl::Time> Past(const google::protobuf::Timestamp& time) const;
  std::optional<absl::CivilDay> Past(const google::type::Date& date) const;
  std::optional<int64_t> MinorUnits(const google::type::Money& money);

  const BookView& view_;
  const absl::Time effective_end_;  // Exclusive.
  Merges merges_;
  BookRecords records_;
  std::vector<RecordSaying> record_merges_;
  std::vector<LeadDraft> leads_;
  std::vector<ActivityDraft> activities_;
  int64_t foreign_amount_count_ = 0;
};

// The records of `view`, built on demand. Whoever asks holds the view, or a copy of it while the
// view itself is alive.
LazyBookRecords RecordsOnDemand(std::shared_ptr<const RecordFacts> facts,
                                const std::shared_ptr<const BookView>& view, Merges merges);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_RECORD_BUILDER_H_
