#include "services/metrics/kpi/horizon.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/intervals.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

// The deals that end at one age, and what was true just before.
struct Step {
  int64_t age_days = 0;
  double at_risk_count = 0;
  double won_count = 0;
  double ended_count = 0;
  double open_share = 1;  // Neither won nor lost before this age.
  double won_share = 0;   // Won up to and with this age.
};

// Marubini and Valsecchi, Analysing Survival Data (1995), equation 10.12.
double Variance(const std::vector<Step>& steps, double share) {
  double variance = 0;
  for (const Step& step : steps) {
    const double n = step.at_risk_count;
    const double later = share - step.won_share;
    if (n > step.ended_count) {
      variance += later * later * step.ended_count / (n * (n - step.ended_count));
    }
    variance +=
        step.open_share * step.open_share * (n - step.won_count) * step.won_count / (n * n * n);
    variance -= 2 * later * step.open_share * step.won_count / (n * n);
  }
  return std::max(0.0, variance);
}

std::optional<Interval> LogLogInterval(double share, double variance) {
  if (share <= 0 || share >= 1) return std::nullopt;
  const double spread =
      kNormalQuantile975 * std::sqrt(variance) / (share * std::abs(std::log(share)));
  return Interval{std::pow(share, std::exp(spread)), std::pow(share, std::exp(-spread))};
}

// Half of what was won by the last step.
std::optional<int64_t> HalfAge(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    // Rounding must not move a half.
    if (step.won_share > 0 && step.won_share >= steps.back().won_share / 2 - 1e-12) {
      return step.age_days;
    }
  }
  return std::nullopt;
}

// Deals created in the period, per row.
std::vector<std::vector<AgedDeal>> Cohorts(const KpiQuery& query) {
  std::vector<std::vector<AgedDeal>> rows(query.grouping->groups().size());
  const int32_t as_of_day = NumberOfDay(query.view->as_of.effective_day);
  for (const DealRef deal : query.view->columns->CreatedIn(query.period)) {
    AgedDeal aged;
    const bool is_open = deal.outcome() == StageCategory::kOpen;
    aged.age_days = (is_open ? as_of_day : deal.close_day()) - deal.created_day();
    if (!is_open) {
      aged.end = deal.outcome() == StageCategory::kWon ? AgedDeal::End::kWon : AgedDeal::End::kLost;
    }
    for (const int row : query.grouping->RowsOf(deal)) {
      rows[static_cast<size_t>(row)].push_back(aged);
    }
  }
  return rows;
}

enum class Asked { kShare, kHalfAge };

