// Goal: names from any CRM line up in columns. Method: widths that a terminal shows, by example.
#include "clients/cli/render/text_width.h"

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(TextWidthTest, CountsWhatATerminalShows) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("Anna"), 4);
  EXPECT_EQ(DisplayWidth("Jürgen"), 6);
  EXPECT_EQ(DisplayWidth("Ju\xcc\x88rgen"), 6);  // u and a combining diaeresis.
  EXPECT_EQ(DisplayWidth("東京"), 4);
  EXPECT_EQ(DisplayWidth("🎯 goal"), 7);
  EXPECT_EQ(DisplayWidth("\x1b[1mbold\x1b[0m"), 4);
  EXPECT_EQ(DisplayWidth("a\xff"
                         "b"),
            3);
  EXPECT_EQ(DisplayWidth("\xe6\x9d"), 2);  // A character cut in the middle.
}

TEST(TextWidthTest, Pads) {
  EXPECT_EQ(PadRight("Jürgen", 8), "Jürgen  ");
  EXPECT_EQ(PadLeft("東京", 6), "  東京");
  EXPECT_EQ(PadLeft("too long", 3), "too long");
}

TEST(TextWidthTest, TruncatesAtCharactersAndDropsColour) {
  EXPECT_EQ(Truncate("Jürgen Müller", 7, true), "Jürgen…");
  EXPECT_EQ(Truncate("Jürgen Müller", 7, false), "Jürgen~");
  EXPECT_EQ(Truncate("東京都", 4, true), "東…");
  EXPECT_EQ(Truncate("fits", 4, true), "fits");
  EXPECT_EQ(Truncate("\x1b[31mred thing\x1b[0m", 4, true), "red…");
}

TEST(TextWidthTest, DataCannotSteerTheTerminal) {
  EXPECT_EQ(Printable("Bad\x1b[2Jname\n\x7f"), "Bad?[2Jname??");
  EXPECT_EQ(Printable("Zoë 東"), "Zoë 東");
  EXPECT_EQ(Printable("c1 \xc2\x9b"), "c1 ?");
}

}  // namespace
}  // namespace quotacast::cli
