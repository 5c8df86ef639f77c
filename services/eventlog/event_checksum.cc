#include "services/eventlog/event_checksum.h"

#include <zlib.h>

#include <algorithm>
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
char* PutLittleEndian(char* out, uint64_t value, int byte_count) {
  for (int i = 0; i < byte_count; ++i) {
    *out++ = static_cast<char>(value & 0xff);
    value >>= 8;
  }
  return out;
}

// CRC-32 of what is added, piece by piece. zlib is slow at small pieces, so they are gathered.
class Crc32 {
 public:
  void Add(std::string_view bytes) {
    if (size_ + bytes.size() > sizeof(buffer_)) Flush();
    if (bytes.size() > sizeof(buffer_)) {
      value_ = crc32_z(value_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
      return;
    }
    std::copy(bytes.begin(), bytes.end(), buffer_ + size_);
    size_ += bytes.size();
  }
  uint32_t Finish() {
    Flush();
    return static_cast<uint32_t>(value_);
  }

 private:
  void Flush() {
    value_ = crc32_z(value_, reinterpret_cast<const Bytef*>(buffer_), size_);
    size_ = 0;
  }

  uLong value_ = 0;
  char buffer_[1'024];
  size_t size_ = 0;
};

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
  char header[kHeaderBytes];
  char* end = PutLittleEndian(header, static_cast<uint64_t>(fields.offset), 8);
  end = PutLittleEndian(end, static_cast<uint64_t>(fields.recorded_micros), 8);
  end = PutLittleEndian(end, static_cast<uint64_t>(fields.effective_micros.value_or(0)), 8);
  end = PutLittleEndian(end,
                        (fields.effective_micros.has_value() ? kHasEffectiveTime : 0u) |
                            (fields.is_erased ? kIsErased : 0u),
                        1);
  for (const std::string_view text : texts) end = PutLittleEndian(end, text.size(), 4);
  Crc32 checksum;
  checksum.Add(std::string_view(header, kHeaderBytes));
  for (const std::string_view text : texts) checksum.Add(text);
  return checksum.Finish();
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
