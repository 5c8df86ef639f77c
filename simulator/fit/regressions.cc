#include "simulator/fit/regressions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "simulator/fit/drawn.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/prior_count.h"

namespace quotacast::simulator {
namespace {

// Of one cell: exits that went back, of all.
struct CellShares {
  ShareData entry;
  ShareData later;
};

CellShares SharesOf(const StageCounts& counts) {
  const EntryCounts entry = counts.entry.Effective();
  CellShares shares;
  shares.entry = {entry.regressed, entry.left_first_step};
  for (const AgeCounts& age : counts.ages) {
    const AgeCounts effective = age.Effective();
    shares.later.count += effective.regressed;
    shares.later.total += effective.exits;
  }
  return shares;
}

// How children are tied to one parent of which only the families' own level is known.
PriorCount Ties(const std::vector<ShareFamily>& families, uint64_t seed, const char* name,
                int draw_count) {
  return FitSharePriorCount(families, seed, absl::StrCat("regress/", name), draw_count);
}

ShareData SumPassedUp(const std::vector<ShareData>& children, double kappa) {
  ShareData sum;
  for (const ShareData& child : children) {
    const ShareData passed = PassedUp(child, kappa);
    sum.count += passed.count;
    sum.total += passed.total;
  }
  return sum;
}

// A draw of a Dirichlet as shares of gammas, rounded so that they sum to 1 exactly.
std::vector<double> Shares(const std::vector<double>& gammas) {
  constexpr double kUnit = 0x1p-26;
  double total = 0;
  for (const double gamma : gammas) total += gamma;
  std::vector<double> shares;
  double rest = 1;
  size_t largest = 0;
  for (size_t i = 0; i < gammas.size(); ++i) {
    shares.push_back(std::floor(gammas[i] / total / kUnit) * kUnit);
    rest -= shares.back();
    if (shares[i] > shares[largest]) largest = i;
  }
  shares[largest] += rest;
  return shares;
}

}  // namespace

std::vector<RegressionDraw> FitRegressions(const Exposure& exposure,
                                           const std::vector<std::string>& segments,
                                           const std::vector<std::string>& stages, int draw_count,
                                           uint64_t seed) {
  const size_t stage_count = stages.size();
  std::vector<CellShares> cells;
  std::vector<std::vector<ShareData>> by_stage(stage_count);  // Entry and later of all segments.
  std::vector<ShareFamily> cell_families(stage_count);
  // Where deals of a stage went.
  std::vector<std::vector<double>> went(stage_count);
  for (size_t s = 0; s < stage_count; ++s) went[s].assign(s + 1, 0.0);
  double any = 0;
  for (size_t i = 0; i < exposure.cells.size(); ++i) {
    const StageCounts& counts = exposure.cells[i];
    const size_t s = i % stage_count;
    cells.push_back(SharesOf(counts));
    for (const ShareData& share : {cells.back().entry, cells.back().later}) {
      by_stage[s].push_back(share);
      cell_families[s].push_back({share.count, share.total, kDefaultRegressShare});
    }
    for (size_t to = 0; to <= s; ++to) {
      went[s][to] += counts.regressed_to[to];
      any += counts.regressed_to[to];
    }
  }
  if (any <= 0) return {};
  const PriorCount cell_kappa = Ties(cell_families, seed, "cell", draw_count);
  std::vector<ShareData> stage_data;
  ShareFamily stage_family;
  for (const std::vector<ShareData>& children : by_stage) {
    stage_data.push_back(SumPassedUp(children, cell_kappa.typical));
    stage_family.push_back(
        {stage_data.back().count, stage_data.back().total, kDefaultRegressShare});
  }
  const PriorCount stage_kappa = Ties({stage_family}, seed, "stage", draw_count);
  const Drawn all = Drawer(seed, "fit/regress", "all")
                        .DrawShare(0, SumPassedUp(stage_data, stage_kappa.typical),
                                   FixedPriorCount(kMinPriorCount, draw_count),
                                   Constant(kDefaultRegressShare, draw_count));
  std::vector<RegressionDraw> draws(static_cast<size_t>(draw_count));
  std::vector<Drawn> stage_shares;
  for (size_t s = 0; s < stage_count; ++s) {
    const Drawer drawer(seed, "fit/regress/stage", stages[s]);
    stage_shares.push_back(drawer.DrawShare(0, stage_data[s], stage_kappa, all));
    // Recency weights are at most 1, so they count no more than they are worth.
    std::vector<std::vector<double>> gammas(draws.size(), std::vector<double>(s + 1));
    for (size_t to = 0; to <= s; ++to) {
      const double shape = kDestinationPriorCount / static_cast<double>(s + 1) + went[s][to];
      const std::vector<double> uniforms =
          StratifiedUniforms(seed, StableId("fit/regress/destination", stages[s]),
                             static_cast<uint32_t>(to), draw_count);
      for (size_t k = 0; k < draws.size(); ++k) {
        gammas[k][to] = Quantise(std::max(1e-12, GammaQuantile(shape, 1, uniforms[k])));
      }
    }
    for (size_t k = 0; k < draws.size(); ++k) draws[k].destinations.push_back(Shares(gammas[k]));
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    const size_t s = i % stage_count;
    const Drawer drawer(seed, "fit/regress/cell",
                        absl::StrCat(segments[i / stage_count], "\n", stages[s]));
    const Drawn entry = drawer.DrawShare(0, cells[i].entry, cell_kappa, stage_shares[s]);
    const Drawn later = drawer.DrawShare(1, cells[i].later, cell_kappa, stage_shares[s]);
    for (size_t k = 0; k < draws.size(); ++k) {
      draws[k].entry_shares.push_back(entry.draws[k]);
      draws[k].later_shares.push_back(later.draws[k]);
    }
  }
  return draws;
}

}  // namespace quotacast::simulator
