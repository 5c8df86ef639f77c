// What planning knows of one workspace, as a fold of its event log: goals, the register of
// initiatives, saved scenarios. Every change is an event that carries the whole resource as it is
// from then on; the latest version counts, and earlier ones stay in the log.
#ifndef QUOTACAST_SERVICES_PLANNING_PLAN_BOOK_H_
#define QUOTACAST_SERVICES_PLANNING_PLAN_BOOK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "quotacast/planning/v1/goal.pb.h"
#include "quotacast/planning/v1/initiative.pb.h"
#include "quotacast/planning/v1/scenario.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::planning {

inline constexpr char kGoals[] = "goals";
inline constexpr char kInitiatives[] = "initiatives";
inline constexpr char kScenarios[] = "scenarios";
inline constexpr char kEventSource[] = "planning";

// The resources of one kind, in order of creation.
template <typename Message>
class Collection {
 public:
  size_t size() const { return entries_.size(); }
  const Message& at(size_t position) const { return entries_[position].message; }

  // Null when there is none.
  const Message* Find(std::string_view id) const {
    const auto found = positions_.find(id);
    return found == positions_.end() ? nullptr : &entries_[found->second].message;
  }

  // Number of versions so far; 0 for a resource that does not exist.
  int64_t VersionOf(std::string_view id) const {
    const auto found = positions_.find(id);
    return found == positions_.end() ? 0 : entries_[found->second].version;
  }

  void Put(std::string_view id, Message message) {
    const auto [place, is_new] = positions_.try_emplace(std::string(id), entries_.size());
    if (is_new) entries_.emplace_back();
    Entry& entry = entries_[place->second];
    entry.message = std::move(message);
    ++entry.version;
  }

 private:
  struct Entry {
    Message message;
    int64_t version = 0;
  };
  std::vector<Entry> entries_;
  std::map<std::string, size_t, std::less<>> positions_;
};

// Not thread-safe; its owner locks.
class PlanBook {
 public:
  const Collection<v1::Goal>& goals() const { return goals_; }
  const Collection<v1::Initiative>& initiatives() const { return initiatives_; }
  const Collection<v1::SavedScenario>& scenarios() const { return scenarios_; }

  // Reads what the log has beyond what the book knows. Errors: the log's; INTERNAL (DAMAGED_EVENT)
  // when an event cannot be read, naming its offset.
  absl::Status CatchUp(const eventlog::EventLog& log, std::string_view workspace);

 private:
  absl::Status Apply(const eventlog::StoredEvent& event);

  int64_t offset_ = 0;  // Of the last event applied.
  Collection<v1::Goal> goals_;
  Collection<v1::Initiative> initiatives_;
  Collection<v1::SavedScenario> scenarios_;
};

// The event that makes `payload` the next version of a resource.
eventlog::Event ChangeEvent(std::string_view collection, std::string_view id, int64_t version,
                            absl::Time now, std::string payload);

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_PLAN_BOOK_H_
