// Goal: the laws are those of the model. Method: small companies whose answers are in textbooks,
// written independently of both engines (testing/closed_forms). No sampling: every comparison is to
// a stated absolute tolerance; 1e-6 unless the line says why more.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/exact/exact.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::BivariatePhi;
using testing::ChainWinProbability;
using testing::Company;
using testing::CompanyOptions;
using testing::ExpectNormal;
using testing::PanjerTail;
using testing::Phi;
using testing::PhiInverse;

// The tables are polynomials in the shift: win chances are off by up to 1e-5 where there is one,
// and by rounding alone where there is none.
constexpr double kExact = 1e-7;
constexpr double kWithTables = 1e-6;

ExactForecast Compute(const Company& company, const ExactOptions& options,
                      const Scenario& scenario = {}) {
  const auto forecast = ComputeExact(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(forecast.ok()) << forecast.status();
  return *forecast;
}

ExactOptions Periods(int period_count) {
  ExactOptions options;
  options.engine.period_count = period_count;
  return options;
}

// O1: deals of one stage without a factor: the number won is Poisson-binomial, and so is the org's.
TEST(ExactOracleTest, EqualDealsArePoissonBinomial) {
  CompanyOptions options;
  options.rep_count = 3;
  options.open_deals_per_rep = 7;
  options.weekly_exit_share = 0.12;
  options.advance_probability = 0.6;
  options.deal_amount = 1;
  options.quota = 3;
  options.period_count = 2;
  options.period_weeks = 5;
  const Company company = testing::MakeCompany(options);
  const ExactForecast forecast = Compute(company, Periods(2));
  for (int period = 0; period < 2; ++period) {
    const double p = 0.6 * (std::pow(0.88, 5 * period) - std::pow(0.88, 5 * period + 5));
    const std::vector<double> one = testing::PoissonBinomial(std::vector<double>(7, p));
    const std::vector<double> all = testing::PoissonBinomial(std::vector<double>(21, p));
    double reaches = 0, together = 0;
    for (size_t n = 3; n < one.size(); ++n) reaches += one[n];
    for (size_t n = 9; n < all.size(); ++n) together += all[n];
    const std::vector<ExactLine>& lines = forecast.periods[period].lines;
    ASSERT_EQ(lines.size(), 5u);  // Org, team, three reps.
    for (int r = 2; r < 5; ++r) {
      EXPECT_NEAR(lines[r].mean.value, 7 * p, kExact);
      EXPECT_NEAR(lines[r].sd, std::sqrt(7 * p * (1 - p)), kExact);
      EXPECT_NEAR(lines[r].attain_probability->value, reaches, kExact);
      EXPECT_NEAR(lines[r].quota_atom, one[3], kExact);
      EXPECT_EQ(lines[r].quota_cell_mass, 0);
      EXPECT_TRUE(lines[r].law.is_lattice_exact);
      for (size_t n = 0; n < one.size(); ++n) EXPECT_NEAR(lines[r].law.masses[n], one[n], kExact);
    }
    for (int e = 0; e < 2; ++e) {
      EXPECT_EQ(*lines[e].quota_minor_units, 9);
      EXPECT_NEAR(lines[e].mean.value, 21 * p, kExact);
      EXPECT_NEAR(lines[e].sd, std::sqrt(21 * p * (1 - p)), kExact);
      EXPECT_NEAR(lines[e].attain_probability->value, together, kExact);
      for (size_t n = 0; n < all.size(); ++n) EXPECT_NEAR(lines[e].law.masses[n], all[n], kExact);
    }
    // O8: the number at quota is binomial.
    const std::vector<double> count = testing::PoissonBinomial({reaches, reaches, reaches});
    for (int n = 0; n <= 3; ++n) {
      EXPECT_NEAR(forecast.periods[period].at_quota_law[n], count[n], kExact);
    }
  }
}

// O2: two deals of 60 and 70 against a quota of 100, in hundreds of thousands of minor units that
// no lattice of 128 cells holds: only both together reach it; and against 60 exactly, which is an
// atom the lattice alone would halve.
TEST(ExactOracleTest, TheAtomAtTheQuotaIsExact) {
  CompanyOptions options;
  options.open_deals_per_rep = 2;
  options.weekly_exit_share = 0.2;
  options.advance_probability = 0.5;
  Company company = testing::MakeCompany(options);
  company.state.open_deals[0].amount_minor_units = 6'000'001;
  company.state.open_deals[1].amount_minor_units = 7'000'003;
  const double p = 0.5 * (1 - std::pow(0.8, 13));
  const struct {
    int64_t quota;
    double probability, atom;
  } cases[] = {{10'000'000, p * p, 0},
               {6'000'001, 1 - (1 - p) * (1 - p), p * (1 - p)},
               {13'000'004, p * p, p * p},
               {13'000'005, 0, 0},
               {1, 1 - (1 - p) * (1 - p), 0}};
  for (const auto& c : cases) {
    company.state.reps[0].quota_minor_units[0] = c.quota;
    const ExactForecast forecast = Compute(company, Periods(1));
    const ExactLine& rep = forecast.periods[0].lines[2];
    // One minor unit past both deals is within a cell of them: half of their mass is in doubt, and
    // said to be.
    const double doubt = 0.5 * rep.quota_cell_mass;
    EXPECT_NEAR(rep.attain_probability->value, c.probability, doubt + kExact) << c.quota;
    EXPECT_NEAR(rep.quota_atom, c.atom, kExact) << c.quota;
    if (c.quota != 13'000'005) {
      EXPECT_LT(rep.quota_cell_mass, kExact) << c.quota;
    }
  }
}

constexpr double kExit = 0.25;
constexpr double kAdvance = 0.6;
constexpr int kPeriodWeeks = 8;

CompanyOptions TwoStages() {
  CompanyOptions options;
  options.rep_count = 2;
  options.stage_count = 2;
  options.weekly_exit_share = kExit;
  options.advance_probability = kAdvance;
  options.creation_rate_per_day = 0.15;
  options.deal_amount = 1;
  options.period_count = 4;
  options.period_weeks = kPeriodWeeks;
  return options;
}

double ExpectedWins(int period) {
  const int begin = period * kPeriodWeeks, end = begin + kPeriodWeeks;
  double wins = 0;
  for (int w = 0; w < end; ++w) {
    wins += ChainWinProbability(2, kExit, kAdvance, 0, end - w);
    if (w < begin) wins -= ChainWinProbability(2, kExit, kAdvance, 0, begin - w);
  }
  return 0.15 * 7 * wins;
}

// O4: new pipeline without mixing, amounts rounded lognormal: compound Poisson by Panjer.
TEST(ExactOracleTest, NewPipelineIsCompoundPoisson) {
  CompanyOptions options = TwoStages();
  options.deal_amount = 4;
  options.amount_log_sd = 0.7;
  Company company = testing::MakeCompany(options);
  company.model.amounts[0].cap_minor_units = 40;
  for (int p = 0; p < 4; ++p) {
    company.state.reps[0].quota_minor_units[p] = 3 + 3 * p;
    company.state.reps[1].quota_minor_units[p] = 25;
  }
  const ExactForecast forecast = Compute(company, Periods(4));
  const std::vector<double> severity = testing::RoundedLognormal(std::log(4.0), 0.7, 40);
  double first = 0, second = 0;
  for (int a = 0; a <= 40; ++a) {
    first += a * severity[a];
    second += a * a * severity[a];
  }
  for (int p = 0; p < 4; ++p) {
    const double wins = ExpectedWins(p);
    const double zero = std::exp(-wins * (1 - severity[0]));
    const std::vector<ExactLine>& lines = forecast.periods[p].lines;
    EXPECT_NEAR(lines[2].attain_probability->value, PanjerTail(0, wins, zero, severity, 3 + 3 * p),
                kExact);
    EXPECT_NEAR(lines[3].attain_probability->value, PanjerTail(0, wins, zero, severity, 25),
                kExact);
    EXPECT_NEAR(lines[2].mean.value, wins * first, 1e-6);
    EXPECT_NEAR(lines[2].sd, std::sqrt(wins * second), 1e-6);
    // Two independent people are one with twice the rate.
    const double both = std::exp(-2 * wins * (1 - severity[0]));
    EXPECT_NEAR(lines[0].attain_probability->value,
                PanjerTail(0, 2 * wins, both, severity, 28 + 3 * p), kExact);
  }
}

// O6: Gamma mixing: negative binomial counts, compound law by Panjer, two segments share the draw.
TEST(ExactOracleTest, MixedCreationIsNegativeBinomial) {
  CompanyOptions options = TwoStages();
  options.segment_count = 2;
  options.creation_mix_shape = 2;
  Company company = testing::MakeCompany(options);
  company.model.amounts[1].log_median = std::log(3.0);
  for (int p = 0; p < 4; ++p) company.state.reps[0].quota_minor_units[p] = 4 + p;
  const ExactForecast forecast = Compute(company, Periods(4));
  const double k = 2;
  const std::vector<double> severity = {0, 0.5, 0, 0.5};
  for (int p = 0; p < 4; ++p) {
    const double wins = 2 * ExpectedWins(p);
    const double a = wins / (wins + k);
    const ExactLine& rep = forecast.periods[p].lines[2];
    EXPECT_NEAR(rep.attain_probability->value,
                PanjerTail(a, (k - 1) * a, std::pow(1 - a, k), severity, 4 + p), kExact);
    EXPECT_NEAR(rep.mean.value, 2 * wins, 1e-6);
    // E A = 2, E A^2 = 5; the count's extra variance moves the mean amount.
    EXPECT_NEAR(rep.sd, std::sqrt(5 * wins + 4 * wins * wins / k), 1e-6);
    EXPECT_NEAR(rep.law.masses[0], std::pow(1 - a, k), kExact);
  }
}

// The same in money: amounts of thousands and a lattice that cannot hold them, against the exact
// unit recursion. 128 cells: the mean-preserving split and the half-cell rule cost less than 1e-4.
TEST(ExactOracleTest, CompoundLawOnALatticeIsNearTheUnitRecursion) {
  CompanyOptions options = TwoStages();
  options.rep_count = 1;
  options.creation_mix_shape = 10;
  options.deal_amount = 500;
  options.amount_log_sd = 0.8;
  options.open_deals_per_rep = 3;
  Company company = testing::MakeCompany(options);
  company.model.amounts[0].cap_minor_units = 30'000;
  const std::vector<double> severity = testing::RoundedLognormal(std::log(500.0), 0.8, 30'000);
  const int64_t amounts[] = {307, 911, 1'450};
  for (int i = 0; i < 3; ++i) company.state.open_deals[i].amount_minor_units = amounts[i];
  for (const int quota : {900, 1'700, 2'668, 4'001}) {
    company.state.reps[0].quota_minor_units[0] = quota;
    ExactOptions exact = Periods(1);
    const ExactForecast forecast = Compute(company, exact);
    const double wins = ExpectedWins(0);
    const double a = wins / (wins + 10);
    // The law of the open deals in units, then P(new >= what is missing).
    std::vector<double> open(quota, 0);
    open[0] = 1;
    for (const OpenDeal& deal : company.state.open_deals) {
      const double p = ChainWinProbability(2, kExit, kAdvance, deal.stage, kPeriodWeeks);
      for (int x = quota - 1; x >= 0; --x) {
        const int64_t from = x - *deal.amount_minor_units;
        open[x] = (1 - p) * open[x] + (from >= 0 ? p * open[from] : 0);
      }
    }
    std::vector<double> fresh = {std::pow((1 - a) / (1 - a * severity[0]), 10)};
    for (int n = 1; n < quota; ++n) {
      double sum = 0;
      for (int j = 1; j <= n; ++j) sum += (a + 9 * a * j / n) * severity[j] * fresh[n - j];
      fresh.push_back(sum / (1 - a * severity[0]));
    }
    double below = 0;
    for (int x = 0; x < quota; ++x) {
      for (int y = 0; x + y < quota; ++y) below += open[x] * fresh[y];
    }
    const ExactLine& rep = forecast.periods[0].lines[2];
    EXPECT_NEAR(rep.attain_probability->value, 1 - below, 1e-4) << quota;
    // The org is this one rep, by transforms, which know of no atoms: at 2,668 = 307 + 911 + 1,450
    // half of one is missing, and said to be in doubt.
    const ExactLine& org = forecast.periods[0].lines[0];
    EXPECT_NEAR(org.attain_probability->value, 1 - below, quota == 2'668 ? 7e-3 : 1e-3) << quota;
    EXPECT_NEAR(org.attain_probability->value, 1 - below, 0.5 * org.quota_cell_mass + 2e-4)
        << quota;
    EXPECT_NEAR(forecast.periods[0].lines[0].mean.value, rep.mean.value, 1e-6);
    EXPECT_NEAR(forecast.periods[0].lines[0].sd, rep.sd, 1e-6);
  }
}

constexpr double kMarket = 0.25, kTeam = 0.2, kRep = 0.15;

CompanyOptions OneStage() {
  CompanyOptions options;
  options.rep_count = 4;  // Reps 0 and 2 in team 0, reps 1 and 3 in team 1.
  options.team_count = 2;
  options.open_deals_per_rep = 8;
  options.weekly_exit_share = 0.2;
  options.advance_probability = 0.4;
  options.market_sd = kMarket;
  options.team_sd = kTeam;
  options.rep_sd = kRep;
  options.rep_variance = kRep * kRep;
  options.deal_amount = 1;
  options.quota = 2;
  return options;
}

// O7: variances and covariances of the probit model by bivariate normal probabilities.
TEST(ExactOracleTest, CommonFactorsGiveTheProbitModelsCovariances) {
  const ExactForecast forecast = Compute(testing::MakeCompany(OneStage()), Periods(1));
  const double leaves = 1 - std::pow(0.8, 13);
  const double p = leaves * 0.4;
  const double b2 = kMarket * kMarket + kTeam * kTeam + kRep * kRep;
  const double z = PhiInverse(0.4);
  const auto both = [&](double c) { return leaves * leaves * BivariatePhi(z, z, c / (1 + b2)); };
  const double same_rep = both(b2) - p * p;
  const double same_team = both(kMarket * kMarket + kTeam * kTeam) - p * p;
  const double other_team = both(kMarket * kMarket) - p * p;
  const double rep_variance = 8 * p * (1 - p) + 56 * same_rep;
  const std::vector<ExactLine>& lines = forecast.periods[0].lines;
  for (int r = 3; r < 7; ++r) {
    EXPECT_NEAR(lines[r].mean.value, 8 * p, kWithTables);
    EXPECT_NEAR(lines[r].sd, std::sqrt(rep_variance), kWithTables);
  }
  for (int t = 1; t < 3; ++t) {
    EXPECT_NEAR(lines[t].mean.value, 16 * p, kWithTables);
    EXPECT_NEAR(lines[t].sd, std::sqrt(2 * rep_variance + 128 * same_team), 1e-5);
  }
  EXPECT_NEAR(lines[0].sd, std::sqrt(4 * rep_variance + 256 * same_team + 512 * other_team), 1e-5);
  // The laws agree with the moments that were not read off them.
  for (const ExactLine& line : lines) {
    double mean = 0, second = 0, total = 0;
    for (size_t n = 0; n < line.law.masses.size(); ++n) {
      const double x = static_cast<double>(n) * line.law.width;
      total += line.law.masses[n];
      mean += x * line.law.masses[n];
      second += x * x * line.law.masses[n];
    }
    EXPECT_NEAR(total, 1, 1e-9);
    EXPECT_NEAR(mean, line.mean.value, 1e-5);
    EXPECT_NEAR(std::sqrt(second - mean * mean), line.sd, 1e-5);
  }
}

// O7 for laws: P(attain) of a rep by quadrature over the whole shift; of the team over market and
// team with the reps' own shifts inside; of the org likewise. Forty equal reps: O8 with a factor.
TEST(ExactOracleTest, LawsUnderFactorsMatchQuadrature) {
  const ExactForecast forecast = Compute(testing::MakeCompany(OneStage()), Periods(1));
  const double leaves = 1 - std::pow(0.8, 13);
  const double b2 = kMarket * kMarket + kTeam * kTeam + kRep * kRep;
  const double z = PhiInverse(0.4) * std::sqrt(1 + b2);
  const auto law_at = [&](double x) {
    return testing::PoissonBinomial(std::vector<double>(8, leaves * Phi(z + x)));
  };
  const auto reach = [&](double x) {
    const std::vector<double> law = law_at(x);
    return 1 - law[0] - law[1];
  };
  const std::vector<ExactLine>& lines = forecast.periods[0].lines;
  const double rep = ExpectNormal([&](double x) { return reach(std::sqrt(b2) * x); });
  for (int r = 3; r < 7; ++r) {
    EXPECT_NEAR(lines[r].attain_probability->value, rep, kWithTables);
  }
  // Nested trapezoid sums, fine enough for 1e-9: the org's law and the number at quota.
  std::vector<double> points, weights;
  for (double x = -7; x <= 7.001; x += 0.35) {
    points.push_back(x);
    weights.push_back(0.35 * std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI));
  }
  const auto convolve = [](const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> sum(a.size() + b.size() - 1, 0);
    for (size_t i = 0; i < a.size(); ++i) {
      for (size_t j = 0; j < b.size(); ++j) sum[i + j] += a[i] * b[j];
    }
    return sum;
  };
  std::vector<double> org(33, 0), count(5, 0);
  for (size_t m = 0; m < points.size(); ++m) {
    std::vector<double> team(17, 0), team_count(3, 0);
    for (size_t t = 0; t < points.size(); ++t) {
      std::vector<double> one(9, 0);
      double reaches = 0;
      for (size_t e = 0; e < points.size(); ++e) {
        const double x = kMarket * points[m] + kTeam * points[t] + kRep * points[e];
        const std::vector<double> law = law_at(x);
        for (size_t n = 0; n < law.size(); ++n) one[n] += weights[e] * law[n];
        reaches += weights[e] * reach(x);
      }
      const std::vector<double> pair = convolve(one, one);
      for (size_t n = 0; n < pair.size(); ++n) team[n] += weights[t] * pair[n];
      const std::vector<double> two = convolve({1 - reaches, reaches}, {1 - reaches, reaches});
      for (size_t n = 0; n < two.size(); ++n) team_count[n] += weights[t] * two[n];
    }
    const std::vector<double> all = convolve(team, team);
    for (size_t n = 0; n < all.size(); ++n) org[n] += weights[m] * all[n];
    const std::vector<double> four = convolve(team_count, team_count);
    for (size_t n = 0; n < four.size(); ++n) count[n] += weights[m] * four[n];
  }
  for (size_t n = 0; n < org.size(); ++n) {
    EXPECT_NEAR(lines[0].law.masses[n], org[n], 2e-6) << n;
  }
  for (size_t n = 0; n < count.size(); ++n) {
    EXPECT_NEAR(forecast.periods[0].at_quota_law[n], count[n], 2e-6) << n;
  }
}

// O8 with a factor: mean n p, variance n p (1 - p) + n (n - 1) (E p(M)^2 - p^2).
TEST(ExactOracleTest, NumberOfEqualRepsAtQuotaIsOverdispersed) {
  CompanyOptions options;
  options.rep_count = 40;
  options.open_deals_per_rep = 5;
  options.weekly_exit_share = 0.1;
  options.market_sd = 0.25;
  options.deal_amount = 1;
  options.quota = 2;
  const ExactForecast forecast = Compute(testing::MakeCompany(options), Periods(1));
  const double leaves = 1 - std::pow(0.9, 13);
  const auto reach = [&](double m) {
    const double win = leaves * Phi(0.25 * m);
    return 1 - std::pow(1 - win, 5) - 5 * win * std::pow(1 - win, 4);
  };
  const double p = ExpectNormal(reach);
  const double square = ExpectNormal([&](double m) { return reach(m) * reach(m); });
  double mean = 0, second = 0;
  for (size_t n = 0; n < forecast.periods[0].at_quota_law.size(); ++n) {
    mean += static_cast<double>(n) * forecast.periods[0].at_quota_law[n];
    second += static_cast<double>(n * n) * forecast.periods[0].at_quota_law[n];
  }
  EXPECT_NEAR(mean, 40 * p, 4e-5);
  EXPECT_NEAR(second - mean * mean, 40 * p * (1 - p) + 40 * 39 * (square - p * p), 2e-3);
}

}  // namespace
}  // namespace quotacast::simulator
