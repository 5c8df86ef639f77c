#include "simulator/testing/companies.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/random.h"

namespace quotacast::simulator::testing {
namespace {

const absl::CivilDay kFirstDay(2017, 10, 1);

double Uniform(uint64_t entity, uint32_t index) {
  return UniformOpen(RandomBlock(11, entity, 0, RandomPurpose::kSynthetic, index)[0]);
}

void AddPeriods(int period_count, int period_days, PipelineState& state) {
  for (int p = 0; p < period_count; ++p) {
    state.periods.push_back(
        {absl::StrCat("P", p + 1), kFirstDay + p * period_days, kFirstDay + (p + 1) * period_days});
  }
}

RepState MakeRep(const std::string& key, int team, int period_count, int64_t quota) {
  RepState rep;
  rep.id = StableId("rep", key);
  rep.key = key;
  rep.team = team;
  rep.quota_minor_units.assign(period_count, quota);
  rep.booked_minor_units.assign(period_count, 0);
  return rep;
}

}  // namespace

std::vector<int> AgingEdges() { return {9, 30}; }

std::vector<StageCell> AgingStages() {
  std::vector<StageCell> stages(3);
  for (int s = 0; s < 3; ++s) {
    stages[s].entry_day_exit_share = 0.05;
    stages[s].first_week_exit_share = 0.2 + 0.1 * s;
    stages[s].entry_advance_probability = 0.5 + 0.1 * s;
    for (int b = 0; b < 3; ++b)
      stages[s].ages.push_back({0.02 + 0.02 * b, 0.7 - 0.1 * b + 0.05 * s});
  }
  return stages;
}

Company MakeCompany(const CompanyOptions& options) {
  Company company;
  PipelineModel& model = company.model;
  PipelineState& state = company.state;
  model.currency = state.currency = "USD";
  state.as_of = kFirstDay - 1;
  AddPeriods(options.period_count, options.period_weeks * 7, state);
  for (int g = 0; g < options.segment_count; ++g) model.segments.push_back(absl::StrCat("g", g));
  for (int s = 0; s < options.stage_count; ++s) model.stages.push_back(absl::StrCat("s", s));
  for (int t = 0; t < options.team_count; ++t) {
    const std::string key = absl::StrCat("team", t);
    model.teams.push_back(key);
    state.teams.push_back({StableId("team", key), key, -1});
  }
  for (int r = 0; r < options.rep_count; ++r) {
    const std::string key = absl::StrCat("rep", r);
    model.reps.push_back(key);
    model.rep_effects.push_back({0, options.rep_variance});
    state.reps.push_back(MakeRep(key, r % options.team_count, options.period_count, options.quota));
  }
  for (int g = 0; g < options.segment_count; ++g) {
    model.amounts.push_back(
        {std::log(static_cast<double>(options.deal_amount)), options.amount_log_sd, 1'000'000'000});
  }
  model.creation_mix_shape = options.creation_mix_shape;

  ParameterDraw draw;
  const double rate = -std::log(1 - options.weekly_exit_share) / 7;
  StageCell cell;
  cell.entry_day_exit_share = 1 - std::exp(-rate);
  cell.first_week_exit_share = options.weekly_exit_share;
  cell.entry_advance_probability = options.advance_probability;
  cell.ages = {{rate, options.advance_probability}};
  draw.cells.assign(static_cast<size_t>(options.segment_count * options.stage_count), cell);
  draw.creation_rate_per_day.assign(static_cast<size_t>(options.rep_count * options.segment_count),
                                    options.creation_rate_per_day);
  draw.team_creation_rate_per_day.assign(
      static_cast<size_t>(options.team_count * options.segment_count),
      options.creation_rate_per_day);
  draw.market_sd = options.market_sd;
  draw.team_sd = options.team_sd;
  draw.rep_sd = options.rep_sd;
  model.draws.assign(static_cast<size_t>(options.draw_count), draw);

  for (int r = 0; r < options.rep_count; ++r) {
    for (int i = 0; i < options.open_deals_per_rep; ++i) {
      OpenDeal deal;
      deal.key = absl::StrCat("deal", r, "-", i);
      deal.id = StableId("opportunity", deal.key);
      deal.rep = r;
      deal.segment = i % options.segment_count;
      deal.stage = (i / options.segment_count) % options.stage_count;
      deal.age_days = i * 13 % (options.max_age_days + 1);
      deal.amount_minor_units = options.deal_amount;
      state.open_deals.push_back(deal);
    }
  }
  model.evidence.tier = DataTier::kFull;
  return company;
}

Company MakeVariedCompany(int rep_count, int deals_per_rep, int draw_count, int period_count) {
  CompanyOptions options;
  options.rep_count = rep_count;
  options.team_count = 2;
  options.segment_count = 2;
  options.stage_count = 2;
  options.draw_count = draw_count;
  options.open_deals_per_rep = deals_per_rep;
  options.max_age_days = 150;
  options.creation_rate_per_day = 0.05;
  options.creation_mix_shape = 10;
  options.rep_variance = 0.004;
  options.deal_amount = 250'000;
  options.amount_log_sd = 0.8;
  options.quota = 1'500'000;
  options.period_count = period_count;
  Company company = MakeCompany(options);
  PipelineModel& model = company.model;
  PipelineState& state = company.state;

  // Calendar quarters: their ends cut the weeks.
  state.periods.clear();
  const absl::CivilMonth first(2017, 10);
  for (int p = 0; p < period_count; ++p) {
    state.periods.push_back({absl::StrCat("Q", p + 1), absl::CivilDay(first + 3 * p),
                             absl::CivilDay(first + 3 * (p + 1))});
  }
  state.as_of = absl::CivilDay(2017, 10, 18);

  model.age_bin_edges_days = {14, 60};
  for (int k = 0; k < draw_count; ++k) {
    ParameterDraw& draw = model.draws[k];
    const uint64_t entity = 1'000 + k;
    for (size_t i = 0; i < draw.cells.size(); ++i) {
      StageCell& cell = draw.cells[i];
      const uint32_t index = static_cast<uint32_t>(20 * i);
      cell.entry_day_exit_share = 0.01 + 0.02 * Uniform(entity, index);
      cell.first_week_exit_share = 0.05 + 0.1 * Uniform(entity, index + 1);
      cell.entry_advance_probability = 0.3 + 0.3 * Uniform(entity, index + 2);
      cell.ages.clear();
      for (uint32_t b = 0; b < 3; ++b) {
        cell.ages.push_back({0.01 + 0.02 * Uniform(entity, index + 3 + b),
                             0.4 + 0.35 * Uniform(entity, index + 6 + b)});
      }
    }
    for (double& rate : draw.creation_rate_per_day) {
      rate *= 0.7 + 0.6 * Uniform(entity, 500);
    }
    draw.market_sd = 0.05 + 0.04 * Uniform(entity, 501);
    draw.team_sd = 0.05;
    draw.rep_sd = 0.08;
  }
  // Two leaf teams under a region.
  state.teams.insert(state.teams.begin(), {StableId("team", "region"), "region", -1});
  for (size_t t = 1; t < state.teams.size(); ++t) state.teams[t].parent = 0;
  for (int r = 0; r < rep_count; ++r) {
    RepState& rep = state.reps[r];
    rep.team += 1;
    rep.booked_minor_units[0] = 100'000 * (r % 4);
    if (r % 5 == 1) rep.start_date = state.as_of - 40 - r;
    if (r % 7 == 3) rep.end_date = state.as_of + 30;
    if (r % 6 == 5) rep.quota_minor_units.assign(period_count, std::nullopt);
    model.rep_effects[r].mean = 0.1 * (Uniform(2'000 + r, 0) - 0.5);
  }
  for (size_t i = 0; i < state.open_deals.size(); ++i) {
    OpenDeal& deal = state.open_deals[i];
    deal.amount_minor_units = 50'000 + 1'000 * static_cast<int64_t>(i * 37 % 400);
    if (i % 9 == 4) deal.amount_minor_units = std::nullopt;
  }
  return company;
}

void AddEveryPart(Company& company) {
  company.model.amount_revisions = {{-0.1, 0.3}, {-0.02, 0}};
  for (size_t k = 0; k < company.model.draws.size(); ++k) {
    ParameterDraw& draw = company.model.draws[k];
    const uint64_t entity = 5'000 + k;
    const auto around_0 = [&](uint32_t index) { return 0.8 * (Uniform(entity, index) - 0.5); };
    for (size_t i = 0; i < draw.cells.size(); ++i) {
      StageCell& cell = draw.cells[i];
      cell.entry_regress_probability = 0.05;
      for (AgeCell& age : cell.ages) {
        age.regress_probability = 0.2 * Uniform(entity, static_cast<uint32_t>(i));
      }
      cell.regress_destinations =
          i % 2 == 0 ? std::vector<double>{1} : std::vector<double>{0.7, 0.3};
    }
    for (uint32_t i = 0; i < kPeriodParts; ++i) {
      draw.period_parts.push_back({around_0(100 + i), around_0(110 + i)});
    }
    for (uint32_t m = 0; m < 12; ++m) draw.creation_season_log_factors.push_back(around_0(120 + m));
    draw.ramp_weeks = 10 + 20 * Uniform(entity, 140);
  }
}

void AddLeadsAndCustomers(Company& company) {
  PipelineModel& model = company.model;
  PipelineState& state = company.state;
  const size_t bins = model.age_bin_edges_days.size() + 1;
  model.customer_age_edges_days = {300, 365, 420};
  model.renewal_segments = {0, 1};
  model.expansion_segments = {1, -1};
  model.renewal_amount = {0.05, 0};
  model.expansion_amount = {-0.7, 0.4};
  for (size_t k = 0; k < model.draws.size(); ++k) {
    ParameterDraw& draw = model.draws[k];
    const uint64_t entity = 6'000 + k;
    for (uint32_t g = 0; g < 2; ++g) {
      StageCell cell;
      cell.entry_day_exit_share = 0.1 + 0.1 * Uniform(entity, g);
      cell.first_week_exit_share = 0.3 + 0.1 * Uniform(entity, 10 + g);
      cell.entry_advance_probability = 0.4;
      for (uint32_t b = 0; b < bins; ++b) {
        cell.ages.push_back(
            {0.03 + 0.02 * Uniform(entity, 20 + b), 0.2 + 0.2 * Uniform(entity, 30 + b)});
      }
      draw.lead_cells.push_back(cell);
    }
    const double more = 0.8 + 0.4 * Uniform(entity, 40);
    draw.lead_rate_per_day.assign(model.reps.size() * 2, 0.08 * more);
    draw.team_lead_rate_per_day.assign(model.teams.size() * 2, 0.08 * more);
    // [segment][age bin]: renewals around the anniversary, expansions before it.
    draw.renewal_rate_per_day = {0.0005, 0.01 * more, 0.02, 0, 0.001, 0.02, 0.005 * more, 0};
    draw.expansion_rate_per_day = {0.001 * more, 0.002, 0, 0, 0, 0, 0, 0};
    draw.churn_per_year = 0.2 + 0.1 * Uniform(entity, 41);
    if (k == 0) continue;
    draw.amounts = model.amounts;
    for (AmountDistribution& amount : draw.amounts) {
      amount.log_median += 0.2 * (Uniform(entity, 42) - 0.5);
    }
  }
  for (size_t r = 0; r < state.reps.size(); ++r) {
    for (int i = 0; i < 12; ++i) {
      OpenLead lead;
      lead.key = absl::StrCat("lead", r, "-", i);
      lead.id = StableId("lead", lead.key);
      lead.rep = static_cast<int>(r);
      lead.segment = i % 2;
      lead.age_days = 7 * i;
      state.open_leads.push_back(lead);
    }
    for (int i = 0; i < 20; ++i) {
      Customer customer;
      customer.key = absl::StrCat("customer", r, "-", i);
      customer.id = StableId("customer", customer.key);
      customer.rep = static_cast<int>(r);
      customer.segment = i % 2;
      customer.age_days = 25 * i;
      if (i % 5 != 3) customer.amount_minor_units = 100'000 + 10'000 * i;
      customer.is_renewed = i % 7 == 6;
      customer.is_expanded = i % 6 == 4;
      state.customers.push_back(customer);
    }
  }
}

Company MakeSalesForce(int rep_count, int draw_count) {
  CompanyOptions options;
  options.rep_count = rep_count;
  options.team_count = (rep_count + 9) / 10;
  options.segment_count = 3;
  options.stage_count = 5;
  options.draw_count = draw_count;
  options.open_deals_per_rep = 20;
  options.max_age_days = 120;
  options.creation_rate_per_day = 100.0 / 3 / 365;
  options.creation_mix_shape = 10;
  options.market_sd = 0.06;
  options.team_sd = 0.05;
  options.rep_sd = 0.08;
  options.rep_variance = 0.004;
  options.period_count = 4;
  Company company = MakeCompany(options);
  constexpr double kMedians[] = {8e5, 3e6, 12e6};
  constexpr double kLogSds[] = {0.7, 0.8, 0.9};
  constexpr double kExitsPerWeek[] = {0.5, 0.3, 0.18};
  constexpr double kAdvances[] = {0.58, 0.66, 0.72, 0.78, 0.88};
  for (size_t g = 0; g < 3; ++g) {
    company.model.amounts[g] = {std::log(kMedians[g]), kLogSds[g], 20'000'000'000};
  }
  company.model.age_bin_edges_days = {14, 56};
  for (int k = 0; k < draw_count; ++k) {
    ParameterDraw& draw = company.model.draws[k];
    for (size_t i = 0; i < draw.cells.size(); ++i) {
      const double noise = 0.9 + 0.2 * Uniform(3'000 + k, static_cast<uint32_t>(i));
      const double rate = kExitsPerWeek[i / 5] * noise / 7;
      const double advance = kAdvances[i % 5];
      StageCell& cell = draw.cells[i];
      cell.entry_day_exit_share = 1 - std::exp(-rate);
      cell.first_week_exit_share = 1 - std::exp(-4 * rate);
      cell.entry_advance_probability = advance;
      cell.ages = {{rate, advance}, {rate, advance * 1.03}, {0.8 * rate, advance * 0.9}};
    }
  }
  for (size_t i = 0; i < company.state.open_deals.size(); ++i) {
    OpenDeal& deal = company.state.open_deals[i];
    const double spread = Uniform(4'000, static_cast<uint32_t>(i)) - 0.5;
    deal.amount_minor_units =
        static_cast<int64_t>(kMedians[deal.segment] * std::exp(2 * kLogSds[deal.segment] * spread));
  }
  for (int r = 0; r < rep_count; ++r) {
    for (int64_t& booked : company.state.reps[r].booked_minor_units) booked = 0;
    for (auto& quota : company.state.reps[r].quota_minor_units) {
      quota = 2'000'000 + 20'000'000 * (r % 4) + 777 * r;
    }
    company.model.rep_effects[r].mean = 0.1 * (Uniform(2'000 + r, 0) - 0.5);
  }
  return company;
}

Initiative InitiativeForAll(const Company& company, uint64_t id) {
  Initiative initiative;
  initiative.id = id;
  initiative.key = absl::StrCat("initiative", id);
  for (size_t r = 0; r < company.state.reps.size(); ++r) {
    initiative.reps.push_back(static_cast<int>(r));
  }
  initiative.start = company.state.as_of + 1;
  return initiative;
}

Hire HireIntoFirstTeam(const Company& company, uint64_t id) {
  Hire hire;
  hire.id = id;
  hire.key = absl::StrCat("hire", id);
  for (size_t t = 0; t < company.state.teams.size(); ++t) {
    if (company.state.teams[t].key == company.model.teams[0]) hire.team = static_cast<int>(t);
  }
  hire.start = company.state.as_of + 15;
  hire.quota_minor_units.assign(company.state.periods.size(), 500'000);
  return hire;
}

}  // namespace quotacast::simulator::testing
