// Goal: a back-test goes back to each day, forecasts as Forecast does, scores with what came, goes
// on after refusals, stops when it should, and leaves a track record that changes no figure.
// Method: the core on the hand-built company, whose model and state the sources date as asked, with
// actuals by hand. Serialised answers are compared byte by byte; no clock is involved.
#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"
#include "services/simulation/simulation.h"
#include "services/simulation/track_records.h"

namespace quotacast::simulation {
namespace {

using ::testing::HasSubstr;

// 2017Q3, 2017Q4 and 2018Q1, of which two have ended. In 2017Q4 everybody booked 20,000; Eve, whom
// no state knows, 7,000 in east.
ActualsMessages CompanyActuals() {
  ActualsMessages actuals;
  metrics::v1::ActualsHeader& header = actuals.header;
  *header.mutable_as_of()->mutable_effective_date() = DateMessage(2018, 1, 15);
  header.mutable_as_of()->mutable_recorded_time()->set_seconds(1'600'000'000);
  header.mutable_as_of()->set_log_offset(1234);
  const char* const names[] = {"2017Q3", "2017Q4", "2018Q1"};
  const google::type::Date starts[] = {DateMessage(2017, 7, 1), DateMessage(2017, 10, 1),
                                       DateMessage(2018, 1, 1), DateMessage(2018, 4, 1)};
  for (int p = 0; p < 3; ++p) {
    auto& period = *header.add_periods();
    period.set_name(names[p]);
    *period.mutable_start_date() = starts[p];
    *period.mutable_end_date() = starts[p + 1];
  }
  header.set_ended_period_count(2);
  header.set_currency_code("USD");
  for (const char* id : {"ann", "ben", "cy", "dee", "eve"}) {
    metrics::v1::ActualsRep& rep = actuals.reps.emplace_back();
    rep.set_rep_id(id);
    rep.set_team_id(std::string(id) == "cy" || std::string(id) == "dee" ? "west" : "east");
    for (int p = 0; p < 3; ++p) {
      auto& of_period = *rep.add_periods();
      *of_period.mutable_booked() = Dollars(p != 1 ? 0 : std::string(id) == "eve" ? 7'000 : 20'000);
      of_period.set_created_count(1);
    }
  }
  return actuals;
}

// Serves the company as of any day, its state for the period of that day.
struct FakeMetrics {
  ActualsMessages actuals = CompanyActuals();
  // What fitting answers for a day, when it is not the model.
  std::function<absl::Status(const google::type::Date&)> fit_status =
      [](const google::type::Date&) { return absl::OkStatus(); };
  std::function<void(metrics::v1::PipelineModel&)> change_model = [](metrics::v1::PipelineModel&) {
  };
  std::vector<type::v1::AsOf> fitted;
  int deal_calls = 0;

  SimulationSources Sources() {
    SimulationSources sources;
    sources.fit = [this](const std::string&, const type::v1::AsOf& as_of,
                         const CallScope&) -> absl::StatusOr<metrics::v1::PipelineModel> {
      if (absl::Status status = fit_status(as_of.effective_date()); !status.ok()) return status;
      fitted.push_back(as_of);
      metrics::v1::PipelineModel model = CompanyModel();
      *model.mutable_as_of()->mutable_effective_date() = as_of.effective_date();
      change_model(model);
      return model;
    };
    sources.state = [](const std::string&, const type::v1::AsOf& as_of,
                       const std::string& last_period,
                       const CallScope&) -> absl::StatusOr<StateMessages> {
      StateMessages state = CompanyState();
      *state.header.mutable_as_of()->mutable_effective_date() = as_of.effective_date();
      if (last_period == "2017Q3") {
        state.header.mutable_periods(0)->set_name("2017Q3");
        *state.header.mutable_periods(0)->mutable_start_date() = DateMessage(2017, 7, 1);
        *state.header.mutable_periods(0)->mutable_end_date() = DateMessage(2017, 10, 1);
      }
      return state;
    };
    sources.actuals = [this](const std::string&, const type::v1::AsOf& as_of, bool with_deals,
                             const CallScope&) -> absl::StatusOr<ActualsMessages> {
      ActualsMessages answer = actuals;
      if (with_deals) {
        ++deal_calls;
        *answer.header.mutable_as_of() = as_of;
      }
      return answer;
    };
    return sources;
  }
};

v1::BacktestRequest Request(int64_t trials = 512) {
  v1::BacktestRequest request;
  request.set_parent("workspaces/default");
  request.set_first_period("2017Q4");
  request.add_weeks(1);
  request.add_weeks(5);
  request.set_trial_count(trials);
  request.set_seed(7);
  return request;
}

struct Tested {
  absl::Status status;
  std::vector<v1::BacktestProgress> progress;
  std::vector<v1::ScoredForecast> forecasts;
  v1::BacktestSummary summary;
  std::string bytes;
};

Tested RunCall(Simulation& simulation, const v1::BacktestRequest& request) {
  Tested tested;
  tested.status = simulation.Backtest(request, {}, [&](const v1::BacktestResponse& message) {
    EXPECT_EQ(tested.summary.ByteSizeLong(), 0u) << "nothing comes after the summary";
    tested.bytes += message.SerializeAsString();
    if (message.has_progress()) tested.progress.push_back(message.progress());
    for (const auto& forecast : message.forecasts().forecasts()) {
      tested.forecasts.push_back(forecast);
    }
    if (message.has_summary()) tested.summary = message.summary();
    return true;
  });
  return tested;
}

std::string ReasonOf(const absl::Status& status) {
  const auto detail = GetDetail(status);
  return detail.has_value() ? detail->reason : "";
}

TEST(Backtest, ScoresEveryStaffedLineOfEveryReplay) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  const Tested tested = RunCall(simulation, Request());
  ASSERT_TRUE(tested.status.ok()) << tested.status;
  ASSERT_EQ(tested.progress.size(), 2u);
  EXPECT_EQ(tested.progress[1].replays_done(), 1);
  EXPECT_EQ(tested.progress[1].replays_total(), 2);
  EXPECT_EQ(tested.progress[1].week(), 5);
  // The organisation, three teams with somebody, four reps; twice.
  ASSERT_EQ(tested.forecasts.size(), 16u);
  std::string order;
  for (int i = 0; i < 8; ++i) {
    absl::StrAppend(&order, tested.forecasts[static_cast<size_t>(i)].entity().entity_id(), " ");
  }
  EXPECT_EQ(order, " east sales west ann ben cy dee ");
  EXPECT_EQ(tested.forecasts[0].actual().units(), 87'000);  // With Eve.
  EXPECT_EQ(tested.forecasts[1].actual().units(), 47'000);
  EXPECT_EQ(tested.forecasts[3].actual().units(), 40'000);
  EXPECT_EQ(tested.forecasts[4].actual().units(), 20'000);
  EXPECT_EQ(tested.forecasts[0].as_of_date().day(), 30);
  EXPECT_EQ(tested.forecasts[8].as_of_date().day(), 28);
  EXPECT_EQ(tested.forecasts[8].week(), 5);
  EXPECT_FALSE(tested.forecasts[7].has_quota());  // Dee.
  EXPECT_FALSE(tested.forecasts[7].has_attain_probability());
  EXPECT_EQ(metrics.deal_calls, 2);

  const v1::BacktestSummary& summary = tested.summary;
  ASSERT_EQ(summary.scores_size(), 9);
  EXPECT_EQ(summary.scores(0).level(), v1::LEVEL_ORG);
  EXPECT_EQ(summary.scores(0).week(), 0);
  EXPECT_EQ(summary.scores(0).forecast_count(), 2);
  EXPECT_EQ(summary.scores(2).week(), 5);
  EXPECT_EQ(summary.scores(6).level(), v1::LEVEL_REP);
  EXPECT_EQ(summary.scores(6).forecast_count(), 8);
  EXPECT_EQ(summary.scores(6).period_count(), 1);
  EXPECT_TRUE(summary.scores(6).directional());
  double crps = 0;
  for (const auto& forecast : tested.forecasts) {
    if (forecast.entity().level() == v1::LEVEL_REP) crps += forecast.crps() / 8;
  }
  EXPECT_NEAR(summary.scores(6).mean_crps(), crps, 1e-6);
  int64_t with_quota = 0;
  for (const auto& bin : summary.scores(6).reliability()) with_quota += bin.forecast_count();
  EXPECT_EQ(with_quota, 6);
  ASSERT_EQ(summary.periods_size(), 1);
  EXPECT_EQ(summary.periods(0).name(), "2017Q4");
  EXPECT_EQ(summary.replay_mode(), v1::REPLAY_MODE_RECORDED);
  EXPECT_EQ(summary.trial_count(), 512);
  EXPECT_EQ(summary.currency_code(), "USD");
  EXPECT_THAT(summary.summary(), HasSubstr("2 forecasts of 1 period, 2017Q4"));
  std::string warnings;
  for (const std::string& warning : summary.warnings()) warnings += warning + "\n";
  EXPECT_THAT(warnings, HasSubstr("Directional: 1 period"));
  EXPECT_THAT(warnings, HasSubstr("In 2 cases somebody booked who was not there"));
  EXPECT_THAT(warnings, HasSubstr("80 of 80 open deals of the baselines have no expected close"));
}

TEST(Backtest, ForecastsAsForecastDoes) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  const Tested tested = RunCall(simulation, Request());
  ASSERT_EQ(tested.forecasts.size(), 16u);
  v1::ForecastRequest request;
  request.mutable_spec()->set_parent("workspaces/default");
  request.mutable_spec()->set_trial_count(512);
  request.mutable_spec()->set_seed(7);
  request.mutable_spec()->set_period("2017Q4");
  for (const auto level : {v1::LEVEL_ORG, v1::LEVEL_TEAM, v1::LEVEL_REP}) {
    request.mutable_spec()->add_levels(level);
  }
  *request.mutable_spec()->mutable_as_of()->mutable_effective_date() = DateMessage(2017, 10, 28);
  const auto response = simulation.Forecast(request, {});
  ASSERT_TRUE(response.ok()) << response.status();
  int compared = 0;
  for (const auto& line : response->outcome().forecast().entities()) {
    for (const auto& past : tested.forecasts) {
      if (past.week() != 5 || past.entity().level() != line.entity().level() ||
          past.entity().entity_id() != line.entity().entity_id()) {
        continue;
      }
      EXPECT_EQ(past.bookings().SerializeAsString(), line.bookings().SerializeAsString());
      EXPECT_EQ(past.has_quota(), line.has_quota());
      EXPECT_DOUBLE_EQ(past.attain_probability(), line.attain_probability().value());
      ++compared;
    }
  }
  EXPECT_EQ(compared, 8);
}

TEST(Backtest, SameBytesWhateverTheThreads) {
  FakeMetrics metrics;
  Simulation one(metrics.Sources(), {.threads = 1});
  Simulation three(metrics.Sources(), {.threads = 3});
  const Tested tested = RunCall(one, Request());
  EXPECT_EQ(RunCall(three, Request()).bytes, tested.bytes);
  EXPECT_EQ(RunCall(one, Request()).bytes, tested.bytes);
  v1::BacktestRequest other = Request();
  other.set_seed(8);
  EXPECT_NE(RunCall(one, other).bytes, tested.bytes);
}

TEST(Backtest, ScoresTheLevelsAsked) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::BacktestRequest request = Request();
  request.add_levels(v1::LEVEL_REP);
  const Tested tested = RunCall(simulation, request);
  ASSERT_TRUE(tested.status.ok()) << tested.status;
  EXPECT_EQ(tested.forecasts.size(), 8u);
  EXPECT_FALSE(tested.summary.has_track_record());
  EXPECT_THAT(tested.summary.summary(), HasSubstr("no headline"));
}

TEST(Backtest, AsksForWhatWasKnownThen) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::BacktestRequest request = Request();
  RunCall(simulation, request);
  ASSERT_EQ(metrics.fitted.size(), 2u);
  EXPECT_EQ(metrics.fitted[1].effective_date().day(), 28);
  EXPECT_EQ(metrics.fitted[1].recorded_time().seconds(), 1'509'235'199);  // 2017-10-28 23:59:59.
  EXPECT_EQ(metrics.fitted[1].log_offset(), 1234);
  // An imported past is seen as it is known today, and the summary says so.
  metrics.fitted.clear();
  metrics.actuals.header.set_reconstructed(true);
  const Tested tested = RunCall(simulation, request);
  EXPECT_EQ(metrics.fitted[1].recorded_time().seconds(), 1'600'000'000);
  EXPECT_EQ(tested.summary.replay_mode(), v1::REPLAY_MODE_EFFECTIVE);
  EXPECT_THAT(tested.summary.warnings(0), HasSubstr("as they are known today"));
}

TEST(Backtest, RefusedReplaysAreListedAndTheRestGoesOn) {
  FakeMetrics metrics;
  metrics.fit_status = [](const google::type::Date& day) {
    return day.month() == 9 ? FailedPrecondition("NO_HISTORY", "nothing is dated by then")
                            : absl::OkStatus();
  };
  Simulation simulation(metrics.Sources(), {});
  const Tested tested = RunCall(simulation, Request());
  ASSERT_TRUE(tested.status.ok()) << tested.status;
  EXPECT_EQ(tested.forecasts.size(), 8u);
  ASSERT_EQ(tested.summary.refusals_size(), 1);
  EXPECT_EQ(tested.summary.refusals(0).period(), "2017Q4");
  EXPECT_EQ(tested.summary.refusals(0).week(), 1);
  EXPECT_EQ(tested.summary.refusals(0).as_of_date().month(), 9);
  EXPECT_EQ(tested.summary.refusals(0).refusal().reason(), "NO_HISTORY");

  // Whoever names no first period begins where forecasts do; the summary says how many came before.
  v1::BacktestRequest from_the_start = Request();
  from_the_start.clear_first_period();
  metrics.fit_status = [](const google::type::Date& day) {
    return day.month() < 9 ? FailedPrecondition("NO_HISTORY", "nothing is dated by then")
                           : absl::OkStatus();
  };
  const Tested whole = RunCall(simulation, from_the_start);
  EXPECT_EQ(whole.progress.size(), 4u);
  EXPECT_EQ(whole.summary.refusals_size(), 0);
  EXPECT_EQ(whole.summary.periods_size(), 1);
  EXPECT_THAT(whole.summary.warnings(whole.summary.warnings_size() - 1),
              HasSubstr("2 replays before the first forecast"));
}

TEST(Backtest, TooLittleHistoryEverywhereIsNoError) {
  FakeMetrics metrics;
  metrics.change_model = [](metrics::v1::PipelineModel& model) {
    model.mutable_evidence()->set_data_tier(type::v1::DATA_TIER_BENCHMARK_ONLY);
    model.mutable_evidence()->set_won_count(12);
  };
  InMemoryTrackRecords records;
  Simulation simulation(metrics.Sources(), {}, &records);
  v1::BacktestRequest request = Request();
  request.clear_first_period();
  const Tested tested = RunCall(simulation, request);
  ASSERT_TRUE(tested.status.ok()) << tested.status;
  EXPECT_EQ(tested.summary.scores_size(), 0);
  ASSERT_EQ(tested.summary.refusals_size(), 4);
  EXPECT_EQ(tested.summary.refusals(0).refusal().reason(), "DATA_TIER_TOO_LOW");
  EXPECT_THAT(tested.summary.summary(), HasSubstr("Nothing was scored"));
  EXPECT_FALSE(records.Get("workspaces/default").has_value());
  // Of the period that was asked for as well.
  EXPECT_EQ(RunCall(simulation, Request()).summary.refusals_size(), 2);
}

TEST(Backtest, AnotherCalendarThenIsARefusal) {
  FakeMetrics metrics;
  *metrics.actuals.header.mutable_periods(1)->mutable_start_date() = DateMessage(2017, 10, 2);
  *metrics.actuals.header.mutable_periods(0)->mutable_end_date() = DateMessage(2017, 10, 2);
  Simulation simulation(metrics.Sources(), {});
  const Tested tested = RunCall(simulation, Request());
  ASSERT_TRUE(tested.status.ok()) << tested.status;
  ASSERT_EQ(tested.summary.refusals_size(), 2);
  EXPECT_EQ(tested.summary.refusals(0).refusal().reason(), "CALENDAR_CHANGED");
}

TEST(Backtest, OtherErrorsOfTheSourcesEndIt) {
  FakeMetrics metrics;
  metrics.fit_status = [](const google::type::Date&) { return absl::UnavailableError("gone"); };
  Simulation simulation(metrics.Sources(), {});
  EXPECT_TRUE(absl::IsUnavailable(RunCall(simulation, Request()).status));
}

TEST(Backtest, RefusesBadRequests) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::BacktestRequest running = Request();
  running.set_last_period("2018Q1");
  EXPECT_EQ(ReasonOf(RunCall(simulation, running).status), "INVALID_FIELD");
  v1::BacktestRequest unknown = Request();
  unknown.set_first_period("2031Q1");
  EXPECT_EQ(ReasonOf(RunCall(simulation, unknown).status), "UNKNOWN_PERIOD");
  v1::BacktestRequest trials = Request(-1);
  EXPECT_EQ(ReasonOf(RunCall(simulation, trials).status), "INVALID_FIELD");
  EXPECT_TRUE(metrics.fitted.empty());
}

TEST(Backtest, RefusesMoreScoresThanItKeepsBeforeTheWork) {
  FakeMetrics metrics;
  // Two replays: 99,998 reps, one organisation and one team are 200,000; one rep more is too many.
  metrics.actuals.reps.clear();
  metrics::v1::ActualsRep rep;
  rep.set_team_id("east");
  for (int p = 0; p < 3; ++p) rep.add_periods();
  metrics.actuals.reps.assign(99'999, rep);
  Simulation simulation(metrics.Sources(), {});
  const Tested tested = RunCall(simulation, Request());
  EXPECT_EQ(ReasonOf(tested.status), "INVALID_FIELD");
  EXPECT_THAT(std::string(tested.status.message()), HasSubstr("200002 forecasts"));
  EXPECT_TRUE(metrics.fitted.empty());
  metrics.actuals.reps.pop_back();
  EXPECT_TRUE(RunCall(simulation, Request()).status.ok());
}

TEST(Backtest, TooMuchWorkIsRefusedAsElsewhere) {
  FakeMetrics metrics;
  SimulationLimits limits;
  limits.deal_trials_max = 1.5 * 512 * CompanyBusiness().deals_per_trial;
  Simulation simulation(metrics.Sources(), limits);
  const absl::Status large = RunCall(simulation, Request(2'048)).status;
  EXPECT_TRUE(absl::IsInvalidArgument(large)) << large;
  EXPECT_EQ(GetDetail(large)->field_violations[0].field, "trial_count");
  // A second one while the first simulates; none is in the way between replays.
  absl::Status within = absl::OkStatus();
  bool asked = false;
  CallScope scope;
  int writes = 0;
  scope.cancelled = [&] {
    if (!asked && writes == 1) {
      asked = true;
      within = RunCall(simulation, Request()).status;
    }
    return false;
  };
  absl::Status between;
  const absl::Status status =
      simulation.Backtest(Request(), scope, [&](const v1::BacktestResponse& message) {
        ++writes;
        if (message.has_forecasts()) between = RunCall(simulation, Request()).status;
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(asked);
  EXPECT_TRUE(absl::IsResourceExhausted(within)) << within;
  EXPECT_TRUE(between.ok()) << between;
}

TEST(Backtest, StopsWhenNobodyListens) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  int messages = 0;
  const absl::Status unheard = simulation.Backtest(
      Request(), {}, [&messages](const v1::BacktestResponse&) { return ++messages < 2; });
  EXPECT_TRUE(absl::IsCancelled(unheard)) << unheard;
  EXPECT_EQ(messages, 2);
  std::atomic<int> polls = 0;
  CallScope scope;
  scope.cancelled = [&polls] { return ++polls >= 3; };
  const absl::Status cancelled = simulation.Backtest(
      Request(100'000), scope, [](const v1::BacktestResponse&) { return true; });
  EXPECT_TRUE(absl::IsCancelled(cancelled)) << cancelled;
  EXPECT_LT(polls, 20);
}

TEST(Backtest, LeavesATrackRecordThatChangesNoFigure) {
  FakeMetrics metrics;
  InMemoryTrackRecords records;
  Simulation simulation(metrics.Sources(), {}, &records);
  v1::ForecastRequest request;
  request.mutable_spec()->set_parent("workspaces/default");
  request.mutable_spec()->set_trial_count(512);
  request.mutable_spec()->set_period("2017Q4");
  *request.mutable_spec()->mutable_as_of()->mutable_effective_date() = DateMessage(2017, 9, 30);
  const auto before = simulation.Forecast(request, {});
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_FALSE(before->outcome().certificate().has_track_record());
  const Tested tested = RunCall(simulation, Request());
  ASSERT_TRUE(tested.summary.has_track_record());
  const type::v1::TrackRecord& record = tested.summary.track_record();
  EXPECT_EQ(record.forecast_count(), 2);
  EXPECT_EQ(record.as_of().log_offset(), 1234);
  EXPECT_EQ(record.engine_id(), std::string(simulator::kEngineId));
  EXPECT_EQ(record.models_hash().size(), 64u);
  auto after = simulation.Forecast(request, {});
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->outcome().certificate().track_record().SerializeAsString(),
            record.SerializeAsString());
  after->mutable_outcome()->mutable_certificate()->clear_track_record();
  EXPECT_EQ(after->SerializeAsString(), before->SerializeAsString());
  // Of another workspace there is none.
  request.mutable_spec()->set_parent("workspaces/other");
  EXPECT_FALSE(simulation.Forecast(request, {})->outcome().certificate().has_track_record());
}

}  // namespace
}  // namespace quotacast::simulation
