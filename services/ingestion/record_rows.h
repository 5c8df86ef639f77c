// Turns rows that each describe one record into events: teams, reps, products, accounts, leads,
// activities, quotas ... - everything but deals. The tables of entity_fields.h say how.
#ifndef QUOTACAST_SERVICES_INGESTION_RECORD_ROWS_H_
#define QUOTACAST_SERVICES_INGESTION_RECORD_ROWS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/entity_fields.h"
#include "services/ingestion/event_appender.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"
#include "services/ingestion/reference_data.h"
#include "services/ingestion/row_values.h"
#include "services/ingestion/snapshot_comparison.h"

namespace quotacast::ingestion {

// Not thread-safe; all arguments outlive it. Rows are taken entity by entity in the order of
// kEntities, so that what a row refers to is already in `reference`.
class RecordRows {
 public:
  // `comparison` is null when no rule compares with the log.
  RecordRows(const ImportProfile& profile, RowRules& rules, ReferenceData& reference,
             ImportReport& report, EventAppender& appender, SnapshotComparison* comparison);

  // The profile's calendar, pipelines and stages.
  absl::Status AppendDefinitions();

  // Checks one row and keeps its events. `rule.entity` is none of those that describe deals.
  void TakeRow(const FileRule& rule, const MappedRow& row);

  // Appends what was taken since the last call. After the rows of all files of an entity: they may
  // name each other in any order, so references to the same kind (UNKNOWN_TEAM, UNKNOWN_TERRITORY,
  // UNKNOWN_ACCOUNT, UNKNOWN_REP, all warnings) and teams that are their own ancestors (TEAM_CYCLE,
  // an error) are found here.
  absl::Status AppendTaken();

 private:
  // A value that names another record of the row's own kind.
  struct SameKindReference {
    std::string column;
    std::string value;
  };
  struct Taken {
    Entity entity = Entity::kTeam;
    std::string source_key;
    std::vector<Fact> facts;
    RowPlace place;
    std::vector<SameKindReference> references;
    bool is_compared = false;
    crm::v1::CrmEvent full;  // Of compared rows: all that the row says.
  };

  void FillPeriod(RowValues& values, std::string& period) const;
  void FillQuota(RowValues& values, Taken& taken) const;
  void FillRecord(const FileRule& rule, RowValues& values, Taken& taken) const;
  void FillMoments(const FileRule& rule, RowValues& values, const crm::v1::CrmEvent& event,
                   Taken& taken) const;
  void FillDeletion(RowValues& values, Taken& taken) const;
  void FillMerge(RowValues& values, Taken& taken) const;
  absl::Status Append(const Taken& taken);
  bool TeamIsSound(const Taken& taken, std::map<std::string, std::string>& parents);
  void CheckSameKind(const Taken& taken);

  const ImportProfile& profile_;
  RowRules& rules_;
  ReferenceData& reference_;
  ImportReport& report_;
  EventAppender& appender_;
  SnapshotComparison* const comparison_;
  DuplicateRows duplicates_;
  std::vector<Taken> taken_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_RECORD_ROWS_H_
