#include "simulator/fit/stage_cells.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "simulator/fit/default_pipeline.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

// A parameter with its draws and its posterior mean.
struct Drawn {
  double mean = 0;
  std::vector<double> draws;
};

// Kinds of parameters of a cell; with the bin they number its random numbers. Frozen.
enum class Parameter : uint32_t {
  kRate = 0,
  kAdvance = 1,
  kFirstStep = 2,
  kEntryDay = 3,
  kEntryAdvance = 4,
  kLevel = 5,
  kStageAdvance = 6,
};

constexpr uint32_t kParametersPerBin = 8;

// Effective counts of "count of total".
struct Share {
  double count = 0;
  double total = 0;
};

// What a share or a rate is drawn from: the random numbers of one entity.
class Drawer {
 public:
  Drawer(uint64_t seed, std::string_view kind, std::string_view key, int draw_count)
      : seed_(seed), entity_(StableId(kind, key)), draw_count_(draw_count) {}

  // Beta posterior of a share around its parent's.
  Drawn DrawShare(Parameter parameter, size_t bin, const Share& own, double kappa,
                  const Drawn& parent) const {
    const double rest = std::max(0.0, own.total - own.count);
    return Draw(parameter, bin, parent, [&](double parent_share, std::optional<double> u) {
      const double q = ClampShare(parent_share);
      const double a = kappa * q + own.count;
      const double b = kappa * (1 - q) + rest;
      return u.has_value() ? BetaQuantile(a, b, *u) : a / (a + b);
    });
  }

  // Gamma posterior of a rate: `exits` in `days`, around the parent's rate.
  Drawn DrawRate(Parameter parameter, size_t bin, double exits, double days, double kappa,
                 const Drawn& parent) const {
    return Draw(parameter, bin, parent, [&](double parent_rate, std::optional<double> u) {
      const double shape = kappa + exits;
      const double rate = kappa / parent_rate + days;
      return u.has_value() ? GammaQuantile(shape, rate, *u) : shape / rate;
    });
  }

 private:
  template <typename Posterior>
  Drawn Draw(Parameter parameter, size_t bin, const Drawn& parent,
             const Posterior& posterior) const {
    const uint32_t index =
        static_cast<uint32_t>(bin) * kParametersPerBin + static_cast<uint32_t>(parameter);
    const std::vector<double> uniforms = StratifiedUniforms(seed_, entity_, index, draw_count_);
    Drawn drawn;
    drawn.mean = posterior(parent.mean, std::nullopt);
    drawn.draws.resize(draw_count_);
    for (int k = 0; k < draw_count_; ++k) {
      // Rounded here, not only at the end: a child then starts from the same parent everywhere.
      drawn.draws[k] = Quantise(posterior(parent.draws[k], uniforms[k]));
    }
    return drawn;
  }

  uint64_t seed_;
  uint64_t entity_;
  int draw_count_;
};

Drawn Constant(double value, int draw_count) {
  return {value, std::vector<double>(draw_count, value)};
}

Drawn Scaled(const Drawn& drawn, double factor) {
  Drawn scaled = drawn;
  scaled.mean *= factor;
  for (double& draw : scaled.draws) draw *= factor;
  return scaled;
}

// All parameters of one stage, or of one (segment, stage).
struct CellFit {
  std::vector<Drawn> rates;     // Per bin.
  std::vector<Drawn> advances;  // Per bin.
  Drawn first_step;
  Drawn entry_day_of_first_step;
  Drawn entry_advance;
};

// Effective counts of one stage or cell.
struct EffectiveCounts {
  explicit EffectiveCounts(const StageCounts& counts) : entry(counts.entry.Effective()) {
    for (const AgeCounts& age : counts.ages) ages.push_back(age.Effective());
  }
  Share Advance(size_t bin) const { return {ages[bin].advanced, ages[bin].exits}; }
  Share FirstStep() const { return {entry.left_first_step, entry.entered}; }
  Share EntryDay() const { return {entry.left_entry_day, entry.left_first_step}; }
  Share EntryAdvance() const { return {entry.advanced, entry.left_first_step}; }

  EntryCounts entry;
  std::vector<AgeCounts> ages;
};

StageCounts SumOverSegments(const Exposure& exposure, size_t segments, size_t stages,
                            size_t stage) {
  StageCounts sum = exposure.cells[stage];
  for (size_t g = 1; g < segments; ++g) {
    const StageCounts& cell = exposure.cells[g * stages + stage];
    sum.entry.Add(cell.entry);
    for (size_t b = 0; b < sum.ages.size(); ++b) sum.ages[b].Add(cell.ages[b]);
  }
  return sum;
}

