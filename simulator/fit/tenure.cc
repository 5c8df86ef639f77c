#include "simulator/fit/tenure.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "simulator/fit/creation.h"
#include "simulator/fit/drawn.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerYear = 365.25;
// How much reps of a team differ in creation: a gamma prior of this many deals on a rep's rate.
constexpr double kRepPriorCount = 4;

// Days a rep was in the job in the window, first to one past the last, by tenure.
struct Stay {
  int first_tenure = 0;
  int end_tenure = 0;
  std::vector<int> created_at;  // Tenure at each deal created.
};

// Sum over days of min(1, (tenure + 1/2) / ramp), tenure from `first` to one before `end`.
double RampedDaysBetween(int first, int end, double ramp_days) {
  auto upto = [ramp_days](int days) {
    // Day t counts (t + 1/2) / ramp while that is below 1.
    const int ramping = std::min(days, static_cast<int>(std::ceil(ramp_days - 0.5)));
    return 0.5 * ramping * ramping / ramp_days + (days - ramping);
  };
  return end > first ? upto(end) - upto(first) : 0;
}

double RampAt(int tenure, double ramp_days) { return std::min(1.0, (tenure + 0.5) / ramp_days); }

int Days(absl::CivilDay from, absl::CivilDay to) { return static_cast<int>(to - from); }

}  // namespace

RampFit FitRamp(const History& history, absl::CivilDay window_start) {
  std::vector<Stay> stays(history.reps.size());
  for (size_t r = 0; r < history.reps.size(); ++r) {
    const HistoryRep& rep = history.reps[r];
    const absl::CivilDay end =
        rep.end.has_value() ? std::min(*rep.end, history.as_of + 1) : history.as_of + 1;
    // Without a start date, long before.
    const absl::CivilDay start = rep.start.value_or(window_start - kMaxRampDays);
    stays[r].first_tenure = std::max(0, Days(start, window_start));
    stays[r].end_tenure = std::max(stays[r].first_tenure, Days(start, end));
  }
  RampFit fit;
  for (const HistoryDeal& deal : history.deals) {
    const HistoryRep& rep = history.reps[deal.rep];
    if (deal.created < window_start || !IsInJob(rep, deal.created)) continue;
    const absl::CivilDay start = rep.start.value_or(window_start - kMaxRampDays);
    stays[deal.rep].created_at.push_back(Days(start, deal.created));
  }
  for (size_t r = 0; r < stays.size(); ++r) {
    Stay& stay = stays[r];
    std::sort(stay.created_at.begin(), stay.created_at.end());
    if (stay.created_at.empty() || stay.first_tenure >= kMaxRampDays) continue;
    ++fit.rep_count;
    fit.created_count += static_cast<int>(
        std::lower_bound(stay.created_at.begin(), stay.created_at.end(), kMaxRampDays) -
        stay.created_at.begin());
  }
  std::vector<double> weeks;
  std::vector<double> log_density;
  for (double ramp_weeks = 2; ramp_weeks < 79; ramp_weeks *= 1.08) {
    const double ramp_days = 7 * ramp_weeks;
    std::vector<double> team_created(history.teams.size(), 0.0);
    std::vector<double> team_days(history.teams.size(), 0.0);
    std::vector<double> days;
    for (size_t r = 0; r < stays.size(); ++r) {
      days.push_back(RampedDaysBetween(stays[r].first_tenure, stays[r].end_tenure, ramp_days));
      if (stays[r].created_at.empty()) continue;
      team_created[history.reps[r].team] += static_cast<double>(stays[r].created_at.size());
      team_days[history.reps[r].team] += days.back();
    }
    double sum = LogLogNormal(ramp_weeks, kDefaultRampWeeks, kRampLogSd);
    for (size_t r = 0; r < stays.size(); ++r) {
      const size_t team = static_cast<size_t>(history.reps[r].team);
      if (stays[r].created_at.empty() || team_days[team] <= 0) continue;
      const double team_rate = team_created[team] / team_days[team];
      const double count = static_cast<double>(stays[r].created_at.size());
      // Gamma(kappa, kappa / team_rate) integrated against a Poisson process.
      sum += -kRepPriorCount * std::log(team_rate) -
             (kRepPriorCount + count) * std::log(kRepPriorCount / team_rate + days[r]);
      for (const int tenure : stays[r].created_at) {
        if (tenure < ramp_days) sum += std::log(RampAt(tenure, ramp_days));
      }
    }
    weeks.push_back(ramp_weeks);
    log_density.push_back(sum);
  }
  fit.weeks = Normalised(weeks, log_density);
  return fit;
}

AttritionFit FitAttrition(const History& history, absl::CivilDay window_start, int draw_count,
                          uint64_t seed) {
  const size_t bands = std::size(kAttritionBandStarts);
  auto band_of = [&](int tenure) {
    size_t band = bands - 1;
    while (band > 0 && tenure < kAttritionBandStarts[band]) --band;
    return band;
  };
  AttritionFit fit;
  fit.leavers.assign(bands, 0.0);
  fit.rep_years.assign(bands, 0.0);
  double total = 0;
  for (const HistoryRep& rep : history.reps) {
    const absl::CivilDay end =
        rep.end.has_value() ? std::min(*rep.end, history.as_of + 1) : history.as_of + 1;
    const absl::CivilDay begin = rep.start ? std::max(*rep.start, window_start) : window_start;
    if (end < begin) continue;
    const int unknown = kAttritionBandStarts[bands - 1];
    const int first = rep.start ? Days(*rep.start, begin) : unknown;
    const int last = first + Days(begin, end);
    for (size_t b = 0; b < bands; ++b) {
      const int from = std::max(first, kAttritionBandStarts[b]);
      const int to = b + 1 < bands ? std::min(last, kAttritionBandStarts[b + 1]) : last;
      fit.rep_years[b] += std::max(0, to - from) / kDaysPerYear;
    }
    if (rep.end.has_value() && *rep.end <= history.as_of) {
      ++fit.leavers[band_of(last)];
      ++total;
    }
  }
  if (total == 0) return fit;
  std::vector<RateData> data;
  for (size_t b = 0; b < bands; ++b) data.push_back({fit.leavers[b], fit.rep_years[b]});
  RateData level;
  const std::vector<double> alike(bands, kDefaultAttritionPerYear);
  for (const RateData& band : PassedUp(data, alike, kAttritionBandCount)) {
    level.events += band.events;
    level.exposure += band.exposure;
  }
  const Drawer drawer(seed, "fit/attrition", "all");
  const Drawn all = drawer.DrawRate(0, level, FixedPriorCount(kAttritionPriorCount, draw_count),
                                    Constant(kDefaultAttritionPerYear, draw_count));
  fit.draws.resize(static_cast<size_t>(draw_count));
  for (size_t b = 0; b < bands; ++b) {
    const Drawn rate = drawer.DrawRate(static_cast<uint32_t>(b) + 1, data[b],
                                       FixedPriorCount(kAttritionBandCount, draw_count), all);
    for (size_t k = 0; k < fit.draws.size(); ++k) {
      fit.draws[k].push_back({kAttritionBandStarts[b], rate.draws[k]});
    }
  }
  return fit;
}

}  // namespace quotacast::simulator
