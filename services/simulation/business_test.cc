// Goal: model and state messages become the simulator's structs value by value, and messages that
// contradict themselves are refused as the server's own fault.
// Method: the hand-built company converted and compared with what was written; then one
// contradiction at a time.

#include "services/simulation/business.h"

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"

namespace quotacast::simulation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Business, CarriesTheModelOver) {
  const Business business = CompanyBusiness();
  const simulator::PipelineModel& model = business.model;
  EXPECT_THAT(model.stages, ElementsAre("Discovery", "Negotiation"));
  ASSERT_EQ(model.draws.size(), 8u);
  EXPECT_DOUBLE_EQ(model.draws[3].cells[0].ages[1].advance_probability, 0.58);
  EXPECT_DOUBLE_EQ(model.draws[3].cells[1].entry_day_exit_share, 0.02);
  EXPECT_DOUBLE_EQ(model.draws[0].creation_rate_per_day[2], 0.12);
  EXPECT_DOUBLE_EQ(model.draws[0].team_creation_rate_per_day[1], 0.12);
  EXPECT_DOUBLE_EQ(model.rep_effects[0].variance, 0.005);
  EXPECT_EQ(model.amounts[0].cap_minor_units, 10'000'000);
  EXPECT_EQ(model.evidence.tier, simulator::DataTier::kFull);
  EXPECT_EQ(model.evidence.window_start, absl::CivilDay(2016, 4, 1));
  EXPECT_EQ(business.model_hash, "model-1");
}

TEST(Business, CarriesTheStateOver) {
  const Business business = CompanyBusiness();
  const simulator::PipelineState& state = business.state;
  EXPECT_EQ(state.as_of, absl::CivilDay(2017, 9, 30));
  ASSERT_EQ(state.teams.size(), 4u);
  EXPECT_EQ(state.teams[1].parent, 0);
  EXPECT_EQ(state.teams[0].parent, -1);
  EXPECT_THAT(business.team_can_hire, ElementsAre(false, true, true, false));
  ASSERT_EQ(state.reps.size(), 4u);
  EXPECT_EQ(state.reps[2].team, 2);
  EXPECT_EQ(state.reps[0].quota_minor_units[0], 6'000'000);
  EXPECT_EQ(state.reps[3].quota_minor_units[0], std::nullopt);
  ASSERT_EQ(state.open_deals.size(), 40u);
  EXPECT_EQ(state.open_deals[7].rep, 3);
  EXPECT_EQ(state.open_deals[7].stage, 1);
  EXPECT_EQ(state.open_deals[7].age_days, 7);
  EXPECT_EQ(state.open_deals[7].amount_minor_units, 1'200'000);
  EXPECT_EQ(state.open_deals[5].amount_minor_units, std::nullopt);
  EXPECT_EQ(business.deals_without_amount_count, 8);
  EXPECT_EQ(business.rep_display_names[1], "Rep ben");
  // 40 open deals and about 4 reps * .115 a day * 92 days * .36 new wins.
  EXPECT_NEAR(business.deals_per_trial, 40 + 4 * 0.115 * 92 * 0.3575, 0.5);
  EXPECT_GT(business.short_cycle_share, 0);
  EXPECT_LT(business.short_cycle_share, 0.5);
}

