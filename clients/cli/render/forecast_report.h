// A forecast, from the headline to what it rests on.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_FORECAST_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_FORECAST_REPORT_H_

#include <string>

#include "clients/cli/render/fan_chart.h"
#include "clients/cli/render/terminal.h"
#include "quotacast/simulation/v1/forecast.pb.h"
#include "quotacast/type/v1/certificate.pb.h"
#include "quotacast/type/v1/distribution.pb.h"

namespace quotacast::cli {

// The worst share of the trials whose mean a service gives when a spec names none.
inline constexpr double kDefaultTailShare = 0.05;

// Headline, twenty dots, fan chart, a table per level, reps at quota, drivers, certificate,
// warnings; or the refusal and what it rests on. `tail_share` is the one the forecast was asked
// with.
std::string ForecastReport(const simulation::v1::ForecastOutcome& outcome, const Terminal& terminal,
                           double tail_share = kDefaultTailShare);

// What the scenario's initiatives cost, in a sentence; empty when none states a cost.
std::string InitiativeCostText(const simulation::v1::ForecastResult& forecast,
                               const Terminal& terminal);

// The refusal as a paragraph, with what would change it.
std::string RefusalText(const type::v1::Refusal& refusal, const Terminal& terminal);

// The quantile at `probability`, 0 when the distribution does not hold it.
double QuantileAt(const type::v1::Distribution& distribution, double probability);

// The organisation's line, null when it was not asked for.
const simulation::v1::EntityForecast* OrganisationOf(
    const simulation::v1::ForecastResult& forecast);

// The chart's input: the simulated path, begun at what is booked by the as-of date (at nothing
// the day before the period, when that is later).
FanChart FanChartOf(const simulation::v1::ForecastOutcome& outcome);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_FORECAST_REPORT_H_
