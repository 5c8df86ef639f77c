// Goal: names are in order and stay what they were while the dictionary grows. Method: a dictionary
// grown in two steps.
#include "services/metrics/name_order.h"

#include <string>

#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

std::string InOrder(const NameOrder& order) {
  std::string text;
  for (const uint32_t code : order.codes()) text += std::string(order.At(code)) + " ";
  return text;
}

TEST(NameOrder, GrowsWithTheDictionary) {
  Dictionary names;
  NameOrderCache cache;
  EXPECT_EQ(InOrder(*cache.Get(names)), "");
  for (const char* name : {"m", "z", "", "b"}) names.CodeOf(name);
  const auto before = cache.Get(names);
  EXPECT_EQ(InOrder(*before), " b m z ");
  EXPECT_EQ(cache.Get(names), before);
  for (const char* name : {"a", "zz", "c"}) names.CodeOf(name);
  EXPECT_EQ(InOrder(*cache.Get(names)), " a b c m z zz ");
  EXPECT_EQ(InOrder(*before), " b m z ");
  EXPECT_EQ(before->At(1), "z");
}

}  // namespace
}  // namespace quotacast::metrics
