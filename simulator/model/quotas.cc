#include "simulator/model/quotas.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace quotacast::simulator {
namespace {

void Apply(const QuotaChange& change, std::optional<int64_t>& quota) {
  if (change.quota_minor_units.has_value()) {
    // For everybody means for everybody who has one.
    if (quota.has_value() || change.person.has_value()) quota = change.quota_minor_units;
  } else if (quota.has_value()) {
    const double most = static_cast<double>(kMaxQuotaMinorUnits);
    quota = std::llround(std::min(most, static_cast<double>(*quota) * change.factor));
  }
}

}  // namespace

PersonQuotas QuotasOf(const PipelineState& state, const Scenario& scenario) {
  PersonQuotas quotas;
  for (const RepState& rep : state.reps) quotas.push_back(rep.quota_minor_units);
  for (const Hire& hire : scenario.hires) quotas.push_back(hire.quota_minor_units);
  for (const QuotaChange& change : scenario.quota_changes) {
    for (size_t person = 0; person < quotas.size(); ++person) {
      if (change.person.has_value() && *change.person != static_cast<int>(person)) continue;
      for (size_t period = 0; period < quotas[person].size(); ++period) {
        if (change.period.has_value() && *change.period != static_cast<int>(period)) continue;
        Apply(change, quotas[person][period]);
      }
    }
  }
  return quotas;
}

}  // namespace quotacast::simulator
