// Structured logs: one JSON object a line, written by a background thread.
#ifndef QUOTACAST_SERVICES_SERVING_LOGGER_H_
#define QUOTACAST_SERVICES_SERVING_LOGGER_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "services/serving/serving.h"

namespace quotacast::serving {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// "debug", "info", "warning", "error" or "off"; INVALID_ARGUMENT otherwise.
absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name);

// The members of one JSON object, in the order added. Strings are escaped, and bytes that are not
// ASCII pass as they are, so that names stay readable.
class JsonLine {
 public:
  JsonLine& Add(std::string_view key, std::string_view value);
  JsonLine& Add(std::string_view key, int64_t value);
  // Milliseconds, to three decimals.
  JsonLine& AddMilliseconds(std::string_view key, absl::Duration value);
  // "key":value,"key":value
  const std::string& members() const { return members_; }

 private:
  void AddKey(std::string_view key);
  std::string members_;
};

// The members that describe a call.
JsonLine ToJsonLine(const CallRecord& record);

// How serious the end of a call is: faults of ours are errors, overload and lateness warnings,
// all else information.
LogLevel LevelOf(const CallRecord& record);

// Thread-safe. At most kLogQueueMax lines wait for the writer; beyond that the oldest are lost
// rather than a call delayed.
inline constexpr int kLogQueueMax = 8192;

class Logger {
 public:
  // Writes lines of at least `level` to `file` (stderr in a server). `clock` and `file` must
  // outlive the logger.
  Logger(LogLevel level, const Clock& clock, std::FILE* file);
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  // Writes what waits.
  ~Logger();

  // {"time":...,"level":...,"event":...,<members>}.
  void Write(LogLevel level, std::string_view event, const JsonLine& line = JsonLine());

  // For ServingOptions: event "call". Valid as long as the logger.
  CallLog call_log();

 private:
  struct Backend;  // Keeps the logging library out of this header.
  const LogLevel level_;
  const Clock& clock_;
  const std::unique_ptr<Backend> backend_;
};

}  // namespace quotacast::serving

#endif  // QUOTACAST_SERVICES_SERVING_LOGGER_H_
