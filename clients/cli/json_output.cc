#include "clients/cli/json_output.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "base/errors.h"
#include "google/protobuf/util/json_util.h"

namespace quotacast::cli {

namespace {

std::string Print(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  options.always_print_primitive_fields = true;
  std::string out;
  if (!google::protobuf::util::MessageToJsonString(message, &out, options).ok()) {
    std::fputs("ToJson: a message without JSON\n", stderr);
    std::abort();
  }
  return out;
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message) { return Print(message, true); }

std::string ToJsonLine(const google::protobuf::Message& message) {
  return Print(message, false) + "\n";
}

absl::Status FromJson(const std::string& text, const std::string& source,
                      google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(text, &message);
  if (status.ok()) return absl::OkStatus();
  return InvalidField(source, std::string(status.message()));
}

}  // namespace quotacast::cli
