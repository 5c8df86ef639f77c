#include "services/metrics/kpi/people.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/censored_median.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

constexpr double kDaysPerYear = 365.25;

bool IsPerson(const BookRep& rep) { return rep.id != kUnassignedRepId; }

absl::StatusOr<KpiColumn> Attrition(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const absl::CivilDay start = query.period->start;
  const absl::CivilDay end = std::min(query.period->end, query.view->as_of.effective_day + 1);
  const double day_count = static_cast<double>(end - start);
  KpiColumn column;
  column.cells.resize(query.grouping->groups().size());
  for (size_t rep = 0; rep < query.view->reps.size(); ++rep) {
    const BookRep& person = query.view->reps[rep];
    if (!IsPerson(person)) continue;
    const double headcount = static_cast<double>(DaysInJob(person, start, end)) / day_count;
    // The end is the first day out of the job, so a rep whose last day is the last of the period
    // before left in that one.
    const bool left = person.end_day && *person.end_day > start && *person.end_day <= end;
    for (const int row : query.grouping->RowsOfRep(static_cast<int>(rep))) {
      KpiCell& cell = column.cells[static_cast<size_t>(row)];
      cell.denominator += headcount;
      if (headcount > 0) ++cell.sample_size;
      if (left) ++cell.numerator;
    }
  }
  for (KpiCell& cell : column.cells) {
    if (cell.denominator <= 0) {
      cell.undefined_reason = absl::StrCat("nobody was in the job", InPeriod(query));
    } else {
      cell.value = cell.numerator / cell.denominator * kDaysPerYear / day_count;
    }
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> DaysToFirstWin(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const BookView& view = *query.view;
  const int32_t as_of_day = NumberOfDay(view.as_of.effective_day);
  constexpr int32_t kNoWin = INT32_MAX;
  std::vector<int32_t> first_wins(view.reps.size(), kNoWin);
  for (const ClosedDeal closed : view.columns->WonIn(std::nullopt)) {
    int32_t& first = first_wins[static_cast<size_t>(closed.rep)];
    first = std::min(first, closed.close_day);
  }
  std::vector<std::vector<CensoredTime>> rows(query.grouping->groups().size());
  // Whoever began earlier may have won when nobody wrote it down.
  const std::optional<absl::CivilDay> first_day = view.first_created_day;
  int64_t undated_count = 0, before_data_count = 0, earlier_count = 0;
  for (size_t rep = 0; rep < view.reps.size(); ++rep) {
    const BookRep& person = view.reps[rep];
    if (!IsPerson(person) || !query.grouping->CountsRep(static_cast<int>(rep))) continue;
    if (!person.start_day) {
      ++undated_count;
      continue;
    }
    if (!Falls(*person.start_day, query.period) || *person.start_day > view.as_of.effective_day) {
      continue;
    }
    if (first_day && *person.start_day < *first_day) {
      ++before_data_count;
      continue;
    }
    const int32_t start = NumberOfDay(*person.start_day);
    if (first_wins[rep] < start) {
      ++earlier_count;
      continue;
    }
    // The day of the end is the first one out of the job.
    const int32_t last_day =
        person.end_day ? std::max(start, NumberOfDay(*person.end_day) - 1) : as_of_day;
    const int32_t seen_until = std::min(as_of_day, last_day);
    const bool is_won = first_wins[rep] <= seen_until;
    const CensoredTime first{(is_won ? first_wins[rep] : seen_until) - start, is_won};
    for (const int row : query.grouping->RowsOfRep(static_cast<int>(rep))) {
      rows[static_cast<size_t>(row)].push_back(first);
    }
  }
  const std::string nobody_began =
      absl::StrCat("no rep with a start day began", InPeriod(query),
                   before_data_count == 0 ? ""
                                          : absl::StrCat(" on or after ", FormatIsoDate(*first_day),
                                                         ", the first day of the data"));
  KpiColumn column = MedianOfBeginners(query, std::move(rows), nobody_began, "been seen to win");
  if (undated_count > 0) {
    column.notes.push_back(absl::StrCat(undated_count, " reps have no start day and are left out"));
  }
  if (before_data_count > 0) {
    column.notes.push_back(
        absl::StrCat(before_data_count, " reps began before ", FormatIsoDate(*first_day),
                     ", the first day of the data, and are left out: their first "
                     "win may lie before it"));
  }
  if (earlier_count > 0) {
    column.notes.push_back(
        absl::StrCat(earlier_count, " reps won before their start day and are left out"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

int64_t DaysInJob(const BookRep& rep, absl::CivilDay start, absl::CivilDay end) {
  const absl::CivilDay from = rep.start_day ? std::max(*rep.start_day, start) : start;
  const absl::CivilDay to = rep.end_day ? std::min(*rep.end_day, end) : end;
  return std::max<int64_t>(0, to - from);
}

KpiColumn MedianOfBeginners(const KpiQuery& query, std::vector<std::vector<CensoredTime>> rows,
                            const std::string& nobody_began, const char* not_yet) {
  KpiColumn column;
  for (std::vector<CensoredTime>& row : rows) {
    KpiCell& cell = column.cells.emplace_back();
    for (const CensoredTime& rep : row) cell.numerator += rep.is_over ? 1 : 0;
    cell.denominator = static_cast<double>(row.size());
    cell.sample_size = static_cast<int64_t>(row.size());
    const std::optional<int64_t> median = CensoredMedian(std::move(row));
    if (median) {
      cell.value = static_cast<double>(*median);
    } else {
      cell.undefined_reason =
          cell.sample_size == 0 ? nobody_began
                                : absl::StrCat("half of the ", cell.sample_size, " reps that began",
                                               InPeriod(query), " have not ", not_yet, " yet");
    }
  }
  return column;
}

std::vector<Kpi> PeopleKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> of_teams = {GROUP_BY_ORG, GROUP_BY_TEAM, GROUP_BY_ROLE,
                                         GROUP_BY_PERIOD, GROUP_BY_MONTH};
  std::vector<GroupBy> of_reps = of_teams;
  of_reps.push_back(GROUP_BY_REP);
  return {
      {.definition = Define(
           {.name = "attrition",
            .display_name = "Attrition (annualised)",
            .formula = "reps who left in the period / mean headcount, per year",
            .numerator = "reps whose job ended in the period",
            .denominator = "reps in the job, averaged over the days of the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"The value is numerator / denominator x 365.25 / days, so that 0.3 "
                           "means that three in ten leave in a year.",
                           "A rep without a start (end) day was always (is still) in the job.",
                           "A job has ended in the period of its last day, the one before the end "
                           "day.",
                           "In a period that goes on, only the days so far count.",
                           "The sample size is the number of reps who were in the job. Undefined "
                           "when there was none."},
            .caveat = "Does not tell wanted from unwanted leaving. A single leaver of a small "
                      "team moves it a lot in a short period.",
            .source = "The separation rate of labour statistics."},
           of_teams),
       .needs_period = true,
       .subject = KpiSubject::kReps,
       .compute = Attrition},
      {.definition = Define(
           {.name = "ramp_days_to_first_win",
            .display_name = "Days to the first win (median)",
            .formula = "Kaplan-Meier median of the days from start to first win, of reps who "
                       "began in the period",
            .numerator = "of these, reps who have won by the as-of date, while in the job",
            .denominator = "reps who began in the period",
            .unit = KPI_UNIT_DAYS,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules =
                {"Reps who left, or have not won yet, count as long as they were seen: "
                 "leaving them out would make the ramp look short.",
                 "Reps without a start day, and reps with a win before it, are left "
                 "out; notes say how many.",
                 "Reps who began before the first day of the data (the earliest creation "
                 "day of any deal) are left out, and a note says how many: their first win "
                 "may have happened when nobody wrote it down, and a later one would make "
                 "the ramp look long.",
                 "Undefined when nobody began, and until half have won."},
            .caveat = "The first win may be a gift of the predecessor. It says nothing about when "
                      "a rep reaches full productivity.",
            .source = "E. Kaplan and P. Meier (1958)."},
           of_reps),
       .subject = KpiSubject::kReps,
       .compute = DaysToFirstWin}};
}

}  // namespace quotacast::metrics
