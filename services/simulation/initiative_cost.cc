#include "services/simulation/initiative_cost.h"

#include <algorithm>
#include <limits>

#include "absl/time/civil_time.h"
#include "google/type/money.pb.h"
#include "services/simulation/field_values.h"

namespace quotacast::simulation {
namespace {

// The first day of those for whom `in_wave` holds: of the earliest such wave, or the initiative's.
template <typename InWave>
absl::CivilDay FirstDay(const simulator::Initiative& initiative, const InWave& in_wave) {
  std::optional<absl::CivilDay> first;
  for (const simulator::Wave& wave : initiative.waves) {
    if (in_wave(wave)) first = std::min(first.value_or(wave.start), wave.start);
  }
  return first.value_or(initiative.start);
}

// People of the audience who have begun before `end`.
int64_t BegunCount(const simulator::Initiative& initiative,
                   const std::vector<simulator::Hire>& hires, absl::CivilDay end) {
  int64_t count = 0;
  for (const int rep : initiative.reps) {
    const absl::CivilDay first = FirstDay(initiative, [rep](const simulator::Wave& wave) {
      return std::binary_search(wave.reps.begin(), wave.reps.end(), rep);
    });
    count += first < end ? 1 : 0;
  }
  if (!initiative.covers_hires) return count;
  const absl::CivilDay first =
      FirstDay(initiative, [](const simulator::Wave& wave) { return wave.covers_hires; });
  for (const simulator::Hire& hire : hires) {
    count += std::max(first, hire.start) < end ? 1 : 0;
  }
  return count;
}

__int128 MinorUnits(const google::type::Money& money, const CurrencyUnit& currency) {
  FieldErrors errors;  // Checked when the scenario was converted.
  return money.currency_code().empty() ? 0
                                       : MinorUnitsFrom(money, currency, "", errors).value_or(0);
}

}  // namespace

std::optional<int64_t> InitiativeCostMinorUnits(const v1::Scenario& message,
                                                const simulator::Scenario& scenario,
                                                const Business& business, int period) {
  const absl::CivilDay end = business.state.periods[period].end;
  bool states_cost = false;
  __int128 total = 0;
  for (int i = 0; i < message.initiatives_size(); ++i) {
    if (!message.initiatives(i).has_cost()) continue;
    states_cost = true;
    const v1::InitiativeCost& cost = message.initiatives(i).cost();
    const simulator::Initiative& initiative = scenario.initiatives[i];
    if (initiative.start >= end) continue;
    const int64_t days = std::min(initiative.end.value_or(end), end) - initiative.start;
    const __int128 weekly = MinorUnits(cost.per_week(), business.currency) * days;
    total += MinorUnits(cost.one_off(), business.currency) +
             MinorUnits(cost.per_rep(), business.currency) *
                 BegunCount(initiative, scenario.hires, end) +
             (2 * weekly + 7) / 14;  // Rounded to whole minor units.
  }
  if (!states_cost) return std::nullopt;
  return static_cast<int64_t>(std::min<__int128>(total, std::numeric_limits<int64_t>::max()));
}

}  // namespace quotacast::simulation
