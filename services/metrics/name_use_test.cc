#include "services/metrics/name_use.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

class NameUseTest : public ::testing::Test {
 protected:
  NameUseTest() {
    for (const char* name : {"web", "", "fair", "unused"}) names_.CodeOf(name);
  }
  Dictionary names_;
};

TEST_F(NameUseTest, PlacesTheNamesInUseInOrder) {
  NameUse use(names_);
  use.Use(0);
  use.Use(1);
  use.Use(2);
  EXPECT_FALSE(use.is_none_used());
  EXPECT_EQ(use.FirstPosition(), -1);
  EXPECT_EQ(use.PlaceInOrder(), (std::vector<std::string>{"fair", "web"}));
  EXPECT_EQ(use.PositionOf(0), 1);
  EXPECT_EQ(use.PositionOf(1), -1);  // The empty name.
  EXPECT_EQ(use.PositionOf(2), 0);
  EXPECT_EQ(use.PositionOf(3), -1);
  EXPECT_EQ(use.PositionOf(Dictionary::kNone), -1);
  EXPECT_EQ(use.FirstPosition(), 0);
  EXPECT_TRUE(use.Uses(2));
  EXPECT_FALSE(use.Uses(3));
  EXPECT_EQ(use.positions(), (std::vector<int>{1, -1, 0, -1}));
}

TEST_F(NameUseTest, AnotherNameTakesItsPlaceOnce) {
  NameUse use(names_);
  use.Use(0);
  use.Use(Dictionary::kNone);
  EXPECT_TRUE(use.is_none_used());
  EXPECT_EQ(use.PlaceInOrder("all"), (std::vector<std::string>{"all", "web"}));
  EXPECT_EQ(use.PositionOf(0), 1);
  EXPECT_EQ(use.PlaceInOrder("web"), (std::vector<std::string>{"web"}));
  EXPECT_EQ(use.PositionOf(0), 0);
}

}  // namespace
}  // namespace quotacast::metrics
