// Colours by meaning.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_STYLE_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_STYLE_H_

#include <string>
#include <string_view>

#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

enum class Style {
  kPlain,
  kHeading,
  kFaint,
  kGood,
  kBad,
  kWarning,
  kQuota,
  kMedian,
  kInnerBand,
  kOuterBand,
};

// `text` in the style on a terminal with colour, else as it is. Nothing is told by colour alone:
// every mark also differs in its character or its words.
std::string Paint(std::string_view text, Style style, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_STYLE_H_
