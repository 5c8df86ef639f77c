#include "services/metrics/kpi/lead_response.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/business_hours.h"
#include "services/metrics/kpi/censored_median.h"

namespace quotacast::metrics {
namespace {

constexpr char kBusinessHoursRule[] =
    "Business hours are Monday to Friday, 09:00 to 17:00 UTC; holidays are not known.";
constexpr char kTouchRule[] =
    "The first touch is the earliest of the stated one, an outreach by a person (call, mail, "
    "meeting "
    "or demo; not automated, not the customer's own) and the status working, qualified or "
    "converted.";
constexpr char kUnknownOwnerRule[] =
    "A lead whose owner nobody knows counts in the row of the organisation and in no rep's or "
    "team's.";

struct SlaCounts {
  std::vector<Share> kept;  // By row: leads touched in time, among those whose time has run out.
  int64_t running_count = 0;
};

SlaCounts CountSla(const KpiQuery& query, const RecordGrouping& grouping) {
  SlaCounts counts;
  counts.kept.resize(grouping.row_count());
  const absl::Time end = EndOfAsOf(*query.view);
  for (const BookLead& lead : query.view->records->leads) {
    if (!lead.assigned || !FallsOn(*lead.assigned, query)) continue;
    const absl::Time deadline = AfterBusinessMinutes(lead.created, kLeadSlaBusinessHours * 60);
    // Also when it was touched already: those that will be late cannot be seen yet.
    if (deadline >= end) {
      if (grouping.Counts(SubjectOf(lead))) ++counts.running_count;
      continue;
    }
    const bool is_kept = lead.first_touch && *lead.first_touch <= deadline;
    for (const int row : grouping.RowsOf(SubjectOf(lead))) {
      counts.kept[static_cast<size_t>(row)].Count(is_kept);
    }
  }
  return counts;
}

std::string NoSlaReason(const KpiQuery& query) {
  return absl::StrCat("no lead that was assigned", InPeriod(query), " has had its ",
                      kLeadSlaBusinessHours, " business hours");
}

void NoteRunning(const SlaCounts& counts, KpiColumn& column) {
  NoteCount(counts.running_count, "leads are still inside their business hours and do not count",
            column);
}

absl::StatusOr<KpiColumn> WorkRate(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  const SlaCounts counts = CountSla(query, grouping);
  KpiColumn column = ShareColumn(counts.kept, NoSlaReason(query));
  NoteRunning(counts, column);
  return grouping.Finish(std::move(column));
}

absl::StatusOr<KpiColumn> SlaBreaches(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  const SlaCounts counts = CountSla(query, grouping);
  KpiColumn column;
  for (const Share& share : counts.kept) {
    KpiCell cell;
    cell.numerator = static_cast<double>(share.count - share.success_count);
    cell.denominator = static_cast<double>(share.count);
    cell.sample_size = share.count;
    if (share.count == 0) {
      cell.undefined_reason = NoSlaReason(query);
    } else {
      cell.value = cell.numerator;
    }
    column.cells.push_back(cell);
  }
  NoteRunning(counts, column);
  return grouping.Finish(std::move(column));
}

// How long the lead waited for a person, or has waited until it was given up or last seen.
CensoredTime WaitOf(const BookLead& lead, absl::Time end) {
  if (lead.first_touch) {
    return {BusinessMinutesBetween(lead.created, *lead.first_touch), true};
  }
  const bool is_given_up =
      !lead.steps.empty() && lead.steps.back().status == LeadStatus::kDisqualified;
  return {BusinessMinutesBetween(lead.created, is_given_up ? lead.steps.back().said : end), false};
}

absl::StatusOr<KpiColumn> FollowUpMinutes(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<std::vector<CensoredTime>> waits(grouping.row_count());
  const absl::Time end = EndOfAsOf(*query.view);
  for (const BookLead& lead : query.view->records->leads) {
    if (!lead.is_inbound.value_or(true) || !FallsOn(lead.created, query)) continue;
    for (const int row : grouping.RowsOf(SubjectOf(lead))) {
      waits[static_cast<size_t>(row)].push_back(WaitOf(lead, end));
    }
  }
  KpiColumn column;
  for (const std::vector<CensoredTime>& row : waits) {
    KpiCell cell;
    for (const CensoredTime& wait : row) cell.numerator += wait.is_over ? 1 : 0;
    cell.denominator = static_cast<double>(row.size());
    cell.sample_size = static_cast<int64_t>(row.size());
    if (const std::optional<int64_t> median = CensoredMedian(row)) {
      cell.value = static_cast<double>(*median);
    } else if (row.empty()) {
      cell.undefined_reason = absl::StrCat("no inbound lead came in", InPeriod(query));
    } else {
      cell.undefined_reason =
          absl::StrCat("half of the ", row.size(), " inbound leads have not been touched yet");
    }
    column.cells.push_back(cell);
  }
  return grouping.Finish(std::move(column));
}

}  // namespace

RecordSubject SubjectOf(const BookLead& lead) {
  return {.rep = lead.rep,
          .account = lead.account,
          .lead_source = lead.lead_source,
          .segment = lead.segment};
}

std::vector<metrics::v1::GroupBy> LeadGroupBys() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  std::vector<GroupBy> rows = RecordGroupBys();
  rows.insert(rows.end(), {GROUP_BY_LEAD_SOURCE, GROUP_BY_SEGMENT, GROUP_BY_ACCOUNT});
  return rows;
}

