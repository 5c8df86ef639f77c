// Goal: quartiles of peers leave the row itself out and know which way is better. Method: worked
// cases, and random columns against the definition computed row by row from a fresh list.
#include "services/metrics/kpi/comparison.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::metrics {
namespace {

std::vector<KpiCell> Cells(const std::vector<double>& values) {
  std::vector<KpiCell> cells;
  for (const double value : values) cells.emplace_back().value = value;
  return cells;
}

std::vector<Reference> Quartiles(const std::vector<KpiCell>& cells,
                                 metrics::v1::KpiDirection direction) {
  std::vector<const KpiCell*> pointers;
  for (const KpiCell& cell : cells) pointers.push_back(&cell);
  return PeerQuartiles(pointers, direction);
}

TEST(PeerQuartiles, KnowWhichWayIsBetter) {
  const std::vector<KpiCell> cells = Cells({1, 2, 3, 4, 5});
  const auto up = Quartiles(cells, metrics::v1::KPI_DIRECTION_UP);
  EXPECT_EQ(up[4].value, 3.25);  // Of 1 2 3 4.
  EXPECT_EQ(up[4].better_than_share, 1);
  EXPECT_EQ(up[1].value, 4.25);  // Of 1 3 4 5.
  EXPECT_EQ(up[1].better_than_share, 0.25);
  const auto down = Quartiles(cells, metrics::v1::KPI_DIRECTION_DOWN);
  EXPECT_EQ(down[4].value, 1.75);
  EXPECT_EQ(down[4].better_than_share, 0);
  EXPECT_EQ(down[1].better_than_share, 0.75);
  EXPECT_EQ(Quartiles(cells, metrics::v1::KPI_DIRECTION_NEITHER)[0].undefined_reason,
            "neither more nor less of it is better");
}

TEST(PeerQuartiles, TakeFourOthersWithAValue) {
  std::vector<KpiCell> cells = Cells({1, 2, 3, 4});
  cells.emplace_back().undefined_reason = "none";
  const auto references = Quartiles(cells, metrics::v1::KPI_DIRECTION_UP);
  EXPECT_EQ(references[0].undefined_reason, "3 other rows have a value, it takes 4");
  EXPECT_EQ(references[4].value, 3.25);  // It has none itself and four others.
  EXPECT_EQ(references[4].better_than_share, 0);
}

TEST(PeerQuartiles, EqualRowsAreNeitherBetterNorWorse) {
  const auto references = Quartiles(Cells({2, 2, 2, 2, 2}), metrics::v1::KPI_DIRECTION_UP);
  EXPECT_EQ(references[0].value, 2);
  EXPECT_EQ(references[0].better_than_share, 0);
}

TEST(PeerQuartiles, AreThoseOfTheOthersListedAfresh) {
  for (uint32_t trial = 0; trial < 200; ++trial) {
    std::vector<double> values;
    const size_t count = 5 + trial % 17;
    for (size_t i = 0; i < count; ++i) {
      const auto words = RandomBlock(20171231, i, trial, RandomPurpose::kSynthetic, 0);
      values.push_back(words[0] % 10);
    }
    const auto references = Quartiles(Cells(values), metrics::v1::KPI_DIRECTION_UP);
    for (size_t i = 0; i < count; ++i) {
      std::vector<double> others = values;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      std::sort(others.begin(), others.end());
      const size_t quarters = 3 * (others.size() - 1);
      const double low = others[quarters / 4];
      const double high = others[std::min(quarters / 4 + 1, others.size() - 1)];
      EXPECT_DOUBLE_EQ(*references[i].value,
                       low + (high - low) * static_cast<double>(quarters % 4) / 4);
      const auto worse = std::count_if(others.begin(), others.end(),
                                       [&](double other) { return other < values[i]; });
      EXPECT_DOUBLE_EQ(references[i].better_than_share,
                       static_cast<double>(worse) / static_cast<double>(others.size()));
    }
  }
}

}  // namespace
}  // namespace quotacast::metrics
