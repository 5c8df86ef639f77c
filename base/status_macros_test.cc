// Goal: the macros return on error, go on otherwise, evaluate once and move the value. Method:
// small functions that use them as real code does.
#include "base/status_macros.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

absl::Status Checked(absl::Status status, int& evaluations, bool& went_on) {
  QC_RETURN_IF_ERROR((++evaluations, status));
  went_on = true;
  return absl::OkStatus();
}

TEST(StatusMacrosTest, ReturnIfErrorReturnsTheErrorAndNothingElse) {
  int evaluations = 0;
  bool went_on = false;
  EXPECT_EQ(Checked(absl::DataLossError("gone"), evaluations, went_on),
            absl::DataLossError("gone"));
  EXPECT_FALSE(went_on);
  EXPECT_TRUE(Checked(absl::OkStatus(), evaluations, went_on).ok());
  EXPECT_TRUE(went_on);
  EXPECT_EQ(evaluations, 2);
}

absl::StatusOr<int> Sum(absl::StatusOr<std::unique_ptr<int>> a, absl::StatusOr<int> b) {
  // Two in one scope, one of them move-only.
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<int> first, std::move(a));
  QC_ASSIGN_OR_RETURN(const int second, b);
  return *first + second;
}

TEST(StatusMacrosTest, AssignOrReturnMovesTheValueOrReturnsTheError) {
  EXPECT_EQ(*Sum(std::make_unique<int>(2), 3), 5);
  EXPECT_EQ(Sum(absl::AbortedError("a"), 3).status(), absl::AbortedError("a"));
  EXPECT_EQ(Sum(std::make_unique<int>(2), absl::AbortedError("b")).status(),
            absl::AbortedError("b"));
}

}  // namespace
}  // namespace quotacast
