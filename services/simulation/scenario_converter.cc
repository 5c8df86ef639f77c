// ScenarioFrom and ScenarioHash.
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/random.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/digest/sha256.h"
#include "services/simulation/capacity_limits.h"
#include "services/simulation/comp_plans.h"
#include "services/simulation/converters.h"
#include "services/simulation/scenario_changes.h"
#include "services/simulation/scenario_fields.h"

namespace quotacast::simulation {
namespace {

std::vector<std::string> HiringTeamIds(const Business& business) {
  std::vector<std::string> ids;
  for (size_t t = 0; t < business.state.teams.size(); ++t) {
    if (business.team_can_hire[t]) ids.push_back(business.state.teams[t].key);
  }
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
    CheckText(message.display_name(), FieldPath(path_, "display_name"), errors_);
    Fits(message.initiatives_size(), simulator::kMaxInitiatives, FieldPath(path_, "initiatives"),
         errors_);
    Fits(message.hires_size(), simulator::kMaxHires, FieldPath(path_, "hires"), errors_);
    if (!errors_.empty()) return errors_.Result();
    for (int i = 0; i < message.initiatives_size(); ++i) {
      scenario.initiatives.push_back(
          ConvertInitiative(message.initiatives(i), ItemPath(FieldPath(path_, "initiatives"), i)));
    }
    for (int i = 0; i < message.hires_size(); ++i) {
      scenario.hires.push_back(
          ConvertHire(message.hires(i), ItemPath(FieldPath(path_, "hires"), i)));
    }
    AddStaffChanges(message, path_, business_, scenario, errors_);
    AddQuotaChanges(message, path_, business_, scenario, errors_);
    AddDemandShocks(message, path_, business_, scenario, errors_);
    if (message.has_attrition()) AddAttrition(message.attrition(), path_, scenario, errors_);
    AddCompPlans(message, path_, business_, scenario, errors_);
    AddCapacityLimits(message, path_, business_, scenario, errors_);
    if (message.has_interference()) {
      const std::string path = FieldPath(path_, "interference");
      scenario.interference_median = message.interference().median();
      scenario.interference_log_sd = message.interference().log_sd();
      CheckRange(scenario.interference_median, 0, kMaxInterferenceMedian, FieldPath(path, "median"),
                 errors_);
      CheckRange(scenario.interference_log_sd, 0, kMaxInterferenceLogSd, FieldPath(path, "log_sd"),
                 errors_);
    }
    if (!errors_.empty()) return errors_.Result();
    return scenario;
  }

 private:
  simulator::Adoption ConvertAdoption(const v1::Adoption& message, const std::string& path) {
    simulator::Adoption adoption;
    if (message.ceiling() != 0) adoption.ceiling = message.ceiling();
    if (message.has_half_time_weeks()) adoption.t50_weeks = message.half_time_weeks();
    if (message.has_width_weeks()) adoption.width_weeks = message.width_weeks();
    if (!(adoption.ceiling > 0 && adoption.ceiling <= 1)) {
      errors_.Add(FieldPath(path, "ceiling"),
                  absl::StrCat("is ", adoption.ceiling, "; want a share above 0, at most 1"));
    }
    CheckRange(adoption.t50_weeks, 0, kMaxWeeks, FieldPath(path, "half_time_weeks"), errors_);
    // Without a half-time there is no curve for the width to shape.
    if (adoption.t50_weeks == 0 && adoption.width_weeks == 0) adoption.width_weeks = 1;
    if (!(adoption.width_weeks > 0 && adoption.width_weeks <= kMaxWeeks)) {
      errors_.Add(FieldPath(path, "width_weeks"),
                  absl::StrCat("is ", adoption.width_weeks, "; want a number above 0, at most ",
                               kMaxWeeks));
    }
    return adoption;
  }

  // Named reps must be in the audience.
  bool IsIn(const simulator::Initiative& initiative, int rep) const {
    return std::binary_search(initiative.reps.begin(), initiative.reps.end(), rep);
  }
  std::string NotInAudience(int rep) const {
    return absl::StrCat("`", business_.state.reps[rep].key,
                        "` is not in the audience of the initiative");
  }

