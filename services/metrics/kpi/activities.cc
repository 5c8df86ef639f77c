#include "services/metrics/kpi/activities.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/business_hours.h"
#include "services/metrics/kpi/record_grouping.h"

namespace quotacast::metrics {
namespace {

int HourOf(absl::Time time) {
  return static_cast<int>((time - StartOfDayUtc(DayOfUtc(time))) / absl::Hours(1));
}

RecordSubject SubjectOf(const BookActivity& activity) {
  return {.rep = activity.rep, .account = activity.account, .hour = HourOf(activity.start)};
}

absl::StatusOr<KpiColumn> SellingTimeShare(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Ratio> ratios(grouping.row_count());
  int64_t untimed_count = 0;
  for (const BookActivity& activity : query.view->records->activities) {
    if (activity.is_automated || !FallsOn(activity.start, query)) continue;
    const std::optional<int64_t> timed = TimedMinutes(activity);
    if (!timed) {
      if (grouping.Counts(SubjectOf(activity))) ++untimed_count;
      continue;
    }
    const double minutes = static_cast<double>(*timed);
    for (const int row : grouping.RowsOf(SubjectOf(activity))) {
      Ratio& ratio = ratios[static_cast<size_t>(row)];
      if (IsSellingTime(activity)) ratio.numerator += minutes;
      ratio.denominator += minutes;
      ++ratio.sample_size;
    }
  }
  KpiColumn column =
      RatioColumn(ratios, absl::StrCat("no minutes of activities are known", InPeriod(query)));
  NoteCount(untimed_count, "activities have no duration and are left out", column);
  return grouping.Finish(std::move(column));
}

absl::StatusOr<KpiColumn> PerRepDay(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  const BookView& view = *query.view;
  absl::CivilDay first = view.as_of.effective_day;
  const auto counts = [](const BookActivity& activity) {
    return activity.rep >= 0 && !activity.is_automated && !activity.is_inbound;
  };
  for (const BookActivity& activity : view.records->activities) {
    if (counts(activity)) first = std::min(first, DayOfUtc(activity.start));
  }
  const DayWindow window = WindowOf(query, first);
  std::vector<Ratio> ratios(grouping.row_count());
  std::set<int> reps;
  for (const BookActivity& activity : view.records->activities) {
    if (!counts(activity) || !FallsOn(activity.start, query)) continue;
    reps.insert(activity.rep);
    for (const int row : grouping.RowsOf(SubjectOf(activity))) {
      ++ratios[static_cast<size_t>(row)].numerator;
      ++ratios[static_cast<size_t>(row)].sample_size;
    }
  }
  for (const int rep : reps) {
    const double days =
        static_cast<double>(BusinessDaysInJob(view.reps[static_cast<size_t>(rep)], window));
    for (const int row : grouping.RowsOf({.rep = rep})) {
      ratios[static_cast<size_t>(row)].denominator += days;
    }
  }
  return grouping.Finish(RatioColumn(
      ratios,
      absl::StrCat("no rep with a business day in the job has an activity", InPeriod(query))));
}

std::string NoOutreachReason(const KpiQuery& query) {
  return absl::StrCat("nobody reached out", InPeriod(query));
}

absl::StatusOr<KpiColumn> OutreachInBusinessHours(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Share> shares(grouping.row_count());
  for (const BookActivity& activity : query.view->records->activities) {
    if (!IsOutreach(activity) || !FallsOn(activity.start, query)) continue;
    for (const int row : grouping.RowsOf(SubjectOf(activity))) {
      shares[static_cast<size_t>(row)].Count(IsInBusinessHours(activity.start));
    }
  }
  return grouping.Finish(ShareColumn(shares, NoOutreachReason(query)));
}

absl::StatusOr<KpiColumn> HourShare(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Share> shares(grouping.row_count());
  int64_t count = 0;
  for (const BookActivity& activity : query.view->records->activities) {
    if (!IsOutreach(activity) || !FallsOn(activity.start, query)) continue;
    if (grouping.Counts(SubjectOf(activity))) ++count;
    for (const int row : grouping.RowsOf(SubjectOf(activity))) {
      ++shares[static_cast<size_t>(row)].success_count;
    }
  }
  for (Share& share : shares) share.count = count;
  return grouping.Finish(ShareColumn(shares, NoOutreachReason(query)));
}

}  // namespace

std::optional<int64_t> TimedMinutes(const BookActivity& activity) {
  return activity.is_automated ? std::nullopt : activity.duration_minutes;
}

std::vector<Kpi> ActivityKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> of_reps = RecordGroupBys();
  std::vector<GroupBy> of_accounts = of_reps;
  of_accounts.push_back(GROUP_BY_ACCOUNT);
  const char* const begun_rule =
      "An activity counts on the day it began. Those that are planned or known to be undone do not "
      "count.";
  const char* const outreach_rule =
      "Outreach is a call, mail, meeting or demo by a person of ours: automated activities and the "
      "customer's own do not count.";
  return {
      {.definition = Define(
           {.name = "selling_time_share",
            .display_name = "Selling time",
            .formula = "minutes of activities that are not internal / minutes of all activities in "
                       "the period",
            .numerator = "minutes of activities that are not internal",
            .denominator = "minutes of all activities by people",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no minutes are known.", begun_rule,
                           "Automated activities take nobody's time and do not count.",
                           "Activities without a duration are left out; a note says how many.",
                           "The sample size is the number of activities."},
            .caveat = "It knows only the time that somebody wrote down, and selling is easier to "
                      "write down than the rest.",
            .source = "Time studies of sales forces."},
           of_reps),
       .subject = KpiSubject::kRecords,
       .compute = SellingTimeShare},
      {.definition = Define(
           {.name = "activities_per_rep_day",
            .display_name = "Activities per rep and day",
            .formula = "activities by people in the period / business days of the reps who did "
                       "them",
            .numerator = "activities of known reps, not automated and not the customer's own",
            .denominator = "business days of the period on which these reps were in the job",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules =
                {"Only reps with an activity in the period count, with all their business "
                 "days (Monday to Friday) of it, up to the as-of date.",
                 "Without a period, the days begin with the first activity.",
                 "Undefined when no such rep had a business day in the job.", begun_rule},
            .caveat = "Counts effort, not effect; as a target it fills calendars.",
            .source = "Activity reports of CRM systems."},
           of_reps),
       .subject = KpiSubject::kRecords,
       .compute = PerRepDay},
      {.definition = Define(
           {.name = "outreach_business_hours_share",
            .display_name = "Outreach in business hours",
            .formula = "outreach begun in business hours / outreach in the period",
            .numerator = "outreach begun Monday to Friday from 09:00 until before 17:00, UTC",
            .denominator = "outreach in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"Undefined when nobody reached out.", outreach_rule, begun_rule},
            .caveat = "Hours are in UTC whatever the customer's: far from there it says little.",
            .source = "Time of outreach, as sales development teams watch it.",
            .interval_method = kWilsonMethod},
           of_accounts),
       .subject = KpiSubject::kRecords,
       .compute = OutreachInBusinessHours},
      {.definition = Define(
           {.name = "activity_hour_share",
            .display_name = "Outreach by hour of the day",
            .formula = "outreach begun in the hour / all outreach in the period",
            .numerator = "outreach begun in the hour of the day (UTC)",
            .denominator = "outreach in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"The rows are the 24 hours, \"09\" from 09:00 until before 10:00; they "
                           "add up to 1.",
                           "Undefined when nobody reached out.", outreach_rule, begun_rule},
            .caveat = "When people reach out, not when reaching out works.",
            .source = "A histogram.",
            .interval_method = kWilsonMethod},
           {GROUP_BY_HOUR_OF_DAY}),
       .subject = KpiSubject::kRecords,
       .compute = HourShare}};
}

}  // namespace quotacast::metrics
