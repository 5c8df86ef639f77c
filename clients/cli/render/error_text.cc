#include "clients/cli/render/error_text.h"

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/string_views.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

// UNAVAILABLE without a reason comes from the transport, not from a service.
bool NobodyAnswers(const absl::Status& status, const ErrorDetail& detail,
                   const std::string& server) {
  return status.code() == absl::StatusCode::kUnavailable && detail.reason.empty() &&
         !server.empty();
}

std::string Hint(const absl::Status& status, const ErrorDetail& detail, const std::string& server) {
  // Its message says what to do first; trying again before that is of no use.
  if (detail.reason == "LOG_DISK_FULL") return "";
  if (detail.retry_after.has_value()) {
    const double seconds = std::ceil(absl::ToDoubleSeconds(*detail.retry_after));
    return absl::StrCat(detail.reason == "OVERLOADED" ? "the server is busy; " : "",
                        "try again in ", seconds, " s");
  }
  if (detail.reason == "EMPTY_WORKSPACE" || detail.reason == "NO_HISTORY") {
    return "import CRM history first: quotacast import --profile NAME PATH";
  }
  if (detail.reason == "INITIATIVE_LIMIT") {
    return "stop one of the others, or go beyond the limit knowingly with --override-reason and "
           "--approver";
  }
  if (detail.reason == "UNKNOWN_PROFILE") return "quotacast import --list-profiles shows them";
  if (detail.reason == "UNKNOWN_KPI") return "quotacast kpis shows them";
  if (detail.reason == "UNKNOWN_GROUP") {
    return "ids are not always names: a table --by that grouping shows them, or --csv does";
  }
  if (NobodyAnswers(status, detail, server)) {
    return absl::StrCat("start one with \"quotacast serve --data-dir DIR --listen ", server,
                        "\", or work on a folder without a server with --data-dir DIR");
  }
  return "";
}

}  // namespace

std::string ErrorText(const absl::Status& status, const std::string& server,
                      const Terminal& terminal) {
  if (status.ok()) {
    std::fputs("ErrorText: called with OK\n", stderr);
    std::abort();
  }
  const ErrorDetail detail = GetDetail(status).value_or(ErrorDetail{});
  const std::string label = Paint("error:", Style::kBad, terminal) + " ";
  std::string out;
  if (detail.field_violations.empty()) {
    std::string message = Printable(StdView(status.message()));
    // gRPC's own words are long; what is behind the last colon says it.
    if (NobodyAnswers(status, detail, server)) {
      const size_t colon = message.rfind(": ");
      if (colon != std::string::npos) message = message.substr(colon + 2);
      message = absl::StrCat("no server answers at ", server, " (", message, ")");
    }
    if (message.empty()) message = absl::StatusCodeToString(status.code());
    out += Wrap(message, terminal.width_columns, label);
  } else {
    out += Wrap(detail.field_violations.size() == 1 ? "one value cannot be used"
                                                    : "some values cannot be used",
                terminal.width_columns, label);
    for (const FieldViolation& violation : detail.field_violations) {
      out += Wrap(Printable(absl::StrCat(violation.field, ": ", violation.description)),
                  terminal.width_columns, "  ");
    }
  }
  const std::string hint = Hint(status, detail, server);
  if (!hint.empty()) {
    out += Wrap(hint, terminal.width_columns, Paint("hint:", Style::kWarning, terminal) + " ");
  }
  return out;
}

}  // namespace quotacast::cli
