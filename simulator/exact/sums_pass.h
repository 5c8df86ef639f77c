// Sums over people, one parameter draw and mark at a time: teams, the org, the number at quota.
//
// Given the shared shift c = market + team, the people of a team are independent; given the market
// alone, the teams are. Functions of a person's shift are known at a few points each and
// interpolated to the law that the shift has given c; functions of c likewise to the law that c
// has given the market; the market is integrated by quadrature.
#ifndef QUOTACAST_SIMULATOR_EXACT_SUMS_PASS_H_
#define QUOTACAST_SIMULATOR_EXACT_SUMS_PASS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/engine/draw_tables.h"
#include "simulator/exact/person_pass.h"
#include "simulator/exact/sum_transform.h"

namespace quotacast::simulator {

// People who share a team's factor, and the lines that are sums of such groups. Positions in
// Blueprint::sellers. Everything is ordered by ids, so that no sum depends on the order of inputs.
struct SumStructure {
  explicit SumStructure(const Blueprint& plan);

  std::vector<std::vector<int>> groups;  // By team id; people by id.
  struct Line {
    int entity = 0;
    std::vector<int> groups;
  };
  std::vector<Line> lines;  // The org, then the teams, in PlanShape order.
};

// The lattice of one line at one mark, and what of it no draw changes. Immutable and thread-safe.
struct SumLattice {
  // `top`: how far the law should reach; `wanted`: the quota, on a node where the lattice is not
  // exact, or Seller::kNoQuota.
  SumLattice(const ExactContext& context, const SumStructure& structure,
             const SumStructure::Line& line, double top, int64_t wanted, int cells);

  Lattice lattice;
  SumTransform circle;
  std::vector<bool> in_use;  // By segment.
  int wanted_node = -1;      // First node that attains; -1 without a quota.

  // The transforms of the amounts of a draw, minus 1, by segment; empty where not in use.
  std::vector<Spectrum> SeveritiesOf(const DealLaws& laws) const;
};

// The scales of all people at one draw and mark, by position in Blueprint::sellers.
using ScaleOfSeller = std::function<const PersonScale&(int seller)>;

// Nodes of the market and how many of the shared shift each group needs.
class SharedGrid {
 public:
  SharedGrid(const ExactContext& context, const SumStructure& structure, const DrawTables& tables,
             const ScaleOfSeller& scale);

  const NormalNodes& market() const { return market_; }
  // The grid of the shared shift of a group.
  const NormalInterpolation& shared(int group) const { return shared_[group]; }
  // Weights of the points of shared(group) given the market node.
  const std::vector<double>& weights(int group, int market_node) const {
    return weights_[group][market_node];
  }

 private:
  NormalNodes market_;
  std::vector<NormalInterpolation> shared_;
  std::vector<std::vector<std::vector<double>>> weights_;  // [group][market node][point].
};

// One group of people at one draw and mark.
class GroupPass {
 public:
  GroupPass(const ExactContext& context, const std::vector<int>& group, const DrawTables& tables,
            int mark, const NormalInterpolation& shared, const ScaleOfSeller& scale);

  // Mean and second moment of the group's sum at every point of the shared shift.
  std::vector<WonMoments> Moments() const;

  // The transform of the group's sum at every point of the shared shift; `severities` are the
  // lattice's under this draw.
  std::vector<Spectrum> Transforms(const SumLattice& lattice,
                                   const std::vector<Spectrum>& severities) const;

  // P(n people at quota) at every point; `attain[i]` holds the i-th person's probabilities at the
  // points of InterpolationOf, empty without a quota.
  std::vector<std::vector<double>> AtQuotaLaws(
      const std::vector<const std::vector<double>*>& attain) const;

  size_t point_count() const { return point_count_; }

 private:
  struct Person {
    const Seller* seller = nullptr;
    std::vector<WinChances> chances;  // At the points of the person's shift.
    // Of those points given a point of the shared shift, [shared point * points + point].
    std::vector<double> weights;
  };

  const DealLaws& laws_;
  size_t point_count_;
  std::vector<Person> persons_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_SUMS_PASS_H_
