// Figures of a column as pictures on one scale: bars from zero, or marks with their intervals.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_VALUE_PICTURE_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_VALUE_PICTURE_H_

#include <string>

#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

// `low` is drawn at the left end and `high` at the right one. Finite; equal ends draw nothing.
struct PictureScale {
  double low = 0;
  double high = 0;
  int width_columns = 0;

  // Takes `value` in.
  void Include(double value);
};

// "█████▎": from zero, which the scale includes, to `value`. Negative values reach to the left of
// an axis "│", which is there when the scale has any. At least one character for a value that is
// not zero. Without Unicode '#' and '|'.
std::string BarPicture(double value, const PictureScale& scale, const Terminal& terminal);

// "   ├──●────┤": `value` within its interval. Without Unicode "|--o----|".
std::string IntervalPicture(double low, double value, double high, const PictureScale& scale,
                            const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_VALUE_PICTURE_H_
