// Goal: what a status carries comes back unchanged, whatever bytes it holds, and each helper has
// its documented code and reason. Method: round trips over hand-picked nasty details.
#include "base/errors.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

TEST(ErrorsTest, DetailsRoundTripWhateverTheyContain) {
  const std::vector<std::string> texts = {"",
                                          "plain",
                                          "3:abc",
                                          "0:",
                                          ":",
                                          "line\nbreak\r\n",
                                          "tab\t\"quoted\" \\ back",
                                          std::string("zero\0inside", 11),
                                          "Zo\u00eb \u2014 \u20ac",
                                          "\xff\xfe invalid UTF-8",
                                          std::string(100'000, 'x')};
  const std::vector<std::optional<absl::Duration>> pauses = {
      std::nullopt,
      absl::ZeroDuration(),
      absl::Nanoseconds(1),
      absl::Nanoseconds(1) / 4,
      absl::Milliseconds(250),
      absl::Hours(49) + absl::Milliseconds(1),
      -absl::Seconds(3),
      absl::InfiniteDuration(),
      -absl::InfiniteDuration()};
  for (size_t i = 0; i < texts.size(); ++i) {
    for (const std::optional<absl::Duration>& pause : pauses) {
      ErrorDetail detail;
      detail.reason = texts[i];
      detail.resource = texts[(i + 1) % texts.size()];
      detail.retry_after = pause;
      for (size_t j = 0; j < i; ++j) {
        detail.field_violations.push_back({texts[j], texts[(i + j) % texts.size()]});
      }
      const absl::Status status = WithDetail(absl::InternalError("message"), detail);
      EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
      EXPECT_EQ(status.message(), "message");
      ASSERT_TRUE(GetDetail(status).has_value()) << i;
      EXPECT_EQ(*GetDetail(status), detail) << i;
    }
  }
}

TEST(ErrorsTest, AStatusWithoutDetailHasNone) {
  EXPECT_EQ(GetDetail(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(GetDetail(absl::InternalError("x")), std::nullopt);
  EXPECT_EQ(GetDetail(WithDetail(absl::OkStatus(), {"REASON", {}, "", {}})), std::nullopt);
  EXPECT_EQ(WithDetail(absl::OkStatus(), {"REASON", {}, "", {}}), absl::OkStatus());
}

TEST(ErrorsTest, TheLastDetailWins) {
  absl::Status status = WithDetail(absl::InternalError("x"), {"FIRST", {}, "", {}});
  status = WithDetail(status, {"SECOND", {}, "", {}});
  EXPECT_EQ(GetDetail(status)->reason, "SECOND");
}

TEST(ErrorsTest, AMalformedPayloadIsNoDetail) {
  for (const char* payload : {"", "x", "3:ab", "1:a0:", "1:a0:3:1q!", "1:a0:0:1:f",
                              "-1:0:0:", "99999999999999999999:a0:0:"}) {
    absl::Status status = absl::InternalError("x");
    status.SetPayload("quotacast/error-detail", absl::Cord(payload));
    EXPECT_EQ(GetDetail(status), std::nullopt) << payload;
  }
}

TEST(ErrorsTest, InvalidFieldNamesFieldAndDescription) {
  const absl::Status status = InvalidField("period", "\"2017Q5\" is not a quarter");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "period: \"2017Q5\" is not a quarter");
  const ErrorDetail expected{
      "INVALID_FIELD", {{"period", "\"2017Q5\" is not a quarter"}}, "", std::nullopt};
  EXPECT_EQ(GetDetail(status), expected);
}

TEST(ErrorsTest, InvalidFieldsNamesAll) {
  const absl::Status status = InvalidFields({{"a", "is 1"}, {"b[2].c", "is 2"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "a: is 1; b[2].c: is 2");
  EXPECT_EQ(GetDetail(status)->field_violations.size(), 2u);
}

TEST(ErrorsDeathTest, InvalidFieldsWithoutAViolationIsABug) {
  EXPECT_DEATH(InvalidFields({}).IgnoreError(), "without a violation");
}

TEST(ErrorsTest, TheOtherHelpersHaveTheirCodesAndReasons) {
  const absl::Status not_found = NotFound("workspaces/w/goals/g", "no goal g");
  EXPECT_EQ(not_found.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(not_found.message(), "no goal g");
  EXPECT_EQ(GetDetail(not_found),
            (ErrorDetail{"NOT_FOUND", {}, "workspaces/w/goals/g", std::nullopt}));

  const absl::Status precondition = FailedPrecondition("NO_MODEL", "fit one first");
  EXPECT_EQ(precondition.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(precondition.message(), "fit one first");
  EXPECT_EQ(GetDetail(precondition), (ErrorDetail{"NO_MODEL", {}, "", std::nullopt}));

  const absl::Status overloaded = Overloaded("queue full", absl::Milliseconds(250));
  EXPECT_EQ(overloaded.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(overloaded.message(), "queue full");
  EXPECT_EQ(GetDetail(overloaded), (ErrorDetail{"OVERLOADED", {}, "", absl::Milliseconds(250)}));
}

}  // namespace
}  // namespace quotacast
