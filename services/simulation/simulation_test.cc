// Goal: forecasts and streams are replayable, stop when they should, refuse what they
// should, and say what they rest on.
// Method: the core on the hand-built company, with sources that count their calls; serialised
// answers are compared byte by byte. Cancellation is a function that counts how often it is asked,
// so no clock is involved. Statistical statements are about fixed seeds.

#include "services/simulation/simulation.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"
#include "services/simulation/simulation_calls.h"

namespace quotacast::simulation {
namespace {

using ::testing::HasSubstr;

TEST(Forecast, AnswersWithACertificate) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  const v1::ForecastOutcome outcome = Forecast(simulation, Request());
  ASSERT_TRUE(outcome.has_forecast());
  const v1::ForecastResult& forecast = outcome.forecast();
  EXPECT_EQ(forecast.period().name(), "2017Q4");
  ASSERT_EQ(forecast.entities_size(), 1 + 4 + 4);
  const v1::EntityForecast& org = forecast.entities(0);
  EXPECT_EQ(org.quota().units(), 180'000);
  EXPECT_GT(org.bookings().mean().value(), 50'000);
  EXPECT_LT(org.bookings().mean().value(), 400'000);
  EXPECT_GT(org.attain_probability().value(), 0);
  EXPECT_LT(org.attain_probability().value(), 1);
  EXPECT_FALSE(forecast.entities(8).has_quota());  // Dee.
  EXPECT_EQ(forecast.eligible_rep_count(), 3);
  EXPECT_EQ(forecast.org_fan_size(), 14);  // 92 days: 13 weeks and a day.
  EXPECT_THAT(forecast.summary(), HasSubstr("chance that the organisation books its 2017Q4 quota"));

  const type::v1::Certificate& certificate = outcome.certificate();
  EXPECT_EQ(certificate.as_of().log_offset(), 1234);
  EXPECT_EQ(certificate.model_hash(), "model-1");
  EXPECT_EQ(certificate.state_hash(), "state-1");
  EXPECT_EQ(certificate.scenario_hash().size(), 64u);
  EXPECT_EQ(certificate.engine_id(), std::string(simulator::kEngineId));
  EXPECT_EQ(certificate.generator_id(), "philox4x32-10/1");
  EXPECT_EQ(certificate.seed(), 7u);
  EXPECT_EQ(certificate.trial_count(), 2'048);
  EXPECT_EQ(certificate.draw_count(), 8);
  EXPECT_EQ(certificate.step_days(), 7);
  EXPECT_EQ(certificate.data_tier(), type::v1::DATA_TIER_FULL);
  EXPECT_EQ(certificate.warnings_size(), 2);
  // The state was asked for as of the moment the model resolved.
  EXPECT_EQ(metrics.asked_state_as_of.log_offset(), 1234);
}

TEST(Forecast, SameSeedSameBytesOnAnyThreadsWithAndWithoutCaches) {
  FakeMetrics metrics;
  Simulation one(metrics.Sources(), {.threads = 1});
  Simulation two(metrics.Sources(), {.threads = 2});
  Simulation uncached(metrics.Sources(), {.cached_business_count = 0, .cached_plan_count = 0});
  const std::string bytes = Forecast(one, Request()).SerializeAsString();
  EXPECT_EQ(Forecast(one, Request()).SerializeAsString(), bytes);
  EXPECT_EQ(Forecast(two, Request()).SerializeAsString(), bytes);
  EXPECT_EQ(Forecast(uncached, Request()).SerializeAsString(), bytes);
  v1::ForecastRequest other = Request();
  other.mutable_spec()->set_seed(8);
  EXPECT_NE(Forecast(one, other).forecast().SerializeAsString(),
            Forecast(one, Request()).forecast().SerializeAsString());
}

TEST(Forecast, ACertificatesTrialCountRepeatsTheRun) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  for (const int64_t trials : {1, 100, 1'000, 3'000, 5'000}) {
    const v1::ForecastOutcome first = Forecast(simulation, Request(trials));
    EXPECT_GE(first.certificate().trial_count(), trials);
    const v1::ForecastOutcome again =
        Forecast(simulation, Request(first.certificate().trial_count()));
    EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString()) << trials;
  }
}

TEST(Forecast, AnEffectOfZeroChangesNoByte) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest zero = Request();
  *zero.mutable_scenario()->add_initiatives() = WinInitiative("nothing", 0, 0);
  EXPECT_EQ(Forecast(simulation, zero).forecast().SerializeAsString(),
            Forecast(simulation, Request()).forecast().SerializeAsString());
}

TEST(Forecast, OnlyTheLevelsAskedFor) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest request = Request();
  request.mutable_spec()->clear_levels();
  EXPECT_EQ(Forecast(simulation, request).forecast().entities_size(), 1);
  request.mutable_spec()->add_levels(v1::LEVEL_TEAM);
  EXPECT_EQ(Forecast(simulation, request).forecast().entities_size(), 4);
}

TEST(Forecast, FurtherQuestions) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest request = Request();
  for (const bool by_half : {true, false}) {
    v1::ThresholdQuery& query = *request.mutable_spec()->add_thresholds();
    query.mutable_entity()->set_level(v1::LEVEL_ORG);
    *query.mutable_amount() = Dollars(180'000);
    if (by_half) *query.mutable_by_date() = DateMessage(2017, 11, 15);
  }
  request.mutable_spec()->add_reps_at_quota_shares(0.01);
  request.mutable_spec()->add_reps_at_quota_shares(1);
  const v1::ForecastResult forecast = Forecast(simulation, request).forecast();
  ASSERT_EQ(forecast.thresholds_size(), 2);
  EXPECT_LE(forecast.thresholds(0).probability().value(),
            forecast.thresholds(1).probability().value());
  // The same question as the quota of the organisation.
  EXPECT_DOUBLE_EQ(forecast.thresholds(1).probability().value(),
                   forecast.entities(0).attain_probability().value());
  ASSERT_EQ(forecast.reps_at_quota_size(), 2);
  EXPECT_EQ(forecast.reps_at_quota(1).share(), 1);
  EXPECT_GE(forecast.reps_at_quota(0).probability().value(),
            forecast.reps_at_quota(1).probability().value());
  // At least one of three is at least as likely as any one alone.
  EXPECT_GE(forecast.reps_at_quota(0).probability().value(),
            forecast.entities(5).attain_probability().value());
}

TEST(Forecast, DriversWhenAskedFor) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest request = Request();
  const v1::ForecastOutcome plain = Forecast(simulation, request);
  EXPECT_EQ(plain.forecast().deal_drivers_size(), 0);
  EXPECT_EQ(plain.forecast().rep_drivers_size(), 0);
  request.mutable_spec()->set_driver_count(6);
  v1::ForecastOutcome outcome = Forecast(simulation, request);
  v1::ForecastResult& forecast = *outcome.mutable_forecast();
  ASSERT_EQ(forecast.deal_drivers_size(), 6);  // Of 40.
  for (const v1::DealDriver& deal : forecast.deal_drivers()) {
    int found = 0;
    for (const metrics::v1::StateOpenDeal& open : metrics.state.deals) {
      if (open.opportunity_id() != deal.opportunity_id()) continue;
      ++found;
      EXPECT_EQ(deal.rep_id(), open.rep_id());
      EXPECT_EQ(deal.stage_id(), open.stage_id());
      EXPECT_EQ(deal.has_amount(), open.has_amount());
      EXPECT_EQ(deal.amount().units(), open.amount().units());  // 0 when absent.
    }
    EXPECT_EQ(found, 1);
    EXPECT_GT(deal.win_probability().value(), 0);
    EXPECT_GT(deal.variance_share(), 0);
    ASSERT_TRUE(deal.has_attain_probability_if_won() && deal.has_attain_probability_if_not_won());
    // The law of total probability.
    const double p = deal.win_probability().value();
    EXPECT_NEAR(p * deal.attain_probability_if_won().value() +
                    (1 - p) * deal.attain_probability_if_not_won().value(),
                forecast.entities(0).attain_probability().value(), 1e-12);
  }
  ASSERT_EQ(forecast.rep_drivers_size(), 4);
  double sum = 0;
  for (const v1::RepDriver& rep : forecast.rep_drivers()) {
    sum += rep.variance_share();
    EXPECT_EQ(rep.entity().level(), v1::LEVEL_REP);
    EXPECT_EQ(rep.display_name(), "Rep " + rep.entity().entity_id());
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  // A deal that changes hands shows its new owner.
  v1::ForecastRequest moved = request;
  moved.mutable_spec()->set_driver_count(40);
  for (const v1::DealDriver& deal : forecast.deal_drivers()) {
    if (deal.rep_id() == "dee") continue;
    v1::ReassignmentChange& change = *moved.mutable_scenario()->add_reassignments();
    change.set_opportunity_id(deal.opportunity_id());
    change.set_rep_id("dee");
  }
  const v1::ForecastOutcome after = Forecast(simulation, moved);
  EXPECT_EQ(after.forecast().deal_drivers_size(), 40);
  for (const v1::DealDriver& deal : after.forecast().deal_drivers()) {
    for (const v1::ReassignmentChange& change : moved.scenario().reassignments()) {
      if (change.opportunity_id() == deal.opportunity_id()) {
        EXPECT_EQ(deal.rep_id(), "dee");
      }
    }
  }
  // Nothing else differs.
  forecast.clear_deal_drivers();
  forecast.clear_rep_drivers();
  EXPECT_EQ(outcome.SerializeAsString(), plain.SerializeAsString());
}

TEST(Forecast, MeanOfTheWorstShare) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest request = Request();
  double previous = 0;
  for (const double share : {0.01, 0.0, 0.2, 1.0}) {  // 0 means 5 %.
    request.mutable_spec()->set_tail_share(share);
    const v1::ForecastOutcome outcome = Forecast(simulation, request);
    for (const v1::EntityForecast& line : outcome.forecast().entities()) {
      ASSERT_TRUE(line.has_bookings_tail_mean());
      EXPECT_LE(line.bookings_tail_mean().value(), line.bookings().mean().value() + 1e-9);
    }
    const type::v1::Estimate& org = outcome.forecast().entities(0).bookings_tail_mean();
    EXPECT_GT(org.value(), previous);
    EXPECT_GT(org.monte_carlo_error(), 0);
    previous = org.value();
  }
}

TEST(Forecast, WithoutQuotasThereIsNoChanceOfOne) {
  FakeMetrics metrics;
  for (auto& rep : *metrics.state.header.mutable_reps()) rep.mutable_periods(0)->clear_quota();
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest request = Request();
  request.mutable_spec()->add_reps_at_quota_shares(0.5);
  const v1::ForecastResult forecast = Forecast(simulation, request).forecast();
  EXPECT_FALSE(forecast.entities(0).has_attain_probability());
  EXPECT_FALSE(forecast.has_reps_at_quota_share());
  EXPECT_EQ(forecast.reps_at_quota_size(), 0);
  EXPECT_THAT(forecast.summary(), HasSubstr("on average"));
}

TEST(Forecast, RefusesAThinHistoryInTheAnswer) {
  FakeMetrics metrics;
  metrics.model.mutable_evidence()->set_data_tier(type::v1::DATA_TIER_BENCHMARK_ONLY);
  metrics.model.mutable_evidence()->set_won_count(19);
  // Such a model may be hollow; it must not be touched.
  metrics.model.clear_draws();
  Simulation simulation(metrics.Sources(), {});
  const v1::ForecastOutcome outcome = Forecast(simulation, Request());
  ASSERT_TRUE(outcome.has_refusal());
  EXPECT_EQ(outcome.refusal().reason(), "DATA_TIER_TOO_LOW");
  EXPECT_THAT(outcome.refusal().message(), HasSubstr("19 won deals"));
  EXPECT_THAT(outcome.refusal().message(), HasSubstr("at least 20"));
  EXPECT_EQ(outcome.certificate().model_hash(), "model-1");
  EXPECT_EQ(outcome.certificate().trial_count(), 0);

  v1::StreamForecastRequest stream;
  *stream.mutable_spec() = Spec();
  EXPECT_TRUE(Stream(simulation, stream).result.outcome().has_refusal());
  const Compared compared = Compare(simulation, Spec(), {Named("a"), Named("b")});
  EXPECT_EQ(compared.result.refusal().reason(), "DATA_TIER_TOO_LOW");
  EXPECT_EQ(compared.result.scenarios_size(), 0);
  EXPECT_EQ(compared.result.certificate().state_hash(), "state-1");
}

TEST(Forecast, PassesErrorsOnAndChecksBeforeAsking) {
  FakeMetrics metrics;
  metrics.fit_status = FailedPrecondition("NO_HISTORY", "nothing was ever decided");
  Simulation simulation(metrics.Sources(), {});
  const auto response = simulation.Forecast(Request(), {});
  EXPECT_TRUE(absl::IsFailedPrecondition(response.status()));
  EXPECT_EQ(GetDetail(response.status())->reason, "NO_HISTORY");
  const int calls = metrics.calls;
  v1::ForecastRequest bad = Request();
  bad.mutable_spec()->set_step_days(3);
  EXPECT_TRUE(absl::IsInvalidArgument(simulation.Forecast(bad, {}).status()));
  EXPECT_EQ(metrics.calls, calls);
}

TEST(Forecast, ReportsWhatInitiativesCost) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest request = Request();
  *request.mutable_scenario()->add_initiatives() = WinInitiative("a", 0.1, 0);
  *request.mutable_scenario()->mutable_initiatives(0)->mutable_cost()->mutable_per_rep() =
      Dollars(25);
  EXPECT_EQ(Forecast(simulation, request).forecast().initiative_cost().units(), 100);
}

