#include "services/metrics/snapshot_bytes.h"

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace quotacast::metrics {
namespace {

constexpr std::string_view kMagic = "QCBOOK\r\n";
constexpr size_t kHeadBytes = kMagic.size() + sizeof(kSnapshotFormatVersion);
constexpr size_t kFootBytes = sizeof(uint64_t) + sizeof(uint32_t);
constexpr uint32_t kNanosPerSecond = 1'000'000'000;

uint32_t Checksum(uint32_t before, std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

template <typename Number>
Number NumberAt(std::string_view bytes, size_t position) {
  Number number = 0;
  std::memcpy(&number, bytes.data() + position, sizeof(number));
  return number;
}

}  // namespace

SnapshotWriter::SnapshotWriter(Sink sink) : sink_(std::move(sink)) {
  buffer_.append(kMagic);
  Add(kSnapshotFormatVersion);
}

void SnapshotWriter::AddTime(absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  Add(seconds);
  Add(static_cast<uint32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

absl::Status SnapshotWriter::Flush() {
  if (!status_.ok()) return status_;
  checksum_ = Checksum(checksum_, buffer_);
  size_ += buffer_.size();
  status_ = sink_(buffer_);
  buffer_.clear();
  return status_;
}

absl::Status SnapshotWriter::Finish() {
  QC_RETURN_IF_ERROR(Flush());
  Add(uint64_t{size_ - kHeadBytes});
  Add(Checksum(checksum_, buffer_));
  return Flush();
}

absl::StatusOr<std::string_view> AfterSnapshotHead(std::string_view file) {
  if (file.size() < kHeadBytes || file.substr(0, kMagic.size()) != kMagic) {
    return absl::FailedPreconditionError("it is no snapshot");
  }
  const auto version = NumberAt<uint32_t>(file, kMagic.size());
  if (version != kSnapshotFormatVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        "it has format ", version, ", and this program reads ", kSnapshotFormatVersion));
  }
  return file.substr(kHeadBytes);
}

absl::StatusOr<std::string_view> SnapshotContent(std::string_view file) {
  QC_RETURN_IF_ERROR(AfterSnapshotHead(file).status());
  if (file.size() < kHeadBytes + kFootBytes) return absl::DataLossError("it is cut off");
  const size_t content_size = file.size() - kHeadBytes - kFootBytes;
  const size_t end = file.size() - sizeof(uint32_t);
  if (NumberAt<uint64_t>(file, kHeadBytes + content_size) != content_size) {
    return absl::DataLossError("it is not as long as it says");
  }
  if (NumberAt<uint32_t>(file, end) != Checksum(0, file.substr(0, end))) {
    return absl::DataLossError("its checksum is wrong");
  }
  return file.substr(kHeadBytes, content_size);
}

uint64_t SnapshotReader::ReadCount(size_t entry_bytes_min) {
  const auto count = Read<uint64_t>();
  if (count <= rest_.size() / entry_bytes_min) return count;
  Fail();
  return 0;
}

absl::Time SnapshotReader::ReadTime() {
  const auto seconds = Read<int64_t>();
  const auto nanos = Read<uint32_t>();
  if (nanos >= kNanosPerSecond) Fail();
  return absl::FromUnixSeconds(seconds) + absl::Nanoseconds(nanos);
}

}  // namespace quotacast::metrics
