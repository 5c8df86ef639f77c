// Goal: `metrics` asks for what was typed; without a KPI it summarises all. Method: command lines
// against a fake metrics service.
#include "clients/cli/commands/metrics.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/errors.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

class MetricsTest : public ::testing::Test {
 protected:
  MetricsTest() {
    for (const char* name : {"win_rate_closed", "sales_cycle_length"}) {
      metrics::v1::KpiDefinition& kpi = *services_.kpis.add_kpis();
      kpi.set_name(name);
      kpi.add_group_bys(metrics::v1::GROUP_BY_ORG);
      auto& table = services_.kpi_tables[name];
      table.mutable_definition()->set_name(name);
      table.mutable_definition()->set_unit(metrics::v1::KPI_UNIT_RATIO);
      auto* row = table.add_rows();
      row->set_value(0.644);
      row->set_sample_size(4726);
    }
  }
  FakeServices services_;
};

TEST_F(MetricsTest, OneKpi) {
  const CliRun run = RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed", "--by", "rep",
                                              "--period", "2017Q3", "--as-of", "2017-10-01"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_EQ(services_.kpi_requests.size(), 1u);
  const auto& request = services_.kpi_requests[0];
  EXPECT_EQ(request.parent(), "workspaces/default");
  EXPECT_EQ(request.kpi(), "win_rate_closed");
  EXPECT_EQ(request.group_by(), metrics::v1::GROUP_BY_REP);
  EXPECT_EQ(request.period(), "2017Q3");
  EXPECT_EQ(request.as_of().effective_date().day(), 1);
  EXPECT_NE(run.out.find("64.4 %"), std::string::npos) << run.out;
}

TEST_F(MetricsTest, AKpiNeedsNoOption) {
  ASSERT_EQ(RunCliOnData(services_, {"metrics", "win_rate_closed", "--by", "rep"}).exit_code,
            kExitOk);
  EXPECT_EQ(services_.kpi_requests.back().kpi(), "win_rate_closed");
}

TEST_F(MetricsTest, JsonIsTheResponse) {
  const CliRun run = RunCliOnData(
      services_, {"metrics", "--kpi", "win_rate_closed", "--period", "2017Q3", "--json"});
  EXPECT_EQ(run.out.find("{\n \"table\": {"), 0u) << run.out;
  EXPECT_NE(run.out.find("\"value\": 0.644"), std::string::npos) << run.out;
}

