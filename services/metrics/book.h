// The book of one workspace: a projection of the feed of events that answers what the business
// looked like as of any moment, in both times.
//
//   Book book;
//   QC_RETURN_IF_ERROR(book.Append(record));              // each record of the feed, in log order
//   auto view = book.At({.effective_day = day}, today);   // shared, immutable
//
// How facts become a view (docs/kpis.md, "What counts"):
// * An event counts when its effective time lies before the end of the effective day (UTC), its
//   recorded time is not after the recorded time asked for, and its offset not after the offset.
// * Events of an opportunity with the same source, source key and version stem (the part before
//   "#2", "#3" ...) are sayings about one fact: the last one recorded by then replaces the others,
//   in their place.
// * Any other event states all of a rep, team, product, account, stage or quota as it is from its
//   effective time on. Those with the same source, source key and effective time are sayings about
//   one fact, whatever their versions: the last one recorded by then replaces the others, fields
//   and all. Those with different effective times are different facts, each from its time on.
// * The facts of an entity are read in order of effective time, then of the log; a field that is
//   absent did not change. Several closings without a reopening in between are sayings about one
//   closing: the one learned last counts, with its day and its outcome. Which one that is depends
//   on the recorded time alone, so that a closing moved to a later day is not true before it.
// * Start and end of a job that lie after the effective day count as they were recorded by then, in
//   whatever version; a rep not known to start later is otherwise not in the roster yet.
// * A retraction is the last saying about the fact it names: the fact was never so. Of anything but
//   an opportunity it names the fact by its own effective time.
// * A deleted opportunity is in no view from the day of its deletion to that of its restoration; a
//   deleted quota likewise. Other records stay when the source deletes them: deals name them.
// * Of merged opportunities the one that stayed counts, with its own fields. Of merged reps, teams,
//   products and accounts the one that stayed takes what named the other; a quota of the rep that
//   went counts where the one that stayed has none.
// * A street quota for everything a rep books is the rep's quota; those of teams and territories,
//   plans, roll-ups and components are not. A plan for everything a team books is the team's plan.
// * An opportunity none of whose facts has an effective time is counted as undated and left out.
// * Leads, activities and other records follow the rules of opportunities: record_facts.h says
//   which events are sayings about one fact, record_builder.h what else holds for them.
//
// Erasing a person's data changes earlier events and ends with an Erasure event. A book that meets
// one may hold what was there before: it is outdated, and its owner reads the feed from the start
// into a new one.
#ifndef QUOTACAST_SERVICES_METRICS_BOOK_H_
#define QUOTACAST_SERVICES_METRICS_BOOK_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/deal_histories.h"
#include "services/metrics/name_order.h"
#include "services/metrics/opportunity_facts.h"
#include "services/metrics/record_facts.h"

namespace quotacast::metrics {

// Views of one state of the log kept for the next caller with the same as-of.
inline constexpr size_t kMaxCachedViews = 4;

// An as-of as a caller states it; what is absent is resolved by Book::At.
struct AsOfRequest {
  std::optional<absl::CivilDay> effective_day = {};
  std::optional<absl::Time> recorded_time = {};
  std::optional<int64_t> log_offset = {};
};

// Thread-safe: one mutex guards everything. Views outlive the book.
class Book {
 public:
  // `erasures_known_through`: erasures up to this offset were complete before the feed is read.
  explicit Book(int64_t erasures_known_through = 0)
      : erasures_known_through_(erasures_known_through) {}

  // Takes the next record of the feed. A record whose offset was taken already is ignored;
  // INTERNAL when offsets were skipped or the recorded time went backwards: the feed is broken;
  // RESOURCE_EXHAUSTED (BOOK_TOO_LARGE) beyond 2^32 - 1 events.
  absl::Status Append(const ingestion::v1::EventRecord& record);

  // Memory of what was taken and of what was derived from it, views given out excluded.
  size_t memory_bytes() const;

  // Offset of the last record; 0 when there is none.
  int64_t last_offset() const;

