#include "simulator/fit/initiative_effects.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/engine/levers.h"
#include "simulator/fit/advance_chances.h"
#include "simulator/fit/block_evidence.h"
#include "simulator/fit/creation.h"
#include "simulator/fit/creation_mix.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/rep_effects.h"
#include "simulator/fit/shift_regression.h"
#include "simulator/fit/spreads.h"
#include "simulator/fit/stage_cells.h"
#include "simulator/fit/tenure.h"

namespace quotacast::simulator {
namespace {

// Of what happens to everybody: short, so that little is told by before and after alone.
constexpr int kCommonBlockDays = 28;
// Sds of what is all but free: levels of segments and teams, what happens to everybody in a block.
constexpr double kFreeProbitSd = 1;
constexpr double kFreeLogSd = 2;
// Sd of the logarithm of reps' pace.
constexpr double kPaceLogSd = 1;
// History alone: a prior that holds nothing but what nobody saw.
constexpr double kUntoldSd = 2 * kMaxMeasuredSd;
// A team's blocks are columns of a dense matrix; larger companies get longer blocks.
constexpr int kMaxTeamBlocks = 1'000;

absl::Status Validate(const History& history, const std::vector<InitiativeRun>& runs) {
  std::vector<FieldViolation> violations;
  const auto check = [&](bool ok, const std::string& field, const auto& value,
                         const std::string& want) {
    if (!ok) violations.push_back({field, absl::StrCat("is ", value, "; want ", want)});
  };
  check(runs.size() <= kMaxInitiativeRuns, "runs", absl::StrCat("of size ", runs.size()),
        absl::StrCat("at most ", kMaxInitiativeRuns, " runs"));
  const auto check_positions = [&](const std::vector<int>& positions, size_t count,
                                   const std::string& field) {
    for (size_t i = 0; i < positions.size(); ++i) {
      check(positions[i] >= 0 && positions[i] < static_cast<int>(count) &&
                (i == 0 || positions[i] > positions[i - 1]),
            absl::StrCat(field, "[", i, "]"), positions[i],
            absl::StrCat("positions below ", count, ", ascending, each once"));
    }
  };
  for (size_t j = 0; j < runs.size() && j < kMaxInitiativeRuns; ++j) {
    const InitiativeRun& run = runs[j];
    const std::string path = absl::StrCat("runs[", j, "]");
    std::vector<bool> seen(history.reps.size());
    for (size_t i = 0; i < run.participants.size(); ++i) {
      const RunParticipant& participant = run.participants[i];
      const std::string item = absl::StrCat(path, ".participants[", i, "]");
      const bool known =
          participant.rep >= 0 && participant.rep < static_cast<int>(history.reps.size());
      check(known && !seen[static_cast<size_t>(participant.rep)], item + ".rep", participant.rep,
            "the position of a rep, each once");
      if (known) seen[static_cast<size_t>(participant.rep)] = true;
      check(participant.headroom >= 0 && participant.headroom <= 1, item + ".headroom",
            participant.headroom, "a share in [0, 1]");
    }
    check_positions(run.segments, history.segments.size(), path + ".segments");
    check_positions(run.stages, history.stages.size(), path + ".stages");
    const Adoption& adoption = run.adoption;
    check(adoption.ceiling > 0 && adoption.ceiling <= 1, path + ".adoption.ceiling",
          adoption.ceiling, "a share in (0, 1]");
    check(adoption.t50_weeks >= 0 && std::isfinite(adoption.t50_weeks),
          path + ".adoption.t50_weeks", adoption.t50_weeks, "weeks of at least 0");
    check(adoption.width_weeks > 0 && std::isfinite(adoption.width_weeks),
          path + ".adoption.width_weeks", adoption.width_weeks, "weeks above 0");
    check(std::isfinite(run.stated.mean) && std::abs(run.stated.mean) <= 5, path + ".stated.mean",
          run.stated.mean, "a number in [-5, 5]");
    check(run.stated.sd >= 0 && run.stated.sd <= 5, path + ".stated.sd", run.stated.sd,
          "a number in [0, 5]");
  }
  if (violations.empty()) return absl::OkStatus();
  return InvalidFields(std::move(violations));
}

bool Holds(const std::vector<int>& positions, int position) {
  return positions.empty() || std::binary_search(positions.begin(), positions.end(), position);
}

// Who took part in a run since when.
class Participation {
 public:
  Participation(const InitiativeRun& run, size_t rep_count)
      : run_(run), participants_(rep_count, nullptr) {
    for (const RunParticipant& participant : run.participants) {
      participants_[static_cast<size_t>(participant.rep)] = &participant;
    }
  }

