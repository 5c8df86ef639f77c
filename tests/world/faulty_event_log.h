// One process's view of a store that fails: errors before and after the effect, time that passes,
// and points at which the process dies. What the store took stays; what the process knew is gone.
#ifndef QUOTACAST_TESTS_WORLD_FAULTY_EVENT_LOG_H_
#define QUOTACAST_TESTS_WORLD_FAULTY_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/fake_clock.h"
#include "services/eventlog/event_log.h"
#include "tests/world/planted_bug.h"

namespace quotacast::tests {

enum class StoreOperation { kRead, kWrite };

enum class StoreFault {
  kNone,
  kErrorBefore,  // UNAVAILABLE, and nothing happened.
  kErrorAfter,   // UNAVAILABLE, and all of it happened: the caller cannot know.
  kCrashBefore,  // The process dies, and nothing happened.
  kCrashAfter,   // The process dies, and all of it happened.
};

// What happens to one operation.
struct StorePlan {
  StoreFault fault = StoreFault::kNone;
  absl::Duration latency;  // Passes on the clock before the operation.
};

// Not thread-safe. `store` and `clock` outlive it. One object per incarnation of the process: after
// a crash every call fails without effect, and the next incarnation gets a new object over the same
// store.
class FaultyEventLog final : public eventlog::EventLog {
 public:
  // Asked before each operation; it may run other parts of the world, also ones that use this log.
  using Planner = std::function<StorePlan(StoreOperation)>;

  FaultyEventLog(eventlog::EventLog& store, FakeClock& clock, Planner planner,
                 PlantedBug bug = PlantedBug::kNone);

  // The process dies now.
  void Crash();
  bool crashed() const { return crashed_; }

  absl::StatusOr<std::vector<eventlog::AppendResult>> Append(
      std::string_view workspace, absl::Span<const eventlog::Event> events,
      absl::Span<const eventlog::RecordWrite> records) override;
  absl::StatusOr<std::vector<eventlog::StoredEvent>> Read(std::string_view workspace,
                                                          int64_t after_offset,
                                                          size_t max_events) const override;
  absl::StatusOr<std::vector<eventlog::StoredEvent>> ReadKey(
      std::string_view workspace, std::string_view source,
      std::string_view source_key) const override;
  absl::StatusOr<int64_t> LastOffset(std::string_view workspace) const override;
  // Does not block: the timeout passes on the clock, and the planner may let others append.
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
  std::string_view StoreName() const override { return store_.StoreName(); }

 private:
  // Runs `call` as planned. `call` returns a Status or a StatusOr.
  template <typename Call>
  auto Run(StoreOperation operation, const Call& call) const -> decltype(call());
  absl::StatusOr<std::vector<eventlog::AppendResult>> AppendLater(
      std::string_view workspace, absl::Span<const eventlog::Event> events);
  void AppendDelayed() const;

  eventlog::EventLog& store_;
  FakeClock& clock_;
  const Planner planner_;
  const PlantedBug bug_;
  mutable bool crashed_ = false;
  // Of kAcknowledgesBeforeAppending: told to be durable, and not.
  mutable std::string delayed_workspace_;
  mutable std::vector<eventlog::Event> delayed_;
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_FAULTY_EVENT_LOG_H_
