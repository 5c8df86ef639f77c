// Goal: every company that tests build is legal input. Method: validate a spread of options.
#include "simulator/testing/companies.h"

#include "gtest/gtest.h"

namespace quotacast::simulator::testing {
namespace {

void ExpectValid(const Company& company) {
  EXPECT_TRUE(ValidateModel(company.model).ok()) << ValidateModel(company.model);
  EXPECT_TRUE(ValidateState(company.state, company.model).ok())
      << ValidateState(company.state, company.model);
}

TEST(CompaniesTest, CompaniesAreValid) {
  ExpectValid(MakeCompany({}));
  CompanyOptions options;
  options.rep_count = 7;
  options.team_count = 3;
  options.segment_count = 2;
  options.stage_count = 3;
  options.open_deals_per_rep = 9;
  options.max_age_days = 90;
  options.period_count = 4;
  ExpectValid(MakeCompany(options));
  const Company varied = MakeVariedCompany(9, 11, 4, 3);
  ExpectValid(varied);
  ExpectValid(MakeSalesForce(23, 2));
  Scenario scenario;
  scenario.initiatives = {InitiativeForAll(varied, 1)};
  scenario.hires = {HireIntoFirstTeam(varied, 2)};
  EXPECT_TRUE(ValidateScenario(scenario, varied.state, varied.model).ok())
      << ValidateScenario(scenario, varied.state, varied.model);
}

}  // namespace
}  // namespace quotacast::simulator::testing
