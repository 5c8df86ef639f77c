// CSV files of one folder, written row by row.
#ifndef QUOTACAST_TOOLS_GEN_CSV_FILES_H_
#define QUOTACAST_TOOLS_GEN_CSV_FILES_H_

#include <fstream>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace quotacast::gen {

// Not thread-safe. Errors are kept until Close().
class CsvFiles {
 public:
  // Creates `folder` if it is missing.
  explicit CsvFiles(std::string folder);

  // Starts a file, replacing one of that name.
  void Create(const std::string& name, std::string_view header);

  // Appends a row to a file that was created. The values hold no delimiters, quotes or line ends.
  void Write(const std::string& name, std::initializer_list<std::string_view> values);

  // UNAVAILABLE names the first file, or the folder, that could not be written.
  absl::Status Close();

 private:
  std::string folder_;
  std::map<std::string, std::ofstream, std::less<>> files_;
  absl::Status status_;
};

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_CSV_FILES_H_
