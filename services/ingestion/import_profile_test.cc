// Goal: the profile language accepts what it documents and names the path and line of everything
// else. Method: a sound profile is changed in one place per case; the complete list of violations
// is stated.
#include "services/ingestion/import_profile.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kSound[] = R"toml(name = "sound"
description = "For this test"
source = "crm"
currency = "EUR"
date_order = "day_month_year"
delimiter = ";"
ignored_files = ["notes.txt"]

[calendar]
start_month = 4

[[stages]]
id = "Open"
label = "In progress"
category = "open"
position = 1

[[stages]]
id = "Won"
category = "won"

[aliases.rep_id]
"Ada Q." = "Ada Quill"

[[files]]
pattern = "deals*.csv"
entity = "opportunity_snapshot"
required = false
open_stage = "Open"
undated_stages = ["Open"]
segment_from = "product_series"
required_fields = ["amount"]
optional_columns = ["Account"]
ignored_columns = ["Notes"]
[files.columns]
opportunity_id = "Id"
rep_id = "Owner"
stage_id = "Stage"
account_id = "Account"
amount = "Amount"
[files.constants]
segment_id = "smb"
)toml";

std::optional<std::string_view> NoParents(std::string_view) { return std::nullopt; }

// Replaces the only occurrence of `from` in the sound profile.
std::string Changed(std::string_view from, std::string_view to) {
  std::string text = kSound;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << from << " is not unique";
  return text.replace(at, from.size(), to);
}

// "path: description" of each violation; "ok" when there is none.
std::vector<std::string> Violations(const std::string& toml) {
  const auto profile = ParseImportProfile(toml, NoParents);
  if (profile.ok()) return {"ok"};
  EXPECT_TRUE(absl::IsInvalidArgument(profile.status()));
  const ErrorDetail detail = GetDetail(profile.status()).value_or(ErrorDetail());
  EXPECT_EQ(detail.reason, "INVALID_PROFILE");
  std::vector<std::string> violations;
  for (const FieldViolation& violation : detail.field_violations) {
    violations.push_back(absl::StrCat(violation.field, ": ", violation.description));
  }
  return violations;
}

TEST(ImportProfileTest, ReadsEveryKey) {
  const auto profile = ParseImportProfile(kSound, NoParents);
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->name, "sound");
  EXPECT_EQ(profile->description, "For this test");
  EXPECT_EQ(profile->source, "crm");
  EXPECT_EQ(profile->currency, "EUR");
  EXPECT_EQ(profile->forms.date_order, DateOrder::kDayMonthYear);
  EXPECT_EQ(profile->delimiter, ';');
  EXPECT_THAT(profile->ignored_files, ElementsAre("notes.txt"));
  ASSERT_TRUE(profile->calendar.has_value());
  EXPECT_EQ(profile->calendar->start_month(), 4);
  ASSERT_EQ(profile->stages.size(), 2u);
  EXPECT_EQ(profile->stages[0].label, "In progress");
  EXPECT_EQ(profile->stages[0].position, 1);
  EXPECT_EQ(profile->stages[1].label, "Won");
  EXPECT_EQ(profile->stages[1].category, crm::v1::STAGE_CATEGORY_WON);
  EXPECT_EQ(profile->aliases.at("rep_id").at("Ada Q."), "Ada Quill");
  ASSERT_EQ(profile->files.size(), 1u);
  const FileRule& rule = profile->files[0];
  EXPECT_EQ(rule.entity, Entity::kOpportunitySnapshot);
  EXPECT_FALSE(rule.required);
  EXPECT_FALSE(rule.repeated);
  EXPECT_EQ(rule.columns.at("rep_id"), "Owner");
  EXPECT_EQ(rule.constants.at("segment_id"), "smb");
  EXPECT_EQ(rule.required_fields.count("amount"), 1u);
  EXPECT_EQ(rule.optional_columns.count("Account"), 1u);
  EXPECT_EQ(rule.ignored_columns.count("Notes"), 1u);
  EXPECT_EQ(rule.open_stage, "Open");
  EXPECT_EQ(rule.undated_stages.count("Open"), 1u);
  EXPECT_EQ(rule.segment_from, "product_series");
}

// A profile with both ways to tell of stages was accepted; its imports ended ABORTED and were never
// idempotent.
TEST(ImportProfileTest, SnapshotsAndStageHistoryDoNotGoTogether) {
  const std::string rest =
      "\n[[files]]\npattern = \"h.csv\"\nentity = \"stage_history\"\n[files.columns]\n"
      "opportunity_id = \"Id\"\nchanged_date = \"Day\"\nstage_id = \"Stage\"\n";
  const std::vector<std::string> violations = Violations(kSound + rest);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_THAT(violations[0], testing::HasSubstr("files: has both opportunity_snapshot and "
                                                "stage_history"));
  // Headers with stage history are the form to use.
  std::string headers = Changed("opportunity_snapshot", "opportunity");
  headers = absl::StrReplaceAll(headers, {{"open_stage = \"Open\"\n", ""},
                                          {"undated_stages = [\"Open\"]\n", ""},
                                          {"stage_id = \"Stage\"\n", ""}});
  EXPECT_THAT(Violations(headers + rest), ElementsAre("ok"));
}

