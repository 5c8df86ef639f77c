// exact_bench: the exact engine against the trials it saves. P(attain) of every person and quarter
// of a sales force, once computed and once simulated; the answers are checked against each other,
// and times are compared at equal errors.
//
//   tools/do bench exact --check

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/exact/exact.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"
#include "tools/bench/figures.h"
#include "tools/bench/machine_time.h"

namespace quotacast::bench {
namespace {

using simulator::testing::Company;
using simulator::testing::ZScores;

constexpr uint64_t kSeed = 11;
constexpr int kPeriods = 4;
constexpr int64_t kJudgedTrials = 10'000;
constexpr int64_t kTimedTrials = 2'000;
constexpr int kRounds = 5;
// The exact engine's error is measured against this many cells.
constexpr int kFineCells = 512;
// The largest of 2,000 independent z-scores exceeds this once in 120 runs of a correct pair.
constexpr double kMaxZ = 4.6;
// Their root mean square has a standard error of .016; a tenth is six of those.
constexpr double kRmsSlack = 0.1;
// What a forecast of 10,000 trials has at P(attain) = 1/2.
constexpr double kUsualError = 0.005;
constexpr double kMinOverTrials = 2;

struct Options {
  int reps = 500;
  bool check = false;
};

// P(attain) by person and period, in the order of the blueprint.
using Probabilities = std::vector<double>;

absl::StatusOr<Probabilities> Exact(const Company& company, int cells) {
  simulator::ExactOptions options;
  options.engine.seed = kSeed;
  options.engine.period_count = kPeriods;
  options.quota_cells = cells;
  options.sums = false;
  QC_ASSIGN_OR_RETURN(const simulator::ExactForecast forecast,
                      simulator::ComputeExact(company.model, company.state, {}, options, nullptr));
  Probabilities probabilities;
  for (size_t r = 0; r < company.state.reps.size(); ++r) {
    for (const simulator::ExactPeriod& period : forecast.periods) {
      probabilities.push_back(period.lines[r].attain_probability->value);
    }
  }
  return probabilities;
}

absl::StatusOr<Probabilities> Simulated(const Company& company, int64_t trials) {
  simulator::EngineOptions options;
  options.seed = kSeed;
  options.trials = trials;
  options.period_count = kPeriods;
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<simulator::Plan> plan,
                      simulator::Compile(company.model, company.state, {}, options, nullptr));
  QC_ASSIGN_OR_RETURN(const simulator::Partial partial,
                      plan->SimulateRange(0, plan->layout().trials, nullptr));
  const size_t first = (1 + plan->shape().team_count) * static_cast<size_t>(kPeriods);
  Probabilities probabilities;
  for (size_t i = first; i < partial.attain_counts.size(); ++i) {
    probabilities.push_back(static_cast<double>(partial.attain_counts[i]) /
                            static_cast<double>(plan->layout().trials));
  }
  return probabilities;
}

// Mean over the cells of p (1 - p): the squared standard error of one trial.
double SquaredErrorOfOneTrial(const Probabilities& probabilities) {
  double sum = 0;
  for (const double p : probabilities) sum += p * (1 - p);
  return sum / static_cast<double>(probabilities.size());
}

double RmsDifference(const Probabilities& a, const Probabilities& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

double LargestDifference(const Probabilities& a, const Probabilities& b) {
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

// Trials share the market and the team between people; without those the cells can be judged
// together.
absl::Status CheckAnswers(Company company, Figures& figures) {
  for (simulator::ParameterDraw& draw : company.model.draws) draw.market_sd = draw.team_sd = 0;
  QC_ASSIGN_OR_RETURN(const Probabilities exact, Exact(company, 128));
  QC_ASSIGN_OR_RETURN(const Probabilities simulated, Simulated(company, kJudgedTrials));
  ZScores scores;
  for (size_t i = 0; i < exact.size(); ++i) {
    const double variance = exact[i] * (1 - exact[i]);
    // The normal approximation wants some of both outcomes.
    if (variance * kJudgedTrials < 25) continue;
    scores.Add(simulated[i], exact[i], std::sqrt(variance / kJudgedTrials));
  }
  figures.Note("exact_judged_cells", scores.count());
  figures.Note("exact_against_trials_z_rms", scores.Sd());
  figures.Note("exact_against_trials_z_max", scores.Max());
  const double slack = kRmsSlack * std::max(1.0, std::sqrt(2'000.0 / scores.count()));
  figures.IsRight("exact_agrees_with_trials",
                  std::abs(scores.Sd() - 1) < slack && scores.Max() < kMaxZ);
  return absl::OkStatus();
}

absl::Status Measure(const Options& options, Figures& figures) {
  const Company company = simulator::testing::MakeSalesForce(options.reps, 1);
  SayProgress("answers against each other");
  QC_RETURN_IF_ERROR(CheckAnswers(company, figures));

  SayProgress("times");
  const MachineWatch watch;
  const ProcessorClock clock;
  std::vector<double> exact_seconds, trial_seconds;
  Probabilities exact;
  for (int round = 0; round < kRounds; ++round) {
    absl::Time start = clock.Now();
    QC_ASSIGN_OR_RETURN(exact, Exact(company, 128));
    exact_seconds.push_back(absl::ToDoubleSeconds(clock.Now() - start));
    start = clock.Now();
    QC_RETURN_IF_ERROR(Simulated(company, kTimedTrials).status());
    trial_seconds.push_back(absl::ToDoubleSeconds(clock.Now() - start) / kTimedTrials);
  }
  NoteDisturbance("exact", watch, figures);
  QC_ASSIGN_OR_RETURN(const Probabilities fine, Exact(company, kFineCells));
  const double error = RmsDifference(exact, fine);
  const double seconds = Median(exact_seconds);
  // Standard errors fall with the root of the trials, whose time is in proportion.
  const auto seconds_of_trials = [&](double standard_error) {
    return Median(trial_seconds) * SquaredErrorOfOneTrial(fine) / (standard_error * standard_error);
  };
  figures.Note("exact_cells", static_cast<double>(exact.size()));
  figures.Note("exact_milliseconds", 1'000 * seconds);
  figures.Note("exact_rms_error", error);
  figures.Note("exact_largest_error", LargestDifference(exact, fine));
  figures.Note("exact_trials_per_second", 1 / Median(trial_seconds));
  figures.AtLeast("exact_over_trials_at_error_0.005", seconds_of_trials(kUsualError) / seconds,
                  kMinOverTrials);
  figures.Note("exact_over_trials_at_own_error", seconds_of_trials(error) / seconds);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Computes P(attain) of every person and quarter of a sales force exactly and by trials, on\n"
      "one thread each. One line per figure: name, value, floor, ok or short.\n\n"
      "Example: exact_bench --check",
      "exact_bench");
  app.add_option("--reps", options.reps, "people in the sales force")
      ->capture_default_str()
      ->check(CLI::Range(10, simulator::kMaxReps));
  app.add_flag("--check", options.check, "exit with 1 when a figure falls short of its floor");
  CLI11_PARSE(app, argc, argv);
  Figures figures;
  const absl::Status status = Measure(options, figures);
  if (!status.ok()) {
    std::cerr << "exact_bench: " << status.ToString() << "\n";
    return 2;
  }
  // A wrong answer is a fault whoever asks; a slow one only where the machine is known.
  return figures.wrong_count() > 0 || (options.check && figures.short_count() > 0) ? 1 : 0;
}

}  // namespace
}  // namespace quotacast::bench

int main(int argc, char** argv) { return quotacast::bench::Main(argc, argv); }
