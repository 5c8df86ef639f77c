// Goal: colour appears only where the terminal has it. Method: the same text on both kinds.
#include "clients/cli/render/style.h"

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(StyleTest, PaintsOnlyWithColour) {
  Terminal terminal;
  EXPECT_EQ(Paint("good", Style::kGood, terminal), "good");
  terminal.color = true;
  EXPECT_EQ(Paint("good", Style::kGood, terminal), "\x1b[32mgood\x1b[0m");
  EXPECT_EQ(Paint("plain", Style::kPlain, terminal), "plain");
  EXPECT_EQ(Paint("", Style::kGood, terminal), "");
}

}  // namespace
}  // namespace quotacast::cli
