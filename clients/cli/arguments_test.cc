// Goal: what was typed is read as meant or refused by name. Method: each parser on right values,
// edges and wrong ones.
#include "clients/cli/arguments.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/kpi_words.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(ArgumentsTest, UsageErrorsAreRecognised) {
  EXPECT_TRUE(IsUsageError(UsageError("x")));
  EXPECT_FALSE(IsUsageError(absl::InvalidArgumentError("x")));
  EXPECT_FALSE(IsUsageError(absl::OkStatus()));
}

TEST(ArgumentsTest, Dates) {
  const absl::StatusOr<google::type::Date> date = ParseDateArgument("2017-09-30");
  ASSERT_TRUE(date.ok());
  EXPECT_EQ(date->year(), 2017);
  EXPECT_EQ(date->month(), 9);
  EXPECT_EQ(date->day(), 30);
  for (const char* text : {"", "2017-02-30", "30/09/2017", "2017-9-30x"}) {
    EXPECT_TRUE(IsUsageError(ParseDateArgument(text).status())) << text;
  }
}

TEST(ArgumentsTest, Levels) {
  using simulation::v1::Level;
  EXPECT_EQ(*ParseLevelArgument("team"), std::vector<Level>{simulation::v1::LEVEL_TEAM});
  EXPECT_EQ(ParseLevelArgument("all")->size(), 3u);
  EXPECT_TRUE(IsUsageError(ParseLevelArgument("Team").status()));
}

TEST(ArgumentsTest, Groupings) {
  EXPECT_EQ(*ParseGroupByArgument("period"), metrics::v1::GROUP_BY_PERIOD);
  EXPECT_EQ(*ParseGroupByArgument("product"), metrics::v1::GROUP_BY_PRODUCT);
  EXPECT_EQ(*ParseGroupByArgument("segment"), metrics::v1::GROUP_BY_SEGMENT);
  EXPECT_EQ(*ParseGroupByArgument("stage"), metrics::v1::GROUP_BY_STAGE);
  EXPECT_EQ(*ParseGroupByArgument("lead_source"), metrics::v1::GROUP_BY_LEAD_SOURCE);
  for (int value = 1; value <= metrics::v1::GroupBy_MAX; ++value) {
    EXPECT_EQ(*ParseGroupByArgument(GroupByWord(value)), value);
  }
  EXPECT_TRUE(IsUsageError(ParseGroupByArgument("").status()));
  for (const char* text : {"Rep", "unspecified", "reps", "group_by_rep"}) {
    const absl::Status status = ParseGroupByArgument(text).status();
    EXPECT_TRUE(IsUsageError(status)) << text;
    EXPECT_NE(status.message().find("org, rep, team"), absl::string_view::npos) << status;
  }
}

TEST(ArgumentsTest, AnUnknownWordGivesTheNearest) {
  const absl::Status status = ParseGroupByArgument("segmnt").status();
  EXPECT_NE(status.message().find("\"segmnt\" is not a grouping; the nearest are segment, "),
            absl::string_view::npos)
      << status;
}

TEST(ArgumentsTest, Comparisons) {
  EXPECT_EQ(*ParseComparisonArgument("quota"), metrics::v1::KPI_COMPARISON_QUOTA);
  EXPECT_EQ(*ParseComparisonArgument("peer-quartile"), metrics::v1::KPI_COMPARISON_PEER_QUARTILE);
  for (const char* text : {"", "prior_period", "Quota"}) {
    const absl::Status status = ParseComparisonArgument(text).status();
    EXPECT_TRUE(IsUsageError(status)) << text;
    EXPECT_NE(status.message().find("previous_period"), absl::string_view::npos) << status;
  }
}