  bool TakesPart(int rep, absl::CivilDay day) const {
    const RunParticipant* const participant = participants_[static_cast<size_t>(rep)];
    return participant != nullptr && day >= participant->start;
  }

  double AdoptedAt(int rep, absl::CivilDay day) const {
    if (!TakesPart(rep, day)) return 0;
    const RunParticipant& participant = *participants_[static_cast<size_t>(rep)];
    const absl::CivilDay until = run_.end.has_value() ? std::min(*run_.end, day) : day;
    const double weeks = static_cast<double>(until - participant.start) / 7;
    return participant.headroom * AdoptionAt(run_.adoption, weeks);
  }

 private:
  const InitiativeRun& run_;
  std::vector<const RunParticipant*> participants_;
};

// Columns of the regression: those of segments and stages, of teams, of blocks, of teams' blocks,
// and last the runs.
struct Layout {
  int cells = 0;
  int teams = 0;
  int blocks = 0;
  int team_blocks = 0;  // Of each team; 0: teams have no blocks of their own.
  int runs = 0;
  int Cell(int cell) const { return cell; }
  int Team(int team) const { return cells + team; }
  int Block(int block) const { return cells + teams + block; }
  int TeamBlock(int team, int block) const { return Block(blocks) + team * team_blocks + block; }
  int Run(int run) const { return TeamBlock(teams, 0) + run; }
  size_t size() const { return static_cast<size_t>(Run(runs)); }
};

std::vector<ShiftPrior> PriorsOf(const Layout& layout, double free_sd, double team_block_sd) {
  const double precision = 1 / (free_sd * free_sd);
  std::vector<ShiftPrior> priors(layout.size(), {0, precision});
  for (int c = layout.TeamBlock(0, 0); c < layout.Run(0); ++c) {
    // A spread of 0 leaves a team's blocks no room.
    priors[static_cast<size_t>(c)].precision = 1 / std::max(1e-8, team_block_sd * team_block_sd);
  }
  return priors;
}

// Solves for the runs, once by themselves and once with what is stated of them.
void Solve(LinkFamily family, const std::vector<ShiftObservation>& observations, size_t rep_count,
           double rep_sd, std::vector<ShiftPrior> priors, const Layout& layout,
           const std::vector<const InitiativeRun*>& runs,
           const std::vector<InitiativeMeasurement*>& measurements) {
  const auto regress = [&](const auto& prior_of) {
    for (int j = 0; j < layout.runs; ++j) {
      priors[static_cast<size_t>(layout.Run(j))] = prior_of(*runs[static_cast<size_t>(j)]);
    }
    return RegressShifts(family, observations, rep_count, rep_sd, priors,
                         static_cast<size_t>(layout.runs));
  };
  const ShiftRegressionResult alone = regress([](const InitiativeRun&) {
    return ShiftPrior{0, 1 / (kUntoldSd * kUntoldSd)};
  });
  const ShiftRegressionResult combined = regress([](const InitiativeRun& run) {
    return ShiftPrior{run.stated.mean, 1 / std::max(1e-12, run.stated.sd * run.stated.sd)};
  });
  for (size_t j = 0; j < runs.size(); ++j) {
    const size_t column = static_cast<size_t>(layout.Run(static_cast<int>(j)));
    if (alone.sds[j] <= kMaxMeasuredSd) {
      measurements[j]->history = Effect{alone.modes[column], alone.sds[j]};
    }
    measurements[j]->combined = {combined.modes[column], combined.sds[j]};
  }
}

class Measurer {
 public:
  Measurer(const History& history, const std::vector<InitiativeRun>& runs,
           const FitOptions& options)
      : history_(history),
        runs_(runs),
        options_(options),
        exposure_(CountExposure(history, {options.window_start, options.age_bin_edges_days,
                                          options.recency_half_life_days})),
        measurements_(runs.size()) {
    for (const InitiativeRun& run : runs) participation_.emplace_back(run, history.reps.size());
    for (size_t j = 0; j < runs.size(); ++j) MeasureAdoption(j);
  }

