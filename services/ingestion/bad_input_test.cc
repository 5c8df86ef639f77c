// Goal: every kind of bad input gets its exact place, value and reason, a message that names the
// value, and costs its own row only. Method: the small company's files are sound (checked first);
// each case changes one thing in them and states the complete list of problems and how many events
// of the whole remain.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;

constexpr char kPipeline[] = "sales_pipeline.csv";

struct Case {
  std::string name;
  std::function<void(Files&)> change;
  std::vector<std::string> problems;
  int lost_event_count = 0;  // Against the sound company.
  std::string message_part;  // Of the first problem.
  std::string profile = "maventech";
};

// Replaces the only occurrence of `from` in a file.
std::function<void(Files&)> Replace(const std::string& file, const std::string& from,
                                    const std::string& to) {
  return [=](Files& files) {
    std::string& text = files.at(file);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    ASSERT_EQ(text.find(from, at + 1), std::string::npos) << from << " is not unique";
    text.replace(at, from.size(), to);
  };
}

std::function<void(Files&)> Append(const std::string& file, const std::string& line) {
  return [=](Files& files) { files.at(file) += line; };
}

class BadInputTest : public testing::Test {
 protected:
  absl::StatusOr<v1::ImportFilesResponse> Import(const Files& files,
                                                 const v1::ImportHeader& header) {
    FakeClock clock(absl::FromUnixSeconds(1'500'000'000));
    eventlog::InMemoryEventLog log(&clock);
    Ingestion ingestion(log, clock);
    return ImportFiles(ingestion, "w", header, files);
  }

  void RunAll(const Files& sound_files, const std::vector<Case>& cases) {
    for (const Case& example : cases) {
      SCOPED_TRACE(example.name);
      const auto sound = Import(sound_files, ShippedProfile(example.profile));
      ASSERT_TRUE(sound.ok()) << sound.status();
      ASSERT_EQ(sound->error_count() + sound->warning_count(), 0);
      Files files = sound_files;
      example.change(files);
      const auto response = Import(files, ShippedProfile(example.profile));
      ASSERT_TRUE(response.ok()) << response.status();
      EXPECT_EQ(ProblemLines(*response), example.problems);
      EXPECT_EQ(sound->appended_event_count() - response->appended_event_count(),
                example.lost_event_count);
      ASSERT_GT(response->problems_size(), 0);
      EXPECT_THAT(response->problems(0).message(), HasSubstr(example.message_part));
    }
  }
};

TEST_F(BadInputTest, Snapshots) {
  RunAll(
      SnapshotCompany(),
      {
          {"UnknownStage",
           Replace(kPipeline, ",Lost,", ",Losst,"),
           {"E sales_pipeline.csv:4 deal_stage=Losst UNKNOWN_STAGE"},
           2,
           "did you mean \"Lost\"?"},
          {"UnknownAgent",
           Replace(kPipeline, "D2,Ben Moss", "D2,Ben Mos"),
           {"E sales_pipeline.csv:3 sales_agent=Ben Mos UNKNOWN_REP"},
           2,
           "did you mean \"Ben Moss\"?"},
          {"UnknownAgentFarFromAll",
           Replace(kPipeline, "D2,Ben Moss", "D2,Zoltan X. Y"),
           {"E sales_pipeline.csv:3 sales_agent=Zoltan X. Y UNKNOWN_REP"},
           2,
           "add the rep"},
          {"UnknownProduct",
           Replace(kPipeline, "D4,Cora Dunn,Pump 2", "D4,Cora Dunn,Pump2"),
           {"E sales_pipeline.csv:5 product=Pump2 UNKNOWN_PRODUCT"},
           1,
           "\"Pump2\" = \"Pump 2\" under [aliases.product_id]"},
          {"UnknownAccountIsKept",
           Replace(kPipeline, "GTX Pro,Harbour Works,Won", "GTX Pro,Harbor Works,Won"),
           {"W sales_pipeline.csv:2 account=Harbor Works UNKNOWN_ACCOUNT"},
           0,
           "did you mean \"Harbour Works\"?"},
          {"ImpossibleDate",
           Replace(kPipeline, "2017-02-01", "2017-02-30"),
           {"E sales_pipeline.csv:4 engage_date=2017-02-30 INVALID_DATE"},
           2,
           "does not exist"},
          {"YearOutOfRange",
           Replace(kPipeline, "2017-06-01", "0217-06-01"),
           {"E sales_pipeline.csv:6 engage_date=0217-06-01 INVALID_DATE"},
           1,
           "year outside"},
          {"YearOne",
           Replace(kPipeline, "2017-06-01", "0001-01-01"),
           {"E sales_pipeline.csv:6 engage_date=0001-01-01 INVALID_DATE"},
           1,
           "year outside"},
          {"Year9999",
           Replace(kPipeline, "2017-06-01", "9999-12-31"),
           {"E sales_pipeline.csv:6 engage_date=9999-12-31 INVALID_DATE"},
           1,
           "year outside"},
          {"DateInAnotherForm",
           Replace(kPipeline, "2017-06-01", "6/1/2017"),
           {"E sales_pipeline.csv:6 engage_date=6/1/2017 INVALID_DATE"},
           1,
           "YYYY-MM-DD"},
          {"NegativeAmount",
           Replace(kPipeline, "4750", "-4750"),
           {"E sales_pipeline.csv:2 close_value=-4750 NEGATIVE_AMOUNT"},
           2,
           "negative"},
          {"LargestAmount",
           Replace(kPipeline, ",4750", ",1000000000000"),
           {"W sales_pipeline.csv:2 close_value=1000000000000 SUSPICIOUS_AMOUNT"},
           0,
           "4800"},
          {"AbsurdAmount",
           Replace(kPipeline, "4750", "1000000000000.01"),
           {"E sales_pipeline.csv:2 close_value=1000000000000.01 ABSURD_AMOUNT"},
           2,
           "mixed up"},
          {"AmountBeyondInt64",
           Replace(kPipeline, "4750", "99999999999999999999"),
           {"E sales_pipeline.csv:2 close_value=99999999999999999999 ABSURD_AMOUNT"},
           2,
           "USD"},
          {"MoreThanThousandListPrices",
           Replace(kPipeline, "55.50", "50000.01"),
           {"W sales_pipeline.csv:3 close_value=50000.01 SUSPICIOUS_AMOUNT"},
           0,
           "50.00 USD"},
          {"AmountIsNoNumber",
           Replace(kPipeline, "4750", "4.750 EUR"),
           {"E sales_pipeline.csv:2 close_value=4.750 EUR INVALID_AMOUNT"},
           2,
           "4.750 EUR"},
          {"DuplicateIdOtherContent",
           Append(kPipeline, "D4,Cora Dunn,Pump 2,,Engaging,2017-05-06,,\n"),
           {"E sales_pipeline.csv:8 opportunity_id=D4 DUPLICATE_ID"},
           0,
           "line 5 of sales_pipeline.csv"},
          {"DuplicateIdenticalRow",
           Append(kPipeline, "D6,Ben Moss,Pump 2,,Prospecting,,,\n"),
           {"W sales_pipeline.csv:8 opportunity_id=D6 DUPLICATE_ROW"},
           0,
           "line 7 of sales_pipeline.csv"},
          {"ClosedWithoutDate",
           Replace(kPipeline, "2017-04-02", ""),
           {"E sales_pipeline.csv:4 close_date= CLOSED_WITHOUT_DATE"},
           2,
           "\"Lost\""},
          {"ClosedWonWithoutAmount",
           Replace(kPipeline, "4750", ""),
           {"E sales_pipeline.csv:2 close_value= CLOSED_WON_WITHOUT_AMOUNT"},
           2,
           "booked"},
          {"ClosedWonWithZero",
           Replace(kPipeline, "4750", "0"),
           {"W sales_pipeline.csv:2 close_value=0 ZERO_AMOUNT"},
           0,
           "books nothing"},
          // The tests' today is 2017-07-14. A date in the future passed without a word.
          {"OpenedTomorrow",
           Replace(kPipeline, "2017-06-01", "2017-07-15"),
           {"W sales_pipeline.csv:6 engage_date=2017-07-15 FUTURE_DATE"},
           0,
           "today, 2017-07-14"},
          {"ClosedInTheFuture",
           Replace(kPipeline, "2017-04-02", "2032-01-01"),
           {"W sales_pipeline.csv:4 close_date=2032-01-01 FUTURE_DATE"},
           0,
           "counts in no view of an earlier day"},
          {"CloseBeforeEngage",
           Replace(kPipeline, "2017-03-01", "2017-01-09"),
           {"E sales_pipeline.csv:2 close_date=2017-01-09 CLOSE_BEFORE_OPEN"},
           2,
           "2017-01-10"},
          {"OpenDealWithCloseDate",
           Replace(kPipeline, "2017-05-05,,", "2017-05-05,2017-06-06,"),
           {"W sales_pipeline.csv:5 close_date=2017-06-06 OPEN_WITH_CLOSE_DATE"},
           0,
           "not used"},
          {"OpenDealWithoutDate",
           Replace(kPipeline, "2017-05-05", ""),
           {"E sales_pipeline.csv:5 engage_date= MISSING_FIELD"},
           1,
           "\"Engaging\""},
          {"MissingRequiredValue",
           Replace(kPipeline, "D4,Cora Dunn,Pump 2", "D4,Cora Dunn,  "),
           {"E sales_pipeline.csv:5 product= MISSING_FIELD"},
           1,
           "blank"},
          {"MissingId",
           Replace(kPipeline, "D4,", ","),
           {"E sales_pipeline.csv:5 opportunity_id= MISSING_FIELD"},
           1,
           "blank"},
          {"TooFewColumns",
           Replace(kPipeline, "Prospecting,,,", "Prospecting"),
           {"E sales_pipeline.csv:7 =D6 COLUMN_COUNT"},
           1,
           "5 columns, the header 8"},
          {"OverlongId",
           Replace(kPipeline, "D4,", std::string(201, 'x') + ","),
           {"E sales_pipeline.csv:5 opportunity_id=" + std::string(200, 'x') + " VALUE_TOO_LONG"},
           1,
           "limit is 200"},
          {"UnterminatedQuote",
           Replace(kPipeline, "D4,Cora Dunn", "D4,\"Cora Dunn"),
           {"E sales_pipeline.csv:5 = UNTERMINATED_QUOTE"},
           1,
           "never closes"},
          {"NulByte",
           Replace(kPipeline, "D4,Cora Dunn", "D4,Cora\0Dunn"s),
           {"E sales_pipeline.csv:5 = NUL_BYTE"},
           1,
           "NUL"},
          {"InvalidUtf8",
           Replace(kPipeline, "D4,Cora Dunn", "D4,Cora D\xFCnn"),
           {"E sales_pipeline.csv:5 = INVALID_UTF8"},
           1,
           "UTF-8"},
          {"UnusedColumn",
           [](Files& files) {
             std::string& text = files.at("products.csv");
             text = absl::StrReplaceAll(text, {{"\r\n", ",x\r\n"}});
           },
           {"W products.csv:1 x= UNUSED_COLUMN"},
           0,
           "ignored_columns"},
          {"UnusedFile",
           [](Files& files) { files["notes.txt"] = "hello"; },
           {"W notes.txt:0 = UNUSED_FILE"},
           0,
           "does not use"},
          {"UnreadableOptionalFile",
           [](Files& files) { files["accounts.csv"] = ""; },
           // The accounts are unknown then, which the four rows that name one say.
           {"E accounts.csv:0 = EMPTY_FILE",
            "W sales_pipeline.csv:2 account=Harbour Works UNKNOWN_ACCOUNT",
            "W sales_pipeline.csv:3 account=Lakes, Ltd UNKNOWN_ACCOUNT",
            "W sales_pipeline.csv:4 account=Harbour Works UNKNOWN_ACCOUNT",
            "W sales_pipeline.csv:6 account=Harbour Works UNKNOWN_ACCOUNT"},
           2,
           "empty"},
          {"TwoManagersOfOneTeam",
           Replace("sales_teams.csv", "Ben Moss,Mia Stone,North", "Ben Moss,Mia Stone,South"),
           {"E sales_teams.csv:3 manager=Mia Stone DUPLICATE_ID"},
           0,
           "line 2 of sales_teams.csv"},
          {"ManagerNamedAsTheOffice",
           Replace("sales_teams.csv", "Ned Price,South", "South,South"),
           {"E sales_teams.csv:4 manager=South DUPLICATE_ID"},
           1,
           "line 4 of sales_teams.csv"},
      });
}

// A required file whose header cannot be used stops the import before anything is appended.
TEST_F(BadInputTest, UnusableHeaders) {
  const Files sound_files = SnapshotCompany();
  const auto sound = Import(sound_files, ShippedProfile("maventech"));
  ASSERT_TRUE(sound.ok());
  const int everything = static_cast<int>(sound->appended_event_count());
  ASSERT_GT(everything, 0);
  RunAll(
      sound_files,
      {
          {"EmptyFile",
           [](Files& files) { files["sales_pipeline.csv"] = ""; },
           {"E sales_pipeline.csv:0 = EMPTY_FILE"},
           everything,
           "header"},
          {"OnlyBom",
           [](Files& files) { files["sales_pipeline.csv"] = "\xEF\xBB\xBF"; },
           {"E sales_pipeline.csv:0 = EMPTY_FILE"},
           everything,
           "header"},
          {"WrongDelimiter",
           [](Files& files) {
             std::string& text = files.at("products.csv");
             text = absl::StrReplaceAll(text, {{",", ";"}});
           },
           {"E products.csv:1 = WRONG_DELIMITER"},
           everything,
           "a semicolon (\";\")"},
          {"WrongDelimiterTab",
           [](Files& files) {
             std::string& text = files.at("sales_teams.csv");
             text = absl::StrReplaceAll(text, {{",", "\t"}});
           },
           {"E sales_teams.csv:1 = WRONG_DELIMITER"},
           everything,
           "a tab"},
          {"MissingColumn",
           Replace("products.csv", "sales_price", "price"),
           {"E products.csv:1 sales_price= MISSING_COLUMN"},
           everything,
           "it has: product, series, price"},
          {"DuplicateColumn",
           Replace("products.csv", "product,series,sales_price\r\n",
                   "product,product,series,sales_price\r\n"),
           {"E products.csv:1 product= DUPLICATE_COLUMN"},
           everything,
           "twice"},
          {"Workbook",
           [](Files& files) { files["products.csv"] = "PK\x03\x04\x14\0\x06\0"s; },
           {"E products.csv:0 = NOT_A_TEXT_FILE"},
           everything,
           "Excel workbook (xlsx)"},
          {"Pdf",
           [](Files& files) { files["products.csv"] = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"; },
           {"E products.csv:0 = NOT_A_TEXT_FILE"},
           everything,
           "a PDF"},
          // UTF-16 is read: what is wrong is the header, in plain letters.
          {"WrongHeaderInUtf16",
           [](Files& files) { files["products.csv"] = "\xFF\xFEp\0r\0"s; },
           {"E products.csv:1 product= MISSING_COLUMN",
            "E products.csv:1 sales_price= MISSING_COLUMN",
            "E products.csv:1 series= MISSING_COLUMN"},
           everything,
           "it has: pr"},
          {"TwoBrokenFilesAreBothReported",
           [](Files& files) {
             files["products.csv"] = "";
             files["sales_teams.csv"] = "a,b\n";
           },
           {"E products.csv:0 = EMPTY_FILE", "E sales_teams.csv:1 regional_office= MISSING_COLUMN"},
           everything,
           "empty"},
      });
}

// Byte order mark, both line ends and quoted line ends are no bad input: same events.
TEST_F(BadInputTest, FormsThatAreAccepted) {
  const auto sound = Import(SnapshotCompany(), ShippedProfile("maventech"));
  ASSERT_TRUE(sound.ok());
  const std::vector<std::function<void(Files&)>> changes = {
      [](Files& files) {
        for (auto& file : files) file.second = "\xEF\xBB\xBF" + file.second;
      },
      [](Files& files) {
        for (auto& file : files) file.second = absl::StrReplaceAll(file.second, {{"\r\n", "\n"}});
      },
      Replace("accounts.csv", "retail,2003", "retail,\"20\r\n03\""),
      Replace("sales_pipeline.csv", "4750", "\" $4,750.00 \""),
      Replace("sales_pipeline.csv", "2017-06-01", "2017-07-14"),  // Today.
  };
  for (const auto& change : changes) {
    Files files = SnapshotCompany();
    change(files);
    const auto response = Import(files, ShippedProfile("maventech"));
    ASSERT_TRUE(response.ok());
    EXPECT_EQ(ProblemLines(*response), std::vector<std::string>());
    EXPECT_EQ(response->appended_event_count(), sound->appended_event_count());
  }
}

// Spreadsheets leave lines of commas behind: each was left out with an error of its own.
TEST_F(BadInputTest, LinesOfCommasAreEmptyRows) {
  const auto sound = Import(SnapshotCompany(), ShippedProfile("maventech"));
  Files files = SnapshotCompany();
  files[kPipeline] += ",,,,,,,\r\n\r\n , ,\t,,,,,\r\n,,\r\n\"\"\r\n";
  const auto response = Import(files, ShippedProfile("maventech"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(ProblemLines(*response), std::vector<std::string>());
  EXPECT_EQ(response->appended_event_count(), sound->appended_event_count());
  const v1::FileReport& file = response->files(2);
  EXPECT_EQ(file.file(), kPipeline);
  EXPECT_EQ(file.row_count(), 10);
  EXPECT_EQ(file.empty_row_count(), 4);
  EXPECT_EQ(file.accepted_row_count(), 6);
}

TEST_F(BadInputTest, Histories) {
  const std::string history = "stage_history.csv";
  const std::string opportunities = "opportunities.csv";
  RunAll(HistoryCompany(),
         {
             {"UnknownStage",
              Replace(history, "Closed Lost", "Lost"),
              {"E stage_history.csv:6 stage=Lost UNKNOWN_STAGE"},
              1,
              "no stage \"Lost\"",
              "crm_history"},
             {"UnknownRepTakesItsDeal",
              Replace(opportunities, "H2,R2", "H2,R9"),
              {"E opportunities.csv:3 rep_id=R9 UNKNOWN_REP",
               "E stage_history.csv:5 opportunity_id=H2 UNKNOWN_OPPORTUNITY",
               "E stage_history.csv:6 opportunity_id=H2 UNKNOWN_OPPORTUNITY"},
              2,
              "R9",
              "crm_history"},
             {"NoHistory",
              Append(opportunities, "H4,R1,A1,P1,smb,2017-01-02,5,2017-03-31\n"),
              {"E opportunities.csv:5 =H4 NO_STAGE_HISTORY"},
              0,
              "H4",
              "crm_history"},
             {"WonWithoutAmount",
              Replace(history, "Closed Won,1150", "Closed Won,"),
              {"E stage_history.csv:4 amount= CLOSED_WON_WITHOUT_AMOUNT"},
              1,
              "booked",
              "crm_history"},
             {"ChangeBeforeCreation",
              Replace(history, "H3,2017-03-01", "H3,2017-01-31"),
              {"E stage_history.csv:8 changed_date=2017-01-31 CHANGE_BEFORE_CREATION"},
              1,
              "2017-02-01",
              "crm_history"},
             {"ChangeInTheFuture",
              Replace(history, "H3,2017-03-01", "H3,2032-01-01"),
              {"W stage_history.csv:8 changed_date=2032-01-01 FUTURE_DATE"},
              0,
              "2017-07-14",
              "crm_history"},
             {"DuplicateRow",
              Append(history, "H3,2017-03-01,Proposal,\n"),
              {"W stage_history.csv:9 =Proposal DUPLICATE_ROW"},
              0,
              "line 8",
              "crm_history"},
             {"DuplicateOtherAmount",
              Append(history, "H3,2017-03-01,Proposal,5\n"),
              {"E stage_history.csv:9 =Proposal DUPLICATE_ID"},
              0,
              "line 8",
              "crm_history"},
             {"RepLeftBeforeStarting",
              Replace("reps.csv", "2017-06-30", "2016-02-28"),
              {"E opportunities.csv:3 rep_id=R2 UNKNOWN_REP",
               "E reps.csv:3 end_date=2016-02-28 "
               "END_BEFORE_START",
               "E stage_history.csv:5 opportunity_id=H2 UNKNOWN_OPPORTUNITY",
               "E stage_history.csv:6 opportunity_id=H2 UNKNOWN_OPPORTUNITY"},
              3,
              "R2",
              "crm_history"},
             {"UnknownTeamOfRep",
              Replace("reps.csv", "Ada Quill,T2", "Ada Quill,T9"),
              {"W reps.csv:2 team_id=T9 UNKNOWN_TEAM"},
              0,
              "T9",
              "crm_history"},
             {"UnknownParentTeam",
              Replace("teams.csv", "Field,T1", "Field,T7"),
              {"W teams.csv:3 parent_team_id=T7 UNKNOWN_TEAM"},
              0,
              "stands at the top",
              "crm_history"},
             {"TeamCycle",
              Replace("teams.csv", "All,", "All,T2"),
              {"E teams.csv:2 parent_team_id=T2 TEAM_CYCLE",
               "W teams.csv:3 parent_team_id=T1 UNKNOWN_TEAM"},
              1,
              "above itself",
              "crm_history"},
             {"NegativeListPrice",
              Replace("products.csv", "1000", "-1000"),
              {"E opportunities.csv:2 product_id=P1 UNKNOWN_PRODUCT",
               "E opportunities.csv:3 product_id=P1 UNKNOWN_PRODUCT",
               "E opportunities.csv:4 product_id=P1 UNKNOWN_PRODUCT",
               "E products.csv:2 list_price=-1000 NEGATIVE_AMOUNT",
               "E stage_history.csv:2 opportunity_id=H1 UNKNOWN_OPPORTUNITY",
               "E stage_history.csv:3 opportunity_id=H1 UNKNOWN_OPPORTUNITY",
               "E stage_history.csv:4 opportunity_id=H1 UNKNOWN_OPPORTUNITY",
               "E stage_history.csv:5 opportunity_id=H2 UNKNOWN_OPPORTUNITY",
               "E stage_history.csv:6 opportunity_id=H2 UNKNOWN_OPPORTUNITY",
               "E stage_history.csv:7 opportunity_id=H3 UNKNOWN_OPPORTUNITY",
               "E stage_history.csv:8 opportunity_id=H3 UNKNOWN_OPPORTUNITY"},
              8,
              "P1",
              "crm_history"},
         });
}

TEST_F(BadInputTest, Quotas) {
  FakeClock clock(absl::FromUnixSeconds(1'500'000'000));
  eventlog::InMemoryEventLog log(&clock);
  Ingestion ingestion(log, clock);
  ASSERT_TRUE(ImportFiles(ingestion, "w", ShippedProfile("maventech"), SnapshotCompany()).ok());
  const Files quotas = {{"q.csv",
                         "rep,period,amount,currency\n"
                         "Ada Quill,2017Q4,9000,USD\n"
                         "Ada Quil,2017Q4,9000,USD\n"
                         "Ben Moss,2017Q5,9000,USD\n"
                         "Ben Moss,2017Q4,-1,USD\n"
                         "Ben Moss,2017Q3,9000,usd\n"
                         "Ben Moss,2017Q3,9000,\n"
                         "Cora Dunn,2017Q4,,USD\n"
                         "Ada Quill,2017Q4,9001,USD\n"}};
  const auto response = ImportFiles(ingestion, "w", ShippedProfile("quotas"), quotas);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(ProblemLines(*response),
            (std::vector<std::string>{
                "E q.csv:3 rep=Ada Quil UNKNOWN_REP", "E q.csv:4 period=2017Q5 UNKNOWN_PERIOD",
                "E q.csv:5 amount=-1 NEGATIVE_AMOUNT", "E q.csv:6 currency=usd UNKNOWN_CURRENCY",
                "E q.csv:7 currency= UNKNOWN_CURRENCY", "E q.csv:8 amount= MISSING_FIELD",
                "E q.csv:9 rep=Ada Quill DUPLICATE_ID"}));
  EXPECT_EQ(response->appended_event_count(), 1);
  ASSERT_EQ(response->files_size(), 1);
  EXPECT_EQ(response->files(0).row_count(), 8);
  EXPECT_EQ(response->files(0).accepted_row_count(), 1);
  EXPECT_EQ(response->files(0).rejected_row_count(), 7);
}

// A quota or a deal in another currency was accepted silently, and every KPI of money failed
// afterwards.
TEST_F(BadInputTest, AnotherCurrencyThanTheWorkspaces) {
  FakeClock clock(absl::FromUnixSeconds(1'500'000'000));
  eventlog::InMemoryEventLog log(&clock);
  Ingestion ingestion(log, clock);
  ASSERT_TRUE(ImportFiles(ingestion, "w", ShippedProfile("maventech"), SnapshotCompany()).ok());
  const std::vector<std::string> before = LogLines(log, "w");
  const auto quotas =
      ImportFiles(ingestion, "w", ShippedProfile("quotas"),
                  {{"q.csv", "rep,period,amount,currency\nAda Quill,2017Q3,9000,EUR\n"}});
  ASSERT_TRUE(quotas.ok()) << quotas.status();
  EXPECT_EQ(ProblemLines(*quotas),
            std::vector<std::string>{"E q.csv:2 currency=EUR MIXED_CURRENCY"});
  EXPECT_THAT(quotas->problems(0).message(), HasSubstr("is in EUR, but the workspace is in USD"));
  EXPECT_EQ(quotas->appended_event_count(), 0);
  const auto deals = ImportFiles(
      ingestion, "w", ProfileText("extends = \"maventech\"\nname = \"euro\"\ncurrency = \"EUR\"\n"),
      SnapshotCompany());
  ASSERT_TRUE(deals.ok()) << deals.status();
  EXPECT_EQ(ProblemLines(*deals),
            (std::vector<std::string>{"E products.csv:2 sales_price=4800 MIXED_CURRENCY",
                                      "E products.csv:3 sales_price=50 MIXED_CURRENCY",
                                      "E sales_pipeline.csv:2 close_value=4750 MIXED_CURRENCY",
                                      "E sales_pipeline.csv:3 close_value=55.50 MIXED_CURRENCY",
                                      "E sales_pipeline.csv:4 close_value=0 MIXED_CURRENCY"}));
  EXPECT_EQ(LogLines(log, "w"), before);
}

// The example of a right period was 2017Q4 whatever the data and whatever was written.
TEST_F(BadInputTest, AnUnknownPeriodGetsAnExampleThatFits) {
  FakeClock clock(absl::FromUnixSeconds(1'700'000'000));  // 2023-11-14, years after the data.
  eventlog::InMemoryEventLog log(&clock);
  Ingestion ingestion(log, clock);
  ASSERT_TRUE(ImportFiles(ingestion, "w", ShippedProfile("maventech"), SnapshotCompany()).ok());
  const auto response = ImportFiles(ingestion, "w", ShippedProfile("quotas"),
                                    {{"q.csv",
                                      "rep,period,amount,currency\n"
                                      "Ada Quill,2023q1,9000,USD\n"
                                      "Ada Quill,Q1 2023,9000,USD\n"
                                      "Ada Quill,next quarter,9000,USD\n"}});
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->problems_size(), 3);
  EXPECT_THAT(response->problems(0).message(), HasSubstr("did you mean \"2023Q1\"?"));
  EXPECT_THAT(response->problems(1).message(), HasSubstr("did you mean \"2023Q1\"?"));
  // The last deal changed on 2017-06-01.
  EXPECT_THAT(response->problems(2).message(), HasSubstr("a right name is 2017Q2"));
}

TEST_F(BadInputTest, MissingFile) {
  Files files = SnapshotCompany();
  files.erase("products.csv");
  files.erase("accounts.csv");  // Not required.
  const auto response = Import(files, ShippedProfile("maventech"));
  EXPECT_TRUE(absl::IsInvalidArgument(response.status()));
  const auto detail = GetDetail(response.status());
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, "MISSING_FILE");
  ASSERT_EQ(detail->field_violations.size(), 1u);
  EXPECT_EQ(detail->field_violations[0].field, "products.csv");
  EXPECT_THAT(detail->field_violations[0].description,
              HasSubstr("sent: sales_pipeline.csv, sales_teams.csv"));
}

// More problems than the report holds: errors come first, and all are counted.
TEST_F(BadInputTest, ReportIsBounded) {
  Files files = SnapshotCompany();
  for (int i = 0; i < 1'500; ++i) {
    files[kPipeline] += absl::StrCat("X", i, ",Nobody,Pump 2,Nowhere,Engaging,2017-05-05,,\n");
  }
  const auto response = Import(files, ShippedProfile("maventech"));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->error_count(), 1'500);
  EXPECT_EQ(response->warning_count(), 1'500);
  ASSERT_EQ(response->problems_size(), 1'000);
  EXPECT_EQ(response->problems(999).severity(), v1::ROW_PROBLEM_SEVERITY_ERROR);
  EXPECT_EQ(response->problems(0).row(), 8);
}

}  // namespace
}  // namespace quotacast::ingestion