TEST(ImportProfileTest, NamesPathAndLineOfEachMistake) {
  const struct {
    std::string toml;
    std::vector<std::string> parts;  // One per violation, each a part of it.
  } cases[] = {
      {kSound, {"ok"}},
      {"name = ", {"profile: is not TOML"}},
      {Changed("currency = \"EUR\"", "curency = \"EUR\""),
       {"curency: unknown key (line 4)", "files[0].columns.currency: is missing"}},
      {Changed("category = \"won\"", "category = \"won\"\ncolour = 1"),
       {"stages[1].colour: unknown key (line 21)"}},
      {Changed("open_stage", "openstage"),
       {"files[0].openstage: unknown key (line 29)", "files[0].open_stage: is missing"}},
      {Changed("start_month", "begin"),
       {"calendar.begin: unknown key (line 10)", "calendar: periods: is empty"}},
      {Changed("name = \"sound\"", ""), {"name: is missing"}},
      {Changed("name = \"sound\"", "name = 7"), {"name: must be a string (line 1)"}},
      {Changed("source = \"crm\"", "source = \"\""), {"source: must not be empty (line 3)"}},
      {Changed("EUR", "XXQ"), {"currency: currency \"XXQ\""}},
      {Changed("day_month_year", "dmy"), {"date_order: must be \"iso\""}},
      {Changed("delimiter = \";\"", "delimiter = \";;\""), {"delimiter: must be one character"}},
      {Changed("start_month = 4", "start_month = 13"),
       {"calendar.start_month: must be a whole number from 1 to 12 (line 10)"}},
      {Changed("category = \"won\"", "category = \"done\""),
       {"stages[1].category: must be \"open\""}},
      {Changed("position = 1", ""), {"stages[0].position: is missing"}},
      {Changed("id = \"Won\"", "id = \"Open\""), {"stages[1].id: is the id of two stages"}},
      {Changed("[aliases.rep_id]", "[aliases.agent]"), {"aliases.agent: is no field"}},
      {Changed("= \"Ada Quill\"", "= 1"), {"aliases.rep_id.Ada Q.: must be a string (line 23)"}},
      {Changed("opportunity_snapshot", "deal"),
       {"files[0].entity: must be one of team, territory"}},
      {Changed("rep_id = \"Owner\"", ""), {"files[0].columns.rep_id: is missing"}},
      {Changed("rep_id = \"Owner\"", "rep_id = \"Owner\"\nrep_name = \"Name\""),
       {"files[0].columns.rep_name: is no field of opportunity_snapshot"}},
      {Changed("segment_id = \"smb\"", "amount = \"1\""),
       {"files[0].constants.amount: has both a column and a constant"}},
      {Changed("[\"amount\"]", "[\"price\"]"), {"files[0].required_fields.price: is no field"}},
      {Changed("optional_columns = [\"Account\"]", "optional_columns = [\"Id\"]"),
       {"files[0].optional_columns: lists \"Id\""}},
      {Changed("required = false", "required = \"no\""),
       {"files[0].required: must be true or false"}},
      {Changed("product_series", "account"), {"files[0].segment_from: must be"}},
      {Changed("open_stage = \"Open\"", "open_stage = \"Won\""),
       {"files[0].open_stage: names no open stage"}},
      {Changed("undated_stages = [\"Open\"]", "undated_stages = [\"Cold\"]"),
       {"files[0].undated_stages: names no open stage of the profile: \"Cold\""}},
      {Changed("date_order", "time_zone = \"Mars/Base\"\ndate_order"), {"time_zone: is no time"}},
      {Changed("date_order", "decimal_mark = \";\"\ndate_order"), {"decimal_mark: must be"}},
      {Changed("date_order", "encoding = \"ebcdic\"\ndate_order"), {"encoding: must be"}},
      {Changed("required = false", "required = false\nfull_export = true"),
       {"files[0].full_export: needs compare_with_log"}},
      {kSound + std::string("[[files]]\npattern = \"q.csv\"\nentity = \"quota\"\n"
                            "compare_with_log = true\n[files.columns]\nperiod = \"P\"\n"),
       {"files[1].columns.rep_id: is missing: a quota needs rep_id or team_id or territory_id",
        "files[1].columns.amount: is missing: a quota needs amount or unit_count",
        "files[1].compare_with_log: is not possible with entity quota"}},
      {kSound + std::string("[[files]]\npattern = \"t.csv\"\nentity = \"team\"\n"
                            "[files.columns]\nteam_id = []\n[files.templates]\nteam = \"{A}\"\n"
                            "[files.unpivot]\ncolumns = []\nvalue_field = \"size\"\n"
                            "[files.lookups]\nteam_name = { pattern = \"x\", from = \"a\" }\n"),
       {"files[1].unpivot.columns: names no column", "files[1].lookups.team_name.to: is missing",
        "files[1].columns.team_id: names no column", "files[1].templates.team: is no field of team",
        "files[1].unpivot.size: is no field of team", "files[1].columns.team_id: is missing"}},
      {Changed("name = \"sound\"", "extends = \"nothing\"\nname = \"sound\""),
       {"extends: names no shipped profile: \"nothing\" (line 1)"}},
      {std::string(kMaxProfileBytes + 1, '#'), {"profile: is longer than"}},
  };
  for (const auto& example : cases) {
    SCOPED_TRACE(example.parts[0]);
    const std::vector<std::string> violations = Violations(example.toml);
    ASSERT_EQ(violations.size(), example.parts.size()) << testing::PrintToString(violations);
    for (size_t i = 0; i < violations.size(); ++i) {
      EXPECT_THAT(violations[i], HasSubstr(example.parts[i]));
    }
  }
}

