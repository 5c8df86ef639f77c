#include "services/eventlog/event_checksum.h"

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"

namespace quotacast::eventlog {
namespace {

// Three 64-bit integers, the flags, and five 32-bit lengths.
constexpr size_t kHeaderBytes = 3 * 8 + 1 + 5 * 4;
constexpr uint8_t kHasEffectiveTime = 1;
constexpr uint8_t kIsErased = 2;

// Writes the lowest `byte_count` bytes of `value`, lowest first, and returns where they end.
uint8_t* PutLittleEndian(uint8_t* out, uint64_t value, int byte_count) {
  for (int i = 0; i < byte_count; ++i) {
    *out++ = static_cast<uint8_t>(value);
    value >>= 8;
  }
  return out;
}

}  // namespace

StoredFields FieldsOf(std::string_view workspace, const StoredEvent& stored) {
  StoredFields fields;
  fields.workspace = workspace;
  fields.offset = stored.offset;
  fields.source = stored.event.id.source;
  fields.source_key = stored.event.id.source_key;
  fields.version = stored.event.id.version;
  fields.effective_micros = EffectiveMicros(stored.event);
  fields.recorded_micros = absl::ToUnixMicros(stored.recorded_time);
  fields.is_erased = stored.is_erased;
  fields.payload = stored.event.payload;
  return fields;
}

uint32_t EventChecksum(const StoredFields& fields) {
  const std::string_view texts[] = {fields.workspace, fields.source, fields.source_key,
                                    fields.version, fields.payload};
  uint8_t header[kHeaderBytes];
  uint8_t* end = PutLittleEndian(header, static_cast<uint64_t>(fields.offset), 8);
  end = PutLittleEndian(end, static_cast<uint64_t>(fields.recorded_micros), 8);
  end = PutLittleEndian(end, static_cast<uint64_t>(fields.effective_micros.value_or(0)), 8);
  end = PutLittleEndian(end,
                        (fields.effective_micros.has_value() ? kHasEffectiveTime : 0u) |
                            (fields.is_erased ? kIsErased : 0u),
                        1);
  for (const std::string_view text : texts) end = PutLittleEndian(end, text.size(), 4);
  uLong checksum = crc32_z(0, header, kHeaderBytes);
  for (const std::string_view text : texts) {
    // A null pointer would ask zlib for its initial value.
    if (text.empty()) continue;
    checksum = crc32_z(checksum, reinterpret_cast<const Bytef*>(text.data()), text.size());
  }
  return static_cast<uint32_t>(checksum);
}

uint32_t ContentChecksum(const Event& event) {
  StoredFields fields;
  fields.source = event.id.source;
  fields.source_key = event.id.source_key;
  fields.version = event.id.version;
  fields.effective_micros = EffectiveMicros(event);
  fields.payload = event.payload;
  return EventChecksum(fields);
}

}  // namespace quotacast::eventlog
