#include "clients/cli/render/difference_histogram.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "quotacast/type/v1/distribution.pb.h"

namespace quotacast::cli {
namespace {

constexpr int kTargetBarCount = 8;
constexpr int kMaxBarColumns = 44;
// Bars of less are not drawn at either end.
constexpr double kNegligibleProbability = 0.002;

struct Bar {
  std::string label;
  double probability = 0;
  Style style = Style::kPlain;
  bool is_better = false;
  bool is_tie = false;
};

// P(difference <= x), linear between the quantiles, 0 and 1 beyond the outermost ones by the
// slope of the outermost gap.
double Below(const type::v1::Distribution& distribution, double x) {
  const auto& quantiles = distribution.quantiles();
  const int count = quantiles.size();
  if (x < quantiles[0].value()) {
    const double slope_width = std::max(quantiles[1].value() - quantiles[0].value(), 1e-9);
    return std::max(
        0.0, quantiles[0].probability() * (1 - (quantiles[0].value() - x) / (2 * slope_width)));
  }
  for (int i = 1; i < count; ++i) {
    if (x < quantiles[i].value()) {
      const double width = quantiles[i].value() - quantiles[i - 1].value();
      const double share = (x - quantiles[i - 1].value()) / width;
      return quantiles[i - 1].probability() +
             share * (quantiles[i].probability() - quantiles[i - 1].probability());
    }
  }
  const double tail_width =
      std::max(quantiles[count - 1].value() - quantiles[count - 2].value(), 1e-9);
  const double above = 1 - quantiles[count - 1].probability();
  return std::min(1.0, 1 - above * (1 - (x - quantiles[count - 1].value()) / (2 * tail_width)));
}

double NiceStep(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= value * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

// Makes the bars of one side add up to `total`.
void Normalise(std::vector<Bar>& bars, bool better, double total) {
  double sum = 0;
  for (const Bar& bar : bars) {
    if (!bar.is_tie && bar.is_better == better) sum += bar.probability;
  }
  for (Bar& bar : bars) {
    if (!bar.is_tie && bar.is_better == better) bar.probability *= sum > 0 ? total / sum : 0;
  }
}

std::vector<Bar> MakeBars(const simulation::v1::EntityDifference& difference) {
  const type::v1::Distribution& distribution = difference.difference();
  const auto& quantiles = distribution.quantiles();
  const double low = std::min(0.0, quantiles[0].value());
  const double high = std::max(0.0, quantiles[quantiles.size() - 1].value());
  const double better = difference.better_probability().value();
  const double tie = difference.tie_probability().value();
  std::vector<Bar> bars;
  if (high > low) {
    const double step = NiceStep((high - low) / kTargetBarCount);
    const int first = static_cast<int>(std::floor(low / step)) - 1;
    const int last = static_cast<int>(std::ceil(high / step)) + 1;
    for (int i = first; i < last; ++i) {
      Bar bar;
      bar.is_better = i >= 0;
      bar.style = bar.is_better ? Style::kGood : Style::kBad;
      bar.probability =
          std::max(0.0, Below(distribution, (i + 1) * step) - Below(distribution, i * step));
      bar.label = absl::StrCat(FormatSignedAmount(i * step, 0), " to ",
                               FormatSignedAmount((i + 1) * step, 0));
      if (i == 0 && tie > kNegligibleProbability) {
        Bar no_change;
        no_change.label = "no change";
        no_change.probability = tie;
        no_change.style = Style::kFaint;
        no_change.is_tie = true;
        bars.push_back(no_change);
      }
      bars.push_back(bar);
    }
    Normalise(bars, true, better);
    Normalise(bars, false, std::max(0.0, 1 - better - tie));
  } else {
    bars.push_back({"no change", tie, Style::kFaint, false, true});
  }
  const auto negligible = [](const Bar& bar) { return bar.probability < kNegligibleProbability; };
  while (bars.size() > 1 && negligible(bars.back())) bars.pop_back();
  while (bars.size() > 1 && negligible(bars.front())) bars.erase(bars.begin());
  return bars;
}

}  // namespace

std::string DifferenceHistogram(const simulation::v1::EntityDifference& difference,
                                const std::string& currency, const Terminal& terminal) {
  if (difference.difference().quantiles_size() < 2) return "";
  const std::vector<Bar> bars = MakeBars(difference);
  int label_columns = DisplayWidth(currency);
  double most = 0;
  for (const Bar& bar : bars) {
    label_columns = std::max(label_columns, DisplayWidth(bar.label));
    most = std::max(most, bar.probability);
  }
  // Beside the bar: two spaces, and a percentage of up to five columns.
  const int room =
      std::max(8, std::min(kMaxBarColumns, terminal.width_columns - label_columns - 9));
  std::string out = PadLeft(currency, label_columns) + "\n";
  for (const Bar& bar : bars) {
    const int length = most > 0 ? static_cast<int>(std::lround(room * bar.probability / most)) : 0;
    std::string drawn;
    const char* mark = !terminal.unicode ? (bar.is_tie      ? "="
                                            : bar.is_better ? "#"
                                                            : "-")
                                         : (bar.is_tie      ? "▒"
                                            : bar.is_better ? "█"
                                                            : "▓");
    for (int i = 0; i < length; ++i) drawn += mark;
    absl::StrAppend(&out, PadLeft(bar.label, label_columns), " ", terminal.unicode ? "│" : "|",
                    Paint(drawn, bar.style, terminal), length > 0 ? " " : "",
                    bar.probability < 0.005 ? "<1 %" : FormatPercent(bar.probability, 0), "\n");
  }
  return out;
}

}  // namespace quotacast::cli
