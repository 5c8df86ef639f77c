#include "services/metrics/kpi/close_rate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "boost/math/distributions/beta.hpp"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/intervals.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/win_rate.h"

namespace quotacast::metrics {
namespace {

KpiCell ShrunkCell(const Share& share, const PeerPrior& prior) {
  const double won = static_cast<double>(share.success_count) + prior.weight * prior.rate;
  const double all = static_cast<double>(share.count) + prior.weight;
  const boost::math::beta_distribution<> belief(won, all - won);
  KpiCell cell;
  cell.numerator = static_cast<double>(share.success_count);
  cell.denominator = static_cast<double>(share.count);
  cell.sample_size = share.count;
  cell.value = won / all;
  cell.interval =
      Interval{boost::math::quantile(belief, 0.025), boost::math::quantile(belief, 0.975)};
  if (cell.interval->high < prior.rate) cell.signal = metrics::v1::KPI_SIGNAL_BELOW_PEERS;
  if (cell.interval->low > prior.rate) cell.signal = metrics::v1::KPI_SIGNAL_ABOVE_PEERS;
  return cell;
}

absl::StatusOr<KpiColumn> ShrunkCloseRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const std::vector<Share> shares = ClosedShares(query);
  const std::optional<PeerPrior> prior = FitPeerPrior(shares);
  if (!prior) {
    return UndefinedColumn(
        *query.grouping, absl::StrCat("there is nothing to compare", InPeriod(query),
                                      ": it takes two reps with closed deals, and wins and losses "
                                      "among them"));
  }
  KpiColumn column;
  // Many reps have the same few deals, and quantiles are what takes the time here.
  std::map<std::pair<int64_t, int64_t>, KpiCell> cells;
  for (const Share& share : shares) {
    const auto [cell, is_new] = cells.try_emplace({share.success_count, share.count});
    if (is_new) cell->second = ShrunkCell(share, *prior);
    column.cells.push_back(cell->second);
  }
  column.notes.push_back(absl::StrFormat(
      "peers close at %.1f %%; a rep's own deals weigh as much as that from %.0f deals on",
      100 * prior->rate, prior->weight));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::optional<PeerPrior> FitPeerPrior(const std::vector<Share>& peers) {
  double all = 0, won = 0, squares = 0, rep_count = 0;
  for (const Share& peer : peers) {
    if (peer.count == 0) continue;
    const double count = static_cast<double>(peer.count);
    ++rep_count;
    all += count;
    won += static_cast<double>(peer.success_count);
    squares += count * count;
  }
  if (rep_count < 2 || won == 0 || won == all) return std::nullopt;
  const double rate = won / all;
  double spread = 0;
  for (const Share& peer : peers) {
    if (peer.count == 0) continue;
    const double count = static_cast<double>(peer.count);
    const double difference = static_cast<double>(peer.success_count) / count - rate;
    spread += count * difference * difference;
  }
  // What chance alone makes of the spread, and how much of the rest each unit of correlation adds.
  const double variance = rate * (1 - rate);
  const double by_chance = variance * (rep_count - 1);
  const double per_correlation = variance * (all - squares / all - (rep_count - 1));
  const double correlation = per_correlation > 0 ? (spread - by_chance) / per_correlation : 0;
  const double weight = correlation > 0 ? 1.0 / correlation - 1 : all;
  return PeerPrior{rate, std::clamp(weight, 1.0, all)};
}

std::vector<Kpi> CloseRateKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "close_rate_shrunk",
            .display_name = "Close rate (shrunk to peers)",
            .formula = "(won + m x peers' rate) / (closed + m)",
            .numerator = "the rep's deals won in the period, before shrinking",
            .denominator = "the rep's deals won or lost in the period, before shrinking",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules =
                {"m is how many deals the peers' rate is worth: few when reps differ much, many "
                 "when they differ by no more than chance; at least 1, at most the number "
                 "of all their deals. A note tells both.",
                 "A rep without closed deals has the peers' rate, with a wide interval.",
                 "A rep stands out above or below the peers when the interval does not hold their "
                 "rate, and only then: reps who are alike hardly ever do.",
                 "Undefined with fewer than two reps that closed deals, and when all or none of "
                 "the deals were won."},
            .caveat = "For ranking reps with few deals: the raw rate of three deals says little. "
                      "It supposes that the reps work comparable deals.",
            .source = "Empirical Bayes: B. Efron and C. Morris (1975); moments of the "
                      "beta-binomial by J. Kleinman (1973).",
            .interval_method = "quantiles of the beta distribution after the rep's deals, 95 %"},
           {GROUP_BY_REP}),
       .compute = ShrunkCloseRate}};
}

}  // namespace quotacast::metrics
