#include "services/simulation/backtest/past.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/money.h"
#include "base/status_macros.h"
#include "base/string_views.h"

namespace quotacast::simulation {
namespace {

absl::Status Inconsistent(std::string_view what) {
  return absl::InternalError(
      absl::StrCat("the metrics service sent an inconsistent answer: ", AbslView(what)));
}

absl::StatusOr<absl::CivilDay> Day(const google::type::Date& date, std::string_view path) {
  FieldErrors errors;
  const std::optional<absl::CivilDay> day = DayFrom(date, path, errors);
  if (!day.has_value()) return Inconsistent(StdView(errors.Result().message()));
  return *day;
}

absl::StatusOr<int64_t> Amount(const google::type::Money& money, const CurrencyUnit& currency,
                               std::string_view path) {
  const std::optional<int64_t> amount = SignedMinorUnitsFrom(money, currency);
  if (!amount.has_value()) {
    return Inconsistent(absl::StrCat(AbslView(path), " is no amount of ", currency.code));
  }
  return *amount;
}

absl::StatusOr<CurrencyUnit> Currency(const std::string& code) {
  CurrencyUnit currency;
  // A workspace without any amount has none; then nothing below is an amount either.
  if (!code.empty()) currency.code = code;
  if (code.empty()) return currency;
  const absl::StatusOr<int> digits = MinorUnitDigits(code);
  if (!digits.ok()) return Inconsistent(StdView(digits.status().message()));
  currency.digits = *digits;
  return currency;
}

}  // namespace

absl::StatusOr<PastActuals> PastActualsFrom(const ActualsMessages& messages) {
  PastActuals actuals;
  const metrics::v1::ActualsHeader& header = messages.header;
  actuals.as_of = header.as_of();
  actuals.reconstructed = header.reconstructed();
  actuals.ended_count = header.ended_period_count();
  QC_ASSIGN_OR_RETURN(actuals.currency, Currency(header.currency_code()));
  for (const type::v1::FiscalPeriod& from : header.periods()) {
    FiscalPeriod& period = actuals.periods.emplace_back();
    period.name = from.name();
    QC_ASSIGN_OR_RETURN(period.start, Day(from.start_date(), from.name() + ".start_date"));
    QC_ASSIGN_OR_RETURN(period.end, Day(from.end_date(), from.name() + ".end_date"));
  }
  if (actuals.ended_count < 0 || actuals.ended_count > header.periods_size()) {
    return Inconsistent("more periods have ended than there are");
  }
  for (const metrics::v1::ActualsRep& from : messages.reps) {
    PastRep& rep = actuals.reps.emplace_back();
    rep.id = from.rep_id();
    rep.team_id = from.team_id();
    if (from.periods_size() != header.periods_size()) {
      return Inconsistent(absl::StrCat("rep ", rep.id, " has ", from.periods_size(),
                                       " periods, the header ", header.periods_size()));
    }
    for (const metrics::v1::ActualsRepPeriod& period : from.periods()) {
      int64_t booked = 0;
      if (period.has_booked()) {
        QC_ASSIGN_OR_RETURN(
            booked, Amount(period.booked(), actuals.currency, "the bookings of rep " + rep.id));
      }
      rep.booked_minor_units.push_back(booked);
      rep.deal_counts.push_back(period.won_count() + period.lost_count() + period.created_count());
    }
  }
  for (const metrics::v1::ActualsDeal& from : messages.deals) {
    WonDeal& deal = actuals.deals_won[from.opportunity_id()];
    deal.rep_id = from.rep_id();
    QC_ASSIGN_OR_RETURN(deal.won_day, Day(from.won_date(), from.opportunity_id() + ".won_date"));
    if (from.has_amount()) {
      QC_ASSIGN_OR_RETURN(
          deal.amount_minor_units,
          Amount(from.amount(), actuals.currency, "the amount of deal " + from.opportunity_id()));
    }
  }
  return actuals;
}

absl::StatusOr<PipelineSnapshot> SnapshotFrom(const StateMessages& state,
                                              const FiscalPeriod& period) {
  PipelineSnapshot snapshot;
  QC_ASSIGN_OR_RETURN(snapshot.as_of_day,
                      Day(state.header.as_of().effective_date(), "as_of.effective_date"));
  QC_ASSIGN_OR_RETURN(const CurrencyUnit currency, Currency(state.header.currency_code()));
  for (const metrics::v1::StateStage& stage : state.header.stages()) {
    if (!stage.has_stated_win_probability()) continue;
    snapshot.stated_win_probabilities[stage.stage_id()] = stage.stated_win_probability();
  }
  for (const metrics::v1::StateOpenDeal& from : state.deals) {
    SnapshotDeal& deal = snapshot.deals.emplace_back();
    deal.id = from.opportunity_id();
    deal.rep_id = from.rep_id();
    deal.stage_id = from.stage_id();
    deal.is_due = true;
    if (from.has_expected_close_date()) {
      QC_ASSIGN_OR_RETURN(const absl::CivilDay expected,
                          Day(from.expected_close_date(), deal.id + ".expected_close_date"));
      deal.is_due = expected < period.end;
      deal.has_expected_day = true;
    }
    if (from.has_amount()) {
      QC_ASSIGN_OR_RETURN(deal.amount_minor_units,
                          Amount(from.amount(), currency, "the amount of deal " + deal.id));
    }
  }
  return snapshot;
}

}  // namespace quotacast::simulation
