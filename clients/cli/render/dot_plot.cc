#include "clients/cli/render/dot_plot.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/string_views.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/terminal.h"

namespace quotacast::cli {
namespace {

constexpr int kDotCount = 20;

}  // namespace

std::string DotPlot(double probability, std::string_view what, const Terminal& terminal) {
  const int reached =
      std::clamp(static_cast<int>(std::lround(kDotCount * probability)), 0, kDotCount);
  std::string good;
  std::string bad;
  for (int i = 0; i < kDotCount; ++i) {
    if (i < reached) {
      good += terminal.unicode ? "●" : "#";
    } else {
      bad += terminal.unicode ? "○" : ".";
    }
  }
  std::string words;
  if (reached == 0) {
    words = absl::StrCat("hardly any outcome reaches ", AbslView(what));
  } else if (reached == kDotCount) {
    words = absl::StrCat("nearly every outcome reaches ", AbslView(what));
  } else {
    words = absl::StrCat(reached, " of ", kDotCount,
                         reached == 1 ? " outcomes reaches " : " outcomes reach ", AbslView(what));
  }
  return absl::StrCat(Paint(good, Style::kGood, terminal), Paint(bad, Style::kFaint, terminal),
                      "  ", words, "\n");
}

}  // namespace quotacast::cli
