// The pipeline model, the state it starts from, and a scenario: plain values, no behaviour but
// validation. Everything the engine reads is here.
//
// The model is a discrete-time semi-Markov process with competing risks (docs/model.md): in each
// step a deal leaves its stage with a hazard that depends on its age in the stage, and a deal that
// leaves either advances or is lost. Advancing from the last stage is a win.
//
// Index conventions: reps, teams, segments, stages and draws are referred to by their position in
// the vectors below. Random numbers are keyed by stable ids, never by position.
#ifndef QUOTACAST_SIMULATOR_MODEL_MODEL_H_
#define QUOTACAST_SIMULATOR_MODEL_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "simulator/comp/payout_plan.h"

namespace quotacast::simulator {

// Named limits; Validate* refuses one more.
inline constexpr int kMaxStages = 8;
inline constexpr int kMaxSegments = 64;
inline constexpr int kMaxReps = 5'000;
inline constexpr int kMaxOpenDeals = 1'000'000;
inline constexpr int kMaxOpenLeads = 1'000'000;
inline constexpr int kMaxCustomers = 1'000'000;
inline constexpr int kMaxDraws = 256;
inline constexpr int kMaxHorizonDays = 104 * 7;
inline constexpr int kMaxInitiatives = 64;
inline constexpr int kMaxHires = 500;
inline constexpr int kMaxStaffChanges = 2'000;  // Of departures, absences, reassignments each.
inline constexpr int kMaxQuotaChanges = 2'000;
inline constexpr int kMaxDemandShocks = 64;
inline constexpr int64_t kMaxQuotaMinorUnits = 1'000'000'000'000'000;  // 10^15 per person.
inline constexpr double kMaxQuotaFactor = 1'000;
inline constexpr double kHoursPerWeek = 40;
inline constexpr int kMaxCompPlans = 64;
inline constexpr int kMaxCapacityLimits = 64;
inline constexpr double kMaxCapacityDeals = 100'000;
inline constexpr int kMaxTrials = 10'000'000;
inline constexpr int64_t kMaxAmountMinorUnits = 10'000'000'000'000;  // 10^13 per deal.
inline constexpr double kMaxCreationRatePerDay = 100;                // Of a rep and segment.

// How much history the fit rests on; decides whether a forecast may be given at all.
enum class DataTier {
  kBenchmarkOnly = 0,  // T0: fewer than 20 won deals. No forecast is given.
  kThin = 1,           // T1: fewer than 150 won, 400 created or 4 quarters. Wide priors, a warning.
  kFull = 2,           // T2.
};

// Behaviour of one (segment, stage) in one age bin.
struct AgeCell {
  double exit_rate_per_day = 0;  // lambda: exits per day at risk, >= 0.
  // p: of those that leave and do not go back, the share that advances, in [0, 1].
  double advance_probability = 0;
  // Of those that leave, the share that goes back to an earlier stage or starts this one anew.
  double regress_probability = 0;
};

// One (segment, stage): the entry row apart, then a cell per age bin.
struct StageCell {
  double entry_day_exit_share = 0;  // pi: share that leaves on the day of entry, in [0, 1].
  // hbar: share that leaves before the first boundary of a 7-day step, averaged over the day of
  // the step on which the stage is entered; >= pi.
  double first_week_exit_share = 0;
  double entry_advance_probability = 0;  // p of exits in the step of entry, in [0, 1].
  double entry_regress_probability = 0;  // Of exits in the step of entry, the share that goes back.
  std::vector<AgeCell> ages;             // One per age bin.
  // Where a deal that goes back goes, by stage up to this one; sums to 1. Empty: nobody goes back.
  std::vector<double> regress_destinations;
};

// What a part of a fiscal period does to deals. The parts are the thirds of the period by days and
// the last seven days, which belong to no third.
struct PeriodPartEffect {
  double win_log_factor = 0;   // ln of the factor on the rate of wins, out of the last stage.
  double loss_log_factor = 0;  // ln of the factor on the rate of losses, out of any stage.
};
inline constexpr int kPeriodParts = 4;

// How reps leave, from a tenure on up to the next band.
struct AttritionBand {
  int from_tenure_days = 0;
  double rate_per_year = 0;  // Leavers per rep and year, >= 0.
};

// What becomes of a stated amount until the deal is won: a lognormal factor.
struct AmountRevision {
  double log_mean = 0;  // Mean of ln(final / stated).
  double log_sd = 0;    // >= 0.
};

// Final amounts of won deals of one segment: lognormal in minor units, capped.
struct AmountDistribution {
  double log_median = 0;        // ln of the median in minor units.
  double log_sd = 0;            // >= 0; 0 is a constant.
  int64_t cap_minor_units = 0;  // > 0: no draw exceeds it.
};

// One draw of all global parameters from their posterior. A batch of trials uses one draw.
struct ParameterDraw {
  std::vector<StageCell> cells;  // [segment * stage_count + stage].
  // Opportunities created per day by a fully ramped rep, [rep * segment_count + segment].
  std::vector<double> creation_rate_per_day;
  // The same for a rep hired into a team, [team * segment_count + segment].
  std::vector<double> team_creation_rate_per_day;
  double market_sd = 0;  // beta_M, probit scale per stage, >= 0.
  double team_sd = 0;    // beta_T.
  double rep_sd = 0;     // tau: spread of ability of a rep we know nothing about.
  std::vector<PeriodPartEffect> period_parts;  // kPeriodParts, or none: all days are alike.
  // ln of the factor on creation by month, January first: 12, or none for no seasons.
  std::vector<double> creation_season_log_factors;
  double ramp_weeks = 0;                       // Of reps with a start date; 0: kDefaultRampWeeks.
  std::vector<AttritionBand> attrition_bands;  // By tenure, the first from 0; none: unknown.