// Leads, and customers of whom one was renewed: 3 items more, and 4 reps' leads at .2 a day, of
// which half become opportunities.
TEST(Business, LeadsAndCustomersCostTime) {
  metrics::v1::PipelineModel model = CompanyModel();
  StateMessages state = CompanyState();
  const double before = BusinessFrom(model, state)->deals_per_trial;
  model.add_customer_age_edges_days(300);
  model.add_renewal_segments(model.segments(0));
  for (metrics::v1::ParameterDraw& draw : *model.mutable_draws()) {
    metrics::v1::StageCell& leads = *draw.add_lead_cells();
    leads = draw.cells(0);
    for (metrics::v1::AgeCell& age : *leads.mutable_ages()) age.set_advance_probability(0.5);
    for (int r = 0; r < 4; ++r) draw.add_lead_rate_per_day(0.2);
    for (int t = 0; t < model.teams_size(); ++t) draw.add_team_lead_rate_per_day(0.2);
    for (int bin = 0; bin < 2; ++bin) draw.add_renewal_rate_per_day(0.002);
  }
  for (int i = 0; i < 2; ++i) {
    metrics::v1::StateOpenLead& lead = state.leads.emplace_back();
    lead.set_lead_id(i == 0 ? "l1" : "l2");
    lead.set_rep_id("ann");
    lead.set_segment_id(model.segments(0));
    metrics::v1::StateCustomer& customer = state.customers.emplace_back();
    customer.set_opportunity_id(i == 0 ? "o1" : "o2");
    customer.set_rep_id("ben");
    customer.set_segment_id(model.segments(0));
    customer.set_is_renewed(i == 0);
  }
  state.header.set_open_lead_count(2);
  state.header.set_customer_count(2);
  const auto business = BusinessFrom(model, state);
  ASSERT_TRUE(business.ok()) << business.status();
  EXPECT_NEAR(business->deals_per_trial - before, 3 + 4 * 0.2 * 0.5 * 92 * 0.3575, 0.5);
  EXPECT_EQ(business->state.open_leads[1].key, "l2");
  EXPECT_EQ(business->state.customers[1].rep, 1);
}

TEST(Business, ContradictionsAreInternal) {
  const struct {
    const char* message;
    std::function<void(metrics::v1::PipelineModel&, StateMessages&)> spoil;
  } kCases[] = {
      {"header announces 40 open deals, 39 came",
       [](auto&, StateMessages& state) { state.deals.pop_back(); }},
      {"deal deal-0 names rep `nobody`",
       [](auto&, StateMessages& state) { state.deals[0].set_rep_id("nobody"); }},
      {"segment `x`", [](auto&, StateMessages& state) { state.deals[1].set_segment_id("x"); }},
      {"stage `x`", [](auto&, StateMessages& state) { state.deals[1].set_stage_id("x"); }},
      {"is in `EUR`, not USD",
       [](auto&, StateMessages& state) {
         state.deals[1].mutable_amount()->set_currency_code("EUR");
       }},
      {"not a whole number of minor units",
       [](auto&, StateMessages& state) { state.deals[1].mutable_amount()->set_nanos(1); }},
      {"rep ann is in the unknown team `north`",
       [](auto&, StateMessages& state) { state.header.mutable_reps(0)->set_team_id("north"); }},
      {"team east comes before its parent",
       [](auto&, StateMessages& state) {
         state.header.mutable_teams(1)->set_parent_team_id("west");
       }},
      {"rep ann has 0 periods",
       [](auto&, StateMessages& state) { state.header.mutable_reps(0)->clear_periods(); }},
      {"there is no day 0-0-0",
       [](auto&, StateMessages& state) {
         state.header.mutable_as_of()->mutable_effective_date()->Clear();
       }},
      {"currency", [](auto&, StateMessages& state) { state.header.set_currency_code("???"); }},
      {"creation_mix_shape",
       [](metrics::v1::PipelineModel& model, auto&) { model.set_creation_mix_shape(-1); }},
      {"draws", [](metrics::v1::PipelineModel& model, auto&) { model.clear_draws(); }},
      {"reps", [](metrics::v1::PipelineModel& model, auto&) { model.set_reps(0, "zoe"); }},
  };
  for (const auto& test : kCases) {
    metrics::v1::PipelineModel model = CompanyModel();
    StateMessages state = CompanyState();
    test.spoil(model, state);
    const auto business = BusinessFrom(model, state);
    EXPECT_TRUE(absl::IsInternal(business.status())) << test.message;
    EXPECT_THAT(std::string(business.status().message()), HasSubstr(test.message));
  }
}

}  // namespace
}  // namespace quotacast::simulation
