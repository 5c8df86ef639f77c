// Goal: a book is the fold of its log. Method: write events by hand, read them in one go and in
// steps, and damage one.
#include "services/planning/plan_book.h"

#include <string>

#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/in_memory_event_log.h"

namespace quotacast::planning {
namespace {

class PlanBookTest : public testing::Test {
 protected:
  void Append(const eventlog::Event& event) { ASSERT_TRUE(log_.Append("w", {&event, 1}).ok()); }
  void AppendGoal(const std::string& id, int64_t version, const std::string& owner) {
    v1::Goal goal;
    goal.set_owner(owner);
    Append(ChangeEvent(kGoals, id, version, clock_.Now(), goal.SerializeAsString()));
  }

  FakeClock clock_{absl::UnixEpoch()};
  eventlog::InMemoryEventLog log_{&clock_};
  PlanBook book_;
};

TEST_F(PlanBookTest, KeepsTheLatestVersionInOrderOfCreation) {
  AppendGoal("b", 1, "first");
  AppendGoal("a", 1, "second");
  ASSERT_TRUE(book_.CatchUp(log_, "w").ok());
  AppendGoal("b", 2, "changed");
  ASSERT_TRUE(book_.CatchUp(log_, "w").ok());
  ASSERT_EQ(book_.goals().size(), 2u);
  EXPECT_EQ(book_.goals().at(0).owner(), "changed");
  EXPECT_EQ(book_.goals().at(1).owner(), "second");
  EXPECT_EQ(book_.goals().VersionOf("b"), 2);
  EXPECT_EQ(book_.goals().VersionOf("c"), 0);
  EXPECT_EQ(book_.goals().Find("c"), nullptr);
}

TEST_F(PlanBookTest, ReadsLogsLongerThanOneRead) {
  for (int i = 0; i < 2'500; ++i) AppendGoal("g" + std::to_string(i), 1, "x");
  ASSERT_TRUE(book_.CatchUp(log_, "w").ok());
  EXPECT_EQ(book_.goals().size(), 2'500u);
}

TEST_F(PlanBookTest, NamesADamagedEvent) {
  AppendGoal("a", 1, "x");
  Append(ChangeEvent(kGoals, "b", 1, clock_.Now(), "\xff\xff\xff"));
  const absl::Status status = book_.CatchUp(log_, "w");
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(GetDetail(status)->reason, "DAMAGED_EVENT");
  EXPECT_NE(std::string(status.message()).find("event 2"), std::string::npos);
  PlanBook other;
  Append(ChangeEvent("novels", "b", 1, clock_.Now(), ""));
  EXPECT_FALSE(other.CatchUp(log_, "w").ok());
}

}  // namespace
}  // namespace quotacast::planning
