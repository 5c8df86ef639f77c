// Goal: tables by every dimension, by pairs, over time and under filters say what they should.
// Method: a company of a dozen deals worked by hand; for every KPI, the cell under a filter equals
// the row of that group, which is another way to the same figure.
#include "services/metrics/kpi/kpi_table.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/kpi/dimension.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/periods.h"
#include "services/metrics/kpi/registry.h"
#include "services/metrics/proto_values.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GroupBy;
using metrics::v1::KpiRow;
using metrics::v1::KpiTable;

const CivilDay kEnd(2017, 12, 31);

void Account(TestFeed& feed, const std::string& id, const std::string& industry) {
  crm::v1::CrmEvent event;
  event.mutable_account()->set_account_id(id);
  if (!industry.empty()) event.mutable_account()->set_industry(industry);
  feed.Add("account/" + id, "1", StartOfDayUtc(CivilDay(1970, 1, 1)), event);
}

void RepWithRole(TestFeed& feed, const std::string& id, const std::string& team,
                 const std::string& role, CivilDay start) {
  crm::v1::CrmEvent event;
  event.mutable_rep()->set_rep_id(id);
  event.mutable_rep()->set_team_id(team);
  if (!role.empty()) event.mutable_rep()->set_role(role);
  *event.mutable_rep()->mutable_start_date() = ToProtoDate(start);
  feed.Add("rep/" + id, "1", StartOfDayUtc(CivilDay(1970, 1, 1)), event);
}

struct Details {
  std::string account = {};
  std::string lead_source = {};
  std::string close_reason = {};
  std::string competitor = {};
  crm::v1::Motion motion = crm::v1::MOTION_UNSPECIFIED;
};

void Describe(TestFeed& feed, const std::string& id, CivilDay day, const Details& details) {
  crm::v1::CrmEvent event;
  crm::v1::OpportunityChange& change = *event.mutable_opportunity();
  change.set_opportunity_id(id);
  if (!details.account.empty()) change.set_account_id(details.account);
  if (!details.lead_source.empty()) change.set_lead_source(details.lead_source);
  if (!details.close_reason.empty()) change.set_close_reason(details.close_reason);
  if (!details.competitor.empty()) change.set_competitor(details.competitor);
  if (details.motion != crm::v1::MOTION_UNSPECIFIED) change.set_motion(details.motion);
  feed.Add("opportunity/" + id, "details", StartOfDayUtc(day), event);
}

// Something of each kind, the first on 2016-11-01; L4 and A4 are of a rep whom nobody knows.
void AddRecords(TestFeed& feed) {
  const auto lead = [&](const std::string& id, const std::string& rep, const std::string& source,
                        bool converted) {
    Say(feed, "lead/" + id, "created", "2017-02-01 10:00",
        absl::StrCat("lead { lead_id: '", id, "' owner_rep_id: '", rep, "' ",
                     source.empty() ? "" : absl::StrCat("lead_source: '", source, "'"),
                     " status: LEAD_STATUS_NEW }"));
    if (!converted) return;
    Say(feed, "lead/" + id, "converted", "2017-02-20 10:00",
        absl::StrCat("lead { lead_id: '", id, "' status: LEAD_STATUS_CONVERTED touch_count: 3 }"));
  };
  lead("L1", "ann", "web", true);
  lead("L2", "bob", "web", false);
  lead("L3", "cat", "fair", true);
  lead("L4", "zoe", "", false);
  const auto act = [&](const std::string& id, const std::string& rep, const std::string& fields) {
    Act(feed, id, "call", "2017-03-01 10:00", absl::StrCat("rep_id: '", rep, "' ", fields));
  };
  act("A1", "ann", "account_id: 'acme' duration_minutes: 30");
  act("A2", "bob", "account_id: 'bolt' duration_minutes: 10 lead_id: 'L2'");
  act("A3", "cat", "account_id: 'acme'");
  act("A4", "zoe", "account_id: 'acme' duration_minutes: 50");
  Act(feed, "A5", "internal", "2016-11-01 09:00", "rep_id: 'ann' duration_minutes: 60");
  for (const std::string rep : {"ann", "bob", "cat"}) {
    const std::string day = rep == "bob" ? "2017-04-02" : "2017-03-01";
    Say(feed, "commitment/" + rep, "made", "2017-03-01",
        absl::StrCat("commitment { commitment_id: '", rep, "' account_id: 'acme' rep_id: '", rep,
                     "' due_date ", AsDate("2017-04-01"), " done_date ", AsDate(day), " }"));
    Say(feed, "incident/" + rep, "opened", "2017-03-01",
        absl::StrCat("incident { incident_id: '", rep, "' account_id: 'acme' owner_rep_id: '", rep,
                     "' opened_time ", AsTimestamp("2017-03-01"), " resolved_time ",
                     AsTimestamp(day), " is_recovered: ", rep == "ann" ? "true" : "false", " }"));
    Say(feed, "training/" + rep, "1", "2017-03-01",
        absl::StrCat("training { training_id: '", rep, "' rep_id: '", rep,
                     "' kind: TRAINING_KIND_PRODUCT duration_minutes: 60 }"));
  }
  Say(feed, "insight/I1", "1", "2017-01-01",
      "insight { insight_id: 'I1' account_id: 'acme' learned_date " + AsDate("2017-01-01") + " }");
}

