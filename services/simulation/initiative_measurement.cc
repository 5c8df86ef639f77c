#include "services/simulation/initiative_measurement.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"

namespace quotacast::simulation {
namespace {

void SetDate(absl::CivilDay day, google::type::Date& date) {
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
}

// A rep of several waves starts with the first; who is in none with the initiative.
absl::CivilDay StartOf(const simulator::Initiative& initiative, int rep) {
  std::optional<absl::CivilDay> start;
  for (const simulator::Wave& wave : initiative.waves) {
    if (!std::binary_search(wave.reps.begin(), wave.reps.end(), rep)) continue;
    if (!start.has_value() || wave.start < *start) start = wave.start;
  }
  return start.value_or(initiative.start);
}

double HeadroomOf(const simulator::Initiative& initiative, int rep) {
  for (const simulator::RepHeadroom& headroom : initiative.headrooms) {
    if (headroom.rep == rep) return headroom.share;
  }
  return 1;
}

// All but the effect.
metrics::v1::InitiativeRun RunOf(const simulator::Initiative& initiative,
                                 const Business& business) {
  metrics::v1::InitiativeRun run;
  run.set_initiative_id(initiative.key);
  for (const int rep : initiative.reps) {
    absl::CivilDay start = StartOf(initiative, rep);
    const simulator::RepState& state = business.state.reps[static_cast<size_t>(rep)];
    // Who came later takes part from the first day on.
    if (state.start_date.has_value()) start = std::max(start, *state.start_date);
    if (start > business.state.as_of) continue;
    metrics::v1::RunParticipant& participant = *run.add_participants();
    participant.set_rep_id(state.key);
    SetDate(start, *participant.mutable_start_date());
    participant.set_headroom(HeadroomOf(initiative, rep));
  }
  if (initiative.end.has_value() && *initiative.end <= business.state.as_of) {
    SetDate(*initiative.end, *run.mutable_end_date());
  }
  for (const int segment : initiative.segments) {
    run.add_segment_ids(business.model.segments[static_cast<size_t>(segment)]);
  }
  run.set_adoption_ceiling(initiative.adoption.ceiling);
  run.set_adoption_half_time_weeks(initiative.adoption.t50_weeks);
  run.set_adoption_width_weeks(initiative.adoption.width_weeks);
  return run;
}

}  // namespace

MeasurementQuestion QuestionFrom(const simulator::Scenario& scenario, const Business& business) {
  MeasurementQuestion question;
  for (const simulator::Initiative& initiative : scenario.initiatives) {
    const metrics::v1::InitiativeRun run = RunOf(initiative, business);
    if (run.participants_size() == 0) {
      question.notes.push_back(absl::StrCat("`", initiative.key, "`: nobody had begun by ",
                                            FormatIsoDate(business.state.as_of),
                                            ", so no history tells of it"));
      continue;
    }
    const auto ask = [&](type::v1::InitiativeDriver driver, const simulator::Effect& stated,
                         int stage) {
      metrics::v1::InitiativeRun& of_effect = question.runs.emplace_back(run);
      of_effect.set_driver(driver);
      of_effect.mutable_stated()->set_mean(stated.mean);
      of_effect.mutable_stated()->set_sd(stated.sd);
      if (stage >= 0) of_effect.add_stage_ids(business.model.stages[static_cast<size_t>(stage)]);
    };
    if (initiative.win.has_value()) ask(type::v1::INITIATIVE_DRIVER_WIN, *initiative.win, -1);
    for (const simulator::StageEffect& effect : initiative.stage_wins) {
      ask(type::v1::INITIATIVE_DRIVER_WIN, effect.win, effect.stage);
    }
    if (initiative.creation.has_value()) {
      ask(type::v1::INITIATIVE_DRIVER_CREATION, *initiative.creation, -1);
    }
    if (initiative.cycle.has_value() || initiative.size.has_value() ||
        initiative.ramp.has_value() || initiative.attrition.has_value() ||
        initiative.lead_volume.has_value() || initiative.lead_work.has_value() ||
        initiative.lead_response.has_value() || initiative.churn.has_value() ||
        initiative.selling_time.has_value()) {
      question.notes.push_back(
          absl::StrCat("`", initiative.key,
                       "`: only effects on winning and on creation are measured; the others stay "
                       "as stated"));
    }
    if (initiative.fade_half_life_weeks.has_value() ||
        (initiative.reviews_lapse.has_value() &&
         *initiative.reviews_lapse <= business.state.as_of)) {
      question.notes.push_back(absl::StrCat(
          "`", initiative.key, "`: measured as if what was adopted had not faded since"));
    }
  }
  return question;
}

}  // namespace quotacast::simulation
