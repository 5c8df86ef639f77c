#include "services/metrics/kpi/record_grouping.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "services/metrics/book_records.h"
#include "services/metrics/kpi/business_hours.h"

namespace quotacast::metrics {

RecordGrouping::RecordGrouping(const KpiQuery& query)
    : query_(query), group_by_(query.grouping->group_by()) {
  const BookRecords& records = *query.view->records;
  switch (group_by_) {
    case metrics::v1::GROUP_BY_LEAD_SOURCE:
      NameRows(records.lead_sources, kLeadWithoutSourceId,
               std::any_of(records.leads.begin(), records.leads.end(),
                           [](const BookLead& lead) { return lead.lead_source < 0; }));
      return;
    case metrics::v1::GROUP_BY_SEGMENT:
      NameRows(records.segments, kDefaultSegmentId,
               std::any_of(records.leads.begin(), records.leads.end(),
                           [](const BookLead& lead) { return lead.segment < 0; }));
      return;
    case metrics::v1::GROUP_BY_ACCOUNT: {
      std::vector<std::string> ids;
      for (const BookAccount& account : query.view->accounts) ids.push_back(account.id);
      NameRows(ids, kRecordWithoutAccountId, true);
      for (size_t account = 0; account < ids.size(); ++account) {
        const auto row = static_cast<size_t>(own_rows_[account + 1].front());
        own_groups_[row].display_name = query.view->accounts[account].display_name;
      }
      return;
    }
    case metrics::v1::GROUP_BY_HOUR_OF_DAY: {
      std::vector<std::string> ids;
      for (int hour = 0; hour < kHoursPerDay; ++hour) ids.push_back(absl::StrFormat("%02d", hour));
      NameRows(ids, "", false);
      return;
    }
    default:
      return;
  }
}

void RecordGrouping::NameRows(const std::vector<std::string>& ids, const std::string& none_id,
                              bool any_without) {
  has_own_rows_ = true;
  own_rows_.resize(ids.size() + 1);
  for (const std::string& id : ids) own_groups_.push_back({id, id});
  // A source may use the name for those without one itself.
  const bool is_known = std::find(ids.begin(), ids.end(), none_id) != ids.end();
  if (any_without && !is_known) own_groups_.push_back({none_id, none_id});
  std::sort(own_groups_.begin(), own_groups_.end(),
            [](const KpiGroup& a, const KpiGroup& b) { return a.id < b.id; });
  const auto rows_of = [this](const std::string& id) -> std::vector<int> {
    const auto found = std::lower_bound(
        own_groups_.begin(), own_groups_.end(), id,
        [](const KpiGroup& group, const std::string& sought) { return group.id < sought; });
    if (found == own_groups_.end() || found->id != id) return {};
    return {static_cast<int>(found - own_groups_.begin())};
  };
  own_rows_[0] = rows_of(none_id);
  for (size_t position = 0; position < ids.size(); ++position) {
    own_rows_[position + 1] = rows_of(ids[position]);
  }
}

const std::vector<KpiGroup>& RecordGrouping::groups() const {
  return has_own_rows_ ? own_groups_ : query_.grouping->groups();
}

bool RecordGrouping::Counts(const RecordSubject& subject) const {
  if (!query_.grouping->has_filters()) return true;
  return subject.rep >= 0 && query_.grouping->CountsRep(subject.rep);
}

std::span<const int> RecordGrouping::RowsOf(const RecordSubject& subject) const {
  if (!Counts(subject)) return {};
  const auto own = [this](int position) {
    return std::span<const int>(own_rows_[static_cast<size_t>(position + 1)]);
  };
  switch (group_by_) {
    case metrics::v1::GROUP_BY_LEAD_SOURCE:
      return own(subject.lead_source);
    case metrics::v1::GROUP_BY_SEGMENT:
      return own(subject.segment);
    case metrics::v1::GROUP_BY_ACCOUNT:
      return own(subject.account);
    case metrics::v1::GROUP_BY_HOUR_OF_DAY:
      return own(subject.hour);
    default:
      return subject.rep >= 0 ? query_.grouping->RowsOfRep(subject.rep)
                              : query_.grouping->RowsOfNobody();
  }
}

KpiColumn RecordGrouping::Undefined(const std::string& reason) const {
  return UndefinedColumn(row_count(), reason);
}

KpiColumn RecordGrouping::Finish(KpiColumn column) const {
  const BookRecords& records = *query_.view->records;
  NoteCount(records.undated_count, "records have no date and are in no figure", column);
  for (const std::string& note : records.notes) column.notes.push_back(note);
  if (const auto note = PeriodToDateNote(query_)) column.notes.push_back(*note);
  return column;
}

std::vector<metrics::v1::GroupBy> RecordGroupBys() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {GROUP_BY_ORG,  GROUP_BY_REP,    GROUP_BY_TEAM,
          GROUP_BY_ROLE, GROUP_BY_PERIOD, GROUP_BY_MONTH};
}

bool HasOwnRecordRows(metrics::v1::GroupBy group_by) {
  return group_by == metrics::v1::GROUP_BY_LEAD_SOURCE ||
         group_by == metrics::v1::GROUP_BY_SEGMENT || group_by == metrics::v1::GROUP_BY_ACCOUNT ||
         group_by == metrics::v1::GROUP_BY_HOUR_OF_DAY;
}

DayWindow WindowOf(const KpiQuery& query, absl::CivilDay first) {
  const absl::CivilDay end = query.view->as_of.effective_day + 1;
  if (!query.period) return {std::min(first, end), end};
  return {query.period->start, std::min(query.period->end, end)};
}

int64_t BusinessDaysInJob(const BookRep& rep, const DayWindow& window) {
  return BusinessDaysBetween(rep.start_day ? std::max(*rep.start_day, window.start) : window.start,
                             rep.end_day ? std::min(*rep.end_day, window.end) : window.end);
}

std::optional<absl::CivilDay> FirstRecordDay(const BookView& view) {
  std::optional<absl::CivilDay> first;
  const auto take = [&first](absl::CivilDay day) { first = std::min(first.value_or(day), day); };
  const BookRecords& records = *view.records;
  for (const BookLead& lead : records.leads) take(DayOfUtc(lead.created));
  for (const BookActivity& activity : records.activities) take(DayOfUtc(activity.start));
  for (const BookCommitment& commitment : records.commitments) {
    if (commitment.due_day) take(*commitment.due_day);
  }
  for (const BookIncident& incident : records.incidents) take(DayOfUtc(incident.opened));
  for (const BookTraining& training : records.trainings) take(training.trained_day);
  for (const BookFeedback& feedback : records.feedback) take(feedback.given_day);
  return first;
}

absl::Time EndOfAsOf(const BookView& view) { return StartOfDayUtc(view.as_of.effective_day + 1); }

bool FallsOn(absl::Time time, const KpiQuery& query) { return Falls(DayOfUtc(time), query.period); }

KpiColumn RatioColumn(const std::vector<Ratio>& ratios, const std::string& reason) {
  KpiColumn column;
  for (const Ratio& ratio : ratios) {
    KpiCell cell;
    cell.numerator = ratio.numerator;
    cell.denominator = ratio.denominator;
    cell.sample_size = ratio.sample_size;
    if (ratio.denominator == 0) {
      cell.undefined_reason = reason;
    } else {
      cell.value = ratio.numerator / ratio.denominator;
    }
    column.cells.push_back(cell);
  }
  return column;
}

void NoteCount(int64_t count, const std::string& text, KpiColumn& column) {
  if (count > 0) column.notes.push_back(absl::StrCat(count, " ", text));
}

}  // namespace quotacast::metrics