// Teams World > {Europe > North, Asia}. d6 names nothing.
TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("World");
  feed.Team("Europe", "World");
  feed.Team("North", "Europe");
  feed.Team("Asia", "World");
  RepWithRole(feed, "ann", "North", "closer", CivilDay(2017, 1, 1));
  RepWithRole(feed, "bob", "Europe", "closer", CivilDay(2017, 2, 1));
  RepWithRole(feed, "cat", "Asia", "", CivilDay(2017, 1, 5));
  Account(feed, "acme", "tools");
  Account(feed, "bolt", "");
  Account(feed, "idle", "mining");
  feed.Quota("ann", "2017Q1", 10);
  feed.Quota("bob", "2017Q1", 20);
  feed.Quota("ann", "2017Q2", 10);
  const auto day = [](int month, int day) { return CivilDay(2017, month, day); };
  feed.Closed("d1", "Won", day(1, 1), day(2, 1), {.rep = "ann", .segment = "big", .amount = 1});
  feed.Closed("d2", "Lost", day(1, 10), day(2, 20), {.rep = "ann", .segment = "big", .amount = 2});
  feed.Closed("d3", "Won", day(2, 1), day(4, 15), {.rep = "bob", .segment = "small", .amount = 4});
  feed.Closed("d4", "Won", day(4, 1), day(5, 1), {.rep = "cat", .segment = "big", .amount = 8});
  feed.Closed("d5", "Lost", day(4, 2), day(6, 1), {.rep = "cat", .segment = "small"});
  feed.Closed("d6", "Won", day(7, 1), day(8, 1), {.amount = 16});
  feed.Deal("d7", "Proposal", day(8, 1),
            {.rep = "bob", .segment = "big", .amount = 32, .expected_close = kEnd});
  Describe(feed, "d1", day(1, 1), {"acme", "web", "price", "", crm::v1::MOTION_NEW});
  Describe(feed, "d2", day(1, 10), {"acme", "web", "price", "rival", crm::v1::MOTION_RENEWAL});
  Describe(feed, "d3", day(2, 1), {"bolt", "fair", "", "", crm::v1::MOTION_NEW});
  return feed;
}

KpiTable AskCompany(const KpiTableQuery& query) { return Ask(Company(), kEnd, query); }

absl::Status Refusal(const KpiTableQuery& query) {
  return KpiRegistry().Query(*ViewOn(Company(), kEnd), query).status();
}

std::string ReasonOf(const absl::Status& status) {
  const auto detail = GetDetail(status);
  return detail ? detail->reason : absl::StrCat("no detail: ", status.ToString());
}

// "acme=3 bolt=4 ": group (/then group) (@period) and value of every row.
std::string Rows(const KpiTable& table) {
  std::string text;
  for (const KpiRow& row : table.rows()) {
    absl::StrAppend(&text, row.group());
    if (!row.then_group().empty()) absl::StrAppend(&text, "/", row.then_group());
    if (!row.period().empty() && row.period() != row.group()) {
      absl::StrAppend(&text, "@", row.period());
    }
    absl::StrAppend(&text, "=", row.has_value() ? absl::StrCat(row.value()) : "?", " ");
  }
  return text;
}

std::string BookingsBy(GroupBy group_by) {
  return Rows(AskCompany({.kpi = "bookings", .group_by = group_by}));
}

