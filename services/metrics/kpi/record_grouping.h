// Which rows of a KPI table a record counts in (a lead, an activity ...), and what KPIs about
// records have in common.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_RECORD_GROUPING_H_
#define QUOTACAST_SERVICES_METRICS_KPI_RECORD_GROUPING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Ids of the rows of records without one.
inline constexpr char kLeadWithoutSourceId[] = "(no lead source)";
inline constexpr char kRecordWithoutAccountId[] = "(no account)";

inline constexpr int kHoursPerDay = 24;

// What decides where a record counts; -1: it has none.
struct RecordSubject {
  int rep = -1;
  int account = -1;
  int lead_source = -1;  // Of leads, as the segment: in BookRecords.
  int segment = -1;
  int hour = -1;
};

// Rows by rep, team and the like are those of the query's grouping, which may have two dimensions
// of that kind. Leads' sources and segments, accounts and hours of the day are rows of their own. A
// record whose rep nobody knows counts in the row of the organisation and in no rep's or team's;
// filters are about reps, and leave it out.
class RecordGrouping {
 public:
  explicit RecordGrouping(const KpiQuery& query);

  // The same whatever the query's period.
  const std::vector<KpiGroup>& groups() const;
  size_t row_count() const { return groups().size(); }
  std::span<const int> RowsOf(const RecordSubject& subject) const;

  // Whether the filters let it count. A KPI asks when it counts something for a note and not for a
  // row.
  bool Counts(const RecordSubject& subject) const;

  // Every row undefined for one reason.
  KpiColumn Undefined(const std::string& reason) const;

  // Adds what a reader should know about the records and the period.
  KpiColumn Finish(KpiColumn column) const;

 private:
  void NameRows(const std::vector<std::string>& ids, const std::string& none_id, bool any_without);

  const KpiQuery& query_;
  const metrics::v1::GroupBy group_by_;
  bool has_own_rows_ = false;
  std::vector<KpiGroup> own_groups_;
  std::vector<std::vector<int>> own_rows_;  // [position + 1]: positions begin at -1.
};

// All rows that a KPI about records can be asked for; some have rows of their own beside them.
std::vector<metrics::v1::GroupBy> RecordGroupBys();

// Whether rows by it are made by RecordGrouping itself: they cannot be paired with others.
bool HasOwnRecordRows(metrics::v1::GroupBy group_by);

// Days that count: [start, end), cut off behind the as-of day.
struct DayWindow {
  absl::CivilDay start;
  absl::CivilDay end;
};
// That of the query's period; without one it begins on `first`.
DayWindow WindowOf(const KpiQuery& query, absl::CivilDay first);

// Business days of the window on which the rep is in the job.
int64_t BusinessDaysInJob(const BookRep& rep, const DayWindow& window);

// The day of the first lead, activity, promise, incident, training or feedback; absent when there
// is none.
std::optional<absl::CivilDay> FirstRecordDay(const BookView& view);

// The instant at which the as-of day ends.
absl::Time EndOfAsOf(const BookView& view);

bool FallsOn(absl::Time time, const KpiQuery& query);

// A sum above the line and one below, and what the sample size counts.
struct Ratio {
  double numerator = 0;
  double denominator = 0;
  int64_t sample_size = 0;
};
// A row whose denominator is zero is undefined for `reason`.
KpiColumn RatioColumn(const std::vector<Ratio>& ratios, const std::string& reason);

// "3 leads have no owner" when `count` is above zero; adds nothing otherwise. The text follows the
// number.
void NoteCount(int64_t count, const std::string& text, KpiColumn& column);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_RECORD_GROUPING_H_
