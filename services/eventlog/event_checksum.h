// The checksum of a stored event, the same in every store, so that damage to a byte of it is found
// wherever the log lies. docs/formats/event_log.md gives the definition; it is never changed.
#ifndef QUOTACAST_SERVICES_EVENTLOG_EVENT_CHECKSUM_H_
#define QUOTACAST_SERVICES_EVENTLOG_EVENT_CHECKSUM_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

// Everything that is stored of one event. Views: nothing is owned.
struct StoredFields {
  std::string_view workspace;
  int64_t offset = 0;
  std::string_view source;
  std::string_view source_key;
  std::string_view version;
  std::optional<int64_t> effective_micros;  // Microseconds since 1970-01-01 UTC.
  int64_t recorded_micros = 0;              // Likewise.
  bool is_erased = false;
  std::string_view payload;
};

// The fields as a store keeps them; the views are into `workspace` and `stored`.
StoredFields FieldsOf(std::string_view workspace, const StoredEvent& stored);

// CRC-32 (zlib) over all fields: the fixed ones and the five lengths in 45 bytes, little-endian,
// then the five strings. No two different events have the same encoding.
uint32_t EventChecksum(const StoredFields& fields);

// The checksum of what the sender said alone: of id, effective time and payload. Where stores look
// for an equal conflict before they compare byte by byte.
uint32_t ContentChecksum(const Event& event);

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_EVENT_CHECKSUM_H_
