#include "services/metrics/actuals.h"

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
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/period_position.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

struct RepPeriod {
  int64_t booked_minor_units = 0;
  int64_t won_count = 0;
  int64_t lost_count = 0;
  int64_t created_count = 0;
};

absl::StatusOr<std::vector<FiscalPeriod>> PeriodsOf(const BookView& view,
                                                    const ActualsQuery& query) {
  const FiscalCalendar& calendar = view.calendar;
  // Nothing is closed before it is created.
  absl::CivilDay first_day = view.first_created_day.value_or(view.as_of.effective_day);
  if (!query.first_period.empty()) {
    QC_ASSIGN_OR_RETURN(const FiscalPeriod first,
                        calendar.PeriodNamed(query.first_period, view.as_of.effective_day));
    first_day = first.start;
  }
  absl::CivilDay end_day = view.as_of.effective_day + 1;
  if (!query.last_period.empty()) {
    QC_ASSIGN_OR_RETURN(const FiscalPeriod last,
                        calendar.PeriodNamed(query.last_period, view.as_of.effective_day));
    end_day = last.end;
  }
  if (end_day <= first_day) {
    return InvalidField(
        query.last_period.empty() ? "first_period" : "last_period",
        absl::StrCat("the last period ends before the first one, ",
                     query.first_period.empty() ? "that of the first deal" : query.first_period,
                     ", begins"));
  }
  QC_ASSIGN_OR_RETURN(std::vector<FiscalPeriod> periods,
                      calendar.PeriodsBetween(first_day, end_day));
  const int64_t rep_period_count = static_cast<int64_t>(periods.size() * view.reps.size());
  if (periods.size() > kMaxActualsPeriods || rep_period_count > kMaxActualsRepPeriods) {
    return InvalidField(
        "first_period",
        absl::StrCat(periods.size(), " periods of ", view.reps.size(),
                     " reps were asked for; an answer holds at most ", kMaxActualsPeriods,
                     " periods and ", kMaxActualsRepPeriods, " of all reps together"));
  }
  return periods;
}

// By rep, then by period.
absl::StatusOr<std::vector<std::vector<RepPeriod>>> SumDeals(
    const BookView& view, const std::vector<FiscalPeriod>& periods) {
  std::vector<std::vector<RepPeriod>> sums(view.reps.size(),
                                           std::vector<RepPeriod>(periods.size()));
  for (const BookOpportunity& deal : view.opportunities) {
    std::vector<RepPeriod>& rep = sums[static_cast<size_t>(deal.rep)];
    if (const auto created = PositionOfDay(periods, deal.created_day))
      ++rep[*created].created_count;
    if (deal.outcome == StageCategory::kOpen) continue;
    const std::optional<size_t> closed = PositionOfDay(periods, deal.close_day);
    if (!closed) continue;
    if (deal.outcome == StageCategory::kLost) {
      ++rep[*closed].lost_count;
      continue;
    }
    ++rep[*closed].won_count;
    QC_RETURN_IF_ERROR(AddTo(rep[*closed].booked_minor_units, deal.amount_minor_units.value_or(0)));
  }
  return sums;
}

std::vector<metrics::v1::ActualsDeal> WonDeals(const BookView& view,
                                               const std::vector<FiscalPeriod>& periods) {
  std::vector<metrics::v1::ActualsDeal> deals;
  for (const BookOpportunity& deal : view.opportunities) {
    if (deal.outcome != StageCategory::kWon) continue;
    if (!PositionOfDay(periods, deal.close_day)) continue;
    metrics::v1::ActualsDeal& out = deals.emplace_back();
    out.set_opportunity_id(deal.id);
    out.set_rep_id(view.reps[static_cast<size_t>(deal.rep)].id);
    *out.mutable_created_date() = ToProtoDate(deal.created_day);
    *out.mutable_won_date() = ToProtoDate(deal.close_day);
    if (deal.amount_minor_units) {
      *out.mutable_amount() = ToProtoMoney(*deal.amount_minor_units, view.currency);
    }
  }
  return deals;
}

}  // namespace

absl::StatusOr<Actuals> ActualsOf(const BookView& view, const ActualsQuery& query) {
  QC_RETURN_IF_ERROR(view.currency_status);
  QC_ASSIGN_OR_RETURN(const std::vector<FiscalPeriod> periods, PeriodsOf(view, query));
  QC_ASSIGN_OR_RETURN(const std::vector<std::vector<RepPeriod>> sums, SumDeals(view, periods));
  Actuals actuals;
  metrics::v1::ActualsHeader& header = actuals.header;
  header.mutable_as_of()->set_log_offset(view.as_of.log_offset);
  *header.mutable_as_of()->mutable_effective_date() = ToProtoDate(view.as_of.effective_day);
  *header.mutable_as_of()->mutable_recorded_time() = ToProtoTimestamp(view.as_of.recorded_time);
  int ended_count = 0;
  for (const FiscalPeriod& period : periods) {
    *header.add_periods() = ToProtoPeriod(period);
    if (PhaseOf(period, view.as_of.effective_day) == PeriodPhase::kEnded) ++ended_count;
  }
  header.set_ended_period_count(ended_count);
  header.set_currency_code(view.currency);
  header.set_reconstructed(view.reconstructed);
  header.set_rep_count(static_cast<int64_t>(view.reps.size()));
  for (size_t i = 0; i < view.reps.size(); ++i) {
    const BookRep& rep = view.reps[i];
    metrics::v1::ActualsRep& out = actuals.reps.emplace_back();
    out.set_rep_id(rep.id);
    out.set_team_id(view.teams[static_cast<size_t>(rep.team)].id);
    for (size_t p = 0; p < periods.size(); ++p) {
      const RepPeriod& sum = sums[i][p];
      metrics::v1::ActualsRepPeriod& period = *out.add_periods();
      // Without any amount in the workspace there is no currency to say nothing in.
      if (!view.currency.empty()) {
        *period.mutable_booked() = ToProtoMoney(sum.booked_minor_units, view.currency);
        const std::optional<int64_t> quota = QuotaOf(rep, periods[p].name);
        if (quota) *period.mutable_quota() = ToProtoMoney(*quota, view.currency);
      }
      period.set_won_count(sum.won_count);
      period.set_lost_count(sum.lost_count);
      period.set_created_count(sum.created_count);
    }
  }
  if (query.with_deals) actuals.deals = WonDeals(view, periods);
  return actuals;
}

}  // namespace quotacast::metrics
