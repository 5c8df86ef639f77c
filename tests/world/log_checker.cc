#include "tests/world/log_checker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "services/eventlog/event_log.h"

namespace quotacast::tests {
namespace {

constexpr size_t kPageEvents = 1'000;

auto IdOf(const eventlog::Event& event) {
  return std::tuple(event.id.source, event.id.source_key, event.id.version);
}

std::string Name(const std::tuple<std::string, std::string, std::string>& id) {
  return absl::StrCat(std::get<0>(id), " ", std::get<1>(id), " ", std::get<2>(id));
}

}  // namespace

LogChecker::LogChecker(const eventlog::EventLog& store, std::string workspace)
    : store_(store), workspace_(std::move(workspace)) {}

absl::Status LogChecker::Broken(const std::string& what) const {
  return absl::FailedPreconditionError(absl::StrCat("workspace ", workspace_, ": ", what));
}

void LogChecker::Sends(absl::Span<const eventlog::Event> batch, bool owns_ids) {
  std::vector<Id> ids;
  for (const eventlog::Event& event : batch) {
    sent_[IdOf(event)].insert(event.payload);
    ids.push_back(IdOf(event));
  }
  if (owns_ids && !ids.empty() && own_ids_.insert(ids.front()).second) {
    whole_batches_.push_back(std::move(ids));
  }
}

absl::Status LogChecker::Acknowledged(absl::Span<const eventlog::Event> batch) {
  QC_RETURN_IF_ERROR(Look());
  for (const eventlog::Event& event : batch) {
    if (positions_.count(IdOf(event)) == 0) {
      return Broken(absl::StrCat("acknowledged and not in the log: ", Name(IdOf(event))));
    }
    acknowledged_.push_back(event);
  }
  return absl::OkStatus();
}

absl::Status LogChecker::Look() {
  while (true) {
    QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> page,
                        store_.Read(workspace_, static_cast<int64_t>(events_.size()), kPageEvents));
    if (page.empty()) break;
    for (const eventlog::StoredEvent& stored : page) QC_RETURN_IF_ERROR(Take(stored));
  }
  return CheckBatches();
}

absl::Status LogChecker::Take(const eventlog::StoredEvent& stored) {
  const Id id = IdOf(stored.event);
  if (stored.offset != static_cast<int64_t>(events_.size()) + 1) {
    return Broken(absl::StrCat("offset ", stored.offset, " follows ", events_.size()));
  }
  if (!events_.empty() && stored.recorded_time < events_.back().recorded_time) {
    return Broken(absl::StrCat("the recorded time goes back at offset ", stored.offset));
  }
  if (!positions_.emplace(id, events_.size()).second) {
    return Broken(absl::StrCat("twice in the log: ", Name(id)));
  }
  if (free_sources_.count(stored.event.id.source) == 0) {
    const auto sent = sent_.find(id);
    if (sent == sent_.end() || sent->second.count(stored.event.payload) == 0) {
      return Broken(absl::StrCat("in the log and never sent: ", Name(id)));
    }
  }
  events_.push_back(stored);
  return absl::OkStatus();
}

absl::Status LogChecker::CheckBatches() {
  for (auto batch = whole_batches_.begin(); batch != whole_batches_.end();) {
    const auto present = std::count_if(batch->begin(), batch->end(),
                                       [this](const Id& id) { return positions_.count(id) > 0; });
    if (present == 0) {
      ++batch;
      continue;
    }
    if (present != static_cast<std::ptrdiff_t>(batch->size())) {
      return Broken(absl::StrCat(present, " of the ", batch->size(),
                                 " events of a batch: ", Name(batch->front())));
    }
    batch = whole_batches_.erase(batch);
  }
  return absl::OkStatus();
}

absl::Status LogChecker::CheckAcknowledged(
    const eventlog::Event& event, const std::set<std::tuple<Id, std::string>>& conflicts) const {
  const eventlog::Event& present = events_[positions_.at(IdOf(event))].event;
  if (present.payload == event.payload && present.effective_time == event.effective_time) {
    return absl::OkStatus();
  }
  if (conflicts.count({IdOf(event), event.payload}) > 0) return absl::OkStatus();
  return Broken(absl::StrCat("acknowledged, with other content in the log and no conflict kept: ",
                             Name(IdOf(event))));
}

absl::Status LogChecker::LookAgainAtAll() const {
  std::vector<eventlog::StoredEvent> all;
  while (true) {
    QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> page,
                        store_.Read(workspace_, static_cast<int64_t>(all.size()), kPageEvents));
    if (page.empty()) break;
    all.insert(all.end(), page.begin(), page.end());
  }
  if (all != events_) return Broken("a second reading of the log differs from the first");
  QC_ASSIGN_OR_RETURN(const std::vector<eventlog::Conflict> kept,
                      store_.ListConflicts(workspace_, 0, kPageEvents));
  std::set<std::tuple<Id, std::string>> conflicts;
  for (const eventlog::Conflict& conflict : kept) {
    if (!conflicts.insert({IdOf(conflict.event), conflict.event.payload}).second) {
      return Broken(absl::StrCat("one conflict kept twice: ", Name(IdOf(conflict.event))));
    }
  }
  for (const eventlog::Event& event : acknowledged_) {
    QC_RETURN_IF_ERROR(CheckAcknowledged(event, conflicts));
  }
  QC_ASSIGN_OR_RETURN(const eventlog::VerifiedPage verified,
                      store_.Verify(workspace_, 0, events_.size() + 1));
  if (!verified.faults.empty()) {
    return Broken(absl::StrCat("verification found: ", verified.faults.front().message));
  }
  if (verified.event_count != static_cast<int64_t>(events_.size())) {
    return Broken(
        absl::StrCat("verification saw ", verified.event_count, " of ", events_.size(), " events"));
  }
  return absl::OkStatus();
}

}  // namespace quotacast::tests
