#include "services/simulation/converters.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/random.h"
#include "base/string_views.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/digest/sha256.h"
#include "simulator/engine/drivers.h"

namespace quotacast::simulation {
namespace {

std::string Path(std::string_view parent, std::string_view field) {
  return absl::StrCat(AbslView(parent), ".", AbslView(field));
}

std::string Item(std::string_view list, int position) {
  return absl::StrCat(AbslView(list), "[", position, "]");
}

void CheckText(const std::string& text, std::string_view path, FieldErrors& errors) {
  if (text.size() <= kMaxTextBytes) return;
  errors.Add(path, absl::StrCat("has ", text.size(), " bytes; want at most ", kMaxTextBytes));
}

std::vector<std::string> TeamIds(const Business& business) {
  std::vector<std::string> ids;
  for (const simulator::TeamState& team : business.state.teams) ids.push_back(team.key);
  return ids;
}

std::vector<std::string> HiringTeamIds(const Business& business) {
  std::vector<std::string> ids;
  for (size_t t = 0; t < business.state.teams.size(); ++t) {
    if (business.team_can_hire[t]) ids.push_back(business.state.teams[t].key);
  }
  return ids;
}

std::vector<std::string> RepIds(const Business& business) {
  std::vector<std::string> ids;
  for (const simulator::RepState& rep : business.state.reps) ids.push_back(rep.key);
  return ids;
}

bool IsInitiativeId(const std::string& id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// A scenario being converted.
class ScenarioConverter {
 public:
  ScenarioConverter(const Business& business, std::string_view path)
      : business_(business), path_(path) {}

  absl::StatusOr<simulator::Scenario> Convert(const v1::Scenario& message) {
    simulator::Scenario scenario;
    scenario.name = message.display_name();
    CheckText(message.display_name(), Path(path_, "display_name"), errors_);
    CheckCount(message.initiatives_size(), simulator::kMaxInitiatives, "initiatives");
    CheckCount(message.hires_size(), simulator::kMaxHires, "hires");
    if (!errors_.empty()) return errors_.Result();
    for (int i = 0; i < message.initiatives_size(); ++i) {
      scenario.initiatives.push_back(
          ConvertInitiative(message.initiatives(i), Item(Path(path_, "initiatives"), i)));
    }
    for (int i = 0; i < message.hires_size(); ++i) {
      scenario.hires.push_back(ConvertHire(message.hires(i), Item(Path(path_, "hires"), i)));
    }
    if (message.has_interference()) {
      const std::string path = Path(path_, "interference");
      scenario.interference_median = message.interference().median();
      scenario.interference_log_sd = message.interference().log_sd();
      CheckRange(scenario.interference_median, 0, kMaxInterferenceMedian, Path(path, "median"),
                 errors_);
      CheckRange(scenario.interference_log_sd, 0, kMaxInterferenceLogSd, Path(path, "log_sd"),
                 errors_);
    }
    if (!errors_.empty()) return errors_.Result();
    return scenario;
  }

 private:
  void CheckCount(int count, int max, std::string_view field) {
    if (count <= max) return;
    errors_.Add(Path(path_, field), absl::StrCat("has ", count, " entries; want at most ", max));
  }

  std::optional<simulator::Effect> ConvertEffect(bool present, const v1::UncertainEffect& message,
                                                 const std::string& path) {
    if (!present) return std::nullopt;
    CheckRange(message.mean(), -kMaxEffectMean, kMaxEffectMean, Path(path, "mean"), errors_);
    CheckRange(message.sd(), 0, kMaxEffectSd, Path(path, "sd"), errors_);
    return simulator::Effect{message.mean(), message.sd()};
  }

  simulator::Adoption ConvertAdoption(const v1::Adoption& message, const std::string& path) {
    simulator::Adoption adoption;
    if (message.ceiling() != 0) adoption.ceiling = message.ceiling();
    if (message.has_half_time_weeks()) adoption.t50_weeks = message.half_time_weeks();
    if (message.has_width_weeks()) adoption.width_weeks = message.width_weeks();
    if (!(adoption.ceiling > 0 && adoption.ceiling <= 1)) {
      errors_.Add(Path(path, "ceiling"),
                  absl::StrCat("is ", adoption.ceiling, "; want a share above 0, at most 1"));
    }
    CheckRange(adoption.t50_weeks, 0, kMaxWeeks, Path(path, "half_time_weeks"), errors_);
    // Without a half-time there is no curve for the width to shape.
    if (adoption.t50_weeks == 0 && adoption.width_weeks == 0) adoption.width_weeks = 1;
    if (!(adoption.width_weeks > 0 && adoption.width_weeks <= kMaxWeeks)) {
      errors_.Add(Path(path, "width_weeks"),
                  absl::StrCat("is ", adoption.width_weeks, "; want a number above 0, at most ",
                               kMaxWeeks));
    }
    return adoption;
  }

  // True when the team is `top` or somewhere below it.
  bool IsInTeam(int team, int top) const {
    while (team >= 0 && team != top) team = business_.state.teams[team].parent;
    return team == top;
  }

  void ConvertAudience(const v1::Audience& message, const std::string& path,
                       simulator::Initiative& initiative) {
    const int rep_count = static_cast<int>(business_.state.reps.size());
    initiative.covers_hires = message.rep_ids_size() == 0 && message.team_ids_size() == 0;
    if (initiative.covers_hires) {
      for (int r = 0; r < rep_count; ++r) initiative.reps.push_back(r);
      return;
    }
    if (message.rep_ids_size() + message.team_ids_size() > kMaxAudienceEntries) {
      errors_.Add(path, absl::StrCat("has ", message.rep_ids_size() + message.team_ids_size(),
                                     " entries; want at most ", kMaxAudienceEntries));
      return;
    }
    std::set<int> reps;  // Sorted and each once, as the engine wants them.
    for (int i = 0; i < message.rep_ids_size(); ++i) {
      const auto rep = business_.rep_positions.find(message.rep_ids(i));
      if (rep != business_.rep_positions.end()) {
        reps.insert(rep->second);
      } else {
        errors_.Add(Item(Path(path, "rep_ids"), i),
                    UnknownName("rep", "reps", message.rep_ids(i), RepIds(business_)));
      }
    }
    for (int i = 0; i < message.team_ids_size(); ++i) {
      const auto team = business_.team_positions.find(message.team_ids(i));
      if (team == business_.team_positions.end()) {
        errors_.Add(Item(Path(path, "team_ids"), i),
                    UnknownName("team", "teams", message.team_ids(i), TeamIds(business_)));
        continue;
      }
      bool has_reps = false;
      for (int r = 0; r < rep_count; ++r) {
        if (!IsInTeam(business_.state.reps[r].team, team->second)) continue;
        has_reps = true;
        reps.insert(r);
      }
      if (!has_reps) {
        errors_.Add(Item(Path(path, "team_ids"), i), absl::StrCat("team `", message.team_ids(i),
                                                                  "` has no reps, so nobody would "
                                                                  "take part"));
      }
    }
    initiative.reps.assign(reps.begin(), reps.end());
  }

  simulator::Initiative ConvertInitiative(const v1::InitiativeChange& message,
                                          const std::string& path) {
    simulator::Initiative initiative;
    initiative.key = message.initiative_id();
    initiative.id = StableId("initiative", initiative.key);
    const std::string id_path = Path(path, "initiative_id");
    if (!IsInitiativeId(initiative.key)) {
      errors_.Add(id_path, absl::StrCat("is `", initiative.key.substr(0, 128),
                                        "`; want 1 to 128 lower-case letters, digits and hyphens"));
    } else if (!initiative_ids_.insert(initiative.key).second) {
      errors_.Add(id_path, absl::StrCat("`", initiative.key, "` appears twice in the scenario"));
    }
    CheckText(message.display_name(), Path(path, "display_name"), errors_);
    CheckText(message.evidence(), Path(path, "evidence"), errors_);
    ConvertAudience(message.audience(), Path(path, "audience"), initiative);
    const v1::InitiativeEffect& effect = message.effect();
    const std::string effect_path = Path(path, "effect");
    initiative.win = ConvertEffect(effect.has_win(), effect.win(), Path(effect_path, "win"));
    initiative.cycle =
        ConvertEffect(effect.has_cycle(), effect.cycle(), Path(effect_path, "cycle"));
    initiative.creation =
        ConvertEffect(effect.has_creation(), effect.creation(), Path(effect_path, "creation"));
    initiative.adoption = ConvertAdoption(message.adoption(), Path(path, "adoption"));

    const std::string start_path = Path(path, "start_date");
    if (!message.has_start_date()) {
      errors_.Add(start_path, "is missing; want the first day of the initiative");
      return initiative;
    }
    const auto start = DayFrom(message.start_date(), start_path, errors_);
    if (!start.has_value()) return initiative;
    initiative.start = *start;
    if (!message.has_last_date()) return initiative;
    const std::string last_path = Path(path, "last_date");
    const auto last = DayFrom(message.last_date(), last_path, errors_);
    if (!last.has_value()) return initiative;
    initiative.end = *last + 1;
    if (*last < *start) {
      errors_.Add(last_path, absl::StrCat("is ", FormatIsoDate(*last), ", before the start ",
                                          FormatIsoDate(*start)));
    }
    return initiative;
  }

  void ConvertHireStart(const v1::HireChange& message, const std::string& path,
                        simulator::Hire& hire) {
    const std::string start_path = Path(path, "start_date");
    if (!message.has_start_date()) {
      errors_.Add(start_path, "is missing; want the first day in the job");
      return;
    }
    const auto start = DayFrom(message.start_date(), start_path, errors_);
    if (!start.has_value()) return;
    hire.start = *start;
    const absl::CivilDay first = business_.state.as_of + 1;
    const absl::CivilDay end = business_.state.periods.back().end;
    if (*start < first) {
      errors_.Add(start_path, absl::StrCat("is ", FormatIsoDate(*start), "; the data goes up to ",
                                           FormatIsoDate(business_.state.as_of),
                                           ", and who started by then is in it: want a later day"));
    } else if (*start >= end) {
      errors_.Add(
          start_path,
          absl::StrCat("is ", FormatIsoDate(*start), "; ", business_.state.periods.back().name,
                       " ends on ", FormatIsoDate(end - 1), ", so the hire would change nothing"));
    }
  }

  simulator::Hire ConvertHire(const v1::HireChange& message, const std::string& path) {
    simulator::Hire hire;
    hire.key = message.hire_id();
    hire.id = StableId("hire", hire.key);
    const std::string id_path = Path(path, "hire_id");
    CheckText(hire.key, id_path, errors_);
    if (hire.key.empty()) {
      errors_.Add(id_path, "is empty; want an id");
    } else if (business_.rep_positions.count(hire.key) > 0) {
      errors_.Add(id_path,
                  absl::StrCat("`", hire.key, "` is the id of a rep; want one of its own"));
    } else if (!hire_ids_.insert(hire.key).second) {
      errors_.Add(id_path, absl::StrCat("`", hire.key, "` appears twice in the scenario"));
    }
    const std::string team_path = Path(path, "team_id");
    const auto team = business_.team_positions.find(message.team_id());
    if (team == business_.team_positions.end()) {
      errors_.Add(team_path,
                  UnknownName("team", "teams", message.team_id(), HiringTeamIds(business_)));
    } else if (!business_.team_can_hire[team->second]) {
      errors_.Add(team_path,
                  absl::StrCat("nobody sells in team `", message.team_id(), "` itself; ",
                               UnknownName("selling team", "teams with reps", message.team_id(),
                                           HiringTeamIds(business_))));
    } else {
      hire.team = team->second;
    }
    ConvertHireStart(message, path, hire);
    if (message.has_ramp_weeks()) hire.ramp_weeks = message.ramp_weeks();
    if (message.has_ramp_weeks() && !(hire.ramp_weeks > 0 && hire.ramp_weeks <= kMaxWeeks)) {
      errors_.Add(Path(path, "ramp_weeks"),
                  absl::StrCat("is ", hire.ramp_weeks, "; want a number above 0, at most ",
                               kMaxWeeks, " (0.1 for somebody productive at once)"));
    }
    std::optional<int64_t> quota;
    if (message.has_quota_per_period()) {
      quota = MinorUnitsFrom(message.quota_per_period(), business_.currency,
                             Path(path, "quota_per_period"), errors_);
    }
    for (const FiscalPeriod& period : business_.state.periods) {
      hire.quota_minor_units.push_back(hire.start <= period.start ? quota : std::nullopt);
    }
    return hire;
  }

  const Business& business_;
  const std::string path_;
  FieldErrors errors_;
  std::unordered_set<std::string> initiative_ids_;
  std::unordered_set<std::string> hire_ids_;
};

bool HasHire(const simulator::Scenario& scenario, const std::string& id) {
  return std::any_of(scenario.hires.begin(), scenario.hires.end(),
                     [&id](const simulator::Hire& hire) { return hire.key == id; });
}

// Resolves the line a threshold asks about.
std::optional<simulator::Entity> EntityFrom(const v1::EntityRef& ref, const Business& business,
                                            const std::vector<simulator::Scenario>& scenarios,
                                            const std::string& path, FieldErrors& errors) {
  simulator::Entity entity;
  entity.key = ref.entity_id();
  const std::string id_path = Path(path, "entity_id");
  switch (ref.level()) {
    case v1::LEVEL_ORG:
      if (entity.key.empty()) return entity;
      errors.Add(id_path, absl::StrCat("is `", entity.key, "`; the organisation has no id"));
      return std::nullopt;
    case v1::LEVEL_TEAM:
      entity.level = simulator::Level::kTeam;
      if (business.team_positions.count(entity.key) > 0) return entity;
      errors.Add(id_path, UnknownName("team", "teams", entity.key, TeamIds(business)));
      return std::nullopt;
    case v1::LEVEL_REP: {
      entity.level = simulator::Level::kRep;
      if (business.rep_positions.count(entity.key) > 0) return entity;
      const auto has = [&entity](const simulator::Scenario& scenario) {
        return HasHire(scenario, entity.key);
      };
      entity.is_hire = std::all_of(scenarios.begin(), scenarios.end(), has);
      if (entity.is_hire) return entity;
      if (std::any_of(scenarios.begin(), scenarios.end(), has)) {
        errors.Add(id_path, absl::StrCat("`", entity.key,
                                         "` is not hired in every scenario, so "
                                         "the question has no answer in some"));
      } else {
        errors.Add(id_path, UnknownName("rep", "reps", entity.key, RepIds(business)));
      }
      return std::nullopt;
    }
    default:
      errors.Add(Path(path, "level"), "is not set; want LEVEL_ORG, LEVEL_TEAM or LEVEL_REP");
      return std::nullopt;
  }
}

void CheckThresholdDay(absl::CivilDay by, const Business& business, const std::string& path,
                       FieldErrors& errors) {
  const FiscalPeriod& period = business.state.periods.back();
  const absl::CivilDay first = std::max(period.start, business.state.as_of + 1);
  if (by >= first && by < period.end) return;
  errors.Add(path, absl::StrCat("is ", FormatIsoDate(by), "; want a day from ",
                                FormatIsoDate(first), " to ", FormatIsoDate(period.end - 1),
                                ", after the data and inside ", period.name));
}

}  // namespace

absl::Status CheckSpec(const v1::ForecastSpec& spec) {
  FieldErrors errors;
  if (spec.parent().empty()) {
    errors.Add("spec.parent", "is empty; want \"workspaces/{workspace}\"");
  }
  if (spec.trial_count() < 0 || spec.trial_count() > simulator::kMaxTrials) {
    errors.Add("spec.trial_count",
               absl::StrCat("is ", spec.trial_count(), "; want 1 to ", simulator::kMaxTrials,
                            ", or 0 for ", kDefaultTrials));
  }
  if (spec.step_days() != 0 && spec.step_days() != 1 && spec.step_days() != 7) {
    errors.Add("spec.step_days", absl::StrCat("is ", spec.step_days(), "; want 7, 1, or 0 for 7"));
  }
  if (spec.driver_count() < 0 || spec.driver_count() > simulator::kMaxDrivers) {
    errors.Add("spec.driver_count",
               absl::StrCat("is ", spec.driver_count(), "; want 0 to ", simulator::kMaxDrivers));
  }
  if (spec.tail_share() != 0 && !(spec.tail_share() > 0 && spec.tail_share() <= 1)) {
    errors.Add("spec.tail_share", absl::StrCat("is ", spec.tail_share(),
                                               "; want a share above 0, at most 1, or 0 for ",
                                               simulator::kDefaultTailShare));
  }
  for (int i = 0; i < spec.levels_size(); ++i) {
    if (spec.levels(i) == v1::LEVEL_ORG || spec.levels(i) == v1::LEVEL_TEAM ||
        spec.levels(i) == v1::LEVEL_REP) {
      continue;
    }
    errors.Add(Item("spec.levels", i), absl::StrCat("is ", static_cast<int>(spec.levels(i)),
                                                    "; want LEVEL_ORG, LEVEL_TEAM or LEVEL_REP"));
  }
  if (spec.as_of().has_effective_date()) {
    DayFrom(spec.as_of().effective_date(), "spec.as_of.effective_date", errors);
  }
  if (spec.thresholds_size() > kMaxThresholds) {
    errors.Add("spec.thresholds", absl::StrCat("has ", spec.thresholds_size(),
                                               " entries; want at most ", kMaxThresholds));
  }
  if (spec.reps_at_quota_shares_size() > kMaxShareQuestions) {
    errors.Add("spec.reps_at_quota_shares",
               absl::StrCat("has ", spec.reps_at_quota_shares_size(), " entries; want at most ",
                            kMaxShareQuestions));
  }
  for (int i = 0; i < spec.reps_at_quota_shares_size(); ++i) {
    const double share = spec.reps_at_quota_shares(i);
    if (share > 0 && share <= 1) continue;  // NaN is neither.
    errors.Add(Item("spec.reps_at_quota_shares", i),
               absl::StrCat("is ", share, "; want a share above 0, at most 1"));
  }
  return errors.Result();
}

absl::StatusOr<RunSpec> RunSpecFrom(const v1::ForecastSpec& spec, const Business& business,
                                    const std::vector<simulator::Scenario>& scenarios) {
  RunSpec run;
  if (spec.trial_count() != 0) run.requested_trials = spec.trial_count();
  if (spec.step_days() != 0) run.step_days = spec.step_days();
  if (spec.tail_share() != 0) run.tail_share = spec.tail_share();
  run.driver_count = spec.driver_count();
  run.seed = spec.seed();
  run.period = static_cast<int>(business.state.periods.size()) - 1;
  if (spec.levels_size() > 0) {
    run.wants_org = false;
    for (const int level : spec.levels()) {
      run.wants_org |= level == v1::LEVEL_ORG;
      run.wants_teams |= level == v1::LEVEL_TEAM;
      run.wants_reps |= level == v1::LEVEL_REP;
    }
  }
  FieldErrors errors;
  std::set<absl::CivilDay> cuts;
  for (int i = 0; i < spec.thresholds_size(); ++i) {
    const v1::ThresholdQuery& query = spec.thresholds(i);
    const std::string path = Item("spec.thresholds", i);
    simulator::Threshold threshold;
    threshold.period = run.period;
    const auto entity =
        EntityFrom(query.entity(), business, scenarios, Path(path, "entity"), errors);
    if (entity.has_value()) threshold.entity = *entity;
    if (query.has_amount()) {
      const auto amount =
          MinorUnitsFrom(query.amount(), business.currency, Path(path, "amount"), errors);
      threshold.amount_minor_units = amount.value_or(0);
    } else {
      errors.Add(Path(path, "amount"), "is missing; want the amount to reach");
    }
    if (query.has_by_date()) {
      const std::string by_path = Path(path, "by_date");
      threshold.by = DayFrom(query.by_date(), by_path, errors);
      if (threshold.by.has_value()) {
        CheckThresholdDay(*threshold.by, business, by_path, errors);
        cuts.insert(*threshold.by);
      }
    }
    run.thresholds.push_back(std::move(threshold));
  }
  if (!errors.empty()) return errors.Result();
  run.cut_days.assign(cuts.begin(), cuts.end());
  return run;
}

absl::StatusOr<simulator::Scenario> ScenarioFrom(const v1::Scenario& scenario,
                                                 const Business& business, std::string_view path) {
  return ScenarioConverter(business, path).Convert(scenario);
}

std::string ScenarioHash(const v1::Scenario& scenario) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    scenario.SerializeToCodedStream(&output);
  }
  return digest::Sha256Hex(bytes);
}

}  // namespace quotacast::simulation
