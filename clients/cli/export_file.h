// Files of exported events: for people one JSON document per line, for backups length-delimited
// messages. docs/formats/export_files.md has the bytes.
#ifndef QUOTACAST_CLIENTS_CLI_EXPORT_FILE_H_
#define QUOTACAST_CLIENTS_CLI_EXPORT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {

enum class ExportFormat { kNdjson, kProtobuf };

// Largest record that a reader takes: an event of the log and its envelope.
inline constexpr uint64_t kMaxExportRecordBytes = 2 << 20;

// Writes one file, compressed by gzip when the name ends in ".gz". What is written stands in
// "<path>.partial" until Finish: a file of the right name is complete. The same events give the
// same bytes. Not thread-safe.
class ExportWriter {
 public:
  // UsageError (arguments.h) when the file cannot be made.
  static absl::StatusOr<std::unique_ptr<ExportWriter>> Create(const std::string& path,
                                                              ExportFormat format);
  // Removes an unfinished file.
  ~ExportWriter();
  ExportWriter(const ExportWriter&) = delete;
  ExportWriter& operator=(const ExportWriter&) = delete;

  // UNAVAILABLE when the disk is full or fails.
  absl::Status Add(const ingestion::v1::EventRecord& record);
  // Writes the trailer, makes all of it durable and gives the file its name.
  absl::Status Finish();

  int64_t event_count() const { return event_count_; }

 private:
  class File;
  ExportWriter(std::string path, ExportFormat format, std::unique_ptr<File> file);
  absl::Status Write(const std::string& bytes);

  const std::string path_;
  const ExportFormat format_;
  std::unique_ptr<File> file_;
  int64_t event_count_ = 0;
  uint32_t checksum_ = 0;  // CRC-32 of the records' bytes.
};

// Reads a file of ExportFormat::kProtobuf, compressed or not. Not thread-safe.
class ExportReader {
 public:
  // UsageError when the file cannot be read or is no export in this format.
  static absl::StatusOr<std::unique_ptr<ExportReader>> Open(const std::string& path);
  ~ExportReader();
  ExportReader(const ExportReader&) = delete;
  ExportReader& operator=(const ExportReader&) = delete;

  // The next event; false at the end of a complete file. DATA_LOSS when the file is cut or
  // damaged: count and checksum of the trailer do not fit, or there is none.
  absl::StatusOr<bool> Next(ingestion::v1::EventRecord& record);

  // How far the file is read, and how long it is, in bytes on disk.
  int64_t read_bytes() const;
  int64_t total_bytes() const { return total_bytes_; }

 private:
  class File;
  ExportReader(std::string path, std::unique_ptr<File> file, int64_t total_bytes);
  absl::Status Damaged(const std::string& what) const;
  absl::StatusOr<bool> CheckTrailer();

  const std::string path_;
  const std::unique_ptr<File> file_;
  const int64_t total_bytes_;
  int64_t event_count_ = 0;
  uint32_t checksum_ = 0;
  bool ended_ = false;
};

// Reads the whole file once and throws it away: the errors of ExportReader. Returns the number of
// events.
absl::StatusOr<int64_t> CheckExportFile(const std::string& path);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_EXPORT_FILE_H_
