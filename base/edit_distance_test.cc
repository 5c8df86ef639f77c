// Goal: the distance is Levenshtein's. Method: worked cases, and the laws of a metric over a table
// of short words.
#include "base/edit_distance.h"

#include <cstddef>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast {
namespace {

TEST(EditDistanceTest, WorkedCases) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("GTXPro", "GTX Pro"), 1u);
  EXPECT_EQ(EditDistance("flaw", "lawn"), 2u);
  EXPECT_EQ(EditDistance("East", "east"), 1u);
}

TEST(EditDistanceTest, IsAMetric) {
  const std::vector<std::string_view> words = {"", "a", "b", "ab", "ba", "abc", "cab", "aab"};
  for (const std::string_view x : words) {
    for (const std::string_view y : words) {
      EXPECT_EQ(EditDistance(x, y), EditDistance(y, x));
      EXPECT_EQ(EditDistance(x, y) == 0, x == y);
      for (const std::string_view z : words) {
        EXPECT_LE(EditDistance(x, z), EditDistance(x, y) + EditDistance(y, z));
      }
    }
  }
}

}  // namespace
}  // namespace quotacast
