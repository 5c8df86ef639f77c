// Goal: actuals for people and for other programs. Method: golden texts.
#include "clients/cli/render/actuals_report.h"

#include <string>
#include <vector>

#include "clients/cli/actuals_table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

ActualsTable Sample(const std::vector<simulation::v1::Level>& levels) {
  return *MakeActualsTable(SampleActuals(), SampleRoster(), levels);
}

TEST(ActualsReportTest, ByRep) {
  EXPECT_EQ("\n" + ActualsReport(Sample({simulation::v1::LEVEL_REP}), Terminal()), R"(
Actuals, 2017Q3 to 2017Q4, as of 15 Nov 2017, USD

Rep            Id    Team   Period   Booked    Quota  Attainment  Won  Lost  Created
─────────────  ────  ─────  ──────  ───────  ───────  ──────────  ───  ────  ───────
Anna Snelling  R001  west   2017Q3  120,000  100,000     120.0 %   12    20       40
                            2017Q4   30,000        -           -    3     4        9
Zoë Novák      R002  north  2017Q4    5,000        -           -    1     0        2

1 row without deals, bookings and quota is not shown; --csv has all.
note: 2017Q4 has not ended by the as-of date: its figures are to date
)");
}

TEST(ActualsReportTest, NarrowAndByTwoLevels) {
  Terminal terminal;
  terminal.width_columns = 60;
  terminal.unicode = false;
  EXPECT_EQ("\n" + ActualsReport(Sample({simulation::v1::LEVEL_ORG, simulation::v1::LEVEL_TEAM}),
                                 terminal),
            R"(
Actuals, 2017Q3 to 2017Q4, as of 15 Nov 2017, USD

Group        Period   Booked    Quota  Attainment  Won  Lost
-----------  ------  -------  -------  ----------  ---  ----
Organisati~  2017Q3  120,000  100,000     120.0 %   12    20
             2017Q4   35,000        -           -    4     4
North-west   2017Q4    5,000        -           -    1     0
West         2017Q3  120,000  100,000     120.0 %   12    20
             2017Q4   35,000        -           -    4     4

No room here for Id, Created: a wider terminal or --csv has
them.
1 row without deals, bookings and quota is not shown; --csv
has all.
note: 2017Q4 has not ended by the as-of date: its figures
      are to date
)");
}

TEST(ActualsReportTest, Notes) {
  ActualsTable table = Sample({simulation::v1::LEVEL_ORG});
  table.header.set_ended_period_count(0);
  table.header.set_reconstructed(true);
  EXPECT_EQ(ActualsNotes(table, Terminal()),
            "note: 2017Q3 to 2017Q4 have not ended by the as-of date: their figures are to date\n"
            "note: the history was imported later than it happened: what was known when is "
            "reconstructed\n");
  table.header.set_ended_period_count(2);
  table.header.set_reconstructed(false);
  EXPECT_EQ(ActualsNotes(table, Terminal()), "");
}

TEST(ActualsReportTest, NothingAtAll) {
  EXPECT_EQ(ActualsReport(ActualsTable{}, Terminal()), "Actuals, as of -\n\n");
}

TEST(ActualsCsvTest, EveryCellExactly) {
  EXPECT_EQ(ActualsCsv(Sample({simulation::v1::LEVEL_ORG, simulation::v1::LEVEL_REP})),
            "level,group,group_display_name,team,period,booked,quota,currency,won_count,lost_count,"
            "created_count\r\n"
            "org,,,,2017Q3,120000,100000,USD,12,20,40\r\n"
            "org,,,,2017Q4,35000.25,,USD,4,4,11\r\n"
            "rep,R001,Anna Snelling,west,2017Q3,120000,100000,USD,12,20,40\r\n"
            "rep,R001,Anna Snelling,west,2017Q4,30000,,USD,3,4,9\r\n"
            "rep,R002,Zoë Novák,north,2017Q3,0,,USD,0,0,0\r\n"
            "rep,R002,Zoë Novák,north,2017Q4,5000.25,,USD,1,0,2\r\n");
}

TEST(ActualsCsvTest, AmountsBelowZero) {
  ActualsTable table = Sample({simulation::v1::LEVEL_ORG});
  table.cells[0].booked.set_units(0);
  table.cells[0].booked.set_nanos(-50'000'000);
  EXPECT_NE(ActualsCsv(table).find(",2017Q3,-0.05,"), std::string::npos);
}

TEST(ActualsNdjsonTest, AnObjectPerCell) {
  ActualsTable table = Sample({simulation::v1::LEVEL_REP});
  table.cells.resize(1);
  table.cells[0].display_name = "Anna \"A\"";
  EXPECT_EQ(ActualsNdjson(table),
            "{\"level\":\"rep\",\"group\":\"R001\",\"groupDisplayName\":\"Anna \\\"A\\\"\","
            "\"team\":\"west\",\"period\":{\"name\":\"2017Q3\"},\"figures\":{\"booked\":"
            "{\"currencyCode\":\"USD\",\"units\":\"120000\",\"nanos\":0},\"quota\":"
            "{\"currencyCode\":\"USD\",\"units\":\"100000\",\"nanos\":0},\"wonCount\":\"12\","
            "\"lostCount\":\"20\",\"createdCount\":\"40\"}}\n");
}

}  // namespace
}  // namespace quotacast::cli