TEST(ImportProfileTest, CalendarKinds) {
  const auto parse = [](const std::string& calendar) {
    return ParseImportProfile(Changed("start_month = 4", calendar), NoParents);
  };
  const auto weeks = parse(
      "[calendar.four_four_five]\nfirst_year = 2017\nfirst_year_start = "
      "2017-01-29\nweeks_in_year = [52, 53]");
  ASSERT_TRUE(weeks.ok()) << weeks.status();
  EXPECT_EQ(weeks->calendar->four_four_five().first_year(), 2017);
  EXPECT_EQ(weeks->calendar->four_four_five().weeks_in_year(1), 53);
  EXPECT_EQ(weeks->calendar->four_four_five().first_year_start().day(), 29);
  const auto periods = parse(
      "[[calendar.periods]]\nname = \"P1\"\nstart = \"2017-01-01\"\nend = \"2017-02-10\"\n"
      "[[calendar.periods]]\nname = \"P2\"\nstart = \"2017-02-10\"\nend = \"2017-04-01\"");
  ASSERT_TRUE(periods.ok()) << periods.status();
  EXPECT_EQ(periods->calendar->explicit_periods().periods(1).name(), "P2");

  EXPECT_THAT(parse("start_month = 1\nperiods = []").status().message(), HasSubstr("exactly one"));
  EXPECT_THAT(parse("[calendar.four_four_five]\nfirst_year = 2017\nfirst_year_start = "
                    "2017-01-29\nweeks_in_year = [51]")
                  .status()
                  .message(),
              HasSubstr("from 52 to 53"));
  // A gap between two periods.
  EXPECT_FALSE(
      parse("[[calendar.periods]]\nname = \"P1\"\nstart = \"2017-01-01\"\nend = \"2017-02-10\"\n"
            "[[calendar.periods]]\nname = \"P2\"\nstart = \"2017-02-11\"\nend = \"2017-04-01\"")
          .ok());
}

TEST(ImportProfileTest, ExtendsOverlaysKeyByKey) {
  const auto parents = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "sound") return kSound;
    if (name == "loop") return "extends = \"loop\"";
    return std::nullopt;
  };
  const auto child = ParseImportProfile(
      "extends = \"sound\"\nname = \"child\"\ndate_order = \"iso\"\n"
      "[aliases.rep_id]\n\"A.\" = \"Ada Quill\"\n\"Ada Q.\" = \"\"\n",
      parents);
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ(child->name, "child");
  EXPECT_EQ(child->source, "crm");
  EXPECT_EQ(child->forms.date_order, DateOrder::kIso);
  EXPECT_EQ(child->files.size(), 1u);
  EXPECT_EQ(child->aliases.at("rep_id").size(), 1u);  // The empty value took the other one back.
  EXPECT_EQ(child->aliases.at("rep_id").at("A."), "Ada Quill");
  EXPECT_THAT(ParseImportProfile("extends = \"loop\"", parents).status().message(),
              HasSubstr("extends"));
  // A mistake in the child is reported with the child's line.
  EXPECT_THAT(ParseImportProfile("extends = \"sound\"\nname = \"child\"\nnmae = 1", parents)
                  .status()
                  .message(),
              HasSubstr("nmae: unknown key (line 3)"));
}

TEST(MatchesPatternTest, StarsAndLetterCase) {
  EXPECT_TRUE(MatchesPattern("sales_pipeline*.csv", "sales_pipeline.csv"));
  EXPECT_TRUE(MatchesPattern("sales_pipeline*.csv", "Sales_Pipeline_mdy.CSV"));
  EXPECT_TRUE(MatchesPattern("*", ""));
  EXPECT_TRUE(MatchesPattern("a*b*c", "aXbbYc"));
  EXPECT_TRUE(MatchesPattern("*.csv", "a.csv.csv"));
  EXPECT_FALSE(MatchesPattern("sales_pipeline*.csv", "old_sales_pipeline.csv"));
  EXPECT_FALSE(MatchesPattern("a*b*c", "acb"));
  EXPECT_FALSE(MatchesPattern("", "a"));
  EXPECT_FALSE(MatchesPattern("products.csv", "products.csv.bak"));
}

}  // namespace
}  // namespace quotacast::ingestion
