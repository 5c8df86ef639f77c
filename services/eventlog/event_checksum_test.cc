// Goal: the checksum is the documented one for ever, and covers every field. Method: two values
// worked out by another program (Python's zlib.crc32 over bytes laid out by hand, the script is in
// docs/formats/event_log.md), and one change after another of each field.
#include "services/eventlog/event_checksum.h"

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {
namespace {

StoredEvent SomeEvent() {
  StoredEvent stored;
  stored.offset = 7;
  stored.recorded_time = absl::FromUnixMicros(1'500'000'000'123'456);
  stored.event = {{"maventech", "opportunity/1C1I7A6R", "Won@2017-03-01"},
                  absl::FromUnixSeconds(1'488'326'400),
                  "payload"};
  return stored;
}

TEST(EventChecksumTest, IsTheDocumentedOne) {
  EXPECT_EQ(EventChecksum(FieldsOf("default", SomeEvent())), 0x56cfd2a9u);
  StoredEvent bare;
  bare.offset = 1;
  bare.recorded_time = absl::FromUnixMicros(-1);
  bare.event.id = {"s", "k", "v"};
  bare.is_erased = true;
  EXPECT_EQ(EventChecksum(FieldsOf("w", bare)), 0x49485da3u);
}

TEST(EventChecksumTest, IsTheDocumentedOneAtEverySize) {
  // Around the size up to which pieces are gathered, where they might be put together wrongly.
  for (const size_t size : {900u, 1'023u, 1'024u, 1'025u, 5'000u}) {
    StoredEvent stored = SomeEvent();
    stored.event.id.source_key = std::string(300, 'k');
    stored.event.payload = std::string(size, 'p');
    uLong expected = 0;
    const auto add = [&expected](const std::string& bytes) {
      for (const char byte : bytes) {
        expected = crc32(expected, reinterpret_cast<const Bytef*>(&byte), 1);
      }
    };
    const auto number = [](uint64_t value, int byte_count) {
      std::string bytes;
      for (int i = 0; i < byte_count; ++i) {
        bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
      }
      return bytes;
    };
    add(number(7, 8) + number(1'500'000'000'123'456, 8) + number(1'488'326'400'000'000, 8) +
        number(1, 1));
    add(number(7, 4) + number(9, 4) + number(300, 4) + number(14, 4) + number(size, 4));
    add("default" + stored.event.id.source + stored.event.id.source_key + stored.event.id.version +
        stored.event.payload);
    EXPECT_EQ(EventChecksum(FieldsOf("default", stored)), expected) << size;
  }
}

TEST(EventChecksumTest, CoversEveryField) {
  const std::vector<std::function<void(StoredEvent&)>> changes = {
      [](StoredEvent&) {},
      [](StoredEvent& stored) { ++stored.offset; },
      [](StoredEvent& stored) { stored.recorded_time += absl::Microseconds(1); },
      [](StoredEvent& stored) { *stored.event.effective_time += absl::Microseconds(1); },
      [](StoredEvent& stored) { stored.event.effective_time = absl::UnixEpoch(); },
      [](StoredEvent& stored) { stored.event.effective_time.reset(); },
      [](StoredEvent& stored) { stored.is_erased = true; },
      [](StoredEvent& stored) { stored.event.id.source = "Maventech"; },
      [](StoredEvent& stored) { stored.event.id.source_key += "x"; },
      [](StoredEvent& stored) { stored.event.id.version.pop_back(); },
      [](StoredEvent& stored) { stored.event.payload = ""; },
      // The same letters, cut elsewhere.
      [](StoredEvent& stored) {
        stored.event.id.version.pop_back();
        stored.event.payload = "1payload";
      },
  };
  std::set<uint32_t> checksums;
  for (const auto& change : changes) {
    StoredEvent stored = SomeEvent();
    change(stored);
    checksums.insert(EventChecksum(FieldsOf("default", stored)));
  }
  checksums.insert(EventChecksum(FieldsOf("defaulu", SomeEvent())));
  EXPECT_EQ(checksums.size(), changes.size() + 1);
}

TEST(EventChecksumTest, TheContentIsIdTimeAndPayload) {
  const Event event = SomeEvent().event;
  std::set<uint32_t> checksums = {ContentChecksum(event)};
  Event other = event;
  other.payload = "other";
  checksums.insert(ContentChecksum(other));
  other = event;
  other.effective_time.reset();
  checksums.insert(ContentChecksum(other));
  other = event;
  other.id.version = "Won@2017-03-02";
  checksums.insert(ContentChecksum(other));
  EXPECT_EQ(checksums.size(), 4u);
  // What the log does not keep does not count.
  other = event;
  *other.effective_time += absl::Nanoseconds(999);
  EXPECT_EQ(ContentChecksum(other), ContentChecksum(event));
}

}  // namespace
}  // namespace quotacast::eventlog
