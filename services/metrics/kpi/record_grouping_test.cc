// Goal: records count in the rows that their rep, account, source, segment or hour says, and
// windows and working days end where they should. Method: each grouping over a small company by
// hand.
#include "services/metrics/kpi/record_grouping.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

std::shared_ptr<const BookView> Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  feed.Team("East", "Sales");
  feed.Rep("ann", "East");
  feed.Rep("bob", "Sales");
  Say(feed, "account/Acme", "1", "1970-01-01",
      "account { account_id: 'Acme' display_name: 'Acme Ltd' }");
  Say(feed, "lead/L1", "created", "2017-03-01",
      "lead { lead_id: 'L1' lead_source: 'web' segment_id: 'smb' }");
  Say(feed, "lead/L2", "created", "2017-02-01", "lead { lead_id: 'L2' lead_source: 'fair' }");
  return ViewOn(feed, CivilDay(2017, 12, 31));
}

// "0:<id> 1:<id> ..." of a column of the grouping, then what each subject counts in.
std::string Rows(const BookView& view, metrics::v1::GroupBy group_by,
                 const std::vector<RecordSubject>& subjects) {
  const Grouping rows(view, group_by);
  const KpiQuery query{.view = &view, .grouping = &rows, .period = {}};
  const RecordGrouping grouping(query);
  const KpiColumn column = grouping.Undefined("why");
  EXPECT_EQ(column.cells.size(), grouping.row_count());
  std::string text;
  for (const KpiGroup& group : grouping.groups()) {
    absl::StrAppend(&text, group.id, " ");
  }
  for (const RecordSubject& subject : subjects) {
    absl::StrAppend(&text, "|");
    for (const int row : grouping.RowsOf(subject)) absl::StrAppend(&text, " ", row);
  }
  return text;
}

TEST(RecordGrouping, TellsTheRowsOfARecord) {
  const auto view = Company();
  const std::vector<RecordSubject> reps = {{.rep = 0}, {.rep = 1}, {}};
  EXPECT_EQ(Rows(*view, metrics::v1::GROUP_BY_ORG, reps), " | 0| 0| 0");
  EXPECT_EQ(Rows(*view, metrics::v1::GROUP_BY_PERIOD, reps), " | 0| 0| 0");
  EXPECT_EQ(Rows(*view, metrics::v1::GROUP_BY_REP, reps), "ann bob | 0| 1|");
  EXPECT_EQ(Rows(*view, metrics::v1::GROUP_BY_TEAM, reps), "East Sales | 0 1| 1|");
  EXPECT_EQ(Rows(*view, metrics::v1::GROUP_BY_LEAD_SOURCE,
                 {{.lead_source = 0}, {.lead_source = 1}, {.rep = 0}}),
            "fair web | 0| 1|");
  // One lead has no segment.
  EXPECT_EQ(Rows(*view, metrics::v1::GROUP_BY_SEGMENT, {{.segment = 0}, {}}), "all smb | 1| 0");
  EXPECT_EQ(Rows(*view, metrics::v1::GROUP_BY_ACCOUNT, {{.account = 0}, {}}),
            "(no account) Acme | 1| 0");
  EXPECT_EQ(
      Rows(*view, metrics::v1::GROUP_BY_HOUR_OF_DAY, {{.hour = 0}, {.hour = 23}, {}}).substr(0, 9),
      "00 01 02 ");
  EXPECT_EQ(Rows(*view, metrics::v1::GROUP_BY_HOUR_OF_DAY, {{.hour = 0}, {.hour = 23}, {}})
                .substr(3 * 24),
            "| 0| 23|");
}

TEST(RecordGrouping, FiltersAreAboutReps) {
  const auto view = Company();
  const auto filtered = [&](metrics::v1::GroupBy group_by) {
    return Grouping::Make(
        *view, {.group_by = group_by,
                .filters = {{.dimension = metrics::v1::GROUP_BY_TEAM, .ids = {"East"}}}});
  };
  for (const auto group_by : {metrics::v1::GROUP_BY_ORG, metrics::v1::GROUP_BY_LEAD_SOURCE}) {
    const auto rows = filtered(group_by);
    ASSERT_TRUE(rows.ok()) << rows.status();
    const KpiQuery query{.view = view.get(), .grouping = &*rows, .period = {}};
    const RecordGrouping grouping(query);
    EXPECT_THAT(grouping.RowsOf({.rep = 0, .lead_source = 0}), ::testing::ElementsAre(0))
        << group_by;
    EXPECT_TRUE(grouping.RowsOf({.rep = 1, .lead_source = 0}).empty()) << group_by;
    EXPECT_TRUE(grouping.RowsOf({.lead_source = 0}).empty()) << group_by;
    EXPECT_TRUE(grouping.Counts({.rep = 0}));
    EXPECT_FALSE(grouping.Counts({}));
  }
}

TEST(RecordGrouping, NamesAccountsAsPeopleDo) {
  const auto view = Company();
  const Grouping rows(*view, metrics::v1::GROUP_BY_ACCOUNT);
  const KpiQuery query{.view = view.get(), .grouping = &rows, .period = {}};
  const RecordGrouping grouping(query);
  ASSERT_EQ(grouping.groups().size(), 2u);
  EXPECT_EQ(grouping.groups()[1].display_name, "Acme Ltd");
}

TEST(RecordGrouping, WindowsEndWithTheAsOfDay) {
  const auto view = Company();
  const Grouping rows(*view, metrics::v1::GROUP_BY_ORG);
  KpiQuery query{.view = view.get(), .grouping = &rows, .period = {}};
  DayWindow window = WindowOf(query, CivilDay(2017, 12, 1));
  EXPECT_EQ(window.start, CivilDay(2017, 12, 1));
  EXPECT_EQ(window.end, CivilDay(2018, 1, 1));
  query.period =
      FiscalPeriod{.name = "p", .start = CivilDay(2017, 12, 25), .end = CivilDay(2018, 2, 1)};
  window = WindowOf(query, CivilDay(2017, 12, 1));
  EXPECT_EQ(window.start, CivilDay(2017, 12, 25));
  EXPECT_EQ(window.end, CivilDay(2018, 1, 1));
  // Monday to Friday, of which the rep is there from Wednesday until before Friday.
  BookRep rep;
  EXPECT_EQ(BusinessDaysInJob(rep, window), 5);
  rep.start_day = CivilDay(2017, 12, 27);
  EXPECT_EQ(BusinessDaysInJob(rep, window), 3);
  rep.end_day = CivilDay(2017, 12, 29);
  EXPECT_EQ(BusinessDaysInJob(rep, window), 2);
  rep.end_day = CivilDay(2017, 12, 1);
  EXPECT_EQ(BusinessDaysInJob(rep, window), 0);
}

TEST(RecordGrouping, HistoryBeginsWithTheFirstRecord) {
  EXPECT_EQ(FirstRecordDay(*Company()), CivilDay(2017, 2, 1));
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  EXPECT_EQ(FirstRecordDay(*ViewOn(feed, CivilDay(2017, 12, 31))), std::nullopt);
}

TEST(RatioColumnTest, IsUndefinedWithoutADenominator) {
  const KpiColumn column = RatioColumn({{3, 2, 5}, {3, 0, 1}}, "nothing there");
  EXPECT_EQ(column.cells[0].value, 1.5);
  EXPECT_EQ(column.cells[0].sample_size, 5);
  EXPECT_EQ(column.cells[1].value, std::nullopt);
  EXPECT_EQ(column.cells[1].undefined_reason, "nothing there");
}

}  // namespace
}  // namespace quotacast::metrics
