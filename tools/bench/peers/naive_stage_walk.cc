#include "tools/bench/peers/naive_stage_walk.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

#include "base/random.h"

namespace quotacast::bench {
namespace {

using simulator::ParameterDraw;
using simulator::StageCell;

constexpr double kPi = 3.14159265358979323846;

double NormalCdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// By bisection: slow, plain, and only used while preparing.
double NormalQuantile(double p) {
  if (p <= 0) return -100;
  if (p >= 1) return 100;
  double low = -40, high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    (NormalCdf(middle) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

size_t BinOf(const std::vector<int>& edges, int age) {
  size_t bin = 0;
  while (bin < edges.size() && age >= edges[bin]) ++bin;
  return bin;
}

double EntryExit(const StageCell& cell, int length_days) {
  return cell.entry_day_exit_share +
         (cell.first_week_exit_share - cell.entry_day_exit_share) * (length_days - 1) / 6.0;
}

// Where deals that enter a stage leave it: [0: in the step of entry, 1 + age bin].
std::vector<double> ExitShares(const StageCell& cell, const std::vector<int>& edges, int step) {
  std::vector<double> shares(cell.ages.size() + 1, 0.0);
  shares[0] = EntryExit(cell, step);
  for (int first_age = 1; first_age <= step; ++first_age) {
    double staying = (1 - shares[0]) / step;
    for (int age = first_age; age < 100'000 && staying > 1e-15; age += step) {
      const size_t bin = BinOf(edges, age);
      const double rate = cell.ages[bin].exit_rate_per_day;
      if (bin == edges.size()) {  // The last bin: all that is left leaves here, or nothing does.
        if (rate > 0) shares[bin + 1] += staying;
        break;
      }
      const double left = staying * -std::expm1(-rate * step);
      shares[bin + 1] += left;
      staying -= left;
    }
  }
  return shares;
}

// Shares of those that enter a stage and do not go back, by slot, and of those that do.
struct Ways {
  std::vector<double> onwards;
  double back = 0;
};

Ways WaysOut(const StageCell& cell, const std::vector<int>& edges, int step) {
  Ways ways;
  ways.onwards = ExitShares(cell, edges, step);
  for (size_t slot = 0; slot < ways.onwards.size(); ++slot) {
    const double back =
        slot == 0 ? cell.entry_regress_probability : cell.ages[slot - 1].regress_probability;
    ways.back += ways.onwards[slot] * back;
    ways.onwards[slot] *= 1 - back;
  }
  return ways;
}

// P(win) from the entry of every stage, given the shares that advance: repeated until what goes
// round once more no longer counts.
std::vector<double> WinsFrom(const StageCell* cells, const std::vector<Ways>& ways,
                             const std::vector<double>& advances) {
  const size_t stages = ways.size();
  std::vector<double> wins(stages, 0.0);
  for (int round = 0; round < 10'000; ++round) {
    double change = 0;
    for (size_t s = stages; s-- > 0;) {
      double win = advances[s] * (s + 1 < stages ? wins[s + 1] : 1);
      for (size_t d = 0; d < cells[s].regress_destinations.size(); ++d) {
        win += ways[s].back * cells[s].regress_destinations[d] * wins[d];
      }
      change = std::max(change, std::abs(win - wins[s]));
      wins[s] = win;
    }
    if (change < 1e-13) break;
  }
  return wins;
}

// Mean of P(win from the entry of `stage`) over a normal shift, each stage with its constant added.
double MeanWins(const StageCell* cells, const std::vector<std::vector<double>>& z,
                const std::vector<double>& constants, const std::vector<Ways>& ways, size_t stage,
                double sd) {
  constexpr int kPoints = 80;
  constexpr double kReach = 8;
  double mean = 0, weight = 0;
  for (int i = 0; i <= kPoints; ++i) {
    const double x = -kReach + 2 * kReach * i / kPoints;
    const double density = std::exp(-0.5 * x * x);
    std::vector<double> advances;
    for (size_t s = 0; s < z.size(); ++s) {
      double advance = 0;
      for (size_t slot = 0; slot < z[s].size(); ++slot) {
        if (ways[s].onwards[slot] == 0) continue;
        advance += ways[s].onwards[slot] * NormalCdf(z[s][slot] + constants[s] + sd * x);
      }
      advances.push_back(advance);
    }
    mean += density * WinsFrom(cells, ways, advances)[stage];
    weight += density;
  }
  return mean / weight;
}

// Thresholds under which adding a shift of spread `sd` leaves the chance of winning from every
// stage what it is without one (docs/model.md, section 4).
std::vector<std::vector<double>> RescaledThresholds(const StageCell* cells, size_t stage_count,
                                                    const std::vector<int>& edges, double sd,
                                                    int step_days) {
  std::vector<std::vector<double>> z(stage_count);
  std::vector<Ways> ways;
  std::vector<double> advances;
  bool loops = false;
  for (size_t s = 0; s < stage_count; ++s) {
    ways.push_back(WaysOut(cells[s], edges, step_days));
    loops = loops || ways[s].back > 0;
    const double widening = std::sqrt(1 + sd * sd);
    z[s].push_back(widening * NormalQuantile(cells[s].entry_advance_probability));
    advances.push_back(ways[s].onwards[0] * cells[s].entry_advance_probability);
    for (size_t b = 0; b < cells[s].ages.size(); ++b) {
      z[s].push_back(widening * NormalQuantile(cells[s].ages[b].advance_probability));
      advances[s] += ways[s].onwards[b + 1] * cells[s].ages[b].advance_probability;
    }
  }
  const std::vector<double> targets = WinsFrom(cells, ways, advances);
  std::vector<double> constants(stage_count, 0.0);
  // One stage after the other from the last; where deals go back, until all fit together.
  for (int sweep = 0; sd > 0 && sweep < (loops ? 50 : 1); ++sweep) {
    double change = 0;
    for (size_t s = stage_count; s-- > 0;) {
      if (targets[s] <= 0 || (s + 1 == stage_count && !loops)) continue;
      const double before = constants[s];
      double low = -5, high = 5;
      for (int i = 0; i < 45; ++i) {
        constants[s] = 0.5 * (low + high);
        (MeanWins(cells, z, constants, ways, s, sd) < targets[s] ? low : high) = constants[s];
      }
      change = std::max(change, std::abs(constants[s] - before));
    }
    if (change < 1e-8) break;
  }
  for (size_t s = 0; s < stage_count; ++s) {
    for (double& threshold : z[s]) threshold += constants[s];
  }
  return z;
}

}  // namespace

// The numbers of one trial, one after the other.
class NaiveStageWalk::Random {
 public:
  Random(uint64_t seed, int64_t trial) : seed_(seed), trial_(static_cast<uint32_t>(trial)) {}

  double Uniform() {
    if (next_ == 4) {
      words_ = RandomBlock(seed_, kEntity, trial_, RandomPurpose::kSynthetic, index_++);
      next_ = 0;
    }
    return UniformOpen(words_[next_++]);
  }
  // Box and Muller.
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(2 * kPi * Uniform());
  }
  // Knuth: multiply uniforms.
  int Poisson(double mean) {
    const double limit = std::exp(-mean);
    int count = -1;
    for (double product = 1; product > limit; product *= Uniform()) ++count;
    return count;
  }
  // Mean 1. Marsaglia and Tsang (2000), for shapes from 1 on; smaller ones by their boost.
  double Gamma(double shape) {
    if (shape < 1) {
      const double boost = std::pow(Uniform(), 1 / shape);
      return Gamma(shape + 1) * (shape + 1) * boost / shape;
    }
    const double d = shape - 1.0 / 3;
    const double c = 1 / std::sqrt(9 * d);
    while (true) {
      const double x = Normal();
      const double v = std::pow(1 + c * x, 3);
      if (v <= 0) continue;
      if (std::log(Uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v / shape;
    }
  }

 private:
  static constexpr uint64_t kEntity = 0x6e61697665;  // One stream for everything in a trial.
  const uint64_t seed_;
  const uint32_t trial_;
  uint32_t index_ = 0;
  std::array<uint32_t, 4> words_{};
  int next_ = 4;
};

NaiveStageWalk::NaiveStageWalk(const simulator::PipelineModel& model,
                               const simulator::PipelineState& state, int step_days)
    : model_(model), state_(state) {
  const absl::CivilDay origin = state.as_of + 1;
  for (size_t p = 0; p < state.periods.size(); ++p) {
    const int end = static_cast<int>(state.periods[p].end - origin);
    while (steps_.empty() || steps_.back().begin_day + steps_.back().length_days < end) {
      Step step;
      step.begin_day = steps_.empty() ? 0 : steps_.back().begin_day + steps_.back().length_days;
      // The grid is a multiple of the step length, cut at the period's end.
      const int grid_end = (step.begin_day / step_days + 1) * step_days;
      step.length_days = std::min(grid_end, end) - step.begin_day;
      step.midpoint_day = step.begin_day + 0.5 * step.length_days;
      step.counts = p + 1 == state.periods.size();
      steps_.push_back(step);
    }
  }
  const size_t stages = model.stages.size();
  for (const ParameterDraw& draw : model.draws) {
    auto& calendar = calendar_.emplace_back();
    size_t period = 0;
    for (const Step& step : steps_) {
      while (origin + step.begin_day >= state.periods[period].end) ++period;
      CalendarOfStep& of_step = calendar.emplace_back();
      for (int d = step.begin_day; d < step.begin_day + step.length_days; ++d) {
        // Seven days before the end the last part begins; a third of the rest ends where three
        // times the days gone reach the whole.
        const double gone = static_cast<double>(origin + d - state.periods[period].start);
        const double left = static_cast<double>(state.periods[period].end - (origin + d));
        const size_t part =
            left <= 7 ? 3 : static_cast<size_t>(std::floor(3 * gone / (gone + left - 7)));
        const double share = 1.0 / step.length_days;
        if (!draw.period_parts.empty()) {
          of_step.win += share * std::expm1(draw.period_parts[part].win_log_factor);
          of_step.loss += share * std::expm1(draw.period_parts[part].loss_log_factor);
        }
        if (!draw.creation_season_log_factors.empty()) {
          const size_t month = (origin + d).month() - 1;
          of_step.creation += share * std::expm1(draw.creation_season_log_factors[month]);
        }
      }
    }
    const double sd = std::sqrt(draw.market_sd * draw.market_sd + draw.team_sd * draw.team_sd +
                                draw.rep_sd * draw.rep_sd);
    auto& per_segment = thresholds_.emplace_back();
    for (size_t g = 0; g < model.segments.size(); ++g) {
      per_segment.push_back(RescaledThresholds(&draw.cells[g * stages], stages,
                                               model.age_bin_edges_days, sd, step_days));
    }
  }
  for (size_t k = 0; k < model.draws.size(); ++k) {
    const double own_ramp = model.draws[k].ramp_weeks;
    const double ramp_weeks = own_ramp > 0 ? own_ramp : simulator::kDefaultRampWeeks;
    auto& of_draw = productive_days_.emplace_back();
    for (const simulator::RepState& rep : state.reps) {
      auto& days = of_draw.emplace_back();
      for (size_t w = 0; w < steps_.size(); ++w) {
        const Step& step = steps_[w];
        double productive = step.length_days;
        if (rep.end_date.has_value()) {
          const double left = static_cast<double>(*rep.end_date - origin) - step.begin_day;
          productive = std::clamp(left, 0.0, productive);
        }
        if (rep.start_date.has_value()) {
          const double weeks =
              (step.midpoint_day - static_cast<double>(*rep.start_date - origin)) / 7;
          productive *= std::clamp(weeks / ramp_weeks, 0.0, 1.0);
        }
        days.push_back(productive * calendar_[k][w].creation);
      }
    }
  }
  for (const simulator::RepState& rep : state.reps) {
    booked_ += static_cast<double>(rep.booked_minor_units.back());
  }
}

double NaiveStageWalk::Revised(int64_t amount, int stage, Random& random) const {
  const double stated = static_cast<double>(amount);
  if (model_.amount_revisions.empty()) return stated;
  const simulator::AmountRevision& revision = model_.amount_revisions[stage];
  return std::round(stated * std::exp(revision.log_mean + revision.log_sd * random.Normal()));
}

double NaiveStageWalk::Walk(size_t draw, int segment, int stage, int age, size_t step, double shift,
                            const int64_t* amount, Random& random) const {
  const int stages = static_cast<int>(model_.stages.size());
  const int first_stage = stage;
  const StageCell* cells = &model_.draws[draw].cells[static_cast<size_t>(segment) * stages];
  const Thresholds& thresholds = thresholds_[draw][segment];
  for (; step < steps_.size(); ++step) {
    const int length = steps_[step].length_days;
    const CalendarOfStep& calendar = calendar_[draw][step];
    bool went_back = false;
    // In one step a deal may pass through several stages.
    while (true) {
      const StageCell& cell = cells[stage];
      const bool entering = age < 0;
      const size_t bin = entering ? 0 : BinOf(model_.age_bin_edges_days, age);
      double exit = entering ? EntryExit(cell, length)
                             : 1 - std::exp(-cell.ages[bin].exit_rate_per_day * length);
      const double back =
          entering ? cell.entry_regress_probability : cell.ages[bin].regress_probability;
      // Rates of advancing and of being lost, in units of the stage's own rate of exits.
      double up = 0, down = 0;
      const auto find_rates = [&] {
        const double p = NormalCdf(thresholds[stage][entering ? 0 : bin + 1] + shift);
        up = (1 - back) * p * (stage + 1 == stages ? calendar.win : 1);
        down = (1 - back) * (1 - p) * calendar.loss;
      };
      const bool tilted = calendar.win != 1 || calendar.loss != 1;
      if (tilted) {
        find_rates();
        exit = 1 - std::pow(1 - exit, back + up + down);
      }
      if (random.Uniform() >= exit) break;
      if (!tilted) find_rates();
      const double choice = random.Uniform() * (back + up + down);
      if (choice < down) return 0;  // Lost.
      if (choice < down + back) {
        double share = random.Uniform();
        stage = 0;
        while (share >= cell.regress_destinations[stage] &&
               stage + 1 < static_cast<int>(cell.regress_destinations.size())) {
          share -= cell.regress_destinations[stage++];
        }
        went_back = true;
        break;
      }
      if (++stage < stages) {
        age = -1;
        continue;
      }
      if (!steps_[step].counts) return 0;
      if (amount != nullptr) return Revised(*amount, first_stage, random);
      const simulator::AmountDistribution& amounts = model_.amounts[segment];
      return std::min(static_cast<double>(amounts.cap_minor_units),
                      std::round(std::exp(amounts.log_median + amounts.log_sd * random.Normal())));
    }
    if (went_back) {
      age = -1;  // Enters with the next step.
    } else {
      // Whoever entered in this step is 1 to `length` days old at its end.
      age = age < 0 ? 1 + static_cast<int>(random.Uniform() * length) : age + length;
    }
  }
  return 0;
}

double NaiveStageWalk::SimulateTrial(uint64_t seed, int64_t trial) const {
  Random random(seed, trial);
  const size_t k = static_cast<size_t>(trial) % model_.draws.size();
  const ParameterDraw& draw = model_.draws[k];
  const double market = draw.market_sd * random.Normal();
  std::vector<double> team(state_.teams.size());
  for (double& factor : team) factor = draw.team_sd * random.Normal();
  std::vector<double> shift(state_.reps.size());
  for (size_t r = 0; r < shift.size(); ++r) {
    const simulator::RepEffect& effect = model_.rep_effects[r];
    shift[r] = market + team[state_.reps[r].team] + effect.mean +
               std::sqrt(effect.variance) * random.Normal();
  }
  double bookings = booked_;
  for (const simulator::OpenDeal& deal : state_.open_deals) {
    const int64_t* amount =
        deal.amount_minor_units.has_value() ? &*deal.amount_minor_units : nullptr;
    bookings +=
        Walk(k, deal.segment, deal.stage, deal.age_days, 0, shift[deal.rep], amount, random);
  }
  const size_t segments = model_.segments.size();
  for (size_t r = 0; r < state_.reps.size(); ++r) {
    const double mix = random.Gamma(model_.creation_mix_shape);
    for (size_t g = 0; g < segments; ++g) {
      const double rate = draw.creation_rate_per_day[r * segments + g] * mix;
      for (size_t w = 0; w < steps_.size(); ++w) {
        const int created = random.Poisson(rate * productive_days_[k][r][w]);
        for (int i = 0; i < created; ++i) {
          bookings += Walk(k, static_cast<int>(g), 0, -1, w, shift[r], nullptr, random);
        }
      }
    }
  }
  return bookings;
}

void NaiveStageWalk::Simulate(uint64_t seed, int64_t first_trial, int64_t trial_count,
                              NaiveSums* sums) const {
  const size_t draws = model_.draws.size();
  sums->trials.resize(draws);
  sums->sum.resize(draws);
  sums->sum_of_squares.resize(draws);
  for (int64_t trial = first_trial; trial < first_trial + trial_count; ++trial) {
    const double bookings = SimulateTrial(seed, trial);
    const size_t k = static_cast<size_t>(trial) % draws;
    ++sums->trials[k];
    sums->sum[k] += bookings;
    sums->sum_of_squares[k] += bookings * bookings;
  }
}

NaiveResult NaiveStageWalk::Summarize(const NaiveSums& sums) {
  NaiveResult result;
  const double draws = static_cast<double>(sums.trials.size());
  double variance_of_mean = 0;
  for (size_t k = 0; k < sums.trials.size(); ++k) {
    const double n = static_cast<double>(sums.trials[k]);
    const double mean = sums.sum[k] / n;
    const double variance = (sums.sum_of_squares[k] - n * mean * mean) / (n - 1);
    result.trials += sums.trials[k];
    result.mean += mean / draws;
    variance_of_mean += std::max(0.0, variance) / n / (draws * draws);
  }
  result.monte_carlo_se = std::sqrt(variance_of_mean);
  return result;
}

}  // namespace quotacast::bench