TEST_F(MetricsTest, SummaryOfAllKpis) {
  // Of reps only: the organisation has no figure.
  services_.kpis.add_kpis()->set_name("close_rate_shrunk");
  services_.kpis.mutable_kpis(2)->add_group_bys(metrics::v1::GROUP_BY_REP);
  const CliRun run = RunCliOnData(services_, {"metrics", "--period", "2017Q3"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_EQ(services_.kpi_requests.size(), 2u);
  EXPECT_EQ(services_.kpi_requests[1].group_by(), metrics::v1::GROUP_BY_ORG);
  EXPECT_NE(run.out.find("sales_cycle_length"), std::string::npos) << run.out;
  const CliRun json = RunCliOnData(services_, {"metrics", "--json"});
  EXPECT_EQ(json.out.find("[\n{\n"), 0u) << json.out;
  EXPECT_EQ(json.out.substr(json.out.size() - 4), "}\n]\n");
}

TEST_F(MetricsTest, TheHorizonIsSentWhenGiven) {
  for (const char* days : {"1", "3650"}) {
    const CliRun run = RunCliOnData(
        services_, {"metrics", "--kpi", "win_rate_closed", "--by", "segment", "--horizon", days});
    EXPECT_EQ(run.exit_code, kExitOk) << run.err;
    EXPECT_EQ(std::to_string(services_.kpi_requests.back().horizon_days()), days);
    EXPECT_EQ(services_.kpi_requests.back().group_by(), metrics::v1::GROUP_BY_SEGMENT);
  }
  for (const char* days : {"0", "3651", "-1", "x"}) {
    EXPECT_EQ(RunCliOnData(services_, {"metrics", "--horizon", days}).exit_code, kExitUsage)
        << days;
  }
  ASSERT_EQ(RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed"}).exit_code, kExitOk);
  EXPECT_EQ(services_.kpi_requests.back().horizon_days(), 0);
}

TEST_F(MetricsTest, CsvKeepsTheNotesApart) {
  services_.kpi_tables["win_rate_closed"].add_notes("500 deals have no date");
  const CliRun run =
      RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed", "--by", "stage", "--csv"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.kpi_requests.back().group_by(), metrics::v1::GROUP_BY_STAGE);
  EXPECT_EQ(run.out.find("group,group_display_name,then_group,"), 0u) << run.out;
  EXPECT_NE(run.out.find("\r\n,,,,,0.644,,0,0,4726,,,,,,,\r\n"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("no date"), std::string::npos) << run.out;
  EXPECT_EQ(run.err, "note: 500 deals have no date\n");
}

TEST_F(MetricsTest, NdjsonIsARowPerLineAndKeepsTheNotesApart) {
  metrics::v1::KpiTable& table = services_.kpi_tables["win_rate_closed"];
  table.add_notes("500 deals have no date");
  table.add_rows()->set_undefined_reason("no deal");
  const CliRun run = RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed", "--ndjson"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  const std::vector<std::string> lines = absl::StrSplit(run.out, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 2u) << run.out;
  EXPECT_NE(lines[0].find("\"sampleSize\":\"4726\""), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("\"undefinedReason\":\"no deal\""), std::string::npos) << lines[1];
  EXPECT_EQ(run.err, "note: 500 deals have no date\n");
}

TEST_F(MetricsTest, FormatsExcludeEachOther) {
  for (const auto& [one, other] : {std::pair<const char*, const char*>{"--csv", "--json"},
                                   {"--ndjson", "--json"},
                                   {"--csv", "--ndjson"}}) {
    const CliRun run = RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed", one, other});
    EXPECT_EQ(run.exit_code, kExitUsage) << one << other;
    EXPECT_NE(run.err.find(absl::StrCat(one, " and ", other, " exclude each other")),
              std::string::npos)
        << run.err;
  }
  EXPECT_TRUE(services_.kpi_requests.empty());
}

TEST_F(MetricsTest, AllThatCanBeAskedIsSent) {
  const CliRun run = RunCliOnData(
      services_, {"metrics", "--kpi", "win_rate_closed", "--by", "rep", "--then-by", "lead-source",
                  "--filter", "team=east,west", "--filter", "segment=smb", "--filter", "team=north",
                  "--period", "2017Q1", "--to", "2017Q3", "--compare", "previous-period"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_EQ(services_.kpi_requests.size(), 1u);
  const metrics::v1::QueryKpiRequest& request = services_.kpi_requests[0];
  EXPECT_EQ(request.then_by(), metrics::v1::GROUP_BY_LEAD_SOURCE);
  EXPECT_EQ(request.last_period(), "2017Q3");
  EXPECT_EQ(request.comparison(), metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD);
  ASSERT_EQ(request.filters_size(), 2);
  EXPECT_EQ(request.filters(0).dimension(), metrics::v1::GROUP_BY_TEAM);
  EXPECT_EQ(request.filters(0).ids_size(), 3);
  EXPECT_EQ(request.filters(1).ids(0), "smb");
  EXPECT_NE(run.out.find("Only team east, west, north; segment smb\n"), std::string::npos)
      << run.out;
}

TEST_F(MetricsTest, WhatMakesNoSenseIsNotAsked) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--by", "repp"}, "the nearest are rep"},
      {{"--then-by", "segmnt"}, "the nearest are segment"},
      {{"--filter", "rep"}, "it has no \"=\""},
      {{"--filter", "rep="}, "empty id"},
      {{"--filter", "reps=R1"}, "the nearest are rep"},
      {{"--compare", "quotas"}, "the nearest are quota"},
      {{"--to", "2017Q3"}, "--period"},
  };
  for (const auto& [typed, expected] : cases) {
    std::vector<std::string> line = {"metrics", "--kpi", "win_rate_closed"};
    line.insert(line.end(), typed.begin(), typed.end());
    const CliRun run = RunCliOnData(services_, line);
    EXPECT_EQ(run.exit_code, kExitUsage) << typed[0] << " " << typed[1];
    EXPECT_NE(absl::StrReplaceAll(run.err, {{"\n       ", " "}}).find(expected), std::string::npos)
        << run.err;
  }
  EXPECT_TRUE(services_.kpi_requests.empty());
}

TEST_F(MetricsTest, ErrorsOfTheServiceAreInWordsOfTheCommandLine) {
  services_.kpi_failures["win_rate_closed"] =
      InvalidField("last_period", "2017Q1 lies before 2017Q3, the first one");
  CliRun run = RunCliOnData(
      services_, {"metrics", "--kpi", "win_rate_closed", "--period", "2017Q3", "--to", "2017Q1"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.err,
            "error: one value cannot be used\n"
            "  --to: 2017Q1 lies before 2017Q3, the first one\n");
  ErrorDetail detail;
  detail.reason = "UNKNOWN_GROUP";
  detail.field_violations.push_back(
      {"filters", "\"R01\" is no id of GROUP_BY_REP; the nearest are \"R001\""});
  services_.kpi_failures["win_rate_closed"] =
      WithDetail(absl::InvalidArgumentError("filters"), detail);
  run = RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed", "--filter", "rep=R01"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_NE(run.err.find("  --filter: \"R01\" is no id of rep; the nearest are \"R001\"\nhint: "),
            std::string::npos)
      << run.err;
}

// A workspace with several currencies still has figures that are not money.
TEST_F(MetricsTest, AKpiThatFailsAloneIsAnUndefinedRowOfTheSummary) {
  services_.kpi_failures["win_rate_closed"] =
      FailedPrecondition("MIXED_CURRENCY", "amounts are in several currencies");
  const CliRun run = RunCliOnData(services_, {"metrics"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("amounts are in several currencies:\n    win_rate_closed\n"),
            std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("64.4 %"), std::string::npos) << run.out;
  const CliRun json = RunCliOnData(services_, {"metrics", "--json"});
  EXPECT_EQ(json.exit_code, kExitOk);
  EXPECT_NE(json.out.find("\"undefinedReason\": \"amounts are in several currencies\""),
            std::string::npos)
      << json.out;
}

TEST_F(MetricsTest, TheSummaryFailsWhenNoKpiHasAnAnswer) {
  for (const char* kpi : {"win_rate_closed", "sales_cycle_length"}) {
    services_.kpi_failures[kpi] = FailedPrecondition("MIXED_CURRENCY", "several currencies");
  }
  const CliRun run = RunCliOnData(services_, {"metrics"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.err, "error: several currencies\n");
}

TEST_F(MetricsTest, TheSummaryFailsWhenTheQuestionIsWrong) {
  ErrorDetail unknown_period;
  unknown_period.reason = "UNKNOWN_PERIOD";
  ErrorDetail unknown_group;
  unknown_group.reason = "UNKNOWN_GROUP";
  unknown_group.field_violations.push_back({"filters", "no such id"});
  for (const absl::Status& failure :
       {WithDetail(absl::InvalidArgumentError("no such period"), unknown_period),
        WithDetail(absl::InvalidArgumentError("no such id"), unknown_group),
        FailedPrecondition("EMPTY_WORKSPACE", "nothing was imported"),
        absl::UnavailableError("gone")}) {
    services_.kpi_failures["sales_cycle_length"] = failure;
    const CliRun run = RunCliOnData(services_, {"metrics"});
    EXPECT_EQ(run.exit_code, kExitError) << failure;
    EXPECT_EQ(run.out, "");
  }
}

TEST_F(MetricsTest, TheSummaryTakesFiltersAndComparisonsThatSomeKpisDoNotHave) {
  services_.kpi_failures["win_rate_closed"] =
      InvalidField("filters[0].dimension", "GROUP_BY_PRODUCT says nothing about win_rate_closed");
  CliRun run = RunCliOnData(services_, {"metrics", "--filter", "product=Core"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("product says nothing about the KPI:\n    win_rate_closed\n"),
            std::string::npos)
      << run.out;

  services_.kpi_failures.clear();
  services_.uncomparable_kpi = "win_rate_closed";
  run = RunCliOnData(services_, {"metrics", "--compare", "quota"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("Difference"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("win_rate_closed"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("Undefined"), std::string::npos) << run.out;
}

TEST_F(MetricsTest, AnUnknownKpiShowsTheNearest) {
  services_.failure = InvalidField("kpi", "\"win\" is no KPI; the nearest are win_rate_closed");
  const CliRun run = RunCliOnData(services_, {"metrics", "--kpi", "win"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_NE(run.err.find("the nearest are win_rate_closed"), std::string::npos) << run.err;
}

TEST_F(MetricsTest, WhatTheSummaryHasNotNeedsAKpi) {
  for (const std::vector<std::string>& typed : {std::vector<std::string>{"--by", "rep"},
                                                {"--then-by", "rep"},
                                                {"--period", "2017Q1", "--to", "2017Q2"},
                                                {"--csv"},
                                                {"--ndjson"}}) {
    std::vector<std::string> line = {"metrics"};
    line.insert(line.end(), typed.begin(), typed.end());
    const CliRun run = RunCliOnData(services_, line);
    EXPECT_EQ(run.exit_code, kExitUsage) << typed[0];
    EXPECT_NE(run.err.find(" needs --kpi NAME"), std::string::npos) << run.err;
  }
}

}  // namespace
}  // namespace quotacast::cli
