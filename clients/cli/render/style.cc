#include "clients/cli/render/style.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/string_views.h"
#include "clients/cli/render/terminal.h"

namespace quotacast::cli {
namespace {

// Parameters of the ANSI sequence "select graphic rendition". The sixteen basic colours only,
// because people choose how those look.
std::string_view Code(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kHeading:
    case Style::kMedian:
      return "1";
    case Style::kFaint:
      return "2";
    case Style::kGood:
      return "32";
    case Style::kBad:
      return "31";
    case Style::kWarning:
    case Style::kQuota:
      return "33";
    case Style::kInnerBand:
      return "36";
    case Style::kOuterBand:
      return "34";
  }
  return "";
}

}  // namespace

std::string Paint(std::string_view text, Style style, const Terminal& terminal) {
  const std::string_view code = Code(style);
  if (!terminal.color || code.empty() || text.empty()) return std::string(text);
  return absl::StrCat("\x1b[", AbslView(code), "m", AbslView(text), "\x1b[0m");
}

}  // namespace quotacast::cli
