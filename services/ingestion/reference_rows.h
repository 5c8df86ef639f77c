// Turns rows about teams, reps, products, accounts and quotas into events.
#ifndef QUOTACAST_SERVICES_INGESTION_REFERENCE_ROWS_H_
#define QUOTACAST_SERVICES_INGESTION_REFERENCE_ROWS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/event_appender.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"
#include "services/ingestion/reference_data.h"
#include "services/ingestion/row_values.h"

namespace quotacast::ingestion {

// Not thread-safe; all arguments outlive it. Rows are taken entity by entity in the order of
// kEntities, so that what a row refers to is already in `reference`.
class ReferenceRows {
 public:
  ReferenceRows(const ImportProfile& profile, RowRules& rules, ReferenceData& reference,
                ImportReport& report, EventAppender& appender);

  // The profile's calendar and stages.
  absl::Status AppendDefinitions();

  // Checks one row and keeps its event. `rule.entity` is neither kind of opportunity nor a stage
  // history.
  void TakeRow(const FileRule& rule, const MappedRow& row);

  // Appends what was taken since the last call. After the rows of all team files: teams may name
  // each other in any order, so unknown parents (UNKNOWN_TEAM, a warning) and teams that are their
  // own ancestors (TEAM_CYCLE, an error) are found here.
  absl::Status AppendTaken();

 private:
  struct Taken {
    std::string source_key;
    crm::v1::CrmEvent event;
    RowPlace place;
    std::string parent_column;  // Teams: the column that names the parent.
  };

  void FillTeam(RowValues& values, crm::v1::CrmEvent& event) const;
  void FillRep(RowValues& values, crm::v1::CrmEvent& event) const;
  void FillProduct(RowValues& values, crm::v1::CrmEvent& event) const;
  void FillAccount(RowValues& values, crm::v1::CrmEvent& event) const;
  void FillQuota(RowValues& values, crm::v1::CrmEvent& event) const;
  bool TeamIsSound(const Taken& taken, std::map<std::string, std::string>& parents);

  const ImportProfile& profile_;
  RowRules& rules_;
  ReferenceData& reference_;
  ImportReport& report_;
  EventAppender& appender_;
  DuplicateRows duplicates_;
  std::vector<Taken> taken_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_REFERENCE_ROWS_H_