TEST(Forecast, RefusesBadScenariosByPath) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest request = Request();
  *request.mutable_scenario()->add_hires() = HireIntoEast("new");
  request.mutable_scenario()->mutable_hires(0)->set_team_id("X");
  const auto response = simulation.Forecast(request, {});
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr("scenario.hires[0].team_id: unknown team `X`; teams are"));
}

TEST(Forecast, AStateOfAnotherPeriodIsOurFault) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest request = Request();
  request.mutable_spec()->set_period("2018Q1");
  EXPECT_TRUE(absl::IsInternal(simulation.Forecast(request, {}).status()));
  EXPECT_EQ(metrics.asked_last_period, "2018Q1");
}

// Metrics takes a day for the period it lies in, and names the period in its answer.
TEST(Forecast, APeriodMayBeNamedByADayInIt) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  const std::string by_name = [&] {
    v1::ForecastRequest request = Request();
    request.mutable_spec()->set_period("2017Q4");
    return Forecast(simulation, request).SerializeAsString();
  }();
  for (const char* day : {"2017-10-01", "2017-12-31"}) {
    v1::ForecastRequest request = Request();
    request.mutable_spec()->set_period(day);
    const v1::ForecastOutcome outcome = Forecast(simulation, request);
    EXPECT_EQ(outcome.forecast().period().name(), "2017Q4") << day;
    EXPECT_EQ(outcome.SerializeAsString(), by_name) << day;
  }
  for (const char* outside : {"2017-09-30", "2018-01-01"}) {
    v1::ForecastRequest request = Request();
    request.mutable_spec()->set_period(outside);
    EXPECT_TRUE(absl::IsInternal(simulation.Forecast(request, {}).status())) << outside;
  }
}

