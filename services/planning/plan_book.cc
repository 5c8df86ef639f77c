#include "services/planning/plan_book.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"

namespace quotacast::planning {
namespace {

constexpr size_t kReadEvents = 1'000;

template <typename Message>
bool PutParsed(std::string_view id, const std::string& payload, Collection<Message>& collection) {
  Message message;
  if (!message.ParseFromString(payload)) return false;
  collection.Put(id, std::move(message));
  return true;
}

}  // namespace

absl::Status PlanBook::CatchUp(const eventlog::EventLog& log, std::string_view workspace) {
  while (true) {
    QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> events,
                        log.Read(workspace, offset_, kReadEvents));
    for (const eventlog::StoredEvent& event : events) {
      QC_RETURN_IF_ERROR(Apply(event));
      offset_ = event.offset;
    }
    if (events.size() < kReadEvents) return absl::OkStatus();
  }
}

absl::Status PlanBook::Apply(const eventlog::StoredEvent& event) {
  const std::string_view key = event.event.id.source_key;
  const size_t slash = key.find('/');
  const std::string_view collection = key.substr(0, slash);
  const std::string_view id =
      slash == std::string_view::npos ? std::string_view() : key.substr(slash + 1);
  const std::string& payload = event.event.payload;
  const bool applied = (collection == kGoals && PutParsed(id, payload, goals_)) ||
                       (collection == kInitiatives && PutParsed(id, payload, initiatives_)) ||
                       (collection == kScenarios && PutParsed(id, payload, scenarios_));
  if (applied) return absl::OkStatus();
  ErrorDetail detail;
  detail.reason = "DAMAGED_EVENT";
  return WithDetail(absl::InternalError(absl::StrCat("event ", event.offset, " (", AbslView(key),
                                                     ") of the planning log cannot be read")),
                    detail);
}

eventlog::Event ChangeEvent(std::string_view collection, std::string_view id, int64_t version,
                            absl::Time now, std::string payload) {
  eventlog::Event event;
  event.id = {kEventSource, absl::StrCat(AbslView(collection), "/", AbslView(id)),
              absl::StrCat(version)};
  event.effective_time = now;
  event.payload = std::move(payload);
  return event;
}

}  // namespace quotacast::planning
