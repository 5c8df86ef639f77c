// The generator's company as a log that was kept while it happened.
#ifndef QUOTACAST_TESTS_INTEGRATION_GENERATED_LOG_H_
#define QUOTACAST_TESTS_INTEGRATION_GENERATED_LOG_H_

#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/gen/options.h"

namespace quotacast {

// Every event recorded at the start of the day it happened on; what has always been so, on the
// first day of the company. In the order of the generator, without offsets. INVALID_ARGUMENT as
// the generator.
absl::StatusOr<std::vector<ingestion::v1::EventRecord>> GeneratedLog(
    const gen::CompanyOptions& options);

// Orders records by recorded time, those of one time as they stand, and gives them their offsets.
void PutInOrder(std::vector<ingestion::v1::EventRecord>& log);

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_GENERATED_LOG_H_
