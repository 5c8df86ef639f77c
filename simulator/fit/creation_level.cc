#include "simulator/fit/creation_level.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

// Blocks that expect less say nothing in a logarithm.
constexpr double kMinExpected = 0.5;
// Of the level before the first block: rates are means over the history, so it is about 0.
constexpr double kFirstLevelSd = 0.5;

// What the filter knows after the last block.
struct Filtered {
  double mean = 0;
  double variance = kFirstLevelSd * kFirstLevelSd;
  double log_likelihood = 0;
};

Filtered Filter(absl::Span<const LevelBlock> blocks, double walk_sd, double shock_sd) {
  Filtered level;
  bool first = true;
  for (const LevelBlock& block : blocks) {
    if (!first) level.variance += walk_sd * walk_sd;
    first = false;
    if (block.expected < kMinExpected) continue;
    // Half a deal on both sides keeps the logarithm of a small count finite and all but unbiased.
    const double seen = std::log((block.created + 0.5) / (block.expected + 0.5));
    const double noise = block.dispersion / (block.expected + 0.5) + shock_sd * shock_sd;
    const double total = level.variance + noise;
    const double error = seen - level.mean;
    level.log_likelihood -= 0.5 * (std::log(total) + error * error / total);
    const double gain = level.variance / total;
    level.mean += gain * error;
    level.variance *= 1 - gain;
  }
  return level;
}

std::vector<double> Sds() { return {0.01, 0.03, 0.05, 0.08, 0.11, 0.15, 0.2, 0.27, 0.36, 0.5}; }

// Mean over the draws, [rep * segment_count + segment].
std::vector<double> MeanRates(const CreationFit& creation) {
  std::vector<double> means(creation.rep_rates.front().size());
  for (const std::vector<double>& draw : creation.rep_rates) {
    for (size_t i = 0; i < means.size(); ++i) means[i] += draw[i];
  }
  for (double& mean : means) mean /= static_cast<double>(creation.rep_rates.size());
  return means;
}

// [segment][block], the oldest block first.
std::vector<std::vector<LevelBlock>> CountBlocks(const History& history,
                                                 const CreationFit& creation,
                                                 const LevelContext& context) {
  const size_t segments = history.segments.size();
  const auto age_of = [&](absl::CivilDay day) {
    return static_cast<size_t>((history.as_of - day) / kLevelBlockDays);
  };
  const size_t count = age_of(context.window_start) + 1;
  const auto block_of = [&](absl::CivilDay day) { return count - 1 - age_of(day); };
  std::vector<std::vector<LevelBlock>> blocks(segments, std::vector<LevelBlock>(count));
  for (const HistoryDeal& deal : history.deals) {
    if (deal.created < context.window_start) continue;
    if (!IsInJob(history.reps[deal.rep], deal.created)) continue;
    ++blocks[deal.segment][block_of(deal.created)].created;
  }
  const std::vector<double> rates = MeanRates(creation);
  std::vector<std::vector<double>> squares(segments, std::vector<double>(count));
  for (size_t r = 0; r < history.reps.size(); ++r) {
    std::vector<double> days(count);
    ForEachRampedDay(history.reps[r], context.window_start, history.as_of, context.ramp_weeks,
                     [&](absl::CivilDay day, double ramp) {
                       const double season =
                           context.season_factors.empty()
                               ? 1
                               : context.season_factors[static_cast<size_t>(day.month()) - 1];
                       days[block_of(day)] += ramp * season;
                     });
    for (size_t g = 0; g < segments; ++g) {
      for (size_t b = 0; b < count; ++b) {
        const double expected = days[b] * rates[r * segments + g];
        blocks[g][b].expected += expected;
        squares[g][b] += expected * expected;
      }
    }
  }
  for (size_t g = 0; g < segments; ++g) {
    for (size_t b = 0; b < count; ++b) {
      LevelBlock& block = blocks[g][b];
      if (block.expected > 0) {
        block.dispersion = 1 + context.mix_variance * squares[g][b] / block.expected;
      }
    }
  }
  return blocks;
}

}  // namespace

