#include "tools/gen/csv_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quotacast::gen {

CsvFiles::CsvFiles(std::string folder) : folder_(std::move(folder)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    status_ =
        absl::UnavailableError(absl::StrCat("cannot create ", folder_, ": ", error.message()));
  }
}

void CsvFiles::Create(const std::string& name, std::string_view header) {
  std::ofstream& file = files_[name];
  file.open(std::filesystem::path(folder_) / name, std::ios::binary | std::ios::trunc);
  file << header << '\n';
}

void CsvFiles::Write(const std::string& name, std::initializer_list<std::string_view> values) {
  std::ofstream& file = files_.find(name)->second;
  bool is_first = true;
  for (const std::string_view value : values) {
    if (!is_first) file << ',';
    is_first = false;
    file << value;
  }
  file << '\n';
}

absl::Status CsvFiles::Close() {
  for (auto& [name, file] : files_) {
    file.close();
    if (file.fail() && status_.ok()) {
      status_ = absl::UnavailableError(
          absl::StrCat("cannot write ", (std::filesystem::path(folder_) / name).string()));
    }
  }
  files_.clear();
  return status_;
}

}  // namespace quotacast::gen