  void MeasureWins() {
    const Selection chosen = Of(InitiativeDriver::kWin);
    if (chosen.runs.empty() || exposure_.exits.empty()) return;
    const StageCellFit cells =
        FitStageCells(exposure_, history_.segments, history_.stages, {1, options_.seed});
    const AdvanceChances chances(cells.means, exposure_.age_bin_edges_days, stage_count());
    const GridPosterior rep_sd =
        FitRepSpread(exposure_.exits, chances, history_.reps.size(), options_.rep_sd);
    const std::vector<RepEffect> effects =
        FitRepEffects(exposure_.exits, chances, history_.reps, team_count(), rep_sd);
    const SharedSpreads shared = FitSharedSpreads(
        CollectBlockEvidence(exposure_.exits, chances, effects, history_.reps, team_count(),
                             history_.as_of),
        {options_.market_sd, options_.team_sd, options_.draw_count, options_.seed});
    double team_variance = 0;
    for (const double sd : shared.team_sd) {
      team_variance += sd * sd / static_cast<double>(shared.team_sd.size());
    }

    const Layout layout =
        LayOut(static_cast<int>(exposure_.cells.size()), true, chosen.runs.size());
    // Exits alike in all that counts are taken together.
    std::map<std::vector<std::pair<int, double>>,
             std::map<std::pair<int, double>, ShiftObservation>>
        alike;
    for (const StageExit& exit : exposure_.exits) {
      const int team = history_.reps[static_cast<size_t>(exit.rep)].team;
      std::vector<std::pair<int, double>> columns = {
          {layout.Cell(exit.segment * stage_count() + exit.stage), 1},
          {layout.Team(team), 1},
          {layout.Block(BlockOf(exit.day, kCommonBlockDays, layout.blocks)), 1},
          {layout.TeamBlock(team, BlockOf(exit.day, team_block_days_, layout.team_blocks)), 1}};
      for (size_t j = 0; j < chosen.runs.size(); ++j) {
        const InitiativeRun& run = *chosen.runs[j];
        if (!Holds(run.segments, exit.segment) || !Holds(run.stages, exit.stage)) continue;
        const double adopted = chosen.participation[j]->AdoptedAt(exit.rep, exit.day);
        Count(chosen, j, exit.rep, exit.day);
        if (adopted > 0) columns.emplace_back(layout.Run(static_cast<int>(j)), adopted);
      }
      const double offset = chances.ProbitOf(chances.KindOf(exit));
      ShiftObservation& observation = alike[columns][{exit.rep, offset}];
      if (observation.columns.empty()) {
        observation = {exit.rep, columns, offset, 0, 0, 1};
      }
      observation.size += 1;
      observation.count += exit.advanced ? 1 : 0;
    }
    std::vector<ShiftObservation> observations;
    for (auto& [columns, of_columns] : alike) {
      for (auto& [key, observation] : of_columns) observations.push_back(std::move(observation));
    }
    Solve(LinkFamily::kProbit, observations, history_.reps.size(), std::max(rep_sd.mean(), 1e-4),
          PriorsOf(layout, kFreeProbitSd, std::sqrt(team_variance)), layout, chosen.runs,
          chosen.measurements);
  }