  // An effect on what the model does not tell apart would silently do nothing.
  void CheckHasWhatItActsOn(const simulator::Initiative& initiative, const std::string& path) {
    const auto& draws = business_.model.draws;
    const bool has_leads = std::any_of(draws.begin(), draws.end(),
                                       [](const auto& draw) { return !draw.lead_cells.empty(); });
    const auto check_leads = [&](const std::optional<simulator::Effect>& effect,
                                 const char* field) {
      if (!effect.has_value() || has_leads) return;
      errors_.Add(FieldPath(path, field),
                  "acts on leads, and the history does not tell leads apart: import leads, or "
                  "state the effect as one on creation");
    };
    check_leads(initiative.lead_volume, "lead_volume");
    check_leads(initiative.lead_work, "lead_work");
    check_leads(initiative.lead_response, "lead_response");
    const auto leads_somewhere = [](const std::vector<int>& segments) {
      return std::any_of(segments.begin(), segments.end(), [](int to) { return to >= 0; });
    };
    if (initiative.churn.has_value() && !leads_somewhere(business_.model.renewal_segments) &&
        !leads_somewhere(business_.model.expansion_segments)) {
      errors_.Add(FieldPath(path, "churn"),
                  "acts on renewals and expansions of customers, and the history has neither");
    }
  }

  void ConvertEffects(const v1::InitiativeEffect& effect, const std::string& path,
                      simulator::Initiative& initiative) {
    const auto convert = [&](bool present, const v1::UncertainEffect& message, const char* field) {
      return EffectFrom(present, message, FieldPath(path, field), errors_);
    };
    initiative.win = convert(effect.has_win(), effect.win(), "win");
    initiative.cycle = convert(effect.has_cycle(), effect.cycle(), "cycle");
    initiative.creation = convert(effect.has_creation(), effect.creation(), "creation");
    initiative.size = convert(effect.has_size(), effect.size(), "size");
    initiative.ramp = convert(effect.has_ramp(), effect.ramp(), "ramp");
    initiative.attrition = convert(effect.has_attrition(), effect.attrition(), "attrition");
    initiative.lead_volume = convert(effect.has_lead_volume(), effect.lead_volume(), "lead_volume");
    initiative.lead_work = convert(effect.has_lead_work(), effect.lead_work(), "lead_work");
    initiative.lead_response =
        convert(effect.has_lead_response(), effect.lead_response(), "lead_response");
    initiative.churn = convert(effect.has_churn(), effect.churn(), "churn");
    initiative.selling_time =
        convert(effect.has_selling_time(), effect.selling_time(), "selling_time");
    CheckHasWhatItActsOn(initiative, path);
    const std::string list = FieldPath(path, "stage_wins");
    std::set<int> stages;
    // A longer list names a stage twice or an unknown one before it ends.
    for (int i = 0; i < effect.stage_wins_size() && i <= simulator::kMaxStages; ++i) {
      const std::string item = ItemPath(list, i);
      const std::string stage_path = FieldPath(item, "stage_id");
      const v1::StageEffect& message = effect.stage_wins(i);
      const std::optional<int> stage = PositionFrom(message.stage_id(), business_.model.stages,
                                                    "stage", "stages", stage_path, errors_);
      if (!message.has_win()) errors_.Add(FieldPath(item, "win"), "is missing; want the shift");
      const simulator::Effect win = EffectFrom(message.win(), FieldPath(item, "win"), errors_);
      if (!stage.has_value()) continue;
      if (!stages.insert(*stage).second) {
        errors_.Add(stage_path, absl::StrCat("`", message.stage_id(), "` appears twice"));
      }
      initiative.stage_wins.push_back({*stage, win});
    }
    std::sort(initiative.stage_wins.begin(), initiative.stage_wins.end(),
              [](const auto& x, const auto& y) { return x.stage < y.stage; });
  }

