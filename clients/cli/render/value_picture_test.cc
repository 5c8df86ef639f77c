// Goal: pictures keep the proportions of the figures and never leave their width. Method: golden
// texts on small scales.
#include "clients/cli/render/value_picture.h"

#include <algorithm>
#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

Terminal Ascii() {
  Terminal terminal;
  terminal.unicode = false;
  return terminal;
}

TEST(BarPictureTest, IsProportionalInEighths) {
  const PictureScale scale = {0, 4, 4};
  EXPECT_EQ(BarPicture(4, scale, Terminal()), "████");
  EXPECT_EQ(BarPicture(2, scale, Terminal()), "██");
  EXPECT_EQ(BarPicture(1.5, scale, Terminal()), "█▌");
  EXPECT_EQ(BarPicture(1.5, scale, Ascii()), "##");
}

TEST(BarPictureTest, ShowsWhatIsSmallAndNotWhatIsZero) {
  const PictureScale scale = {0, 1e6, 4};
  EXPECT_EQ(BarPicture(1, scale, Terminal()), "▏");
  EXPECT_EQ(BarPicture(1, scale, Ascii()), "#");
  EXPECT_EQ(BarPicture(0, scale, Terminal()), "");
}

TEST(BarPictureTest, NegativeValuesLieLeftOfAnAxis) {
  PictureScale scale = {0, 0, 9};
  for (const double value : {-2.0, 2.0, 1.0}) scale.Include(value);
  EXPECT_EQ(BarPicture(-2, scale, Ascii()), "####|");
  EXPECT_EQ(BarPicture(-1, scale, Ascii()), "  ##|");
  EXPECT_EQ(BarPicture(0, scale, Ascii()), "    |");
  EXPECT_EQ(BarPicture(1, scale, Ascii()), "    |##");
  EXPECT_EQ(BarPicture(2, scale, Ascii()), "    |####");
}

TEST(BarPictureTest, NothingOnAScaleWithoutExtent) {
  EXPECT_EQ(BarPicture(0, {0, 0, 9}, Terminal()), "");
  EXPECT_EQ(BarPicture(1, {0, 1, 0}, Terminal()), "");
  EXPECT_EQ(IntervalPicture(1, 1, 1, {1, 1, 9}, Terminal()), "");
}

TEST(IntervalPictureTest, TheValueLiesWithin) {
  const PictureScale scale = {0, 10, 11};
  EXPECT_EQ(IntervalPicture(2, 5, 9, scale, Terminal()), "  ├──●───┤");
  EXPECT_EQ(IntervalPicture(2, 5, 9, scale, Ascii()), "  |--o---|");
  EXPECT_EQ(IntervalPicture(0, 0, 10, scale, Ascii()), "o---------|");
  EXPECT_EQ(IntervalPicture(4.9, 5, 5.1, scale, Ascii()), "     o");
}

TEST(PictureTest, NeverWiderThanAsked) {
  for (const int width : {1, 2, 3, 10}) {
    for (const double low : {-3.0, 0.0}) {
      const PictureScale scale = {low, 7, width};
      for (double value = low; value <= 7; value += 0.25) {
        // An axis with something on its left takes two.
        EXPECT_LE(DisplayWidth(BarPicture(value, scale, Terminal())),
                  low < 0 ? std::max(2, width) : width);
        EXPECT_LE(DisplayWidth(IntervalPicture(low, value, 7, scale, Terminal())), width);
      }
    }
  }
}

}  // namespace
}  // namespace quotacast::cli
