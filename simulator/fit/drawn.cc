#include "simulator/fit/drawn.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/random.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {

Drawn Constant(double value, int draw_count) {
  return {value, std::vector<double>(draw_count, value)};
}

ShareData PassedUp(const ShareData& data, double kappa) {
  const double part = ParentShareOf(data.total, kappa);
  return {data.count * part, data.total * part};
}

std::vector<RateData> PassedUp(const std::vector<RateData>& family,
                               const std::vector<double>& parent_rates, double kappa) {
  RateFamily children;
  for (size_t i = 0; i < family.size(); ++i) {
    children.push_back({family[i].events, family[i].exposure * parent_rates[i]});
  }
  const std::vector<double> parts = ParentSharesOf(children, kappa);
  std::vector<RateData> passed;
  for (size_t i = 0; i < family.size(); ++i) {
    passed.push_back({family[i].events * parts[i], family[i].exposure * parts[i]});
  }
  return passed;
}

Drawer::Drawer(uint64_t seed, std::string_view kind, std::string_view key)
    : seed_(seed), entity_(StableId(kind, key)) {}

template <typename Posterior>
Drawn Drawer::Draw(const std::vector<double>& uniforms, const PriorCount& kappa,
                   const Drawn& parent, const Posterior& posterior) const {
  const size_t draw_count = parent.draws.size();
  Drawn drawn;
  drawn.draws.resize(draw_count);
  for (size_t k = 0; k < draw_count; ++k) {
    drawn.mean +=
        posterior(kappa.draws[k], parent.draws[k], std::nullopt) / static_cast<double>(draw_count);
    drawn.draws[k] = Quantise(posterior(kappa.draws[k], parent.draws[k], uniforms[k]));
  }
  return drawn;
}

Drawn Drawer::DrawShare(uint32_t parameter, const ShareData& own, const PriorCount& kappa,
                        const Drawn& parent) const {
  const double rest = std::max(0.0, own.total - own.count);
  return Draw(Uniforms(parameter, parent.draws.size()), kappa, parent,
              [&](double prior_count, double parent_share, std::optional<double> u) {
                const double q = ClampShare(parent_share);
                const double a = prior_count * q + own.count;
                const double b = prior_count * (1 - q) + rest;
                return u.has_value() ? BetaQuantile(a, b, *u) : a / (a + b);
              });
}

std::vector<double> Drawer::Uniforms(uint32_t parameter, size_t draw_count) const {
  return StratifiedUniforms(seed_, entity_, parameter, static_cast<int>(draw_count));
}

Drawn Drawer::DrawRate(uint32_t parameter, const RateData& own, const PriorCount& kappa,
                       const Drawn& parent) const {
  return DrawRate(Uniforms(parameter, parent.draws.size()), own, kappa, parent);
}

Drawn Drawer::DrawRate(const std::vector<double>& uniforms, const RateData& own,
                       const PriorCount& kappa, const Drawn& parent) const {
  return Draw(uniforms, kappa, parent,
              [&](double prior_count, double parent_rate, std::optional<double> u) {
                const double shape = prior_count + own.events;
                const double rate = prior_count / parent_rate + own.exposure;
                return u.has_value() ? GammaQuantile(shape, rate, *u) : shape / rate;
              });
}

PriorCount FixedPriorCount(double kappa, int draw_count) {
  return {std::vector<double>(draw_count, kappa), kappa};
}

}  // namespace quotacast::simulator
