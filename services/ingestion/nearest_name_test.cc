// Goal: a misspelt name finds the one meant, and a foreign one finds none. Method: examples.
#include "services/ingestion/nearest_name.h"

#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

TEST(NearestNameTest, Examples) {
  const std::vector<std::string_view> names = {"GTX Basic", "GTX Pro", "GTX Plus Pro",
                                               "MG Special"};
  EXPECT_EQ(NearestName("GTXPro", names), "GTX Pro");
  EXPECT_EQ(NearestName("gtx pro", names), "GTX Pro");
  EXPECT_EQ(NearestName("MG Speciall", names), "MG Special");
  EXPECT_EQ(NearestName("GTX Plus Por", names), "GTX Plus Pro");
  EXPECT_EQ(NearestName("Widget", names), "");
  EXPECT_EQ(NearestName("", names), "");
  EXPECT_EQ(NearestName("GTXPro", {}), "");
  EXPECT_EQ(NearestName(std::string(300, 'x'), {std::string_view("x")}), "");
}

}  // namespace
}  // namespace quotacast::ingestion
