// Goal: prose never leaves the line. Method: golden texts at narrow widths.
#include "clients/cli/render/wrap.h"

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(WrapTest, BreaksAtSpacesUnderAPrefix) {
  EXPECT_EQ(Wrap("the quick brown fox jumps over the dog", 20, "note: "),
            "note: the quick\n"
            "      brown fox\n"
            "      jumps over the\n"
            "      dog\n");
}

TEST(WrapTest, KeepsLineBreaksAndCutsEndlessWords) {
  EXPECT_EQ(Wrap("a\n\nb", 20), "a\n\nb\n");
  EXPECT_EQ(Wrap("abcdefghijklmnop", 10), "abcdefghij\nklmnop\n");
  EXPECT_EQ(Wrap("äöüäöüäöüäöü", 10), "äöüäöüäöüä\nöü\n");
  EXPECT_EQ(Wrap("", 10, "x:"), "x:\n");
}

TEST(WrapTest, ExactFitIsOneLine) {
  EXPECT_EQ(Wrap("1234567890", 10), "1234567890\n");
  EXPECT_EQ(Wrap("12345 7890", 10), "12345 7890\n");
  EXPECT_EQ(Wrap("12345 67890", 10), "12345\n67890\n");
}

}  // namespace
}  // namespace quotacast::cli
