// Recognises files that are no text at all, by their first bytes.
#ifndef QUOTACAST_SERVICES_INGESTION_FOREIGN_FORMAT_H_
#define QUOTACAST_SERVICES_INGESTION_FOREIGN_FORMAT_H_

#include <optional>
#include <string_view>

namespace quotacast::ingestion {

// What a file that begins with `bytes` is when it is no text, and what to do with it: "a ZIP
// archive or an Excel workbook (xlsx); ...". nullopt for anything that may be text. The first 15
// bytes decide. A pure function.
std::optional<std::string_view> ForeignFormat(std::string_view bytes);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_FOREIGN_FORMAT_H_