std::vector<Kpi> LeadResponseKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const char* const running_rule =
      "Leads whose 24 hours have not run out by the as-of date do not count, touched or not: those "
      "that will be late cannot be told yet. A note says how many. Nor do leads without an owner.";
  return {
      {.definition = Define(
           {.name = "lead_work_rate",
            .display_name = "Leads worked in time",
            .formula = "leads touched by a person within 24 business hours of coming in / leads "
                       "assigned in the period whose 24 hours have run out",
            .numerator = "of these, leads touched by a person within the 24 business hours",
            .denominator = "leads that first had an owner in the period, whose time has run out",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules =
                {"Undefined when no such lead has had its 24 business hours.", kBusinessHoursRule,
                 kTouchRule, running_rule,
                 "The hours run from when the lead came in, not from its assignment, and out "
                 "at an instant, 17:00 of a day at the latest: a touch after it is late.",
                 kUnknownOwnerRule},
            .caveat = "Being quick says nothing about being good: see lead_conversion.",
            .source = "Service-level agreements between marketing and sales.",
            .interval_method = kWilsonMethod},
           LeadGroupBys()),
       .subject = KpiSubject::kRecords,
       .compute = WorkRate},
      {.definition = Define(
           {.name = "lead_sla_breaches",
            .display_name = "Leads not worked in time",
            .formula = "number of leads not touched by a person within 24 business hours of coming "
                       "in",
            .numerator = "leads assigned in the period that nobody touched in time",
            .denominator = "leads that first had an owner in the period, whose time has run out",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"The value is the numerator; with the denominator it is what "
                           "lead_work_rate leaves over.",
                           "Undefined when no such lead has had its 24 business hours: nothing "
                           "could be breached.",
                           kBusinessHoursRule, kTouchRule, running_rule},
            .caveat = "Grows with the number of leads: compare reps by lead_work_rate.",
            .source = "Service-level agreements between marketing and sales."},
           LeadGroupBys()),
       .subject = KpiSubject::kRecords,
       .compute = SlaBreaches},
      {.definition = Define(
           {.name = "lead_follow_up_minutes",
            .display_name = "Minutes to the first touch (median)",
            .formula = "Kaplan-Meier median of the business minutes from coming in to the first "
                       "touch by a person, of inbound leads that came in in the period",
            .numerator = "of these, leads that a person has touched",
            .denominator = "inbound leads that came in in the period",
            .unit = KPI_UNIT_MINUTES,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"Leads that nobody has touched count for as long as they were seen, up "
                           "to the as-of date or until they were given up: leaving them out would "
                           "make the follow-up look quick.",
                           "Undefined when no such lead came in, and until half have been touched.",
                           kBusinessHoursRule, kTouchRule,
                           "Leads said to be ours, not inbound, do not count; those of which "
                           "nothing is said do.",
                           "A touch outside business hours before any business minute passed is 0 "
                           "minutes."},
            .caveat = "Leads contacted within an hour qualify far more often than later ones, but "
                      "that was observed, not tried: do not read it as the effect on wins.",
            .source = "E. Kaplan and P. Meier (1958); J. Oldroyd et al., The Short Life of Online "
                      "Sales Leads (2011)."},
           LeadGroupBys()),
       .subject = KpiSubject::kRecords,
       .compute = FollowUpMinutes}};
}

}  // namespace quotacast::metrics
