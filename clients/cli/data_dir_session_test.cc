// Goal: a leader with a folder of CSV files and no server gets from import to forecast, what-if and
// goal, and the same bytes again from the same seed after a restart. Method: real services in
// process on a temporary folder, fed with a small company written here (two teams, six reps, 21
// months of deals that follow a fixed pattern).
#include "clients/cli/data_dir_session.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/fake_clock.h"
#include "clients/cli/app.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

constexpr int kRepCount = 6;
constexpr int kMonthCount = 21;
constexpr int kDealsPerRepAndMonth = 4;

// Writes the company's export below `folder` of the test's temporary folder; returns the path.
std::string WriteExport(const std::string& folder) {
  const auto write = [&](const std::string& name, const std::string& text) {
    return WriteTempFile(folder + "/" + name, text);
  };
  write("teams.csv", "team_id,team_name,parent_team_id\neast,East,\nwest,West,\n");
  write("products.csv", "product_id,product_name,series,list_price\nbasic,Basic,Core,10000\n");
  write("accounts.csv", "account_id,account_name,industry,location\nacme,Acme,retail,US\n");
  std::string reps = "rep_id,rep_name,team_id,start_date,end_date\n";
  std::string quotas = "rep,period,amount,currency\n";
  std::string deals =
      "opportunity_id,rep_id,account_id,product_id,segment,created_date,amount,"
      "expected_close_date\n";
  std::string history = "opportunity_id,changed_date,stage,amount\n";
  const absl::CivilDay last_day(2017, 9, 30);
  int deal = 0;
  for (int rep = 0; rep < kRepCount; ++rep) {
    const std::string rep_id = absl::StrCat("rep-", rep);
    absl::StrAppend(&reps, rep_id, ",Rep ", rep, ",", rep % 2 == 0 ? "east" : "west",
                    ",2015-01-01,\n");
    absl::StrAppend(&quotas, rep_id, ",2017Q4,100000,USD\n");
    for (int month = 0; month < kMonthCount; ++month) {
      for (int i = 0; i < kDealsPerRepAndMonth; ++i, ++deal) {
        const absl::CivilDay created =
            absl::CivilDay(absl::CivilMonth(2016, 1) + month) + 3 + 7 * i;
        const std::string id = absl::StrCat("deal-", deal);
        const int amount = 10'000 + 1'000 * (deal % 9);
        absl::StrAppend(&deals, id, ",", rep_id, ",acme,basic,smb,", FormatIsoDate(created), ",",
                        amount, ",", FormatIsoDate(created + 60), "\n");
        const int qualified_days = 5 + deal * 7 % 20;
        const int closed_days = qualified_days + 10 + deal * 11 % 45;
        absl::StrAppend(&history, id, ",", FormatIsoDate(created), ",Discovery,", amount, "\n");
        if (created + qualified_days <= last_day) {
          absl::StrAppend(&history, id, ",", FormatIsoDate(created + qualified_days),
                          ",Qualification,", amount, "\n");
        }
        if (created + closed_days <= last_day) {
          absl::StrAppend(&history, id, ",", FormatIsoDate(created + closed_days), ",",
                          deal % 5 < 2 ? "Closed Won" : "Closed Lost", ",", amount, "\n");
        }
      }
    }
  }
  write("reps.csv", reps);
  write("opportunities.csv", deals);
  write("stage_history.csv", history);
  const std::string quota_path = write("quotas.csv", quotas);
  return std::filesystem::path(quota_path).parent_path().string();
}

// Runs one command line in a session of its own: every run is a restart.
CliRun RunOn(const std::string& data_dir, std::vector<std::string> arguments) {
  CliRun run;
  std::ostringstream out;
  std::ostringstream err;
  const FakeClock clock(absl::UnixEpoch());
  const Environment environment = {
      out,        err,
      Terminal(), [](const std::string&) -> std::optional<std::string> { return std::nullopt; },
      clock,      [] { return false; },
      nullptr,    OpenDataDir,
      nullptr};
  arguments.insert(arguments.begin(), {"--data-dir", data_dir});
  run.exit_code = RunQuotacast(arguments, environment);
  run.out = out.str();
  run.err = err.str();
  return run;
}

