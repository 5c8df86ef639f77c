// Goal: what was said of deals by the day of a view is what the histories say, with the view's
// meaning of codes, wherever a deal lies. Method: a base and a patch by hand; every deal and day
// against the plain reading of the sayings.
#include "services/metrics/day_sayings.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/metrics/deal_place.h"

namespace quotacast::metrics {
namespace {

struct Layers {
  FieldHistory<uint32_t> base;
  FieldHistory<uint32_t> patch;
  std::vector<uint32_t> places;
};

// Base: {10: 0, 20: 1}, nothing, {5: 2}; patch: {15: 1, 15: 0}, nothing until 40.
std::shared_ptr<const Layers> MakeLayers() {
  auto layers = std::make_shared<Layers>();
  layers->base.Say(10, 0);
  layers->base.Say(20, 1);
  layers->base.EndDeal();
  layers->base.EndDeal();
  layers->base.Say(5, 2);
  layers->base.EndDeal();
  layers->patch.Say(15, 1);
  layers->patch.Say(15, 0);
  layers->patch.EndDeal();
  layers->patch.Say(40, 2);
  layers->patch.EndDeal();
  layers->places = {PlaceOf(1, 0), PlaceOf(0, 0), PlaceOf(0, 1), PlaceOf(1, 1), PlaceOf(0, 2)};
  return layers;
}

DaySayings<uint32_t> SayingsOn(int32_t day, const LazyList<int32_t>& unsaid_days) {
  const std::shared_ptr<const Layers> layers = MakeLayers();
  return DaySayings<uint32_t>(
      DaySayings<uint32_t>::Source{.owner = layers,
                                   .layers = {&layers->base, &layers->patch},
                                   .places = &layers->places,
                                   .day = day,
                                   .meanings = {100, 101, 102},
                                   .unsaid_value = 7,
                                   .unsaid_days = unsaid_days});
}

using Plain = std::vector<std::pair<int32_t, int32_t>>;

Plain PlainOf(const DaySayings<uint32_t>& sayings, size_t position) {
  Plain plain;
  const DaySayings<uint32_t>::List list = sayings.Of(position);
  for (size_t i = 0; i < list.size(); ++i) plain.emplace_back(list.DayAt(i), list.ValueAt(i));
  return plain;
}

TEST(DaySayings, EndOnTheDayOfTheView) {
  const DaySayings<uint32_t> late = SayingsOn(30, {});
  ASSERT_EQ(late.deal_count(), 5u);
  EXPECT_EQ(PlainOf(late, 0), (Plain{{15, 101}, {15, 100}}));
  EXPECT_EQ(PlainOf(late, 1), (Plain{{10, 100}, {20, 101}}));
  EXPECT_EQ(PlainOf(late, 2), Plain());
  EXPECT_EQ(PlainOf(late, 3), Plain());
  EXPECT_EQ(PlainOf(late, 4), (Plain{{5, 102}}));
  const DaySayings<uint32_t> early = SayingsOn(12, {});
  EXPECT_EQ(PlainOf(early, 0), Plain());
  EXPECT_EQ(PlainOf(early, 1), (Plain{{10, 100}}));
  EXPECT_FALSE(late == early);
  EXPECT_TRUE(late == SayingsOn(39, {}));
}

TEST(DaySayings, OfWhichNothingWasSaidHaveOne) {
  const DaySayings<uint32_t> sayings = SayingsOn(30, LazyList<int32_t>({1, 2, 3, 4, 5}));
  EXPECT_EQ(PlainOf(sayings, 1), (Plain{{10, 100}, {20, 101}}));
  EXPECT_EQ(PlainOf(sayings, 2), (Plain{{3, 7}}));
  EXPECT_EQ(PlainOf(sayings, 3), (Plain{{4, 7}}));  // What is said on day 40 is not known yet.
  EXPECT_EQ(sayings.On(3, 3, -1), -1);
  EXPECT_EQ(sayings.On(3, 4, -1), 7);
  EXPECT_EQ(sayings.On(3, 50, -1), 7);
}

TEST(DaySayings, ValuesOnDaysAreThoseOfTheLists) {
  for (const LazyList<int32_t>& unsaid :
       {LazyList<int32_t>(), LazyList<int32_t>({1, 2, 3, 4, 4})}) {
    for (const int32_t view_day : {4, 12, 15, 30, 40, 50}) {
      const DaySayings<uint32_t> sayings = SayingsOn(view_day, unsaid);
      std::vector<uint32_t> positions;
      for (uint32_t position = 0; position < sayings.deal_count(); ++position) {
        positions.push_back(position);
        for (int32_t day = 0; day <= 60; ++day) {
          EXPECT_EQ(sayings.On(position, day, -1), sayings.Of(position).On(day, -1))
              << view_day << " " << position << " " << day;
        }
      }
      size_t visited = 0;
      sayings.ForEach(positions, [&](size_t i, const DaySayings<uint32_t>::List& list) {
        EXPECT_EQ(i, visited++);
        EXPECT_EQ(list.size(), sayings.Of(positions[i]).size());
      });
      EXPECT_EQ(visited, positions.size());
    }
  }
}

TEST(DaySayings, AHistoryStandsForItself) {
  FieldHistory<int32_t> history;
  history.EndDeal();
  history.Say(3, -9);
  history.EndDeal();
  for (size_t deal = 2; deal < 2 * kMaxLayerDeals; ++deal) history.EndDeal();
  history.Say(4, 7);
  history.EndDeal();
  const DaySayings<int32_t> sayings(history);
  EXPECT_EQ(sayings.deal_count(), 2 * kMaxLayerDeals + 1);
  EXPECT_EQ(sayings.On(2 * kMaxLayerDeals, 4, 5), 7);
  EXPECT_TRUE(sayings.Of(0).empty());
  EXPECT_EQ(sayings.On(0, INT32_MAX, 5), 5);
  EXPECT_EQ(sayings.On(1, 2, 5), 5);
  EXPECT_EQ(sayings.On(1, 3, 5), -9);
  EXPECT_EQ(DaySayings<int32_t>().deal_count(), 0u);
}

}  // namespace
}  // namespace quotacast::metrics
