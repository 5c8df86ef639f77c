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
  EXPECT_EQ(QuotaKey("Ada Quill", "2017Q4"), "quota/Ada Quill/2017Q4");
  EXPECT_EQ(StageVersion("Won", absl::CivilDay(2017, 3, 1), 1), "Won@2017-03-01");
  EXPECT_EQ(StageVersion("Won", absl::CivilDay(2017, 3, 1), 2), "Won@2017-03-01+2");
  EXPECT_EQ(StageVersion("Prospecting", std::nullopt, 1), "Prospecting@undated");
  EXPECT_TRUE(IsReferenceKey("rep/Ada Quill"));
  EXPECT_TRUE(IsReferenceKey(kFiscalCalendarKey));
  EXPECT_FALSE(IsReferenceKey("opportunity/1"));
  EXPECT_FALSE(IsReferenceKey("quota/1/2017Q4"));
}

}  // namespace
}  // namespace quotacast::ingestion
