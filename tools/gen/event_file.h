// A file of events: serialised ingestion.v1.NewEvent messages, each after its length as a varint
// (what protobuf calls delimited), in the order of time.
#ifndef QUOTACAST_TOOLS_GEN_EVENT_FILE_H_
#define QUOTACAST_TOOLS_GEN_EVENT_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tools/gen/options.h"

namespace quotacast::gen {

// Writes all events of the company to `path`, replacing it; returns how many. INVALID_ARGUMENT as
// MakeCompany; UNAVAILABLE names a file that could not be written.
absl::StatusOr<int64_t> WriteEventFile(const CompanyOptions& options, const std::string& path);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_EVENT_FILE_H_
