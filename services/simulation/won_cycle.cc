#include "services/simulation/won_cycle.h"

#include <cmath>
#include <cstddef>
#include <vector>

namespace quotacast::simulation {
namespace {

using simulator::PipelineModel;
using simulator::StageCell;

// Stages are followed this long; later exits no longer change a share noticeably.
constexpr int kFollowedDays = 3'650;

// The mean of one cell over the draws.
StageCell MeanCell(const PipelineModel& model, size_t cell) {
  StageCell mean;
  mean.ages.resize(model.age_bin_edges_days.size() + 1);
  const double weight = 1.0 / static_cast<double>(model.draws.size());
  for (const simulator::ParameterDraw& draw : model.draws) {
    const StageCell& drawn = draw.cells[cell];
    mean.entry_day_exit_share += weight * drawn.entry_day_exit_share;
    mean.entry_advance_probability += weight * drawn.entry_advance_probability;
    for (size_t a = 0; a < mean.ages.size(); ++a) {
      mean.ages[a].exit_rate_per_day += weight * drawn.ages[a].exit_rate_per_day;
      mean.ages[a].advance_probability += weight * drawn.ages[a].advance_probability;
    }
  }
  return mean;
}

size_t BinOf(const PipelineModel& model, int age_days) {
  size_t bin = 0;
  while (bin < model.age_bin_edges_days.size() && age_days >= model.age_bin_edges_days[bin]) ++bin;
  return bin;
}

// P(a deal that enters this stage ever advances).
double EverAdvances(const PipelineModel& model, const StageCell& cell) {
  double staying = 1 - cell.entry_day_exit_share;
  double advanced = cell.entry_day_exit_share * cell.entry_advance_probability;
  for (int age = 0; age < kFollowedDays; ++age) {
    const simulator::AgeCell& at_age = cell.ages[BinOf(model, age)];
    const double left = staying * -std::expm1(-at_age.exit_rate_per_day);
    advanced += left * at_age.advance_probability;
    staying -= left;
  }
  return advanced;
}

// P(a new deal is won within the days) by forward recursion over (stage, age).
double WonWithin(const PipelineModel& model, const std::vector<StageCell>& cells, int day_count) {
  const size_t stages = cells.size();
  std::vector<std::vector<double>> mass(stages, std::vector<double>(day_count + 1, 0.0));
  // Entering a stage: the entry-day share goes on at once, the rest stays at age 0.
  const auto enter = [&](size_t stage, double arriving) {
    while (stage < stages && arriving > 0) {
      mass[stage][0] += arriving * (1 - cells[stage].entry_day_exit_share);
      arriving *= cells[stage].entry_day_exit_share * cells[stage].entry_advance_probability;
      ++stage;
    }
    return stage == stages ? arriving : 0.0;
  };
  double won = enter(0, 1);
  for (int day = 1; day < day_count; ++day) {
    std::vector<std::vector<double>> before(stages, std::vector<double>(day_count + 1, 0.0));
    before.swap(mass);
    for (size_t s = 0; s < stages; ++s) {
      for (int age = 0; age < day; ++age) {
        const simulator::AgeCell& at_age = cells[s].ages[BinOf(model, age)];
        const double left = before[s][age] * -std::expm1(-at_age.exit_rate_per_day);
        mass[s][age + 1] += before[s][age] - left;
        won += enter(s + 1, left * at_age.advance_probability);
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
    std::vector<StageCell> cells;
    double ever = 1;
    for (size_t s = 0; s < stages; ++s) {
      cells.push_back(MeanCell(model, g * stages + s));
      ever *= EverAdvances(model, cells.back());
    }
    won_ever += creation * ever;
    won_within += creation * WonWithin(model, cells, day_count);
  }
  return won_ever > 0 ? won_within / won_ever : 0;
}

}  // namespace quotacast::simulation
