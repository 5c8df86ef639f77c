// Goal: what a service attached to an error arrives at the caller. Method: statuses with encoded
// google.rpc details, one per kind, all together, damaged and foreign.
#include "clients/cpp/status_conversion.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"
#include "gtest/gtest.h"

namespace quotacast::clients {
namespace {

TEST(StatusConversionTest, OkStaysOk) { EXPECT_TRUE(ToAbslStatus(grpc::Status::OK).ok()); }

TEST(StatusConversionTest, EveryCanonicalCodeKeepsItsMeaning) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status =
        ToAbslStatus(grpc::Status(static_cast<grpc::StatusCode>(code), "why"));
    EXPECT_EQ(static_cast<int>(status.code()), code);
    EXPECT_EQ(status.message(), "why");
    EXPECT_FALSE(GetDetail(status).has_value());
  }
  EXPECT_EQ(ToAbslStatus(grpc::Status(grpc::StatusCode::NOT_FOUND, "")).code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(ToAbslStatus(grpc::Status(static_cast<grpc::StatusCode>(99), "odd")).code(),
            absl::StatusCode::kUnknown);
}

TEST(StatusConversionTest, AllDetailsArriveAndForeignOnesAreSkipped) {
  google::rpc::Status rich;
  google::rpc::ErrorInfo info;
  info.set_reason("OVERLOADED");
  info.set_domain("quotacast");
  rich.add_details()->PackFrom(info);
  google::rpc::DebugInfo foreign;
  foreign.set_detail("not ours");
  rich.add_details()->PackFrom(foreign);
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field("spec.period");
  violation->set_description("unknown period \"2017Q9\"");
  violation = bad_request.add_field_violations();
  violation->set_field("spec.trial_count");
  violation->set_description("-1 is negative");
  rich.add_details()->PackFrom(bad_request);
  google::rpc::ResourceInfo resource;
  resource.set_resource_name("workspaces/w/goals/g");
  rich.add_details()->PackFrom(resource);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  rich.add_details()->PackFrom(retry);

  const absl::Status status = ToAbslStatus(
      grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "busy", rich.SerializeAsString()));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  const std::optional<ErrorDetail> detail = GetDetail(status);
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, "OVERLOADED");
  ASSERT_EQ(detail->field_violations.size(), 2u);
  EXPECT_EQ(detail->field_violations[0],
            (FieldViolation{"spec.period", "unknown period \"2017Q9\""}));
  EXPECT_EQ(detail->field_violations[1], (FieldViolation{"spec.trial_count", "-1 is negative"}));
  EXPECT_EQ(detail->resource, "workspaces/w/goals/g");
  EXPECT_EQ(detail->retry_after, std::optional<absl::Duration>(absl::Milliseconds(2500)));
}

TEST(StatusConversionTest, DamagedDetailsLeaveCodeAndMessage) {
  const absl::Status status =
      ToAbslStatus(grpc::Status(grpc::StatusCode::INTERNAL, "broken", "\xff\xff\xff"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(status.message(), "broken");
  EXPECT_FALSE(GetDetail(status).has_value());
}

}  // namespace
}  // namespace quotacast::clients
