// The company's history as a stream of events in the order of time, for benchmarks and for writers
// that append. It is the company that WriteCrmExport writes, up to the last day of the export.
//
//   CompanyOptions options;
//   options.rep_count = SeatsForEvents(1'000'000, options);
//   QC_ASSIGN_OR_RETURN(const int64_t count, ForEachEvent(options, [&](const NewEvent& event) {
//     ...
//     return true;  // false stops
//   }));
#ifndef QUOTACAST_TOOLS_GEN_EVENT_STREAM_H_
#define QUOTACAST_TOOLS_GEN_EVENT_STREAM_H_

#include <cstdint>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/gen/company.h"
#include "tools/gen/options.h"

namespace quotacast::gen {

// Calls `take` with every event in the order of effective time until it returns false; returns how
// many it was called with. The pair (source key, version) of an event is unique. Memory is in
// proportion to the seats, not to the years: the events that wait are those of deals under way.
// INVALID_ARGUMENT as MakeCompany. Same options, same events in the same order.
absl::StatusOr<int64_t> ForEachEvent(const CompanyOptions& options,
                                     absl::FunctionRef<bool(const ingestion::v1::NewEvent&)> take);

// The same with the serialised ingestion.v1.NewEvent, which saves parsing it.
absl::StatusOr<int64_t> ForEachSerializedEvent(const CompanyOptions& options,
                                               absl::FunctionRef<bool(std::string_view)> take);

// Seats with which the stream of `options` (its rep_count aside) has at least `event_count` events,
// and not many more; at most kMaxReps.
int SeatsForEvents(int64_t event_count, const CompanyOptions& options);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_EVENT_STREAM_H_
