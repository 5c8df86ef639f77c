// truth.json: the parameters of the process, the factors that were drawn, who is who, and what
// really happened in every quarter up to two after the export's last.
#ifndef QUOTACAST_TOOLS_GEN_TRUTH_H_
#define QUOTACAST_TOOLS_GEN_TRUTH_H_

#include <string>

#include "absl/status/status.h"
#include "tools/gen/company.h"
#include "tools/gen/history.h"

namespace quotacast::gen {

// The file's text.
std::string TruthJson(const Company& company, const Ledger& ledger);

// Writes truth.json into `folder`, which exists. UNAVAILABLE names the file.
absl::Status WriteTruth(const Company& company, const Ledger& ledger, const std::string& folder);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_TRUTH_H_
