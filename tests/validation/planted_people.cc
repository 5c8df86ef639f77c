#include "tests/validation/planted_people.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "simulator/fit/block_evidence.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/planted_history.h"
#include "simulator/fit/spreads.h"
#include "simulator/fit/tenure.h"
#include "simulator/model/model.h"
#include "tests/validation/dice.h"
#include "tests/validation/model_draws.h"

namespace quotacast::validation {
namespace {

using simulator::ParameterDraw;
using simulator::PipelineModel;
using simulator::PlantedPipeline;

constexpr size_t kBands = std::size(simulator::kAttritionBandStarts);
constexpr std::array<const char*, kBands> kBandNames = {
    "attrition, first year", "attrition, second and third", "attrition, later"};

struct PlantedCompany {
  PlantedPipeline pipeline;
  std::array<double, kBands> attrition_per_year = {};
  double rep_sd = 0;
  double market_sd = 0;
};

// The first day without somebody who starts at `start`, by the rates of tenure.
absl::CivilDay LastsUntil(const std::array<double, kBands>& rates, absl::CivilDay start,
                          Dice& dice) {
  double left = dice.Exponential();  // Of the hazard that is survived.
  double tenure = 0;
  for (size_t band = 0; band < kBands; ++band) {
    const double per_day = rates[band] / 365.25;
    const bool is_last = band + 1 == kBands;
    const double days = is_last ? 0 : simulator::kAttritionBandStarts[band + 1] - tenure;
    if (is_last || per_day * days >= left) {
      return start + static_cast<int>(std::min(tenure + left / per_day, 36'500.0)) + 1;
    }
    left -= per_day * days;
    tenure += days;
  }
  return start;
}

PlantedCompany Draw(Dice& dice) {
  PlantedCompany company;
  PlantedPipeline& pipeline = company.pipeline;
  pipeline.cells.assign(3, simulator::PlantedCell());
  for (simulator::PlantedCell& cell : pipeline.cells) {
    cell.exit_rate_per_day = dice.Between(0.03, 0.06);
    cell.advance_probability = dice.Between(0.5, 0.7);
  }
  pipeline.rep_count = 24 + static_cast<int>(dice.Between(0, 17));
  pipeline.team_count = 1;
  pipeline.day_count = 730 + static_cast<int>(dice.Between(0, 365));
  pipeline.creation_rate_per_day = 0.12;
  pipeline.ramp_weeks = dice.LogNormal(simulator::kDefaultRampWeeks, simulator::kRampLogSd);
  // Gamma priors of the level, worth kAttritionPriorCount leavers, and of bands around it.
  const double level = simulator::kDefaultAttritionPerYear *
                       dice.Gamma(static_cast<int>(simulator::kAttritionPriorCount));
  for (double& rate : company.attrition_per_year) {
    rate = level * dice.Gamma(static_cast<int>(simulator::kAttritionBandCount));
  }
  const simulator::FitOptions typical;
  company.rep_sd = dice.LogNormal(typical.rep_sd, simulator::kSpreadPriorLogSd);
  company.market_sd = dice.LogNormal(typical.market_sd, simulator::kSpreadPriorLogSd);
  const absl::CivilDay last = pipeline.first_day + (pipeline.day_count - 1);
  for (int r = 0; r < pipeline.rep_count; ++r) {
    pipeline.rep_shifts.push_back(company.rep_sd * dice.Normal());
    pipeline.creation_factors.push_back(std::exp(0.2 * dice.Normal()));
    // A third were there long before, the others come in the course of the history.
    const int start = r % 3 == 0 ? -static_cast<int>(dice.Between(400, 2'000))
                                 : static_cast<int>(dice.Between(0, pipeline.day_count - 30));
    pipeline.rep_starts.push_back(pipeline.first_day + start);
    absl::CivilDay end = LastsUntil(company.attrition_per_year, pipeline.rep_starts.back(), dice);
    // Who left before the history begins is in nobody's data; here somebody with the same tenure
    // at its start stands in, as staying is a matter of the days that follow.
    while (end <= pipeline.first_day) {
      end = LastsUntil(company.attrition_per_year, pipeline.rep_starts.back(), dice);
    }
    pipeline.rep_ends.push_back(end <= last ? std::optional<absl::CivilDay>(end) : std::nullopt);
  }
  const int blocks = pipeline.day_count / simulator::kSpreadBlockDays + 1;
  for (int block = 0; block < blocks; ++block) {
    pipeline.market_shifts.push_back(company.market_sd * dice.Normal());
  }
  return company;
}

}  // namespace

absl::StatusOr<IntervalTally> TallyPlantedPeople(const PlantedPeopleOptions& options) {
  IntervalTally tally;
  for (int company = 0; company < options.company_count; ++company) {
    options.progress(company, options.company_count);
    Dice dice(StableId("people", absl::StrCat(options.seed)), company);
    const PlantedCompany truth = Draw(dice);
    simulator::FitOptions fit;
    fit.seed = options.seed;
    // Facts of a truth that never changes count alike.
    fit.recency_half_life_days = 1e9;
    fit.draw_count = 255;
    QC_ASSIGN_OR_RETURN(
        const PipelineModel model,
        simulator::FitPipelineModel(
            simulator::PlantHistory(truth.pipeline,
                                    StableId("people", absl::StrCat(options.seed, "/", company))),
            fit));
    const auto add = [&](const char* quantity, double of_truth, const auto& figure) {
      tally.Add(quantity, company, RankAmong(Draws(model, figure), of_truth));
    };
    add("ramp", truth.pipeline.ramp_weeks,
        [](const ParameterDraw& draw) { return draw.ramp_weeks; });
    add("spread of ability", truth.rep_sd, [](const ParameterDraw& draw) { return draw.rep_sd; });
    add("spread of quarters", truth.market_sd,
        [](const ParameterDraw& draw) { return draw.market_sd; });
    if (model.draws.front().attrition_bands.empty()) continue;
    for (size_t band = 0; band < kBands; ++band) {
      add(kBandNames[band], truth.attrition_per_year[band],
          [band](const ParameterDraw& draw) { return draw.attrition_bands[band].rate_per_year; });
    }
  }
  options.progress(options.company_count, options.company_count);
  return tally;
}

}  // namespace quotacast::validation