  void ConvertWaves(const v1::InitiativeChange& message, const std::string& path,
                    simulator::Initiative& initiative) {
    const std::string list = FieldPath(path, "waves");
    if (!Fits(message.waves_size(), kMaxWaves, list, errors_)) return;
    for (int i = 0; i < message.waves_size(); ++i) {
      const v1::Wave& change = message.waves(i);
      const std::string item = ItemPath(list, i);
      const std::string audience_path = FieldPath(item, "audience");
      Participants participants =
          ParticipantsFrom(change.audience(), audience_path, business_, errors_);
      if (participants.covers_hires) {  // All of the audience.
        participants = {initiative.reps, initiative.covers_hires};
      }
      for (const int rep : participants.reps) {
        if (!IsIn(initiative, rep)) errors_.Add(audience_path, NotInAudience(rep));
      }
      const std::string start_path = FieldPath(item, "start_date");
      const auto start = RequiredDayFrom(change.has_start_date(), change.start_date(),
                                         "the first day of the wave", start_path, errors_);
      if (!start.has_value()) continue;
      if (*start < initiative.start) {
        errors_.Add(start_path, absl::StrCat("is ", FormatIsoDate(*start), ", before the start ",
                                             FormatIsoDate(initiative.start)));
      } else if (initiative.end.has_value() && *start >= *initiative.end) {
        errors_.Add(start_path, absl::StrCat("is ", FormatIsoDate(*start), ", after the last day ",
                                             FormatIsoDate(*initiative.end - 1)));
      }
      initiative.waves.push_back({participants.reps, participants.covers_hires, *start});
    }
  }

  // Hours it takes, what fades, who gains less.
  void ConvertCourse(const v1::InitiativeChange& message, const std::string& path,
                     simulator::Initiative& initiative) {
    initiative.overhead_hours_per_week = message.overhead_hours_per_week();
    CheckRange(initiative.overhead_hours_per_week, 0, simulator::kHoursPerWeek,
               FieldPath(path, "overhead_hours_per_week"), errors_);
    if (message.has_fade_half_life_weeks()) {
      initiative.fade_half_life_weeks = message.fade_half_life_weeks();
      CheckRange(*initiative.fade_half_life_weeks, 0, kMaxWeeks,
                 FieldPath(path, "fade_half_life_weeks"), errors_);
    }
    if (message.lapse_half_life_weeks() != 0) {
      initiative.lapse_half_life_weeks = message.lapse_half_life_weeks();
      if (!(initiative.lapse_half_life_weeks > 0 &&
            initiative.lapse_half_life_weeks <= kMaxWeeks)) {
        errors_.Add(FieldPath(path, "lapse_half_life_weeks"),
                    absl::StrCat("is ", message.lapse_half_life_weeks(),
                                 "; want a number above 0, at most ", kMaxWeeks, ", or 0 for 8"));
      }
    }
    std::set<int> named;
    const std::string list = FieldPath(path, "headrooms");
    if (!Fits(message.headrooms_size(), kMaxAudienceEntries, list, errors_)) return;
    for (int i = 0; i < message.headrooms_size(); ++i) {
      const v1::RepHeadroom& headroom = message.headrooms(i);
      const std::string item = ItemPath(list, i);
      CheckRange(headroom.share(), 0, 1, FieldPath(item, "share"), errors_);
      const std::string rep_path = FieldPath(item, "rep_id");
      const auto rep = RepFrom(headroom.rep_id(), rep_path, business_, errors_);
      if (!rep.has_value()) continue;
      if (!IsIn(initiative, *rep)) errors_.Add(rep_path, NotInAudience(*rep));
      if (!named.insert(*rep).second) {
        errors_.Add(rep_path, absl::StrCat("`", headroom.rep_id(), "` appears twice"));
      }
      initiative.headrooms.push_back({*rep, headroom.share()});
    }
  }

  void ConvertDates(const v1::InitiativeChange& message, const std::string& path,
                    simulator::Initiative& initiative) {
    const auto start =
        RequiredDayFrom(message.has_start_date(), message.start_date(),
                        "the first day of the initiative", FieldPath(path, "start_date"), errors_);
    if (!start.has_value()) return;
    initiative.start = *start;
    const auto no_earlier = [&](absl::CivilDay day, const std::string& day_path) {
      if (day >= *start) return;
      errors_.Add(day_path, absl::StrCat("is ", FormatIsoDate(day), ", before the start ",
                                         FormatIsoDate(*start)));
    };
    if (message.has_last_date()) {
      const std::string last_path = FieldPath(path, "last_date");
      if (const auto last = DayFrom(message.last_date(), last_path, errors_); last.has_value()) {
        initiative.end = *last + 1;
        no_earlier(*last, last_path);
      }
    }
    if (message.has_reviews_lapse_date()) {
      const std::string lapse_path = FieldPath(path, "reviews_lapse_date");
      initiative.reviews_lapse = DayFrom(message.reviews_lapse_date(), lapse_path, errors_);
      if (initiative.reviews_lapse.has_value()) no_earlier(*initiative.reviews_lapse, lapse_path);
    }
    ConvertWaves(message, path, initiative);
  }

