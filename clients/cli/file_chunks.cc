#include "clients/cli/file_chunks.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/arguments.h"

namespace quotacast::cli {
namespace {

ImportFile Describe(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return {path.string(), path.filename().string(), error ? 0 : static_cast<int64_t>(size)};
}

}  // namespace

absl::StatusOr<std::vector<ImportFile>> FilesToImport(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::is_regular_file(path, error)) return std::vector<ImportFile>{Describe(path)};
  if (!fs::is_directory(path, error)) {
    return UsageError(absl::StrCat("\"", path, "\" is neither a file nor a folder"));
  }
  std::vector<ImportFile> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
    std::error_code ignored;
    const std::string extension = absl::AsciiStrToLower(entry.path().extension().string());
    if (extension == ".csv" && entry.is_regular_file(ignored)) {
      files.push_back(Describe(entry.path()));
    }
  }
  if (error) return UsageError(absl::StrCat("cannot list \"", path, "\": ", error.message()));
  if (files.empty()) return UsageError(absl::StrCat("\"", path, "\" holds no *.csv file"));
  std::sort(files.begin(), files.end(),
            [](const ImportFile& a, const ImportFile& b) { return a.sent_name < b.sent_name; });
  return files;
}

FileChunks::FileChunks(std::vector<ImportFile> files) : files_(std::move(files)) {
  for (const ImportFile& file : files_) total_bytes_ += file.byte_count;
}

absl::StatusOr<bool> FileChunks::Next(ingestion::v1::FileChunk& chunk) {
  while (next_file_ < files_.size()) {
    const ImportFile& file = files_[next_file_];
    if (!is_open_) {
      current_ = std::ifstream(file.path, std::ios::binary);
      if (!current_) return UsageError(absl::StrCat("cannot read \"", file.path, "\""));
      is_open_ = true;
      sent_any_ = false;
    }
    std::string& data = *chunk.mutable_data();
    data.resize(kChunkBytes);
    current_.read(data.data(), static_cast<std::streamsize>(data.size()));
    data.resize(static_cast<size_t>(current_.gcount()));
    if (current_.bad()) return UsageError(absl::StrCat("cannot read \"", file.path, "\""));
    if (!data.empty() || !sent_any_) {
      chunk.set_file_name(file.sent_name);
      read_bytes_ += static_cast<int64_t>(data.size());
      sent_any_ = true;
      return true;
    }
    is_open_ = false;
    ++next_file_;
  }
  return false;
}

}  // namespace quotacast::cli
