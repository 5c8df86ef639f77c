// Goal: back-tests run on real exports, refuse what they must and give the same bytes whatever the
// threads. Method: MavenTech and AdventureWorks through ingestion, metrics and the simulation core.
// No skill is asserted: how good forecasts are is for docs/validation.md to report.
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/backtest.pb.h"
#include "services/ingestion/small_company.h"
#include "tests/integration/imported_company.h"
#include "tests/integration/plain_csv.h"
#include "tests/integration/simulation_on_metrics.h"

namespace quotacast {
namespace {

using simulation::v1::BacktestRequest;

// "" when the data is not here.
std::string FolderOf(const std::string& name) {
  const char* datasets = std::getenv("QUOTACAST_DATASETS");
  return datasets == nullptr ? "" : std::string(datasets) + "/" + name;
}

BacktestRequest Request(const std::string& first, const std::string& last, int64_t trials) {
  BacktestRequest request;
  request.set_parent(absl::StrCat("workspaces/", kImportedWorkspace));
  request.set_first_period(first);
  request.set_last_period(last);
  request.set_trial_count(trials);
  request.set_seed(7);
  return request;
}

class MavenTechBacktest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::string folder = FolderOf("maventech");
    if (folder.empty()) return;
    company_ = new ImportedCompany(absl::CivilDay(2018, 1, 15));
    ingestion::Files files;
    for (const char* name :
         {"sales_pipeline.csv", "sales_teams.csv", "products.csv", "accounts.csv"}) {
      files[name] = ReadPlainFile(folder + "/" + name);
      ASSERT_FALSE(files[name].empty()) << folder << "/" << name;
    }
    company_->Import(ingestion::ShippedProfile("maventech"), files);
  }
  static void TearDownTestSuite() { delete company_; }
  void SetUp() override {
    if (company_ == nullptr) GTEST_SKIP() << "QUOTACAST_DATASETS is not set";
  }
  static ImportedCompany* company_;
};
ImportedCompany* MavenTechBacktest::company_ = nullptr;

TEST_F(MavenTechBacktest, ScoresTwoQuarters) {
  const BacktestRequest request = Request("2017Q2", "2017Q3", 512);
  const Backtested one = RunBacktestOn(company_->metrics(), request, 1);
  ASSERT_TRUE(one.status.ok()) << one.status;
  EXPECT_EQ(one.summary.refusals_size(), 0);
  EXPECT_EQ(one.summary.replay_mode(), simulation::v1::REPLAY_MODE_EFFECTIVE);
  EXPECT_EQ(one.summary.periods_size(), 2);
  ASSERT_GE(one.summary.scores_size(), 12);
  EXPECT_EQ(one.summary.scores(0).forecast_count(), 6);
  EXPECT_TRUE(one.summary.scores(0).directional());
  EXPECT_TRUE(one.summary.has_track_record());
  // What came is what the file's own rows add up to (tests/e2e/maventech_test.cc counts them).
  EXPECT_EQ(one.forecasts[0].actual().units(), 3'086'111);
  // Quotas are not part of the sample, and B2 has no year to look back at.
  EXPECT_FALSE(one.summary.scores(0).brier().has_value());
  EXPECT_FALSE(one.summary.scores(0).skills(2).skill().has_value());
  EXPECT_EQ(RunBacktestOn(company_->metrics(), request, 2).bytes, one.bytes);
}

// Nothing was closed before March 2017: forecasts of the quarter before have nothing to rest on.
TEST_F(MavenTechBacktest, RefusesTheQuarterWithoutHistory) {
  BacktestRequest request = Request("2017Q1", "2017Q1", 512);
  request.add_levels(simulation::v1::LEVEL_ORG);
  const Backtested refused = RunBacktestOn(company_->metrics(), request);
  ASSERT_TRUE(refused.status.ok()) << refused.status;
  EXPECT_TRUE(refused.forecasts.empty());
  ASSERT_EQ(refused.summary.refusals_size(), 3);
  for (const auto& replay : refused.summary.refusals()) {
    EXPECT_EQ(replay.refusal().reason(), "DATA_TIER_TOO_LOW") << replay.DebugString();
  }
  EXPECT_FALSE(refused.summary.has_track_record());
  // Recorded in 2018, all of it: no past day had anything.
  request = Request("2017Q3", "2017Q3", 512);
  request.set_replay_mode(simulation::v1::REPLAY_MODE_RECORDED);
  const Backtested recorded = RunBacktestOn(company_->metrics(), request);
  ASSERT_EQ(recorded.summary.refusals_size(), 3);
  EXPECT_EQ(recorded.summary.refusals(0).refusal().reason(), "EMPTY_WORKSPACE");
}

}  // namespace
}  // namespace quotacast
