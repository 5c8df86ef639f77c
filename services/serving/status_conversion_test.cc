// Goal: every status reaches the wire with the details its kind promises, and none is too long for
// a client's trailers or is not UTF-8.
// Method: golden text of the google.rpc.Status for each shape of error that base/errors.h makes,
// one case per canonical code, and hostile lengths and bytes.
#include "services/serving/status_conversion.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace quotacast::serving {
namespace {

// One line per detail, in order, after "<code> <message>".
std::string Describe(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), status.error_code());
  EXPECT_EQ(details.message(), status.error_message());
  std::string out =
      absl::StrCat(static_cast<int>(status.error_code()), " ", status.error_message());
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetExpandAny(true);
  for (const google::protobuf::Any& detail : details.details()) {
    std::string text;
    EXPECT_TRUE(printer.PrintToString(detail, &text));
    while (!text.empty() && text.back() == ' ') text.pop_back();
    absl::StrAppend(&out, "\n", text);
  }
  return out;
}

TEST(ToGrpcStatusTest, OkIsOkWithoutDetails) {
  const grpc::Status status = ToGrpcStatus(absl::OkStatus());
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.error_details(), "");
}

TEST(ToGrpcStatusTest, InvalidFields) {
  EXPECT_EQ(Describe(ToGrpcStatus(InvalidFields(
                {{"spec.trial_count", "is -1; expected 1 to 10000000"}, {"parent", "is empty"}}))),
            "3 spec.trial_count: is -1; expected 1 to 10000000; parent: is empty\n"
            "[type.googleapis.com/google.rpc.ErrorInfo] { reason: \"INVALID_FIELD\" domain: "
            "\"quotacast\" }\n"
            "[type.googleapis.com/google.rpc.BadRequest] { field_violations { field: "
            "\"spec.trial_count\" description: \"is -1; expected 1 to 10000000\" } "
            "field_violations { field: \"parent\" description: \"is empty\" } }");
}

TEST(ToGrpcStatusTest, NotFoundNamesTheResource) {
  EXPECT_EQ(Describe(ToGrpcStatus(NotFound("workspaces/w/goals/g", "no goal \"g\""))),
            "5 no goal \"g\"\n"
            "[type.googleapis.com/google.rpc.ErrorInfo] { reason: \"NOT_FOUND\" domain: "
            "\"quotacast\" }\n"
            "[type.googleapis.com/google.rpc.ResourceInfo] { resource_name: "
            "\"workspaces/w/goals/g\" }");
}

TEST(ToGrpcStatusTest, FailedPreconditionKeepsItsReason) {
  EXPECT_EQ(Describe(ToGrpcStatus(FailedPrecondition("EMPTY_WORKSPACE", "nothing imported"))),
            "9 nothing imported\n"
            "[type.googleapis.com/google.rpc.ErrorInfo] { reason: \"EMPTY_WORKSPACE\" domain: "
            "\"quotacast\" }");
}

TEST(ToGrpcStatusTest, OverloadSaysWhenToRetry) {
  EXPECT_EQ(Describe(ToGrpcStatus(Overloaded("busy", absl::Milliseconds(2500)))),
            "8 busy\n"
            "[type.googleapis.com/google.rpc.ErrorInfo] { reason: \"OVERLOADED\" domain: "
            "\"quotacast\" }\n"
            "[type.googleapis.com/google.rpc.RetryInfo] { retry_delay { seconds: 2 nanos: "
            "500000000 } }");
}

// Too much for one import stays too much: no hint may be made up for an error that has none.
TEST(ToGrpcStatusTest, AReasonWithoutAPauseGetsNone) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kResourceExhausted, absl::StatusCode::kUnavailable}) {
    ErrorDetail detail;
    detail.reason = "IMPORT_TOO_LARGE";
    EXPECT_EQ(Describe(ToGrpcStatus(WithDetail(absl::Status(code, "m"), detail))),
              absl::StrCat(static_cast<int>(code),
                           " m\n[type.googleapis.com/google.rpc.ErrorInfo] { reason: "
                           "\"IMPORT_TOO_LARGE\" domain: \"quotacast\" }"));
  }
}

TEST(ToGrpcStatusTest, EveryCodeWithoutDetailGetsItsNameAsReason) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "m");
    std::string expected =
        absl::StrCat(code, " m\n[type.googleapis.com/google.rpc.ErrorInfo] { reason: \"",
                     absl::StatusCodeToString(status.code()), "\" domain: \"quotacast\" }");
    // Nothing else says whether a retry makes sense.
    if (code == 8 || code == 14) {
      absl::StrAppend(
          &expected, "\n[type.googleapis.com/google.rpc.RetryInfo] { retry_delay { seconds: 1 } }");
    }
    EXPECT_EQ(Describe(ToGrpcStatus(status)), expected);
  }
}

TEST(ToGrpcStatusTest, MessageAtTheLimitIsWholeAndOneMoreIsCut) {
  const std::string at_limit(kStatusMessageBytesMax, 'm');
  EXPECT_EQ(ToGrpcStatus(absl::InternalError(at_limit)).error_message(), at_limit);
  const std::string cut = ToGrpcStatus(absl::InternalError(at_limit + "m")).error_message();
  EXPECT_EQ(cut.size(), kStatusMessageBytesMax);
  EXPECT_EQ(cut.substr(cut.size() - 6), " [...]");
}

TEST(ToGrpcStatusTest, CutsBetweenCharactersAndReplacesBytesThatAreNotUtf8) {
  std::string umlauts;
  for (size_t i = 0; i < kStatusMessageBytesMax; ++i) umlauts += "\xC3\xA4";
  const std::string cut = ToGrpcStatus(absl::InternalError(umlauts)).error_message();
  EXPECT_LE(cut.size(), kStatusMessageBytesMax);
  // Whole characters, then the mark.
  EXPECT_EQ((cut.size() - 6) % 2, 0u);
  // Stray continuation, overlong slash, surrogate, beyond Unicode, truncated sequence.
  const std::string broken =
      "a\x80"
      "b\xC0\xAF"
      "c\xED\xA0\x80"
      "d\xF4\x90\x80\x80"
      "e\xC3";
  EXPECT_EQ(ToGrpcStatus(absl::InternalError(broken)).error_message(), "a?b??c???d????e?");
}

TEST(ToGrpcStatusTest, ManyLongViolationsAreCountedInsteadOfListed) {
  std::vector<FieldViolation> violations;
  for (int i = 0; i < 1000; ++i) {
    violations.push_back({absl::StrCat("files[", i, "]"), std::string(2000, 'd')});
  }
  const grpc::Status status = ToGrpcStatus(InvalidFields(violations));
  EXPECT_LE(status.error_details().size(), kStatusDetailsBytesMax);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad_request));
  const int listed = bad_request.field_violations_size() - 1;
  ASSERT_GT(listed, 0);
  EXPECT_EQ(bad_request.field_violations(listed).description(),
            absl::StrCat("and ", 1000 - listed, " more"));
}

}  // namespace
}  // namespace quotacast::serving