absl::StatusOr<KpiColumn> ByAge(const KpiQuery& query, Asked asked) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  KpiColumn column;
  for (std::vector<AgedDeal>& deals : Cohorts(query)) {
    KpiCell cell;
    cell.sample_size = static_cast<int64_t>(deals.size());
    cell.denominator = static_cast<double>(deals.size());
    if (deals.empty()) {
      cell.undefined_reason = absl::StrCat("no deal was created", InPeriod(query));
      column.cells.push_back(cell);
      continue;
    }
    const std::optional<CumulativeIncidence> won = WonByAge(std::move(deals), query.horizon_days);
    if (won) cell.numerator = static_cast<double>(won->won_count);
    if (won && asked == Asked::kShare) {
      cell.value = won->share;
      cell.interval = won->interval;
    } else if (won && won->half_age_days) {
      cell.value = static_cast<double>(*won->half_age_days);
    } else if (won) {
      cell.undefined_reason = absl::StrCat("no deal created", InPeriod(query),
                                           " was won by the age of ", query.horizon_days, " days");
    } else {
      cell.undefined_reason =
          absl::StrCat("no deal created", InPeriod(query), " is ", query.horizon_days,
                       " days old yet, and some are still open: ask for a shorter horizon");
    }
    column.cells.push_back(cell);
  }
  column.notes.push_back(absl::StrCat("by the age of ", query.horizon_days, " days"));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::optional<CumulativeIncidence> WonByAge(std::vector<AgedDeal> deals, int horizon_days) {
  std::sort(deals.begin(), deals.end(),
            [](const AgedDeal& a, const AgedDeal& b) { return a.age_days < b.age_days; });
  CumulativeIncidence won;
  std::vector<Step> steps;
  double open_share = 1;
  size_t first = 0;  // Of the deals at this age.
  while (first < deals.size() && deals[first].age_days <= horizon_days) {
    Step step;
    step.age_days = deals[first].age_days;
    step.at_risk_count = static_cast<double>(deals.size() - first);
    step.open_share = open_share;
    size_t next = first;
    for (; next < deals.size() && deals[next].age_days == deals[first].age_days; ++next) {
      if (deals[next].end == AgedDeal::End::kStillOpen) continue;
      ++step.ended_count;
      if (deals[next].end == AgedDeal::End::kWon) ++step.won_count;
    }
    first = next;
    if (step.ended_count == 0) continue;
    won.share += open_share * step.won_count / step.at_risk_count;
    won.won_count += static_cast<int64_t>(step.won_count);
    step.won_share = won.share;
    open_share *= 1 - step.ended_count / step.at_risk_count;
    steps.push_back(step);
  }
  // That the oldest ones have all ended says nothing of the open ones that are younger.
  const bool is_anyone_older = first < deals.size() || deals.back().age_days == horizon_days;
  const bool is_any_open = std::any_of(deals.begin(), deals.end(), [](const AgedDeal& deal) {
    return deal.end == AgedDeal::End::kStillOpen;
  });
  if (!is_anyone_older && is_any_open) return std::nullopt;
  won.half_age_days = HalfAge(steps);
  won.interval = LogLogInterval(won.share, Variance(steps, won.share));
  return won;
}

std::vector<Kpi> HorizonKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "win_rate_horizon",
            .display_name = "Win rate (by age)",
            .formula = "Aalen-Johansen estimate of the share of deals created in the period "
                       "that are won by the horizon, an age in days",
            .numerator = "deals created in the period and won by that age, as counted",
            .denominator = "deals created in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules =
                {"The value is not numerator / denominator: a deal that is still open counts as "
                 "long as it was watched, and not as a loss.",
                 "Losses end a deal as wins do; at one age, ends come before deals that were "
                 "only watched until then.",
                 "Undefined when no deal was created, and when none is as old as the horizon "
                 "while some are still open.",
                 "The age of a reopened deal counts from its first creation to its last "
                 "closing."},
            .caveat = "The figure to compare cohorts of different ages by. It supposes that "
                      "open deals will fare as deals of their age did.",
            .source = "O. Aalen and S. Johansen (1978); E. Marubini and M. Valsecchi, Analysing "
                      "Survival Data (1995), chapter 10.",
            .interval_method = "Aalen's variance on the complementary log-log scale, 95 %"},
           DealGroupBys()),
       .compute = [](const KpiQuery& query) { return ByAge(query, Asked::kShare); }},
      {.definition = Define(
           {.name = "cycle_days_open_aware",
            .display_name = "Sales cycle (open deals counted)",
            .formula = "age by which half of the deals created in the period that will be won by "
                       "the horizon have been won, from the Aalen-Johansen estimate",
            .numerator = "deals created in the period and won by the horizon, as counted",
            .denominator = "deals created in the period",
            .unit = KPI_UNIT_DAYS,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules =
                {"The value is not numerator / denominator: it is the youngest age at which "
                 "win_rate_horizon reaches half of what it is at the horizon.",
                 "Deals that are still open count as long as they were watched, so that a young "
                 "pipeline does not look fast.",
                 "Undefined when no deal was created or won by the horizon, and when none is as "
                 "old as the horizon while some are still open.",
                 "The age of a reopened deal counts from its first creation to its last "
                 "closing."},
            .caveat = "Wins after the horizon are not in it. sales_cycle_days, of won deals only, "
                      "is shorter while the pipeline is young or grows.",
            .source = "O. Aalen and S. Johansen (1978)."},
           DealGroupBys()),
       .compute = [](const KpiQuery& query) { return ByAge(query, Asked::kHalfAge); }}};
}

}  // namespace quotacast::metrics
