#include "services/simulation/won_cycle.h"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace quotacast::simulation {
namespace {

using simulator::PipelineModel;
using simulator::StageCell;

// Stages are followed this long; later exits no longer change a share noticeably.
constexpr int kFollowedDays = 3'650;

// The mean of one cell, of stages or of leads, over the draws.
StageCell MeanCell(const PipelineModel& model,
                   std::vector<StageCell> simulator::ParameterDraw::*cells, size_t cell) {
  StageCell mean;
  mean.ages.resize(model.age_bin_edges_days.size() + 1);
  const double weight = 1.0 / static_cast<double>(model.draws.size());
  for (const simulator::ParameterDraw& draw : model.draws) {
    const StageCell& drawn = (draw.*cells)[cell];
    mean.entry_day_exit_share += weight * drawn.entry_day_exit_share;
    mean.entry_advance_probability += weight * drawn.entry_advance_probability;
    mean.entry_regress_probability += weight * drawn.entry_regress_probability;
    for (size_t d = 0; d < drawn.regress_destinations.size(); ++d) {
      mean.regress_destinations.resize(drawn.regress_destinations.size());
      mean.regress_destinations[d] += weight * drawn.regress_destinations[d];
    }
    for (size_t a = 0; a < mean.ages.size(); ++a) {
      mean.ages[a].exit_rate_per_day += weight * drawn.ages[a].exit_rate_per_day;
      mean.ages[a].advance_probability += weight * drawn.ages[a].advance_probability;
      mean.ages[a].regress_probability += weight * drawn.ages[a].regress_probability;
    }
  }
  // Draws in which nobody goes back may say nothing of where to.
  const double told =
      std::accumulate(mean.regress_destinations.begin(), mean.regress_destinations.end(), 0.0);
  for (double& share : mean.regress_destinations) share /= told;
  return mean;
}

size_t BinOf(const PipelineModel& model, int age_days) {
  size_t bin = 0;
  while (bin < model.age_bin_edges_days.size() && age_days >= model.age_bin_edges_days[bin]) ++bin;
  return bin;
}

// Of the deals that enter a stage, the shares that leave it for the next one and back.
struct Exits {
  double onwards = 0;
  double back = 0;
};
Exits ExitsOf(const PipelineModel& model, const StageCell& cell) {
  double staying = 1 - cell.entry_day_exit_share;
  Exits exits;
  exits.back = cell.entry_day_exit_share * cell.entry_regress_probability;
  exits.onwards = (cell.entry_day_exit_share - exits.back) * cell.entry_advance_probability;
  for (int age = 0; age < kFollowedDays; ++age) {
    const simulator::AgeCell& at_age = cell.ages[BinOf(model, age)];
    const double left = staying * -std::expm1(-at_age.exit_rate_per_day);
    exits.back += left * at_age.regress_probability;
    exits.onwards += left * (1 - at_age.regress_probability) * at_age.advance_probability;
    staying -= left;
  }
  return exits;
}

// P(a new deal is ever won). A deal that goes back passes the stages in between again.
double EverWon(const PipelineModel& model, const std::vector<StageCell>& cells) {
  std::vector<double> passes;  // P(ever enters the next stage | enters this one).
  double ever = 1;
  for (size_t s = 0; s < cells.size(); ++s) {
    const Exits exits = ExitsOf(model, cells[s]);
    double returns = 0;
    for (size_t d = 0; d < cells[s].regress_destinations.size(); ++d) {
      double way = cells[s].regress_destinations[d];
      for (size_t t = d; t < s; ++t) way *= passes[t];
      returns += way;
    }
    const double ends = 1 - exits.back * returns;
    passes.push_back(ends > 0 ? exits.onwards / ends : 0);
    ever *= passes[s];
  }
  return ever;
}

// P(a new deal is won within the days) by forward recursion over (stage, age).
double WonWithin(const PipelineModel& model, const std::vector<StageCell>& cells, int day_count) {
  const size_t stages = cells.size();
  std::vector<std::vector<double>> mass(stages, std::vector<double>(day_count + 1, 0.0));
  std::vector<double> returning(stages, 0.0);  // Enter the stage on the next day.
  const auto go_back = [&](size_t stage, double share) {
    for (size_t d = 0; d < cells[stage].regress_destinations.size(); ++d) {
      returning[d] += share * cells[stage].regress_destinations[d];
    }
  };
  // Entering a stage: the entry-day share goes on at once, the rest stays at age 0.
  const auto enter = [&](size_t stage, double arriving) {
    while (stage < stages && arriving > 0) {
      const StageCell& cell = cells[stage];
      mass[stage][0] += arriving * (1 - cell.entry_day_exit_share);
      arriving *= cell.entry_day_exit_share;
      go_back(stage, arriving * cell.entry_regress_probability);
      arriving *= (1 - cell.entry_regress_probability) * cell.entry_advance_probability;
      ++stage;
    }
    return stage == stages ? arriving : 0.0;
  };
  double won = enter(0, 1);
  for (int day = 1; day < day_count; ++day) {
    std::vector<std::vector<double>> before(stages, std::vector<double>(day_count + 1, 0.0));
    before.swap(mass);
    std::vector<double> back(stages, 0.0);
    back.swap(returning);
    for (size_t s = 0; s < stages; ++s) won += enter(s, back[s]);
    for (size_t s = 0; s < stages; ++s) {
      for (int age = 0; age < day; ++age) {
        const simulator::AgeCell& at_age = cells[s].ages[BinOf(model, age)];
        const double left = before[s][age] * -std::expm1(-at_age.exit_rate_per_day);
        mass[s][age + 1] += before[s][age] - left;
        go_back(s, left * at_age.regress_probability);
        won += enter(s + 1, left * (1 - at_age.regress_probability) * at_age.advance_probability);
      }
    }
  }
  return won;
}

}  // namespace

double WonWithinShare(const PipelineModel& model, int day_count) {
  const size_t stages = model.stages.size();
  const size_t segments = model.segments.size();
  double won_within = 0;
  double won_ever = 0;
  for (size_t g = 0; g < segments; ++g) {
    double creation = 0;
    for (const simulator::ParameterDraw& draw : model.draws) {
      for (size_t r = 0; r < model.reps.size(); ++r) {
        creation += draw.creation_rate_per_day[r * segments + g];
      }
    }
    if (!model.draws.front().lead_cells.empty()) {
      double leads = 0;
      for (const simulator::ParameterDraw& draw : model.draws) {
        for (size_t r = 0; r < model.reps.size(); ++r) {
          leads += draw.lead_rate_per_day[r * segments + g];
        }
      }
      creation +=
          leads * EverWon(model, {MeanCell(model, &simulator::ParameterDraw::lead_cells, g)});
    }
    std::vector<StageCell> cells;
    for (size_t s = 0; s < stages; ++s) {
      cells.push_back(MeanCell(model, &simulator::ParameterDraw::cells, g * stages + s));
    }
    won_ever += creation * EverWon(model, cells);
    won_within += creation * WonWithin(model, cells, day_count);
  }
  return won_ever > 0 ? won_within / won_ever : 0;
}

}  // namespace quotacast::simulation
