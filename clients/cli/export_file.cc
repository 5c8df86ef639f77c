#include "clients/cli/export_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/json_output.h"

namespace quotacast::cli {
namespace {

// First line of a file in messages.
constexpr char kHeader[] = "quotacast-export 1\n";
constexpr size_t kMaxTrailerBytes = 64;

uint32_t Checksum(uint32_t checksum, const std::string& bytes) {
  return static_cast<uint32_t>(crc32(checksum, reinterpret_cast<const Bytef*>(bytes.data()),
                                     static_cast<uInt>(bytes.size())));
}

std::string Varint(uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

std::string PartialPath(const std::string& path) { return path + ".partial"; }

std::string Trailer(ExportFormat format, int64_t event_count, uint32_t checksum) {
  const std::string crc = absl::StrFormat("%08x", checksum);
  if (format == ExportFormat::kNdjson) {
    return absl::StrCat("{\"eventCount\":", event_count, ",\"crc32\":\"", crc, "\"}\n");
  }
  return absl::StrCat("end ", event_count, " ", crc, "\n");
}

}  // namespace

// zlib writes plain files through the same calls.
class ExportWriter::File {
 public:
  explicit File(gzFile file) : file_(file) {}
  ~File() { (void)Close(); }
  bool Write(const std::string& bytes) {
    return bytes.empty() || gzwrite(file_, bytes.data(), static_cast<unsigned>(bytes.size())) ==
                                static_cast<int>(bytes.size());
  }
  bool Close() {
    if (file_ == nullptr) return true;
    const int result = gzclose(file_);
    file_ = nullptr;
    return result == Z_OK;
  }

 private:
  gzFile file_;
};

absl::StatusOr<std::unique_ptr<ExportWriter>> ExportWriter::Create(const std::string& path,
                                                                   ExportFormat format) {
  // "T": no compression.
  gzFile file = gzopen(PartialPath(path).c_str(), absl::EndsWith(path, ".gz") ? "wb6" : "wbT");
  if (file == nullptr) return UsageError(absl::StrCat(path, " cannot be written"));
  std::unique_ptr<ExportWriter> writer(
      new ExportWriter(path, format, std::make_unique<File>(file)));
  QC_RETURN_IF_ERROR(writer->Write(format == ExportFormat::kNdjson ? "{\"quotacastExport\":1}\n"
                                                                   : std::string(kHeader)));
  return writer;
}

ExportWriter::ExportWriter(std::string path, ExportFormat format, std::unique_ptr<File> file)
    : path_(std::move(path)), format_(format), file_(std::move(file)) {}

ExportWriter::~ExportWriter() {
  if (file_ == nullptr) return;
  file_.reset();
  std::error_code ignored;
  std::filesystem::remove(PartialPath(path_), ignored);
}

absl::Status ExportWriter::Write(const std::string& bytes) {
  if (file_->Write(bytes)) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(path_, " cannot be written: is the disk full?"));
}

absl::Status ExportWriter::Add(const ingestion::v1::EventRecord& record) {
  ++event_count_;
  if (format_ == ExportFormat::kNdjson) {
    const std::string line = ToJsonLine(record);
    checksum_ = Checksum(checksum_, line);
    return Write(line);
  }
  const std::string bytes = record.SerializeAsString();
  checksum_ = Checksum(checksum_, bytes);
  QC_RETURN_IF_ERROR(Write(Varint(bytes.size())));
  return Write(bytes);
}

absl::Status ExportWriter::Finish() {
  // A record is never empty, so an empty one tells that the trailer follows.
  if (format_ == ExportFormat::kProtobuf) QC_RETURN_IF_ERROR(Write(Varint(0)));
  QC_RETURN_IF_ERROR(Write(Trailer(format_, event_count_, checksum_)));
  const bool closed = file_->Close();
  const std::string partial = PartialPath(path_);
  const int descriptor = closed ? open(partial.c_str(), O_RDONLY) : -1;
  const bool durable = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!durable || std::rename(partial.c_str(), path_.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat(path_, " cannot be written: is the disk full?"));
  }
  file_.reset();
  return absl::OkStatus();
}

class ExportReader::File {
 public:
  explicit File(gzFile file) : file_(file) {}
  ~File() { gzclose(file_); }
  // False when fewer bytes are left.
  bool Read(size_t size, std::string& bytes) {
    bytes.resize(size);
    return size == 0 ||
           gzread(file_, bytes.data(), static_cast<unsigned>(size)) == static_cast<int>(size);
  }
  // The next byte; -1 at the end.
  int ReadByte() { return gzgetc(file_); }
  int64_t position() const { return gzoffset(file_); }

 private:
  gzFile file_;
};

absl::StatusOr<std::unique_ptr<ExportReader>> ExportReader::Open(const std::string& path) {
  std::error_code error;
  const auto total_bytes = static_cast<int64_t>(std::filesystem::file_size(path, error));
  gzFile file = error ? nullptr : gzopen(path.c_str(), "rb");
  if (file == nullptr) return UsageError(absl::StrCat(path, " cannot be read"));
  std::unique_ptr<ExportReader> reader(
      new ExportReader(path, std::make_unique<File>(file), total_bytes));
  std::string header;
  if (!reader->file_->Read(sizeof(kHeader) - 1, header) || header != kHeader) {
    return UsageError(
        absl::StrCat(path, " is no backup: write one with `quotacast log backup --out FILE`"));
  }
  return reader;
}

ExportReader::ExportReader(std::string path, std::unique_ptr<File> file, int64_t total_bytes)
    : path_(std::move(path)), file_(std::move(file)), total_bytes_(total_bytes) {}

ExportReader::~ExportReader() = default;

int64_t ExportReader::read_bytes() const { return file_->position(); }

absl::Status ExportReader::Damaged(const std::string& what) const {
  return absl::DataLossError(absl::StrCat(path_, " is cut or damaged after event ", event_count_,
                                          ": ", what, "; take another copy of it"));
}

absl::StatusOr<bool> ExportReader::Next(ingestion::v1::EventRecord& record) {
  if (ended_) return false;
  uint64_t size = 0;
  for (int shift = 0;; shift += 7) {
    const int byte = file_->ReadByte();
    if (byte < 0 || shift > 28) return Damaged("no length where one should be");
    size |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  if (size == 0) return CheckTrailer();
  std::string bytes;
  if (size > kMaxExportRecordBytes || !file_->Read(size, bytes)) {
    return Damaged(absl::StrCat("an event of ", size, " bytes does not follow"));
  }
  if (!record.ParseFromString(bytes)) return Damaged("what follows is no event");
  ++event_count_;
  checksum_ = Checksum(checksum_, bytes);
  return true;
}

absl::StatusOr<bool> ExportReader::CheckTrailer() {
  std::string trailer;
  for (int byte = file_->ReadByte(); byte >= 0; byte = file_->ReadByte()) {
    trailer.push_back(static_cast<char>(byte));
    if (trailer.size() > kMaxTrailerBytes) return Damaged("the trailer is too long");
  }
  if (trailer != Trailer(ExportFormat::kProtobuf, event_count_, checksum_)) {
    return Damaged("count or checksum of the trailer are others");
  }
  ended_ = true;
  return false;
}

absl::StatusOr<int64_t> CheckExportFile(const std::string& path) {
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<ExportReader> reader, ExportReader::Open(path));
  ingestion::v1::EventRecord record;
  int64_t event_count = 0;
  while (true) {
    QC_ASSIGN_OR_RETURN(const bool more, reader->Next(record));
    if (!more) return event_count;
    ++event_count;
  }
}

}  // namespace quotacast::cli
