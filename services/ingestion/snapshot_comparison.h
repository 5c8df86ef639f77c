// Compares the rows of a full export with what the log holds of their source, so that repeated
// exports of a table become a history.
#ifndef QUOTACAST_SERVICES_INGESTION_SNAPSHOT_COMPARISON_H_
#define QUOTACAST_SERVICES_INGESTION_SNAPSHOT_COMPARISON_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/event_appender.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/log_state.h"

namespace quotacast::ingestion {

// A deal's row, read.
struct DealRow {
  crm::v1::OpportunityChange header;  // All fields but stage and, of a closed deal, the amount.
  const StageDefinition* open_stage = nullptr;  // What it was in since `opened`.
  const StageDefinition* stage = nullptr;
  std::optional<absl::CivilDay> opened;
  std::optional<absl::CivilDay> closed;  // Of closed deals.
  crm::v1::OpportunityChange closing;    // What the closing says; of closed deals.
};

// Not thread-safe; the arguments outlive it.
class SnapshotComparison {
 public:
  // `day` is the day that the export shows the business on.
  SnapshotComparison(const LogState& state, absl::CivilDay day, EventAppender& appender);

  // A row of a record that is no deal. `facts` are what the row says on its own; `full` is all of
  // it as one change. The first time a record is seen `facts` are appended - from the export's day
  // on where they have always been so and the source has been compared before. Later, of `facts`
  // those with a time of their own are appended, and of `full` what differs from the log, as
  // version "DAY". Of the same day's export again the last one counts.
  absl::Status TakeRecord(std::string_view kind, const std::string& source_key,
                          const std::vector<Fact>& facts, const crm::v1::CrmEvent& full);

  // A row of a deal. `facts` are what the row says on its own and are appended the first time.
  // Later a changed open stage is entered on the export's day, a closing on its own day, and other
  // changes are version "DAY"; a moved opening or closing takes the earlier one back.
  absl::Status TakeDeal(const std::string& source_key, const std::vector<Fact>& facts,
                        const DealRow& row);

  // A row that was read and then left out because of an error: it is not missing.
  void Keep(const std::string& source_key) { seen_.insert(source_key); }

  // After all rows of a full export: deletes the known records of the kind that had no row. When
  // they are more than half of those known, nothing is deleted and their count is returned.
  absl::StatusOr<int64_t> DeleteMissing(std::string_view kind, crm::v1::EntityKind entity);

  int64_t deleted_count() const { return deleted_count_; }

 private:
  // "DAY" with what differs between `wanted` and the log, nullopt when nothing does.
  std::optional<Fact> DayFact(const RecordState& before, const RecordState& now,
                              const crm::v1::CrmEvent& wanted) const;
  bool IsFirstExport(std::string_view kind) const;
  std::string DayVersion() const;
  absl::Status Restore(const std::string& source_key, crm::v1::EntityKind entity,
                       std::vector<Fact>& facts) const;

  const LogState& state_;
  const absl::CivilDay day_;
  EventAppender& appender_;
  std::set<std::string> seen_;
  mutable std::map<std::string, bool, std::less<>> is_first_export_;  // By kind.
  int64_t deleted_count_ = 0;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SNAPSHOT_COMPARISON_H_
