// Goal: headlines, warnings and refusals read as intended, with the right figures in them.
// Method: hand-made summaries and the hand-built company, compared with whole sentences.

#include "services/simulation/sentences.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/simulation/business.h"
#include "services/simulation/company_messages.h"

namespace quotacast::simulation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

simulator::DistributionSummary Summary(double mean) {
  simulator::DistributionSummary summary;
  summary.mean.value = mean;
  for (const double p : simulator::kReportedQuantiles) {
    summary.quantiles.push_back({p, mean * (0.5 + p)});
  }
  return summary;
}

simulator::EntityPeriodForecast Org(double mean, double attain) {
  simulator::EntityPeriodForecast org;
  org.bookings = Summary(mean);
  org.quota_minor_units = 240'000'000;
  org.attain_probability = simulator::Estimate{.value = attain};
  return org;
}

TEST(Sentences, Percents) {
  EXPECT_EQ(PercentText(0), "under 1 %");
  EXPECT_EQ(PercentText(0.0049), "under 1 %");
  EXPECT_EQ(PercentText(0.005), "1 %");
  EXPECT_EQ(PercentText(0.374), "37 %");
  EXPECT_EQ(PercentText(0.994), "99 %");
  EXPECT_EQ(PercentText(0.996), "over 99 %");
  EXPECT_EQ(PercentText(1), "over 99 %");
}

