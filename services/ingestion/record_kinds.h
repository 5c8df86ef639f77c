// Kinds of the records that ingestion keeps beside the events (eventlog::Record);
// docs/formats/event_log.md lists their keys and values.
#ifndef QUOTACAST_SERVICES_INGESTION_RECORD_KINDS_H_
#define QUOTACAST_SERVICES_INGESTION_RECORD_KINDS_H_

#include <string_view>

namespace quotacast::ingestion {

// By writer id: the last durable sequence number.
inline constexpr std::string_view kWriterRecordKind = "append_writer";
// By request id: the fingerprint of the request, and its answer.
inline constexpr std::string_view kRequestRecordKind = "request";
// By the row's id: a row of an import that was left out.
inline constexpr std::string_view kQuarantinedRowRecordKind = "quarantined_row";
// By digest: a profile that was sent as text and that rows in quarantine need.
inline constexpr std::string_view kQuarantineProfileRecordKind = "quarantine_profile";
// By "<source>/<entity>": the day of the latest full export compared, an ISO date.
inline constexpr std::string_view kSnapshotRecordKind = "snapshot";
// By pseudonym: an erasure under way, as the digest of the person's kind and id. Gone when the
// erasure is complete.
inline constexpr std::string_view kErasureRecordKind = "erasure";

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_RECORD_KINDS_H_
