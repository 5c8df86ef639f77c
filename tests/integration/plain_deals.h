// Deals of one row of a KPI table, and what docs/kpis.md says of when one counts: as plainly as it
// can be, deal by deal, sharing no code with the product's KPIs.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_DEALS_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_DEALS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/book_view.h"
#include "tests/integration/plain_figure.h"

namespace quotacast::plain {

using Deal = metrics::BookOpportunity;
using metrics::StageCategory;

inline constexpr int kHorizonDays = 180;  // What docs/kpis.md says when no other is asked for.

// One cell of a table: the deals of its row, and its period; absent: all history.
struct Cell {
  const metrics::BookView& view;
  std::vector<const Deal*> deals = {};
  std::optional<FiscalPeriod> period = {};
  const metrics::BookRep* rep = nullptr;  // Whose row it is; null in other rows.

  absl::CivilDay today() const { return view.as_of.effective_day; }
  bool Has(absl::CivilDay day) const {
    return !period.has_value() || (day >= period->start && day < period->end);
  }
  bool HasEnded() const { return period.has_value() && today() >= period->end - 1; }
};

inline bool IsWon(const Deal& deal) { return deal.outcome == StageCategory::kWon; }
inline bool IsLost(const Deal& deal) { return deal.outcome == StageCategory::kLost; }
inline bool IsOpen(const Deal& deal) { return deal.outcome == StageCategory::kOpen; }

inline double MajorUnits(int64_t minor_units) { return static_cast<double>(minor_units) / 100; }

inline int64_t BookedMinorUnits(const Deal& deal) { return deal.amount_minor_units.value_or(0); }

inline metrics::LossKind LossOf(const metrics::BookView& view, const Deal& deal) {
  return view.stages[static_cast<size_t>(deal.visits.back().stage)].loss;
}

// Whether the deal stood in an open stage at the end of `day`; from its creation until it enters
// another stage, it does.
inline bool WasOpenAfter(const metrics::BookView& view, const Deal& deal, absl::CivilDay day) {
  if (deal.created_day > day) return false;
  StageCategory category = StageCategory::kOpen;
  for (const metrics::StageVisit& visit : deal.visits) {
    if (visit.entered_day > day) break;
    category = view.stages[static_cast<size_t>(visit.stage)].category;
  }
  return category == StageCategory::kOpen;
}

// Open when the period began, unless the last closing lies before it, or created in it.
inline bool WasWorkable(const Cell& cell, const Deal& deal) {
  if (cell.Has(deal.created_day)) return true;
  if (deal.created_day >= cell.period->end) return false;
  return IsOpen(deal) || deal.close_day >= cell.period->start;
}

inline std::vector<const Deal*> WonDeals(const Cell& cell) {
  std::vector<const Deal*> won;
  for (const Deal* deal : cell.deals) {
    if (IsWon(*deal) && cell.Has(deal->close_day)) won.push_back(deal);
  }
  return won;
}

inline std::vector<const Deal*> LostDeals(const Cell& cell) {
  std::vector<const Deal*> lost;
  for (const Deal* deal : cell.deals) {
    if (IsLost(*deal) && cell.Has(deal->close_day)) lost.push_back(deal);
  }
  return lost;
}

inline std::vector<const Deal*> CreatedDeals(const Cell& cell) {
  std::vector<const Deal*> created;
  for (const Deal* deal : cell.deals) {
    if (cell.Has(deal->created_day)) created.push_back(deal);
  }
  return created;
}

inline int64_t SumBooked(const std::vector<const Deal*>& deals) {
  int64_t sum = 0;
  for (const Deal* deal : deals) sum += BookedMinorUnits(*deal);
  return sum;
}

inline std::vector<double> CycleDays(const std::vector<const Deal*>& won) {
  std::vector<double> days;
  for (const Deal* deal : won)
    days.push_back(static_cast<double>(deal->close_day - deal->created_day));
  return days;
}

inline double Sum(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

inline Figure Share(size_t part, size_t whole) {
  Figure figure{.numerator = static_cast<double>(part),
                .denominator = static_cast<double>(whole),
                .sample_size = static_cast<int64_t>(whole)};
  if (whole > 0) figure.value = figure.numerator / figure.denominator;
  return figure;
}

inline Figure Count(size_t count) {
  return {.value = static_cast<double>(count),
          .numerator = static_cast<double>(count),
          .denominator = 1,
          .sample_size = static_cast<int64_t>(count)};
}

// The age at which a deal was won or lost, else the age up to which it was watched.
inline int64_t LastAge(const Cell& cell, const Deal& deal) {
  return (IsOpen(deal) ? cell.today() : deal.close_day) - deal.created_day;
}

// The estimate of Aalen and Johansen over the deals created in the period.
struct LifeTable {
  std::vector<double> won_shares;  // Won by each age up to the horizon.
  double open_share = 1;           // Neither won nor lost by the horizon.
  bool is_any_old = false;         // A deal was watched up to the horizon.
  bool is_any_open = false;
};

inline LifeTable LifeTableOf(const Cell& cell) {
  LifeTable table;
  const std::vector<const Deal*> created = CreatedDeals(cell);
  double won_share = 0;
  for (int64_t age = 0; age <= kHorizonDays; ++age) {
    double watched = 0, won = 0, lost = 0;
    for (const Deal* deal : created) {
      const int64_t last_age = LastAge(cell, *deal);
      if (last_age >= age) ++watched;
      if (last_age == age && IsWon(*deal)) ++won;
      if (last_age == age && IsLost(*deal)) ++lost;
    }
    if (watched > 0) {
      won_share += table.open_share * won / watched;
      table.open_share *= 1 - (won + lost) / watched;
    }
    table.won_shares.push_back(won_share);
  }
  for (const Deal* deal : created) {
    if (LastAge(cell, *deal) >= kHorizonDays) table.is_any_old = true;
    if (IsOpen(*deal)) table.is_any_open = true;
  }
  return table;
}

}  // namespace quotacast::plain

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_DEALS_H_
