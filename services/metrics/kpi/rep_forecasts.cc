#include "services/metrics/kpi/rep_forecasts.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/record_grouping.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

// What a rep forecast for a period that has ended, and what came.
struct Outcome {
  const BookRepForecast* forecast = nullptr;
  int64_t booked_minor_units = 0;
};

struct Outcomes {
  std::vector<Outcome> outcomes;
  std::set<std::string> unknown_periods;
  int64_t late_count = 0;  // Reps' periods for which every forecast came when they had begun.
};

// Among forecasts of one rep for one period the last one counts; those under another rep's id, who
// was merged into this one, only where this one has none.
bool Supersedes(const BookView& view, const BookRepForecast& forecast,
                const BookRepForecast& other) {
  const auto is_own = [&view](const BookRepForecast& candidate) {
    return candidate.id ==
           absl::StrCat(view.reps[static_cast<size_t>(candidate.rep)].id, "/", candidate.period);
  };
  if (is_own(forecast) != is_own(other)) return is_own(forecast);
  return forecast.said_day >= other.said_day;
}

// The period that forecasts under this name are scored in by the query, when there is one.
std::optional<FiscalPeriod> ScoredPeriod(const KpiQuery& query, const std::string& name,
                                         Outcomes& outcomes) {
  if (query.period) return name == query.period->name ? query.period : std::nullopt;
  const absl::StatusOr<FiscalPeriod> period = query.view->calendar.PeriodNamed(name);
  if (!period.ok()) {
    outcomes.unknown_periods.insert(name);
    return std::nullopt;
  }
  if (PhaseOf(*period, query.view->as_of.effective_day) != PeriodPhase::kEnded) return std::nullopt;
  return *period;
}

absl::StatusOr<Outcomes> ReadOutcomes(const KpiQuery& query) {
  const BookView& view = *query.view;
  Outcomes outcomes;
  std::map<std::string, std::optional<FiscalPeriod>> periods;
  // By period and rep; null when every forecast was made after the period had begun.
  std::map<std::pair<std::string, int>, const BookRepForecast*> last;
  for (const BookRepForecast& forecast : view.records->rep_forecasts) {
    if (forecast.rep < 0) continue;
    auto period = periods.find(forecast.period);
    if (period == periods.end()) {
      period =
          periods.emplace(forecast.period, ScoredPeriod(query, forecast.period, outcomes)).first;
    }
    if (!period->second) continue;
    const BookRepForecast*& kept = last[{forecast.period, forecast.rep}];
    if (forecast.said_day >= period->second->start) continue;
    if (kept == nullptr || Supersedes(view, forecast, *kept)) kept = &forecast;
  }
  const Grouping by_rep(view, metrics::v1::GROUP_BY_REP);
  std::map<std::string, std::vector<int64_t>> bookings;
  for (const auto& [key, forecast] : last) {
    if (forecast == nullptr) {
      if (query.grouping->CountsRep(key.second)) ++outcomes.late_count;
      continue;
    }
    auto booked = bookings.find(key.first);
    if (booked == bookings.end()) {
      QC_ASSIGN_OR_RETURN(
          BookingSums sums,
          SumBookings({.view = &view, .grouping = &by_rep, .period = periods.at(key.first)}));
      booked = bookings.emplace(key.first, std::move(sums.amounts_minor_units)).first;
    }
    outcomes.outcomes.push_back({forecast, booked->second[static_cast<size_t>(key.second)]});
  }
  return outcomes;
}

std::optional<std::string> NoFigureReason(const KpiQuery& query) {
  return query.period ? NotEndedReason(query) : std::nullopt;
}

std::string NoForecastReason(const KpiQuery& query) {
  return query.period
             ? absl::StrCat("no rep made a forecast of ", query.period->name, " before it began")
             : "no rep made a forecast of a period before it began that has ended";
}

