#include "services/metrics/kpi/customer_care.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/censored_median.h"
#include "services/metrics/kpi/record_grouping.h"

namespace quotacast::metrics {
namespace {

constexpr double kMinutesPerHour = 60;

absl::StatusOr<KpiColumn> OnTime(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Share> shares(grouping.row_count());
  int64_t undated_count = 0;
  for (const BookCommitment& commitment : query.view->records->commitments) {
    const RecordSubject subject{.rep = commitment.rep, .account = commitment.account};
    if (!commitment.due_day) {
      if (grouping.Counts(subject)) ++undated_count;
      continue;
    }
    if (!Falls(*commitment.due_day, query.period) ||
        *commitment.due_day > query.view->as_of.effective_day) {
      continue;
    }
    const bool is_kept = commitment.done_day && *commitment.done_day <= *commitment.due_day;
    for (const int row : grouping.RowsOf(subject)) {
      shares[static_cast<size_t>(row)].Count(is_kept);
    }
  }
  KpiColumn column = ShareColumn(shares, absl::StrCat("no promise has come due", InPeriod(query)));
  NoteCount(undated_count, "promises have no due day and are left out", column);
  return grouping.Finish(std::move(column));
}

RecordSubject SubjectOf(const BookIncident& incident) {
  return {.rep = incident.rep, .account = incident.account};
}

// The Kaplan-Meier median of the hours from an incident's opening to what `end_of` tells of it.
KpiColumn MedianHours(const KpiQuery& query, const RecordGrouping& grouping,
                      const std::string& what_is_missing,
                      std::optional<absl::Time> (*end_of)(const BookIncident&)) {
  std::vector<std::vector<CensoredTime>> rows(grouping.row_count());
  for (const BookIncident& incident : query.view->records->incidents) {
    if (!FallsOn(incident.opened, query)) continue;
    const std::optional<absl::Time> end = end_of(incident);
    const int64_t minutes =
        absl::ToInt64Minutes(end.value_or(EndOfAsOf(*query.view)) - incident.opened);
    // One that is said to have ended before it was opened took no time.
    const CensoredTime time{minutes < 0 ? 0 : minutes, end.has_value()};
    for (const int row : grouping.RowsOf(SubjectOf(incident))) {
      rows[static_cast<size_t>(row)].push_back(time);
    }
  }
  KpiColumn column;
  for (const std::vector<CensoredTime>& row : rows) {
    KpiCell cell;
    for (const CensoredTime& time : row) cell.numerator += time.is_over ? 1 : 0;
    cell.denominator = static_cast<double>(row.size());
    cell.sample_size = static_cast<int64_t>(row.size());
    if (const std::optional<int64_t> median = CensoredMedian(row)) {
      cell.value = static_cast<double>(*median) / kMinutesPerHour;
    } else if (row.empty()) {
      cell.undefined_reason = absl::StrCat("no incident was opened", InPeriod(query));
    } else {
      cell.undefined_reason =
          absl::StrCat("half of the ", row.size(), " incidents are not ", what_is_missing, " yet");
    }
    column.cells.push_back(cell);
  }
  return column;
}

absl::StatusOr<KpiColumn> RecoveryHours(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  return grouping.Finish(MedianHours(
      query, grouping, "resolved", [](const BookIncident& incident) { return incident.resolved; }));
}

absl::StatusOr<KpiColumn> AcknowledgementHours(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  return grouping.Finish(
      MedianHours(query, grouping, "acknowledged", [](const BookIncident& incident) {
        if (!incident.acknowledged) return incident.resolved;
        if (incident.resolved && *incident.resolved < *incident.acknowledged) {
          return incident.resolved;
        }
        return incident.acknowledged;
      }));
}

absl::StatusOr<KpiColumn> RecoveredShare(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Share> shares(grouping.row_count());
  int64_t unknown_count = 0;
  for (const BookIncident& incident : query.view->records->incidents) {
    if (!incident.resolved || !FallsOn(*incident.resolved, query)) continue;
    if (!incident.is_recovered) {
      if (grouping.Counts(SubjectOf(incident))) ++unknown_count;
      continue;
    }
    for (const int row : grouping.RowsOf(SubjectOf(incident))) {
      shares[static_cast<size_t>(row)].Count(*incident.is_recovered);
    }
  }
  KpiColumn column = ShareColumn(
      shares, absl::StrCat("no incident whose outcome is known was resolved", InPeriod(query)));
  NoteCount(unknown_count, "resolved incidents do not say whether the customer was content",
            column);
  return grouping.Finish(std::move(column));
}

// The owner of the deal that it is about, or else of the account.
int RepOf(const BookView& view, const BookFeedback& feedback) {
  if (feedback.opportunity >= 0) {
    return view.columns->At(static_cast<size_t>(feedback.opportunity)).rep();
  }
  return feedback.account >= 0 ? view.accounts[static_cast<size_t>(feedback.account)].owner_rep
                               : -1;
}

absl::StatusOr<KpiColumn> Rating(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Ratio> ratios(grouping.row_count());
  for (const BookFeedback& feedback : query.view->records->feedback) {
    if (feedback.rating == 0 || !Falls(feedback.given_day, query.period)) continue;
    for (const int row :
         grouping.RowsOf({.rep = RepOf(*query.view, feedback), .account = feedback.account})) {
      Ratio& ratio = ratios[static_cast<size_t>(row)];
      ratio.numerator += feedback.rating;
      ++ratio.denominator;
      ++ratio.sample_size;
    }
  }
  return grouping.Finish(RatioColumn(ratios, absl::StrCat("no rating was given", InPeriod(query))));
}

}  // namespace

std::vector<Kpi> CustomerCareKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  std::vector<GroupBy> rows = RecordGroupBys();
  rows.push_back(GROUP_BY_ACCOUNT);
  const char* const hours_rule =
      "Hours are those of the clock, nights and weekends included: a customer in trouble waits "
      "through them.";
  const char* const censored_rule =
      "Incidents that go on count for as long as they were seen: leaving them out would make the "
      "time look short.";
  return {
      {.definition = Define(
           {.name = "commitments_on_time",
            .display_name = "Promises kept in time",
            .formula = "promises kept by their due day / promises due in the period",
            .numerator = "of these, promises kept on or before the due day",
            .denominator = "promises due in the period and not after the as-of date",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no promise has come due.",
                           "A promise that is due and not kept by the as-of date is late.",
                           "One that is kept already but not due yet does not count yet.",
                           "Promises without a due day are left out; a note says how many."},
            .caveat = "Only promises that somebody wrote down; the due day may have been set with "
                      "room to spare.",
            .source = "Following up small promises.",
            .interval_method = kWilsonMethod},
           rows),
       .subject = KpiSubject::kRecords,
       .compute = OnTime},
      {.definition = Define(
           {.name = "incident_acknowledgement_hours",
            .display_name = "Hours to acknowledgement (median)",
            .formula = "Kaplan-Meier median of the hours from opening to acknowledgement of "
                       "incidents opened in the period",
            .numerator = "of these, incidents acknowledged by the as-of date",
            .denominator = "incidents opened in the period",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"The value is in hours.", hours_rule, censored_rule,
                           "An incident that was resolved without a word before is acknowledged by "
                           "that.",
                           "Undefined when no incident was opened, and until half are "
                           "acknowledged."},
            .caveat = "A quick answer is not yet a recovery: see incident_recovery_hours.",
            .source = "Service recovery; E. Kaplan and P. Meier (1958)."},
           rows),
       .subject = KpiSubject::kRecords,
       .compute = AcknowledgementHours},
      {.definition = Define(
           {.name = "incident_recovery_hours",
            .display_name = "Hours to recovery (median)",
            .formula = "Kaplan-Meier median of the hours from opening to resolution of incidents "
                       "opened in the period",
            .numerator = "of these, incidents resolved by the as-of date",
            .denominator = "incidents opened in the period",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"The value is in hours.", hours_rule, censored_rule,
                           "Undefined when no incident was opened, and until half are resolved."},
            .caveat = "Resolved is what the source says; whether the customer was content is "
                      "incident_recovered_share.",
            .source = "Service recovery; E. Kaplan and P. Meier (1958)."},
           rows),
       .subject = KpiSubject::kRecords,
       .compute = RecoveryHours},
      {.definition = Define(
           {.name = "incident_recovered_share",
            .display_name = "Customers content after an incident",
            .formula = "incidents with a content customer in the end / incidents resolved in the "
                       "period",
            .numerator = "of these, incidents after which the customer was content",
            .denominator = "incidents resolved in the period whose outcome is known",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no such incident was resolved.",
                           "Incidents that go on are in neither.",
                           "Those that do not say whether the customer was content are left out; a "
                           "note says how many."},
            .caveat = "Whoever resolved an incident often also says how it ended.",
            .source = "Service recovery.",
            .interval_method = kWilsonMethod},
           rows),
       .subject = KpiSubject::kRecords,
       .compute = RecoveredShare},
      {.definition = Define(
           {.name = "feedback_rating",
            .display_name = "Rating by customers (mean)",
            .formula = "mean rating, 1 to 5, of the feedback given in the period",
            .numerator = "ratings, summed",
            .denominator = "pieces of feedback with a rating",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no rating was given.",
                           "Feedback counts for the owner of the deal it is about, or else of the "
                           "account.",
                           "Feedback without a rating does not count."},
            .caveat = "Those who answer are not like those who do not.",
            .source = "The usual mean of a rating."},
           rows),
       .subject = KpiSubject::kRecords,
       .compute = Rating}};
}

}  // namespace quotacast::metrics
