#include "clients/cli/json_output.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "base/errors.h"
#include "google/protobuf/util/json_util.h"

namespace quotacast::cli {

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string out;
  if (!google::protobuf::util::MessageToJsonString(message, &out, options).ok()) {
    std::fputs("ToJson: a message without JSON\n", stderr);
    std::abort();
  }
  return out;
}

absl::Status FromJson(const std::string& text, const std::string& source,
                      google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(text, &message);
  if (status.ok()) return absl::OkStatus();
  return InvalidField(source, std::string(status.message()));
}

}  // namespace quotacast::cli
