// Goal: colour, width and characters follow the terminal and the user's wishes. Method: every
// rule once, with environment variables as a map.
#include "clients/cli/render/terminal.h"

#include <map>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

VariableReader From(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

constexpr TerminalFacts kTty = {true, true, 90};

TEST(TerminalTest, ColourOnATerminalUnlessUnwanted) {
  EXPECT_TRUE(DescribeTerminal(kTty, From({})).color);
  EXPECT_FALSE(DescribeTerminal(kTty, From({{"NO_COLOR", ""}})).color);
  EXPECT_FALSE(DescribeTerminal(kTty, From({{"TERM", "dumb"}})).color);
  EXPECT_FALSE(DescribeTerminal({false, true, 0}, From({})).color);
}

TEST(TerminalTest, UnicodeByTheFirstLocaleVariableThatIsSet) {
  EXPECT_FALSE(DescribeTerminal(kTty, From({})).unicode);
  EXPECT_TRUE(DescribeTerminal(kTty, From({{"LANG", "en_US.UTF-8"}})).unicode);
  EXPECT_TRUE(DescribeTerminal(kTty, From({{"LANG", "C.utf8"}})).unicode);
  EXPECT_FALSE(DescribeTerminal(kTty, From({{"LC_ALL", "C"}, {"LANG", "en_US.UTF-8"}})).unicode);
  EXPECT_TRUE(DescribeTerminal(kTty, From({{"LC_ALL", ""}, {"LANG", "en_US.UTF-8"}})).unicode);
}

TEST(TerminalTest, WidthOfTheWindowWithinLimits) {
  EXPECT_EQ(DescribeTerminal(kTty, From({})).width_columns, 90);
  EXPECT_EQ(DescribeTerminal({true, true, 10}, From({})).width_columns, kMinWidthColumns);
  EXPECT_EQ(DescribeTerminal({true, true, 400}, From({})).width_columns, kMaxWidthColumns);
  EXPECT_EQ(DescribeTerminal({false, true, 90}, From({})).width_columns, kDefaultWidthColumns);
}

TEST(TerminalTest, ProgressNeedsStandardErrorOnATerminal) {
  EXPECT_TRUE(DescribeTerminal({false, true, 0}, From({})).progress);
  EXPECT_FALSE(DescribeTerminal({true, false, 90}, From({})).progress);
}

}  // namespace
}  // namespace quotacast::cli
