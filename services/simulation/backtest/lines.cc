#include "services/simulation/backtest/lines.h"

#include <cstddef>

namespace quotacast::simulation {

Lines::Lines(const Business& business) {
  const simulator::PipelineState& state = business.state;
  lines_.push_back(
      {.level = simulator::ForecastLevel::kOrg, .id = kOrgLineId, .display_name = "Organisation"});
  for (size_t t = 0; t < state.teams.size(); ++t) {
    const simulator::TeamState& team = state.teams[t];
    const int line = static_cast<int>(lines_.size());
    lines_.push_back({.level = simulator::ForecastLevel::kTeam,
                      .id = team.key,
                      .display_name = business.team_display_names[t],
                      .entity = line});
    std::vector<int>& own = lines_of_team_[team.key];
    own.push_back(line);
    // Parents come first, so theirs is complete.
    if (team.parent >= 0) {
      const std::string& parent = state.teams[static_cast<size_t>(team.parent)].key;
      const std::vector<int>& above = lines_of_team_.at(parent);
      lines_of_team_.at(team.key).insert(lines_of_team_.at(team.key).end(), above.begin(),
                                         above.end());
    }
  }
  for (size_t r = 0; r < state.reps.size(); ++r) {
    const simulator::RepState& rep = state.reps[r];
    const int line = static_cast<int>(lines_.size());
    const bool in_job = !rep.end_date.has_value() || *rep.end_date > state.as_of;
    lines_.push_back({.level = simulator::ForecastLevel::kRep,
                      .id = rep.key,
                      .display_name = business.rep_display_names[r],
                      .entity = line});
    std::vector<int>& of_rep = lines_of_rep_[rep.key];
    of_rep.push_back(0);
    const std::string& team = state.teams[static_cast<size_t>(rep.team)].key;
    const std::vector<int>& teams = lines_of_team_.at(team);
    of_rep.insert(of_rep.end(), teams.begin(), teams.end());
    of_rep.push_back(line);
    if (!in_job) continue;
    for (const int position : of_rep) lines_[static_cast<size_t>(position)].is_staffed = true;
  }
  // The organisation is asked about whoever is in it.
  lines_[0].is_staffed = true;
}

std::vector<int> Lines::LinesOf(const std::string& rep_id, const std::string& team_id) const {
  const auto rep = lines_of_rep_.find(rep_id);
  if (rep != lines_of_rep_.end()) return rep->second;
  std::vector<int> lines = {0};
  const auto team = lines_of_team_.find(team_id);
  if (team != lines_of_team_.end()) {
    lines.insert(lines.end(), team->second.begin(), team->second.end());
  }
  return lines;
}

std::unordered_map<std::string, std::string> TeamOfRep(const PastActuals& actuals) {
  std::unordered_map<std::string, std::string> teams;
  for (const PastRep& rep : actuals.reps) teams[rep.id] = rep.team_id;
  return teams;
}

std::vector<int64_t> BookedByLine(const Lines& lines, const PastActuals& actuals, int period) {
  std::vector<int64_t> booked(lines.lines().size(), 0);
  for (const PastRep& rep : actuals.reps) {
    for (const int line : lines.LinesOf(rep.id, rep.team_id)) {
      booked[static_cast<size_t>(line)] += rep.booked_minor_units[static_cast<size_t>(period)];
    }
  }
  return booked;
}

int64_t NewcomerCount(const Lines& lines, const PastActuals& actuals, int period) {
  int64_t count = 0;
  for (const PastRep& rep : actuals.reps) {
    if (!lines.KnowsRep(rep.id) && rep.booked_minor_units[static_cast<size_t>(period)] != 0) {
      ++count;
    }
  }
  return count;
}

}  // namespace quotacast::simulation
