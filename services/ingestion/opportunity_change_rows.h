// Turns rows about single changes of deals into events: a moved close date, a new owner, a revised
// amount, shared credit.
#ifndef QUOTACAST_SERVICES_INGESTION_OPPORTUNITY_CHANGE_ROWS_H_
#define QUOTACAST_SERVICES_INGESTION_OPPORTUNITY_CHANGE_ROWS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/event_appender.h"
#include "services/ingestion/field_setter.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"
#include "services/ingestion/reference_data.h"
#include "services/ingestion/row_values.h"

namespace quotacast::ingestion {

// Each change row is an event "FIELD@DAY"; all split rows of a deal and a day are one event
// "splits@DAY", "splits@undated" where the source does not date them. Deals are already in
// `reference`.
//
// Not thread-safe; all arguments outlive it. Memory: all rows, until AppendTaken.
class OpportunityChangeRows {
 public:
  OpportunityChangeRows(const ImportProfile& profile, RowRules& rules,
                        const ReferenceData& reference, ImportReport& report,
                        EventAppender& appender);

  void TakeChange(const FileRule& rule, const MappedRow& row);
  void TakeSplit(const FileRule& rule, const MappedRow& row);

  // Appends all changes, deal by deal in the order of their first row. Splits whose revenue shares
  // do not add up to the whole are left out (SPLIT_SUM).
  absl::Status AppendTaken();

 private:
  struct Split {
    RowPlace place;
    crm::v1::OpportunitySplit split;
  };
  struct SplitGroup {
    std::string opportunity_id;
    std::string when;
    std::optional<absl::Time> time;
    std::vector<Split> splits;
  };

  std::vector<Fact>& FactsOf(const std::string& opportunity_id);
  void CloseGroup(const SplitGroup& group);

  const ImportProfile& profile_;
  RowRules& rules_;
  const ReferenceData& reference_;
  ImportReport& report_;
  EventAppender& appender_;
  DuplicateRows duplicates_;
  std::map<std::string, size_t> deal_index_;
  std::vector<std::pair<std::string, std::vector<Fact>>> deals_;  // In the order of first rows.
  std::map<std::string, int> entries_;  // Of a version of a deal: how often it came.
  std::map<std::pair<std::string, std::string>, size_t> group_index_;
  std::vector<SplitGroup> groups_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_OPPORTUNITY_CHANGE_ROWS_H_
