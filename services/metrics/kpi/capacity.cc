#include "services/metrics/kpi/capacity.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/people.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

constexpr int kDaysPerTenure = 91;

absl::CivilDay MiddleOf(const FiscalPeriod& period) {
  return period.start + (period.end - period.start) / 2;
}

// Share of the period that the rep is in the job.
double ShareAtWork(const BookRep& rep, const FiscalPeriod& period) {
  return static_cast<double>(DaysInJob(rep, period.start, period.end)) /
         static_cast<double>(period.end - period.start);
}

absl::Status AddPeriod(const BookView& view, const Grouping& by_rep, const FiscalPeriod& period,
                       ObservedRamp& ramp) {
  QC_ASSIGN_OR_RETURN(const BookingSums bookings,
                      SumBookings({.view = &view, .grouping = &by_rep, .period = period}));
  bool any = false;
  for (size_t rep = 0; rep < view.reps.size(); ++rep) {
    const std::optional<int64_t> quota = QuotaOf(view.reps[rep], period.name);
    const double share = ShareAtWork(view.reps[rep], period);
    if (!quota || share <= 0) continue;
    any = true;
    const size_t tenure = TenureOn(view.reps[rep], MiddleOf(period));
    ramp.booked[tenure] += static_cast<double>(bookings.amounts_minor_units[rep]);
    ramp.asked[tenure] += static_cast<double>(*quota) * share;
  }
  if (any) ++ramp.period_count;
  return absl::OkStatus();
}

absl::StatusOr<KpiColumn> Capacity(const KpiQuery& query) {
  QC_ASSIGN_OR_RETURN(const ObservedRamp ramp, ObserveRamp(query));
  const std::optional<double> attainment = ramp.ramped_attainment();
  if (!attainment) {
    return UndefinedColumn(*query.grouping,
                           absl::StrCat("no ramped rep with a quota was seen in a period that "
                                        "ended before ",
                                        query.period->name));
  }
  KpiColumn column;
  column.cells.resize(query.grouping->groups().size());
  int64_t unseen_count = 0;
  const double minor_per_major = MinorPerMajor(query.view->currency);
  for (size_t rep = 0; rep < query.view->reps.size(); ++rep) {
    const BookRep& person = query.view->reps[rep];
    const std::optional<int64_t> quota = QuotaOf(person, query.period->name);
    if (!quota) continue;
    const size_t tenure = TenureOn(person, MiddleOf(*query.period));
    if (ramp.asked[tenure] <= 0 && query.grouping->CountsRep(static_cast<int>(rep))) ++unseen_count;
    const double quota_major = static_cast<double>(*quota) / minor_per_major;
    for (const int row : query.grouping->RowsOfRep(static_cast<int>(rep))) {
      KpiCell& cell = column.cells[static_cast<size_t>(row)];
      cell.numerator +=
          quota_major * ramp.RampShare(tenure) * *attainment * ShareAtWork(person, *query.period);
      cell.denominator += quota_major;
      ++cell.sample_size;
    }
  }
  for (KpiCell& cell : column.cells) {
    if (cell.sample_size == 0) {
      cell.undefined_reason = absl::StrCat("no quota above zero is set for ", query.period->name);
    } else {
      cell.value = cell.numerator;
    }
  }
  std::string shares;
  for (size_t tenure = 0; tenure < kRamped; ++tenure) {
    absl::StrAppendFormat(&shares, "%s%.0f %%", tenure == 0 ? "" : ", ",
                          100 * ramp.RampShare(tenure));
  }
  column.notes.push_back(absl::StrFormat(
      "ramped reps booked %.1f %% of their quotas in %d past periods; reps in their first four "
      "quarters of a year %s of that",
      100 * *attainment, ramp.period_count, shares));
  if (unseen_count > 0) {
    column.notes.push_back(absl::StrCat(unseen_count,
                                        " reps are of a tenure that no past period shows; they "
                                        "count as ramped"));
  }
  return column;
}

}  // namespace

size_t TenureOn(const BookRep& rep, absl::CivilDay day) {
  if (!rep.start_day) return kRamped;
  const int64_t quarters = std::max<int64_t>(0, day - *rep.start_day) / kDaysPerTenure;
  return static_cast<size_t>(std::min<int64_t>(quarters, static_cast<int64_t>(kRamped)));
}

std::optional<double> ObservedRamp::ramped_attainment() const {
  if (asked[kRamped] <= 0) return std::nullopt;
  return booked[kRamped] / asked[kRamped];
}

double ObservedRamp::RampShare(size_t tenure) const {
  if (asked[tenure] <= 0 || booked[kRamped] <= 0 || asked[kRamped] <= 0) return 1;
  const double share = booked[tenure] / asked[tenure] / (booked[kRamped] / asked[kRamped]);
  return std::clamp(share, 0.0, 1.0);
}

absl::StatusOr<ObservedRamp> ObserveRamp(const KpiQuery& query) {
  ObservedRamp ramp;
  const FiscalCalendar& calendar = query.view->calendar;
  const absl::CivilDay as_of_day = query.view->as_of.effective_day;
  absl::CivilDay end = query.period->start;
  // The period that goes on at the as-of date has not ended.
  const absl::StatusOr<FiscalPeriod> running = calendar.PeriodContaining(as_of_day + 1);
  if (running.ok()) end = std::min(end, running->start);
  const std::shared_ptr<const Grouping> by_rep =
      Grouping::Of(*query.view, metrics::v1::GROUP_BY_REP);
  for (int i = 0; i < kMaxCapacityPeriods; ++i) {
    const absl::StatusOr<FiscalPeriod> period = calendar.PeriodContaining(end - 1);
    if (!period.ok()) break;
    QC_RETURN_IF_ERROR(AddPeriod(*query.view, *by_rep, *period, ramp));
    end = period->start;
  }
  return ramp;
}

std::vector<Kpi> CapacityKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "capacity",
            .display_name = "Sales capacity",
            .formula = "sum over reps of quota x ramp share x attainment of ramped reps x share of "
                       "the period in the job",
            .numerator = "what the row's reps can be expected to book, major units",
            .denominator = "quotas above zero of the row's reps, major units",
            .unit = KPI_UNIT_MONEY,
            .direction = KPI_DIRECTION_UP,
            .edge_rules =
                {"The value is the numerator. Attainment and ramp are those of the whole "
                 "organisation, observed in the last twelve periods that have ended by the as-of "
                 "date and before the period; a note tells both.",
                 "The ramp share is the attainment of reps in their first, second, third or fourth "
                 "quarter of a year (91 days) at the middle of a past period over that of reps "
                 "beyond these, at most 1. A tenure that no past period shows counts as ramped, "
                 "and a note says how many reps that concerns.",
                 "What was asked of a rep in a past period is the quota x the share of the period "
                 "in the job; who was not in it then is left out, with what it booked. A rep "
                 "without a start "
                 "day is ramped.",
                 "Undefined when no rep of the row has a quota, and when no ramped rep with a "
                 "quota was seen in a past period.",
                 "A coming period may be asked for. The sample size is the number of reps with a "
                 "quota."},
            .caveat = "Where quotas are lowered for new reps, their attainment shows little ramp "
                      "and none is taken off twice. People who are still to be hired, and those "
                      "who will leave, are not in it: that is what a simulation is for.",
            .source = "Capacity planning of sales operations, with observed instead of assumed "
                      "ramp."},
           {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_PERIOD}),
       .needs_period = true,
       .looks_ahead = true,
       .uses_money = true,
       .subject = KpiSubject::kReps,
       .compute = Capacity}};
}

}  // namespace quotacast::metrics
