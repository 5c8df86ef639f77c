// Goal: names, ids and page tokens are read strictly. Method: edges, and a walk through pages.
#include "services/planning/resource_names.h"

#include <string>

#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast::planning {
namespace {

TEST(Names, RoundTrip) {
  EXPECT_EQ(*ParseParent("workspaces/w"), "w");
  const std::string name = NameOf("w", "goals", "g-1");
  EXPECT_EQ(name, "workspaces/w/goals/g-1");
  const absl::StatusOr<ResourceName> parsed = ParseName(name, "goals");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->workspace, "w");
  EXPECT_EQ(parsed->id, "g-1");
}

TEST(Names, AreReadStrictly) {
  for (const char* parent : {"", "workspaces", "workspaces/", "w", "workspaces/w/goals"}) {
    EXPECT_EQ(GetDetail(ParseParent(parent).status())->field_violations[0].field, "parent");
  }
  for (const char* name : {"", "workspaces/w/goals", "workspaces/w/goals/", "workspaces//goals/g",
                           "workspaces/w/scenarios/g", "workspaces/w/goals/g/x"}) {
    EXPECT_EQ(GetDetail(ParseName(name, "goals").status())->field_violations[0].field, "name");
  }
}

TEST(ResourceIds, HaveRules) {
  EXPECT_TRUE(CheckResourceId("a", "goal_id").ok());
  EXPECT_TRUE(CheckResourceId("q4-2017", "goal_id").ok());
  EXPECT_TRUE(CheckResourceId(std::string(kMaxResourceIdBytes, 'a'), "goal_id").ok());
  for (const std::string& id :
       {std::string(), std::string("1a"), std::string("-a"), std::string("Aa"), std::string("a_b"),
        std::string("a/b"), std::string(kMaxResourceIdBytes + 1, 'a')}) {
    EXPECT_EQ(GetDetail(CheckResourceId(id, "goal_id"))->field_violations[0].field, "goal_id")
        << id;
  }
}

TEST(PageOf, WalksThroughAllPages) {
  size_t seen = 0;
  int pages = 0;
  std::string token;
  do {
    const absl::StatusOr<PageRange> page = PageOf("goals", 7, 3, token);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->begin, seen);
    seen = page->end;
    token = page->next_page_token;
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(seen, 7u);
  EXPECT_EQ(pages, 3);
  EXPECT_TRUE(PageOf("goals", 0, 3, "")->next_page_token.empty());
}

TEST(PageOf, HasADefaultAndAMaximum) {
  EXPECT_EQ(PageOf("goals", 5'000, 0, "")->end, static_cast<size_t>(kDefaultPageSize));
  EXPECT_EQ(PageOf("goals", 5'000, kMaxPageSize, "")->end, static_cast<size_t>(kMaxPageSize));
  EXPECT_EQ(PageOf("goals", 5'000, kMaxPageSize + 1, "")->end, static_cast<size_t>(kMaxPageSize));
  EXPECT_EQ(GetDetail(PageOf("goals", 5, -1, "").status())->field_violations[0].field, "page_size");
}

TEST(PageOf, RefusesForeignTokens) {
  const std::string token = PageOf("goals", 7, 3, "")->next_page_token;
  EXPECT_TRUE(PageOf("goals", 7, 3, token).ok());
  EXPECT_FALSE(PageOf("scenarios", 7, 3, token).ok());
  EXPECT_FALSE(PageOf("goals", 2, 3, token).ok());  // Lists never shrink.
  EXPECT_EQ(GetDetail(PageOf("goals", 7, 3, "###").status())->field_violations[0].field,
            "page_token");
}

}  // namespace
}  // namespace quotacast::planning