// The default pipeline's figures for one stage.
struct StageDefaults {
  StageDefaults(const DefaultStage& stage, const std::vector<int>& edges)
      : advance(stage.advance_probability),
        first_step(WeibullFirstStepExitShare(stage.scale_days)),
        entry_day_of_first_step(WeibullEntryDayExitShare(stage.scale_days) / first_step) {
    // Nobody is younger than a day at a boundary.
    double from = 1;
    for (const int edge : edges) {
      if (edge > from) {
        rates.push_back(WeibullExitRatePerDay(stage.scale_days, from, edge));
        from = edge;
      } else {
        rates.push_back(WeibullExitRatePerDay(stage.scale_days, 0, 1));
      }
    }
    rates.push_back(WeibullExitRatePerDay(stage.scale_days, from, std::nullopt));
  }

  std::vector<double> rates;  // Per bin.
  double advance;
  double first_step;
  double entry_day_of_first_step;
};

// A stage before its bins are drawn: its level against the default and its overall advance share.
struct StageLevel {
  Drawn level;
  Drawn advance;
};

StageLevel FitStageLevel(const Drawer& drawer, const EffectiveCounts& counts,
                         const StageDefaults& defaults, int draw_count) {
  double exits = 0;
  double expected = 0;
  Share advance{counts.entry.advanced, counts.entry.left_first_step};
  for (size_t b = 0; b < counts.ages.size(); ++b) {
    exits += counts.ages[b].exits;
    expected += defaults.rates[b] * counts.ages[b].days;
    advance.count += counts.ages[b].advanced;
    advance.total += counts.ages[b].exits;
  }
  return {drawer.DrawRate(Parameter::kLevel, 0, exits, expected, kMinPriorCount,
                          Constant(1, draw_count)),
          drawer.DrawShare(Parameter::kStageAdvance, 0, advance, kMinPriorCount,
                           Constant(defaults.advance, draw_count))};
}

// How strongly children are drawn to their parents.
struct PriorCounts {
  double rate = kMinPriorCount;
  double advance = kMinPriorCount;
  double first_step = kMinPriorCount;
  double entry_day = kMinPriorCount;
  double entry_advance = kMinPriorCount;
};

CellFit FitCell(const Drawer& drawer, const EffectiveCounts& counts, const PriorCounts& kappa,
                const CellFit& parent) {
  CellFit cell;
  for (size_t b = 0; b < counts.ages.size(); ++b) {
    cell.rates.push_back(drawer.DrawRate(Parameter::kRate, b, counts.ages[b].exits,
                                         counts.ages[b].days, kappa.rate, parent.rates[b]));
    cell.advances.push_back(drawer.DrawShare(Parameter::kAdvance, b, counts.Advance(b),
                                             kappa.advance, parent.advances[b]));
  }
  cell.first_step = drawer.DrawShare(Parameter::kFirstStep, 0, counts.FirstStep(),
                                     kappa.first_step, parent.first_step);
  cell.entry_day_of_first_step =
      drawer.DrawShare(Parameter::kEntryDay, 0, counts.EntryDay(), kappa.entry_day,
                       parent.entry_day_of_first_step);
  cell.entry_advance = drawer.DrawShare(Parameter::kEntryAdvance, 0, counts.EntryAdvance(),
                                        kappa.entry_advance, parent.entry_advance);
  return cell;
}

// The prior of a stage's bins: its level times the default shape.
CellFit StagePrior(const StageLevel& level, const StageDefaults& defaults, int draw_count) {
  CellFit prior;
  for (const double rate : defaults.rates) {
    prior.rates.push_back(Scaled(level.level, rate));
    prior.advances.push_back(level.advance);
  }
  prior.first_step = Constant(defaults.first_step, draw_count);
  prior.entry_day_of_first_step = Constant(defaults.entry_day_of_first_step, draw_count);
  prior.entry_advance = level.advance;
  return prior;
}

// Prior counts from how much children differ from their parents' means.
class PriorCountEstimator {
 public:
  void Add(const EffectiveCounts& counts, const CellFit& parent) {
    for (size_t b = 0; b < counts.ages.size(); ++b) {
      rates_.push_back({counts.ages[b].exits, counts.ages[b].days * parent.rates[b].mean});
      AddShare(counts.Advance(b), parent.advances[b], advances_);
    }
    AddShare(counts.FirstStep(), parent.first_step, first_steps_);
    AddShare(counts.EntryDay(), parent.entry_day_of_first_step, entry_days_);
    AddShare(counts.EntryAdvance(), parent.entry_advance, entry_advances_);
  }

