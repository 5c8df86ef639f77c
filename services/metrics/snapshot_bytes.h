// How a snapshot lies in its file: numbers little-endian, texts with their length in front, and a
// frame around all of it by which a damaged or cut file is told.
//
//   file = magic (8 bytes), format version (4), content, size of the content (8), CRC-32 of magic,
//          version, content and size (4)
#ifndef QUOTACAST_SERVICES_METRICS_SNAPSHOT_BYTES_H_
#define QUOTACAST_SERVICES_METRICS_SNAPSHOT_BYTES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace quotacast::metrics {

// Numbers are copied as they lie in memory.
static_assert(std::endian::native == std::endian::little);

// Counts up with every change of what is written or what it means.
inline constexpr uint32_t kSnapshotFormatVersion = 1;

// Collects bytes and hands them on when told to, so that whoever holds a lock while writing never
// waits for a disk. Not thread-safe.
class SnapshotWriter {
 public:
  using Sink = std::function<absl::Status(std::string_view bytes)>;
  explicit SnapshotWriter(Sink sink);

  template <typename Number>
  void Add(Number number) {
    static_assert(std::is_integral_v<Number>);
    buffer_.append(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  void AddText(std::string_view text) {
    Add(uint64_t{text.size()});
    buffer_.append(text);
  }
  void AddTime(absl::Time time);
  void AddBytes(std::string_view bytes) { buffer_.append(bytes); }
  // Bytes that were not handed on.
  size_t waiting_bytes() const { return buffer_.size(); }

  // What the sink answers, now or before.
  absl::Status Flush();
  // Ends the file. Called once, last.
  absl::Status Finish();

 private:
  const Sink sink_;
  std::string buffer_;
  uint64_t size_ = 0;  // Handed on.
  uint32_t checksum_ = 0;
  absl::Status status_;
};

// What follows magic and version, by which a file is known, whole or not. FAILED_PRECONDITION when
// it is of another format, or none.
absl::StatusOr<std::string_view> AfterSnapshotHead(std::string_view file);

// The content of a file. DATA_LOSS when it is cut or damaged; FAILED_PRECONDITION when it is of
// another format.
absl::StatusOr<std::string_view> SnapshotContent(std::string_view file);

// Reads content. What is not there reads as nothing, and is_whole() says so. Not thread-safe.
class SnapshotReader {
 public:
  explicit SnapshotReader(std::string_view content) : rest_(content) {}

  // Whether all that was asked for was there.
  bool is_whole() const { return is_whole_; }
  // Notes that something makes no sense.
  void Fail() {
    is_whole_ = false;
    rest_ = {};
  }
  bool at_end() const { return rest_.empty(); }

  template <typename Number>
  Number Read() {
    static_assert(std::is_integral_v<Number>);
    Number number = 0;
    const std::string_view bytes = ReadBytes(sizeof(number));
    if (bytes.size() == sizeof(number)) std::memcpy(&number, bytes.data(), sizeof(number));
    return number;
  }
  // A number of things of at least so many bytes each.
  uint64_t ReadCount(size_t entry_bytes_min);
  std::string_view ReadText() { return ReadBytes(Read<uint64_t>()); }
  absl::Time ReadTime();
  std::string_view ReadBytes(uint64_t size) {
    if (size > rest_.size()) {
      Fail();
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

 private:
  std::string_view rest_;
  bool is_whole_ = true;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_SNAPSHOT_BYTES_H_
