#include "services/simulation/company_messages.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quotacast::simulation {
namespace {

constexpr int kDrawCount = 8;
constexpr int kRepCount = 4;
constexpr int kDealCount = 40;
const char* const kReps[kRepCount] = {"ann", "ben", "cy", "dee"};
const char* const kTeams[] = {"sales", "east", "west", "partners"};

void SetAsOf(type::v1::AsOf& as_of) {
  *as_of.mutable_effective_date() = DateMessage(2017, 9, 30);
  as_of.mutable_recorded_time()->set_seconds(1'600'000'000);
  as_of.set_log_offset(1234);
}

metrics::v1::StageCell Cell(double exit_rate, double advance) {
  metrics::v1::StageCell cell;
  cell.set_entry_day_exit_share(0.02);
  cell.set_first_week_exit_share(0.15);
  cell.set_entry_advance_probability(advance);
  for (int bin = 0; bin < 3; ++bin) {
    metrics::v1::AgeCell& age = *cell.add_ages();
    age.set_exit_rate_per_day(exit_rate);
    age.set_advance_probability(advance);
  }
  return cell;
}

}  // namespace

google::type::Date DateMessage(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

google::type::Money Dollars(int64_t units) {
  google::type::Money money;
  money.set_currency_code("USD");
  money.set_units(units);
  return money;
}

metrics::v1::PipelineModel CompanyModel() {
  metrics::v1::PipelineModel model;
  model.set_name("workspaces/default/models/model-1");
  model.set_model_hash("model-1");
  model.add_segments("all");
  model.add_stages("Discovery");
  model.add_stages("Negotiation");
  model.add_age_bin_edges_days(14);
  model.add_age_bin_edges_days(56);
  for (const char* rep : kReps) {
    model.add_reps(rep);
    metrics::v1::RepEffect& effect = *model.add_rep_effects();
    effect.set_mean(0);
    effect.set_variance(0.005);
  }
  model.add_teams("east");
  model.add_teams("west");
  metrics::v1::AmountDistribution& amount = *model.add_amounts();
  amount.set_log_median(std::log(800'000.0));
  amount.set_log_sd(0.5);
  amount.set_cap_minor_units(10'000'000);
  model.set_creation_mix_shape(10);
  for (int k = 0; k < kDrawCount; ++k) {
    metrics::v1::ParameterDraw& draw = *model.add_draws();
    *draw.add_cells() = Cell(0.040, 0.55 + 0.01 * k);
    *draw.add_cells() = Cell(0.030, 0.65 - 0.01 * k);
    for (int r = 0; r < kRepCount; ++r) draw.add_creation_rate_per_day(0.10 + 0.01 * r);
    draw.add_team_creation_rate_per_day(0.10);
    draw.add_team_creation_rate_per_day(0.12);
    draw.set_market_sd(0.06);
    draw.set_team_sd(0.05);
    draw.set_rep_sd(0.08);
  }
  model.set_currency_code("USD");
  metrics::v1::FitEvidence& evidence = *model.mutable_evidence();
  evidence.set_data_tier(type::v1::DATA_TIER_FULL);
  evidence.set_created_count(900);
  evidence.set_won_count(300);
  evidence.set_lost_count(560);
  evidence.set_open_count(kDealCount);
  evidence.set_quarter_count(6);
  *evidence.mutable_window_start_date() = DateMessage(2016, 4, 1);
  *evidence.mutable_window_end_date() = DateMessage(2017, 10, 1);
  SetAsOf(*model.mutable_as_of());
  return model;
}

StateMessages CompanyState() {
  StateMessages state;
  metrics::v1::PipelineStateHeader& header = state.header;
  SetAsOf(*header.mutable_as_of());
  type::v1::FiscalPeriod& period = *header.add_periods();
  period.set_name("2017Q4");
  *period.mutable_start_date() = DateMessage(2017, 10, 1);
  *period.mutable_end_date() = DateMessage(2018, 1, 1);
  for (const char* id : kTeams) {
    metrics::v1::StateTeam& team = *header.add_teams();
    team.set_team_id(id);
    team.set_display_name(absl::StrCat("Team ", id));
    if (std::string(id) != "sales") team.set_parent_team_id("sales");
  }
  for (int r = 0; r < kRepCount; ++r) {
    metrics::v1::StateRep& rep = *header.add_reps();
    rep.set_rep_id(kReps[r]);
    rep.set_display_name(absl::StrCat("Rep ", kReps[r]));
    rep.set_team_id(r < 2 ? "east" : "west");
    metrics::v1::StateRepPeriod& rep_period = *rep.add_periods();
    if (r < 3) *rep_period.mutable_quota() = Dollars(60'000);
    *rep_period.mutable_booked() = Dollars(0);
  }
  header.set_currency_code("USD");
  header.set_open_deal_count(kDealCount);
  header.set_state_hash("state-1");
  for (int i = 0; i < kDealCount; ++i) {
    metrics::v1::StateOpenDeal& deal = state.deals.emplace_back();
    deal.set_opportunity_id(absl::StrCat("deal-", i));
    deal.set_rep_id(kReps[i % kRepCount]);
    deal.set_segment_id("all");
    deal.set_stage_id(i % 2 == 0 ? "Discovery" : "Negotiation");
    deal.set_age_days(i);
    if (i % 5 != 0) *deal.mutable_amount() = Dollars(5'000 + 1'000 * (i % 10));
  }
  return state;
}

Business CompanyBusiness() {
  absl::StatusOr<Business> business = BusinessFrom(CompanyModel(), CompanyState());
  if (!business.ok()) {
    std::fprintf(stderr, "%s\n", business.status().ToString().c_str());
    std::abort();
  }
  return *std::move(business);
}

v1::InitiativeChange WinInitiative(const std::string& id, double mean, double sd) {
  v1::InitiativeChange initiative;
  initiative.set_initiative_id(id);
  initiative.mutable_effect()->mutable_win()->set_mean(mean);
  initiative.mutable_effect()->mutable_win()->set_sd(sd);
  *initiative.mutable_start_date() = DateMessage(2017, 10, 2);
  return initiative;
}

v1::HireChange HireIntoEast(const std::string& id) {
  v1::HireChange hire;
  hire.set_hire_id(id);
  hire.set_team_id("east");
  *hire.mutable_start_date() = DateMessage(2017, 10, 16);
  return hire;
}

}  // namespace quotacast::simulation