  PriorCounts Estimate() const {
    return {RatePriorCount(rates_), SharePriorCount(advances_), SharePriorCount(first_steps_),
            SharePriorCount(entry_days_), SharePriorCount(entry_advances_)};
  }

 private:
  static void AddShare(const Share& share, const Drawn& parent, std::vector<ShareGroup>& groups) {
    groups.push_back({share.count, share.total, parent.mean});
  }

  std::vector<RateGroup> rates_;
  std::vector<ShareGroup> advances_;
  std::vector<ShareGroup> first_steps_;
  std::vector<ShareGroup> entry_days_;
  std::vector<ShareGroup> entry_advances_;
};

// Reads a cell's figures, `of` choosing draw or mean.
StageCell ToStageCell(const CellFit& fit, const std::function<double(const Drawn&)>& of) {
  StageCell cell;
  cell.first_week_exit_share = Quantise(of(fit.first_step));
  // Rounding must not push the part past the whole.
  cell.entry_day_exit_share =
      std::min(cell.first_week_exit_share,
               Quantise(of(fit.first_step) * of(fit.entry_day_of_first_step)));
  cell.entry_advance_probability = Quantise(of(fit.entry_advance));
  for (size_t b = 0; b < fit.rates.size(); ++b) {
    cell.ages.push_back({Quantise(of(fit.rates[b])), Quantise(of(fit.advances[b]))});
  }
  return cell;
}

std::vector<CellFit> FitStages(const std::vector<EffectiveCounts>& counts,
                               const std::vector<std::string>& stages,
                               const std::vector<int>& edges, const StageCellOptions& options) {
  const std::vector<DefaultStage> default_stages = DefaultStages(static_cast<int>(stages.size()));
  std::vector<CellFit> priors;
  PriorCountEstimator estimator;
  for (size_t s = 0; s < stages.size(); ++s) {
    const StageDefaults defaults(default_stages[s], edges);
    const Drawer drawer(options.seed, "fit/stage", stages[s], options.draw_count);
    const StageLevel level = FitStageLevel(drawer, counts[s], defaults, options.draw_count);
    priors.push_back(StagePrior(level, defaults, options.draw_count));
    estimator.Add(counts[s], priors.back());
  }
  PriorCounts kappa = estimator.Estimate();
  // The parent here is a published table, not a fit: agreement with it by chance must not freeze
  // the entry row to it.
  kappa.first_step = kMinPriorCount;
  kappa.entry_day = kMinPriorCount;
  std::vector<CellFit> fits;
  for (size_t s = 0; s < stages.size(); ++s) {
    const Drawer drawer(options.seed, "fit/stage", stages[s], options.draw_count);
    fits.push_back(FitCell(drawer, counts[s], kappa, priors[s]));
  }
  return fits;
}

}  // namespace

StageCellFit FitStageCells(const Exposure& exposure, const std::vector<std::string>& segments,
                           const std::vector<std::string>& stages,
                           const StageCellOptions& options) {
  std::vector<EffectiveCounts> stage_counts;
  for (size_t s = 0; s < stages.size(); ++s) {
    stage_counts.emplace_back(SumOverSegments(exposure, segments.size(), stages.size(), s));
  }
  const std::vector<CellFit> stage_fits =
      FitStages(stage_counts, stages, exposure.age_bin_edges_days, options);

  std::vector<CellFit> cells;
  if (segments.size() == 1) {
    cells = stage_fits;
  } else {
    std::vector<EffectiveCounts> counts;
    for (const StageCounts& cell : exposure.cells) counts.emplace_back(cell);
    PriorCountEstimator estimator;
    for (size_t i = 0; i < counts.size(); ++i) {
      estimator.Add(counts[i], stage_fits[i % stages.size()]);
    }
    const PriorCounts kappa = estimator.Estimate();
    for (size_t i = 0; i < counts.size(); ++i) {
      const std::string key =
          absl::StrCat(segments[i / stages.size()], "\n", stages[i % stages.size()]);
      const Drawer drawer(options.seed, "fit/cell", key, options.draw_count);
      cells.push_back(FitCell(drawer, counts[i], kappa, stage_fits[i % stages.size()]));
    }
  }

  StageCellFit fit;
  for (const CellFit& cell : cells) {
    fit.means.push_back(ToStageCell(cell, [](const Drawn& drawn) { return drawn.mean; }));
  }
  for (int k = 0; k < options.draw_count; ++k) {
    std::vector<StageCell> draw;
    for (const CellFit& cell : cells) {
      draw.push_back(ToStageCell(cell, [k](const Drawn& drawn) { return drawn.draws[k]; }));
    }
    fit.draws.push_back(std::move(draw));
  }
  return fit;
}

}  // namespace quotacast::simulator