  void MeasureCreation() {
    const Selection chosen = Of(InitiativeDriver::kCreation);
    if (chosen.runs.empty()) return;
    const double ramp_weeks = FitRamp(history_, exposure_.window_start).weeks.mean();
    const double mix_variance =
        FitMixVariance(CreationBlocks(history_, exposure_.window_start, ramp_weeks, {})).mean();
    const Layout layout = LayOut(segment_count(), false, chosen.runs.size());
    // [rep][block]: ramped days, and adoption times ramped days by run.
    struct Block {
      double days = 0;
      std::vector<double> adopted;
      std::vector<double> created;  // By segment.
    };
    std::vector<std::vector<Block>> reps(
        history_.reps.size(),
        std::vector<Block>(static_cast<size_t>(layout.blocks),
                           {0, std::vector<double>(chosen.runs.size(), 0.0),
                            std::vector<double>(history_.segments.size(), 0.0)}));
    for (size_t r = 0; r < history_.reps.size(); ++r) {
      ForEachRampedDay(
          history_.reps[r], exposure_.window_start, history_.as_of, ramp_weeks,
          [&](absl::CivilDay day, double ramp) {
            Block& block =
                reps[r][static_cast<size_t>(BlockOf(day, kCommonBlockDays, layout.blocks))];
            block.days += ramp;
            for (size_t j = 0; j < chosen.runs.size(); ++j) {
              block.adopted[j] +=
                  ramp * chosen.participation[j]->AdoptedAt(static_cast<int>(r), day);
            }
          });
    }
    for (const HistoryDeal& deal : history_.deals) {
      if (deal.created < exposure_.window_start || deal.origin != DealOrigin::kCreated ||
          !IsInJob(history_.reps[static_cast<size_t>(deal.rep)], deal.created)) {
        continue;
      }
      Block& block =
          reps[static_cast<size_t>(deal.rep)]
              [static_cast<size_t>(BlockOf(deal.created, kCommonBlockDays, layout.blocks))];
      block.created[static_cast<size_t>(deal.segment)] += 1;
      for (size_t j = 0; j < chosen.runs.size(); ++j) {
        if (Holds(chosen.runs[j]->segments, deal.segment)) Count(chosen, j, deal.rep, deal.created);
      }
    }
    std::vector<double> segment_created(history_.segments.size(), 0.0);
    double days = 0;
    for (const auto& blocks : reps) {
      for (const Block& block : blocks) {
        days += block.days;
        for (size_t g = 0; g < segment_created.size(); ++g) segment_created[g] += block.created[g];
      }
    }
    std::vector<ShiftObservation> observations;
    for (size_t r = 0; r < reps.size(); ++r) {
      double rep_created = 0, rep_days = 0;
      for (const Block& block : reps[r]) {
        rep_days += block.days;
        for (const double created : block.created) rep_created += created;
      }
      // Somebody who never created anything says nothing about what makes one create more.
      if (rep_created == 0 || rep_days == 0) continue;
      for (int b = 0; b < layout.blocks; ++b) {
        const Block& block = reps[r][static_cast<size_t>(b)];
        if (block.days <= 0) continue;
        // A quarter's gamma factor is shared by all it holds: 1 / (1 + v m) of the information is
        // left, m what the rep creates in a quarter.
        const double quarter = rep_created / rep_days * kMixBlockDays;
        for (size_t g = 0; g < segment_created.size(); ++g) {
          if (segment_created[g] == 0) continue;
          ShiftObservation observation;
          observation.group = static_cast<int>(r);
          observation.columns = {{layout.Cell(static_cast<int>(g)), 1},
                                 {layout.Team(history_.reps[r].team), 1},
                                 {layout.Block(b), 1}};
          for (size_t j = 0; j < chosen.runs.size(); ++j) {
            if (block.adopted[j] > 0 && Holds(chosen.runs[j]->segments, static_cast<int>(g))) {
              observation.columns.emplace_back(layout.Run(static_cast<int>(j)),
                                               block.adopted[j] / block.days);
            }
          }
          observation.offset = std::log(segment_created[g] / days);
          observation.count = block.created[g];
          observation.size = block.days;
          observation.weight = 1 / (1 + mix_variance * quarter);
          observations.push_back(std::move(observation));
        }
      }
    }
    if (observations.empty()) return;
    Solve(LinkFamily::kPoisson, observations, history_.reps.size(), kPaceLogSd,
          PriorsOf(layout, kFreeLogSd, 0), layout, chosen.runs, chosen.measurements);
  }

  std::vector<InitiativeMeasurement> Take() && { return std::move(measurements_); }

 private:
  // The runs of one driver.
  struct Selection {
    std::vector<const InitiativeRun*> runs;
    std::vector<const Participation*> participation;
    std::vector<InitiativeMeasurement*> measurements;
  };

