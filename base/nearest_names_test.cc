// Goal: the names a message offers are those most likely meant. Method: worked cases.
#include "base/nearest_names.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast {
namespace {

using Names = std::vector<std::string>;

TEST(NearestNamesTest, PutsBeginningsBeforeNearSpellings) {
  const Names names = {"win_rate_value", "bookings", "win_rates", "win_rate_closed"};
  EXPECT_EQ(NearestNames("win_rate", names, 2), (Names{"win_rate_closed", "win_rate_value"}));
  EXPECT_EQ(NearestNames("boking", names, 1), Names{"bookings"});
}

TEST(NearestNamesTest, IgnoresLetterCaseAndKeepsOrderAmongEquals) {
  EXPECT_EQ(NearestNames("EAST", {"west", "East"}, 1), Names{"East"});
  EXPECT_EQ(NearestNames("x", {"b", "a"}, 2), (Names{"a", "b"}));
}

TEST(NearestNamesTest, GivesWhatThereIs) {
  EXPECT_EQ(NearestNames("a", {}, 3), Names{});
  EXPECT_EQ(NearestNames("", {"a"}, 3), Names{"a"});
  EXPECT_EQ(ShownName(std::string(65, 'x')), std::string(64, 'x'));
}

}  // namespace
}  // namespace quotacast
