// A parameter as the list of its posterior draws, and the two posteriors the fit draws from.
#ifndef QUOTACAST_SIMULATOR_FIT_DRAWN_H_
#define QUOTACAST_SIMULATOR_FIT_DRAWN_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "simulator/fit/prior_count.h"

namespace quotacast::simulator {

// One value per parameter draw, and the posterior mean (the mean over draws of the mean given
// everything above the parameter).
struct Drawn {
  double mean = 0;
  std::vector<double> draws;
};

Drawn Constant(double value, int draw_count);

// "count of total".
struct ShareData {
  double count = 0;
  double total = 0;
};

// Events in a number of days, or against a number expected.
struct RateData {
  double events = 0;
  double exposure = 0;
};

// What a child passes up to its parent (ParentShareOf), and children of one family to theirs;
// `parent_rates` are what the parent has for each child, up to a common factor.
ShareData PassedUp(const ShareData& data, double kappa);
std::vector<RateData> PassedUp(const std::vector<RateData>& family,
                               const std::vector<double>& parent_rates, double kappa);

// The draws of one entity; parameters are told apart by a number. Values are rounded by Quantise,
// not only at the end: children then start from the same parents on every machine.
class Drawer {
 public:
  // Random numbers of (seed, kind, key).
  Drawer(uint64_t seed, std::string_view kind, std::string_view key);

  // Beta posterior of a share: prior Beta(kappa q, kappa (1 - q)), q the parent's draw.
  Drawn DrawShare(uint32_t parameter, const ShareData& own, const PriorCount& kappa,
                  const Drawn& parent) const;

  // Gamma posterior of a rate: prior Gamma(kappa, kappa / parent's draw).
  Drawn DrawRate(uint32_t parameter, const RateData& own, const PriorCount& kappa,
                 const Drawn& parent) const;
  // The same at quantiles that are given, one per draw.
  Drawn DrawRate(const std::vector<double>& uniforms, const RateData& own, const PriorCount& kappa,
                 const Drawn& parent) const;

  // The uniforms of a parameter.
  std::vector<double> Uniforms(uint32_t parameter, size_t draw_count) const;

 private:
  template <typename Posterior>
  Drawn Draw(const std::vector<double>& uniforms, const PriorCount& kappa, const Drawn& parent,
             const Posterior& posterior) const;

  uint64_t seed_;
  uint64_t entity_;
};

// A kappa that is given, not estimated.
PriorCount FixedPriorCount(double kappa, int draw_count);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_DRAWN_H_
