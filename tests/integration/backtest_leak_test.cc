// Goal: no back-test sees the future: what was recorded after a past day (RECORDED) or is dated
// after it (EFFECTIVE) changes nothing that was forecast as of that day, neither the model's
// forecast nor a baseline's, quota or what was booked by then. Method: metrics and simulation cores
// over a generated company, once as it is and once with planted later values: amounts, outcomes,
// owners, quotas. Every field of the scored forecasts that is not about the outcome must be the
// same to the bit; the outcomes must not be, or the plants are none.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/metrics/metrics.h"
#include "services/metrics/test_feed.h"
#include "tests/integration/simulation_on_metrics.h"

namespace quotacast {
namespace {

using absl::CivilDay;
using metrics::TestFeed;

constexpr int kRepCount = 4;

struct Change {
  CivilDay day;
  std::string deal;
  std::string stage;
  metrics::DealFields fields;
};

// A deal is created every fifth day, goes to Proposal after 12 days and is closed after 40, two of
// five won; expected to close 60 days after its creation.
std::vector<Change> Changes() {
  std::vector<Change> changes;
  int number = 0;
  for (CivilDay day(2016, 1, 2); day < CivilDay(2017, 12, 1); day += 5, ++number) {
    const std::string deal = absl::StrCat("d", 1'000 + number);
    changes.push_back({day,
                       deal,
                       "Discovery",
                       {.rep = absl::StrCat("rep", number % kRepCount),
                        .amount = 1'000 + 37 * (number % 11),
                        .expected_close = day + 60}});
    changes.push_back({day + 12, deal, "Proposal", {}});
    changes.push_back({day + 40, deal, number % 5 < 2 ? "Won" : "Lost", {}});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.day < b.day; });
  return changes;
}

void AddReferences(TestFeed& feed) {
  feed.Stages();
  feed.Team("east");
  feed.Team("west");
  for (int r = 0; r < kRepCount; ++r) {
    feed.Rep(absl::StrCat("rep", r), r % 2 == 0 ? "east" : "west");
    feed.Quota(absl::StrCat("rep", r), "2017Q2", 3'000);
    feed.Quota(absl::StrCat("rep", r), "2017Q3", 3'000);
  }
}

// Recorded on the day it happened, or all of it on one later day. Ends with 2017-09-30.
TestFeed Company(bool as_it_happened) {
  TestFeed feed(as_it_happened ? CivilDay(2016, 1, 1) : CivilDay(2017, 12, 1));
  AddReferences(feed);
  for (const Change& change : Changes()) {
    if (change.day > CivilDay(2017, 9, 30)) break;
    if (as_it_happened) feed.RecordOn(change.day);
    feed.Deal(change.deal, change.stage, change.day, change.fields);
  }
  return feed;
}

Backtested RunOn(const TestFeed& feed, simulation::v1::ReplayMode mode) {
  FakeClock clock(StartOfDayUtc(CivilDay(2018, 1, 2)));
  metrics::Metrics metrics(
      [&feed](std::string_view, int64_t after_offset, const metrics::Cancelled&,
              const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& on_batch) {
        ingestion::v1::WatchEventsResponse batch;
        for (size_t i = static_cast<size_t>(after_offset); i < feed.records().size(); ++i) {
          *batch.add_events() = feed.records()[i];
        }
        on_batch(batch);
        return absl::OkStatus();
      },
      &clock);
  simulation::v1::BacktestRequest request;
  request.set_parent("workspaces/w");
  request.set_first_period("2017Q2");
  request.set_last_period("2017Q3");
  for (const int week : {1, 5, 9}) request.add_weeks(week);
  request.set_trial_count(256);
  request.set_replay_mode(mode);
  request.mutable_as_of()->mutable_effective_date()->set_year(2017);
  request.mutable_as_of()->mutable_effective_date()->set_month(9);
  request.mutable_as_of()->mutable_effective_date()->set_day(30);
  return RunBacktestOn(metrics, request);
}

// What was known when the forecast was made. The hash names the events that were looked at, so it
// tells logs of different lengths apart even where they say the same.
std::string KnownPart(simulation::v1::ScoredForecast forecast, bool with_hash) {
  forecast.clear_actual();
  forecast.clear_crps();
  forecast.clear_pit_low();
  forecast.clear_pit_high();
  for (auto& baseline : *forecast.mutable_baselines()) baseline.clear_crps();
  if (!with_hash) forecast.clear_model_hash();
  return forecast.DebugString();
}

std::vector<std::string> KnownParts(const Backtested& backtested, bool with_hash) {
  std::vector<std::string> parts;
  for (const auto& forecast : backtested.forecasts) parts.push_back(KnownPart(forecast, with_hash));
  return parts;
}

std::vector<int64_t> Outcomes(const Backtested& backtested) {
  std::vector<int64_t> outcomes;
  for (const auto& forecast : backtested.forecasts) outcomes.push_back(forecast.actual().units());
  return outcomes;
}

// What was planted tells of days before the forecasts, and was recorded after all of them.
TEST(BacktestLeak, WhatIsRecordedLaterIsNotKnown) {
  const TestFeed feed = Company(true);
  TestFeed planted = feed;
  planted.RecordOn(CivilDay(2017, 10, 5));
  const CivilDay before(2017, 3, 1);
  for (const Change& change : Changes()) {
    if (change.day > CivilDay(2017, 8, 1)) break;
    // Ten times the amount, and another owner, as if it had always been so.
    if (change.stage == "Discovery") {
      planted.Deal(
          change.deal, "", change.day,
          {.rep = "rep3", .amount = 10'000, .version = absl::StrCat("later", change.deal)});
    }
    // All that was lost had been won.
    if (change.stage == "Lost") {
      planted.Deal(change.deal, "Won", change.day, {.version = absl::StrCat("won", change.deal)});
    }
  }
  planted.Deal("never seen", "Proposal", before, {.rep = "rep0", .amount = 50'000});
  for (int r = 0; r < kRepCount; ++r) planted.Quota(absl::StrCat("rep", r), "2017Q3", 1);

  const Backtested as_it_was = RunOn(feed, simulation::v1::REPLAY_MODE_RECORDED);
  const Backtested with_plants = RunOn(planted, simulation::v1::REPLAY_MODE_RECORDED);
  ASSERT_TRUE(as_it_was.status.ok()) << as_it_was.status;
  ASSERT_TRUE(with_plants.status.ok()) << with_plants.status;
  EXPECT_EQ(as_it_was.summary.refusals_size(), 0);
  ASSERT_EQ(as_it_was.forecasts.size(), 6u * 7);
  EXPECT_EQ(KnownParts(with_plants, true), KnownParts(as_it_was, true));
  EXPECT_NE(Outcomes(with_plants), Outcomes(as_it_was));
  // Where past days are seen as they are known today, the plants are seen: they are not idle.
  EXPECT_NE(KnownParts(RunOn(planted, simulation::v1::REPLAY_MODE_EFFECTIVE), false),
            KnownParts(RunOn(feed, simulation::v1::REPLAY_MODE_EFFECTIVE), false));
}

// All was imported at once; what was planted is dated after the last forecast, 25 August.
TEST(BacktestLeak, WhatIsDatedLaterIsNotKnown) {
  const TestFeed feed = Company(false);
  TestFeed planted = feed;
  const CivilDay later(2017, 8, 26);
  int number = 0;
  for (const Change& change : Changes()) {
    if (change.stage != "Discovery" || change.day < CivilDay(2017, 7, 20)) continue;
    if (change.day > CivilDay(2017, 8, 20)) break;
    // Open on 25 August: another amount, another owner, another end.
    planted.Deal(change.deal, "Won", later + (number++ % 20),
                 {.rep = "rep3", .amount = 10'000, .version = absl::StrCat("later", change.deal)});
  }
  ASSERT_GT(number, 3);
  planted.Deal("new", "Won", later, {.rep = "rep0", .amount = 50'000});

  // The default for an imported past.
  const Backtested as_it_was = RunOn(feed, simulation::v1::REPLAY_MODE_UNSPECIFIED);
  const Backtested with_plants = RunOn(planted, simulation::v1::REPLAY_MODE_UNSPECIFIED);
  ASSERT_TRUE(as_it_was.status.ok()) << as_it_was.status;
  ASSERT_TRUE(with_plants.status.ok()) << with_plants.status;
  EXPECT_EQ(as_it_was.summary.replay_mode(), simulation::v1::REPLAY_MODE_EFFECTIVE);
  ASSERT_EQ(as_it_was.forecasts.size(), 6u * 7);
  EXPECT_EQ(KnownParts(with_plants, false), KnownParts(as_it_was, false));
  EXPECT_NE(Outcomes(with_plants), Outcomes(as_it_was));
}

// Imported on a day after all of it: nothing was recorded on any past day.
TEST(BacktestLeak, AnImportedPastHasNoRecordedDays) {
  const Backtested backtested = RunOn(Company(false), simulation::v1::REPLAY_MODE_RECORDED);
  ASSERT_TRUE(backtested.status.ok()) << backtested.status;
  EXPECT_TRUE(backtested.forecasts.empty());
  ASSERT_EQ(backtested.summary.refusals_size(), 6);
  EXPECT_EQ(backtested.summary.refusals(0).refusal().reason(), "EMPTY_WORKSPACE");
}

}  // namespace
}  // namespace quotacast