  // How leads become opportunities ("advance", into the first stage) or are dropped, [segment];
  // nobody goes back. None: opportunities that come from leads are not told apart.
  std::vector<StageCell> lead_cells;
  // Leads that come to a ramped rep per day, [rep * segment_count + segment]; and to a rep hired
  // into a team, [team * segment_count + segment]. Like `lead_cells` none where not told apart.
  std::vector<double> lead_rate_per_day;
  std::vector<double> team_lead_rate_per_day;

  // Renewals that a customer who has none yet leads to per day since the win,
  // [segment of the win * customer_age_bins + bin]. None: not told apart. Likewise expansions.
  std::vector<double> renewal_rate_per_day;
  std::vector<double> expansion_rate_per_day;
  double churn_per_year = 0;  // Customers lost, a rate >= 0; in the rates above already.

  std::vector<AmountDistribution> amounts;  // [segment]; none: those of the model.
};

// What we believe of a rep's win-side ability, probit scale: N(mean, variance).
struct RepEffect {
  double mean = 0;
  double variance = 0;  // >= 0.
};

// Size of the history the model was fitted on.
struct FitEvidence {
  DataTier tier = DataTier::kBenchmarkOnly;
  int64_t created_count = 0;
  int64_t won_count = 0;
  int64_t lost_count = 0;
  int64_t open_count = 0;
  int64_t undated_count = 0;  // Deals left out because nothing dates them.
  double quarter_count = 0;   // Length of the window in 91.3125-day quarters.
  absl::CivilDay window_start;
  absl::CivilDay window_end;  // First day after the window.
};

// A fitted model.
struct PipelineModel {
  std::vector<std::string> segments;
  std::vector<std::string> stages;  // Open stages in order; size 1..kMaxStages.
  // Upper edges of the age bins in days, ascending; the last bin is open-ended, so there is one
  // cell more than edges. A deal aged a days at a step's start is in the first bin with a < edge.
  std::vector<int> age_bin_edges_days;
  std::vector<std::string> reps;            // Ids, order shared with `rep_effects` and the draws.
  std::vector<std::string> teams;           // Leaf teams, order shared with the draws.
  std::vector<RepEffect> rep_effects;       // [rep].
  std::vector<AmountDistribution> amounts;  // [segment].
  double creation_mix_shape = 10;           // k of the Gamma(k, k) mixing of a rep's creation; > 0.
  std::vector<ParameterDraw> draws;         // Size K in 1..kMaxDraws.
  std::string currency;
  FitEvidence evidence;
  std::vector<AmountRevision> amount_revisions;  // [stage]; none: amounts are booked as stated.