TEST(KpiTable, HasARowPerGroupOfEveryDimension) {
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_INDUSTRY), "(no industry)=28 mining=0 tools=1 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_ACCOUNT), "(no account)=24 acme=1 bolt=4 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_LEAD_SOURCE), "(no lead source)=24 fair=4 web=1 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_MOTION), "(no motion)=24 new=5 renewal=0 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_CLOSE_REASON), "(no close reason)=28 price=1 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_COMPETITOR), "(no competitor)=29 rival=0 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_ROLE), "(no role)=24 closer=5 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_COHORT), "2017Q1=5 2017Q2=8 2017Q3=16 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_PERIOD), "2017Q1=1 2017Q2=12 2017Q3=16 2017Q4=0 ");
  EXPECT_EQ(BookingsBy(metrics::v1::GROUP_BY_MONTH),
            "2017-01=0 2017-02=1 2017-03=0 2017-04=4 2017-05=8 2017-06=0 2017-07=0 2017-08=16 "
            "2017-09=0 2017-10=0 2017-11=0 2017-12=0 ");
  EXPECT_EQ(ReasonOf(Refusal({.kpi = "bookings", .group_by = metrics::v1::GROUP_BY_HOUR_OF_DAY})),
            "INVALID_FIELD");
}

TEST(KpiTable, HasARowPerPairThatHoldsSomething) {
  const KpiTable table = AskCompany({.kpi = "bookings",
                                     .group_by = metrics::v1::GROUP_BY_TEAM,
                                     .then_by = metrics::v1::GROUP_BY_SEGMENT});
  EXPECT_EQ(Rows(table),
            "(no team)/all=16 Asia/big=8 Asia/small=0 Europe/big=1 Europe/small=4 North/big=1 "
            "World/big=9 World/small=4 ");
  EXPECT_EQ(table.group_by(), metrics::v1::GROUP_BY_TEAM);
  EXPECT_EQ(table.then_by(), metrics::v1::GROUP_BY_SEGMENT);
  EXPECT_EQ(Rows(AskCompany({.kpi = "bookings",
                             .group_by = metrics::v1::GROUP_BY_PERIOD,
                             .period = "2017Q1",
                             .then_by = metrics::v1::GROUP_BY_MOTION,
                             .last_period = "2017Q2"})),
            "2017Q1/(no motion)=0 2017Q1/new=1 2017Q1/renewal=0 2017Q2/(no motion)=8 "
            "2017Q2/new=4 2017Q2/renewal=0 ");
  // Stays in Proposal and Discovery: the test's deals skip Discovery or Proposal, never both.
  const KpiTable stays = AskCompany({.kpi = "stage_conversion",
                                     .group_by = metrics::v1::GROUP_BY_STAGE,
                                     .then_by = metrics::v1::GROUP_BY_SEGMENT});
  ASSERT_GT(stays.rows_size(), 1);
  double stay_count = 0;
  for (const KpiRow& row : stays.rows()) stay_count += row.denominator();
  EXPECT_EQ(stay_count, AskCompany({.kpi = "stage_conversion"}).rows(0).denominator());
}

TEST(KpiTable, KpisAboutRepsHavePairsOfRepsWithoutDeals) {
  EXPECT_EQ(Rows(AskCompany({.kpi = "quota_attainment",
                             .group_by = metrics::v1::GROUP_BY_TEAM,
                             .period = "2017Q1",
                             .then_by = metrics::v1::GROUP_BY_ROLE})),
            "(no team)/(no role)@2017Q1=? Asia/(no role)@2017Q1=? Europe/closer@2017Q1=0.0333333 "
            "North/closer@2017Q1=0.1 "
            "World/(no role)@2017Q1=? World/closer@2017Q1=0.0333333 ");
  EXPECT_EQ(ReasonOf(Refusal({.kpi = "quota_attainment",
                              .group_by = metrics::v1::GROUP_BY_TEAM,
                              .then_by = metrics::v1::GROUP_BY_SEGMENT})),
            "INVALID_FIELD");
}

TEST(KpiTable, RefusesSecondGroupingsThatMakeNoPairs) {
  for (const GroupBy then_by :
       {metrics::v1::GROUP_BY_ORG, metrics::v1::GROUP_BY_PERIOD, metrics::v1::GROUP_BY_MONTH,
        metrics::v1::GROUP_BY_STAGE, metrics::v1::GROUP_BY_REP}) {
    EXPECT_EQ(ReasonOf(Refusal({.kpi = "stage_conversion",
                                .group_by = metrics::v1::GROUP_BY_REP,
                                .then_by = then_by})),
              "INVALID_FIELD")
        << then_by;
  }
}