KpiColumn FinishForecasts(const RecordGrouping& grouping, const Outcomes& outcomes,
                          KpiColumn column) {
  column.notes.push_back("scored is the last forecast that a rep made before the period began");
  NoteCount(outcomes.late_count,
            "times a rep's forecasts all came when the period had begun; they are left out",
            column);
  for (const std::string& name : outcomes.unknown_periods) {
    column.notes.push_back(absl::StrCat("forecasts of \"", name,
                                        "\" were left out: the fiscal calendar has no such "
                                        "period"));
  }
  return grouping.Finish(std::move(column));
}

// What an outcome adds to its rows; nothing when it says nothing to this KPI. Major units.
using Score = std::function<std::optional<Ratio>(double expected, double booked)>;

absl::StatusOr<KpiColumn> Scored(const KpiQuery& query, const std::string& zero_reason,
                                 const Score& score) {
  const RecordGrouping grouping(query);
  if (const auto reason = NoFigureReason(query)) return grouping.Undefined(*reason);
  QC_ASSIGN_OR_RETURN(const Outcomes outcomes, ReadOutcomes(query));
  std::vector<Ratio> ratios(grouping.row_count());
  std::vector<int64_t> counts(grouping.row_count());
  for (const Outcome& outcome : outcomes.outcomes) {
    if (!outcome.forecast->expected_minor_units) continue;
    const std::string& currency = query.view->currency;
    const std::optional<Ratio> added =
        score(MajorUnits(*outcome.forecast->expected_minor_units, currency),
              MajorUnits(outcome.booked_minor_units, currency));
    for (const int row : grouping.RowsOf({.rep = outcome.forecast->rep})) {
      ++counts[static_cast<size_t>(row)];
      if (!added) continue;
      Ratio& ratio = ratios[static_cast<size_t>(row)];
      ratio.numerator += added->numerator;
      ratio.denominator += added->denominator;
      ++ratio.sample_size;
    }
  }
  KpiColumn column = RatioColumn(ratios, NoForecastReason(query));
  for (size_t row = 0; row < ratios.size(); ++row) {
    KpiCell& cell = column.cells[row];
    if (ratios[row].denominator > 0 || counts[row] == 0) continue;
    // A credit can leave less than nothing booked, of which no share can be told either.
    cell.value.reset();
    cell.undefined_reason = zero_reason;
  }
  return FinishForecasts(grouping, outcomes, std::move(column));
}

constexpr char kNothingBookedReason[] = "nothing was booked in the periods forecast";

absl::StatusOr<KpiColumn> Bias(const KpiQuery& query) {
  return Scored(query, kNothingBookedReason, [](double expected, double booked) {
    return Ratio{expected - booked, booked, 1};
  });
}

absl::StatusOr<KpiColumn> Wape(const KpiQuery& query) {
  return Scored(query, kNothingBookedReason, [](double expected, double booked) {
    return Ratio{std::abs(expected - booked), std::abs(booked), 1};
  });
}

absl::StatusOr<KpiColumn> Accuracy(const KpiQuery& query) {
  return Scored(query, kNothingBookedReason,
                [](double expected, double booked) -> std::optional<Ratio> {
                  if (booked <= 0) return std::nullopt;
                  return Ratio{1 - std::abs(expected - booked) / booked, 1, 1};
                });
}

absl::StatusOr<KpiColumn> Coverage(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NoFigureReason(query)) return grouping.Undefined(*reason);
  QC_ASSIGN_OR_RETURN(const Outcomes outcomes, ReadOutcomes(query));
  std::vector<Share> shares(grouping.row_count());
  for (const Outcome& outcome : outcomes.outcomes) {
    const BookRepForecast& forecast = *outcome.forecast;
    if (!forecast.low_minor_units || !forecast.high_minor_units) continue;
    const bool is_inside = *forecast.low_minor_units <= outcome.booked_minor_units &&
                           outcome.booked_minor_units <= *forecast.high_minor_units;
    for (const int row : grouping.RowsOf({.rep = forecast.rep})) {
      shares[static_cast<size_t>(row)].Count(is_inside);
    }
  }
  return FinishForecasts(
      grouping, outcomes,
      ShareColumn(shares, absl::StrCat(NoForecastReason(query), " with a low and a high")));
}

}  // namespace

