#include "services/ingestion/log_state.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kPageEvents = 5'000;

// The fact that a version states: "Won@2017-03-01" of "Won@2017-03-01#2". All numbered states of a
// record are one fact.
std::string FactOf(std::string_view version) {
  if (IsStateVersion(version)) return "state";
  const size_t correction = version.rfind('#');
  if (correction != std::string_view::npos && IsStateVersion(version.substr(correction + 1))) {
    version = version.substr(0, correction);
  }
  return std::string(version);
}

// Takes in one more event: it replaces the fact that it corrects, or takes back another one.
void TakeEvent(std::string_view version, std::optional<absl::Time> effective_time,
               crm::v1::CrmEvent event, std::vector<CountingFact>& facts) {
  const std::string fact =
      FactOf(event.has_retraction() ? std::string_view(event.retraction().version()) : version);
  const auto known = std::find_if(
      facts.begin(), facts.end(),
      [&fact](const CountingFact& candidate) { return FactOf(candidate.version) == fact; });
  if (known != facts.end()) facts.erase(known);
  if (event.has_retraction()) return;
  facts.push_back({std::string(version), effective_time, std::move(event)});
}

}  // namespace

void ApplyChange(const Message& change, Message& target) {
  std::vector<const FieldDescriptor*> fields;
  change.GetReflection()->ListFields(change, &fields);
  // An amount, a date or a list is replaced as a whole, not by its parts.
  for (const FieldDescriptor* field : fields) target.GetReflection()->ClearField(&target, field);
  target.MergeFrom(change);
}

absl::StatusOr<RecordState> FoldRecord(const std::vector<eventlog::StoredEvent>& events,
                                       absl::Span<const Fact> more) {
  RecordState state;
  for (const eventlog::StoredEvent& stored : events) {
    QC_ASSIGN_OR_RETURN(crm::v1::CrmEvent event, ToCrmEvent(stored));
    TakeEvent(stored.event.id.version, stored.event.effective_time, std::move(event), state.facts);
  }
  for (const Fact& fact : more) {
    TakeEvent(fact.version, fact.effective_time, fact.event, state.facts);
  }
  std::stable_sort(state.facts.begin(), state.facts.end(),
                   [](const CountingFact& a, const CountingFact& b) {
                     return a.effective_time.value_or(absl::InfinitePast()) <
                            b.effective_time.value_or(absl::InfinitePast());
                   });
  for (const CountingFact& fact : state.facts) {
    if (fact.event.has_deletion()) {
      state.is_deleted = !fact.event.deletion().restored();
      continue;
    }
    std::vector<const FieldDescriptor*> fields;
    fact.event.GetReflection()->ListFields(fact.event, &fields);
    for (const FieldDescriptor* field : fields) {
      ApplyChange(fact.event.GetReflection()->GetMessage(fact.event, field),
                  *state.merged.GetReflection()->MutableMessage(&state.merged, field));
    }
  }
  return state;
}

absl::StatusOr<LogState> LogState::Load(const eventlog::EventLog& log, std::string_view workspace,
                                        std::string_view source, const std::set<std::string>& kinds,
                                        const std::function<bool()>& cancelled) {
  LogState state;
  int64_t offset = 0;
  while (true) {
    if (cancelled()) return absl::CancelledError("the import was cancelled");
    QC_ASSIGN_OR_RETURN(std::vector<eventlog::StoredEvent> page,
                        log.Read(workspace, offset, kPageEvents));
    if (page.empty()) return state;
    offset = page.back().offset;
    for (eventlog::StoredEvent& stored : page) {
      const std::string& key = stored.event.id.source_key;
      if (stored.event.id.source != source || kinds.count(key.substr(0, key.find('/'))) == 0) {
        continue;
      }
      std::vector<eventlog::StoredEvent>& events = state.events_[key];
      // The key is that of the map; what is not needed is not kept a million times.
      std::string().swap(stored.event.id.source);
      std::string().swap(stored.event.id.source_key);
      events.push_back(std::move(stored));
    }
  }
}

const std::vector<eventlog::StoredEvent>& LogState::EventsOf(const std::string& source_key) const {
  static const auto* const none = new std::vector<eventlog::StoredEvent>();
  const auto found = events_.find(source_key);
  return found == events_.end() ? *none : found->second;
}

std::vector<std::string> LogState::KeysOf(std::string_view kind) const {
  const std::string prefix = SourceKey(kind, "");
  std::vector<std::string> keys;
  for (auto it = events_.lower_bound(prefix);
       it != events_.end() && it->first.substr(0, prefix.size()) == prefix; ++it) {
    keys.push_back(it->first);
  }
  return keys;
}

}  // namespace quotacast::ingestion
