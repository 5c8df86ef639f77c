// Goal: an error says what to change or do next. Method: golden texts for each kind of detail.
#include "clients/cli/render/error_text.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(ErrorTextTest, FieldViolationsOnePerLine) {
  EXPECT_EQ(ErrorText(InvalidFields({{"spec.period", "unknown period \"2017Q9\""},
                                     {"spec.trial_count", "-1 is negative"}}),
                      "", Terminal()),
            "error: some values cannot be used\n"
            "  spec.period: unknown period \"2017Q9\"\n"
            "  spec.trial_count: -1 is negative\n");
}

TEST(ErrorTextTest, SaysWhereIdsAre) {
  ErrorDetail detail;
  detail.reason = "UNKNOWN_GROUP";
  detail.field_violations.push_back({"--filter", "\"R01\" is no id of rep"});
  EXPECT_EQ(
      ErrorText(WithDetail(absl::InvalidArgumentError("x"), detail), "", Terminal()),
      "error: one value cannot be used\n"
      "  --filter: \"R01\" is no id of rep\n"
      "hint: ids are not always names: a table --by that grouping shows them, or --csv does\n");
}

TEST(ErrorTextTest, SaysWhenToTryAgain) {
  EXPECT_EQ(
      ErrorText(Overloaded("16 forecasts are running", absl::Milliseconds(1500)), "", Terminal()),
      "error: 16 forecasts are running\n"
      "hint: the server is busy; try again in 2 s\n");
}

absl::Status Unavailable(const std::string& reason, const std::string& message) {
  ErrorDetail detail;
  detail.reason = reason;
  detail.retry_after = absl::Seconds(1);
  return WithDetail(absl::UnavailableError(message), detail);
}

// Not everything that may pass is a busy server.
TEST(ErrorTextTest, SaysBusyOfOverloadOnly) {
  EXPECT_EQ(ErrorText(Unavailable("LOG_LOCKED", "the log is locked"), "", Terminal()),
            "error: the log is locked\n"
            "hint: try again in 1 s\n");
  EXPECT_EQ(ErrorText(Unavailable("LOG_DISK_FULL", "free space on its disk and try again"), "",
                      Terminal()),
            "error: free space on its disk and try again\n");
}

TEST(ErrorTextTest, KnownReasonsHaveAWayOn) {
  EXPECT_EQ(ErrorText(FailedPrecondition("EMPTY_WORKSPACE", "workspace \"x\" has no data"), "",
                      Terminal()),
            "error: workspace \"x\" has no data\n"
            "hint: import CRM history first: quotacast import --profile NAME PATH\n");
}

TEST(ErrorTextTest, NobodyAnswers) {
  EXPECT_EQ(ErrorText(absl::UnavailableError("failed: x: Connection refused"), "127.0.0.1:7070",
                      Terminal()),
            "error: no server answers at 127.0.0.1:7070 (Connection refused)\n"
            "hint: start one with \"quotacast serve --data-dir DIR --listen 127.0.0.1:7070\", or "
            "work on a folder\n"
            "      without a server with --data-dir DIR\n");
}

TEST(ErrorTextTest, WithoutDetailOrMessage) {
  EXPECT_EQ(ErrorText(absl::InternalError(""), "", Terminal()), "error: INTERNAL\n");
}

}  // namespace
}  // namespace quotacast::cli
