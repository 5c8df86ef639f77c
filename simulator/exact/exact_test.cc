// Goal: the exact engine's door: refusals, cancellation, inputs at the edge of sense, and that
// neither threads nor order show in any bit. Method: degenerate companies whose answers are known,
// and companies with a bit of everything, permuted.
#include "simulator/exact/exact.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::CompanyOptions;
using testing::MakeCompany;

ExactForecast MustCompute(const Company& company, const ExactOptions& options,
                          const Scenario& scenario = {}) {
  const auto forecast = ComputeExact(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(forecast.ok()) << forecast.status();
  return *forecast;
}

// Every figure of a line, in a row.
std::vector<double> FiguresOf(const ExactLine& line) {
  std::vector<double> figures = {line.mean.value, line.mean.parameter_sd, line.mean.total_se,
                                 line.sd,         line.law.width,         line.law.above,
                                 line.quota_atom, line.quota_cell_mass};
  if (line.attain_probability.has_value()) {
    figures.push_back(line.attain_probability->value);
    figures.push_back(line.attain_probability->parameter_sd);
  }
  for (const QuantileValue& quantile : line.quantiles) figures.push_back(quantile.value);
  figures.insert(figures.end(), line.law.masses.begin(), line.law.masses.end());
  return figures;
}

// By level, key, period and last day.
std::map<std::string, std::vector<double>> FiguresByLine(const ExactForecast& forecast) {
  std::map<std::string, std::vector<double>> figures;
  for (const ExactPeriod& period : forecast.periods) {
    const std::string of_period = "/" + std::to_string(period.period);
    for (const ExactLine& line : period.lines) {
      std::string key = std::to_string(static_cast<int>(line.entity.level)) + line.entity.key;
      if (line.by.has_value()) key += absl::FormatCivilTime(*line.by);
      figures[key + of_period] = FiguresOf(line);
    }
    figures["at quota" + of_period] = period.at_quota_law;
  }
  return figures;
}

Scenario WithEffects(const Company& company) {
  Scenario scenario;
  scenario.initiatives = {testing::InitiativeForAll(company, 5)};
  scenario.initiatives[0].win = Effect{0.1, 0.05};
  scenario.hires = {testing::HireIntoFirstTeam(company, 6)};
  return scenario;
}

TEST(ExactTest, NothingToWin) {
  CompanyOptions options;
  options.quota = 5;
  Company company = MakeCompany(options);
  const ExactForecast forecast = MustCompute(company, {});
  for (const ExactLine& line : forecast.periods[0].lines) {
    EXPECT_EQ(line.mean.value, 0);
    EXPECT_EQ(line.sd, 0);
    EXPECT_NEAR(line.attain_probability->value, 0, 1e-9);
    EXPECT_NEAR(line.law.masses[0], 1, 1e-9);
    EXPECT_EQ(line.quantiles.back().value, 0);
  }
  EXPECT_EQ(forecast.periods[0].at_quota_law, (std::vector<double>{1, 0}));
  // A quota of nothing, and one that is booked already, are reached.
  for (const int64_t booked : {0, 9}) {
    company.state.reps[0].quota_minor_units[0] = booked;
    company.state.reps[0].booked_minor_units[0] = booked;
    const ExactForecast reached = MustCompute(company, {});
    for (const ExactLine& line : reached.periods[0].lines) {
      EXPECT_EQ(line.attain_probability->value, 1);
      EXPECT_EQ(line.mean.value, booked);
      EXPECT_EQ(line.quantiles.front().value, booked);
    }
  }
  // Nobody at all, and nobody with a quota.
  company.state.reps[0].quota_minor_units[0] = std::nullopt;
  const ExactForecast without = MustCompute(company, {});
  for (const ExactLine& line : without.periods[0].lines) {
    EXPECT_FALSE(line.attain_probability.has_value());
  }
  EXPECT_EQ(without.periods[0].at_quota_law, (std::vector<double>{1}));
  options.rep_count = 0;
  const ExactForecast empty = MustCompute(MakeCompany(options), {});
  EXPECT_EQ(empty.periods[0].lines.size(), 2u);
}

// Every deal is won in the first step: a quota of all of them is reached, one of a cent more not.
TEST(ExactTest, CertainWins) {
  CompanyOptions options;
  options.rep_count = 2;
  options.open_deals_per_rep = 3;
  options.advance_probability = 1;
  Company company = MakeCompany(options);
  company.model.draws[0].cells[0].ages[0].exit_rate_per_day = 100;
  for (OpenDeal& deal : company.state.open_deals) deal.amount_minor_units = 12'345'679;
  const int64_t all = 3 * int64_t{12'345'679};
  company.state.reps[0].quota_minor_units[0] = all;
  company.state.reps[1].quota_minor_units[0] = all + 1;
  const ExactForecast forecast = MustCompute(company, {});
  const std::vector<ExactLine>& lines = forecast.periods[0].lines;
  EXPECT_EQ(lines[2].attain_probability->value, 1);
  EXPECT_EQ(lines[2].quota_atom, 1);
  EXPECT_EQ(lines[3].attain_probability->value, 0);
  EXPECT_EQ(lines[2].mean.value, static_cast<double>(all));
  EXPECT_EQ(lines[2].sd, 0);
  EXPECT_NEAR(forecast.periods[0].at_quota_law[1], 1, 1e-12);
  EXPECT_NEAR(lines[0].mean.value, 2 * static_cast<double>(all), 1);
  EXPECT_NEAR(lines[0].attain_probability->value, 0, 1e-9);
}

// A certain deal and one of one half: laws and quantiles are two atoms.
TEST(ExactTest, QuantilesAreAmountsOfTheLaw) {
  CompanyOptions options;
  options.open_deals_per_rep = 1;
  options.deal_amount = 30'000;
  Company company = MakeCompany(options);
  company.model.draws[0].cells[0].ages[0].exit_rate_per_day = 100;
  company.state.reps[0].booked_minor_units[0] = 7;
  const ExactForecast forecast = MustCompute(company, {});
  const ExactLine& rep = forecast.periods[0].lines[2];
  EXPECT_TRUE(rep.law.is_lattice_exact);
  EXPECT_EQ(rep.law.width, 30'000);
  for (const QuantileValue& quantile : rep.quantiles) {
    if (quantile.probability == 0.5) continue;  // A tie up to the error of the tables.
    EXPECT_EQ(quantile.value, quantile.probability < 0.5 ? 7 : 30'007);
  }
}

TEST(ExactTest, ThreadsAndOrderDoNotShow) {
  const Company company = testing::MakeVariedCompany(14, 9, 3, 2);
  const Scenario scenario = WithEffects(company);
  ExactOptions options;
  options.engine.period_count = 2;
  options.engine.cut_days = {company.state.as_of + 20};
  options.law_cells = 64;
  const auto expected = FiguresByLine(MustCompute(company, options, scenario));
  ASSERT_EQ(expected.size(), 3u * (1 + 3 + 14 + 1) + 2);
  for (const int threads : {2, 3}) {
    options.threads = threads;
    EXPECT_EQ(FiguresByLine(MustCompute(company, options, scenario)), expected) << threads;
  }
  // Reps, deals and leaf teams the other way round.
  Company turned = company;
  const int reps = static_cast<int>(company.state.reps.size());
  const size_t segments = company.model.segments.size();
  std::reverse(turned.state.reps.begin(), turned.state.reps.end());
  std::reverse(turned.model.reps.begin(), turned.model.reps.end());
  std::reverse(turned.model.rep_effects.begin(), turned.model.rep_effects.end());
  std::reverse(turned.model.teams.begin(), turned.model.teams.end());
  std::swap(turned.state.teams[1], turned.state.teams[2]);
  for (RepState& rep : turned.state.reps) rep.team = 3 - rep.team;
  for (size_t k = 0; k < turned.model.draws.size(); ++k) {
    const ParameterDraw& from = company.model.draws[k];
    ParameterDraw& to = turned.model.draws[k];
    for (int r = 0; r < reps; ++r) {
      for (size_t g = 0; g < segments; ++g) {
        to.creation_rate_per_day[r * segments + g] =
            from.creation_rate_per_day[(reps - 1 - r) * segments + g];
      }
    }
    for (size_t g = 0; g < segments; ++g) {
      std::swap(to.team_creation_rate_per_day[g], to.team_creation_rate_per_day[segments + g]);
    }
  }
  for (OpenDeal& deal : turned.state.open_deals) deal.rep = reps - 1 - deal.rep;
  std::reverse(turned.state.open_deals.begin(), turned.state.open_deals.end());
  Scenario turned_scenario = scenario;
  turned_scenario.hires[0].team = 3 - scenario.hires[0].team;
  EXPECT_EQ(FiguresByLine(MustCompute(turned, options, turned_scenario)), expected);
}

// Another colleague changes nobody else's figures.
TEST(ExactTest, AColleagueLeavesTheOthersAlone) {
  const Company company = testing::MakeVariedCompany(6, 8, 2, 1);
  ExactOptions options;
  options.sums = false;
  auto alone = FiguresByLine(MustCompute(company, options));
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 6)};
  auto joined = FiguresByLine(MustCompute(company, options, scenario));
  EXPECT_EQ(joined.erase("2hire6/0"), 1u);
  EXPECT_EQ(joined, alone);
  EXPECT_EQ(alone.size(), 6u + 1);
}

// Tables too large to keep are built again where they are used, a few draws at a time.
TEST(ExactTest, DrawsWithoutKeptTables) {
  const Company company = testing::MakeVariedCompany(3, 80, 256, 4);
  ExactOptions options;
  options.engine.period_count = 4;
  options.draw_limit = 3;
  options.law_cells = 64;
  const ExactForecast forecast = MustCompute(company, options);
  EXPECT_EQ(forecast.draw_count, 3);
  EXPECT_EQ(forecast.model_draw_count, 256);
  options.threads = 2;
  EXPECT_EQ(FiguresByLine(MustCompute(company, options)), FiguresByLine(forecast));
  // The same three draws by themselves, whose tables are kept.
  Company few = company;
  few.model.draws = {company.model.draws[0], company.model.draws[85], company.model.draws[170]};
  options.draw_limit = 0;
  const ExactForecast kept = MustCompute(few, options);
  EXPECT_EQ(kept.model_draw_count, 3);
  EXPECT_EQ(FiguresByLine(kept), FiguresByLine(forecast));
}

// The spread between draws is the standard deviation of what single draws say.
TEST(ExactTest, ParameterSpreadIsThatOfTheDraws) {
  const Company company = testing::MakeVariedCompany(4, 8, 4, 1);
  const ExactForecast mixed = MustCompute(company, {});
  for (size_t i = 0; i < mixed.periods[0].lines.size(); ++i) {
    double sum = 0, squares = 0, attain = 0;
    for (int k = 0; k < 4; ++k) {
      Company one = company;
      one.model.draws = {company.model.draws[k]};
      const ExactForecast single = MustCompute(one, {});
      const ExactLine& line = single.periods[0].lines[i];
      sum += line.mean.value;
      squares += line.mean.value * line.mean.value;
      if (line.attain_probability.has_value()) attain += line.attain_probability->value / 4;
      EXPECT_EQ(line.mean.parameter_sd, 0);
    }
    const ExactLine& line = mixed.periods[0].lines[i];
    EXPECT_NEAR(line.mean.value, sum / 4, 1e-6 * line.mean.value);
    const double spread = std::sqrt((squares - sum * sum / 4) / 3);
    EXPECT_NEAR(line.mean.parameter_sd, spread, 1e-4 * spread);
    // The lattices of sums differ between the five computations.
    if (line.attain_probability.has_value()) {
      EXPECT_NEAR(line.attain_probability->value, attain,
                  line.entity.level == Level::kRep ? 1e-7 : 2e-3);
    }
  }
}

// What is won by a cut day, and by the end of the period.
TEST(ExactTest, CutDaysHaveLinesOfTheirOwn) {
  CompanyOptions options;
  options.open_deals_per_rep = 4;
  options.weekly_exit_share = 0.2;
  options.deal_amount = 10;
  options.quota = 10;
  const Company company = MakeCompany(options);
  ExactOptions exact;
  exact.engine.cut_days = {company.state.as_of + 21};
  const ExactForecast forecast = MustCompute(company, exact);
  const std::vector<ExactLine>& lines = forecast.periods[0].lines;
  ASSERT_EQ(lines.size(), 6u);
  for (int e = 0; e < 3; ++e) {
    EXPECT_EQ(lines[e].by, company.state.as_of + 21);
    EXPECT_FALSE(lines[e].attain_probability.has_value());
    EXPECT_NEAR(lines[e].mean.value, 40 * 0.5 * (1 - std::pow(0.8, 3)), 1e-6);
    EXPECT_FALSE(lines[3 + e].by.has_value());
    EXPECT_NEAR(lines[3 + e].mean.value, 40 * 0.5 * (1 - std::pow(0.8, 13)), 1e-6);
    EXPECT_TRUE(lines[3 + e].attain_probability.has_value());
  }
}

TEST(ExactTest, RefusesOptionsOutOfRange) {
  const Company company = MakeCompany({});
  const auto refuses = [&](const char* field, const std::function<void(ExactOptions&)>& set) {
    ExactOptions options;
    set(options);
    const auto forecast = ComputeExact(company.model, company.state, {}, options, nullptr);
    ASSERT_FALSE(forecast.ok()) << field;
    EXPECT_EQ(forecast.status().code(), absl::StatusCode::kInvalidArgument);
    const auto detail = GetDetail(forecast.status());
    ASSERT_TRUE(detail.has_value());
    ASSERT_EQ(detail->field_violations.size(), 1u);
    EXPECT_EQ(detail->field_violations[0].field, field);
  };
  refuses("options.quota_cells", [](ExactOptions& o) { o.quota_cells = kMinLatticeCells - 1; });
  refuses("options.quota_cells", [](ExactOptions& o) { o.quota_cells = kMaxLatticeCells + 1; });
  refuses("options.quota_cells", [](ExactOptions& o) { o.quota_cells = 0; });
  refuses("options.law_cells", [](ExactOptions& o) { o.law_cells = 1; });
  refuses("options.sum_cells", [](ExactOptions& o) { o.sum_cells = kMaxLatticeCells + 1; });
  refuses("options.draw_limit", [](ExactOptions& o) { o.draw_limit = -1; });
  refuses("options.threads", [](ExactOptions& o) { o.threads = 0; });
  refuses("options.threads", [](ExactOptions& o) { o.threads = kMaxThreads + 1; });
  refuses("options.period_count", [](ExactOptions& o) { o.engine.period_count = 9; });
  ExactOptions limits;
  limits.quota_cells = limits.sum_cells = kMaxLatticeCells;
  limits.law_cells = kMinLatticeCells;
  limits.draw_limit = 1'000;
  limits.threads = kMaxThreads;
  MustCompute(company, limits);
}

// What the laws would not be exact for is refused by name, not approximated.
TEST(ExactTest, RefusesWhatItWouldOnlyApproximate) {
  CompanyOptions wide;
  wide.rep_count = 2;
  wide.market_sd = 0.51;  // Six of them exceed the widest tables, 3.
  wide.open_deals_per_rep = 1;
  CompanyOptions busy;
  busy.creation_rate_per_day = 100;
  busy.segment_count = 8;
  busy.weekly_exit_share = 0.9;
  for (const CompanyOptions& options : {wide, busy}) {
    const Company company = MakeCompany(options);
    const auto forecast = ComputeExact(company.model, company.state, {}, {}, nullptr);
    ASSERT_FALSE(forecast.ok());
    EXPECT_EQ(forecast.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(GetDetail(forecast.status())->reason, "NOT_EXACT");
    EXPECT_NE(forecast.status().message().find("rep0"), std::string::npos) << forecast.status();
  }
  wide.market_sd = 0.49;
  MustCompute(MakeCompany(wide), {});
}

// Levers the laws do not know are refused by name; without effect they are fine.
TEST(ExactTest, RefusesLeversItDoesNotKnow) {
  const Company company = testing::MakeVariedCompany(5, 6, 2, 1);
  const auto refusal = [&](const Scenario& scenario) {
    const auto forecast = ComputeExact(company.model, company.state, scenario, {}, nullptr);
    if (forecast.ok()) return std::string();
    EXPECT_EQ(GetDetail(forecast.status())->reason, "NOT_EXACT");
    return std::string(forecast.status().message());
  };
  Scenario size;
  size.initiatives = {testing::InitiativeForAll(company, 1)};
  size.initiatives[0].size = Effect{0, 0};
  EXPECT_EQ(refusal(size), "");
  size.initiatives[0].size = Effect{0, 0.1};
  EXPECT_NE(refusal(size).find("initiative1"), std::string::npos) << refusal(size);
  Scenario departure;
  departure.departures = {{1, 2, company.state.as_of + 20, 4, 3, {}}};
  const std::string text = refusal(departure);
  EXPECT_NE(text.find("rep2: leaves, and rep4 books"), std::string::npos) << text;
  Scenario attrition;
  attrition.attrition.emplace();
  EXPECT_NE(refusal(attrition).find("attrition"), std::string::npos) << refusal(attrition);
  departure.departures[0].end = company.state.periods.back().end;
  EXPECT_EQ(refusal(departure), "");
  departure.departures[0] = {1, 2, company.state.as_of + 20, std::nullopt, 3, {}};
  EXPECT_EQ(refusal(departure), "");
}

// Whenever it is asked to stop, it does: at the first look, at the last, and at some between.
TEST(ExactTest, Cancellation) {
  const Company company = testing::MakeVariedCompany(5, 6, 2, 1);
  ExactOptions options;
  std::atomic<int> looks = 0;
  const auto count = [&] {
    ++looks;
    return false;
  };
  ASSERT_TRUE(ComputeExact(company.model, company.state, {}, options, count).ok());
  const int total = looks;
  EXPECT_GT(total, 5 * 3);
  for (const int threads : {1, 3}) {
    options.threads = threads;
    for (const int last : {0, total / 3, total / 2, total - 1}) {
      looks = 0;
      const auto stop = [&] { return looks++ >= last; };
      const auto forecast = ComputeExact(company.model, company.state, {}, options, stop);
      EXPECT_EQ(forecast.status().code(), absl::StatusCode::kCancelled) << last;
    }
  }
}

}  // namespace
}  // namespace quotacast::simulator
