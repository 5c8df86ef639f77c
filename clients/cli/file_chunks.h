// Files of an import, piece by piece.
#ifndef QUOTACAST_CLIENTS_CLI_FILE_CHUNKS_H_
#define QUOTACAST_CLIENTS_CLI_FILE_CHUNKS_H_

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {

inline constexpr size_t kChunkBytes = 256 << 10;

struct ImportFile {
  std::string path;
  std::string sent_name;  // Base name the service is told.
  int64_t byte_count = 0;
};

// What `path` means: the file itself, or the *.csv files directly in a folder, by name.
// UsageError when it does not exist, or the folder has none.
absl::StatusOr<std::vector<ImportFile>> FilesToImport(const std::string& path);

// Reads the files one after the other. Not thread-safe.
class FileChunks {
 public:
  explicit FileChunks(std::vector<ImportFile> files);

  // The next piece of at most kChunkBytes; false after the last one. An empty file is one empty
  // piece. UsageError when a file cannot be read.
  absl::StatusOr<bool> Next(ingestion::v1::FileChunk& chunk);

  int64_t read_bytes() const { return read_bytes_; }
  int64_t total_bytes() const { return total_bytes_; }

 private:
  std::vector<ImportFile> files_;
  size_t next_file_ = 0;
  std::ifstream current_;
  bool is_open_ = false;
  bool sent_any_ = false;
  int64_t read_bytes_ = 0;
  int64_t total_bytes_ = 0;
};

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_FILE_CHUNKS_H_
