// Goal: the cache keeps the most recently used values and no more than its capacity.
// Method: fill it to capacity and one more; look at what is left.

#include "services/simulation/lru_cache.h"

#include <memory>

#include "gtest/gtest.h"

namespace quotacast::simulation {
namespace {

TEST(LruCache, ForgetsTheLeastRecentlyUsed) {
  LruCache<int> cache(2);
  cache.Insert("a", std::make_shared<const int>(1));
  cache.Insert("b", std::make_shared<const int>(2));
  ASSERT_NE(cache.Find("a"), nullptr);  // Now "b" is the oldest.
  cache.Insert("c", std::make_shared<const int>(3));
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.Find("b"), nullptr);
  EXPECT_EQ(*cache.Find("a"), 1);
  EXPECT_EQ(*cache.Find("c"), 3);
}

TEST(LruCache, ReplacesAndKeepsValuesInUseAlive) {
  LruCache<int> cache(1);
  cache.Insert("a", std::make_shared<const int>(1));
  const std::shared_ptr<const int> held = cache.Find("a");
  cache.Insert("a", std::make_shared<const int>(2));
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(*cache.Find("a"), 2);
  cache.Insert("b", std::make_shared<const int>(3));
  EXPECT_EQ(*held, 1);
}

TEST(LruCache, CapacityZeroKeepsNothing) {
  LruCache<int> cache(0);
  cache.Insert("a", std::make_shared<const int>(1));
  EXPECT_EQ(cache.Find("a"), nullptr);
}

}  // namespace
}  // namespace quotacast::simulation
