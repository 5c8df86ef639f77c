// Who sells, for planning: reps and teams of a pipeline state's header.
#ifndef QUOTACAST_SERVICES_PLANNING_ROSTER_H_
#define QUOTACAST_SERVICES_PLANNING_ROSTER_H_

#include <string>
#include <string_view>
#include <vector>

#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/planning/field_values.h"

namespace quotacast::planning {

// Named limit of an audience: reps and teams together.
inline constexpr int kMaxAudienceEntries = 5'000;

// The reps who take part: those named and those of the teams named or of teams below them; with an
// empty audience everybody. Sorted by id, each once. People or teams that do not exist, and teams
// nobody belongs to, are entries in `errors` under `path`.
std::vector<std::string> ResolveAudience(const simulation::v1::Audience& audience,
                                         const metrics::v1::PipelineStateHeader& header,
                                         std::string_view path, FieldErrors& errors);

bool HasRep(const metrics::v1::PipelineStateHeader& header, std::string_view rep_id);
bool HasTeam(const metrics::v1::PipelineStateHeader& header, std::string_view team_id);

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_ROSTER_H_
