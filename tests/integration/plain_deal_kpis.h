// The KPIs about deals once more, written from their definitions in docs/kpis.md alone: each goes
// over the deals of a row and shares no code with the product's.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_DEAL_KPIS_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_DEAL_KPIS_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/book_view.h"
#include "tests/integration/plain_deals.h"

namespace quotacast::plain {

inline Figure Bookings(const Cell& cell) {
  const std::vector<const Deal*> won = WonDeals(cell);
  const double sum = MajorUnits(SumBooked(won));
  return {.value = sum,
          .numerator = sum,
          .denominator = 1,
          .sample_size = static_cast<int64_t>(won.size())};
}

inline Figure BookingsLastThirdShare(const Cell& cell) {
  if (!cell.HasEnded()) return {};
  const int64_t day_count = cell.period->end - cell.period->start;
  int64_t all = 0, late = 0;
  for (const Deal* deal : WonDeals(cell)) {
    all += BookedMinorUnits(*deal);
    if (3 * (deal->close_day - cell.period->start) >= 2 * day_count)
      late += BookedMinorUnits(*deal);
  }
  Figure figure{.numerator = MajorUnits(late),
                .denominator = MajorUnits(all),
                .sample_size = static_cast<int64_t>(WonDeals(cell).size())};
  if (all != 0) figure.value = figure.numerator / figure.denominator;
  return figure;
}

// First days of the months that count for the consistency of bookings.
inline std::vector<absl::CivilMonth> CompleteMonths(const Cell& cell) {
  std::vector<absl::CivilMonth> months;
  if (!cell.view.first_created_day.has_value()) return months;
  absl::CivilMonth first(*cell.view.first_created_day);
  absl::CivilDay end = cell.today() + 1;
  if (cell.period.has_value()) {
    first = absl::CivilMonth(cell.period->start);
    if (absl::CivilDay(first) < cell.period->start) ++first;
    end = std::min(end, cell.period->end);
  }
  for (absl::CivilMonth month = first; absl::CivilDay(month + 1) <= end; ++month) {
    months.push_back(month);
  }
  if (!cell.period.has_value() && months.size() > 12)
    months.erase(months.begin(), months.end() - 12);
  if (cell.rep == nullptr) return months;
  std::erase_if(months, [&cell](absl::CivilMonth month) {
    const auto& [start, end_of_job] = std::pair(cell.rep->start_day, cell.rep->end_day);
    return (start.has_value() && *start > absl::CivilDay(month)) ||
           (end_of_job.has_value() && *end_of_job < absl::CivilDay(month + 1));
  });
  return months;
}

inline Figure BookingsConsistency(const Cell& cell) {
  std::vector<double> sums;
  for (const absl::CivilMonth month : CompleteMonths(cell)) {
    int64_t sum = 0;
    for (const Deal* deal : cell.deals) {
      if (IsWon(*deal) && absl::CivilMonth(deal->close_day) == month)
        sum += BookedMinorUnits(*deal);
    }
    sums.push_back(MajorUnits(sum));
  }
  if (sums.size() < 3 || Sum(sums) == 0) return {};
  const double count = static_cast<double>(sums.size());
  const double mean = Sum(sums) / count;
  double squares = 0;
  for (const double sum : sums) squares += (sum - mean) * (sum - mean);
  const double deviation = std::sqrt(squares / (count - 1));
  return {.value = 1 - deviation / mean,
          .numerator = deviation,
          .denominator = mean,
          .sample_size = static_cast<int64_t>(sums.size())};
}

inline Figure CreatedDealCount(const Cell& cell) { return Count(CreatedDeals(cell).size()); }

inline Figure LostDealCount(const Cell& cell) { return Count(LostDeals(cell).size()); }

inline Figure LossShare(const Cell& cell) {
  size_t all_lost = 0;
  for (const Deal& deal : cell.view.opportunities) {
    if (IsLost(deal) && cell.Has(deal.close_day)) ++all_lost;
  }
  return Share(LostDeals(cell).size(), all_lost);
}

inline Figure NoDecisionShare(const Cell& cell) {
  const std::vector<const Deal*> lost = LostDeals(cell);
  size_t undecided = 0;
  for (const Deal* deal : lost) {
    if (LossOf(cell.view, *deal) == metrics::LossKind::kNoDecision) ++undecided;
  }
  return Share(undecided, lost.size());
}

inline Figure EarlyDisqualificationShare(const Cell& cell) {
  std::vector<double> all_cycles;
  for (const Deal& deal : cell.view.opportunities) {
    if (IsWon(deal)) all_cycles.push_back(static_cast<double>(deal.close_day - deal.created_day));
  }
  if (all_cycles.empty()) return {};
  const double half_cycle = Median(all_cycles) / 2;
  const std::vector<const Deal*> lost = LostDeals(cell);
  size_t early = 0;
  for (const Deal* deal : lost) {
    const double age = static_cast<double>(deal->close_day - deal->created_day);
    const bool is_early = age <= half_cycle;
    if (is_early && LossOf(cell.view, *deal) == metrics::LossKind::kDisqualified) ++early;
  }
  return Share(early, lost.size());
}

inline Figure OpenDeals(const Cell& cell) {
  const absl::CivilDay day = cell.HasEnded() ? cell.period->end - 1 : cell.today();
  size_t open = 0;
  for (const Deal* deal : cell.deals) {
    if (WasOpenAfter(cell.view, *deal, day)) ++open;
  }
  return Count(open);
}

inline Figure OpenAmount(const Cell& cell) {
  if (cell.period.has_value() && cell.period->end <= cell.today()) return {};
  int64_t sum = 0, count = 0;
  for (const Deal* deal : cell.deals) {
    if (!IsOpen(*deal)) continue;
    std::optional<int64_t> amount = deal->amount_minor_units;
    if (amount.value_or(0) == 0 && deal->product >= 0) {
      amount = cell.view.products[static_cast<size_t>(deal->product)].list_price_minor_units;
    }
    if (!amount.has_value()) continue;
    ++count;
    sum += *amount;
  }
  return {.value = MajorUnits(sum),
          .numerator = MajorUnits(sum),
          .denominator = 1,
          .sample_size = count};
}

inline Figure DealSizeMedian(const Cell& cell) {
  std::vector<double> sizes;
  for (const Deal* deal : WonDeals(cell)) {
    if (BookedMinorUnits(*deal) > 0) sizes.push_back(MajorUnits(BookedMinorUnits(*deal)));
  }
  if (sizes.empty()) return {};
  return {.value = Median(sizes),
          .numerator = Sum(sizes),
          .denominator = static_cast<double>(sizes.size()),
          .sample_size = static_cast<int64_t>(sizes.size())};
}

inline Figure SalesCycleDaysMean(const Cell& cell) {
  const std::vector<double> days = CycleDays(WonDeals(cell));
  if (days.empty()) return {};
  return {.value = Sum(days) / static_cast<double>(days.size()),
          .numerator = Sum(days),
          .denominator = static_cast<double>(days.size()),
          .sample_size = static_cast<int64_t>(days.size())};
}

inline Figure SalesCycleDays(const Cell& cell) {
  Figure figure = SalesCycleDaysMean(cell);
  if (figure.value.has_value()) figure.value = Median(CycleDays(WonDeals(cell)));
  return figure;
}

inline Figure WinRateHorizon(const Cell& cell) {
  const std::vector<const Deal*> created = CreatedDeals(cell);
  size_t won = 0;
  for (const Deal* deal : created) {
    if (IsWon(*deal) && LastAge(cell, *deal) <= kHorizonDays) ++won;
  }
  Figure figure = Share(won, created.size());
  const LifeTable table = LifeTableOf(cell);
  figure.value.reset();
  const bool is_known = table.is_any_old || !table.is_any_open;
  if (!created.empty() && is_known) figure.value = table.won_shares.back();
  return figure;
}

inline Figure CycleDaysOpenAware(const Cell& cell) {
  Figure figure = WinRateHorizon(cell);
  if (figure.value.value_or(0) == 0) return {};
  const double half = *figure.value / 2 * (1 - 1e-12);  // A rounding error less is half, too.
  const std::vector<double> shares = LifeTableOf(cell).won_shares;
  size_t age = 0;
  while (shares[age] < half) ++age;
  figure.value = static_cast<double>(age);
  return figure;
}

inline Figure WinRateClosed(const Cell& cell) {
  const size_t won = WonDeals(cell).size();
  return Share(won, won + LostDeals(cell).size());
}

inline Figure WinRateCompetitive(const Cell& cell) {
  const size_t won = WonDeals(cell).size();
  size_t decided = won;
  for (const Deal* deal : LostDeals(cell)) {
    if (LossOf(cell.view, *deal) == metrics::LossKind::kCompetitive) ++decided;
  }
  return Share(won, decided);
}

inline Figure WinRateCreated(const Cell& cell) {
  const std::vector<const Deal*> created = CreatedDeals(cell);
  size_t won = 0;
  for (const Deal* deal : created) {
    if (IsWon(*deal)) ++won;
  }
  return Share(won, created.size());
}

inline Figure WinRateFlow(const Cell& cell) {
  size_t workable = 0;
  for (const Deal* deal : cell.deals) {
    if (WasWorkable(cell, *deal)) ++workable;
  }
  return Share(WonDeals(cell).size(), workable);
}

inline Figure WinRateValue(const Cell& cell) {
  int64_t won = 0, all = 0, count = 0;
  for (const Deal* deal : CreatedDeals(cell)) {
    if (!deal->entry_amount_minor_units.has_value()) continue;
    ++count;
    all += *deal->entry_amount_minor_units;
    if (IsWon(*deal)) won += *deal->entry_amount_minor_units;
  }
  Figure figure{.numerator = MajorUnits(won), .denominator = MajorUnits(all), .sample_size = count};
  if (count > 0) figure.value = figure.numerator / figure.denominator;
  return figure;
}

// Deals won and closed in the period, by rep.
inline std::map<int, std::pair<double, double>> ClosedByRep(const Cell& cell) {
  std::map<int, std::pair<double, double>> closed_by_rep;
  for (const Deal& deal : cell.view.opportunities) {
    if (IsOpen(deal) || !cell.Has(deal.close_day)) continue;
    auto& [won, closed] = closed_by_rep[deal.rep];
    if (IsWon(deal)) ++won;
    ++closed;
  }
  return closed_by_rep;
}

// The estimate by moments of the beta-binomial, every rep weighed by the number of the deals:
// `spread` is what the reps' rates differ by, and would be the number of reps less 1 by chance.
inline Figure CloseRateShrunk(const Cell& cell) {
  const std::map<int, std::pair<double, double>> closed_by_rep = ClosedByRep(cell);
  double all_won = 0, all_closed = 0, squares = 0;
  for (const auto& [rep, counts] : closed_by_rep) {
    all_won += counts.first;
    all_closed += counts.second;
    squares += counts.second * counts.second;
  }
  const double by_chance = static_cast<double>(closed_by_rep.size()) - 1;
  if (by_chance < 1 || all_won == 0 || all_won == all_closed) return {};
  const double rate = all_won / all_closed;
  double spread = 0;
  for (const auto& [rep, counts] : closed_by_rep) {
    const double difference = counts.first / counts.second - rate;
    spread += counts.second * difference * difference / (rate * (1 - rate));
  }
  const double correlation = (spread - by_chance) / (all_closed - squares / all_closed - by_chance);
  double peers_weight = all_closed;
  if (correlation > 0) peers_weight = std::clamp(1 / correlation - 1, 1.0, all_closed);
  Figure figure = WinRateClosed(cell);
  figure.value = (figure.numerator + peers_weight * rate) / (figure.denominator + peers_weight);
  return figure;
}

inline Figure SalesVelocity(const Cell& cell) {
  const std::vector<const Deal*> won = WonDeals(cell);
  if (won.empty()) return {};
  double open = 0;
  for (const Deal* deal : cell.deals) {
    if (IsOpen(*deal)) ++open;
  }
  const double mean_amount = MajorUnits(SumBooked(won)) / static_cast<double>(won.size());
  const Figure win_rate = WinRateClosed(cell);
  Figure figure{.numerator = open * mean_amount * *win_rate.value,
                .denominator = Median(CycleDays(won)),
                .sample_size = win_rate.sample_size};
  if (figure.denominator > 0) figure.value = figure.numerator / figure.denominator;
  return figure;
}

inline Figure SlipRate(const Cell& cell) {
  if (!cell.HasEnded()) return {};
  size_t due = 0, slipped = 0;
  for (const Deal* deal : cell.deals) {
    if (!WasOpenAfter(cell.view, *deal, cell.period->start - 1)) continue;
    std::optional<absl::CivilDay> expected;
    for (const metrics::ExpectedClose& said : deal->expected_closes) {
      if (said.said_day < cell.period->start) expected = said.expected_day;
    }
    if (!expected.has_value() || !cell.Has(*expected)) continue;
    ++due;
    if (WasOpenAfter(cell.view, *deal, cell.period->end - 1)) ++slipped;
  }
  return Share(slipped, due);
}

inline absl::CivilDay PeriodStart(const Cell& cell, absl::CivilDay day) {
  return cell.view.calendar.PeriodContaining(day).value().start;
}

inline Figure PushesPerDeal(const Cell& cell) {
  size_t dated = 0, pushes = 0;
  for (const Deal* deal : cell.deals) {
    if (deal->expected_closes.empty() || !WasWorkable(cell, *deal)) continue;
    ++dated;
    for (size_t i = 1; i < deal->expected_closes.size(); ++i) {
      const metrics::ExpectedClose& said = deal->expected_closes[i];
      const absl::CivilDay before = deal->expected_closes[i - 1].expected_day;
      if (!cell.Has(said.said_day)) continue;
      if (PeriodStart(cell, said.expected_day) > PeriodStart(cell, before)) ++pushes;
    }
  }
  return Share(pushes, dated);
}

inline Figure PullInRate(const Cell& cell) {
  size_t expected = 0, pulled_in = 0;
  for (const Deal* deal : WonDeals(cell)) {
    if (deal->expected_closes.empty()) continue;
    const metrics::ExpectedClose& first = deal->expected_closes.front();
    if (first.said_day >= deal->close_day) continue;
    ++expected;
    if (PeriodStart(cell, first.expected_day) > PeriodStart(cell, deal->close_day)) ++pulled_in;
  }
  return Share(pulled_in, expected);
}

using Kpi = Figure (*)(const Cell&);

inline const std::map<std::string, Kpi>& Kpis() {
  static const auto* const kpis = new std::map<std::string, Kpi>{
      {"bookings", Bookings},
      {"bookings_consistency", BookingsConsistency},
      {"bookings_last_third_share", BookingsLastThirdShare},
      {"close_rate_shrunk", CloseRateShrunk},
      {"created_deals", CreatedDealCount},
      {"cycle_days_open_aware", CycleDaysOpenAware},
      {"deal_size_median", DealSizeMedian},
      {"early_disqualification_share", EarlyDisqualificationShare},
      {"loss_share", LossShare},
      {"lost_deals", LostDealCount},
      {"no_decision_share", NoDecisionShare},
      {"open_amount", OpenAmount},
      {"open_deals", OpenDeals},
      {"pull_in_rate", PullInRate},
      {"pushes_per_deal", PushesPerDeal},
      {"sales_cycle_days", SalesCycleDays},
      {"sales_cycle_days_mean", SalesCycleDaysMean},
      {"sales_velocity", SalesVelocity},
      {"slip_rate", SlipRate},
      {"win_rate_closed", WinRateClosed},
      {"win_rate_competitive", WinRateCompetitive},
      {"win_rate_created", WinRateCreated},
      {"win_rate_flow", WinRateFlow},
      {"win_rate_horizon", WinRateHorizon},
      {"win_rate_value", WinRateValue},
  };
  return *kpis;
}

// Without a value for a period that has not begun, or that ended before the first deal. Two mean
// nothing without a period: theirs is then that of the as-of date.
inline Figure Compute(const std::string& kpi, Cell cell) {
  const bool needs_period = kpi == "bookings_last_third_share" || kpi == "slip_rate";
  if (needs_period && !cell.period.has_value()) {
    cell.period = cell.view.calendar.PeriodContaining(cell.today()).value();
  }
  if (cell.period.has_value()) {
    if (cell.period->start > cell.today()) return {};
    const std::optional<absl::CivilDay>& first_day = cell.view.first_created_day;
    if (first_day.has_value() && cell.period->end <= *first_day) return {};
  }
  return Kpis().at(kpi)(cell);
}

}  // namespace quotacast::plain

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_DEAL_KPIS_H_
