// Simulator results to messages, and the certificate that goes with them.
#ifndef QUOTACAST_SERVICES_SIMULATION_RESULT_CONVERTERS_H_
#define QUOTACAST_SERVICES_SIMULATION_RESULT_CONVERTERS_H_

#include <string>
#include <vector>

#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/simulation/v1/forecast.pb.h"
#include "quotacast/type/v1/certificate.pb.h"
#include "quotacast/type/v1/distribution.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/converters.h"
#include "simulator/engine/drivers.h"
#include "simulator/engine/forecast.h"

namespace quotacast::simulation {

// `scale` divides values and errors: the minor units of a major unit, or 1 for shares.
type::v1::Estimate EstimateFrom(const simulator::Estimate& estimate, double scale);
type::v1::Distribution DistributionFrom(const simulator::DistributionSummary& summary,
                                        double scale);

// The forecast of the organisation in the run's period, as the engine states it.
const simulator::EntityPeriodForecast& OrgForecast(const simulator::Forecast& forecast,
                                                   const RunSpec& run);

// The lines, fan and answers the run asks for, with the headline.
v1::ForecastResult ForecastResultFrom(const simulator::Forecast& forecast, const Business& business,
                                      const RunSpec& run, const v1::ForecastSpec& spec);

// Adds the drivers of the run's period to its result, in the engine's order. Deals show the owner
// that the scenario gives them.
void AddDrivers(const simulator::Drivers& drivers, const Business& business,
                const simulator::Scenario& scenario, v1::ForecastResult& result);

// The differences of the lines the run asks for, in the engine's order.
std::vector<v1::EntityDifference> DifferencesFrom(
    const std::vector<simulator::PairedDifference>& differences, const Business& business,
    const RunSpec& run);

// All of a certificate that metrics knows: as-of, hashes, draws, tier, what was left out.
type::v1::Certificate CertificateBase(const metrics::v1::PipelineModel& model,
                                      const metrics::v1::PipelineStateHeader& header);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_RESULT_CONVERTERS_H_