TEST(Forecast, AdmissionCountsDealTrials) {
  FakeMetrics metrics;
  // 2,048 trials of about 55 deals are 1.1e5.
  Simulation small(metrics.Sources(), {.deal_trials_max = 1e5});
  const auto refused = small.Forecast(Request(), {});
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("spec.trial_count: 2048 trials"));
  EXPECT_TRUE(small.Forecast(Request(1'024), {}).ok());
  // The place is given back.
  EXPECT_TRUE(small.Forecast(Request(1'024), {}).ok());
}

TEST(Forecast, CapacityLimitsCostMoreAndAreNamed) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::ForecastRequest limited = Request();
  limited.mutable_scenario()->add_capacity_limits()->set_open_deals(2);
  const auto free = simulation.Forecast(Request(), {});
  const auto slow = simulation.Forecast(limited, {});
  ASSERT_TRUE(slow.ok()) << slow.status();
  const auto mean = [](const v1::ForecastResponse& response) {
    return response.outcome().forecast().entities(0).bookings().mean().value();
  };
  EXPECT_LT(mean(*slow), 0.8 * mean(*free));  // Ten open deals each, two at a time.
  const auto& warnings = slow->outcome().certificate().warnings();
  EXPECT_EQ(std::count_if(warnings.begin(), warnings.end(),
                          [](const std::string& warning) {
                            return warning.find("Capacity limits hold for") == 0;
                          }),
            1);
  // What a server accepts without limits it may refuse with them.
  Simulation small(metrics.Sources(), {.deal_trials_max = 2e5});
  EXPECT_TRUE(small.Forecast(Request(), {}).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(small.Forecast(limited, {}).status()));
}

TEST(Forecast, CancellationEndsTheWork) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  std::atomic<int> polls = 0;
  CallScope scope;
  // Says yes from the tenth question on. The engine asks at least once per batch, and 400,000
  // trials are 1,600 batches: if it went on, it would ask far more often.
  scope.cancelled = [&polls] { return ++polls >= 10; };
  const auto response = simulation.Forecast(Request(400'000), scope);
  EXPECT_TRUE(absl::IsCancelled(response.status())) << response.status();
  EXPECT_LT(polls, 30);
}

TEST(StreamForecast, EqualsTheUnaryForecastWithTheSameTrials) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {.threads = 2});
  for (const double tolerance : {0.01, 1e-9}) {
    v1::StreamForecastRequest request;
    *request.mutable_spec() = Spec(20'000);
    request.set_tolerance(tolerance);
    const Streamed streamed = Stream(simulation, request);
    ASSERT_TRUE(streamed.status.ok()) << streamed.status;
    const v1::ForecastOutcome& outcome = streamed.result.outcome();
    EXPECT_LE(outcome.certificate().trial_count(), 20'000);
    EXPECT_EQ(
        Forecast(simulation, Request(outcome.certificate().trial_count())).SerializeAsString(),
        outcome.SerializeAsString());
  }
}

TEST(StreamForecast, EqualsTheUnaryForecastEvenWhenFarMoreTrialsWereAllowed) {
  // So many that the engine plans for histograms; the short run that results keeps every trial.
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::StreamForecastRequest request;
  *request.mutable_spec() = Spec(4'000'000);
  request.set_tolerance(0.0079);
  const Streamed streamed = Stream(simulation, request);
  ASSERT_TRUE(streamed.status.ok()) << streamed.status;
  EXPECT_EQ(Forecast(simulation, Request(4'096)).SerializeAsString(),
            streamed.result.outcome().SerializeAsString());
}

TEST(StreamForecast, GivesTheDriversOfTheUnaryForecast) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {.threads = 2});
  v1::StreamForecastRequest request;
  *request.mutable_spec() = Spec(8'192);
  request.mutable_spec()->set_driver_count(3);
  request.set_tolerance(1e-6);
  const Streamed streamed = Stream(simulation, request);
  ASSERT_TRUE(streamed.status.ok()) << streamed.status;
  v1::ForecastRequest unary;
  *unary.mutable_spec() = request.spec();
  EXPECT_EQ(streamed.result.outcome().forecast().deal_drivers_size(), 3);
  EXPECT_EQ(streamed.result.outcome().SerializeAsString(),
            Forecast(simulation, unary).SerializeAsString());
}

TEST(StreamForecast, StopsAtACheckpointWhenConverged) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::StreamForecastRequest request;
  *request.mutable_spec() = Spec(100'000);
  // The standard error of a probability p is sqrt(p (1 - p) / N): at most .0079 at 4,096 trials.
  request.set_tolerance(0.0079);
  Streamed streamed = Stream(simulation, request);
  ASSERT_TRUE(streamed.status.ok()) << streamed.status;
  EXPECT_TRUE(streamed.result.converged());
  EXPECT_EQ(streamed.result.outcome().certificate().trial_count(), 4'096);

  request.set_tolerance(1e-6);
  streamed = Stream(simulation, request);
  EXPECT_FALSE(streamed.result.converged());
  EXPECT_EQ(streamed.result.outcome().certificate().trial_count(), 100'000 / 2'048 * 2'048);
  std::vector<int64_t> with_figures;
  int64_t before = 0;
  for (const v1::Progress& progress : streamed.progress) {
    EXPECT_GE(progress.trials_done(), before);
    before = progress.trials_done();
    EXPECT_EQ(progress.trials_total(), 98'304);
    if (progress.has_bookings_mean()) with_figures.push_back(progress.trials_done());
  }
  EXPECT_THAT(with_figures, ::testing::ElementsAre(4'096, 8'192, 16'384, 32'768, 65'536, 98'304));
  EXPECT_LE(streamed.progress.size(), 60u);
}

TEST(StreamForecast, WithoutQuotasTheMeanDecides) {
  FakeMetrics metrics;
  for (auto& rep : *metrics.state.header.mutable_reps()) rep.mutable_periods(0)->clear_quota();
  Simulation simulation(metrics.Sources(), {});
  v1::StreamForecastRequest request;
  *request.mutable_spec() = Spec(100'000);
  request.set_tolerance(0.5);
  EXPECT_EQ(Stream(simulation, request).result.outcome().certificate().trial_count(), 4'096);
  request.set_tolerance(1e-9);
  EXPECT_FALSE(Stream(simulation, request).result.converged());
}

TEST(StreamForecast, RefusesToleranceByValue) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  for (const double bad : {-0.1, 1.5}) {
    v1::StreamForecastRequest request;
    *request.mutable_spec() = Spec();
    request.set_tolerance(bad);
    EXPECT_THAT(std::string(Stream(simulation, request).status.message()),
                HasSubstr("tolerance: is "));
  }
}

TEST(StreamForecast, EndsWhenNobodyListens) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::StreamForecastRequest request;
  *request.mutable_spec() = Spec(400'000);
  request.set_tolerance(1e-9);
  int writes = 0;
  const absl::Status status = simulation.StreamForecast(
      request, {}, [&writes](const v1::StreamForecastResponse&) { return ++writes < 2; });
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_LE(writes, 3);
}

TEST(Layouts, AreFixedPointsAndCheckpointsAscend) {
  for (const int draws : {1, 8, 64, 256}) {
    for (const int64_t trials : {1, 999, 10'000, 50'000, 100'000, 1'000'000}) {
      const simulator::TrialLayout layout = StableLayout(trials, draws);
      const simulator::TrialLayout again = simulator::TrialsFor(layout.trials, draws);
      EXPECT_EQ(again.trials, layout.trials);
      EXPECT_EQ(again.batch_size, layout.batch_size);
      EXPECT_GE(layout.trials, trials);

      const simulator::TrialLayout streamed = StreamLayout(trials, draws);
      const std::vector<Checkpoint> checkpoints = Checkpoints(streamed, draws);
      EXPECT_EQ(checkpoints.back().trials, streamed.trials);
      EXPECT_TRUE(checkpoints.back().may_end);
      for (size_t i = 1; i < checkpoints.size(); ++i) {
        EXPECT_GT(checkpoints[i].trials, checkpoints[i - 1].trials);
      }
      // Long runs may end at every checkpoint.
      if (trials >= 256 * draws) {
        EXPECT_LE(streamed.trials, trials);
        for (const Checkpoint& checkpoint : checkpoints) EXPECT_TRUE(checkpoint.may_end);
      }
    }
  }
}

}  // namespace
}  // namespace quotacast::simulation
