// Goal: B0, B1 and B2 of every line are what docs/validation.md says. Method: a past of two periods
// worked by hand, ann and ben in east, cy in west.
#include "services/simulation/backtest/baseline_forecasts.h"

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"

namespace quotacast::simulation {
namespace {

using absl::CivilDay;
using simulator::Baseline;

SnapshotDeal Deal(const std::string& id, const std::string& rep, const std::string& stage,
                  std::optional<int64_t> amount, bool is_due = true) {
  return {.id = id,
          .rep_id = rep,
          .stage_id = stage,
          .amount_minor_units = amount,
          .is_due = is_due,
          .has_expected_day = true};
}

// Forecasts 2017Q4 as of 30 Sep 2017. Positions: 0 organisation; 1 sales, 2 east, 3 west, 4
// partners; 5 ann, 6 ben, 7 cy, 8 dee.
class BaselineForecastsTest : public ::testing::Test {
 protected:
  BaselineForecastsTest() : lines_(CompanyBusiness()) {
    q3_ = {"2017Q3", CivilDay(2017, 7, 1), CivilDay(2017, 10, 1)};
    then_.as_of_day = CivilDay(2017, 6, 30);
    then_.deals = {Deal("a1", "ann", "Discovery", 100), Deal("a2", "ann", "Negotiation", 300),
                   Deal("b1", "ben", "Discovery", 600), Deal("late", "ben", "Discovery", 50, false),
                   Deal("still", "cy", "Discovery", 400)};
    now_.as_of_day = CivilDay(2017, 9, 30);
    now_.deals = {Deal("new", "ann", "Discovery", 1'000), Deal("still", "cy", "Negotiation", 400),
                  Deal("next year", "cy", "Discovery", 7'000, false)};
    known_.periods = {q3_, {"2017Q4", CivilDay(2017, 10, 1), CivilDay(2018, 1, 1)}};
    known_.ended_count = 1;
    // a1 as stated, a2 for less, b1 handed over to cy, c9 created and won after the snapshot, early
    // won before it.
    known_.deals_won = {{"a1", {"ann", CivilDay(2017, 7, 1), 100}},
                        {"a2", {"ann", CivilDay(2017, 9, 30), 200}},
                        {"b1", {"cy", CivilDay(2017, 8, 1), 600}},
                        {"c9", {"cy", CivilDay(2017, 8, 2), 40}},
                        {"early", {"ann", CivilDay(2017, 6, 30), 9'000}}};
    known_.reps = {{"ann", "east", {300, 0}, {2, 0}},
                   {"ben", "east", {0, 0}, {0, 0}},
                   {"cy", "west", {640, 0}, {2, 0}}};
    context_.lines = &lines_;
    context_.period = known_.periods[1];
    context_.now = &now_;
    context_.past = {{q3_, &then_}};
    context_.seen = {&then_};
    context_.known = &known_;
    context_.booked_minor_units = std::vector<int64_t>(9, 0);
  }

  simulator::BaselineForecast Of(size_t line, Baseline baseline) const {
    const auto forecasts = BaselineForecastsOf(context_);
    EXPECT_TRUE(forecasts.ok()) << forecasts.status();
    return forecasts->lines[line].forecasts[static_cast<size_t>(baseline)];
  }

  const Lines lines_;
  FiscalPeriod q3_;
  PipelineSnapshot then_;
  PipelineSnapshot now_;
  PastActuals known_;
  BaselineContext context_;
};

TEST_F(BaselineForecastsTest, WeighsWithTheShareWonFromTheStage) {
  // Decided of Discovery: a1 and b1 won, late gone; "still" is open yet. Of Negotiation: a2 won.
  const StageWinShares shares = WinSharesOf(context_);
  EXPECT_EQ(shares.source, WinProbabilitySource::kHistory);
  EXPECT_DOUBLE_EQ(shares.by_stage.at("Discovery"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(shares.by_stage.at("Negotiation"), 1);
  context_.booked_minor_units = {30, 30, 20, 10, 0, 20, 0, 10, 0};
  // 30 + 2/3 * 1,000 + 1 * 400; what is due next year is not counted.
  EXPECT_EQ(Of(0, Baseline::kWeightedPipeline).samples, std::vector<int64_t>{1'097});
  EXPECT_EQ(Of(5, Baseline::kWeightedPipeline).samples, std::vector<int64_t>{687});
  EXPECT_EQ(Of(7, Baseline::kWeightedPipeline).samples, std::vector<int64_t>{410});
  EXPECT_EQ(Of(4, Baseline::kWeightedPipeline).samples, std::vector<int64_t>{0});
}

TEST_F(BaselineForecastsTest, WeighsWithWhatTheSourceStates) {
  now_.stated_win_probabilities = {{"Discovery", 0.1}, {"Negotiation", 0.5}};
  EXPECT_EQ(WinSharesOf(context_).source, WinProbabilitySource::kStated);
  EXPECT_EQ(Of(0, Baseline::kWeightedPipeline).samples, std::vector<int64_t>{300});
  // A stage that it leaves out: then none of them counts.
  now_.stated_win_probabilities.erase("Negotiation");
  EXPECT_EQ(WinSharesOf(context_).source, WinProbabilitySource::kHistory);
}

TEST_F(BaselineForecastsTest, ADealCountsOncePerStageHoweverOftenItWasSeen) {
  PipelineSnapshot again = then_;
  again.deals.pop_back();
  again.deals.push_back(Deal("a1", "ann", "Negotiation", 100));
  context_.seen = {&then_, &again};
  const StageWinShares shares = WinSharesOf(context_);
  EXPECT_DOUBLE_EQ(shares.by_stage.at("Discovery"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(shares.by_stage.at("Negotiation"), 1);  // a1 and a2.
}

TEST_F(BaselineForecastsTest, WithoutAnyDecidedDealThereIsNoWeightedPipeline) {
  context_.seen = {};
  EXPECT_TRUE(Of(0, Baseline::kWeightedPipeline).samples.empty());
  EXPECT_NE(Of(0, Baseline::kWeightedPipeline).undefined_reason, "");
  // Nothing due needs no weight.
  now_.deals.clear();
  EXPECT_EQ(Of(0, Baseline::kWeightedPipeline).samples, std::vector<int64_t>{0});
}

TEST_F(BaselineForecastsTest, ConvertsPipelineAsTheLinesOwnPastDid) {
  // The organisation: open 1,400 then; won of it 100 + 200 + 600, of the rest 40. Open 1,400 now:
  // 900 + 40.
  EXPECT_EQ(Of(0, Baseline::kPipelineConversion).samples, std::vector<int64_t>{940});
  // Ann: 300 of 400, nothing else; 1,000 open: 750.
  EXPECT_EQ(Of(5, Baseline::kPipelineConversion).samples, std::vector<int64_t>{750});
  // Cy had 400 open, none of it won; b1 came from ben: new for cy. 600 + 40.
  EXPECT_EQ(Of(7, Baseline::kPipelineConversion).samples, std::vector<int64_t>{640});
  // East lost b1 to west: open 1,000 of which 300 were won; 1,000 open now.
  EXPECT_EQ(Of(2, Baseline::kPipelineConversion).samples, std::vector<int64_t>{300});
  context_.past.clear();
  EXPECT_TRUE(Of(0, Baseline::kPipelineConversion).samples.empty());
}

TEST_F(BaselineForecastsTest, DealsWithoutAmount) {
  // "still" is gone by now: of Discovery two of four were won. The mean of what was won is
  // (100 + 200 + 600 + 40 + 9,000) / 5 = 1,988.
  now_.deals = {Deal("new", "ann", "Discovery", std::nullopt)};
  EXPECT_EQ(Of(0, Baseline::kWeightedPipeline).samples, std::vector<int64_t>{994});
  // Not in the open pipeline of B1, now or then: what was won of it is new.
  then_.deals[0].amount_minor_units = std::nullopt;
  EXPECT_EQ(Of(5, Baseline::kPipelineConversion).samples, std::vector<int64_t>{100});
  const auto forecasts = BaselineForecastsOf(context_);
  EXPECT_EQ(forecasts->deals_without_amount_count, 1);
  EXPECT_EQ(forecasts->due_count, 1);
}

TEST_F(BaselineForecastsTest, LastYearTimesGrowthOfTheLinesOwnHistory) {
  // Less than a year.
  EXPECT_TRUE(Of(0, Baseline::kSeasonalNaive).samples.empty());
  // Eight quarters before 2017Q4: ann from the first on, cy from the third on only.
  known_.periods.clear();
  for (int q = 0; q < 9; ++q) {
    known_.periods.push_back(
        {"q", CivilDay(2015, 10, 1) + 91 * q, CivilDay(2015, 10, 1) + 91 * (q + 1)});
  }
  context_.period = known_.periods[8];
  known_.reps = {{"ann", "east", {10, 10, 10, 10, 20, 20, 20, 20, 0}, {1, 1, 1, 1, 1, 1, 1, 1, 0}},
                 {"cy", "west", {0, 0, 10, 10, 40, 10, 20, 20, 0}, {0, 0, 1, 1, 1, 1, 1, 1, 0}}};
  // Ann: 20 a year ago, times 80 / 40.
  EXPECT_EQ(Of(5, Baseline::kSeasonalNaive).samples, std::vector<int64_t>{40});
  // Cy: six quarters. 40 a year ago; the last two quarters, 20 + 20, over the same two a year
  // before, 10 + 10.
  EXPECT_EQ(Of(7, Baseline::kSeasonalNaive).samples, std::vector<int64_t>{80});
  // Nobody was ever in it.
  EXPECT_TRUE(Of(4, Baseline::kSeasonalNaive).samples.empty());
}

}  // namespace
}  // namespace quotacast::simulation
