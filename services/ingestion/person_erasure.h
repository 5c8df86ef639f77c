// Erases a person's data from a workspace's log: the right to be forgotten, without losing count.
#ifndef QUOTACAST_SERVICES_INGESTION_PERSON_ERASURE_H_
#define QUOTACAST_SERVICES_INGESTION_PERSON_ERASURE_H_

#include <functional>
#include <string_view>

#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

// Source of the events that the service itself writes.
inline constexpr std::string_view kOwnSource = "quotacast";

// Erases a rep or a lead:
//   1. Events about the person ("rep/<id>") become tombstones: offset and times stay, the content
//      is the pseudonym alone.
//   2. In all other events the pseudonym takes the place of the person's id, in their keys too, and
//      of the person's names and id where texts mention them as words.
//   3. Conflicts and quarantined rows that name the person are dropped, and all remembered answers
//      to requests, which may quote rows.
//   4. An Erasure event is appended: who keeps a copy of the feed reads it again from the start.
//
// The pseudonym is "erased-rep-1", "erased-rep-2" ... ("erased-lead-1" ...) in the order of the
// workspace's erasures. An interrupted erasure is completed by the same call, under the same
// pseudonym: the person's own events, which tell the names, are changed last. An id of fewer than
// four characters is not looked for in texts, where it would stand for anything; a quarantined row
// is dropped for any value that equals the id, whatever its column.
//
// What other programs write meanwhile may name the person again, and so will an import of the old
// files: take the person out of the source first. One erasure of a workspace at a time.
//
// Errors: INVALID_ARGUMENT (INVALID_FIELD: another kind of record, an empty id), NOT_FOUND
// (PERSON_NOT_FOUND) when nothing names the person, CANCELLED, errors of the log.
absl::StatusOr<v1::ErasePersonResponse> ErasePerson(eventlog::EventLog& log,
                                                    std::string_view workspace,
                                                    const v1::ErasePersonRequest& request,
                                                    const std::function<bool()>& cancelled);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_PERSON_ERASURE_H_
