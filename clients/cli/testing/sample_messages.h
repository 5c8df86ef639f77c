// Messages that look like a small company's, for golden texts.
#ifndef QUOTACAST_CLIENTS_CLI_TESTING_SAMPLE_MESSAGES_H_
#define QUOTACAST_CLIENTS_CLI_TESTING_SAMPLE_MESSAGES_H_

#include <string>
#include <vector>

#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/planning/v1/goal.pb.h"
#include "quotacast/planning/v1/planning_service.pb.h"
#include "quotacast/simulation/v1/forecast.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"
#include "quotacast/type/v1/certificate.pb.h"
#include "quotacast/type/v1/distribution.pb.h"

namespace quotacast::cli {

google::type::Date SampleDate(int year, int month, int day);
google::type::Money SampleMoney(int64_t units, const std::string& currency = "USD");
type::v1::Estimate SampleEstimate(double value, double monte_carlo_error, double parameter_sd,
                                  double total_error);

// Quantiles around `median`, evenly `spread` apart per ten percent of probability.
type::v1::Distribution SampleDistribution(double median, double spread, double error);

// As of 30 Sep 2017, seed 7, 10,048 trials, one warning.
type::v1::Certificate SampleCertificate();

// 2017Q4: the organisation (quota 3,000,000; P 37 %), two teams, one rep; a fan of three points.
simulation::v1::ForecastOutcome SampleForecast();

// Two reps and three open deals: one that matters, one certain, one without an amount.
simulation::v1::ForecastResult SampleDrivers();

// Base against "Coaching and two hires": +120,000 in the median, better in 83 %.
simulation::v1::ComparisonResult SampleComparison();

// MavenTech with two bad rows, one alias, an unused file.
ingestion::v1::ImportFilesResponse SampleImport();

// win_rate_closed by rep, 2017Q3; one rep is undefined.
metrics::v1::KpiTable SampleKpiTable();

// 2017Q3, which ended, and 2017Q4: Anna (quota in Q3, team west) and Zoë (team north, below west).
std::vector<metrics::v1::GetActualsResponse> SampleActuals();
// Their names, and team west above north.
metrics::v1::PipelineStateHeader SampleRoster();

// A bookings goal and a dropped one.
planning::v1::ListGoalsResponse SampleGoals();
// One that was stopped, beyond the limit.
planning::v1::ListInitiativesResponse SampleInitiatives();
// One frozen, with an initiative and a hire.
planning::v1::ListScenariosResponse SampleScenarios();
planning::v1::GoalEvaluation SampleEvaluation();

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_TESTING_SAMPLE_MESSAGES_H_
