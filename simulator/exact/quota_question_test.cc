// Goal: a person's P(bookings >= quota), and the atom at it, given the chances. Method: all 2^n
// outcomes of the open deals one by one, new pipeline by the unit recursion; every way the question
// is answered (lattices that hold all amounts, sums kept apart, a fine lattice with the atom
// apart).
#include "simulator/exact/quota_question.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/engine/blueprint.h"
#include "simulator/engine/draw_tables.h"
#include "simulator/engine/engine.h"
#include "simulator/exact/amount_law.h"
#include "simulator/exact/discrete_sums.h"
#include "simulator/exact/quota_atom.h"
#include "simulator/exact/win_chances.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::CompanyOptions;

// One person with these open deals (0: without an amount) and one segment.
struct Person {
  Person(const std::vector<int64_t>& amounts, const AmountDistribution& distribution, bool creates,
         double mix_shape)
      : company([&] {
          CompanyOptions options;
          options.open_deals_per_rep = static_cast<int>(amounts.size());
          options.creation_rate_per_day = creates ? 0.1 : 0;
          options.creation_mix_shape = mix_shape;
          Company made = testing::MakeCompany(options);
          made.model.amounts[0] = distribution;
          for (size_t i = 0; i < amounts.size(); ++i) {
            made.state.open_deals[i].amount_minor_units = amounts[i];
            if (amounts[i] == 0) made.state.open_deals[i].amount_minor_units = std::nullopt;
          }
          return made;
        }()),
        plan(*DrawBlueprint(company.model, company.state, {}, {})),
        laws(plan) {
    for (size_t i = 0; i < amounts.size(); ++i) {
      chances.deals.push_back(0.05 + 0.9 * static_cast<double>(i * 7 % 11) / 11);
    }
    if (creates) chances.fresh = {2.2};
  }
  const Seller& seller() const { return plan.sellers[0]; }

  Company company;
  Blueprint plan;
  DealLaws laws;
  WinChances chances;
};

// P(sum of the open deals = x), x <= most; amounts are known.
std::vector<double> OutcomesOneByOne(const Person& person, int64_t most) {
  std::vector<double> law(most + 1, 0);
  const std::vector<DealPlan>& deals = person.seller().deals;
  for (uint32_t outcome = 0; outcome < (1u << deals.size()); ++outcome) {
    double probability = 1;
    int64_t sum = 0;
    for (size_t i = 0; i < deals.size(); ++i) {
      const bool won = (outcome >> i & 1) != 0;
      probability *= won ? person.chances.deals[i] : 1 - person.chances.deals[i];
      if (won) sum += *deals[i].amount_minor_units;
    }
    if (sum <= most) law[sum] += probability;
  }
  return law;
}

// P(sum of new deals = x) under mixing of shape 4.
std::vector<double> FreshInUnits(const std::vector<double>& severity, int64_t most) {
  const double a = 2.2 / 6.2;
  std::vector<double> law = {std::pow((1 - a) / (1 - a * severity[0]), 4)};
  for (int n = 1; n <= most; ++n) {
    double sum = 0;
    for (int j = 1; j <= n && j < static_cast<int>(severity.size()); ++j) {
      sum += (a + 3 * a * j / n) * severity[j] * law[n - j];
    }
    law.push_back(sum / (1 - a * severity[0]));
  }
  return law;
}

void ExpectAnswer(const Person& person, int64_t wanted, const std::vector<double>& fresh,
                  double tolerance) {
  const std::vector<double> open = OutcomesOneByOne(person, wanted);
  double below = 0, at = 0;
  for (int64_t x = 0; x <= wanted; ++x) {
    for (int64_t y = 0; x + y <= wanted && y < static_cast<int64_t>(fresh.size()); ++y) {
      (x + y < wanted ? below : at) += open[x] * fresh[y];
    }
  }
  const QuotaQuestion question(person.seller(), person.laws, wanted, 128);
  QuotaQuestion::Scratch scratch;
  const QuotaQuestion::Answer answer = question.Ask(person.chances, &scratch);
  EXPECT_NEAR(answer.probability, 1 - below, tolerance + 0.5 * answer.cell_mass) << wanted;
  // With a density, single sums have a share of it that the atom leaves out.
  const double atom = fresh.size() == 1 ? at : open[wanted] * fresh[0];
  EXPECT_NEAR(answer.atom, atom, 1e-9) << wanted;
  EXPECT_TRUE(question.atom_is_resolved());
  EXPECT_LT(answer.cell_mass, 0.02) << wanted;
}

