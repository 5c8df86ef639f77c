// Goal: keys and versions never change, because a later import recognises events by them. Method:
// literal examples.
#include "services/ingestion/source_keys.h"

#include <optional>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

TEST(SourceKeysTest, LiteralForms) {
  EXPECT_EQ(SourceKey("rep", "Ada Quill"), "rep/Ada Quill");
  EXPECT_EQ(OpportunityKey("1C1I7A6R"), "opportunity/1C1I7A6R");
  EXPECT_EQ(QuotaKey({.rep_id = "Ada Quill"}, "2017Q4"), "quota/Ada Quill/2017Q4");
  EXPECT_EQ(QuotaKey({.team_id = "East"}, "2017Q4"), "quota/team:East/2017Q4");
  EXPECT_EQ(QuotaKey({.territory_id = "T", .component = "renewals"}, "2017Q4"),
            "quota/territory:T/2017Q4//renewals");
  EXPECT_EQ(QuotaKey({.rep_id = "A", .kind = "roll_up"}, "2017Q4"), "quota/A/2017Q4/roll_up");
  EXPECT_EQ(DatedVersion("amount", "2017-03-01"), "amount@2017-03-01");
  EXPECT_EQ(StageVersion("Won", absl::CivilDay(2017, 3, 1), 1), "Won@2017-03-01");
  EXPECT_EQ(StageVersion("Won", absl::CivilDay(2017, 3, 1), 2), "Won@2017-03-01+2");
  EXPECT_EQ(StageVersion("Prospecting", std::nullopt, 1), "Prospecting@undated");
  EXPECT_TRUE(IsStateVersion("12"));
  EXPECT_FALSE(IsStateVersion("2017-03-01"));
  EXPECT_FALSE(IsStateVersion(""));
}

}  // namespace
}  // namespace quotacast::ingestion
