// Records of a view beside its opportunities: leads, activities, promises, incidents and the rest.
// Plain values; entities refer to each other by position, -1 when there is none or none is known.
// Reps, accounts, opportunities and products are those of the view, which records add nothing to.
#ifndef QUOTACAST_SERVICES_METRICS_BOOK_RECORDS_H_
#define QUOTACAST_SERVICES_METRICS_BOOK_RECORDS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace quotacast::metrics {

enum class LeadStatus { kUnknown, kNew, kWorking, kQualified, kDisqualified, kConverted };

// From `said` on, the lead had this status.
struct LeadStep {
  absl::Time said;
  LeadStatus status = LeadStatus::kUnknown;
  bool operator==(const LeadStep&) const = default;
};

struct BookLead {
  std::string id;
  absl::Time created;                  // As stated, or the first fact when that is earlier.
  std::optional<absl::Time> assigned;  // When it first had an owner; never before `created`.
  int rep = -1;
  int account = -1;
  int opportunity = -1;
  int lead_source = -1;  // In BookRecords::lead_sources.
  int segment = -1;      // In BookRecords::segments.
  std::optional<bool> is_inbound;
  // The earliest sign that a person reached out: a stated first touch, an outreach by a person, or
  // the status of a lead that is worked, qualified or converted.
  std::optional<absl::Time> first_touch;
  // Times a person reached out: as stated or as activities tell, whichever is more.
  int64_t touch_count = 0;
  // In order of time; each differs from the one before.
  std::vector<LeadStep> steps;
  bool operator==(const BookLead&) const = default;
};

enum class ActivityKind { kUnknown, kCall, kEmail, kMeeting, kDemo, kTask, kInternal, kOther };

// One that has begun, and is not known to be undone.
struct BookActivity {
  std::string id;
  ActivityKind kind = ActivityKind::kUnknown;
  int rep = -1;
  int account = -1;
  int opportunity = -1;
  int lead = -1;     // In BookRecords::leads.
  int contact = -1;  // In BookRecords::contacts.
  absl::Time start;
  std::optional<int64_t> duration_minutes;
  bool is_automated = false;
  bool is_inbound = false;  // The customer did it.
  bool operator==(const BookActivity&) const = default;
};

// Whether a person of ours reached out to a customer or lead in it.
inline bool IsOutreach(const BookActivity& activity) {
  return !activity.is_automated && !activity.is_inbound &&
         (activity.kind == ActivityKind::kCall || activity.kind == ActivityKind::kEmail ||
          activity.kind == ActivityKind::kMeeting || activity.kind == ActivityKind::kDemo);
}

struct BookCommitment {
  std::string id;
  int rep = -1;
  int account = -1;
  int opportunity = -1;
  std::string topic;
  std::optional<absl::CivilDay> made_day;
  std::optional<absl::CivilDay> due_day;
  std::optional<absl::CivilDay> done_day;
  bool operator==(const BookCommitment&) const = default;
};

struct BookFeedback {
  std::string id;
  int account = -1;
  int opportunity = -1;
  std::string topic;
  int rating = 0;  // 1 to 5; 0: none.
  absl::CivilDay given_day;
  bool operator==(const BookFeedback&) const = default;
};

struct BookInsight {
  std::string id;
  int account = -1;
  int rep = -1;  // Who keeps it true.
  std::string topic;
  absl::CivilDay learned_day;
  std::optional<absl::CivilDay> expiry_day;  // First day it is no longer to be relied on.
  bool operator==(const BookInsight&) const = default;
};

struct BookIncident {
  std::string id;
  int account = -1;
  int rep = -1;  // Who stands for it in sales.
  std::string topic;
  absl::Time opened;
  std::optional<absl::Time> acknowledged;
  std::optional<absl::Time> resolved;
  std::optional<bool> is_recovered;
  bool operator==(const BookIncident&) const = default;
};

enum class TrainingKind { kUnknown, kClient, kProduct, kSkill };

struct BookTraining {
  std::string id;
  int rep = -1;
  TrainingKind kind = TrainingKind::kUnknown;
  std::string topic;
  int64_t duration_minutes = 0;
  absl::CivilDay trained_day;
  bool operator==(const BookTraining&) const = default;
};

struct BookOrderLine {
  std::string id;  // "<order>/<line>"; "<order>/" of an order as a whole.
  int product = -1;
  int rep = -1;
  int account = -1;
  int opportunity = -1;
  absl::CivilDay order_day;
  int64_t quantity = 0;                       // Negative when they came back.
  std::optional<int64_t> amount_minor_units;  // Negative when it was credited.
  std::optional<int64_t> cost_minor_units;
  bool operator==(const BookOrderLine&) const = default;
};

// What a rep said on a day about a period; what is said later is another one.
struct BookRepForecast {
  std::string id;  // "<rep>/<period>".
  int rep = -1;
  std::string period;
  absl::CivilDay said_day;
  std::optional<int64_t> low_minor_units;  // Not fallen short of in 9 of 10 cases.
  std::optional<int64_t> expected_minor_units;
  std::optional<int64_t> high_minor_units;  // Exceeded in 1 of 10 cases only.
  bool operator==(const BookRepForecast&) const = default;
};

// In order of id; forecasts of one id in order of the day.
struct BookRecords {
  std::vector<BookLead> leads;
  std::vector<BookActivity> activities;
  std::vector<BookCommitment> commitments;
  std::vector<BookFeedback> feedback;
  std::vector<BookInsight> insights;
  std::vector<BookIncident> incidents;
  std::vector<BookTraining> trainings;
  std::vector<BookOrderLine> order_lines;
  std::vector<BookRepForecast> rep_forecasts;
  std::vector<std::string> lead_sources;  // Those of leads, in order; as the next two.
  std::vector<std::string> segments;
  std::vector<std::string> contacts;  // Customers' people in activities.
  // Records known by then that nothing dates: in no figure.
  int64_t undated_count = 0;
  // Plain sentences on data that could not be used as it stands.
  std::vector<std::string> notes;
  bool operator==(const BookRecords&) const = default;
};

// The records of a view, built when somebody first asks for them: a view of millions of activities
// costs as much as one without for KPIs that do not look at them. Copies share what was built.
// Thread-safe.
class LazyBookRecords {
 public:
  LazyBookRecords() = default;  // There are none.
  explicit LazyBookRecords(std::function<BookRecords()> build)
      : state_(std::make_shared<State>(std::move(build))) {}

  const BookRecords& operator*() const {
    static const BookRecords* const none = new BookRecords();
    if (state_ == nullptr) return *none;
    std::call_once(state_->once, [this] {
      state_->records = state_->build();
      state_->build = nullptr;
    });
    return state_->records;
  }
  const BookRecords* operator->() const { return &**this; }

 private:
  struct State {
    explicit State(std::function<BookRecords()> how) : build(std::move(how)) {}
    std::once_flag once;
    std::function<BookRecords()> build;
    BookRecords records;
  };
  std::shared_ptr<State> state_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_BOOK_RECORDS_H_
