#include "tools/gen/draws.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/random.h"
#include "simulator/engine/deterministic_math.h"

namespace quotacast::gen {
namespace {

uint64_t Entity(std::string_view kind, std::initializer_list<int64_t> key) {
  std::string bytes(key.size() * sizeof(int64_t), '\0');
  if (key.size() > 0) std::memcpy(bytes.data(), key.begin(), bytes.size());
  return StableId(kind, bytes);
}

}  // namespace

Draws::Draws(uint64_t seed, std::string_view kind, std::string_view key)
    : seed_(seed), entity_(StableId(kind, key)) {}

Draws::Draws(uint64_t seed, std::string_view kind, std::initializer_list<int64_t> key)
    : seed_(seed), entity_(Entity(kind, key)) {}

double Draws::Uniform() {
  if (has_spare_) {
    has_spare_ = false;
    return UniformOpen(spare_[0], spare_[1]);
  }
  const auto block = RandomBlock(seed_, entity_, 0, RandomPurpose::kSynthetic, index_++);
  spare_ = {block[2], block[3]};
  has_spare_ = true;
  return UniformOpen(block[0], block[1]);
}

double Draws::Uniform(double low, double high) { return low + (high - low) * Uniform(); }

double Draws::Normal() { return simulator::NormalQuantile(Uniform()); }

double Draws::LogNormal(double mean, double sd) { return simulator::Exp(mean + sd * Normal()); }

double Draws::Exponential(double mean) { return -mean * simulator::Log(Uniform()); }

double Draws::Weibull(double scale, double shape) {
  return scale * simulator::Power(-simulator::Log(Uniform()), 1.0 / shape);
}

int Draws::Poisson(double mean) {
  const double u = Uniform();
  double term = simulator::Exp(-mean);
  double sum = term;
  int count = 0;
  while (u > sum && count < 1'000) {
    ++count;
    term *= mean / count;
    sum += term;
  }
  return count;
}

int Draws::Below(int count) { return std::min(count - 1, static_cast<int>(Uniform() * count)); }

int Draws::Between(int low, int high) { return low + Below(high - low + 1); }

bool Draws::Chance(double probability) { return Uniform() < probability; }

int Draws::Pick(absl::Span<const double> weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double left = Uniform() * total;
  for (size_t i = 0; i + 1 < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return static_cast<int>(i);
  }
  return static_cast<int>(weights.size()) - 1;
}

}  // namespace quotacast::gen
