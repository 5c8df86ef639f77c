// Goal: one format at a time. Method: all pairs and the three.
#include "clients/cli/commands/row_format.h"

#include "absl/status/status.h"
#include "clients/cli/arguments.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(RowFormatTest, OneOrNoneIsFine) {
  EXPECT_TRUE(CheckOneFormat({}, false).ok());
  EXPECT_TRUE(CheckOneFormat({}, true).ok());
  EXPECT_TRUE(CheckOneFormat({.csv = true}, false).ok());
  EXPECT_TRUE(CheckOneFormat({.ndjson = true}, false).ok());
}

TEST(RowFormatTest, SeveralExcludeEachOther) {
  EXPECT_EQ(CheckOneFormat({.csv = true}, true).message(), "--csv and --json exclude each other");
  EXPECT_EQ(CheckOneFormat({.csv = true, .ndjson = true}, true).message(),
            "--csv and --ndjson and --json exclude each other");
  EXPECT_TRUE(IsUsageError(CheckOneFormat({.ndjson = true}, true)));
}

}  // namespace
}  // namespace quotacast::cli
