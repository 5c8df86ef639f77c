#include "clients/cli/render/csv.h"

#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace quotacast::cli {

std::string ExactNumber(double value) {
  // The smallest double has 323 zeros behind its point.
  std::array<char, 512> text;
  const std::to_chars_result result =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return std::string(text.data(), result.ptr);
}

std::string CsvLine(const std::vector<std::string>& fields) {
  return absl::StrCat(
      absl::StrJoin(
          fields, ",",
          [](std::string* out, const std::string& field) {
            if (field.find_first_of(",\"\r\n") == std::string::npos) {
              out->append(field);
            } else {
              absl::StrAppend(out, "\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
            }
          }),
      "\r\n");
}

}  // namespace quotacast::cli