TEST(KpiTable, AJobBoundsTheMonthsOfPairsWithARep) {
  // bob began in February: in January he had no job, and the pair knows it like the single row.
  const KpiTable by_rep =
      AskCompany({.kpi = "bookings_consistency", .group_by = metrics::v1::GROUP_BY_REP});
  const KpiTable by_pair = AskCompany({.kpi = "bookings_consistency",
                                       .group_by = metrics::v1::GROUP_BY_ROLE,
                                       .then_by = metrics::v1::GROUP_BY_REP});
  const auto months = [](const KpiTable& table, const std::string& rep) {
    for (const KpiRow& row : table.rows()) {
      if (row.group() == rep || row.then_group() == rep) return row.sample_size();
    }
    return int64_t{-1};
  };
  EXPECT_EQ(months(by_rep, "bob"), 11);
  EXPECT_EQ(months(by_pair, "bob"), 11);
  EXPECT_EQ(months(by_pair, "ann"), 12);
}

TEST(Filters, AllHoldAtOnceAndAnyIdWithinOne) {
  const auto filtered = [](const std::vector<GroupFilter>& filters) {
    return Cell(AskCompany({.kpi = "win_rate_closed", .filters = filters}));
  };
  const GroupFilter europe{metrics::v1::GROUP_BY_TEAM, {"Europe"}};
  const GroupFilter big{metrics::v1::GROUP_BY_SEGMENT, {"big"}};
  EXPECT_EQ(filtered({europe}), "0.666667 = 2/3 (n=3)");  // North lies below Europe.
  EXPECT_EQ(filtered({big}), "0.666667 = 2/3 (n=3)");
  EXPECT_EQ(filtered({europe, big}), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(filtered({{metrics::v1::GROUP_BY_TEAM, {"Europe", "Asia"}}}), "0.6 = 3/5 (n=5)");
  EXPECT_EQ(filtered({{metrics::v1::GROUP_BY_LEAD_SOURCE, {"(no lead source)"}}}),
            "0.666667 = 2/3 (n=3)");
}

TEST(Filters, LeaveTheRowsThatHoldSomething) {
  EXPECT_EQ(Rows(AskCompany({.kpi = "bookings",
                             .group_by = metrics::v1::GROUP_BY_REP,
                             .filters = {{metrics::v1::GROUP_BY_TEAM, {"Europe"}}}})),
            "ann=1 bob=4 ");
  EXPECT_EQ(Rows(AskCompany({.kpi = "bookings",
                             .group_by = metrics::v1::GROUP_BY_SEGMENT,
                             .filters = {{metrics::v1::GROUP_BY_REP, {"ann"}}}})),
            "big=1 ");
}

TEST(Filters, ThatMatchNothingAreUndefinedNotAnError) {
  const std::string nothing = "undefined: nothing matches the filters";
  EXPECT_EQ(Cell(AskCompany({.kpi = "bookings",
                             .filters = {{metrics::v1::GROUP_BY_REP, {"ann"}},
                                         {metrics::v1::GROUP_BY_SEGMENT, {"small"}}}})),
            nothing);
  // Known to the calendar, the schema or the accounts, without a deal.
  for (const GroupFilter& filter : {GroupFilter{metrics::v1::GROUP_BY_COHORT, {"2016Q4"}},
                                    GroupFilter{metrics::v1::GROUP_BY_MOTION, {"expansion"}},
                                    GroupFilter{metrics::v1::GROUP_BY_ACCOUNT, {"idle"}},
                                    GroupFilter{metrics::v1::GROUP_BY_PRODUCT, {"(no product)"}}}) {
    const KpiTable table = AskCompany(
        {.kpi = "bookings", .group_by = metrics::v1::GROUP_BY_SEGMENT, .filters = {filter}});
    ASSERT_EQ(table.rows_size(), 3) << filter.ids[0];
    if (filter.dimension == metrics::v1::GROUP_BY_PRODUCT) continue;  // Every deal has none.
    EXPECT_EQ(Cell(table, "big"), nothing) << filter.ids[0];
  }
  EXPECT_EQ(Cell(AskCompany({.kpi = "quota_attainment",
                             .period = "2017Q1",
                             .filters = {{metrics::v1::GROUP_BY_REP, {"ann"}},
                                         {metrics::v1::GROUP_BY_TEAM, {"Asia"}}}})),
            nothing);
}

TEST(Filters, NameTheNearestIds) {
  const absl::Status status =
      Refusal({.kpi = "bookings", .filters = {{metrics::v1::GROUP_BY_TEAM, {"europe"}}}});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "UNKNOWN_GROUP");
  EXPECT_NE(std::string(status.message())
                .find("\"europe\" is no id of GROUP_BY_TEAM; the nearest are \"Europe\""),
            std::string::npos)
      << status;
}