  // What customers lead to. Upper edges of the bins of days since the win, as age_bin_edges_days.
  std::vector<int> customer_age_edges_days;
  // [segment of the win]: the segment of its renewal, -1: none. Empty: not told apart.
  std::vector<int> renewal_segments;
  std::vector<int> expansion_segments;
  // ln(final amount of what follows / amount of the win).
  AmountRevision renewal_amount;
  AmountRevision expansion_amount;

  size_t customer_age_bins() const { return customer_age_edges_days.size() + 1; }
  const std::vector<AmountDistribution>& AmountsOf(const ParameterDraw& draw) const {
    return draw.amounts.empty() ? amounts : draw.amounts;
  }
};

// A deal open at the as-of date.
struct OpenDeal {
  uint64_t id = 0;  // StableId("opportunity", ...).
  std::string key;  // The CRM's id.
  int rep = 0;
  int segment = 0;
  int stage = 0;
  int age_days = 0;  // Whole days in the stage at the end of the as-of day, >= 0.
  // Stated amount; without one the amount is drawn from the segment's distribution.
  std::optional<int64_t> amount_minor_units;
};

// A lead that is neither an opportunity nor dropped.
struct OpenLead {
  uint64_t id = 0;  // StableId("lead", key).
  std::string key;
  int rep = 0;
  int segment = 0;
  int age_days = 0;  // Whole days since it came, at the end of the as-of day, >= 0.
};

// A won deal that may be renewed once and expanded once.
struct Customer {
  uint64_t id = 0;   // StableId("customer", key).
  std::string key;   // The CRM's id of the won deal.
  int rep = 0;       // Who would own what follows.
  int segment = 0;   // Of the won deal.
  int age_days = 0;  // Whole days since the win, at the end of the as-of day, >= 0.
  std::optional<int64_t> amount_minor_units;  // Of the win.
  bool is_renewed = false;                    // There is a renewal of it already.
  bool is_expanded = false;                   // There is an expansion of it already.
};

// A person who carries quota.
struct RepState {
  uint64_t id = 0;  // StableId("rep", key).
  std::string key;
  int team = 0;
  // First day in the job; without one the rep counts as fully ramped.
  std::optional<absl::CivilDay> start_date;
  // Exclusive last day known in advance; the rep creates nothing from then on.
  std::optional<absl::CivilDay> end_date;
  // Per state period: the quota (absent: not eligible for attainment) and what was won in the
  // period up to the as-of date.
  std::vector<std::optional<int64_t>> quota_minor_units;
  std::vector<int64_t> booked_minor_units;
};

struct TeamState {
  uint64_t id = 0;  // StableId("team", key).
  std::string key;
  int parent = -1;  // Position of the parent team, always smaller than its own; -1: the org.
};

// Where the pipeline stands at the end of the as-of day.
struct PipelineState {
  absl::CivilDay as_of;  // The last day whose facts are known.
  // Fiscal periods from the one containing as_of + 1 on, contiguous; the last ends the horizon.
  std::vector<FiscalPeriod> periods;
  std::vector<TeamState> teams;      // Parents before children. Draws use `PipelineModel::teams`.
  std::vector<RepState> reps;        // Same order as PipelineModel::reps.
  std::vector<OpenDeal> open_deals;  // Any order; results do not depend on it; as the next two.
  std::vector<OpenLead> open_leads;
  std::vector<Customer> customers;
  std::string currency;
};

// A normal effect on its link scale: drawn once per parameter draw.
struct Effect {
  double mean = 0;
  double sd = 0;  // >= 0.
};

// How an initiative is taken up: 0 before the start, then
// ceiling / (1 + (t50 / weeks)^m), m = ln 9 / asinh(width / (2 t50)).
struct Adoption {
  double ceiling = 1;       // (0, 1].
  double t50_weeks = 8;     // > 0: half of the ceiling is reached. 0: at once.
  double width_weeks = 12;  // > 0: from 10 % to 90 % of the ceiling.
};

// A shift of the win side at one stage.
struct StageEffect {
  int stage = 0;
  Effect win;  // Probit, on top of the shift at every stage.
};

// A part of an initiative's audience that starts later.
struct Wave {
  std::vector<int> reps;  // Of the audience; ascending, each once.
  bool covers_hires = false;
  absl::CivilDay start;
};

// How much of an initiative's effect a rep has room for.
struct RepHeadroom {
  int rep = 0;
  double share = 1;  // [0, 1].
};

// A dated intervention on named drivers.
struct Initiative {
  uint64_t id = 0;  // StableId("initiative", key).
  std::string key;
  std::vector<int> reps;  // Audience by position; sorted, unique. Hires join when `covers_hires`.
  bool covers_hires = false;
  std::optional<Effect> win;            // Probit shift at every stage.
  std::vector<StageEffect> stage_wins;  // By stage, each once.
  std::optional<Effect> cycle;          // ln multiplier of exit rates; positive is faster.
  std::optional<Effect> creation;       // ln multiplier of opportunity creation.
  std::optional<Effect> size;           // ln multiplier of the amounts of deals won.
  std::optional<Effect> ramp;           // ln multiplier of the speed with which new reps ramp.
  std::optional<Effect> attrition;      // ln multiplier of the rate at which reps leave at random.
  std::optional<Effect> lead_volume;    // ln multiplier of the leads that come.
  std::optional<Effect> lead_work;      // Probit shift of leads becoming opportunities.
  std::optional<Effect> lead_response;  // ln multiplier of the exit rates of leads.
  std::optional<Effect> churn;          // ln multiplier of the rate at which customers are lost.
  std::optional<Effect> selling_time;   // ln multiplier of creation and of exit rates alike.
  std::vector<int> segments;            // Whose deals it acts on; ascending, each once. None: all.
  absl::CivilDay start;
  // First day it no longer runs; what was adopted by then stays. Absent: runs past the horizon.
  std::optional<absl::CivilDay> end;
  Adoption adoption;
  // Who starts later; a rep of several waves starts with the first of them.
  std::vector<Wave> waves;
  // Of kHoursPerWeek: creation and the speed of deals fall by that share while it runs.
  double overhead_hours_per_week = 0;
  // Weeks in which what was adopted falls by half once it no longer runs; 0: at once. Absent: it
  // stays.
  std::optional<double> fade_half_life_weeks;
  // From this day on reviews are not held: nothing more is adopted, and what was falls by half
  // every `lapse_half_life_weeks`.
  std::optional<absl::CivilDay> reviews_lapse;
  double lapse_half_life_weeks = 8;    // > 0.
  std::vector<RepHeadroom> headrooms;  // By rep, each once; others have room for all of it.
};

// A person joining. Creates opportunities at the team's rate times the ramp.
struct Hire {
  uint64_t id = 0;  // StableId("hire", key).
  std::string key;
  int team = 0;
  absl::CivilDay start;  // Of the lead time, where there is one.
  // Productivity rises linearly from 0 to 1 over these weeks; 0: as for the model's reps.
  double ramp_weeks = 0;
  std::vector<std::optional<int64_t>> quota_minor_units;  // Per state period.
  // Mean of the gamma distributed time from `start` to the first day, one value per parameter draw.
  double lead_time_mean_weeks = 0;  // 0: the first day is `start`.
  std::optional<Effect> quality;    // ln multiplier of the opportunities the hire creates.
};

// What is left of a rep's hold on deals that pass to somebody else.
inline constexpr double kDefaultInheritedWin = -0.15;  // Probit, per stage.
inline constexpr double kDefaultFreezeWeeks = 3;

// A rep leaving on a known day.
struct Departure {
  uint64_t id = 0;  // Keys the inherited effect; StableId("departure", the rep's key).
  int rep = 0;
  absl::CivilDay end;                         // First day without the rep.
  std::optional<int> successor;               // Takes the deals over; without one they are lost.
  double freeze_weeks = kDefaultFreezeWeeks;  // In which nothing happens to the deals.
  Effect inherited_win = {kDefaultInheritedWin, 0};
};

// A rep away from work: creates nothing, deals stand still.
struct Absence {
  int rep = 0;
  absl::CivilDay start;
  absl::CivilDay end;  // First day back.
};

// An open deal that belongs to somebody else from the first simulated day on.
struct Reassignment {
  uint64_t id = 0;  // Keys the inherited effect; StableId("reassignment", the deal's key).
  int deal = 0;     // Position in the state's open deals.
  int rep = 0;
  Effect inherited_win = {kDefaultInheritedWin, 0};
};

// Reps leave at random, each once, by their tenure. Whose end is known (in the
// state or by a departure) leaves then and not before; hires stay.
struct Attrition {
  std::optional<double> rate_per_year;   // At any tenure. Absent: the draw's bands, or the default
  std::optional<double> backfill_weeks;  // Until somebody new starts. Absent: nobody does.
  double freeze_weeks = kDefaultFreezeWeeks;
  Effect inherited_win = {kDefaultInheritedWin, 0};
};
inline constexpr double kDefaultAttritionPerYear = 0.25;

// Another quota: a change of the yardstick, never of what is sold.
struct QuotaChange {
  std::optional<int> person;  // Position among reps, then hires. Absent: all who have a quota.
  std::optional<int> period;  // Of the state. Absent: all.
  std::optional<int64_t> quota_minor_units;  // Absent: `factor` times the present one.
  double factor = 1;                         // > 0.
};

// A time in which demand is different.
struct DemandShock {
  uint64_t id = 0;  // Keys the effects; StableId("demand_shock", days and segments).
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;  // First day after it. Absent: lasts past the horizon.
  std::vector<int> segments;          // Ascending, each once. None: all.
  std::optional<Effect> creation;     // ln multiplier of opportunity creation.
  std::optional<Effect> win;          // Probit shift at every stage.
};

inline constexpr double kDefaultInitiativeTax = 0.05;

// A compensation plan and its audience: it pays those of them who have a quota in a period, for all
// their bookings of the period, the part before the as-of date included.
struct CompPlan {
  std::vector<int> reps;  // By position; ascending, each once. Hires join when `covers_hires`.
  bool covers_hires = false;
  PayoutPlan payout;
};

// How many open deals people can work on at full speed; above it all of theirs go slower by the
// ratio.
struct CapacityLimit {
  std::vector<int> reps;  // By position; ascending, each once. Hires join when `covers_hires`.
  bool covers_hires = false;
  double open_deals = 0;  // Of a ramped person, > 0.
  // Share of it that each initiative beyond two that run takes; a fifth is left at least.
  double initiative_tax = kDefaultInitiativeTax;
  std::optional<absl::CivilDay> start;  // Absent: the first simulated day.
};

// What is changed against the state as it stands. The empty scenario is the base.
struct Scenario {
  std::string name;
  std::vector<Initiative> initiatives;
  std::vector<Hire> hires;
  // The law of interference: with n > 2 running initiatives each keeps (2 / n)^kappa of its effect.
  // kappa is lognormal with this median and sd of its logarithm, one value per parameter draw.
  double interference_median = 2;
  double interference_log_sd = 0.541;
  std::vector<Departure> departures;
  std::vector<Absence> absences;
  std::vector<Reassignment> reassignments;
  std::vector<QuotaChange> quota_changes;  // Applied in their order.
  std::vector<DemandShock> demand_shocks;
  std::optional<Attrition> attrition;
  // What people are paid. The first plan whose audience has a person counts; whom none has is paid
  // by no plan. Never changes what is sold.
  std::vector<CompPlan> comp_plans;
  // The first limit whose audience has a person counts; whom none has works on any number.
  std::vector<CapacityLimit> capacity_limits;
};

// Ramp of reps with a start date, and of hires unless they say otherwise.
inline constexpr double kDefaultRampWeeks = 22;

// Validates everything the engine assumes; INVALID_ARGUMENT (INVALID_FIELD) lists fields by path
// ("open_deals[17].stage") with their values. NaN and infinities are refused everywhere.
absl::Status ValidateModel(const PipelineModel& model);
absl::Status ValidateState(const PipelineState& state, const PipelineModel& model);
absl::Status ValidateScenario(const Scenario& scenario, const PipelineState& state,
                              const PipelineModel& model);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_MODEL_MODEL_H_
