#include "tools/gen/event_file.h"

#include <fstream>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "tools/gen/event_stream.h"

namespace quotacast::gen {

absl::StatusOr<int64_t> WriteEventFile(const CompanyOptions& options, const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  int64_t count = 0;
  {
    google::protobuf::io::OstreamOutputStream stream(&file);
    google::protobuf::io::CodedOutputStream coded(&stream);
    QC_ASSIGN_OR_RETURN(count, ForEachSerializedEvent(options, [&](std::string_view event) {
                          coded.WriteVarint32(static_cast<uint32_t>(event.size()));
                          coded.WriteRaw(event.data(), static_cast<int>(event.size()));
                          return !coded.HadError();
                        }));
  }
  file.close();
  if (!file) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return count;
}

}  // namespace quotacast::gen
