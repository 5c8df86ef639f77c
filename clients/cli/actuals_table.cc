#include "clients/cli/actuals_table.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/render/numbers.h"

namespace quotacast::cli {
namespace {

using metrics::v1::ActualsHeader;
using metrics::v1::ActualsRep;
using metrics::v1::ActualsRepPeriod;
using simulation::v1::Level;

constexpr int32_t kNanosPerUnit = 1'000'000'000;

// Amounts of one currency are told exactly, and stay so.
void Add(const google::type::Money& money, google::type::Money& sum) {
  int64_t units = sum.units() + money.units();
  int32_t nanos = sum.nanos() + money.nanos();
  if (nanos >= kNanosPerUnit || (nanos > 0 && units < 0)) {
    ++units;
    nanos -= kNanosPerUnit;
  } else if (nanos <= -kNanosPerUnit || (nanos < 0 && units > 0)) {
    --units;
    nanos += kNanosPerUnit;
  }
  sum.set_units(units);
  sum.set_nanos(nanos);
}

void Add(const ActualsRepPeriod& period, ActualsCell& cell) {
  Add(period.booked(), cell.booked);
  if (period.has_quota()) {
    if (!cell.quota) cell.quota.emplace().set_currency_code(cell.booked.currency_code());
    Add(period.quota(), *cell.quota);
  }
  cell.won_count += period.won_count();
  cell.lost_count += period.lost_count();
  cell.created_count += period.created_count();
}

class Maker {
 public:
  Maker(const ActualsHeader& header, const metrics::v1::PipelineStateHeader& roster)
      : header_(header) {
    for (const metrics::v1::StateRep& rep : roster.reps()) {
      rep_names_[rep.rep_id()] = rep.display_name();
    }
    for (const metrics::v1::StateTeam& team : roster.teams()) {
      team_names_[team.team_id()] = team.display_name();
      parents_[team.team_id()] = team.parent_team_id();
    }
  }

  std::vector<ActualsCell> Cells(Level level, const std::vector<const ActualsRep*>& reps) const {
    // Rows of cells by the id of their group.
    std::map<std::string, std::vector<ActualsCell>> rows;
    if (level == simulation::v1::LEVEL_ORG) rows[""] = Row(level, "");
    if (level == simulation::v1::LEVEL_TEAM) {
      for (const auto& [team, parent] : parents_) rows[team] = Row(level, team);
    }
    for (const ActualsRep* rep : reps) {
      for (const std::string& group : GroupsOf(*rep, level)) {
        const auto [row, is_new] = rows.emplace(group, Row(level, group));
        for (int i = 0; i < rep->periods_size(); ++i) {
          Add(rep->periods(i), row->second[static_cast<size_t>(i)]);
          if (level == simulation::v1::LEVEL_REP) {
            row->second[static_cast<size_t>(i)].team = rep->team_id();
          }
        }
      }
    }
    std::vector<ActualsCell> cells;
    for (const auto& [group, row] : rows) cells.insert(cells.end(), row.begin(), row.end());
    return cells;
  }

 private:
  std::string NameOf(Level level, const std::string& group) const {
    const auto& names = level == simulation::v1::LEVEL_REP ? rep_names_ : team_names_;
    const auto found = names.find(group);
    return found == names.end() ? "" : found->second;
  }

  // A cell per period, without figures yet.
  std::vector<ActualsCell> Row(Level level, const std::string& group) const {
    std::vector<ActualsCell> row;
    for (const type::v1::FiscalPeriod& period : header_.periods()) {
      ActualsCell& cell = row.emplace_back();
      cell.level = level;
      cell.group = group;
      cell.display_name = NameOf(level, group);
      cell.period = period;
      cell.booked.set_currency_code(header_.currency_code());
    }
    return row;
  }

  // The team and all above it; a circle of teams is gone round once.
  std::set<std::string> GroupsOf(const ActualsRep& rep, Level level) const {
    if (level == simulation::v1::LEVEL_ORG) return {""};
    if (level == simulation::v1::LEVEL_REP) return {rep.rep_id()};
    std::set<std::string> teams;
    std::string team = rep.team_id();
    while (teams.insert(team).second) {
      const auto parent = parents_.find(team);
      if (parent == parents_.end() || parent->second.empty()) break;
      team = parent->second;
    }
    return teams;
  }

  const ActualsHeader& header_;
  std::map<std::string, std::string> rep_names_;
  std::map<std::string, std::string> team_names_;
  std::map<std::string, std::string> parents_;  // Of teams; empty at the top.
};

}  // namespace

absl::StatusOr<ActualsTable> MakeActualsTable(
    const std::vector<metrics::v1::GetActualsResponse>& messages,
    const metrics::v1::PipelineStateHeader& roster, const std::vector<Level>& levels) {
  if (messages.empty() || !messages[0].has_header()) {
    return absl::InternalError("the actuals came without their header");
  }
  ActualsTable table;
  table.header = messages[0].header();
  std::vector<const ActualsRep*> reps;
  for (const metrics::v1::GetActualsResponse& message : messages) {
    for (const ActualsRep& rep : message.reps().reps()) {
      if (rep.periods_size() != table.header.periods_size()) {
        return absl::InternalError(absl::StrCat("rep ", rep.rep_id(), " came with ",
                                                rep.periods_size(), " periods instead of ",
                                                table.header.periods_size()));
      }
      reps.push_back(&rep);
    }
  }
  const Maker maker(table.header, roster);
  for (const Level level : levels) {
    const std::vector<ActualsCell> cells = maker.Cells(level, reps);
    table.cells.insert(table.cells.end(), cells.begin(), cells.end());
  }
  return table;
}

bool IsEmpty(const ActualsCell& cell) {
  return cell.booked.units() == 0 && cell.booked.nanos() == 0 && !cell.quota &&
         cell.won_count == 0 && cell.lost_count == 0 && cell.created_count == 0;
}

std::optional<double> Attainment(const ActualsCell& cell) {
  if (!cell.quota || MajorUnits(*cell.quota) <= 0) return std::nullopt;
  return MajorUnits(cell.booked) / MajorUnits(*cell.quota);
}

std::string LevelWord(Level level) {
  switch (level) {
    case simulation::v1::LEVEL_ORG:
      return "org";
    case simulation::v1::LEVEL_TEAM:
      return "team";
    case simulation::v1::LEVEL_REP:
      return "rep";
    default:
      return "";
  }
}

}  // namespace quotacast::cli