TEST(DataDirSessionTest, FromImportToForecastAndBack) {
  const std::string folder = WriteExport("company");
  const std::string data = folder + "/data";

  CliRun run = RunOn(data, {"import", "--profile", "crm_history", folder});
  ASSERT_EQ(run.exit_code, kExitOk) << run.out << run.err;
  EXPECT_NE(run.out.find("stage_history.csv"), std::string::npos) << run.out;
  run = RunOn(data, {"import", "--profile", "crm_history", folder});
  EXPECT_NE(run.out.find("Nothing new"), std::string::npos) << run.out;
  run = RunOn(data, {"quota", "set", "--file", folder + "/quotas.csv"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.out << run.err;

  // Two deals in five are won by construction; 504 deals and the truncated tail keep it near.
  run = RunOn(data, {"metrics", "--kpi", "win_rate_closed", "--json"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const size_t value = run.out.find("\"value\": 0.");
  ASSERT_NE(value, std::string::npos) << run.out;
  EXPECT_NEAR(std::strtod(run.out.c_str() + value + 9, nullptr), 0.4, 0.02);

  // One quarter told in two ways: by deals through the KPI, and rep by rep through the actuals.
  run = RunOn(data, {"metrics", "--kpi", "bookings", "--period", "2017Q3", "--csv"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const std::string kpi_row = run.out.substr(run.out.find("\r\n") + 2);
  const std::string booked = std::vector<std::string>(absl::StrSplit(kpi_row, ','))[5];
  run = RunOn(data, {"metrics", "actuals", "--period", "2017Q3", "--level", "org", "--csv"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find(absl::StrCat("\r\norg,,,,2017Q3,", booked, ",,USD,")), std::string::npos)
      << run.out << kpi_row;
  run = RunOn(data, {"metrics", "actuals", "--period", "2017Q3", "--level", "team"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("East"), std::string::npos) << run.out;

  // All that can be asked of a table at once: a row for each of three quarters, each beside the one
  // before.
  run = RunOn(data, {"metrics", "--kpi", "win_rate_closed", "--by", "team", "--then-by", "segment",
                     "--filter", "rep=rep-0,rep-2", "--period", "2017Q1", "--to", "2017Q3",
                     "--compare", "previous-period", "--ndjson"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const std::vector<std::string> rows = absl::StrSplit(run.out, '\n', absl::SkipEmpty());
  ASSERT_EQ(rows.size(), 3u) << run.out;
  for (const std::string& row : rows) {
    EXPECT_NE(row.find("\"group\":\"east\""), std::string::npos) << row;
    EXPECT_NE(row.find("\"thenGroup\":\"smb\""), std::string::npos) << row;
    EXPECT_NE(row.find("\"reference\":"), std::string::npos) << row;
  }
  run = RunOn(data, {"metrics", "--kpi", "win_rate_closed", "--filter", "rep=rep-9"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_NE(run.err.find("--filter: \"rep-9\" is no id of rep; the nearest are \"rep-0\""),
            std::string::npos)
      << run.err;

  // Every KPI there is, whatever it needs, in one summary.
  run = RunOn(data, {"metrics", "--period", "2017Q3", "--compare", "quota"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_LE(WidestLine(run.out), kDefaultWidthColumns) << run.out;

  const std::vector<std::string> forecast = {"forecast", "--period", "2017Q4", "--level", "all",
                                             "--trials", "2000",     "--seed", "7"};
  run = RunOn(data, forecast);
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(run.out.find("Forecast of 2017Q4 (1 Oct 2017 to 31 Dec 2017)"), 0u) << run.out;
  EXPECT_NE(run.out.find("quota 600k"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("Reps at quota: "), std::string::npos) << run.out;
  EXPECT_LE(WidestLine(run.out), kDefaultWidthColumns) << run.out;

  std::vector<std::string> json = forecast;
  json.push_back("--json");
  const CliRun first = RunOn(data, json);
  const CliRun again = RunOn(data, json);
  ASSERT_EQ(first.exit_code, kExitOk) << first.err;
  EXPECT_EQ(first.out, again.out);
  json[json.size() - 2] = "8";
  EXPECT_NE(RunOn(data, json).out, first.out);

  const std::string plan =
      WriteTempFile("company/plan.json",
                    R"({"displayName": "Coaching", "initiatives": [{"initiativeId": "coaching",
          "effect": {"win": {"mean": 0.3, "sd": 0.05}},
          "startDate": {"year": 2017, "month": 10, "day": 1},
          "adoption": {"halfTimeWeeks": 0}}]})");
  run = RunOn(data, {"compare", "--scenario", "base", "--scenario", plan, "--period", "2017Q4",
                     "--trials", "2000", "--seed", "7"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("Coaching against base"), std::string::npos) << run.out;

  run = RunOn(data, {"goals", "create", "q4", "--amount", "500,000", "--due", "2017-12-31",
                     "--owner", "Dana Reyes"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  run = RunOn(data, {"goals", "evaluate", "q4", "--trials", "2000", "--seed", "7"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("P(goal) "), std::string::npos) << run.out;
}

// Every run is a process of its own as far as the services go: what is shown later came from the
// folder.
TEST(DataDirSessionTest, ABackTestIsRememberedByLaterForecasts) {
  const std::string folder = WriteExport("backtested");
  const std::string data = folder + "/data";
  ASSERT_EQ(RunOn(data, {"import", "--profile", "crm_history", folder}).exit_code, kExitOk);
  const std::vector<std::string> forecast = {"forecast", "--period", "2017Q4", "--trials", "512"};
  EXPECT_EQ(RunOn(data, forecast).out.find("Record"), std::string::npos);
  const std::string page = folder + "/backtest.html";
  const CliRun run = RunOn(
      data, {"backtest", "--first", "2017Q2", "--weeks", "1,9", "--trials", "256", "--html", page});
  ASSERT_EQ(run.exit_code, kExitOk) << run.out << run.err;
  EXPECT_NE(run.out.find("Back-test of 2017Q2 to 2017Q3"), std::string::npos) << run.out;
  EXPECT_GT(std::filesystem::file_size(page), 10'000u);
  EXPECT_NE(RunOn(data, forecast).out.find("Record 4 forecasts of 2 past periods back-tested"),
            std::string::npos)
      << RunOn(data, forecast).out;
  EXPECT_EQ(RunOn(data, {"backtest", "--first", "2031Q1"}).exit_code, kExitError);
}

TEST(DataDirSessionTest, AFolderServesOneProcessAtATime) {
  const std::string data = ::testing::TempDir() + "/locked";
  const absl::StatusOr<Session> session = OpenDataDir({data, false});
  ASSERT_TRUE(session.ok()) << session.status();
  const CliRun run = RunOn(data, {"goals", "list"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_NE(run.err.find("is in use by process"), std::string::npos) << run.err;
}

TEST(DataDirSessionTest, AnEmptyFolderSaysWhatIsMissing) {
  const CliRun run = RunOn(::testing::TempDir() + "/empty", {"forecast"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_NE(run.err.find("hint: import CRM history first"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace quotacast::cli
