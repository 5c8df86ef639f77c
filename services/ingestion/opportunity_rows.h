// Turns rows about deals into events: snapshots (one row per deal with its present stage and
// dates) and headers with stage history (one row per stage a deal entered).
#ifndef QUOTACAST_SERVICES_INGESTION_OPPORTUNITY_ROWS_H_
#define QUOTACAST_SERVICES_INGESTION_OPPORTUNITY_ROWS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/event_appender.h"
#include "services/ingestion/field_setter.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"
#include "services/ingestion/reference_data.h"
#include "services/ingestion/row_values.h"
#include "services/ingestion/snapshot_comparison.h"

namespace quotacast::ingestion {

// How a snapshot row becomes events: a deal in an open stage entered it on its opened_date, or on
// no known day in a stage the source does not date; a closed deal entered the rule's open_stage on
// its opened_date and its closing stage, with the amount, on its closed_date.
//
// Not thread-safe; all arguments outlive it. Memory: ids and values of all rows, to tell
// duplicates.
class SnapshotRows {
 public:
  // `comparison` is null when no rule compares with the log.
  SnapshotRows(const ImportProfile& profile, RowRules& rules, ReferenceData& reference,
               ImportReport& report, EventAppender& appender, SnapshotComparison* comparison);

  // Checks one row and appends its events. Errors are those of the log; a bad row is reported.
  absl::Status TakeRow(const FileRule& rule, const MappedRow& row);

 private:
  const ImportProfile& profile_;
  RowRules& rules_;
  ReferenceData& reference_;
  ImportReport& report_;
  EventAppender& appender_;
  SnapshotComparison* const comparison_;
  DuplicateRows duplicates_;
};

// How headers and history become events: each history row is an event at its time; the first of a
// deal creates it and carries the header's fields. Rows of a deal may come in any order.
//
// Not thread-safe; all arguments outlive it. Memory: all rows, until AppendTaken.
class HistoryRows {
 public:
  HistoryRows(const ImportProfile& profile, RowRules& rules, ReferenceData& reference,
              ImportReport& report, EventAppender& appender);

  // All headers are taken before the first history row.
  void TakeHeader(const FileRule& rule, const MappedRow& row);
  void TakeHistory(const FileRule& rule, const MappedRow& row);

  // Appends all deals in the order of their first row. A header without history
  // (NO_STAGE_HISTORY) and history of a deal that neither the files nor the log know
  // (UNKNOWN_OPPORTUNITY) are reported. History of a deal whose header was not accepted, but which
  // the log knows, leaves the header's fields as the log has them.
  absl::Status AppendTaken(const eventlog::EventLog& log, const std::string& workspace);

 private:
  struct Change {
    RowPlace place;
    ChangedAt at;
    const StageDefinition* stage = nullptr;
    crm::v1::OpportunityChange event;  // What else the row says.
    std::string fingerprint;
  };
  struct Deal {
    std::optional<crm::v1::OpportunityChange> header;
    RowPlace header_place;
    std::string id_column;  // Of the history file.
    std::vector<Change> changes;
  };

  bool IsHeader(crm::v1::OpportunityChange change) const;
  absl::Status KeepKnownHeader(const std::vector<eventlog::StoredEvent>& known,
                               std::vector<Fact>& facts) const;
  std::vector<Fact> Facts(const std::string& opportunity_id, Deal& deal);
  bool IsRepeat(const std::vector<Change>& kept, const Change& change, int& entry);
  Deal& DealOf(const std::string& opportunity_id);

  const ImportProfile& profile_;
  RowRules& rules_;
  ReferenceData& reference_;
  ImportReport& report_;
  EventAppender& appender_;
  DuplicateRows headers_;
  std::unordered_map<std::string, size_t> deal_index_;
  std::vector<std::string> deal_ids_;  // In the order of their first row.
  std::vector<Deal> deals_;            // Parallel to deal_ids_.
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_OPPORTUNITY_ROWS_H_
