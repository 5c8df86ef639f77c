// Initiatives that ran, as the wire tells them, and what was measured of them.
#ifndef QUOTACAST_SERVICES_METRICS_INITIATIVE_RUNS_H_
#define QUOTACAST_SERVICES_METRICS_INITIATIVE_RUNS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/type/v1/measurement.pb.h"
#include "simulator/fit/history.h"
#include "simulator/fit/initiative_effects.h"

namespace quotacast::metrics {

// INVALID_ARGUMENT (INVALID_FIELD) by path ("runs[0].participants[2].rep_id"): no driver, unknown
// reps, segments or stages, days that are none, a start after the as-of day, an end before a start.
// Numbers are checked by simulator::MeasureInitiatives.
absl::StatusOr<std::vector<simulator::InitiativeRun>> RunsFrom(
    const google::protobuf::RepeatedPtrField<metrics::v1::InitiativeRun>& messages,
    const simulator::History& history);

type::v1::InitiativeMeasurement ToProtoMeasurement(
    const metrics::v1::InitiativeRun& run, const simulator::InitiativeMeasurement& measurement);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_INITIATIVE_RUNS_H_
