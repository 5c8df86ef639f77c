#include "services/serving/logger.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/string_views.h"
#include "services/serving/serving.h"

namespace quotacast::serving {
namespace {

std::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
    case LogLevel::kOff:
      break;
  }
  return "off";
}

void AppendEscaped(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError, LogLevel::kOff}) {
    if (name == NameOf(level)) return level;
  }
  return InvalidField("log-level", absl::StrCat("is \"", AbslView(name),
                                                "\"; expected debug, info, warning, error or off"));
}

void JsonLine::AddKey(std::string_view key) {
  if (!members_.empty()) members_ += ',';
  AppendEscaped(key, members_);
  members_ += ':';
}

JsonLine& JsonLine::Add(std::string_view key, std::string_view value) {
  AddKey(key);
  AppendEscaped(value, members_);
  return *this;
}

JsonLine& JsonLine::Add(std::string_view key, int64_t value) {
  AddKey(key);
  absl::StrAppend(&members_, value);
  return *this;
}

JsonLine& JsonLine::AddMilliseconds(std::string_view key, absl::Duration value) {
  AddKey(key);
  absl::StrAppendFormat(&members_, "%.3f", absl::ToDoubleMilliseconds(value));
  return *this;
}

JsonLine ToJsonLine(const CallRecord& record) {
  JsonLine line;
  line.Add("method", record.method);
  if (!record.workspace.empty()) line.Add("workspace", record.workspace);
  line.Add("principal", record.principal);
  line.Add("code", StdView(absl::StatusCodeToString(record.code)));
  if (!record.reason.empty()) line.Add("reason", record.reason);
  line.AddMilliseconds("duration_ms", record.duration);
  line.AddMilliseconds("queue_wait_ms", record.queue_wait);
  return line;
}

LogLevel LevelOf(const CallRecord& record) {
  switch (record.code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return LogLevel::kError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      return LogLevel::kWarning;
    default:
      return LogLevel::kInfo;
  }
}

struct Logger::Backend {
  explicit Backend(std::FILE* file)
      : thread_pool(std::make_shared<spdlog::details::thread_pool>(kLogQueueMax, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "quotacast",
            std::make_shared<spdlog::sinks::stdout_sink_base<spdlog::details::console_mutex>>(file),
            thread_pool, spdlog::async_overflow_policy::overrun_oldest)) {
    // The line is complete as we hand it over; the library only queues and writes it.
    logger->set_pattern("%v");
    logger->flush_on(spdlog::level::warn);
  }
  std::shared_ptr<spdlog::details::thread_pool> thread_pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

Logger::Logger(LogLevel level, const Clock& clock, std::FILE* file)
    : level_(level), clock_(clock), backend_(std::make_unique<Backend>(file)) {}

// The pool's destructor writes what is queued and joins its thread.
Logger::~Logger() { backend_->logger->flush(); }

void Logger::Write(LogLevel level, std::string_view event, const JsonLine& line) {
  if (level_ == LogLevel::kOff || level < level_) return;
  std::string text = "{\"time\":\"";
  absl::StrAppend(&text,
                  absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", clock_.Now(), absl::UTCTimeZone()),
                  "\",\"level\":\"", AbslView(NameOf(level)), "\",\"event\":");
  AppendEscaped(event, text);
  if (!line.members().empty()) absl::StrAppend(&text, ",", line.members());
  text += '}';
  // As an argument, not as the format: the text may hold braces.
  backend_->logger->log(level >= LogLevel::kWarning ? spdlog::level::warn : spdlog::level::info,
                        "{}", text);
}

CallLog Logger::call_log() {
  return [this](const CallRecord& record) { Write(LevelOf(record), "call", ToJsonLine(record)); };
}

}  // namespace quotacast::serving
