#include "tools/gen/market.h"

#include <algorithm>

#include "tools/gen/days.h"
#include "tools/gen/draws.h"

namespace quotacast::gen {

double Market::Shift(int team, absl::CivilDay day) const {
  const int last = static_cast<int>(factors.size()) - 1;
  const int quarter = std::clamp(QuarterOf(day) - first_quarter, 0, last);
  return factors[quarter] + team_factors[team][quarter];
}

Market MakeMarket(const CompanyOptions& options, int team_count) {
  Market market;
  market.first_quarter = QuarterOf(options.start);
  market.team_factors.resize(team_count);
  // A year beyond the horizon, for deals that take long.
  const int last = QuarterOf(Horizon(options)) + 4;
  for (int quarter = market.first_quarter; quarter <= last; ++quarter) {
    market.factors.push_back(kMarketSd * Draws(options.seed, "market", {quarter}).Normal());
    for (int team = 0; team < team_count; ++team) {
      market.team_factors[team].push_back(
          kTeamSd * Draws(options.seed, "team-quarter", {team, quarter}).Normal());
    }
  }
  return market;
}

double Season(absl::CivilDay day) { return kSeason[day.month() - 1]; }

}  // namespace quotacast::gen
