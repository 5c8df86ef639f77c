// What all deals share: the market factor of every calendar quarter, the teams' factors, and the
// season in which deals are created.
#ifndef QUOTACAST_TOOLS_GEN_MARKET_H_
#define QUOTACAST_TOOLS_GEN_MARKET_H_

#include <array>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/gen/options.h"

namespace quotacast::gen {

inline constexpr double kMarketSd = 0.06;  // Probit, per quarter, all deals.
inline constexpr double kTeamSd = 0.04;    // Probit, per quarter and team.

// Creation of deals by calendar month, January first; mean 1.
inline constexpr std::array<double, 12> kSeason = {0.94, 1.02, 1.10, 1.07, 1.06, 1.02,
                                                   0.90, 0.82, 1.08, 1.12, 1.05, 0.82};

// The factors drawn.
struct Market {
  int first_quarter = 0;                          // As QuarterOf.
  std::vector<double> factors;                    // Per quarter from the first.
  std::vector<std::vector<double>> team_factors;  // [team][quarter].

  // Probit shift of a decision in `team` on `day`; days outside count as the nearest quarter.
  double Shift(int team, absl::CivilDay day) const;
};

Market MakeMarket(const CompanyOptions& options, int team_count);

double Season(absl::CivilDay day);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_MARKET_H_