TEST(Filters, AreRefusedWhereTheySayNothing) {
  const GroupFilter big{metrics::v1::GROUP_BY_SEGMENT, {"big"}};
  EXPECT_EQ(ReasonOf(Refusal({.kpi = "quota_attainment", .filters = {big}})), "INVALID_FIELD");
  for (const GroupBy dimension : {metrics::v1::GROUP_BY_UNSPECIFIED, metrics::v1::GROUP_BY_ORG,
                                  metrics::v1::GROUP_BY_PERIOD, metrics::v1::GROUP_BY_MONTH,
                                  metrics::v1::GROUP_BY_STAGE, metrics::v1::GROUP_BY_HOUR_OF_DAY}) {
    EXPECT_EQ(ReasonOf(Refusal({.kpi = "bookings", .filters = {{dimension, {"x"}}}})),
              "INVALID_FIELD")
        << dimension;
  }
  EXPECT_EQ(ReasonOf(Refusal({.kpi = "bookings", .filters = {{big.dimension, {}}}})),
            "INVALID_FIELD");
}

TEST(Filters, HaveLimits) {
  const GroupFilter big{metrics::v1::GROUP_BY_SEGMENT, {"big"}};
  KpiTableQuery query{.kpi = "bookings"};
  query.filters.assign(kMaxFilters, big);
  EXPECT_TRUE(Refusal(query).ok());
  query.filters.push_back(big);
  EXPECT_EQ(ReasonOf(Refusal(query)), "INVALID_FIELD");
  query.filters = {{big.dimension, std::vector<std::string>(kMaxFilterIds, "big")}};
  EXPECT_TRUE(Refusal(query).ok());
  query.filters[0].ids.push_back("big");
  EXPECT_EQ(ReasonOf(Refusal(query)), "INVALID_FIELD");
}

// The figure under a filter is the row of that group without it, for every KPI and every dimension
// it can be asked for. KPIs that set a row beside the others are left out: the filter says which
// those are. Plans cannot be filtered, and records only by what is about reps.
TEST(Filters, GiveTheRowOfTheGroup) {
  TestFeed feed = Company();
  AddRecords(feed);
  const auto view = ViewOn(feed, kEnd);
  const KpiRegistry registry;
  int compared_count = 0;
  for (const Kpi& kpi : registry.kpis()) {
    if (kpi.definition.name() == "close_rate_shrunk" || kpi.definition.name() == "loss_share" ||
        kpi.subject == KpiSubject::kPlans) {
      continue;
    }
    for (const int value : kpi.definition.group_bys()) {
      const GroupBy group_by = static_cast<GroupBy>(value);
      if (!IsFilterDimension(group_by)) continue;
      if (kpi.subject == KpiSubject::kRecords && !IsOfReps(group_by)) continue;
      const auto grouped =
          registry.Query(*view, {.kpi = kpi.definition.name(), .group_by = group_by});
      ASSERT_TRUE(grouped.ok()) << grouped.status();
      for (const KpiRow& row : grouped->rows()) {
        const auto filtered =
            registry.Query(*view, {.kpi = kpi.definition.name(),
                                   .filters = {{.dimension = group_by, .ids = {row.group()}}}});
        ASSERT_TRUE(filtered.ok()) << filtered.status();
        const std::string where =
            absl::StrCat(kpi.definition.name(), " ", group_by, " ", row.group());
        const KpiRow& cell = filtered->rows(0);
        if (cell.undefined_reason() == "nothing matches the filters") {
          EXPECT_EQ(row.numerator(), 0) << where;
          continue;
        }
        // Only there does the job of the rep bound the months.
        if (kpi.definition.name() == "bookings_consistency" &&
            group_by == metrics::v1::GROUP_BY_REP) {
          continue;
        }
        EXPECT_EQ(cell.outcome_case(), row.outcome_case()) << where;
        EXPECT_EQ(cell.value(), row.value()) << where;
        EXPECT_EQ(cell.numerator(), row.numerator()) << where;
        EXPECT_EQ(cell.denominator(), row.denominator()) << where;
        EXPECT_EQ(cell.sample_size(), row.sample_size()) << where;
        ++compared_count;
      }
    }
  }
  EXPECT_GT(compared_count, 400);
}

