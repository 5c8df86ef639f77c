#include "services/metrics/kpi/lead_flow.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/lead_response.h"
#include "services/metrics/kpi/record_grouping.h"

namespace quotacast::metrics {
namespace {

bool IsConverted(const BookLead& lead) {
  return !lead.steps.empty() && lead.steps.back().status == LeadStatus::kConverted;
}

absl::StatusOr<KpiColumn> Touches(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Ratio> ratios(grouping.row_count());
  int64_t uncounted_count = 0;
  for (const BookLead& lead : query.view->records->leads) {
    if (!lead.first_touch || !FallsOn(*lead.first_touch, query)) continue;
    if (lead.touch_count == 0) {
      if (grouping.Counts(SubjectOf(lead))) ++uncounted_count;
      continue;
    }
    for (const int row : grouping.RowsOf(SubjectOf(lead))) {
      Ratio& ratio = ratios[static_cast<size_t>(row)];
      ratio.numerator += static_cast<double>(lead.touch_count);
      ++ratio.denominator;
      ++ratio.sample_size;
    }
  }
  KpiColumn column =
      RatioColumn(ratios, absl::StrCat("no lead was first touched by a person", InPeriod(query)));
  NoteCount(uncounted_count, "leads are known to be worked by their status alone and left out",
            column);
  return grouping.Finish(std::move(column));
}

absl::StatusOr<KpiColumn> WorkedPerDay(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  const BookView& view = *query.view;
  absl::CivilDay first = view.as_of.effective_day;
  for (const BookLead& lead : view.records->leads) {
    if (lead.rep >= 0 && lead.first_touch) first = std::min(first, DayOfUtc(*lead.first_touch));
  }
  const DayWindow window = WindowOf(query, first);
  std::vector<Ratio> ratios(grouping.row_count());
  std::set<int> workers;
  int64_t ownerless_count = 0;
  for (const BookLead& lead : view.records->leads) {
    if (!lead.first_touch || !FallsOn(*lead.first_touch, query)) continue;
    if (lead.rep < 0) {
      if (grouping.Counts(SubjectOf(lead))) ++ownerless_count;
      continue;
    }
    workers.insert(lead.rep);
    for (const int row : grouping.RowsOf(SubjectOf(lead))) {
      ++ratios[static_cast<size_t>(row)].numerator;
      ++ratios[static_cast<size_t>(row)].sample_size;
    }
  }
  for (const int rep : workers) {
    const double days =
        static_cast<double>(BusinessDaysInJob(view.reps[static_cast<size_t>(rep)], window));
    for (const int row : grouping.RowsOf({.rep = rep})) {
      ratios[static_cast<size_t>(row)].denominator += days;
    }
  }
  KpiColumn column = RatioColumn(
      ratios, absl::StrCat("no rep with a business day in the job worked a lead", InPeriod(query)));
  NoteCount(ownerless_count, "leads have no owner that is known and are left out", column);
  return grouping.Finish(std::move(column));
}

absl::StatusOr<KpiColumn> Conversion(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Share> shares(grouping.row_count());
  int64_t open_count = 0;
  for (const BookLead& lead : query.view->records->leads) {
    if (!FallsOn(lead.created, query)) continue;
    const bool is_converted = IsConverted(lead);
    const bool is_given_up =
        !lead.steps.empty() && lead.steps.back().status == LeadStatus::kDisqualified;
    if (!is_converted && !is_given_up && grouping.Counts(SubjectOf(lead))) ++open_count;
    for (const int row : grouping.RowsOf(SubjectOf(lead))) {
      shares[static_cast<size_t>(row)].Count(is_converted);
    }
  }
  KpiColumn column = ShareColumn(shares, absl::StrCat("no lead came in", InPeriod(query)));
  NoteCount(open_count,
            "of these leads are neither converted nor given up: the figure can still rise", column);
  return grouping.Finish(std::move(column));
}

absl::StatusOr<KpiColumn> DaysToConversion(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<std::vector<int64_t>> days(grouping.row_count());
  for (const BookLead& lead : query.view->records->leads) {
    if (!IsConverted(lead) || !FallsOn(lead.steps.back().said, query)) continue;
    for (const int row : grouping.RowsOf(SubjectOf(lead))) {
      days[static_cast<size_t>(row)].push_back(DayOfUtc(lead.steps.back().said) -
                                               DayOfUtc(lead.created));
    }
  }
  return grouping.Finish(
      MedianColumn(std::move(days), absl::StrCat("no lead was converted", InPeriod(query))));
}

}  // namespace

std::vector<Kpi> LeadFlowKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const char* const converted_rule =
      "A lead is converted while that is its last status: one that was taken back is not.";
  return {
      {.definition = Define(
           {.name = "lead_touches",
            .display_name = "Touches per worked lead",
            .formula = "times a person reached out / leads first touched in the period",
            .numerator = "touches of these leads up to the as-of date",
            .denominator = "leads that a person first touched in the period",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules =
                {"Undefined when no lead was first touched.",
                 "The touches of a lead are those the source states, or its activities by "
                 "people (calls, mails, meetings and demos), whichever are more; "
                 "automated ones and the customer's own do not count.",
                 "Leads that only their status shows to be worked are left out; a note "
                 "says how many."},
            .caveat = "Few touches may be giving up early as well as winning early. Leads touched "
                      "lately have had less time.",
            .source = "Touchpoints per lead, as sales development teams count them."},
           LeadGroupBys()),
       .subject = KpiSubject::kRecords,
       .compute = Touches},
      {.definition = Define(
           {.name = "leads_worked_per_day",
            .display_name = "Leads worked per rep and day",
            .formula = "leads first touched in the period / business days of the reps who own them",
            .numerator = "leads with a known owner that a person first touched in the period",
            .denominator = "business days of the period on which these owners were in the job",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Only reps who worked a lead in the period count, with all their "
                           "business days (Monday to Friday) of it, up to the as-of date.",
                           "Without a period, the days begin with the first lead that was touched.",
                           "Undefined when no such rep had a business day in the job.",
                           "Absence is not known: it counts as days in the job."},
            .caveat = "A count of beginnings: neither the work that follows nor its quality is in "
                      "it.",
            .source = "Leads worked per day, as sales development teams count them."},
           RecordGroupBys()),
       .subject = KpiSubject::kRecords,
       .compute = WorkedPerDay},
      {.definition = Define(
           {.name = "lead_conversion",
            .display_name = "Lead conversion",
            .formula = "converted leads / leads that came in in the period",
            .numerator = "of these, leads converted by the as-of date",
            .denominator = "leads that came in in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no lead came in.", converted_rule,
                           "Leads that are still open count as not converted; a note says how many "
                           "there are."},
            .caveat = "Young leads have had less time to convert: compare periods only at the same "
                      "age, and recent ones not at all.",
            .source = "The conversion of a cohort.",
            .interval_method = kWilsonMethod},
           LeadGroupBys()),
       .subject = KpiSubject::kRecords,
       .compute = Conversion},
      {.definition = Define(
           {.name = "lead_days_to_conversion",
            .display_name = "Days to conversion (median)",
            .formula = "median days from coming in to conversion of leads converted in the period",
            .numerator = "days of the leads converted, summed",
            .denominator = "leads converted in the period (numerator / denominator is the mean)",
            .unit = KPI_UNIT_DAYS,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"Undefined when no lead was converted.", converted_rule,
                           "Converted on the day it came in is 0 days; so is one converted before "
                           "it is said to have come in."},
            .caveat = "Leads that have not converted are not in it: it says how quickly those did "
                      "that did.",
            .source = "The usual length of a funnel step.",
            .interval_method = kMedianMethod},
           LeadGroupBys()),
       .subject = KpiSubject::kRecords,
       .compute = DaysToConversion}};
}

}  // namespace quotacast::metrics
