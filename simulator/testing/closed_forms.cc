#include "simulator/testing/closed_forms.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace quotacast::simulator::testing {
namespace {

double Density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI); }

double Simpson(const std::function<double(double)>& f, double low, double high, int cells) {
  const double h = (high - low) / cells;
  double sum = f(low) + f(high);
  for (int i = 1; i < cells; ++i) sum += (i % 2 == 1 ? 4 : 2) * f(low + i * h);
  return sum * h / 3;
}

}  // namespace

double Phi(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double PhiInverse(double p) {
  double low = -12, high = 12;
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    (Phi(middle) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double BivariatePhi(double a, double b, double rho) {
  const double rest = std::sqrt(1 - rho * rho);
  return Simpson([&](double x) { return Density(x) * Phi((b - rho * x) / rest); }, -9, a, 2'000);
}

double ExpectNormal(const std::function<double(double)>& f) {
  return Simpson([&](double x) { return Density(x) * f(x); }, -9, 9, 2'000);
}

std::vector<double> PoissonBinomial(const std::vector<double>& probabilities) {
  std::vector<double> law = {1};
  for (const double p : probabilities) {
    law.push_back(0);
    for (size_t k = law.size() - 1; k > 0; --k) law[k] = (1 - p) * law[k] + p * law[k - 1];
    law[0] *= 1 - p;
  }
  return law;
}

double PanjerTail(double a, double b, double zero_probability, const std::vector<double>& severity,
                  int threshold) {
  std::vector<double> s = {zero_probability};
  for (int n = 1; n < threshold; ++n) {
    double sum = 0;
    for (int j = 1; j <= n && j < static_cast<int>(severity.size()); ++j) {
      sum += (a + b * j / n) * severity[j] * s[n - j];
    }
    s.push_back(sum / (1 - a * severity[0]));
  }
  double below = 0;
  for (int n = 0; n < threshold; ++n) below += s[n];
  return 1 - below;
}

double ChainWinProbability(int stages, double h, double p, int stage, int steps) {
  std::vector<std::vector<double>> q(stages, std::vector<double>(stages, 0));
  std::vector<double> r(stages);
  for (int s = 0; s < stages; ++s) {
    for (int t = s; t < stages; ++t) q[s][t] = std::pow(h * p, t - s) * (1 - h);
    r[s] = std::pow(h * p, stages - s);
  }
  // B = N R solves (I - Q) B = R; Q is upper triangular.
  std::vector<double> b(stages);
  for (int s = stages - 1; s >= 0; --s) {
    double sum = r[s];
    for (int t = s + 1; t < stages; ++t) sum += q[s][t] * b[t];
    b[s] = sum / (1 - q[s][s]);
  }
  std::vector<double> row(stages, 0);  // Row `stage` of Q^steps.
  row[stage] = 1;
  for (int i = 0; i < steps; ++i) {
    std::vector<double> next(stages, 0);
    for (int s = 0; s < stages; ++s) {
      for (int t = s; t < stages; ++t) next[t] += row[s] * q[s][t];
    }
    row = next;
  }
  double probability = b[stage];
  for (int t = 0; t < stages; ++t) probability -= row[t] * b[t];
  return probability;
}

std::vector<double> ReturningChainWins(double h, double p, const std::vector<double>& back,
                                       const std::vector<std::vector<double>>& to, int steps) {
  const size_t n = back.size();
  std::vector<std::vector<double>> q(n, std::vector<double>(n, 0.0));
  std::vector<std::vector<double>> a(n, std::vector<double>(n + 1, 0.0));  // I - Q and R.
  for (size_t s = 0; s < n; ++s) {
    double here = 1;
    for (size_t t = s; t < n; ++t) {
      q[s][t] += here * (1 - h);
      for (size_t d = 0; d < to[t].size(); ++d) q[s][d] += here * h * back[t] * to[t][d];
      here *= h * (1 - back[t]) * p;
    }
    for (size_t t = 0; t < n; ++t) a[s][t] = (s == t ? 1 : 0) - q[s][t];
    a[s][n] = here;
  }
  for (size_t c = 0; c < n; ++c) {
    for (size_t s = 0; s < n; ++s) {
      if (s == c) continue;
      const double factor = a[s][c] / a[c][c];
      for (size_t t = 0; t <= n; ++t) a[s][t] -= factor * a[c][t];
    }
  }
  std::vector<double> ever(n), still(n);  // N R, and Q^steps N R.
  for (size_t s = 0; s < n; ++s) ever[s] = a[s][n] / a[s][s];
  still = ever;
  for (int step = 0; step < steps; ++step) {
    std::vector<double> next(n, 0.0);
    for (size_t s = 0; s < n; ++s) {
      for (size_t t = 0; t < n; ++t) next[s] += q[s][t] * still[t];
    }
    still = next;
  }
  for (size_t s = 0; s < n; ++s) ever[s] -= still[s];
  return ever;
}

std::vector<double> RoundedLognormal(double log_median, double log_sd, int cap) {
  std::vector<double> law(cap + 1, 0);
  double below = 0;
  for (int j = 0; j < cap; ++j) {
    const double up_to = Phi((std::log(j + 0.5) - log_median) / log_sd);
    law[j] = up_to - below;
    below = up_to;
  }
  law[cap] = 1 - below;
  return law;
}

void ZScores::Add(double simulated, double exact, double standard_error) {
  scores_.push_back((simulated - exact) / standard_error);
}

double ZScores::Sd() const {
  double sum = 0;
  for (const double z : scores_) sum += z * z;
  return std::sqrt(sum / static_cast<double>(scores_.size()));
}

double ZScores::Max() const {
  double max = 0;
  for (const double z : scores_) max = std::max(max, std::abs(z));
  return max;
}

double Mean(const std::vector<int64_t>& samples) {
  double sum = 0;
  for (const int64_t x : samples) sum += static_cast<double>(x);
  return sum / static_cast<double>(samples.size());
}

double Covariance(const std::vector<int64_t>& x, const std::vector<int64_t>& y) {
  const double mean_x = Mean(x), mean_y = Mean(y);
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    sum += (static_cast<double>(x[i]) - mean_x) * (static_cast<double>(y[i]) - mean_y);
  }
  return sum / static_cast<double>(x.size() - 1);
}

}  // namespace quotacast::simulator::testing
