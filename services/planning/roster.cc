#include "services/planning/roster.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace quotacast::planning {
namespace {

constexpr size_t kMaxNamesListed = 5;

// "unknown team `Eats`; teams are `East`, `West` and 3 more".
std::string UnknownName(const std::string& noun, const std::string& written,
                        const std::vector<std::string>& known) {
  std::string text = absl::StrCat("unknown ", noun, " `", written, "`; ");
  if (known.empty()) return absl::StrCat(text, "there are no ", noun, "s");
  const size_t listed = std::min(known.size(), kMaxNamesListed);
  absl::StrAppend(&text, noun, "s are ",
                  absl::StrJoin(known.begin(), known.begin() + listed, ", ",
                                [](std::string* out, const std::string& name) {
                                  absl::StrAppend(out, "`", name, "`");
                                }));
  if (listed < known.size()) absl::StrAppend(&text, " and ", known.size() - listed, " more");
  return text;
}

// Parents by team; a team without parent has an empty one.
std::map<std::string, std::string> ParentsOf(const metrics::v1::PipelineStateHeader& header) {
  std::map<std::string, std::string> parents;
  for (const metrics::v1::StateTeam& team : header.teams()) {
    parents[team.team_id()] = team.parent_team_id();
  }
  return parents;
}

// Whether `team` is `top` or lies below it. Parents come before children in a header, so there is
// no circle.
bool IsWithin(const std::map<std::string, std::string>& parents, std::string team,
              const std::string& top) {
  while (!team.empty() && team != top) {
    const auto parent = parents.find(team);
    if (parent == parents.end()) return false;
    team = parent->second;
  }
  return team == top;
}

}  // namespace

std::vector<std::string> ResolveAudience(const simulation::v1::Audience& audience,
                                         const metrics::v1::PipelineStateHeader& header,
                                         std::string_view path, FieldErrors& errors) {
  std::set<std::string> everybody;
  for (const metrics::v1::StateRep& rep : header.reps()) everybody.insert(rep.rep_id());
  const int entries = audience.rep_ids_size() + audience.team_ids_size();
  if (entries > kMaxAudienceEntries) {
    errors.Add(path, absl::StrCat("has ", entries, " entries; want at most ", kMaxAudienceEntries));
    return {};
  }
  if (entries == 0) {
    if (everybody.empty()) errors.Add(path, "means everybody, and there are no reps");
    return {everybody.begin(), everybody.end()};
  }
  std::set<std::string> resolved;
  for (int i = 0; i < audience.rep_ids_size(); ++i) {
    if (everybody.count(audience.rep_ids(i)) > 0) {
      resolved.insert(audience.rep_ids(i));
    } else {
      errors.Add(Item(Path(path, "rep_ids"), i),
                 UnknownName("rep", audience.rep_ids(i), {everybody.begin(), everybody.end()}));
    }
  }
  const std::map<std::string, std::string> parents = ParentsOf(header);
  for (int i = 0; i < audience.team_ids_size(); ++i) {
    const std::string& team = audience.team_ids(i);
    const std::string team_path = Item(Path(path, "team_ids"), i);
    if (parents.count(team) == 0) {
      std::vector<std::string> teams;
      for (const auto& [name, parent] : parents) teams.push_back(name);
      errors.Add(team_path, UnknownName("team", team, teams));
      continue;
    }
    bool has_reps = false;
    for (const metrics::v1::StateRep& rep : header.reps()) {
      if (!IsWithin(parents, rep.team_id(), team)) continue;
      has_reps = true;
      resolved.insert(rep.rep_id());
    }
    if (!has_reps) {
      errors.Add(team_path,
                 absl::StrCat("team `", team, "` has no reps, so nobody would take part"));
    }
  }
  return {resolved.begin(), resolved.end()};
}

bool HasRep(const metrics::v1::PipelineStateHeader& header, std::string_view rep_id) {
  return std::any_of(header.reps().begin(), header.reps().end(),
                     [&](const metrics::v1::StateRep& rep) { return rep.rep_id() == rep_id; });
}

bool HasTeam(const metrics::v1::PipelineStateHeader& header, std::string_view team_id) {
  return std::any_of(header.teams().begin(), header.teams().end(),
                     [&](const metrics::v1::StateTeam& team) { return team.team_id() == team_id; });
}

}  // namespace quotacast::planning
