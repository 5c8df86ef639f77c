// Goal: the registry finds KPIs, refuses what they cannot answer, and is documented. Method: each
// refusal with its reason; docs/kpis.md compared with what the definitions make of it.
#include "services/metrics/kpi/registry.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_reference.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("d1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), {.rep = "ann", .amount = 5});
  return feed;
}

absl::Status Refusal(const TestFeed& feed, const KpiTableQuery& query) {
  const KpiRegistry registry;
  return registry.Query(*ViewOn(feed, CivilDay(2017, 12, 31)), query).status();
}

TEST(KpiRegistry, ListsEveryKpiInOrder) {
  const KpiRegistry registry;
  std::string names;
  for (const Kpi& kpi : registry.kpis()) names += kpi.definition.name() + " ";
  EXPECT_EQ(names,
            "account_growth activities_per_rep_day activity_hour_share attainment_plan attrition "
            "bookings bookings_consistency bookings_last_third_share capacity close_rate_shrunk "
            "commitments_on_time created_deals customer_problem_coverage cycle_days_open_aware "
            "deal_size_median depth_index discovery_rating_mean discovery_win_difference "
            "early_disqualification_share feedback_rating incident_acknowledgement_hours "
            "incident_recovered_share incident_recovery_hours insight_coverage lead_conversion "
            "lead_days_to_conversion lead_follow_up_minutes lead_sla_breaches lead_touches "
            "lead_work_rate leads_worked_per_day loss_share lost_deals months_at_target_share "
            "no_decision_share "
            "open_amount open_deals outreach_business_hours_share over_assignment "
            "pipeline_coverage_full pipeline_coverage_remaining pull_in_rate pushes_per_deal "
            "quota_attainment ramp_days_to_first_win ramp_days_to_productive "
            "rep_forecast_accuracy_hubspot rep_forecast_bias rep_forecast_coverage "
            "rep_forecast_wape reps_at_quota_share "
            "required_coverage sales_cycle_days sales_cycle_days_mean sales_velocity "
            "selling_time_share slip_rate stage_conversion stage_dwell_days "
            "stage_regression_rate stage_skip_rate stage_uplift top_low_gap_cycle "
            "top_low_gap_deal_size top_low_gap_growth top_low_gap_new_deals top_low_gap_outreach "
            "top_low_gap_selling_time top_low_gap_win_rate training_balance "
            "white_space width_index win_rate_closed win_rate_competitive win_rate_created "
            "win_rate_flow win_rate_horizon win_rate_value ");
  for (const Kpi& kpi : registry.kpis()) {
    EXPECT_FALSE(kpi.definition.display_name().empty()) << kpi.definition.name();
    EXPECT_FALSE(kpi.definition.caveat().empty()) << kpi.definition.name();
    EXPECT_NE(kpi.definition.unit(), metrics::v1::KPI_UNIT_UNSPECIFIED) << kpi.definition.name();
    EXPECT_NE(kpi.definition.direction(), metrics::v1::KPI_DIRECTION_UNSPECIFIED)
        << kpi.definition.name();
    EXPECT_GE(kpi.definition.edge_rules_size(), 2) << kpi.definition.name();
    EXPECT_FALSE(kpi.definition.source().empty()) << kpi.definition.name();
    EXPECT_GE(kpi.definition.group_bys_size(), 1) << kpi.definition.name();
  }
}

TEST(KpiRegistry, NamesTheNearestKpis) {
  absl::Status status = Refusal(Company(), {.kpi = "win_rate"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetDetail(status)->reason, "UNKNOWN_KPI");
  EXPECT_NE(std::string(status.message()).find("nearest are win_rate_closed, win_rate_competitive"),
            std::string::npos)
      << status;
  status = Refusal(Company(), {.kpi = "quota_atainment"});
  EXPECT_NE(std::string(status.message()).find("nearest are quota_attainment"), std::string::npos)
      << status;
  EXPECT_EQ(GetDetail(Refusal(Company(), {.kpi = ""}))->reason, "UNKNOWN_KPI");
}

TEST(KpiRegistry, RefusesAGroupingAKpiDoesNotHave) {
  const absl::Status status =
      Refusal(Company(), {.kpi = "quota_attainment", .group_by = metrics::v1::GROUP_BY_PRODUCT});
  EXPECT_EQ(GetDetail(status)->reason, "INVALID_FIELD");
  EXPECT_NE(std::string(status.message()).find("GROUP_BY_PRODUCT is no grouping"),
            std::string::npos)
      << status;
  EXPECT_EQ(
      Refusal(Company(), {.kpi = "bookings", .group_by = static_cast<metrics::v1::GroupBy>(99)})
          .code(),
      absl::StatusCode::kInvalidArgument);
}

TEST(KpiRegistry, RefusesAnUnknownPeriod) {
  EXPECT_EQ(GetDetail(Refusal(Company(), {.kpi = "bookings", .period = "Q3"}))->reason,
            "UNKNOWN_PERIOD");
}

TEST(KpiRegistry, UnspecifiedGroupingIsTheOrganisation) {
  const auto table = Ask(Company(), CivilDay(2017, 12, 31),
                         {.kpi = "bookings", .group_by = metrics::v1::GROUP_BY_UNSPECIFIED});
  EXPECT_EQ(Cell(table), "5 = 5/1 (n=1)");
  EXPECT_EQ(table.as_of().log_offset(), 6);
}

TEST(KpiRegistry, PeriodsReachFromTheFirstDealToTheLastQuota) {
  TestFeed feed = Company();
  feed.Quota("ann", "2018Q2", 10);
  feed.Quota("ann", "nonsense", 10);
  const auto table = Ask(feed, CivilDay(2017, 12, 31),
                         {.kpi = "quota_attainment", .group_by = metrics::v1::GROUP_BY_PERIOD});
  std::string groups;
  for (const auto& row : table.rows()) groups += row.group() + " ";
  EXPECT_EQ(groups, "2017Q1 2017Q2 2017Q3 2017Q4 2018Q1 2018Q2 ");
  EXPECT_TRUE(HasNote(table, "quotas for \"nonsense\" were left out"));
}

TEST(KpiRegistry, RefusesATableOfCenturies) {
  TestFeed feed = Company();
  feed.Closed("old", "Won", CivilDay(1900, 1, 1), CivilDay(2017, 2, 1), {.amount = 5});
  const absl::Status status =
      Refusal(feed, {.kpi = "bookings", .group_by = metrics::v1::GROUP_BY_PERIOD});
  EXPECT_NE(std::string(status.message()).find("472 periods"), std::string::npos) << status;
}

std::string ReadFile(const std::string& path) {
  const std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(KpiRegistry, IsDocumented) {
  const std::string opening = ReadFile("services/metrics/kpi/kpi_reference_opening.md");
  ASSERT_FALSE(opening.empty());
  const KpiRegistry registry;
  const std::string expected = KpiReference(opening, registry.kpis());
  const std::string page = ReadFile("docs/kpis.md");
  const auto differing = std::mismatch(page.begin(), page.end(), expected.begin(), expected.end());
  EXPECT_TRUE(page == expected) << "docs/kpis.md is not what the definitions say from line "
                                << 1 + std::count(page.begin(), differing.first, '\n')
                                << " on: run tools/do docs";
  std::set<std::string> formulas;
  for (const Kpi& kpi : registry.kpis()) {
    EXPECT_TRUE(formulas.insert(kpi.definition.formula()).second) << kpi.definition.name();
  }
}

}  // namespace
}  // namespace quotacast::metrics
