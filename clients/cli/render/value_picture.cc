#include "clients/cli/render/value_picture.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "clients/cli/render/style.h"
#include "clients/cli/render/terminal.h"

namespace quotacast::cli {
namespace {

constexpr int kEighths = 8;

std::string Repeated(const char* text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

bool IsEmpty(const PictureScale& scale) {
  return scale.width_columns < 1 || !(scale.high > scale.low);
}

// Whole blocks and one of eighths; of at most `columns`.
std::string Blocks(double columns, int max_columns, const Terminal& terminal) {
  static constexpr const char* kPieces[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!terminal.unicode) {
    const int count = static_cast<int>(std::lround(columns));
    return std::string(std::clamp(count, 1, max_columns), '#');
  }
  const int eighths =
      std::clamp(static_cast<int>(std::lround(columns * kEighths)), 1, max_columns * kEighths);
  return Repeated("█", eighths / kEighths) + kPieces[eighths % kEighths];
}

}  // namespace

void PictureScale::Include(double value) {
  low = std::min(low, value);
  high = std::max(high, value);
}

std::string BarPicture(double value, const PictureScale& scale, const Terminal& terminal) {
  if (IsEmpty(scale)) return "";
  // The axis takes a column of its own.
  const int columns = scale.width_columns - (scale.low < 0 ? 1 : 0);
  const double per_unit = columns / (scale.high - scale.low);
  if (scale.low >= 0) {
    if (value <= 0) return "";
    return Paint(Blocks(value * per_unit, scale.width_columns, terminal), Style::kInnerBand,
                 terminal);
  }
  const int left =
      std::clamp(static_cast<int>(std::lround(-scale.low * per_unit)), 1, std::max(1, columns));
  const int right = std::max(0, columns - left);
  const char* axis = terminal.unicode ? "│" : "|";
  if (value < 0) {
    const int count = std::clamp(static_cast<int>(std::lround(-value * per_unit)), 1, left);
    return std::string(left - count, ' ') +
           Paint(Repeated(terminal.unicode ? "█" : "#", count), Style::kOuterBand, terminal) + axis;
  }
  if (value == 0 || right == 0) return std::string(left, ' ') + axis;
  return std::string(left, ' ') + axis +
         Paint(Blocks(value * per_unit, right, terminal), Style::kInnerBand, terminal);
}

std::string IntervalPicture(double low, double value, double high, const PictureScale& scale,
                            const Terminal& terminal) {
  if (IsEmpty(scale)) return "";
  const auto column = [&](double x) {
    const double share = (x - scale.low) / (scale.high - scale.low);
    return std::clamp(static_cast<int>(std::lround(share * (scale.width_columns - 1))), 0,
                      scale.width_columns - 1);
  };
  const int first = column(low);
  const int middle = column(value);
  const int last = column(high);
  std::string out(std::min(first, middle), ' ');
  for (int i = std::min(first, middle); i <= std::max(last, middle); ++i) {
    if (i == middle) {
      out += Paint(terminal.unicode ? "●" : "o", Style::kMedian, terminal);
    } else if (i == first) {
      out += terminal.unicode ? "├" : "|";
    } else if (i == last) {
      out += terminal.unicode ? "┤" : "|";
    } else {
      out += terminal.unicode ? "─" : "-";
    }
  }
  return out;
}

}  // namespace quotacast::cli
