// Writes a company as a CRM would export it: the folder that the import profile `crm_history`
// reads, a quotas file, and beside them the truth, which no import reads.
#ifndef QUOTACAST_TOOLS_GEN_CRM_EXPORT_H_
#define QUOTACAST_TOOLS_GEN_CRM_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "tools/gen/company.h"

namespace quotacast::gen {

// Writes teams.csv, reps.csv, products.csv, accounts.csv, opportunities.csv, stage_history.csv,
// quotas.csv and truth.json into `folder`, which is created; existing files are replaced. Only
// what had happened by the last day is in the CSV files. UNAVAILABLE names the file that could
// not be written.
absl::Status WriteCrmExport(const Company& company, const std::string& folder);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_CRM_EXPORT_H_
