#include "simulator/exact/quota_atom.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

// An atom below this counts as none.
constexpr double kNegligible = 1e-15;

// `sums` and those moved by `by`, without any outside [0, top]; sorted, each once.
std::vector<int64_t> WithMoved(const std::vector<int64_t>& sums, int64_t by, int64_t top) {
  std::vector<int64_t> moved;
  for (const int64_t sum : sums) {
    if (sum + by >= 0 && sum + by <= top) moved.push_back(sum + by);
  }
  std::vector<int64_t> both;
  std::set_union(sums.begin(), sums.end(), moved.begin(), moved.end(), std::back_inserter(both));
  return both;
}

int PositionOf(const std::vector<int64_t>& sums, int64_t sum) {
  const auto at = std::lower_bound(sums.begin(), sums.end(), sum);
  return at != sums.end() && *at == sum ? static_cast<int>(at - sums.begin()) : -1;
}

}  // namespace

QuotaAtom::QuotaAtom(const Seller& seller, const DealLaws& laws, int64_t amount) : mix_(laws.mix) {
  for (size_t i = 0; i < seller.deals.size(); ++i) {
    const DealPlan& deal = seller.deals[i];
    AmountAtom atom = laws.AmountOf(deal).Atom();
    if (deal.amount_minor_units.has_value()) atom = {*deal.amount_minor_units, 1};
    if (atom.amount == 0 && atom.probability == 1) continue;  // Won or not: the sum is the same.
    if (atom.amount > amount || atom.probability < kNegligible) {
      barred_.push_back(static_cast<int>(i));
    } else {
      steps_.push_back({static_cast<int>(i), atom.amount, atom.probability});
    }
  }
  for (size_t i = 0; i < seller.creation.size(); ++i) {
    const AmountAtom atom = laws.segments[seller.creation[i].segment].Atom();
    const bool nothing = atom.amount == 0 && atom.probability == 1;
    fresh_share_.push_back(nothing ? 0 : 1);
    if (nothing || atom.amount > amount || atom.probability < kNegligible) continue;
    fresh_.push_back({static_cast<int>(i), atom.amount, atom.probability});
  }
  std::vector<int64_t> sums;  // Of fresh_sums_.
  if (!FindFreshSums(amount, &sums)) {
    resolved_ = false;
    return;
  }
  std::vector<int64_t> targets;
  for (const int64_t sum : sums) targets.push_back(amount - sum);
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  for (size_t i = 0; i < sums.size(); ++i) {
    fresh_sums_[i].target = PositionOf(targets, amount - sums[i]);
  }
  resolved_ = FindWays(amount, targets);
}

// Every combination of fresh atoms up to the amount, the empty one included.
bool QuotaAtom::FindFreshSums(int64_t amount, std::vector<int64_t>* sums) {
  fresh_sums_ = {{0, std::vector<int>(fresh_.size(), 0)}};
  *sums = {0};
  for (size_t g = 0; g < fresh_.size(); ++g) {
    const size_t known = sums->size();
    for (size_t i = 0; i < known; ++i) {
      int64_t sum = (*sums)[i];
      FreshSum next = fresh_sums_[i];
      while (sum + fresh_[g].amount <= amount) {
        sum += fresh_[g].amount;
        ++next.counts[g];
        if (sums->size() >= kMaxAtomStates) return false;
        sums->push_back(sum);
        fresh_sums_.push_back(next);
      }
    }
  }
  return true;
}

