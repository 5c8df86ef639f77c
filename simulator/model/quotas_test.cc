// Goal: quota changes apply in their order to those they mean. Method: two reps and a hire by hand.
#include "simulator/model/quotas.h"

#include <optional>

#include "gtest/gtest.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

class QuotasTest : public ::testing::Test {
 protected:
  QuotasTest() {
    testing::CompanyOptions options;
    options.rep_count = 2;
    options.period_count = 2;
    options.quota = 1'001;
    company_ = testing::MakeCompany(options);
    company_.state.reps[1].quota_minor_units = {std::nullopt, std::nullopt};
    scenario_.hires = {testing::HireIntoFirstTeam(company_, 7)};  // 500,000.
  }
  PersonQuotas Quotas() const { return QuotasOf(company_.state, scenario_); }

  testing::Company company_;
  Scenario scenario_;
};

TEST_F(QuotasTest, WithoutChangesAsStated) {
  EXPECT_EQ(Quotas(),
            (PersonQuotas{{1'001, 1'001}, {std::nullopt, std::nullopt}, {500'000, 500'000}}));
}

TEST_F(QuotasTest, AFactorForAllRoundsAndGivesNobodyAQuota) {
  scenario_.quota_changes.resize(1);
  scenario_.quota_changes[0].factor = 0.5;
  EXPECT_EQ(Quotas(), (PersonQuotas{{501, 501},  // 500.5 rounds away from zero.
                                    {std::nullopt, std::nullopt},
                                    {250'000, 250'000}}));
}

TEST_F(QuotasTest, ChangesApplyInOrder) {
  scenario_.quota_changes.resize(3);
  scenario_.quota_changes[0].person = 1;
  scenario_.quota_changes[0].quota_minor_units = 70;  // A quota for somebody who had none.
  scenario_.quota_changes[1].period = 1;
  scenario_.quota_changes[1].factor = 2;
  scenario_.quota_changes[2].person = 2;
  scenario_.quota_changes[2].period = 0;
  scenario_.quota_changes[2].quota_minor_units = 0;
  EXPECT_EQ(Quotas(), (PersonQuotas{{1'001, 2'002}, {70, 140}, {0, 1'000'000}}));
}

TEST_F(QuotasTest, AnAmountForAllIsForThoseWithAQuota) {
  scenario_.quota_changes.resize(1);
  scenario_.quota_changes[0].quota_minor_units = 9;
  EXPECT_EQ(Quotas(), (PersonQuotas{{9, 9}, {std::nullopt, std::nullopt}, {9, 9}}));
}

}  // namespace
}  // namespace quotacast::simulator
