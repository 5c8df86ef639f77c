#include "services/ingestion/foreign_format.h"

#include <optional>
#include <string_view>

namespace quotacast::ingestion {
namespace {

struct Signature {
  std::string_view bytes;
  std::string_view advice;
};

// Gzip is not among them: it is read.
constexpr Signature kSignatures[] = {
    {"PK\x03\x04",
     "a ZIP archive or an Excel workbook (xlsx); unpack it, or save the sheet as \"CSV UTF-8\""},
    {"PK\x05\x06", "an empty ZIP archive; pack the files again, or send them as they are"},
    {"\xD0\xCF\x11\xE0", "an old Excel workbook (xls); save the sheet as \"CSV UTF-8\""},
    {"%PDF-", "a PDF; export the table itself as CSV"},
    {"SQLite format 3", "an SQLite database; export the table as CSV"},
    {"PAR1", "a Parquet file; export the table as CSV"},
    {"\xFD"
     "7zXZ",
     "compressed with xz; unpack it"},
    {"BZh", "compressed with bzip2; unpack it"},
    {"\x28\xB5\x2F\xFD", "compressed with zstd; unpack it"},
    {"\x89PNG", "a picture; export the table itself as CSV"},
};

}  // namespace

std::optional<std::string_view> ForeignFormat(std::string_view bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.substr(0, signature.bytes.size()) == signature.bytes) return signature.advice;
  }
  return std::nullopt;
}

}  // namespace quotacast::ingestion