  // Offset of the last erasure met; 0 when there was none.
  int64_t last_erasure_offset() const;
  // True when an erasure came that this book was not made to know: what it holds must not be
  // shown. A new book that knows it takes the place.
  bool is_outdated() const;

  // Whether this is the last record taken, told by id and recorded time.
  bool IsLast(const ingestion::v1::EventRecord& record) const;

  // The business at an as-of. `today` is the latest day that may be asked for, but for one day of
  // time-zone slack. An absent effective day is the latest day of any opportunity fact that
  // counts and is not dated after `today` (`today` when there is none); an absent recorded time is
  // that of the last event. The resolved recorded time is that of the last event that counts.
  // Errors: FAILED_PRECONDITION (EMPTY_WORKSPACE) when no event counts; INVALID_ARGUMENT
  // (INVALID_FIELD) for an effective day in the future. Complexity: linear in the events, unless
  // cached.
  absl::StatusOr<std::shared_ptr<const BookView>> At(const AsOfRequest& as_of,
                                                     absl::CivilDay today) const;

 private:
  friend class BookSnapshot;
  friend class ViewBuilder;

  // An event about anything but an opportunity, with the first event about the same fact.
  struct Fact {
    int64_t offset = 0;
    int64_t fact_offset = 0;  // Smallest offset among the sayings about this fact.
    absl::Time recorded;
    std::optional<absl::Time> effective;
    // Of the first saying: what identifies the fact, in first_offset_of_fact_.
    const std::string* key = nullptr;
    crm::v1::CrmEvent event;
  };
  // Events from this offset on, up to the next run, were recorded at this time.
  struct RecordedRun {
    int64_t first_offset = 0;
    absl::Time recorded;
  };

  void KeepOpportunityFact(const ingestion::v1::EventRecord& record, absl::Time recorded,
                           const std::string& opportunity_id);
  void KeepReferenceFact(const ingestion::v1::EventRecord& record, absl::Time recorded);
  void AddReferenceFact(Fact fact);
  // Lets a thread drop the outdated views, unless it is at it.
  void DropOutdated() const;
  // Last offset recorded by then; 0 when there is none.
  int64_t LastOffsetRecordedBy(absl::Time time) const;
  absl::Time RecordedTimeOf(int64_t offset) const;
  // Latest day not after `today` of any change of an opportunity up to `log_offset`; `today` when
  // there is none.
  absl::CivilDay LatestOpportunityDay(int64_t log_offset, absl::CivilDay today) const;
  const int64_t erasures_known_through_;
  mutable std::mutex mutex_;
  int64_t last_offset_ = 0;  // Guarded by mutex_, as all below.
  int64_t last_erasure_offset_ = 0;
  ingestion::v1::EventId last_id_;  // Of the last record.
  std::vector<RecordedRun> recorded_runs_;
  OpportunityFacts opportunity_facts_;
  // Days of opportunities' changes, each with the first offset that named it.
  std::map<absl::CivilDay, int64_t> opportunity_days_;
  std::deque<Fact> reference_facts_;
  size_t reference_fact_bytes_ = 0;  // About.
  // Smallest offset of each reference fact by what identifies it, see above.
  std::unordered_map<std::string, int64_t> first_offset_of_fact_;
  // Derived when asked for.
  mutable DealHistoryCache deal_histories_;
  mutable NameOrderCache opportunity_order_;
  mutable NameOrderCache account_order_;
  // Leads, activities and other records. Views that were not asked for theirs yet share it.
  std::shared_ptr<RecordFacts> record_facts_ = std::make_shared<RecordFacts>();
  mutable std::deque<std::shared_ptr<const BookView>> cache_;  // Latest first.
  // Views of an earlier state of the log, and the thread that drops those before them. With the
  // last view of a base of the histories go some hundred megabytes, for which no question should
  // wait.
  mutable std::vector<std::shared_ptr<const BookView>> outdated_;
  mutable std::future<void> dropped_;
};

// The part of an event's version that names the fact: "Won@2017-03-01#2" -> "Won@2017-03-01".
std::string VersionStem(const std::string& version);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_BOOK_H_
