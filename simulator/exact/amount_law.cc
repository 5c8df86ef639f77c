#include "simulator/exact/amount_law.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "simulator/engine/deterministic_math.h"
#include "simulator/engine/inversion.h"

namespace quotacast::simulator {
namespace {

constexpr int64_t kExactlyRounded = 4'096;
constexpr double kNegligible = 1e-20;

}  // namespace

int Lattice::FirstNodeAtLeast(int64_t amount) const {
  if (amount <= 0) return 0;
  // The tiny reduction keeps an amount on a node from being pushed to the next by rounding.
  const double node = std::ceil(static_cast<double>(amount) / width * (1 - 1e-13));
  return node >= size ? size : static_cast<int>(node);
}

SpreadAmount SpreadOver(const Lattice& lattice, double amount, Spread spread) {
  SpreadAmount result;
  const double position = amount / lattice.width;
  const double nearest = std::floor(position + 0.5);
  if (std::abs(position - nearest) <= 1e-12 * std::max(1.0, position)) {
    result.first = static_cast<int64_t>(nearest);
    return result;
  }
  if (spread == Spread::kLinear) {
    const double below = std::floor(position);
    result.first = static_cast<int64_t>(below);
    result.weights[1] = position - below;
    result.weights[0] = 1 - result.weights[1];
    return result;
  }
  const double middle = std::max(1.0, nearest);
  const double d = position - middle;
  result.first = static_cast<int64_t>(middle) - 1;
  result.weights[0] = 0.5 * (d * d - d);
  result.weights[1] = 1 - d * d;
  result.weights[2] = 0.5 * (d * d + d);
  return result;
}

AmountLaw::AmountLaw(int64_t amount) : cap_(amount) {
  mean_ = static_cast<double>(amount);
  second_moment_ = mean_ * mean_;
}

AmountLaw::AmountLaw(const AmountDistribution& distribution)
    : log_median_(distribution.log_median),
      log_sd_(distribution.log_sd),
      cap_(distribution.cap_minor_units) {
  if (log_sd_ == 0) {
    cap_ = AmountQuantile(distribution, 0.5);
    mean_ = static_cast<double>(cap_);
    second_moment_ = mean_ * mean_;
    return;
  }
  raw_mean_ = Exp(log_median_ + 0.5 * log_sd_ * log_sd_);
  raw_second_moment_ = Exp(2 * log_median_ + 2 * log_sd_ * log_sd_);
  int64_t exact = std::min(cap_, kExactlyRounded);
  // Amounts that small do not occur.
  if (At(static_cast<double>(exact)).probability < kNegligible && cap_ > exact) exact = 1;
  const std::vector<double> rounded = RoundedProbabilities(static_cast<int>(exact));
  for (int64_t n = 1; n < exact; ++n) {
    mean_ += rounded[n] * static_cast<double>(n);
    second_moment_ += rounded[n] * static_cast<double>(n) * static_cast<double>(n);
  }
  const double cap = static_cast<double>(cap_);
  const Below high = At(cap - 0.5);
  if (cap_ > exact) {
    const Below low = At(static_cast<double>(exact) - 0.5);
    mean_ += high.first - low.first;
    // Rounding adds the variance of a uniform variable.
    second_moment_ += high.second - low.second + (high.probability - low.probability) / 12;
  }
  mean_ += cap * (1 - high.probability);
  second_moment_ += cap * cap * (1 - high.probability);
}

AmountAtom AmountLaw::Atom() const {
  if (is_constant()) return {cap_, 1};
  return {cap_, 1 - At(static_cast<double>(cap_) - 0.5).probability};
}

AmountLaw::Below AmountLaw::At(double x, bool with_second) const {
  if (x <= 0) return {};
  const double score = (Log(x) - log_median_) / log_sd_;
  Below below;
  below.probability = NormalCdf(score);
  below.first = raw_mean_ * NormalCdf(score - log_sd_);
  if (with_second) below.second = raw_second_moment_ * NormalCdf(score - 2 * log_sd_);
  return below;
}

// P(rounded amount = n) for n < size, capped.
std::vector<double> AmountLaw::RoundedProbabilities(int size) const {
  std::vector<double> law(size, 0);
  double below = 0;
  for (int n = 0; n < size; ++n) {
    const double up_to = n >= cap_ ? 1 : At(n + 0.5).probability;
    law[n] = up_to - below;
    below = up_to;
  }
  return law;
}

std::vector<double> AmountLaw::OnLattice(const Lattice& lattice, Spread spread) const {
  if (is_constant()) {
    std::vector<double> law(lattice.size, 0);
    const SpreadAmount nodes = SpreadOver(lattice, static_cast<double>(cap_), spread);
    for (int i = 0; i < 3; ++i) {
      if (nodes.first + i < lattice.size) law[nodes.first + i] += nodes.weights[i];
    }
    return law;
  }
  if (lattice.width == 1) return RoundedProbabilities(lattice.size);
  return spread == Spread::kLinear ? SpreadLinear(lattice) : SpreadQuadratic(lattice);
}

// A node's share is E (1 - |A / width - node|)^+: second differences of E (x - A)^+.
std::vector<double> AmountLaw::SpreadLinear(const Lattice& lattice) const {
  const double cap = static_cast<double>(cap_);
  const Below at_cap = At(cap);
  const auto shortfall = [&](int node) {
    const double x = node * lattice.width;
    if (x <= 0) return 0.0;
    if (x >= cap) return cap * at_cap.probability - at_cap.first + (x - cap);
    const Below below = At(x, /*with_second=*/false);
    return x * below.probability - below.first;
  };
  std::vector<double> law(lattice.size);
  double previous = 0, current = 0;
  for (int node = 0; node < lattice.size; ++node) {
    const double next = shortfall(node + 1);
    law[node] = std::max(0.0, (previous - 2 * current + next) / lattice.width);
    previous = current;
    current = next;
  }
  return law;
}

// Around each node from the second on, the amounts nearer to it than to another spread over it and
// its neighbours; those below the second node count with it.
std::vector<double> AmountLaw::SpreadQuadratic(const Lattice& lattice) const {
  std::vector<double> law(lattice.size + 1, 0);
  const double cap = static_cast<double>(cap_);
  Below low;
  for (int node = 1; node < lattice.size; ++node) {
    const Below high = At(std::min(cap, (node + 0.5) * lattice.width));
    const double mass = high.probability - low.probability;
    const double first = (high.first - low.first) / lattice.width;
    const double second = (high.second - low.second) / (lattice.width * lattice.width);
    // Moments of the distance to the node.
    const double d1 = first - node * mass;
    const double d2 = second - 2 * node * first + static_cast<double>(node) * node * mass;
    law[node - 1] += 0.5 * (d2 - d1);
    law[node] += mass - d2;
    law[node + 1] += 0.5 * (d2 + d1);
    low = high;
  }
  const double at_cap = 1 - At(cap).probability;
  const SpreadAmount nodes = SpreadOver(lattice, cap, Spread::kQuadratic);
  for (int i = 0; i < 3; ++i) {
    if (nodes.first + i < lattice.size) law[nodes.first + i] += at_cap * nodes.weights[i];
  }
  law.resize(lattice.size);
  return law;
}

}  // namespace quotacast::simulator
