// Goal: names are in order and stay what they were while the dictionary grows. Method: a dictionary
// grown in two steps.
#include "services/metrics/name_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

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

// Across the borders of what orders share of each other's texts.
TEST(NameOrder, GrowsByManyNames) {
  Dictionary names;
  NameOrderCache cache;
  std::vector<std::shared_ptr<const NameOrder>> orders;
  for (const int step : {1'000, 24, 1, 1'023, 3'000, 1}) {
    for (int i = 0; i < step; ++i) {
      const auto number = static_cast<uint64_t>(names.size());
      names.CodeOf(std::to_string(number * 2'654'435'761u % 4'294'967'296u));
    }
    orders.push_back(cache.Get(names));
  }
  for (const auto& order : orders) {
    std::vector<std::string> wanted;
    for (uint32_t code = 0; code < order->size(); ++code) {
      wanted.emplace_back(names.At(code));
      ASSERT_EQ(order->At(code), wanted.back());
    }
    std::sort(wanted.begin(), wanted.end());
    ASSERT_EQ(order->codes().size(), wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i) ASSERT_EQ(order->At(order->codes()[i]), wanted[i]);
  }
  EXPECT_EQ(orders.back()->size(), 5'049u);
}

}  // namespace
}  // namespace quotacast::metrics