  // Amounts only; what they come to is worked out for the answer.
  void CheckCost(const v1::InitiativeCost& cost, const std::string& path) {
    const auto check = [&](bool present, const google::type::Money& money, const char* field) {
      if (present) MinorUnitsFrom(money, business_.currency, FieldPath(path, field), errors_);
    };
    check(cost.has_one_off(), cost.one_off(), "one_off");
    check(cost.has_per_rep(), cost.per_rep(), "per_rep");
    check(cost.has_per_week(), cost.per_week(), "per_week");
  }

  simulator::Initiative ConvertInitiative(const v1::InitiativeChange& message,
                                          const std::string& path) {
    simulator::Initiative initiative;
    initiative.key = message.initiative_id();
    initiative.id = StableId("initiative", initiative.key);
    const std::string id_path = FieldPath(path, "initiative_id");
    if (!IsInitiativeId(initiative.key)) {
      errors_.Add(id_path, absl::StrCat("is `", initiative.key.substr(0, 128),
                                        "`; want 1 to 128 lower-case letters, digits and hyphens"));
    } else if (!initiative_ids_.insert(initiative.key).second) {
      errors_.Add(id_path, absl::StrCat("`", initiative.key, "` appears twice in the scenario"));
    }
    CheckText(message.display_name(), FieldPath(path, "display_name"), errors_);
    CheckText(message.evidence(), FieldPath(path, "evidence"), errors_);
    Participants participants =
        ParticipantsFrom(message.audience(), FieldPath(path, "audience"), business_, errors_);
    initiative.reps = std::move(participants.reps);
    initiative.covers_hires = participants.covers_hires;
    ConvertEffects(message.effect(), FieldPath(path, "effect"), initiative);
    initiative.segments =
        SegmentsFrom(message.segment_ids(), FieldPath(path, "segment_ids"), business_, errors_);
    initiative.adoption = ConvertAdoption(message.adoption(), FieldPath(path, "adoption"));
    ConvertCourse(message, path, initiative);
    CheckCost(message.cost(), FieldPath(path, "cost"));
    ConvertDates(message, path, initiative);
    return initiative;
  }

  void ConvertHireStart(const v1::HireChange& message, const std::string& path,
                        simulator::Hire& hire) {
    const std::string start_path = FieldPath(path, "start_date");
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
    const std::string id_path = FieldPath(path, "hire_id");
    CheckText(hire.key, id_path, errors_);
    if (hire.key.empty()) {
      errors_.Add(id_path, "is empty; want an id");
    } else if (business_.rep_positions.count(hire.key) > 0) {
      errors_.Add(id_path,
                  absl::StrCat("`", hire.key, "` is the id of a rep; want one of its own"));
    } else if (!hire_ids_.insert(hire.key).second) {
      errors_.Add(id_path, absl::StrCat("`", hire.key, "` appears twice in the scenario"));
    }
    const std::string team_path = FieldPath(path, "team_id");
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
      errors_.Add(FieldPath(path, "ramp_weeks"),
                  absl::StrCat("is ", hire.ramp_weeks, "; want a number above 0, at most ",
                               kMaxWeeks, " (0.1 for somebody productive at once)"));
    }
    std::optional<int64_t> quota;
    if (message.has_quota_per_period()) {
      quota = MinorUnitsFrom(message.quota_per_period(), business_.currency,
                             FieldPath(path, "quota_per_period"), errors_);
    }
    hire.lead_time_mean_weeks = message.lead_time_mean_weeks();
    CheckRange(hire.lead_time_mean_weeks, 0, kMaxWeeks, FieldPath(path, "lead_time_mean_weeks"),
               errors_);
    hire.quality =
        EffectFrom(message.has_quality(), message.quality(), FieldPath(path, "quality"), errors_);
    // Quotas are the same in every draw, so the lead time counts with its mean.
    const absl::CivilDay first =
        hire.start + (errors_.empty() ? std::llround(7 * hire.lead_time_mean_weeks) : 0);
    for (const FiscalPeriod& period : business_.state.periods) {
      hire.quota_minor_units.push_back(first <= period.start ? quota : std::nullopt);
    }
    return hire;
  }

  const Business& business_;
  const std::string path_;
  FieldErrors errors_;
  std::unordered_set<std::string> initiative_ids_;
  std::unordered_set<std::string> hire_ids_;
};

}  // namespace

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
