// Goal: histories of one field are cut at any day and taken over in any piece. Method: three deals
// by hand, one of which nothing is said; a history put together from pieces of another.
#include "services/metrics/field_history.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

FieldHistory<int> ThreeDeals() {
  FieldHistory<int> history;
  history.Say(10, 1);
  history.Say(20, 2);
  history.Say(20, 3);
  history.EndDeal();
  history.EndDeal();
  history.Say(-5, 7);
  history.EndDeal();
  return history;
}

TEST(FieldHistory, SaysWhatWasSoOnADay) {
  const FieldHistory<int> history = ThreeDeals();
  EXPECT_EQ(history.On(0, 9, -1), -1);
  EXPECT_EQ(history.On(0, 10, -1), 1);
  EXPECT_EQ(history.On(0, 19, -1), 1);
  EXPECT_EQ(history.On(0, 20, -1), 3);  // The last of one day.
  EXPECT_EQ(history.On(1, 100, -1), -1);
  EXPECT_EQ(history.On(2, -6, -1), -1);
  EXPECT_EQ(history.On(2, INT32_MAX, -1), 7);
  EXPECT_EQ(history.EndOf(0, 15) - history.BeginOf(0), 1u);
  EXPECT_EQ(history.DayAt(history.BeginOf(2)), -5);
  EXPECT_EQ(history.saying_count(), 4u);
}

TEST(FieldHistory, KnowsTheLastSayingOfTheDealBeingAdded) {
  FieldHistory<int> history;
  EXPECT_EQ(history.Last(), nullptr);
  history.Say(1, 5);
  *history.Last() = 6;
  history.LastDay() = 2;
  history.EndDeal();
  EXPECT_EQ(history.Last(), nullptr);  // Of the next one nothing is said.
  EXPECT_EQ(history.On(0, 1, -1), -1);
  EXPECT_EQ(history.On(0, 2, -1), 6);
}

TEST(FieldHistory, TakesOverDealsOfAnother) {
  const FieldHistory<int> source = ThreeDeals();
  FieldHistory<int> history;
  history.AddDeals(source, 2, 3);
  history.Say(1, 9);
  history.EndDeal();
  history.AddDeals(source, 0, 2);
  history.AddDeals(source, 1, 1);  // None.
  EXPECT_EQ(history.On(0, 0, -1), 7);
  EXPECT_EQ(history.On(1, 1, -1), 9);
  EXPECT_EQ(history.On(2, 15, -1), 1);
  EXPECT_EQ(history.On(2, 25, -1), 3);
  EXPECT_EQ(history.On(3, 25, -1), -1);
  EXPECT_EQ(history.saying_count(), 5u);
}

}  // namespace
}  // namespace quotacast::metrics