std::vector<double> FitCreationLevel(absl::Span<const LevelBlock> blocks, int draw_count,
                                     uint64_t seed, std::string_view name) {
  size_t seen = 0;
  for (const LevelBlock& block : blocks) seen += block.expected >= kMinExpected ? 1 : 0;
  std::vector<double> draws(static_cast<size_t>(draw_count), 0.0);
  if (seen == 0) return draws;
  if (seen < kMinLevelBlocks) blocks = {};  // The prior alone.
  const std::vector<double> sds = Sds();
  std::vector<std::vector<double>> log_density;
  for (const double walk_sd : sds) {
    std::vector<double>& row = log_density.emplace_back();
    for (const double shock_sd : sds) {
      row.push_back(LogHalfNormal(walk_sd, kLevelWalkSdMean) +
                    LogHalfNormal(shock_sd, kLevelShockSdMean) +
                    Filter(blocks, walk_sd, shock_sd).log_likelihood);
    }
  }
  const std::string walk_name = absl::StrCat(std::string(name), "/walk");
  const std::string shock_name = absl::StrCat(std::string(name), "/shock");
  const JointPositions positions =
      DrawJointPositions(sds, sds, log_density, seed, walk_name, shock_name, draw_count);
  const std::vector<double> uniforms =
      StratifiedUniforms(seed, StableId("fit/creation_level", std::string(name)), 0, draw_count);
  for (size_t k = 0; k < draws.size(); ++k) {
    const double walk_sd = sds[positions.first[k]];
    const double shock_sd = sds[positions.second[k]];
    Filtered level = Filter(blocks, walk_sd, shock_sd);
    // Rates are all there is to go by, and their own posterior says how well they are known.
    if (blocks.empty()) level.variance = 0;
    const double variance = level.variance + walk_sd * walk_sd + shock_sd * shock_sd;
    const double limit = std::log(kMaxLevelFactor);
    draws[k] = Quantise(
        std::clamp(level.mean + std::sqrt(variance) * NormalQuantile(uniforms[k]) - variance / 2,
                   -limit, limit));
  }
  return draws;
}

std::vector<std::vector<double>> FitCreationLevels(const History& history,
                                                   const CreationFit& creation,
                                                   const LevelContext& context) {
  const size_t segments = history.segments.size();
  std::vector<std::vector<double>> factors(static_cast<size_t>(context.draw_count),
                                           std::vector<double>(segments, 1.0));
  std::vector<std::vector<LevelBlock>> blocks = CountBlocks(history, creation, context);
  std::vector<LevelBlock> all(blocks.front().size());
  for (size_t b = 0; b < all.size(); ++b) {
    double variance = 0;
    for (const std::vector<LevelBlock>& segment : blocks) {
      all[b].created += segment[b].created;
      all[b].expected += segment[b].expected;
      variance += segment[b].expected * segment[b].dispersion;
    }
    if (all[b].expected > 0) all[b].dispersion = variance / all[b].expected;
  }
  const std::vector<double> common = FitCreationLevel(all, context.draw_count, context.seed, "all");
  for (size_t g = 0; g < segments; ++g) {
    std::vector<double> own(common.size(), 0.0);
    if (segments > 1) {
      for (size_t b = 0; b < all.size(); ++b) {
        // Against what all segments did; nothing to set it against where they did nothing.
        blocks[g][b].expected *= all[b].expected > 0 ? all[b].created / all[b].expected : 0;
      }
      own = FitCreationLevel(blocks[g], context.draw_count, context.seed,
                             absl::StrCat("segment/", history.segments[g]));
    }
    for (size_t k = 0; k < factors.size(); ++k) {
      factors[k][g] = Quantise(std::exp(common[k] + own[k]));
    }
  }
  return factors;
}

}  // namespace quotacast::simulator
