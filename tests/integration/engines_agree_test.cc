// Goal: the Monte Carlo engine and the exact engine agree on models fitted to histories as they
// come: a real export, the generated company of the demo, a generated sales force of 500. Method:
// each history through the fit, one parameter draw through both engines.
//
// Without shared factors people are independent: z-scores of P(attain) and of the mean over all
// (person, period) cells together, the root mean square within four of its standard errors (false
// alarm 6e-5, somewhat more as a person's periods share the mixing of creation), no magnitude
// of 4.6 (at most 5e-3 over 1,100 cells). With factors the organisation is judged by itself
// against 4.6 standard errors.
#include <cmath>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/ingestion/small_company.h"
#include "services/metrics/metrics.h"
#include "services/simulation/business.h"
#include "services/simulation/sources.h"
#include "simulator/exact/exact.h"
#include "simulator/testing/both_engines.h"
#include "simulator/testing/companies.h"
#include "tests/integration/imported_company.h"
#include "tests/integration/plain_csv.h"
#include "tests/integration/simulation_on_metrics.h"
#include "tests/validation/generated_company.h"
#include "tools/gen/options.h"

namespace quotacast {
namespace {

using simulator::testing::BothEngines;
using simulator::testing::Company;
using simulator::testing::ExpectPeopleAgree;
using simulator::testing::RunBoth;
using simulator::testing::SwitchFactorsOff;

constexpr uint64_t kSeed = 7;

// The fitted model's first draw and the state, up to the end of `last_period`.
Company FittedOn(metrics::Metrics& metrics, const std::string& workspace, absl::CivilDay as_of,
                 const std::string& last_period) {
  const simulation::SimulationSources sources = SourcesOn(metrics);
  const std::string parent = absl::StrCat("workspaces/", workspace);
  type::v1::AsOf asked;
  asked.mutable_effective_date()->set_year(static_cast<int>(as_of.year()));
  asked.mutable_effective_date()->set_month(as_of.month());
  asked.mutable_effective_date()->set_day(as_of.day());
  const auto model = sources.fit(parent, asked, {});
  EXPECT_TRUE(model.ok()) << model.status();
  const auto state = sources.state(parent, model->as_of(), last_period, {});
  EXPECT_TRUE(state.ok()) << state.status();
  const auto business = simulation::BusinessFrom(*model, *state);
  EXPECT_TRUE(business.ok()) << business.status();
  Company company = {business->model, business->state};
  company.model.draws.resize(1);
  return company;
}

// Four standard errors of the root mean square over all people and periods.
double SlackOf(const Company& company) {
  const double cells =
      static_cast<double>(company.state.reps.size() * company.state.periods.size());
  return 4 / std::sqrt(2 * cells);
}

// Quotas at what each is expected to book, where the data has none: the law's middle.
void SetQuotasAtTheMean(Company& company) {
  simulator::ExactOptions options;
  options.engine.period_count = static_cast<int>(company.state.periods.size());
  options.sums = false;
  const auto exact = simulator::ComputeExact(company.model, company.state, {}, options, nullptr);
  ASSERT_TRUE(exact.ok()) << exact.status();
  for (size_t p = 0; p < company.state.periods.size(); ++p) {
    const auto& lines = exact->periods[p].lines;
    const size_t first = lines.size() - company.state.reps.size();
    for (size_t r = 0; r < company.state.reps.size(); ++r) {
      company.state.reps[r].quota_minor_units[p] =
          static_cast<int64_t>(std::llround(lines[first + r].mean.value));
    }
  }
}

void ExpectOrgAgrees(const BothEngines& run) {
  for (int period = 0; period < run.shape.period_count; ++period) {
    const simulator::ExactLine& org = run.Line(0, period);
    const double booked = static_cast<double>(org.booked_minor_units);
    EXPECT_NEAR(run.Moments(0, period).Mean() + booked, org.mean.value,
                4.6 * org.sd / std::sqrt(run.trials));
    if (!org.attain_probability.has_value()) continue;
    const double p = org.attain_probability->value;
    EXPECT_NEAR(run.AttainShare(0, period), p,
                4.6 * std::sqrt(p * (1 - p) / run.trials) + org.quota_cell_mass);
  }
}

TEST(EnginesAgree, OnMavenTech) {
  const char* datasets = std::getenv("QUOTACAST_DATASETS");
  if (datasets == nullptr) GTEST_SKIP() << "QUOTACAST_DATASETS is not set";
  ImportedCompany imported(absl::CivilDay(2018, 1, 15));
  ingestion::Files files;
  for (const char* name :
       {"sales_pipeline.csv", "sales_teams.csv", "products.csv", "accounts.csv"}) {
    files[name] = ReadPlainFile(absl::StrCat(datasets, "/maventech/", name));
    ASSERT_FALSE(files[name].empty()) << name;
  }
  imported.Import(ingestion::ShippedProfile("maventech"), files);
  Company company =
      FittedOn(imported.metrics(), kImportedWorkspace, absl::CivilDay(2017, 9, 30), "2018Q1");
  SetQuotasAtTheMean(company);
  ExpectOrgAgrees(RunBoth(company, {}, 2, 20'000, true, kSeed));
  SwitchFactorsOff(company);
  ExpectPeopleAgree(RunBoth(company, {}, 2, 20'000, false, kSeed), SlackOf(company));
}

TEST(EnginesAgree, OnTheDemosCompany) {
  const gen::CompanyOptions options;
  const auto generated = validation::GeneratedCompany::Make(options);
  ASSERT_TRUE(generated.ok()) << generated.status();
  Company company =
      FittedOn((*generated)->metrics(), validation::kWorkspace, options.last_day, "2027Q1");
  SetQuotasAtTheMean(company);
  ExpectOrgAgrees(RunBoth(company, {}, 2, 20'000, true, kSeed));
  SwitchFactorsOff(company);
  ExpectPeopleAgree(RunBoth(company, {}, 2, 20'000, false, kSeed), SlackOf(company));
}

TEST(EnginesAgree, OnFiveHundredReps) {
  gen::CompanyOptions options;
  options.rep_count = 500;
  options.start = absl::CivilDay(2025, 10, 1);
  const auto generated = validation::GeneratedCompany::Make(options);
  ASSERT_TRUE(generated.ok()) << generated.status();
  Company company =
      FittedOn((*generated)->metrics(), validation::kWorkspace, options.last_day, "2026Q4");
  EXPECT_GE(company.state.reps.size(), 500u);
  SetQuotasAtTheMean(company);
  SwitchFactorsOff(company);
  ExpectPeopleAgree(RunBoth(company, {}, 1, 10'000, false, kSeed), SlackOf(company));
}

}  // namespace
}  // namespace quotacast
