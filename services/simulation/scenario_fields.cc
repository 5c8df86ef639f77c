#include "services/simulation/scenario_fields.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/string_views.h"

namespace quotacast::simulation {
namespace {

// True when the team is `top` or somewhere below it.
bool IsInTeam(const Business& business, int team, int top) {
  while (team >= 0 && team != top) team = business.state.teams[team].parent;
  return team == top;
}

}  // namespace

std::string FieldPath(std::string_view parent, std::string_view field) {
  return absl::StrCat(AbslView(parent), ".", AbslView(field));
}

std::string ItemPath(std::string_view list, int position) {
  return absl::StrCat(AbslView(list), "[", position, "]");
}

bool Fits(int count, int max, const std::string& path, FieldErrors& errors) {
  if (count <= max) return true;
  errors.Add(path, absl::StrCat("has ", count, " entries; want at most ", max));
  return false;
}

void CheckText(const std::string& text, std::string_view path, FieldErrors& errors) {
  if (text.size() <= kMaxTextBytes) return;
  errors.Add(path, absl::StrCat("has ", text.size(), " bytes; want at most ", kMaxTextBytes));
}

simulator::Effect EffectFrom(const v1::UncertainEffect& message, const std::string& path,
                             FieldErrors& errors) {
  CheckRange(message.mean(), -kMaxEffectMean, kMaxEffectMean, FieldPath(path, "mean"), errors);
  CheckRange(message.sd(), 0, kMaxEffectSd, FieldPath(path, "sd"), errors);
  return {message.mean(), message.sd()};
}

std::optional<simulator::Effect> EffectFrom(bool present, const v1::UncertainEffect& message,
                                            const std::string& path, FieldErrors& errors) {
  if (!present) return std::nullopt;
  return EffectFrom(message, path, errors);
}

simulator::Effect InheritedWinFrom(bool present, const v1::UncertainEffect& message,
                                   const std::string& path, FieldErrors& errors) {
  if (!present) return {simulator::kDefaultInheritedWin, 0};
  return EffectFrom(message, path, errors);
}

std::optional<absl::CivilDay> RequiredDayFrom(bool present, const google::type::Date& date,
                                              std::string_view want, const std::string& path,
                                              FieldErrors& errors) {
  if (present) return DayFrom(date, path, errors);
  errors.Add(path, absl::StrCat("is missing; want ", AbslView(want)));
  return std::nullopt;
}

std::vector<std::string> RepIds(const Business& business) {
  std::vector<std::string> ids;
  for (const simulator::RepState& rep : business.state.reps) ids.push_back(rep.key);
  return ids;
}

std::vector<std::string> TeamIds(const Business& business) {
  std::vector<std::string> ids;
  for (const simulator::TeamState& team : business.state.teams) ids.push_back(team.key);
  return ids;
}

std::optional<int> RepFrom(const std::string& id, const std::string& path, const Business& business,
                           FieldErrors& errors) {
  const auto rep = business.rep_positions.find(id);
  if (rep != business.rep_positions.end()) return rep->second;
  errors.Add(path, UnknownName("rep", "reps", id, RepIds(business)));
  return std::nullopt;
}

std::optional<int> PresentRepFrom(const std::string& id, const std::string& path,
                                  const Business& business, FieldErrors& errors) {
  const std::optional<int> rep = RepFrom(id, path, business, errors);
  if (!rep.has_value()) return std::nullopt;
  const std::optional<absl::CivilDay>& end = business.state.reps[*rep].end_date;
  if (!end.has_value() || *end > business.state.as_of + 1) return rep;
  errors.Add(path, absl::StrCat("`", id, "` left on ", FormatIsoDate(*end - 1),
                                "; want somebody who is still there"));
  return std::nullopt;
}

std::optional<int> PositionFrom(const std::string& name, const std::vector<std::string>& names,
                                std::string_view noun, std::string_view plural,
                                const std::string& path, FieldErrors& errors) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  errors.Add(path, UnknownName(noun, plural, name, names));
  return std::nullopt;
}

std::vector<int> SegmentsFrom(const google::protobuf::RepeatedPtrField<std::string>& ids,
                              const std::string& path, const Business& business,
                              FieldErrors& errors) {
  std::set<int> segments;
  // A longer list repeats itself; the first repetition is named, not a million of them.
  for (int i = 0; i < ids.size() && i <= simulator::kMaxSegments; ++i) {
    const std::optional<int> segment = PositionFrom(ids[i], business.model.segments, "segment",
                                                    "segments", ItemPath(path, i), errors);
    if (segment.has_value() && !segments.insert(*segment).second) {
      errors.Add(ItemPath(path, i), absl::StrCat("`", ids[i], "` appears twice"));
    }
  }
  return {segments.begin(), segments.end()};
}

Participants ParticipantsFrom(const v1::Audience& audience, const std::string& path,
                              const Business& business, FieldErrors& errors) {
  Participants participants;
  const int rep_count = static_cast<int>(business.state.reps.size());
  participants.covers_hires = audience.rep_ids_size() == 0 && audience.team_ids_size() == 0;
  if (participants.covers_hires) {
    for (int r = 0; r < rep_count; ++r) participants.reps.push_back(r);
    return participants;
  }
  if (!Fits(audience.rep_ids_size() + audience.team_ids_size(), kMaxAudienceEntries, path,
            errors)) {
    return participants;
  }
  std::set<int> reps;  // Sorted and each once, as the engine wants them.
  for (int i = 0; i < audience.rep_ids_size(); ++i) {
    const std::optional<int> rep =
        RepFrom(audience.rep_ids(i), ItemPath(FieldPath(path, "rep_ids"), i), business, errors);
    if (rep.has_value()) reps.insert(*rep);
  }
  for (int i = 0; i < audience.team_ids_size(); ++i) {
    const std::string item = ItemPath(FieldPath(path, "team_ids"), i);
    const auto team = business.team_positions.find(audience.team_ids(i));
    if (team == business.team_positions.end()) {
      errors.Add(item, UnknownName("team", "teams", audience.team_ids(i), TeamIds(business)));
      continue;
    }
    bool has_reps = false;
    for (int r = 0; r < rep_count; ++r) {
      if (!IsInTeam(business, business.state.reps[r].team, team->second)) continue;
      has_reps = true;
      reps.insert(r);
    }
    if (!has_reps) {
      errors.Add(item, absl::StrCat("team `", audience.team_ids(i),
                                    "` has no reps, so nobody would take part"));
    }
  }
  participants.reps.assign(reps.begin(), reps.end());
  return participants;
}

}  // namespace quotacast::simulation
