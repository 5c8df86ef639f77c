// Goal: columns line up whatever the cells hold, and no line leaves the terminal. Method: golden
// texts.
#include "clients/cli/render/table.h"

#include <string>

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(TableTest, AlignsNumbersRightAndNamesLeft) {
  Table table({{"Rep"}, {"Quota", Align::kRight}, {"State"}});
  table.AddRow({"Jürgen", "1,200", "open"});
  table.AddRow({"東京 office", "25"});
  EXPECT_EQ(table.Render(Terminal()),
            "Rep          Quota  State\n"
            "───────────  ─────  ─────\n"
            "Jürgen       1,200  open\n"
            "東京 office     25\n");
}

TEST(TableTest, AsciiAndColour) {
  Terminal terminal;
  terminal.unicode = false;
  Table table({{"A"}, {"B", Align::kRight}});
  table.AddRow({"x", "\x1b[31m1\x1b[0m"});
  table.AddRow({"y", "22"});
  EXPECT_EQ(table.Render(terminal),
            "A   B\n"
            "-  --\n"
            "x   \x1b[31m1\x1b[0m\n"
            "y  22\n");
}

TEST(TableTest, CutsTheWidestNamesFirst) {
  Terminal terminal;
  terminal.width_columns = 40;
  Table table({{"Name"}, {"Owner"}, {"Amount", Align::kRight}});
  table.AddRow({"A very long name of an initiative", "Somebody", "1,234,567"});
  EXPECT_EQ(table.Render(terminal),
            "Name                 Owner        Amount\n"
            "───────────────────  ────────  ─────────\n"
            "A very long name o…  Somebody  1,234,567\n");
}

TEST(TableTest, CutsLinesWhenNumbersAloneAreTooWide) {
  Terminal terminal;
  terminal.width_columns = 10;
  Table table({{"One", Align::kRight}, {"Two", Align::kRight}});
  table.AddRow({"1234567", "7654321"});
  EXPECT_EQ(table.Render(terminal),
            "    One  …\n"
            "───────  …\n"
            "1234567  …\n");
}

TEST(TableDeathTest, MoreCellsThanColumns) {
  Table table({{"One"}});
  EXPECT_DEATH(table.AddRow({"1", "2"}), "more cells than columns");
}

}  // namespace
}  // namespace quotacast::cli
