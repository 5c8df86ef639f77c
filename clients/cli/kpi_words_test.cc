// Goal: a word for every grouping and comparison of the schema, and back. Method: all values of the
// enums, and words that are none.
#include "clients/cli/kpi_words.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(KpiWordsTest, EveryGroupingHasAWordThatIsReadBack) {
  EXPECT_EQ(GroupByWord(metrics::v1::GROUP_BY_LEAD_SOURCE), "lead_source");
  EXPECT_EQ(GroupByWords().size(), static_cast<size_t>(metrics::v1::GroupBy_ARRAYSIZE - 1));
  EXPECT_EQ(GroupByWords()[0], "org");
  for (const std::string& word : GroupByWords()) {
    const std::optional<metrics::v1::GroupBy> group_by = GroupByOfWord(word);
    ASSERT_TRUE(group_by.has_value()) << word;
    EXPECT_EQ(GroupByWord(*group_by), word);
  }
  EXPECT_EQ(GroupByWord(9999), "9999");
}

TEST(KpiWordsTest, EveryComparisonHasAWordThatIsReadBack) {
  EXPECT_EQ(ComparisonWord(metrics::v1::KPI_COMPARISON_YEAR_EARLIER), "year_earlier");
  EXPECT_EQ(ComparisonWords().size(),
            static_cast<size_t>(metrics::v1::KpiComparison_ARRAYSIZE - 1));
  for (const std::string& word : ComparisonWords()) {
    const std::optional<metrics::v1::KpiComparison> comparison = ComparisonOfWord(word);
    ASSERT_TRUE(comparison.has_value()) << word;
    EXPECT_EQ(ComparisonWord(*comparison), word);
  }
}

TEST(KpiWordsTest, HyphensAreTakenAndOtherSpellingsAreNot) {
  EXPECT_EQ(GroupByOfWord("lead-source"), metrics::v1::GROUP_BY_LEAD_SOURCE);
  EXPECT_EQ(ComparisonOfWord("previous-period"), metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD);
  for (const char* word : {"", "Rep", "reps", "unspecified", "group_by_rep", "1"}) {
    EXPECT_EQ(GroupByOfWord(word), std::nullopt) << word;
    EXPECT_EQ(ComparisonOfWord(word), std::nullopt) << word;
  }
}

TEST(KpiWordsTest, WhatAServiceSaysIsPutInWords) {
  EXPECT_EQ(InKpiWords("GROUP_BY_STAGE is no grouping; it has GROUP_BY_ORG, GROUP_BY_LEAD_SOURCE"),
            "stage is no grouping; it has org, lead_source");
  EXPECT_EQ(InKpiWords("KPI_COMPARISON_QUOTA"), "quota");
  EXPECT_EQ(InKpiWords("GROUP_BY_NOTHING"), "GROUP_BY_NOTHING");
}

}  // namespace
}  // namespace quotacast::cli
