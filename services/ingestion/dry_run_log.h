// An event log that answers as the real one would and writes nothing: what a dry run appends to.
#ifndef QUOTACAST_SERVICES_INGESTION_DRY_RUN_LOG_H_
#define QUOTACAST_SERVICES_INGESTION_DRY_RUN_LOG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

// A view of one workspace: the log as it was when the view was made, and over it what was appended
// to the view. Appends, and reads after them, answer as the log itself would have; only recorded
// times differ, all of them being `now`. Other workspaces are seen as the log has them and refused
// on writing.
//
// Methods as EventLog; restoring, rewriting and deleting conflicts are UNIMPLEMENTED, for nothing
// that can be tried out does so. Not thread-safe. `log` outlives the view. Memory: what was
// appended.
class DryRunLog final : public eventlog::EventLog {
 public:
  // Errors as LastOffset.
  static absl::StatusOr<DryRunLog> Create(const eventlog::EventLog& log, std::string workspace,
                                          absl::Time now);

  absl::StatusOr<std::vector<eventlog::AppendResult>> Append(
      std::string_view workspace, absl::Span<const eventlog::Event> events,
      absl::Span<const eventlog::RecordWrite> records = {}) override;
  absl::StatusOr<std::vector<eventlog::StoredEvent>> Read(std::string_view workspace,
                                                          int64_t after_offset,
                                                          size_t max_events) const override;
  absl::StatusOr<std::vector<eventlog::StoredEvent>> ReadKey(
      std::string_view workspace, std::string_view source,
      std::string_view source_key) const override;
  absl::StatusOr<int64_t> LastOffset(std::string_view workspace) const override;
  absl::StatusOr<int64_t> WaitForAppend(std::string_view workspace, int64_t after_offset,
                                        absl::Duration timeout) const override;
  absl::StatusOr<std::vector<std::string>> Workspaces() const override;
  absl::StatusOr<std::vector<eventlog::Conflict>> ListConflicts(
      std::string_view workspace, int64_t after_number, size_t max_conflicts) const override;
  absl::StatusOr<int64_t> DeleteConflicts(std::string_view workspace,
                                          absl::Span<const int64_t> numbers) override;
  absl::StatusOr<std::optional<eventlog::Record>> GetRecord(std::string_view workspace,
                                                            std::string_view kind,
                                                            std::string_view key) const override;
  absl::StatusOr<std::vector<eventlog::Record>> ListRecords(std::string_view workspace,
                                                            std::string_view kind,
                                                            std::string_view after_key,
                                                            size_t max_records) const override;
  absl::StatusOr<int64_t> CountRecords(std::string_view workspace,
                                       std::string_view kind) const override;
  absl::StatusOr<int64_t> DeleteRecordsBefore(std::string_view workspace, std::string_view kind,
                                              absl::Time recorded_before) override;
  absl::Status Restore(std::string_view workspace,
                       absl::Span<const eventlog::StoredEvent> events) override;
  absl::Status Rewrite(std::string_view workspace,
                       absl::Span<const eventlog::EventRewrite> rewrites) override;
  absl::StatusOr<eventlog::VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                                size_t max_events) const override;
  absl::StatusOr<eventlog::LogStats> Stats(std::string_view workspace) const override;
  std::string_view StoreName() const override { return log_.StoreName(); }

 private:
  // Source, source key, version.
  using Id = std::tuple<std::string, std::string, std::string>;
  // Kind, key.
  using RecordId = std::pair<std::string, std::string>;

  DryRunLog(const eventlog::EventLog& log, std::string workspace, absl::Time now,
            int64_t base_offset)
      : log_(log), workspace_(std::move(workspace)), now_(now), base_offset_(base_offset) {}

  // The event that the log or the view holds under the id of `event`, if any.
  absl::StatusOr<std::optional<eventlog::StoredEvent>> Find(const eventlog::Event& event) const;

  const eventlog::EventLog& log_;
  const std::string workspace_;
  const absl::Time now_;
  const int64_t base_offset_;                  // Last offset of the log that the view shows.
  std::vector<eventlog::StoredEvent> events_;  // events_[i] has offset base_offset_ + i + 1.
  std::map<Id, size_t> index_of_id_;
  std::map<std::pair<std::string, std::string>, std::vector<size_t>> indexes_of_key_;
  std::map<RecordId, std::optional<eventlog::Record>> records_;  // nullopt: deleted.
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_DRY_RUN_LOG_H_
