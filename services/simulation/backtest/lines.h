// The lines a forecast has: the organisation, teams with everybody below them, reps. And whose
// bookings count in which.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_LINES_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_LINES_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/simulation/backtest/past.h"
#include "services/simulation/business.h"
#include "simulator/backtest/score_record.h"

namespace quotacast::simulation {

// What stands for the organisation's id in scores.
inline constexpr char kOrgLineId[] = "organisation";

struct Line {
  simulator::ForecastLevel level = simulator::ForecastLevel::kOrg;
  std::string id;  // kOrgLineId, or of the team or rep.
  std::string display_name;
  int entity = 0;  // Position in PlanShape::entities of a plan without hires.
  // Somebody in it had the job on the as-of day. A line of nobody is forecast at nothing and comes
  // to nothing; scoring it would only flatter.
  bool is_staffed = false;
};

// The lines of one state. Immutable.
class Lines {
 public:
  explicit Lines(const Business& business);

  // In the order of PlanShape::entities: the organisation, teams, reps.
  const std::vector<Line>& lines() const { return lines_; }

  // Positions of the lines that the rep's deals count in, the organisation first. A rep of the
  // state counts in the teams the state has; one the state does not know counts in the organisation
  // and in `team_id` and the teams above, as far as the state knows that team.
  std::vector<int> LinesOf(const std::string& rep_id, const std::string& team_id) const;

  bool KnowsRep(const std::string& rep_id) const { return lines_of_rep_.count(rep_id) > 0; }

 private:
  std::vector<Line> lines_;
  std::unordered_map<std::string, std::vector<int>> lines_of_rep_;
  // The team's own line and those above it.
  std::unordered_map<std::string, std::vector<int>> lines_of_team_;
};

// The team of each rep as the actuals have it.
std::unordered_map<std::string, std::string> TeamOfRep(const PastActuals& actuals);

// What each line booked in a period of `actuals`, by position in lines().
std::vector<int64_t> BookedByLine(const Lines& lines, const PastActuals& actuals, int period);

// Reps who booked something in the period and have no line of their own.
int64_t NewcomerCount(const Lines& lines, const PastActuals& actuals, int period);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_LINES_H_