TEST(ArgumentsTest, Filters) {
  const absl::StatusOr<metrics::v1::KpiFilter> filter = ParseFilterArgument("rep=R001,Anna = x");
  ASSERT_TRUE(filter.ok()) << filter.status();
  EXPECT_EQ(filter->dimension(), metrics::v1::GROUP_BY_REP);
  ASSERT_EQ(filter->ids_size(), 2);
  EXPECT_EQ(filter->ids(0), "R001");
  EXPECT_EQ(filter->ids(1), "Anna = x");
  const absl::StatusOr<metrics::v1::KpiFilter> comma =
      ParseFilterArgument("lead-source=Fairs\\, online,a\\b");
  ASSERT_TRUE(comma.ok()) << comma.status();
  EXPECT_EQ(comma->dimension(), metrics::v1::GROUP_BY_LEAD_SOURCE);
  ASSERT_EQ(comma->ids_size(), 2);
  EXPECT_EQ(comma->ids(0), "Fairs, online");
  EXPECT_EQ(comma->ids(1), "a\\b");
}

TEST(ArgumentsTest, WrongFilters) {
  const auto message = [](const std::string& text) {
    const absl::Status status = ParseFilterArgument(text).status();
    EXPECT_TRUE(IsUsageError(status)) << text;
    return std::string(status.message());
  };
  EXPECT_NE(message("rep").find("it has no \"=\""), std::string::npos);
  EXPECT_NE(message("").find("it has no \"=\""), std::string::npos);
  EXPECT_NE(message("reps=R001").find("the nearest are rep"), std::string::npos);
  EXPECT_NE(message("=R001").find("is not a grouping"), std::string::npos);
  for (const char* text : {"rep=", "rep=,", "rep=R001,", "rep=R001,,R002"}) {
    EXPECT_NE(message(text).find("empty id"), std::string::npos) << text;
  }
}

TEST(ArgumentsTest, Entities) {
  EXPECT_EQ(ParseEntityArgument("org")->level(), simulation::v1::LEVEL_ORG);
  EXPECT_EQ(ParseEntityArgument("team:a:b")->entity_id(), "a:b");
  EXPECT_EQ(ParseEntityArgument("rep:Anna Snelling")->entity_id(), "Anna Snelling");
  for (const char* text : {"", "team:", "squad:a", "Anna"}) {
    EXPECT_TRUE(IsUsageError(ParseEntityArgument(text).status())) << text;
  }
}

TEST(ArgumentsTest, Effects) {
  EXPECT_DOUBLE_EQ(ParseEffectArgument("-0.1")->mean(), -0.1);
  EXPECT_DOUBLE_EQ(ParseEffectArgument("-0.1")->sd(), 0);
  EXPECT_DOUBLE_EQ(ParseEffectArgument("0.1:0.05")->sd(), 0.05);
  for (const char* text : {"", "a", "0.1:", "0.1:-1", "0.1:0.2:0.3", "nan", "inf"}) {
    EXPECT_TRUE(IsUsageError(ParseEffectArgument(text).status())) << text;
  }
}

TEST(ArgumentsTest, Money) {
  EXPECT_EQ(ParseMoneyArgument("3,000,000.25", "USD")->units(), 3'000'000);
  EXPECT_EQ(ParseMoneyArgument("3,000,000.25", "USD")->nanos(), 250'000'000);
  EXPECT_EQ(ParseMoneyArgument("-0.5", "USD")->units(), 0);
  EXPECT_EQ(ParseMoneyArgument("-0.5", "USD")->nanos(), -500'000'000);
  EXPECT_EQ(ParseMoneyArgument("500", "JPY")->units(), 500);
  EXPECT_TRUE(IsUsageError(ParseMoneyArgument("much", "USD").status()));
  EXPECT_TRUE(IsUsageError(ParseMoneyArgument("1", "XX").status()));
}

TEST(ArgumentsTest, TextFiles) {
  const std::string path = WriteTempFile("arguments/profile.toml", "name = 1\n");
  EXPECT_EQ(*ReadTextFile(path), "name = 1\n");
  EXPECT_TRUE(IsUsageError(ReadTextFile(path + ".missing").status()));
}

TEST(ArgumentsTest, ResourceNames) {
  EXPECT_EQ(ResourceName("workspaces/w", "goals", "g"), "workspaces/w/goals/g");
  EXPECT_EQ(ResourceName("workspaces/w", "goals", "goals/g"), "workspaces/w/goals/g");
  EXPECT_EQ(ResourceName("workspaces/w", "goals", "workspaces/v/goals/g"), "workspaces/v/goals/g");
}

}  // namespace
}  // namespace quotacast::cli