const AmountDistribution kConstant = {std::log(7.0), 0, 1'000'000'000};

TEST(QuotaQuestionTest, UnitLatticesAreExact) {
  const Person person({6'000, 9'000, 3'000, 12'000, 3'000}, kConstant, false, 4);
  for (const int64_t wanted : {1, 3'000, 3'001, 15'000, 33'000, 33'001, 100'000}) {
    ExpectAnswer(person, wanted, {1}, 1e-12);
  }
}

TEST(QuotaQuestionTest, SumsWithoutAUnitAreKeptApart) {
  const Person person({6'007, 9'001, 3'011, 12'043, 3'011, 501}, kConstant, false, 4);
  for (const int64_t wanted : {500, 501, 502, 6'022, 9'018, 9'019, 15'008, 33'574, 33'575}) {
    ExpectAnswer(person, wanted, {1}, 1e-12);
  }
}

// Fourteen deals have more than 1,024 different sums: the fine lattice, and the atom apart.
TEST(QuotaQuestionTest, ManySumsOnAFineLattice) {
  const Person person({6'007, 9'001, 3'011, 12'043, 5'501, 501, 7'789, 8'123, 4'447, 1'999, 2'711,
                       10'007, 3'307, 911},
                      kConstant, false, 4);
  ASSERT_FALSE(DiscreteSums::Find({{0, 6'007},
                                   {1, 9'001},
                                   {2, 3'011},
                                   {3, 12'043},
                                   {4, 5'501},
                                   {5, 501},
                                   {6, 7'789},
                                   {7, 8'123},
                                   {8, 4'447},
                                   {9, 1'999},
                                   {10, 2'711},
                                   {11, 10'007},
                                   {12, 3'307},
                                   {13, 911}},
                                  50'000)
                   .has_value());
  for (const int64_t wanted : {20'000, 33'333, 41'000, 52'001}) {
    ExpectAnswer(person, wanted, {1}, 1e-3);
  }
}

TEST(QuotaQuestionTest, KnownAndNewDealsTogether) {
  const AmountDistribution distribution = {std::log(900.0), 0.8, 40'000};
  const std::vector<double> severity = testing::RoundedLognormal(std::log(900.0), 0.8, 40'000);
  const Person person({6'007, 901, 3'011, 2'500}, distribution, true, 4);
  const std::vector<double> fresh = FreshInUnits(severity, 7'000);
  for (const int64_t wanted : {901, 902, 2'500, 3'000, 6'008, 6'908}) {
    ExpectAnswer(person, wanted, fresh, 2e-5);
  }
}

// A deal without an amount is another amount of the segment.
TEST(QuotaQuestionTest, DealsWithoutAmounts) {
  const AmountDistribution distribution = {std::log(900.0), 0.8, 40'000};
  const std::vector<double> severity = testing::RoundedLognormal(std::log(900.0), 0.8, 40'000);
  const Person person({0, 2'500}, distribution, false, 4);
  const double unknown = person.chances.deals[person.seller().deals[0].amount_minor_units ? 1 : 0];
  const double known = person.chances.deals[person.seller().deals[0].amount_minor_units ? 0 : 1];
  for (const int wanted : {700, 2'499, 2'500, 3'100}) {
    const auto reaches = [&](int missing) {
      if (missing <= 0) return 1.0;
      double below = 0;
      for (int a = 0; a < missing; ++a) below += severity[a];
      return unknown * (1 - below);
    };
    const QuotaQuestion question(person.seller(), person.laws, wanted, 128);
    QuotaQuestion::Scratch scratch;
    EXPECT_NEAR(question.Ask(person.chances, &scratch).probability,
                known * reaches(wanted - 2'500) + (1 - known) * reaches(wanted), 2e-5)
        << wanted;
  }
}

// Atoms by themselves: combinations of constant new deals and open ones, negative multinomial.
TEST(QuotaQuestionTest, AtomsOfConstantNewDeals) {
  const AmountDistribution constant = {std::log(1'000.0), 0, 1'000'000};
  const Person person({2'500, 1'000, 1'500}, constant, true, 4);
  std::vector<double> severity(1'001, 0);
  severity[1'000] = 1;
  const std::vector<double> fresh = FreshInUnits(severity, 6'000);
  for (const int64_t wanted : {1'000, 2'500, 3'500, 5'000, 5'001, 6'000}) {
    const std::vector<double> open = OutcomesOneByOne(person, wanted);
    double at = 0;
    for (int64_t x = 0; x <= wanted; ++x) at += open[x] * fresh[wanted - x];
    const QuotaAtom atom(person.seller(), person.laws, wanted);
    EXPECT_TRUE(atom.resolved());
    EXPECT_NEAR(atom.Probability(person.chances), at, 1e-12) << wanted;
  }
  // Far more combinations than are searched: said, and no atom.
  const Person tiny({2'500}, {0, 0, 1'000'000}, true, 4);
  const QuotaAtom given_up(tiny.seller(), tiny.laws, 1'000'000);
  EXPECT_FALSE(given_up.resolved());
  EXPECT_EQ(given_up.Probability(tiny.chances), 0);
}

// More cells, less error: against 2,048, on a sales force given the mean shift. Measured rms errors
// of P(attain) over 160 cells at 64, 128, 256, 512 cells: see docs/model.md.
TEST(QuotaQuestionTest, ErrorFallsWithTheNumberOfCells) {
  const Company company = testing::MakeSalesForce(40, 1);
  EngineOptions options;
  options.period_count = 4;
  const Blueprint plan = *DrawBlueprint(company.model, company.state, {}, options);
  const DealLaws laws(plan);
  const DrawTables tables = BuildDrawTables(plan, 0);
  const int counts[] = {64, 128, 256, 512, 2'048};
  double squares[4] = {0, 0, 0, 0};
  double largest[4] = {0, 0, 0, 0};
  int cells = 0;
  for (const Seller& seller : plan.sellers) {
    for (int period = 0; period < 4; ++period) {
      const WinChances chances =
          ChancesAt(plan, seller, tables, plan.grid.mark_of_period[period], seller.effect_mean);
      const int64_t wanted = plan.wanted_minor_units[seller.entity * 4 + period];
      double answers[5];
      for (int i = 0; i < 5; ++i) {
        QuotaQuestion::Scratch scratch;
        answers[i] =
            QuotaQuestion(seller, laws, wanted, counts[i]).Ask(chances, &scratch).probability;
      }
      ++cells;
      for (int i = 0; i < 4; ++i) {
        const double error = std::abs(answers[i] - answers[4]);
        squares[i] += error * error;
        largest[i] = std::max(largest[i], error);
      }
    }
  }
  const double rms_limits[] = {3e-4, 1.2e-4, 6e-5, 3e-5};
  const double largest_limits[] = {2e-3, 1e-3, 6e-4, 4e-4};
  for (int i = 0; i < 4; ++i) {
    const double rms = std::sqrt(squares[i] / cells);
    EXPECT_LT(rms, rms_limits[i]) << counts[i] << " cells";
    EXPECT_LT(largest[i], largest_limits[i]) << counts[i] << " cells";
    if (i > 0) {
      EXPECT_LT(squares[i], squares[i - 1]);
    }
    std::printf("%d cells: rms %.2e, largest %.2e\n", counts[i], rms, largest[i]);
  }
}

}  // namespace
}  // namespace quotacast::simulator
