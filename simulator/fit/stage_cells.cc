#include "simulator/fit/stage_cells.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "simulator/fit/default_pipeline.h"
#include "simulator/fit/drawn.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/prior_count.h"

namespace quotacast::simulator {
namespace {

// Kinds of parameters of an entity; with the bin they number its random numbers. Frozen.
enum class Parameter : uint32_t {
  kRate = 0,
  kAdvance = 1,
  kFirstStep = 2,
  kEntryDay = 3,
  kLevelRate = 4,
  kLevelAdvance = 5,
};

uint32_t NumberOf(Parameter parameter, size_t bin) {
  constexpr uint32_t kParametersPerBin = 8;
  return static_cast<uint32_t>(bin) * kParametersPerBin + static_cast<uint32_t>(parameter);
}

// Effective counts of a stage or a cell. `advances` has one entry more than `rates`: the last is
// that of the entry row.
struct CellData {
  std::vector<RateData> rates;
  std::vector<ShareData> advances;
  ShareData first_step;
  ShareData entry_day;
  std::vector<AgeCounts> ages;  // As counted: how bins share days.
};

CellData EffectiveData(const StageCounts& counts) {
  CellData data;
  data.ages = counts.ages;
  for (const AgeCounts& age : counts.ages) {
    const AgeCounts effective = age.Effective();
    data.rates.push_back({effective.exits, effective.days});
    data.advances.push_back({effective.advanced, effective.exits - effective.regressed});
  }
  const EntryCounts entry = counts.entry.Effective();
  data.advances.push_back({entry.advanced, entry.left_first_step - entry.regressed});
  data.first_step = {entry.left_first_step, entry.entered};
  data.entry_day = {entry.left_entry_day, entry.left_first_step};
  return data;
}

void Add(const ShareData& data, ShareData& sum) {
  sum.count += data.count;
  sum.total += data.total;
}

void Add(const RateData& data, RateData& sum) {
  sum.events += data.events;
  sum.exposure += data.exposure;
}

void Add(const CellData& data, CellData& sum) {
  for (size_t b = 0; b < data.rates.size(); ++b) {
    Add(data.rates[b], sum.rates[b]);
    sum.ages[b].Add(data.ages[b]);
  }
  for (size_t b = 0; b < data.advances.size(); ++b) Add(data.advances[b], sum.advances[b]);
  Add(data.first_step, sum.first_step);
  Add(data.entry_day, sum.entry_day);
}

CellData EmptyData(size_t bins) {
  CellData data;
  data.rates.resize(bins);
  data.advances.resize(bins + 1);
  data.ages.resize(bins);
  return data;
}

// All parameters of one stage or cell, shaped like CellData.
struct CellFit {
  std::vector<Drawn> rates;
  std::vector<Drawn> advances;
  Drawn first_step;
  Drawn entry_day;
};

// The default pipeline's figures for one stage.
CellFit DefaultCell(const DefaultStage& stage, const std::vector<int>& edges, int draw_count) {
  CellFit cell;
  // Nobody is younger than a day at a boundary; a bin that ends there takes the first day's rate.
  double from = 1;
  for (const int edge : edges) {
    const double rate = edge > from ? WeibullExitRatePerDay(stage.scale_days, from, edge)
                                    : WeibullExitRatePerDay(stage.scale_days, 0, 1);
    cell.rates.push_back(Constant(rate, draw_count));
    from = std::max<double>(from, edge);
  }
  cell.rates.push_back(
      Constant(WeibullExitRatePerDay(stage.scale_days, from, std::nullopt), draw_count));
  cell.advances.assign(cell.rates.size() + 1, Constant(stage.advance_probability, draw_count));
  const double first_step = WeibullFirstStepExitShare(stage.scale_days);
  cell.first_step = Constant(first_step, draw_count);
  cell.entry_day = Constant(WeibullEntryDayExitShare(stage.scale_days) / first_step, draw_count);
  return cell;
}

// How strongly children are tied to their parents, by kind of parameter.
struct PriorCounts {
  PriorCount level_rate;
  PriorCount level_advance;
  PriorCount rate;
  PriorCount advance;
  PriorCount first_step;
  PriorCount entry_day;
};

double Logit(double share) {
  const double q = ClampShare(share);
  return std::log(q / (1 - q));
}

double Logistic(double x) { return 1 / (1 + std::exp(-x)); }

// The mean over bins of `value(b)`, weighted by `weight(b)`; the plain mean when no bin has any.
double MeanOverBins(size_t bins, const std::function<double(size_t)>& weight,
                    const std::function<double(size_t)>& value) {
  double total = 0;
  double sum = 0;
  double plain = 0;
  for (size_t b = 0; b < bins; ++b) {
    total += weight(b);
    sum += weight(b) * value(b);
    plain += value(b) / static_cast<double>(bins);
  }
  return total > 0 ? sum / total : plain;
}

std::vector<double> Means(const std::vector<Drawn>& parameters) {
  std::vector<double> means;
  for (const Drawn& parameter : parameters) means.push_back(parameter.mean);
  return means;
}

// The same for the mean and for each draw of the parent's bins.
Drawn ParentOverBins(const std::vector<Drawn>& parent,
                     const std::function<double(size_t)>& weight) {
  const size_t draw_count = parent.front().draws.size();
  Drawn drawn;
  drawn.mean = MeanOverBins(parent.size(), weight, [&](size_t b) { return parent[b].mean; });
  for (size_t k = 0; k < draw_count; ++k) {
    drawn.draws.push_back(
        MeanOverBins(parent.size(), weight, [&](size_t b) { return parent[b].draws[k]; }));
  }
  return drawn;
}

// The parent as seen by one child: every bin moved by the child's own level. The level is drawn
// against the parent's same draw, so that an error common to all of the parent's bins is made up
// for by a child that has data of its own.
CellFit MovedByLevel(const Drawer& drawer, const CellData& data, const PriorCounts& kappa,
                     const CellFit& parent) {
  const std::vector<RateData> rates = PassedUp(data.rates, Means(parent.rates), kappa.rate.typical);
  RateData rate_sum;
  for (const RateData& bin : rates) Add(bin, rate_sum);
  std::vector<ShareData> advances;
  ShareData advance_sum;
  for (const ShareData& bin : data.advances) {
    advances.push_back(PassedUp(bin, kappa.advance.typical));
    Add(advances.back(), advance_sum);
  }
  const Drawn parent_rate =
      ParentOverBins(parent.rates, [&](size_t b) { return rates[b].exposure; });
  const Drawn parent_share =
      ParentOverBins(parent.advances, [&](size_t b) { return advances[b].total; });
  const Drawn rate =
      drawer.DrawRate(NumberOf(Parameter::kLevelRate, 0), rate_sum, kappa.level_rate, parent_rate);
  const Drawn share = drawer.DrawShare(NumberOf(Parameter::kLevelAdvance, 0), advance_sum,
                                       kappa.level_advance, parent_share);
  CellFit moved = parent;
  for (Drawn& bin : moved.rates) {
    bin.mean *= rate.mean / parent_rate.mean;
    for (size_t k = 0; k < bin.draws.size(); ++k) {
      bin.draws[k] *= rate.draws[k] / parent_rate.draws[k];
    }
  }
  for (Drawn& bin : moved.advances) {
    bin.mean = Logistic(Logit(bin.mean) + Logit(share.mean) - Logit(parent_share.mean));
    for (size_t k = 0; k < bin.draws.size(); ++k) {
      bin.draws[k] =
          Logistic(Logit(bin.draws[k]) + Logit(share.draws[k]) - Logit(parent_share.draws[k]));
    }
  }
  return moved;
}

// A bin's own rate, as sharp as what it counts. Levels and parents go by the plain counts: what
// bins have in common is in there once.
RateData SharpRate(const CellData& data, size_t bin) {
  const double factor = data.ages[bin].Sharpness();
  return {data.rates[bin].events * factor, data.rates[bin].exposure * factor};
}

// Quantiles at which the rates of all bins are drawn: neighbours share days, so they are high
// together (a normal copula, from bin to bin). Without that the sum of all bins would come out too
// certain. `kappa` takes its part: the prior shares nothing.
std::vector<std::vector<double>> RateUniforms(const Drawer& drawer, const CellData& data,
                                              double kappa, size_t draw_count) {
  std::vector<std::vector<double>> uniforms;
  for (size_t b = 0; b < data.rates.size(); ++b) {
    uniforms.push_back(drawer.Uniforms(NumberOf(Parameter::kRate, b), draw_count));
    if (b == 0) continue;
    const double before = SharpRate(data, b - 1).events;
    const double here = SharpRate(data, b).events;
    const double rho = data.ages[b - 1].CorrelationWith(data.ages[b]) *
                       std::sqrt(before / (before + kappa) * here / (here + kappa));
    if (rho == 0) continue;
    for (size_t k = 0; k < draw_count; ++k) {
      uniforms[b][k] = NormalCdf(rho * NormalQuantile(uniforms[b - 1][k]) +
                                 std::sqrt(1 - rho * rho) * NormalQuantile(uniforms[b][k]));
    }
  }
  return uniforms;
}

// A child around its parent: its level first, then its bins.
CellFit FitCell(const Drawer& drawer, const CellData& data, const PriorCounts& kappa,
                const CellFit& parent) {
  const CellFit moved = MovedByLevel(drawer, data, kappa, parent);
  CellFit cell;
  const std::vector<std::vector<double>> uniforms =
      RateUniforms(drawer, data, kappa.rate.typical, moved.rates.front().draws.size());
  for (size_t b = 0; b < data.rates.size(); ++b) {
    cell.rates.push_back(
        drawer.DrawRate(uniforms[b], SharpRate(data, b), kappa.rate, moved.rates[b]));
  }
  for (size_t b = 0; b < data.advances.size(); ++b) {
    cell.advances.push_back(drawer.DrawShare(NumberOf(Parameter::kAdvance, b), data.advances[b],
                                             kappa.advance, moved.advances[b]));
  }
  cell.first_step = drawer.DrawShare(NumberOf(Parameter::kFirstStep, 0), data.first_step,
                                     kappa.first_step, parent.first_step);
  cell.entry_day = drawer.DrawShare(NumberOf(Parameter::kEntryDay, 0), data.entry_day,
                                    kappa.entry_day, parent.entry_day);
  return cell;
}

// Estimates kappa of bins within a child, from children and the means of their parents.
void FitBinPriorCounts(const std::vector<CellData>& children,
                       const std::vector<const CellFit*>& parents, const std::string& name,
                       const StageCellOptions& options, PriorCounts& kappa) {
  std::vector<RateFamily> rates;
  std::vector<ShareFamily> advances;
  for (size_t i = 0; i < children.size(); ++i) {
    RateFamily& bins = rates.emplace_back();
    for (size_t b = 0; b < children[i].rates.size(); ++b) {
      bins.push_back(
          {children[i].rates[b].events, children[i].rates[b].exposure * parents[i]->rates[b].mean});
    }
    ShareFamily& shares = advances.emplace_back();
    for (size_t b = 0; b < children[i].advances.size(); ++b) {
      const ShareData& bin = children[i].advances[b];
      shares.push_back({bin.count, bin.total, parents[i]->advances[b].mean});
    }
  }
  kappa.rate = FitRatePriorCount(rates, options.seed, name + "/rate", options.draw_count);
  kappa.advance = FitSharePriorCount(advances, options.seed, name + "/advance", options.draw_count);
}

// Estimates kappa of the segments within a stage: one family per stage.
void FitSegmentPriorCounts(const std::vector<CellData>& cells, const std::vector<CellFit>& stages,
                           const StageCellOptions& options, PriorCounts& kappa) {
  std::vector<RateFamily> rates(stages.size());
  std::vector<ShareFamily> advances(stages.size());
  std::vector<ShareFamily> first_steps(stages.size());
  std::vector<ShareFamily> entry_days(stages.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    const size_t s = i % stages.size();
    const CellFit& parent = stages[s];
    RateChild rate;
    const std::vector<RateData> bins =
        PassedUp(cells[i].rates, Means(parent.rates), kappa.rate.typical);
    for (size_t b = 0; b < bins.size(); ++b) {
      rate.events += bins[b].events;
      rate.expected += bins[b].exposure * parent.rates[b].mean;
    }
    rates[s].push_back(rate);
    ShareData advance;
    for (const ShareData& bin : cells[i].advances) {
      Add(PassedUp(bin, kappa.advance.typical), advance);
    }
    advances[s].push_back(
        {advance.count, advance.total,
         MeanOverBins(
             parent.advances.size(), [&](size_t b) { return cells[i].advances[b].total; },
             [&](size_t b) { return parent.advances[b].mean; })});
    first_steps[s].push_back(
        {cells[i].first_step.count, cells[i].first_step.total, parent.first_step.mean});
    entry_days[s].push_back(
        {cells[i].entry_day.count, cells[i].entry_day.total, parent.entry_day.mean});
  }
  const uint64_t seed = options.seed;
  const int draws = options.draw_count;
  kappa.level_rate = FitRatePriorCount(rates, seed, "segment/level_rate", draws);
  kappa.level_advance = FitSharePriorCount(advances, seed, "segment/level_advance", draws);
  kappa.first_step = FitSharePriorCount(first_steps, seed, "segment/first_step", draws);
  kappa.entry_day = FitSharePriorCount(entry_days, seed, "segment/entry_day", draws);
}

// The stages, around the default pipeline, from what all segments together say about them.
std::vector<CellFit> FitStages(const std::vector<CellData>& stage_data,
                               const std::vector<std::string>& stages,
                               const std::vector<int>& edges, const StageCellOptions& options) {
  const std::vector<DefaultStage> defaults = DefaultStages(static_cast<int>(stages.size()));
  std::vector<CellFit> parents;
  std::vector<const CellFit*> parent_pointers;
  for (const DefaultStage& stage : defaults) {
    parents.push_back(DefaultCell(stage, edges, options.draw_count));
  }
  for (const CellFit& parent : parents) parent_pointers.push_back(&parent);
  // The parent is a published table: it is worth two observations and no more, however well it
  // happens to agree. Only how much bins differ within a stage is learned.
  const PriorCount floor = FixedPriorCount(kMinPriorCount, options.draw_count);
  PriorCounts kappa{floor, floor, floor, floor, floor, floor};
  FitBinPriorCounts(stage_data, parent_pointers, "stage", options, kappa);
  std::vector<CellFit> fits;
  for (size_t s = 0; s < stages.size(); ++s) {
    const Drawer drawer(options.seed, "fit/stage", stages[s]);
    fits.push_back(FitCell(drawer, stage_data[s], kappa, parents[s]));
  }
  return fits;
}

// What the cells of one stage tell about it. A segment's days are scaled by its own level first:
// otherwise the fast segments, gone early, would make every stage look as if it slowed with age.
CellData CellsPassedUp(const std::vector<const CellData*>& cells, const CellFit& stage,
                       const PriorCounts& kappa) {
  CellData sum = EmptyData(stage.rates.size());
  for (const CellData* cell : cells) {
    const std::vector<RateData> bins =
        PassedUp(cell->rates, Means(stage.rates), kappa.rate.typical);
    double events = kappa.level_rate.typical;
    double expected = kappa.level_rate.typical;
    for (size_t b = 0; b < bins.size(); ++b) {
      events += bins[b].events;
      expected += bins[b].exposure * stage.rates[b].mean;
    }
    const double level = events / expected;
    for (size_t b = 0; b < bins.size(); ++b) {
      Add(RateData{bins[b].events, bins[b].exposure * level}, sum.rates[b]);
      sum.ages[b].Add(cell->ages[b]);
    }
    for (size_t b = 0; b < cell->advances.size(); ++b) {
      Add(PassedUp(cell->advances[b], kappa.advance.typical), sum.advances[b]);
    }
    Add(PassedUp(cell->first_step, kappa.first_step.typical), sum.first_step);
    Add(PassedUp(cell->entry_day, kappa.entry_day.typical), sum.entry_day);
  }
  return sum;
}

// Reads a cell's figures, `of` choosing draw or mean.
StageCell ToStageCell(const CellFit& fit, const std::function<double(const Drawn&)>& of) {
  StageCell cell;
  cell.first_week_exit_share = Quantise(of(fit.first_step));
  // Rounding must not push the part past the whole.
  cell.entry_day_exit_share =
      std::min(cell.first_week_exit_share, Quantise(of(fit.first_step) * of(fit.entry_day)));
  cell.entry_advance_probability = Quantise(of(fit.advances.back()));
  for (size_t b = 0; b < fit.rates.size(); ++b) {
    cell.ages.push_back({Quantise(of(fit.rates[b])), Quantise(of(fit.advances[b])), 0});
  }
  return cell;
}

}  // namespace

StageCellFit FitStageCells(const Exposure& exposure, const std::vector<std::string>& segments,
                           const std::vector<std::string>& stages,
                           const StageCellOptions& options) {
  const std::vector<int>& edges = exposure.age_bin_edges_days;
  std::vector<CellData> cells;
  for (const StageCounts& counts : exposure.cells) cells.push_back(EffectiveData(counts));
  std::vector<CellData> stage_data(stages.size(), EmptyData(edges.size() + 1));
  for (size_t i = 0; i < cells.size(); ++i) Add(cells[i], stage_data[i % stages.size()]);
  std::vector<CellFit> fits = FitStages(stage_data, stages, edges, options);
  if (segments.size() > 1) {
    // A first look at the stages tells how much segments differ; then the stages are fitted again
    // to what the segments have to say about them.
    std::vector<const CellFit*> parents;
    for (size_t i = 0; i < cells.size(); ++i) parents.push_back(&fits[i % stages.size()]);
    PriorCounts kappa;
    FitBinPriorCounts(cells, parents, "segment", options, kappa);
    FitSegmentPriorCounts(cells, fits, options, kappa);
    for (size_t s = 0; s < stages.size(); ++s) {
      std::vector<const CellData*> of_stage;
      for (size_t i = s; i < cells.size(); i += stages.size()) of_stage.push_back(&cells[i]);
      stage_data[s] = CellsPassedUp(of_stage, fits[s], kappa);
    }
    const std::vector<CellFit> stage_fits = FitStages(stage_data, stages, edges, options);
    fits.clear();
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string key =
          absl::StrCat(segments[i / stages.size()], "\n", stages[i % stages.size()]);
      const Drawer drawer(options.seed, "fit/cell", key);
      fits.push_back(FitCell(drawer, cells[i], kappa, stage_fits[i % stages.size()]));
    }
  }
  StageCellFit fit;
  for (const CellFit& cell : fits) {
    fit.means.push_back(ToStageCell(cell, [](const Drawn& drawn) { return drawn.mean; }));
  }
  for (int k = 0; k < options.draw_count; ++k) {
    std::vector<StageCell> draw;
    for (const CellFit& cell : fits) {
      draw.push_back(ToStageCell(cell, [k](const Drawn& drawn) { return drawn.draws[k]; }));
    }
    fit.draws.push_back(std::move(draw));
  }
  return fit;
}

}  // namespace quotacast::simulator