  Selection Of(InitiativeDriver driver) {
    Selection chosen;
    for (size_t j = 0; j < runs_.size(); ++j) {
      if (runs_[j].driver != driver) continue;
      // What was stated stands where the history has nothing to add.
      measurements_[j].combined = runs_[j].stated;
      chosen.runs.push_back(&runs_[j]);
      chosen.participation.push_back(&participation_[j]);
      chosen.measurements.push_back(&measurements_[j]);
    }
    return chosen;
  }

  static void Count(const Selection& chosen, size_t run, int rep, absl::CivilDay day) {
    InitiativeMeasurement& measurement = *chosen.measurements[run];
    const bool treated = chosen.participation[run]->TakesPart(rep, day);
    ++(treated ? measurement.treated_count : measurement.untreated_count);
  }

  void MeasureAdoption(size_t j) {
    const InitiativeRun& run = runs_[j];
    const absl::CivilDay as_of = history_.as_of;
    double adopted = 0, present = 0, in_history = 0, in_full = 0;
    for (const RunParticipant& participant : run.participants) {
      const HistoryRep& rep = history_.reps[static_cast<size_t>(participant.rep)];
      if (!IsInJob(rep, as_of)) continue;
      const double now = participation_[j].AdoptedAt(participant.rep, as_of);
      adopted += now;
      present += 1;
      absl::CivilDay day = exposure_.window_start;
      if (rep.start.has_value()) day = std::max(day, *rep.start);
      for (; day <= as_of; ++day) {
        const double weight = RecencyWeight(day, as_of, options_.recency_half_life_days);
        in_history += weight * participation_[j].AdoptedAt(participant.rep, day);
        in_full += weight * now;
      }
    }
    if (present > 0) measurements_[j].adopted_share = adopted / present;
    if (in_full > 0) measurements_[j].absorbed_share = std::min(1.0, in_history / in_full);
  }

  Layout LayOut(int cells, bool team_blocks, size_t runs) {
    const int days = static_cast<int>(history_.as_of - exposure_.window_start) + 1;
    const auto blocks_of = [days](int block_days) { return (days + block_days - 1) / block_days; };
    Layout layout;
    layout.cells = cells;
    layout.teams = team_count();
    layout.blocks = blocks_of(kCommonBlockDays);
    layout.runs = static_cast<int>(runs);
    if (!team_blocks) return layout;
    while (blocks_of(team_block_days_) > 1 &&
           layout.teams * blocks_of(team_block_days_) > kMaxTeamBlocks) {
      team_block_days_ *= 2;
    }
    layout.team_blocks = blocks_of(team_block_days_);
    return layout;
  }

  // Of `count`, back from the as-of day; the oldest may be short.
  int BlockOf(absl::CivilDay day, int block_days, int count) const {
    const int block = static_cast<int>(history_.as_of - day) / block_days;
    return count - 1 - std::min(block, count - 1);
  }

  int team_count() const { return static_cast<int>(history_.teams.size()); }
  int stage_count() const { return static_cast<int>(history_.stages.size()); }
  int segment_count() const { return static_cast<int>(history_.segments.size()); }

  const History& history_;
  const std::vector<InitiativeRun>& runs_;
  const FitOptions& options_;
  Exposure exposure_;
  std::vector<Participation> participation_;
  std::vector<InitiativeMeasurement> measurements_;
  int team_block_days_ = kSpreadBlockDays;
};

}  // namespace

absl::StatusOr<std::vector<InitiativeMeasurement>> MeasureInitiatives(
    const History& history, const std::vector<InitiativeRun>& runs, const FitOptions& options) {
  QC_RETURN_IF_ERROR(ValidateHistory(history));
  QC_RETURN_IF_ERROR(Validate(history, runs));
  const auto cancelled = [&] { return options.cancelled && options.cancelled(); };
  if (cancelled()) return absl::CancelledError("the measurement was cancelled");
  Measurer measurer(history, runs, options);
  if (cancelled()) return absl::CancelledError("the measurement was cancelled");
  measurer.MeasureWins();
  if (cancelled()) return absl::CancelledError("the measurement was cancelled");
  measurer.MeasureCreation();
  return std::move(measurer).Take();
}

}  // namespace quotacast::simulator
