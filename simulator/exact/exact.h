// The exact engine: the laws of bookings computed, not sampled.
//
//   forecast = ComputeExact(model, state, scenario, options, cancel);
//
// The same model as the Monte Carlo engine (its blueprint and its tables of win chances), another
// way to the answer: given a person's shift, open deals are independent and wins from new pipeline
// are negative binomial, so the law of what the person books is found on a lattice and averaged
// over the shift; given the market and the team, people are independent, so sums over people are
// products of transforms. No random numbers but the scenario's effects per parameter draw, which
// are the Monte Carlo engine's own. docs/model.md has formulas and measured errors.
//
// Same inputs, same bytes, whatever the number of threads or the order of reps, teams and deals.
// Pure: no clock, no files, no global state.
#ifndef QUOTACAST_SIMULATOR_EXACT_EXACT_H_
#define QUOTACAST_SIMULATOR_EXACT_EXACT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/forecast.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Named limits; ComputeExact refuses one more.
inline constexpr int kMinLatticeCells = 16;
inline constexpr int kMaxLatticeCells = 8'192;
// Above this a count of the Monte Carlo engine would be capped; the laws would differ.
inline constexpr double kMaxExpectedWins = 20'000;

struct ExactOptions {
  // Seed (of the scenario's effects), steps, periods and cut days; trials are not used.
  EngineOptions engine;
  // Cells from 0 to a person's quota; doubled where all amounts then lie on nodes.
  int quota_cells = 128;
  // Cells of the laws of a person's bookings, up to 10 sd above the mean; 0: no laws, no quantiles.
  int law_cells = 256;
  // Teams, the org and the number of people at quota.
  bool sums = true;
  // Cells of their laws, up to 9 sd above the mean; up to four times as many for few or many
  // people.
  int sum_cells = 512;
  // At most this many of the model's draws, evenly spread over them; 0: all.
  int draw_limit = 0;
  int threads = 1;  // 1..kMaxThreads.
};

// Probabilities of amounts 0, width, 2 width ... won from the period's start to the mark, in minor
// units, without what was booked before the as-of date.
struct LatticeLaw {
  double width = 1;
  std::vector<double> masses;     // Of sums, single ones may be slightly negative.
  double above = 0;               // What the masses lack to 1: beyond the last node.
  bool is_lattice_exact = false;  // All amounts lie on nodes: these are the law's own atoms.
};

// One entity up to one mark. An Estimate here has no Monte Carlo error; its parameter_sd is the
// spread between draws and total_se that over sqrt(draws).
struct ExactLine {
  Entity entity;
  int period = 0;
  // Inclusive last day of the sum when the mark is a cut day; absent at the end of the period.
  std::optional<absl::CivilDay> by;
  int64_t booked_minor_units = 0;
  std::optional<int64_t> quota_minor_units;
  // Bookings from the period's start, what was booked before included; exact but for the averaging
  // over shifts (relative error about 1e-6), not read off a lattice.
  Estimate mean;
  double sd = 0;
  // kReportedQuantiles, to within a cell of the law, above when it is beyond. Empty without a law.
  std::vector<QuantileValue> quantiles;
  LatticeLaw law;  // Empty without law_cells, or for sums without `sums`.
  // P(bookings >= quota); at the end of a period, where there is a quota.
  std::optional<Estimate> attain_probability;
  // People: P(bookings = quota) exactly, part of the above. Not computed for sums.
  double quota_atom = 0;
  // Mass of the lattice cell around the quota that was taken to lie evenly about it; no more than
  // half of it is in doubt. 0 where the lattice is exact.
  double quota_cell_mass = 0;
  // False when the person had too many different sums to look for the atom; see QuotaAtom.
  bool quota_atom_is_resolved = true;
};

struct ExactPeriod {
  int period = 0;
  std::vector<ExactLine> lines;  // By mark, then PlanShape order; people only without `sums`.
  int eligible_rep_count = 0;
  // P(n people at quota), n = 0..eligible_rep_count; empty without `sums`.
  std::vector<double> at_quota_law;
};

struct ExactForecast {
  int draw_count = 0;        // Draws used.
  int model_draw_count = 0;  // Draws of the model: more when draw_limit cut them.
  std::vector<ExactPeriod> periods;
};

// INVALID_ARGUMENT (INVALID_FIELD) as Compile and for options out of range. FAILED_PRECONDITION
// (NOT_EXACT) for what the laws would not be exact for, naming the person or initiative: a shift
// that reaches beyond the tables, more than kMaxExpectedWins, effects on the size of deals, deals
// that pass to a successor, attrition. CANCELLED when `cancel` says so; it is polled between people
// and may be called from several threads at once.
absl::StatusOr<ExactForecast> ComputeExact(const PipelineModel& model, const PipelineState& state,
                                           const Scenario& scenario, const ExactOptions& options,
                                           const CancelCheck& cancel);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_EXACT_H_