TEST(Filters, OfRecordsAreAboutReps) {
  TestFeed feed = Company();
  AddRecords(feed);
  const auto view = ViewOn(feed, kEnd);
  const KpiRegistry registry;
  const auto ask = [&](KpiTableQuery query) { return registry.Query(*view, query); };
  const GroupFilter europe{metrics::v1::GROUP_BY_TEAM, {"Europe"}};
  const auto by_source = ask({.kpi = "lead_conversion",
                              .group_by = metrics::v1::GROUP_BY_LEAD_SOURCE,
                              .filters = {europe}});
  ASSERT_TRUE(by_source.ok()) << by_source.status();
  EXPECT_EQ(Cell(*by_source, "web"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(*by_source, "fair"), "undefined: no lead came in");
  const auto pairs = ask({.kpi = "lead_conversion",
                          .group_by = metrics::v1::GROUP_BY_TEAM,
                          .period = "2017Q1",
                          .then_by = metrics::v1::GROUP_BY_ROLE,
                          .filters = {europe}});
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_GE(pairs->rows_size(), 2);
  EXPECT_EQ(pairs->rows(0).group(), "Europe");
  EXPECT_EQ(pairs->rows(0).then_group(), "closer");
  EXPECT_EQ(pairs->rows(0).sample_size(), 2);
  EXPECT_EQ(ReasonOf(ask({.kpi = "lead_conversion",
                          .filters = {{metrics::v1::GROUP_BY_LEAD_SOURCE, {"web"}}}})
                         .status()),
            "INVALID_FIELD");
  EXPECT_EQ(ReasonOf(ask({.kpi = "lead_conversion",
                          .group_by = metrics::v1::GROUP_BY_TEAM,
                          .then_by = metrics::v1::GROUP_BY_LEAD_SOURCE})
                         .status()),
            "INVALID_FIELD");
}

TEST(Series, OfRecordsHaveTheSameRowsInEveryPeriod) {
  TestFeed feed = Company();
  AddRecords(feed);
  // 2016Q2 lies before the data, in which rows by source are those of the leads all the same.
  const auto table = Ask(feed, kEnd,
                         {.kpi = "lead_conversion",
                          .group_by = metrics::v1::GROUP_BY_LEAD_SOURCE,
                          .period = "2016Q2",
                          .last_period = "2017Q1"});
  EXPECT_EQ(table.rows_size(), 3 * 4);
  EXPECT_EQ(table.rows(0).group(), "(no lead source)");
  EXPECT_EQ(table.rows(0).undefined_reason(),
            "2016Q2 lies before the data, which go from 2016-11-01 to 2017-12-31");
  EXPECT_EQ(table.rows(11).group(), "web");
  EXPECT_EQ(table.rows(11).sample_size(), 2);
}

TEST(Filters, HoldForNotesToo) {
  TestFeed feed = Company();
  feed.Closed("bare", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), {.rep = "cat"});
  const auto ask = [&](const std::string& kpi, const std::string& rep) {
    return Ask(feed, kEnd,
               {.kpi = kpi, .filters = {{.dimension = metrics::v1::GROUP_BY_REP, .ids = {rep}}}});
  };
  EXPECT_TRUE(HasNote(ask("bookings", "cat"), "1 deals won have no booked amount"));
  EXPECT_FALSE(HasNote(ask("bookings", "ann"), "no booked amount"));
  EXPECT_TRUE(HasNote(ask("win_rate_created", "bob"), "1 of 2 deals created (50.0 %)"));
  EXPECT_FALSE(HasNote(ask("win_rate_created", "ann"), "still open"));
  EXPECT_TRUE(HasNote(ask("win_rate_value", "cat"), "2 deals created never had an amount"));
  EXPECT_FALSE(HasNote(ask("win_rate_value", "ann"), "never had an amount"));
}

