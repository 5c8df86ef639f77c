// Writes a company as a CRM would export it: the folder that the import profile `crm_history`
// reads, and beside it the truth, which no import reads. README.md lists files and columns.
#ifndef QUOTACAST_TOOLS_GEN_CRM_EXPORT_H_
#define QUOTACAST_TOOLS_GEN_CRM_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "tools/gen/company.h"
#include "tools/gen/history.h"

namespace quotacast::gen {

struct ExportOptions {
  // All entities, with the canonical field names as header names. Otherwise only teams, reps,
  // products, accounts, opportunities, their stage history and street quotas.
  bool is_full = false;
};

// Writes the CSV files and truth.json into `folder`, which is created; existing files are replaced.
// Only what had happened by the last day is in the CSV files. Row by row: memory does not grow with
// the history. UNAVAILABLE names the file that could not be written.
absl::Status WriteCrmExport(const Company& company, const Ledger& ledger,
                            const ExportOptions& options, const std::string& folder);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_CRM_EXPORT_H_
