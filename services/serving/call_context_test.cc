// Goal: workspace names are taken apart strictly, and a context tells when nobody waits any more.
// Method: tables of names; a fake clock that is moved past the deadline.
#include "services/serving/call_context.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"

namespace quotacast::serving {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'500'000'000);

TEST(ParseWorkspaceTest, TakesParentsAndNames) {
  EXPECT_EQ(*ParseWorkspace("parent", "workspaces/default", NameTail::kNone), "default");
  EXPECT_EQ(*ParseWorkspace("parent", "workspaces/a-b_9", NameTail::kNone), "a-b_9");
  EXPECT_EQ(*ParseWorkspace("name", "workspaces/w/goals/g", NameTail::kAllowed), "w");
  const std::string longest(kWorkspaceBytesMax, 'x');
  EXPECT_EQ(*ParseWorkspace("parent", "workspaces/" + longest, NameTail::kNone), longest);
}

TEST(ParseWorkspaceTest, RefusesTheRestNamingFieldAndValue) {
  const std::string too_long(kWorkspaceBytesMax + 1, 'x');
  for (const std::string& name :
       {std::string(""), std::string("workspaces"), std::string("workspaces/"),
        std::string("workspace/w"), std::string("workspaces/W"), std::string("workspaces/a b"),
        std::string("workspaces/a.b"), std::string("workspaces/\xC3\xA4"),
        std::string("/workspaces/w"), std::string("workspaces/w/"),
        std::string("workspaces/w/goals/g"), "workspaces/" + too_long}) {
    const absl::StatusOr<std::string> parsed = ParseWorkspace("spec.parent", name, NameTail::kNone);
    ASSERT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << name;
    const auto detail = GetDetail(parsed.status());
    ASSERT_TRUE(detail.has_value()) << name;
    EXPECT_EQ(detail->reason, "INVALID_FIELD") << name;
    ASSERT_EQ(detail->field_violations.size(), 1u) << name;
    EXPECT_EQ(detail->field_violations[0].field, "spec.parent") << name;
    EXPECT_NE(detail->field_violations[0].description.find("\"" + name.substr(0, 80) + "\""),
              std::string::npos)
        << detail->field_violations[0].description;
  }
  // A name needs something below the workspace.
  EXPECT_FALSE(ParseWorkspace("name", "workspaces/w", NameTail::kAllowed).ok());
}

TEST(CallContextTest, IsCancelledByTheCallerOrTheDeadline) {
  FakeClock clock(kStart);
  CallContext context(LoopbackPrincipal(), kStart + absl::Seconds(5), clock);
  EXPECT_EQ(context.principal().id, "local");
  EXPECT_FALSE(context.cancelled());
  clock.Advance(absl::Seconds(5) - absl::Nanoseconds(1));
  EXPECT_FALSE(context.cancelled());
  clock.Advance(absl::Nanoseconds(1));
  EXPECT_TRUE(context.cancelled());
  EXPECT_TRUE(context.expired());

  CallContext other(LoopbackPrincipal(), kStart + absl::Hours(1), clock);
  const auto cancelled = other.cancelled_function();
  EXPECT_FALSE(cancelled());
  other.Cancel();
  EXPECT_TRUE(cancelled());
  EXPECT_FALSE(other.expired());
}

TEST(CallContextTest, EntersAWorkspaceOnlyByAValidName) {
  FakeClock clock(kStart);
  CallContext context(LoopbackPrincipal(), kStart + absl::Seconds(5), clock);
  EXPECT_EQ(context.workspace(), "");
  EXPECT_FALSE(context.EnterWorkspace("header.parent", "nowhere", NameTail::kNone).ok());
  EXPECT_EQ(context.workspace(), "");
  EXPECT_EQ(*context.EnterWorkspace("header.parent", "workspaces/acme", NameTail::kNone), "acme");
  EXPECT_EQ(context.workspace(), "acme");
}

}  // namespace
}  // namespace quotacast::serving
