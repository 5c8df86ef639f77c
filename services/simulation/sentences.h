// What an answer says in plain words: headlines, warnings, refusals. For sales leaders, so without
// terms of the trade of statistics.
#ifndef QUOTACAST_SERVICES_SIMULATION_SENTENCES_H_
#define QUOTACAST_SERVICES_SIMULATION_SENTENCES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/converters.h"
#include "simulator/engine/forecast.h"

namespace quotacast::simulation {

// "37 %"; "under 1 %" and "over 99 %" near the ends, because a finite number of trials proves
// neither never nor always.
std::string PercentText(double probability);

// "USD 2,400,000", rounded to whole major units; "-USD 1,200" below zero.
std::string AmountText(double minor_units, const CurrencyUnit& currency);

// The same rounded to three digits: a simulated amount is not known to more.
std::string SimulatedAmountText(double minor_units, const CurrencyUnit& currency);

// "37 % chance that the organisation books its 2017Q4 quota of USD 2,400,000; half of the outcomes
// lie between USD 1,900,000 and USD 2,600,000."
std::string ForecastSentence(const simulator::EntityPeriodForecast& org, const Business& business,
                             const RunSpec& run);

// "`Two hires` books USD 120,000 more than `Base` on average and more in 71 % of the outcomes; the
// chance of the quota goes from 37 % to 45 %."
std::string ComparisonSentence(const simulator::PairedDifference& org_difference,
                               const simulator::EntityPeriodForecast& org_a,
                               const simulator::EntityPeriodForecast& org_b,
                               std::string_view name_a, std::string_view name_b,
                               const Business& business);

// What a reader should know of the data behind a forecast; empty when there is nothing.
std::vector<std::string> Warnings(const Business& business, const simulator::Scenario& scenario,
                                  const RunSpec& run, int64_t clamped_count);

// That no compensation plan pays `unpaid` of `people`.
std::string UnpaidWarning(int64_t unpaid, int64_t people, std::string_view period);

// That drivers were looked for among the largest of more open deals.
std::string UncountedDealsWarning(int64_t counted, int64_t uncounted);

// Why a history below the tier that allows a forecast gets none: what is there, what is needed.
std::string RefusalMessage(const metrics::v1::FitEvidence& evidence);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_SENTENCES_H_
