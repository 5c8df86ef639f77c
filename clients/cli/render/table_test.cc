// Goal: columns line up whatever the cells hold, and no line leaves the terminal. Method: golden
// texts.
#include "clients/cli/render/table.h"

#include <string>
#include <vector>

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

TEST(TableTest, DropsWhatMayGoBeforeItCutsNames) {
  Table table({{"Name"},
               {"Value", Align::kRight},
               {"Above", Align::kRight, 2},
               {"Below", Align::kRight, 2},
               {"Rests on", Align::kRight, 1}});
  table.AddRow({"Somebody Important", "12.5 %", "1", "8", "8"});
  Terminal terminal;
  terminal.width_columns = 51;
  EXPECT_TRUE(table.DroppedHeaders(terminal).empty());
  EXPECT_EQ(table.Width(terminal), 50);
  EXPECT_EQ(table.Render(terminal),
            "Name                 Value  Above  Below  Rests on\n"
            "──────────────────  ──────  ─────  ─────  ────────\n"
            "Somebody Important  12.5 %      1      8         8\n");
  terminal.width_columns = 49;
  EXPECT_EQ(table.DroppedHeaders(terminal), (std::vector<std::string>{"Above", "Below"}));
  EXPECT_EQ(table.Width(terminal), 36);
  EXPECT_EQ(table.Render(terminal),
            "Name                 Value  Rests on\n"
            "──────────────────  ──────  ────────\n"
            "Somebody Important  12.5 %         8\n");
  terminal.width_columns = 20;
  EXPECT_EQ(table.DroppedHeaders(terminal).size(), 3u);
  EXPECT_EQ(table.Render(terminal),
            "Name           Value\n"
            "────────────  ──────\n"
            "Somebody Im…  12.5 %\n");
}

TEST(TableTest, LongNamesAreCutRatherThanColumnsDropped) {
  Table table({{"Name"}, {"Value", Align::kRight}, {"Rests on", Align::kRight, 1}});
  table.AddRow({"A name that is much longer than twenty columns", "12.5 %", "8"});
  Terminal terminal;
  terminal.width_columns = 40;
  EXPECT_EQ(table.Render(terminal),
            "Name                     Value  Rests on\n"
            "──────────────────────  ──────  ────────\n"
            "A name that is much l…  12.5 %         8\n");
}

TEST(TableTest, WhatIsToBeWholeIsNotCut) {
  Table table({{"Name", Align::kLeft, 0, true}, {"In words", Align::kLeft, 1}, {"Owner"}});
  table.AddRow({"a_name_of_more_than_twenty", "A name of more than twenty", "Somebody Important"});
  Terminal terminal;
  terminal.width_columns = 40;
  EXPECT_EQ(table.Render(terminal),
            "Name                        Owner\n"
            "──────────────────────────  ────────────\n"
            "a_name_of_more_than_twenty  Somebody Im…\n");
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