TEST(Series, HasARowPerGroupAndPeriodInOrder) {
  const KpiTable table = AskCompany({.kpi = "bookings",
                                     .group_by = metrics::v1::GROUP_BY_SEGMENT,
                                     .period = "2017Q1",
                                     .last_period = "2017Q3"});
  EXPECT_EQ(Rows(table),
            "all@2017Q1=0 all@2017Q2=0 all@2017Q3=16 big@2017Q1=1 big@2017Q2=8 big@2017Q3=0 "
            "small@2017Q1=0 small@2017Q2=4 small@2017Q3=0 ");
  EXPECT_EQ(Rows(AskCompany({.kpi = "bookings",
                             .group_by = metrics::v1::GROUP_BY_MONTH,
                             .period = "2017Q2",
                             .last_period = "2017-08"})),
            "2017-04=4 2017-05=8 2017-06=0 2017-07=0 2017-08=16 ");
}

TEST(Series, IsRefusedWhenItMakesNoSense) {
  EXPECT_EQ(ReasonOf(Refusal({.kpi = "bookings", .last_period = "2017Q2"})), "INVALID_FIELD");
  EXPECT_EQ(ReasonOf(Refusal({.kpi = "bookings", .period = "2017Q2", .last_period = "2017Q1"})),
            "INVALID_FIELD");
  EXPECT_EQ(ReasonOf(Refusal({.kpi = "bookings", .period = "2017Q2", .last_period = "soon"})),
            "UNKNOWN_PERIOD");
  // Open deals are those of today: there is no velocity of another day.
  EXPECT_EQ(
      ReasonOf(Refusal({.kpi = "sales_velocity", .period = "2017Q1", .last_period = "2017Q2"})),
      "INVALID_FIELD");
}

TEST(Series, HasAtMostSoManyPeriods) {
  const auto span = [](const std::string& last) {
    return Refusal({.kpi = "bookings", .period = "1901Q1", .last_period = last});
  };
  EXPECT_TRUE(span("2000Q4").ok()) << span("2000Q4");  // kMaxTablePeriods.
  EXPECT_EQ(ReasonOf(span("2001Q1")), "INVALID_FIELD");
}

TEST(Periods, OutsideTheDataAreUndefinedAndSayWhatTheDataAre) {
  EXPECT_EQ(Cell(AskCompany({.kpi = "bookings", .period = "2016Q4"})),
            "undefined: 2016Q4 lies before the data, which go from 2017-01-01 to 2017-12-31");
  EXPECT_EQ(Cell(AskCompany({.kpi = "bookings", .period = "2018Q1"})),
            "undefined: 2018Q1 has not begun by 2017-12-31; the data go from 2017-01-01 to "
            "2017-12-31");
  const KpiTable early = Ask(Company(), CivilDay(2016, 6, 1), {.kpi = "win_rate_closed"});
  EXPECT_EQ(Cell(early), "undefined: no deal was closed");
  EXPECT_TRUE(HasNote(early, "no opportunity is dated on or before 2016-06-01, the as-of date"));
}

TEST(TooManyCells, AreRefusedWithTheirNumber) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  for (int i = 0; i < 251; ++i) {
    feed.Deal(absl::StrCat("d", i), "Proposal", CivilDay(2017, 1, 1),
              {.rep = "ann", .segment = absl::StrCat("s", i)});
  }
  KpiTableQuery query{.kpi = "bookings",
                      .group_by = metrics::v1::GROUP_BY_SEGMENT,
                      .period = "1901Q1",
                      .filters = {},
                      .last_period = "2000Q4"};
  const absl::Status status = KpiRegistry().Query(*ViewOn(feed, kEnd), query).status();
  EXPECT_EQ(ReasonOf(status), "TOO_MANY_CELLS");
  EXPECT_NE(std::string(status.message())
                .find("100400 cells (251 groups in 400 periods), it may have 100000"),
            std::string::npos)
      << status;
  GroupFilter but_one{metrics::v1::GROUP_BY_SEGMENT, {}};
  for (int i = 0; i < 250; ++i) but_one.ids.push_back(absl::StrCat("s", i));
  query.filters = {but_one};
  EXPECT_EQ(Ask(feed, kEnd, query).rows_size(), kMaxTableCells);
}

KpiRow Compared(const KpiTableQuery& query, const std::string& group = "") {
  const KpiTable table = AskCompany(query);
  for (const KpiRow& row : table.rows()) {
    if (row.group() == group) return row;
  }
  ADD_FAILURE() << "no row " << group;
  return {};
}

