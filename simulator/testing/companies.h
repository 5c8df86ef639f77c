// Small companies for tests. Everything is chosen so that a closed form exists; what it is stands
// beside each.
#ifndef QUOTACAST_SIMULATOR_TESTING_COMPANIES_H_
#define QUOTACAST_SIMULATOR_TESTING_COMPANIES_H_

#include <cstdint>
#include <vector>

#include "simulator/model/model.h"

namespace quotacast::simulator::testing {

struct Company {
  PipelineModel model;
  PipelineState state;
};

// A company that is the same everywhere: one StageCell for all stages and segments, constant
// hazards, so stays are geometric in steps.
//
// With `exit_rate_per_day` = -ln(1 - h) / 7 a stage is left with probability h in every full week,
// the week of entry included (first_week_exit_share is set to h, and the entry day's share to the
// value that makes part weeks agree as well as a straight line can).
struct CompanyOptions {
  int rep_count = 1;
  int team_count = 1;  // Leaf teams below no other team; rep r is in team r % team_count.
  int segment_count = 1;
  int stage_count = 1;
  int draw_count = 1;
  // Each rep owns this many open deals, dealt over segments, stages and ages in turn.
  int open_deals_per_rep = 0;
  int max_age_days = 0;  // Ages run 0, 13, 26 ... modulo this + 1.
  double weekly_exit_share = 0.3;
  double advance_probability = 0.5;
  double creation_rate_per_day = 0;  // Per rep and segment.
  double creation_mix_shape = 1e9;   // Above 10^6: no mixing.
  double market_sd = 0;
  double team_sd = 0;
  double rep_sd = 0;
  double rep_variance = 0;    // Posterior variance of each rep's effect.
  int64_t deal_amount = 100;  // Open deals; new deals have this median with `amount_log_sd`.
  double amount_log_sd = 0;
  int64_t quota = 0;  // Per rep and period.
  int period_count = 1;
  int period_weeks = 13;  // Whole weeks, so that all steps are full.
};

// Three stages that differ from each other and with age, by the bins of AgingEdges.
std::vector<int> AgingEdges();
std::vector<StageCell> AgingStages();

// The as-of date is Sunday 2017-10-01's eve: periods start on 2017-10-01 and last whole weeks.
Company MakeCompany(const CompanyOptions& options);

// A company with a bit of everything, for tests of bytes: 2 stages, 3 age bins, hazards and
// probabilities that differ by segment, stage, age and draw, ramping reps, a leaver, deals without
// an amount, teams under teams, booked amounts, all random factors on. No closed form.
Company MakeVariedCompany(int rep_count, int deals_per_rep, int draw_count, int period_count);

// Gives every draw of a company of two stages all that a model may hold besides: parts of periods,
// deals that go back or start a stage anew, seasons, a ramp of its own, and revised amounts.
void AddEveryPart(Company& company);

// Gives a company of two segments leads and customers: how leads become opportunities and come to
// people, renewals into the same segment, expansions of the first segment into the second, amounts
// of their own for every draw but the first, twelve open leads and twenty customers per rep of all
// ages, some renewed, some expanded, some without an amount, some too old for anything.
void AddLeadsAndCustomers(Company& company);

// A sales force as one meets them: five stages, three segments of small, middle and large deals,
// teams of ten, twenty open deals with amounts to the cent and a hundred new ones a year per rep,
// four quarters, market, team and own shifts, quotas that about half of the reps reach.
Company MakeSalesForce(int rep_count, int draw_count);

// An initiative on every rep of the company from the first day.
Initiative InitiativeForAll(const Company& company, uint64_t id);

// A hire into the first team with a quota in every period.
Hire HireIntoFirstTeam(const Company& company, uint64_t id);

}  // namespace quotacast::simulator::testing

#endif  // QUOTACAST_SIMULATOR_TESTING_COMPANIES_H_
