// The rules of the register of initiatives: what an entry must say, and that nobody takes part in
// more than two at a time. Beyond two the work does not get done; whoever wants more has to say
// why, and who answers for it.
#ifndef QUOTACAST_SERVICES_PLANNING_INITIATIVE_RULES_H_
#define QUOTACAST_SERVICES_PLANNING_INITIATIVE_RULES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "quotacast/planning/v1/initiative.pb.h"
#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/planning/field_values.h"
#include "services/planning/plan_book.h"

namespace quotacast::planning {

// Initiatives a rep may take part in on one day.
inline constexpr int kMaxInitiativesPerRep = 2;

// Named limits of an effect, on its link scale, and of adoption; beyond them the engine refuses.
inline constexpr double kMaxEffectMean = 3;
inline constexpr double kMaxEffectSd = 2;
inline constexpr double kMaxWeeks = 520;
inline constexpr double kHoursPerWeek = 40;
inline constexpr int kMaxWaves = 100;

// Means and sd within the limits; nothing when absent.
void CheckEffect(bool present, const simulation::v1::UncertainEffect& effect,
                 const std::string& path, FieldErrors& errors);

// Refuses a day before the start it belongs to.
void CheckNotBefore(absl::CivilDay day, absl::CivilDay start, const std::string& path,
                    FieldErrors& errors);

// None empty, each once; `want` says what they name ("a segment").
void CheckNames(const google::protobuf::RepeatedPtrField<std::string>& names, std::string_view want,
                const std::string& path, FieldErrors& errors);

// Checks effect (at least one driver; finite; sd >= 0), dates (nothing before the start), adoption,
// hours, headrooms, cost and texts. The audience is resolved by roster.h, the id is checked by its
// owner; waves, stages and segments are resolved by the simulation.
void CheckChange(const simulation::v1::InitiativeChange& change, std::string_view path,
                 FieldErrors& errors);

// The days on which an initiative runs: [start, end), end absent for ever. Empty when it was
// stopped before it began.
struct Run {
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;
  bool Covers(absl::CivilDay day) const { return day >= start && (!end.has_value() || day < *end); }
};
Run RunOf(const v1::Initiative& initiative);

// A rep who would have too many initiatives on a day.
struct LimitExcess {
  std::string rep_id;
  absl::CivilDay day;                       // The first such day of this rep.
  std::vector<std::string> initiative_ids;  // Those already there, in order of creation.
};

// One entry per rep of `candidate.rep_ids()`, in that order, whom it would push beyond the limit.
std::vector<LimitExcess> ExcessOf(const v1::Initiative& candidate,
                                  const Collection<v1::Initiative>& initiatives);

// FAILED_PRECONDITION (INITIATIVE_LIMIT), naming rep, day and initiatives. `excess` is not empty.
absl::Status LimitError(std::string_view candidate_id, const std::vector<LimitExcess>& excess);

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_INITIATIVE_RULES_H_
