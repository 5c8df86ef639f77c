// Parts that several changes of a scenario are made of: texts, effects, people, segments. Every
// refusal is an entry in `errors` with the field's path and the value.
#ifndef QUOTACAST_SERVICES_SIMULATION_SCENARIO_FIELDS_H_
#define QUOTACAST_SERVICES_SIMULATION_SCENARIO_FIELDS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/type/date.pb.h"
#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/field_values.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {

// Named limits; one more is refused.
inline constexpr int kMaxTextBytes = 4'096;  // Ids, names and evidence.
inline constexpr int kMaxAudienceEntries = 5'000;
inline constexpr double kMaxEffectMean = 3;  // On the link scale; beyond it tables end.
inline constexpr double kMaxEffectSd = 2;
inline constexpr double kMaxWeeks = 520;
inline constexpr double kMaxAttritionPerYear = 20;

std::string FieldPath(std::string_view parent, std::string_view field);
std::string ItemPath(std::string_view list, int position);

// Whether a list has no more than `max` entries.
bool Fits(int count, int max, const std::string& path, FieldErrors& errors);

void CheckText(const std::string& text, std::string_view path, FieldErrors& errors);

simulator::Effect EffectFrom(const v1::UncertainEffect& message, const std::string& path,
                             FieldErrors& errors);
// Nothing when absent.
std::optional<simulator::Effect> EffectFrom(bool present, const v1::UncertainEffect& message,
                                            const std::string& path, FieldErrors& errors);
// kDefaultInheritedWin when absent.
simulator::Effect InheritedWinFrom(bool present, const v1::UncertainEffect& message,
                                   const std::string& path, FieldErrors& errors);

// A day that must be there; `want` says what it is ("the last day in the job").
std::optional<absl::CivilDay> RequiredDayFrom(bool present, const google::type::Date& date,
                                              std::string_view want, const std::string& path,
                                              FieldErrors& errors);

std::vector<std::string> RepIds(const Business& business);
std::vector<std::string> TeamIds(const Business& business);

// A rep's position; names the nearest when there is none of that id.
std::optional<int> RepFrom(const std::string& id, const std::string& path, const Business& business,
                           FieldErrors& errors);
// A rep who has not left by the end of the as-of day.
std::optional<int> PresentRepFrom(const std::string& id, const std::string& path,
                                  const Business& business, FieldErrors& errors);

// A position in `names`; `noun` and `plural` as for UnknownName.
std::optional<int> PositionFrom(const std::string& name, const std::vector<std::string>& names,
                                std::string_view noun, std::string_view plural,
                                const std::string& path, FieldErrors& errors);

// Positions of the model's segments, ascending. Unknown and repeated ones are refused.
std::vector<int> SegmentsFrom(const google::protobuf::RepeatedPtrField<std::string>& ids,
                              const std::string& path, const Business& business,
                              FieldErrors& errors);

// Who takes part: reps ascending, and hires when the audience is everybody.
struct Participants {
  std::vector<int> reps;
  bool covers_hires = false;
};
Participants ParticipantsFrom(const v1::Audience& audience, const std::string& path,
                              const Business& business, FieldErrors& errors);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_SCENARIO_FIELDS_H_