TEST(Sentences, Amounts) {
  const CurrencyUnit dollar = {.code = "USD", .digits = 2};
  EXPECT_EQ(AmountText(240'000'000, dollar), "USD 2,400,000");
  EXPECT_EQ(AmountText(99'950, dollar), "USD 1,000");
  EXPECT_EQ(AmountText(0, dollar), "USD 0");
  EXPECT_EQ(AmountText(-123'456'00, dollar), "-USD 123,456");
  EXPECT_EQ(AmountText(1'234'567, {.code = "JPY", .digits = 0}), "JPY 1,234,567");
}

TEST(Sentences, SimulatedAmountsHaveThreeDigits) {
  const CurrencyUnit dollar = {.code = "USD", .digits = 2};
  EXPECT_EQ(SimulatedAmountText(269'568'249, dollar), "USD 2,700,000");
  EXPECT_EQ(SimulatedAmountText(99'999, dollar), "USD 1,000");
  EXPECT_EQ(SimulatedAmountText(-104'574'00, dollar), "-USD 105,000");
  EXPECT_EQ(SimulatedAmountText(0, dollar), "USD 0");
  EXPECT_EQ(SimulatedAmountText(123, {.code = "JPY", .digits = 0}), "JPY 123");
}

TEST(Sentences, ForecastWithAndWithoutQuota) {
  const Business business = CompanyBusiness();
  EXPECT_EQ(
      ForecastSentence(Org(200'000'000, 0.37), business, RunSpec()),
      "The chance that the organisation books its 2017Q4 quota of USD 2,400,000 is 37 %; half "
      "of the outcomes lie between USD 1,500,000 and USD 2,500,000.");
  simulator::EntityPeriodForecast without = Org(200'000'000, 0.37);
  without.quota_minor_units.reset();
  without.attain_probability.reset();
  EXPECT_EQ(ForecastSentence(without, business, RunSpec()),
            "The organisation books USD 2,000,000 in 2017Q4 on average; half of the outcomes lie "
            "between USD 1,500,000 and USD 2,500,000.");
}

TEST(Sentences, Comparison) {
  const Business business = CompanyBusiness();
  simulator::PairedDifference difference;
  difference.difference = Summary(12'000'000);
  difference.better_probability.value = 0.71;
  EXPECT_EQ(
      ComparisonSentence(difference, Org(1, 0.37), Org(2, 0.45), "Base", "Two hires", business),
      "`Two hires` books USD 120,000 more than `Base` on average and more in 71 % of the "
      "outcomes; the chance of the quota goes from 37 % to 45 %.");
  difference.difference = Summary(-12'000'000);
  EXPECT_THAT(ComparisonSentence(difference, Org(1, 0.37), Org(2, 0.3), "A", "B", business),
              HasSubstr("`B` books USD 120,000 less than `A`"));
  difference.tie_probability.value = 1;
  EXPECT_EQ(ComparisonSentence(difference, Org(1, 0.3), Org(1, 0.3), "A", "B", business),
            "`B` books the same as `A` in every outcome.");
}

TEST(Warnings, OfTheData) {
  EXPECT_THAT(Warnings(CompanyBusiness(), {}, RunSpec(), 0),
              ElementsAre("8 of 40 open deals state no amount; it is drawn from the amounts of "
                          "won deals.",
                          "1 of 4 reps has no quota for 2017Q4; their bookings count, the share "
                          "of reps at quota leaves them out."));
  Business business = CompanyBusiness();
  business.deals_without_amount_count = 0;
  business.state.reps[3].quota_minor_units[0] = 1;
  EXPECT_THAT(Warnings(business, {}, RunSpec(), 0), IsEmpty());

  business.model.evidence.tier = simulator::DataTier::kThin;
  business.model.evidence.undated_count = 500;
  business.reconstructed = true;
  business.short_cycle_share = 0.61;
  for (simulator::RepState& rep : business.state.reps) rep.quota_minor_units[0].reset();
  const std::vector<std::string> all = Warnings(business, {}, RunSpec(), 3);
  EXPECT_THAT(all, Contains("The history is thin: 300 won of 900 deals created over 6.0 quarters. "
                            "Ranges are wide and lean on general experience."));
  EXPECT_THAT(all, Contains(HasSubstr("imported after it happened")));
  EXPECT_THAT(all, Contains("500 deals without any date are left out."));
  EXPECT_THAT(all, Contains(HasSubstr("No rep has a quota for 2017Q4")));
  EXPECT_THAT(all, Contains(HasSubstr("61 % of wins come within 28 days")));
  EXPECT_THAT(all, Contains(HasSubstr("3 draws lay outside")));
  RunSpec daily;
  daily.step_days = 1;
  EXPECT_THAT(Warnings(business, {}, daily, 0), Not(Contains(HasSubstr("within 28 days"))));
}

TEST(Warnings, OfTheScenario) {
  simulator::Scenario scenario;
  scenario.initiatives.resize(2);
  scenario.initiatives[0].key = "late";
  scenario.initiatives[0].start = absl::CivilDay(2018, 1, 1);
  scenario.initiatives[1].key = "running";
  scenario.initiatives[1].start = absl::CivilDay(2017, 9, 30);
  scenario.hires.resize(1);
  scenario.hires[0].key = "new";
  scenario.hires[0].start = absl::CivilDay(2017, 10, 16);
  const auto warnings = Warnings(CompanyBusiness(), scenario, RunSpec(), 0);
  EXPECT_THAT(warnings, Contains("Initiative `late` starts on 2018-01-01, after 2017Q4, and "
                                 "changes nothing in it."));
  EXPECT_THAT(warnings, Contains("Initiative `running` began on 2017-09-30; only what is taken up "
                                 "after 2017-09-30 counts, the rest is in the history."));
  EXPECT_THAT(warnings, Contains("Hire `new` starts inside 2017Q4 and carries no quota in it."));
}

TEST(Warnings, OfStaffQuotasAndDemand) {
  simulator::Scenario scenario;
  simulator::Departure& departure = scenario.departures.emplace_back();
  departure.rep = 1;
  departure.end = absl::CivilDay(2018, 1, 1);  // The last day is in the period: no deal moves.
  scenario.absences = {{0, absl::CivilDay(2018, 1, 1), absl::CivilDay(2018, 2, 1)},
                       {2, absl::CivilDay(2017, 12, 31), absl::CivilDay(2018, 2, 1)}};
  scenario.demand_shocks.resize(2);
  scenario.demand_shocks[0].start = absl::CivilDay(2018, 1, 5);
  scenario.demand_shocks[1].start = absl::CivilDay(2017, 9, 1);
  simulator::QuotaChange& quota = scenario.quota_changes.emplace_back();
  quota.person = 3;
  quota.quota_minor_units = 100;
  const auto warnings = Warnings(CompanyBusiness(), scenario, RunSpec(), 0);
  EXPECT_THAT(warnings,
              Contains("The departure of `ben` is after 2017Q4 and changes nothing in it."));
  EXPECT_THAT(warnings,
              Contains("The absence of `ann` is after 2017Q4 and changes nothing in it."));
  EXPECT_THAT(warnings, Not(Contains(HasSubstr("The absence of `cy`"))));
  EXPECT_THAT(warnings, Contains("The change of demand from 2018-01-05 on is after 2017Q4 and "
                                 "changes nothing in it."));
  EXPECT_THAT(warnings, Contains("The change of demand that began on 2017-09-01 counts in full, "
                                 "also what of it is in the history."));
  // Dee, who had none, has a quota now.
  EXPECT_THAT(warnings, Not(Contains(HasSubstr("no quota for 2017Q4"))));
}

TEST(Refusal, SaysWhatIsThereAndWhatIsNeeded) {
  metrics::v1::FitEvidence evidence;
  evidence.set_won_count(1);
  evidence.set_created_count(40);
  evidence.set_quarter_count(1.25);
  EXPECT_EQ(RefusalMessage(evidence),
            "The history has 1 won deal (40 deals created over 1.2 quarters); an honest forecast "
            "needs at least 20 won deals. Import more history, or wait for more deals to close.");
}

TEST(Sentences, Unpaid) {
  EXPECT_EQ(UnpaidWarning(1, 4, "2017Q4"),
            "1 of 4 reps is paid by no compensation plan in 2017Q4: without a quota, or in no "
            "plan's audience.");
  EXPECT_THAT(UnpaidWarning(3, 4, "2017Q4"), ::testing::HasSubstr("3 of 4 reps are paid"));
}

TEST(Sentences, UncountedDeals) {
  EXPECT_EQ(UncountedDealsWarning(16'384, 1),
            "Drivers are looked for among the 16,384 largest open deals; 1 smaller one is left "
            "out.");
  EXPECT_EQ(UncountedDealsWarning(16'384, 2'000),
            "Drivers are looked for among the 16,384 largest open deals; 2,000 smaller ones are "
            "left out.");
}

}  // namespace
}  // namespace quotacast::simulation
