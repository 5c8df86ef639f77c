#include "simulator/exact/sums_pass.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

namespace quotacast::simulator {
namespace {

// The number of people at quota moves with the shift like the bookings do: a person's P(attain)
// moves by at most .4 of their ratio, in units of a half, the largest sd of an indicator.
constexpr double kAtQuotaMove = 0.8;

constexpr int kMaxSumNodes = 65'536;

// How much all of these people's sums, and their number at quota, move with the shared shift.
double RatioOf(const std::vector<int>& sellers, const ScaleOfSeller& scale) {
  double move = 0, variance = 0, ratios = 0;
  for (const int seller : sellers) {
    const PersonScale& own = scale(seller);
    move += own.shared_move;
    variance += own.own_sd * own.own_sd;
    ratios += own.SharedRatio();
  }
  if (variance == 0) return 0;
  return std::max(move / std::sqrt(variance),
                  kAtQuotaMove * ratios / std::sqrt(static_cast<double>(sellers.size())));
}

// A few people's sum has few deals, whose sizes show; a sum over many is wide against a single
// deal, whose third moment the spread over nodes does not keep. Both want up to four times as many
// cells.
int CellsFor(size_t people, int cells) {
  int factor = 1;
  for (const size_t bound : {16, 8}) factor *= people <= bound ? 2 : 1;
  for (const size_t bound : {32, 64}) factor *= people > bound ? 2 : 1;
  return std::min(cells * factor, kMaxSumNodes);
}

// As LatticeOver, but when amounts do not all lie on nodes the quota does, and the nodes are a
// power of two.
Lattice LatticeFor(double top, int64_t wanted, const AmountRange& range, int cells) {
  const bool has_quota = wanted != Seller::kNoQuota && wanted > 0;
  if (has_quota) top = std::max(top, 1.05 * static_cast<double>(wanted));
  Lattice lattice = LatticeOver(top, range, cells);
  // What lies past the last node is folded back, so one more keeps the last one apart.
  ++lattice.size;
  if (lattice.holds_all_amounts) return lattice;
  const double reach = lattice.width * (lattice.size - 1);
  lattice.size = SumTransform::SizeFor(cells);
  lattice.width = reach / (lattice.size - 2);
  if (!has_quota) return lattice;
  const double count = std::floor(static_cast<double>(wanted) / lattice.width);
  if (count < 1) return lattice;  // A quota next to nothing: half a cell is all that is in doubt.
  lattice.width = static_cast<double>(wanted) / count;
  return lattice;
}

}  // namespace

SumStructure::SumStructure(const Blueprint& plan) {
  std::vector<int> order(plan.factor_team_ids.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::sort(order.begin(), order.end(),
            [&](int a, int b) { return plan.factor_team_ids[a] < plan.factor_team_ids[b]; });
  std::vector<int> place(order.size());
  for (size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<int>(i);

  groups.resize(order.size());
  lines.resize(1 + plan.shape.team_count);
  for (size_t i = 0; i < lines.size(); ++i) lines[i].entity = static_cast<int>(i);
  for (size_t i = 0; i < groups.size(); ++i) lines[0].groups.push_back(static_cast<int>(i));
  for (size_t s = 0; s < plan.sellers.size(); ++s) {
    const Seller& seller = plan.sellers[s];
    const int group = place[seller.team_factor];
    if (groups[group].empty()) {
      for (const int team : seller.team_entities) lines[team].groups.push_back(group);
    }
    groups[group].push_back(static_cast<int>(s));
  }
  for (std::vector<int>& group : groups) {
    std::sort(group.begin(), group.end(),
              [&](int a, int b) { return plan.sellers[a].id < plan.sellers[b].id; });
  }
  for (Line& line : lines) std::sort(line.groups.begin(), line.groups.end());
}

SumLattice::SumLattice(const ExactContext& context, const SumStructure& structure,
                       const SumStructure::Line& line, double top, int64_t wanted, int cells)
    : lattice([&] {
        std::optional<AmountRange> range;
        size_t people = 0;
        for (const int group : line.groups) people += structure.groups[group].size();
        for (const DealLaws& laws : context.laws.all()) {
          AmountRange of_draw;
          for (const int group : line.groups) {
            for (const int seller : structure.groups[group]) {
              AddAmounts(context.plan.sellers[seller], laws, std::numeric_limits<int64_t>::max(),
                         &of_draw);
            }
          }
          range = range.has_value() ? Join(*range, of_draw) : of_draw;
        }
        return LatticeFor(top, wanted, *range, CellsFor(people, cells));
      }()),
      circle(lattice.size),
      in_use(context.plan.model.segments.size(), false) {
  const auto use = [&](int segment) { in_use[segment] = true; };
  for (const int group : line.groups) {
    for (const int s : structure.groups[group]) {
      const Seller& seller = context.plan.sellers[s];
      for (const DealPlan& deal : seller.deals) {
        if (!deal.amount_minor_units.has_value() && deal.revised < 0) use(deal.segment);
      }
      for (const CreationPlan& creation : seller.creation) use(creation.segment);
    }
  }
  if (wanted != Seller::kNoQuota) wanted_node = lattice.FirstNodeAtLeast(wanted);
}

std::vector<Spectrum> SumLattice::SeveritiesOf(const DealLaws& laws) const {
  std::vector<Spectrum> severities(in_use.size());
  for (size_t g = 0; g < in_use.size(); ++g) {
    if (!in_use[g]) continue;
    severities[g] = circle.Of(laws.segments[g].OnLattice(lattice, Spread::kQuadratic));
    for (double& re : severities[g].real) re -= 1;
  }
  return severities;
}

SharedGrid::SharedGrid(const ExactContext& context, const SumStructure& structure,
                       const DrawTables& tables, const ScaleOfSeller& scale) {
  const double shared_sd =
      std::sqrt(tables.market_sd * tables.market_sd + tables.team_sd * tables.team_sd);
  std::vector<int> all;
  for (const std::vector<int>& group : structure.groups) {
    all.insert(all.end(), group.begin(), group.end());
  }
  market_ = {{0}, {1}};
  if (tables.market_sd > 0) {
    market_ = context.rules.ForRatio(RatioOf(all, scale) * tables.market_sd / shared_sd);
  }
  for (const std::vector<int>& group : structure.groups) {
    shared_.emplace_back(context.rules, 0, shared_sd, RatioOf(group, scale));
    std::vector<std::vector<double>> weights;
    for (const double point : market_.points) {
      weights.push_back(shared_.back().Weights(tables.market_sd * point, tables.team_sd));
    }
    weights_.push_back(std::move(weights));
  }
}

GroupPass::GroupPass(const ExactContext& context, const std::vector<int>& group,
                     const DrawTables& tables, int mark, const NormalInterpolation& shared,
                     const ScaleOfSeller& scale)
    : laws_(context.laws.Of(tables)), point_count_(shared.points().size()) {
  for (const int s : group) {
    const Seller& seller = context.plan.sellers[s];
    const NormalInterpolation interpolation = InterpolationOf(context, seller, tables, scale(s));
    const ShiftLaw shift = ShiftLawOf(seller, tables);
    Person person;
    person.seller = &seller;
    for (const double x : interpolation.points()) {
      person.chances.push_back(ChancesAt(context.plan, seller, tables, mark, x));
    }
    for (const double c : shared.points()) {
      const std::vector<double> weights =
          interpolation.Weights(shift.mean + c, std::sqrt(shift.own_variance));
      person.weights.insert(person.weights.end(), weights.begin(), weights.end());
    }
    persons_.push_back(std::move(person));
  }
}

std::vector<WonMoments> GroupPass::Moments() const {
  std::vector<WonMoments> sums(point_count_);
  for (const Person& person : persons_) {
    const size_t points = person.chances.size();
    std::vector<WonMoments> at;
    for (const WinChances& chances : person.chances) {
      at.push_back(MomentsOf(*person.seller, laws_, chances));
    }
    for (size_t c = 0; c < point_count_; ++c) {
      double mean = 0, second = 0;
      for (size_t x = 0; x < points; ++x) {
        mean += person.weights[c * points + x] * at[x].mean;
        second += person.weights[c * points + x] * at[x].second_moment();
      }
      sums[c].mean += mean;
      sums[c].variance += second - mean * mean;
    }
  }
  return sums;
}

std::vector<Spectrum> GroupPass::Transforms(const SumLattice& lattice,
                                            const std::vector<Spectrum>& severities) const {
  const size_t frequencies = lattice.circle.frequency_count();
  std::vector<Spectrum> product(point_count_, Spectrum(frequencies, 1));
  Spectrum average(frequencies);
  for (const Person& person : persons_) {
    const SellerTransform transform(*person.seller, laws_, lattice.lattice, lattice.circle,
                                    severities);
    const size_t points = person.chances.size();
    std::vector<Spectrum> at;
    for (const WinChances& chances : person.chances) at.push_back(transform.At(chances));
    for (size_t c = 0; c < point_count_; ++c) {
      std::fill(average.real.begin(), average.real.end(), 0);
      std::fill(average.imaginary.begin(), average.imaginary.end(), 0);
      for (size_t x = 0; x < points; ++x) {
        average.AddScaled(person.weights[c * points + x], at[x]);
      }
      product[c].MultiplyBy(average);
    }
  }
  return product;
}

std::vector<std::vector<double>> GroupPass::AtQuotaLaws(
    const std::vector<const std::vector<double>*>& attain) const {
  std::vector<std::vector<double>> laws(point_count_, {1});
  for (size_t i = 0; i < persons_.size(); ++i) {
    if (attain[i]->empty()) continue;
    const size_t points = attain[i]->size();
    for (size_t c = 0; c < point_count_; ++c) {
      double p = 0;
      for (size_t x = 0; x < points; ++x) {
        p += persons_[i].weights[c * points + x] * (*attain[i])[x];
      }
      p = std::clamp(p, 0.0, 1.0);
      // One person more: f(n) <- (1 - p) f(n) + p f(n - 1).
      std::vector<double>& law = laws[c];
      law.push_back(0);
      for (size_t n = law.size() - 1; n > 0; --n) law[n] = (1 - p) * law[n] + p * law[n - 1];
      law[0] *= 1 - p;
    }
  }
  return laws;
}

}  // namespace quotacast::simulator