// Sums that can be reached from 0 and from which a target can be reached, searched from both ends
// to the middle: amounts without a common unit have few of them, but up to 2^deals sums in all.
bool QuotaAtom::FindWays(int64_t amount, const std::vector<int64_t>& targets) {
  const size_t count = steps_.size();
  const size_t middle = count / 2;
  std::vector<std::vector<int64_t>> sums(count + 1);
  sums[count] = targets;
  for (size_t i = count; i > middle; --i) {
    sums[i - 1] = WithMoved(sums[i], -steps_[i - 1].amount, amount);
    if (sums[i - 1].size() > kMaxAtomStates) return false;
  }
  std::vector<int64_t> forward = {0};
  std::vector<std::vector<int64_t>> ahead = {forward};
  for (size_t i = 0; i < middle; ++i) {
    forward = WithMoved(forward, steps_[i].amount, amount);
    if (forward.size() > kMaxAtomStates) return false;
    ahead.push_back(forward);
  }
  std::vector<int64_t> both;
  std::set_intersection(forward.begin(), forward.end(), sums[middle].begin(), sums[middle].end(),
                        std::back_inserter(both));
  if (both.empty()) return true;
  reachable_ = true;
  // Behind the middle only what those reach, before it only what reaches them.
  sums[middle] = std::move(both);
  for (size_t i = middle; i < count; ++i) {
    const std::vector<int64_t> reached = WithMoved(sums[i], steps_[i].amount, amount);
    std::vector<int64_t> kept;
    std::set_intersection(reached.begin(), reached.end(), sums[i + 1].begin(), sums[i + 1].end(),
                          std::back_inserter(kept));
    // The last layer keeps its positions, which the sums of new pipeline point to.
    if (i + 1 < count) sums[i + 1] = std::move(kept);
  }
  for (size_t i = middle; i > 0; --i) {
    const std::vector<int64_t> from = WithMoved(sums[i], -steps_[i - 1].amount, amount);
    sums[i - 1].clear();
    std::set_intersection(from.begin(), from.end(), ahead[i - 1].begin(), ahead[i - 1].end(),
                          std::back_inserter(sums[i - 1]));
  }
  layers_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    for (const int64_t sum : sums[i]) {
      layers_[i].push_back(
          {PositionOf(sums[i + 1], sum), PositionOf(sums[i + 1], sum + steps_[i].amount)});
    }
  }
  return true;
}

double QuotaAtom::FreshProbability(const std::vector<int>& counts,
                                   const WinChances& chances) const {
  double expected = 0;
  for (size_t i = 0; i < chances.fresh.size(); ++i) expected += fresh_share_[i] * chances.fresh[i];
  double log_probability = 0;
  int wins = 0;
  // With Poisson counts prod mu^n / n! e^-total; mixing by Gamma(k, k) turns e^-total into
  // Gamma(k + n) / Gamma(k) k^k / (k + total)^(k + n).
  for (size_t g = 0; g < counts.size(); ++g) {
    if (counts[g] == 0) continue;
    const double mean = chances.fresh[fresh_[g].deal] * fresh_[g].probability;
    if (mean == 0) return 0;
    log_probability += counts[g] * Log(mean) - LogGamma(counts[g] + 1.0);
    wins += counts[g];
  }
  if (mix_.is_constant) return Exp(log_probability - expected);
  const double k = mix_.shape;
  if (wins > 0) log_probability += LogGamma(k + wins) - LogGamma(k) - wins * Log(k + expected);
  return Exp(log_probability - k * Log(1 + expected / k));
}

double QuotaAtom::Probability(const WinChances& chances) const {
  if (!resolved_ || !reachable_) return 0;
  double factor = 1;
  for (const int deal : barred_) factor *= 1 - chances.deals[deal];
  if (factor == 0) return 0;
  // Backwards: the probability of ending at the amount from every sum of a layer.
  std::vector<double> next;
  for (const FreshSum& sum : fresh_sums_) {
    if (sum.target >= static_cast<int>(next.size())) next.resize(sum.target + 1, 0);
    next[sum.target] += FreshProbability(sum.counts, chances);
  }
  std::vector<double> current;
  for (size_t i = steps_.size(); i > 0; --i) {
    const double lost = 1 - chances.deals[steps_[i - 1].deal];
    const double won = chances.deals[steps_[i - 1].deal] * steps_[i - 1].probability;
    current.clear();
    for (const State& state : layers_[i - 1]) {
      current.push_back((state.lost >= 0 ? lost * next[state.lost] : 0) +
                        (state.won >= 0 ? won * next[state.won] : 0));
    }
    next.swap(current);
  }
  return factor * next[0];
}

}  // namespace quotacast::simulator
