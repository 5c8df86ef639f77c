// The fan chart: cumulative bookings through the period, with their uncertainty, in characters.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_FAN_CHART_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_FAN_CHART_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

// Quantiles of cumulative bookings at the end of a day, major units.
struct FanChartPoint {
  absl::CivilDay date;
  double p10 = 0;
  double p25 = 0;
  double p50 = 0;
  double p75 = 0;
  double p90 = 0;
};

struct FanChart {
  // In order of date; fewer than two give an empty chart.
  std::vector<FanChartPoint> points;
  std::optional<double> quota;
  // Heads the amount axis.
  std::string currency;
};

// The chart, as wide as the terminal (at most 100 columns) and about 20 lines high: the median as a
// line, the 25-75 % and 10-90 % bands as shades, the quota as a level line; amounts on the left,
// dates below, the final figures on the right, a legend at the end. Between points the quantiles
// are interpolated linearly.
std::string RenderFanChart(const FanChart& chart, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_FAN_CHART_H_
