#include "tests/validation/planted_parameters.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/engine/inversion.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/planted_history.h"
#include "simulator/model/age_bins.h"
#include "simulator/model/model.h"
#include "tests/validation/dice.h"
#include "tests/validation/model_draws.h"

namespace quotacast::validation {
namespace {

using simulator::ParameterDraw;
using simulator::PipelineModel;
using simulator::PlantedCell;
using simulator::PlantedPipeline;

constexpr int kStages = 3;
constexpr int kQuarterDays = 91;

// Companies as one meets them, none of them the default pipeline: 4 to 12 reps, one to two and a
// half years, win rates from 5 to 45 %, cycles from a month to half a year.
PlantedPipeline DrawPipeline(Dice& dice) {
  PlantedPipeline pipeline;
  pipeline.stage_count = kStages;
  for (int s = 0; s < kStages; ++s) {
    PlantedCell cell;
    cell.entry_day_exit_share = dice.Between(0, 0.1);
    cell.exit_rate_per_day = std::exp(dice.Between(std::log(0.015), std::log(0.08)));
    cell.advance_probability = dice.Between(0.4, 0.8);
    // Stages age: later deals leave faster or slower.
    cell.late_age_days = 30 + static_cast<int>(dice.Between(0, 60));
    cell.late_rate_factor = std::exp(0.4 * dice.Normal());
    pipeline.cells.push_back(cell);
  }
  pipeline.rep_count = 4 + static_cast<int>(dice.Between(0, 9));
  pipeline.team_count = 2;
  pipeline.creation_rate_per_day = std::exp(dice.Between(std::log(0.04), std::log(0.15)));
  pipeline.day_count = 365 + static_cast<int>(dice.Between(0, 550));
  for (int r = 0; r < pipeline.rep_count; ++r) {
    pipeline.creation_factors.push_back(std::exp(0.3 * dice.Normal()));
    // The spread that the fit's prior states.
    pipeline.rep_shifts.push_back(0.08 * dice.Normal());
  }
  return pipeline;
}

// Chance that a deal entering the stage advances in the end.
double AdvanceProbability(const simulator::StageCell& cell, const std::vector<int>& edges) {
  const std::vector<double> shares = simulator::ExitShares(cell, edges, /*step_days=*/7);
  double sum = shares[0] * cell.entry_advance_probability;
  for (size_t bin = 0; bin < cell.ages.size(); ++bin) {
    sum += shares[bin + 1] * cell.ages[bin].advance_probability;
  }
  return sum;
}

// The cell as the company's own reps leave it: the able ones advance more, and those who create
// more weigh more. The fit's cells are of these reps, not of the average rep of the world.
PlantedCell OfTheseReps(const PlantedPipeline& truth, PlantedCell cell) {
  const double z = simulator::NormalQuantile(cell.advance_probability);
  double sum = 0, weight = 0;
  for (size_t rep = 0; rep < truth.rep_shifts.size(); ++rep) {
    sum += truth.creation_factors[rep] * simulator::NormalCdf(z + truth.rep_shifts[rep]);
    weight += truth.creation_factors[rep];
  }
  cell.advance_probability = sum / weight;
  return cell;
}

// The age bin that is judged: old enough to have deals of every stage, young enough to have many.
constexpr int kJudgedAgeDays = 20;

// Deals that each rep creates in the quarter after the history. A deal's life and arrival depend on
// the seed alone, so that a longer history begins as the shorter one.
std::vector<double> CreatedNext(PlantedPipeline truth, uint64_t seed) {
  const absl::CivilDay as_of = truth.first_day + (truth.day_count - 1);
  truth.day_count += kQuarterDays;
  std::vector<double> created(static_cast<size_t>(truth.rep_count), 0.0);
  for (const simulator::HistoryDeal& deal : simulator::PlantHistory(truth, seed).deals) {
    if (deal.created > as_of) ++created[static_cast<size_t>(deal.rep)];
  }
  return created;
}

// What the draws say of it: Poisson at the rep's rate and mixing. Counts are spread over a unit, as
// ranks want no ties.
std::vector<double> NextQuarter(const PipelineModel& model, size_t rep, Dice& dice) {
  const simulator::GammaMixing mixing(model.creation_mix_shape);
  std::vector<double> draws;
  for (const ParameterDraw& draw : model.draws) {
    const double mean =
        kQuarterDays * draw.creation_rate_per_day[rep] * mixing.Quantile(dice.Between(0, 1));
    draws.push_back(simulator::PoissonQuantile(mean, dice.Between(0, 1)) + dice.Between(-0.5, 0.5));
  }
  return draws;
}

void TallyCompany(const PlantedPipeline& truth, const std::vector<double>& created,
                  const PipelineModel& model, int company, Dice& dice, IntervalTally& tally) {
  const std::vector<int>& edges = model.age_bin_edges_days;
  double win_probability = 1;
  for (int s = kStages - 1; s >= 0; --s) {
    const PlantedCell cell = OfTheseReps(truth, truth.cells[static_cast<size_t>(s)]);
    const double advance = simulator::PlantedAdvanceProbability(cell);
    win_probability *= advance;
    const size_t position = static_cast<size_t>(s);
    tally.Add("advance probability of a stage", company,
              RankAmong(Draws(model,
                              [&](const ParameterDraw& draw) {
                                return AdvanceProbability(draw.cells[position], edges);
                              }),
                        advance));
    tally.Add("exit rate of a stage", company,
              RankAmong(Draws(model,
                              [&](const ParameterDraw& draw) {
                                return draw.cells[position]
                                    .ages[simulator::AgeBinOf(kJudgedAgeDays, edges)]
                                    .exit_rate_per_day;
                              }),
                        cell.exit_rate_per_day));
  }
  tally.Add("win probability", company,
            RankAmong(Draws(model,
                            [&](const ParameterDraw& draw) {
                              double product = 1;
                              for (int s = 0; s < kStages; ++s) {
                                product *=
                                    AdvanceProbability(draw.cells[static_cast<size_t>(s)], edges);
                              }
                              return product;
                            }),
                      win_probability));
  for (int r = 0; r < truth.rep_count; ++r) {
    const size_t rep = static_cast<size_t>(r);
    tally.Add("deals of a rep in the next quarter", company,
              RankAmong(NextQuarter(model, rep, dice), created[rep] + dice.Between(-0.5, 0.5)));
    tally.Add(
        "creation of a rep", company,
        RankAmong(Draws(model,
                        [&](const ParameterDraw& draw) { return draw.creation_rate_per_day[rep]; }),
                  truth.creation_rate_per_day * truth.creation_factors[rep]));
    const simulator::RepEffect& effect = model.rep_effects[rep];
    const double z = (truth.rep_shifts[rep] - effect.mean) / std::sqrt(effect.variance);
    tally.Add("ability of a rep", company, 0.5 * std::erfc(-z * M_SQRT1_2));
  }
}

}  // namespace

absl::StatusOr<IntervalTally> TallyPlantedParameters(const PlantedParametersOptions& options) {
  IntervalTally tally;
  for (int company = 0; company < options.company_count; ++company) {
    options.progress(company, options.company_count);
    Dice dice(options.seed, company);
    const PlantedPipeline truth = DrawPipeline(dice);
    simulator::FitOptions fit;
    fit.seed = options.seed;
    // What is planted never moves; draws of the next quarter's win side would be wider.
    fit.win_walk_sd = 0;
    const uint64_t seed = StableId("company", absl::StrCat(options.seed, "/", company));
    QC_ASSIGN_OR_RETURN(const PipelineModel model,
                        simulator::FitPipelineModel(simulator::PlantHistory(truth, seed), fit));
    TallyCompany(truth, CreatedNext(truth, seed), model, company, dice, tally);
  }
  options.progress(options.company_count, options.company_count);
  return tally;
}

}  // namespace quotacast::validation
