// Goal: an unshared status says the same. Method: statuses with and without a message and payloads.
#include "base/unshared_status.h"

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

TEST(UnsharedTest, SaysTheSame) {
  EXPECT_EQ(Unshared(absl::OkStatus()), absl::OkStatus());
  EXPECT_EQ(Unshared(absl::UnknownError("")), absl::UnknownError(""));
  absl::Status status = FailedPrecondition("LOG_TOO_NEW", "too new");
  status.SetPayload("example.com/extra", absl::Cord("more"));
  EXPECT_EQ(Unshared(status), status);
  ASSERT_TRUE(GetDetail(Unshared(status)).has_value());
  EXPECT_EQ(GetDetail(Unshared(status))->reason, "LOG_TOO_NEW");
}

}  // namespace
}  // namespace quotacast