std::vector<Kpi> RepForecastKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> rows = {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_ROLE,
                                     GROUP_BY_PERIOD};
  const char* const which_rule =
      "Scored is the last forecast of a rep made before the period began, and only when the period "
      "has ended; a note says how often there was none.";
  const char* const sample_rule =
      "The sample size is the number of periods forecast; of several reps, each one's.";
  const char* const actual_rule =
      "The bookings of a rep are those of deals the rep owns at the as-of date.";
  const char* const undefined_rule =
      "Undefined when there is no such forecast, and when nothing was booked.";
  return {
      {.definition = Define(
           {.name = "rep_forecast_bias",
            .display_name = "Bias of reps' forecasts",
            .formula = "sum of (forecast - bookings) / sum of bookings, over reps and periods",
            .numerator = "expected bookings as forecast, less the bookings, major units",
            .denominator = "bookings of the reps in the periods they forecast, major units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"Above 0 is more promised than booked (happy ears), below 0 less "
                           "(sandbagging).",
                           which_rule, actual_rule, sample_rule, undefined_rule},
            .caveat = "Errors of either sign cancel: no bias is not yet a good forecast, see "
                      "rep_forecast_wape.",
            .source = "Mean error of forecasting, weighted by volume."},
           rows),
       .uses_money = true,
       .subject = KpiSubject::kRecords,
       .compute = Bias},
      {.definition = Define(
           {.name = "rep_forecast_wape",
            .display_name = "Error of reps' forecasts (WAPE)",
            .formula = "sum of |forecast - bookings| / sum of |bookings|, over reps and periods",
            .numerator =
                "what the expected bookings as forecast missed by, either way, major units",
            .denominator = "bookings of the reps in the periods they forecast, major units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"0 is never wrong; it can be above 1.", which_rule, actual_rule,
                           sample_rule, undefined_rule},
            .caveat = "Single reps book few deals, so that even the best forecast of one errs by "
                      "much.",
            .source = "S. Kolassa and W. Schuetz (2007)."},
           rows),
       .uses_money = true,
       .subject = KpiSubject::kRecords,
       .compute = Wape},
      {.definition = Define(
           {.name = "rep_forecast_coverage",
            .display_name = "Bookings within reps' ranges",
            .formula = "periods whose bookings lay in the rep's [low, high] / periods with both",
            .numerator = "of these, periods whose bookings lay in the range, ends included",
            .denominator = "ended periods for which a rep gave a low and a high",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules =
                {"0.8 is right: low is not fallen short of in 9 of 10 cases, high exceeded "
                 "in 1 of 10. Less is too sure, more is too wide.",
                 which_rule, actual_rule, sample_rule, "Undefined when there is no such forecast."},
            .caveat =
                "Takes many periods to tell: with ten, anything from 0.5 to 1 may be a rep who "
                "is right.",
            .source = "Calibration of interval forecasts.",
            .interval_method = kWilsonMethod},
           rows),
       .uses_money = true,
       .subject = KpiSubject::kRecords,
       .compute = Coverage},
      {.definition = Define(
           {.name = "rep_forecast_accuracy_hubspot",
            .display_name = "Accuracy of reps' forecasts (HubSpot)",
            .formula = "mean of 1 - |forecast - bookings| / bookings, over reps and periods",
            .numerator = "accuracies, summed",
            .denominator = "periods forecast in which something was booked",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules =
                {"1 is never wrong; it falls below 0 when a forecast is off by more than "
                 "the bookings.",
                 "Periods without bookings are left out: nothing can be divided by them.",
                 which_rule, actual_rule,
                 "The sample size is the number of periods forecast that had bookings; of "
                 "several reps, each one's.",
                 undefined_rule},
            .caveat = "For comparison with other tools only. It punishes forecasts that are too "
                      "high more than those that are too low, and leaves out the worst misses, "
                      "those of periods without bookings: rep_forecast_wape does neither.",
            .source = "HubSpot's forecast accuracy."},
           rows),
       .uses_money = true,
       .subject = KpiSubject::kRecords,
       .compute = Accuracy}};
}

}  // namespace quotacast::metrics
