// Messages as protobuf JSON, out and in.
#ifndef QUOTACAST_CLIENTS_CLI_JSON_OUTPUT_H_
#define QUOTACAST_CLIENTS_CLI_JSON_OUTPUT_H_

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace quotacast::cli {

// Standard protobuf JSON, indented, with a line end: lowerCamelCase names, fields without
// presence even when they hold their default, 64-bit integers as strings. Aborts on a message
// that has no JSON (an Any of an unknown type), which no message of ours is.
std::string ToJson(const google::protobuf::Message& message);

// The same on one line.
std::string ToJsonLine(const google::protobuf::Message& message);

// Reads protobuf JSON into `message`; an unknown field is an error. INVALID_ARGUMENT names
// `source` (a file) and says where reading stopped.
absl::Status FromJson(const std::string& text, const std::string& source,
                      google::protobuf::Message& message);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_JSON_OUTPUT_H_