TEST(Comparison, WithThePeriodBefore) {
  KpiTableQuery query{.kpi = "bookings",
                      .period = "2017Q2",
                      .comparison = metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD};
  KpiRow row = Compared(query);
  EXPECT_EQ(row.reference().value(), 1);
  EXPECT_EQ(row.reference().difference(), 11);
  query.period = "2017Q1";
  EXPECT_EQ(Compared(query).reference().undefined_reason(),
            "2016Q4 lies before the data, which go from 2017-01-01 to 2017-12-31");
  query.period = "";
  EXPECT_NE(Compared(query).reference().undefined_reason().find("ask for a period"),
            std::string::npos);
  query.group_by = metrics::v1::GROUP_BY_MONTH;
  row = Compared(query, "2017-05");
  EXPECT_EQ(row.reference().value(), 4);
  EXPECT_EQ(row.reference().difference(), 4);
  // 2017Q4 has begun and not ended.
  const KpiTable to_date = Ask(Company(), CivilDay(2017, 11, 1),
                               {.kpi = "bookings",
                                .period = "2017Q4",
                                .comparison = metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD});
  EXPECT_EQ(to_date.rows(0).reference().difference(), -16);
  EXPECT_TRUE(HasNote(to_date, "2017Q4 goes on and is set beside the whole of an earlier period"));
}

TEST(Comparison, WithTheYearBefore) {
  TestFeed feed = Company();
  feed.Closed("next", "Won", CivilDay(2017, 1, 2), CivilDay(2018, 1, 1), {.amount = 64});
  const KpiTableQuery query{.kpi = "bookings",
                            .group_by = metrics::v1::GROUP_BY_PERIOD,
                            .period = "2017Q4",
                            .last_period = "2018Q1",
                            .comparison = metrics::v1::KPI_COMPARISON_YEAR_EARLIER};
  const KpiTable table = Ask(feed, CivilDay(2018, 3, 31), query);
  ASSERT_EQ(table.rows_size(), 2);
  EXPECT_NE(table.rows(0).reference().undefined_reason().find("2016Q4 lies before the data"),
            std::string::npos);
  EXPECT_EQ(table.rows(1).reference().value(), 1);
  EXPECT_EQ(table.rows(1).reference().difference(), 63);
}

TEST(Comparison, WithTheQuotasOfTheRow) {
  KpiTableQuery query{.kpi = "bookings",
                      .group_by = metrics::v1::GROUP_BY_TEAM,
                      .period = "2017Q1",
                      .comparison = metrics::v1::KPI_COMPARISON_QUOTA};
  EXPECT_EQ(Compared(query, "North").reference().value(), 10);
  EXPECT_EQ(Compared(query, "Europe").reference().value(), 30);
  EXPECT_EQ(Compared(query, "Europe").reference().difference(), -29);
  EXPECT_EQ(Compared(query, "Asia").reference().undefined_reason(),
            "no quota above zero is set for 2017Q1");
  query.group_by = metrics::v1::GROUP_BY_ORG;
  query.filters = {{.dimension = metrics::v1::GROUP_BY_REP, .ids = {"bob"}}};
  EXPECT_EQ(Compared(query).reference().value(), 20);
  query.filters = {{.dimension = metrics::v1::GROUP_BY_SEGMENT, .ids = {"big"}}};
  EXPECT_EQ(ReasonOf(Refusal(query)), "INVALID_FIELD");
  query.filters.clear();
  query.kpi = "win_rate_closed";
  EXPECT_EQ(ReasonOf(Refusal(query)), "INVALID_FIELD");
}

TEST(Comparison, WithPeersOfTheSamePeriodOrWithTheOtherPeriods) {
  KpiTableQuery query{.kpi = "bookings",
                      .group_by = metrics::v1::GROUP_BY_MONTH,
                      .period = "2017Q1",
                      .last_period = "2017Q2",
                      .comparison = metrics::v1::KPI_COMPARISON_PEER_QUARTILE};
  // 0 1 0 4 8 0; of the others of May, 0 0 0 1 4, three quarters of the way is 1.
  const KpiRow may = Compared(query, "2017-05");
  EXPECT_EQ(may.reference().value(), 1);
  EXPECT_EQ(may.reference().difference(), 7);
  EXPECT_EQ(may.reference().better_than_share(), 1);
  query.last_period = "";
  EXPECT_EQ(Compared(query, "2017-02").reference().undefined_reason(),
            "2 other rows have a value, it takes 4");
}

}  // namespace
}  // namespace quotacast::metrics
