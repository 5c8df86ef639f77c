#include "services/metrics/kpi/performer_gap.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/accounts.h"
#include "services/metrics/kpi/activities.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/intervals.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/periods.h"
#include "services/metrics/kpi/record_grouping.h"
#include "services/metrics/kpi/volume.h"

namespace quotacast::metrics {
namespace {

// Position of the quartile among the two rows that a comparison is made of.
enum Side { kTop = 0, kLow = 1 };

// Which side each rep of the view is on, as the rows of a deal: {kTop}, {kLow} or none.
std::vector<std::vector<int>> SidesOf(const BookView& view, const Quartiles& quartiles) {
  std::vector<std::vector<int>> sides(view.reps.size());
  for (const int rep : quartiles.top) sides[static_cast<size_t>(rep)] = {kTop};
  for (const int rep : quartiles.low) sides[static_cast<size_t>(rep)] = {kLow};
  return sides;
}

// Compares one row's quartiles in the query's period.
using Comparison =
    std::function<absl::StatusOr<KpiCell>(const KpiQuery&, const std::vector<std::vector<int>>&)>;

std::string NothingToCompare(const KpiQuery& query, const char* what) {
  return absl::StrCat("not both quartiles have ", what, InPeriod(query));
}

absl::StatusOr<KpiCell> CompareWinRates(const KpiQuery& query,
                                        const std::vector<std::vector<int>>& sides) {
  Share shares[2];
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.ClosedIn(query.period)) {
    for (const int side : sides[static_cast<size_t>(closed.rep)]) {
      shares[side].Count(closed.is_won);
    }
  }
  return DifferenceCell(shares[kTop], shares[kLow], NothingToCompare(query, "closed deals"));
}

// Of the medians of what `value_of` says about won deals.
KpiCell CompareMedians(const KpiQuery& query, const std::vector<std::vector<int>>& sides,
                       const char* what,
                       const std::function<std::optional<int64_t>(const DealRef&)>& value_of) {
  std::vector<std::vector<int64_t>> values(2);
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.WonIn(query.period)) {
    const DealRef deal = columns.At(closed);
    const std::optional<int64_t> value = value_of(deal);
    if (!value) continue;
    for (const int side : sides[static_cast<size_t>(deal.rep())]) {
      values[static_cast<size_t>(side)].push_back(*value);
    }
  }
  const KpiColumn medians = MedianColumn(std::move(values), "");
  const KpiCell& top = medians.cells[kTop];
  const KpiCell& low = medians.cells[kLow];
  KpiCell cell;
  cell.sample_size = top.sample_size + low.sample_size;
  cell.numerator = top.value.value_or(0);
  cell.denominator = low.value.value_or(0);
  if (!top.value || !low.value) {
    cell.undefined_reason = NothingToCompare(query, what);
    return cell;
  }
  cell.value = *top.value - *low.value;
  if (top.interval && low.interval) {
    cell.interval = DifferenceInterval(*top.value, *top.interval, *low.value, *low.interval);
  }
  return cell;
}

absl::StatusOr<KpiCell> CompareCycles(const KpiQuery& query,
                                      const std::vector<std::vector<int>>& sides) {
  return CompareMedians(query, sides, "won deals",
                        [](const DealRef& deal) -> std::optional<int64_t> {
                          return deal.close_day() - deal.created_day();
                        });
}

absl::StatusOr<KpiCell> CompareDealSizes(const KpiQuery& query,
                                         const std::vector<std::vector<int>>& sides) {
  KpiColumn column;
  column.cells.push_back(CompareMedians(query, sides, "won deals with an amount",
                                        [](const DealRef& deal) -> std::optional<int64_t> {
                                          if (deal.amount_minor_units().value_or(0) <= 0)
                                            return std::nullopt;
                                          return deal.amount_minor_units();
                                        }));
  // Below the line is a figure of money, too: in the place of a numerator it is scaled alike.
  KpiCell below;
  below.numerator = column.cells[0].denominator;
  column.cells.push_back(below);
  ToMajorUnits(query.view->currency, column);
  column.cells[0].denominator = column.cells[1].numerator;
  return column.cells[0];
}

absl::StatusOr<KpiCell> CompareGrowth(const KpiQuery& query,
                                      const std::vector<std::vector<int>>& sides) {
  KpiCell cell;
  if (const auto reason = NoMotionReason(*query.view)) {
    cell.undefined_reason = *reason;
    return cell;
  }
  const std::optional<FiscalPeriod> before =
      YearEarlier(query.view->calendar, metrics::v1::GROUP_BY_PERIOD, *query.period);
  if (!before) {
    cell.undefined_reason =
        absl::StrCat("the fiscal calendar has no period a year before ", query.period->name);
    return cell;
  }
  QC_ASSIGN_OR_RETURN(const std::vector<AccountGrowth> growth,
                      SumAccountGrowth(
                          *query.view, *query.period, *before,
                          [&](const DealRef& deal) -> const std::vector<int>& {
                            return sides[static_cast<size_t>(deal.rep())];
                          },
                          2));
  cell.sample_size = growth[kTop].account_count + growth[kLow].account_count;
  const auto ratio = [](const AccountGrowth& side) {
    return static_cast<double>(side.grown_minor_units) /
           static_cast<double>(side.before_minor_units);
  };
  if (growth[kTop].before_minor_units > 0) cell.numerator = ratio(growth[kTop]);
  if (growth[kLow].before_minor_units > 0) cell.denominator = ratio(growth[kLow]);
  if (growth[kTop].before_minor_units <= 0 || growth[kLow].before_minor_units <= 0) {
    cell.undefined_reason =
        absl::StrCat("not both quartiles have accounts that booked in ", before->name);
  } else {
    cell.value = cell.numerator - cell.denominator;
  }
  return cell;
}

// Of one quantity over another of each side. Undefined when either has nothing below the line.
KpiCell CompareRatios(const KpiQuery& query, const Ratio (&sides)[2], const char* what) {
  KpiCell cell;
  cell.sample_size = sides[kTop].sample_size + sides[kLow].sample_size;
  const auto value_of = [](const Ratio& side) {
    return side.denominator > 0 ? side.numerator / side.denominator : 0;
  };
  cell.numerator = value_of(sides[kTop]);
  cell.denominator = value_of(sides[kLow]);
  if (sides[kTop].denominator <= 0 || sides[kLow].denominator <= 0) {
    cell.undefined_reason = NothingToCompare(query, what);
  } else {
    cell.value = cell.numerator - cell.denominator;
  }
  return cell;
}

// Adds the business days that each side's reps are in the job.
void AddBusinessDays(const KpiQuery& query, const std::vector<std::vector<int>>& sides,
                     Ratio (&ratios)[2]) {
  const DayWindow window = WindowOf(query, query.period->start);
  for (size_t rep = 0; rep < sides.size(); ++rep) {
    for (const int side : sides[rep]) {
      ratios[side].denominator +=
          static_cast<double>(BusinessDaysInJob(query.view->reps[rep], window));
    }
  }
}

absl::StatusOr<KpiCell> CompareNewDeals(const KpiQuery& query,
                                        const std::vector<std::vector<int>>& sides) {
  Ratio ratios[2];
  AddBusinessDays(query, sides, ratios);
  for (const DealRef deal : query.view->columns->CreatedIn(query.period)) {
    for (const int side : sides[static_cast<size_t>(deal.rep())]) {
      ++ratios[side].numerator;
      ++ratios[side].sample_size;
    }
  }
  return CompareRatios(query, ratios, "reps with a business day in the job");
}

absl::StatusOr<KpiCell> CompareOutreach(const KpiQuery& query,
                                        const std::vector<std::vector<int>>& sides) {
  Ratio ratios[2];
  AddBusinessDays(query, sides, ratios);
  for (const BookActivity& activity : query.view->records->activities) {
    if (activity.rep < 0 || !IsOutreach(activity) || !FallsOn(activity.start, query)) continue;
    for (const int side : sides[static_cast<size_t>(activity.rep)]) {
      ++ratios[side].numerator;
      ++ratios[side].sample_size;
    }
  }
  if (ratios[kTop].numerator == 0 && ratios[kLow].numerator == 0) {
    KpiCell cell;  // Nobody reaches out at all: then nobody wrote it down.
    cell.undefined_reason = NothingToCompare(query, "outreach that was written down");
    return cell;
  }
  return CompareRatios(query, ratios, "outreach that was written down");
}

absl::StatusOr<KpiCell> CompareSellingTime(const KpiQuery& query,
                                           const std::vector<std::vector<int>>& sides) {
  Ratio ratios[2];
  for (const BookActivity& activity : query.view->records->activities) {
    if (activity.rep < 0 || !FallsOn(activity.start, query)) continue;
    const std::optional<int64_t> minutes = TimedMinutes(activity);
    if (!minutes) continue;
    for (const int side : sides[static_cast<size_t>(activity.rep)]) {
      if (IsSellingTime(activity)) ratios[side].numerator += static_cast<double>(*minutes);
      ratios[side].denominator += static_cast<double>(*minutes);
      ++ratios[side].sample_size;
    }
  }
  return CompareRatios(query, ratios, "minutes of activities that were written down");
}

absl::StatusOr<KpiColumn> Gap(const KpiQuery& query, const Comparison& compare) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const absl::StatusOr<FiscalPeriod> before = query.view->calendar.Previous(*query.period);
  if (!before.ok()) {
    return UndefinedColumn(*query.grouping, absl::StrCat("the fiscal calendar has no period "
                                                         "before ",
                                                         query.period->name));
  }
  QC_ASSIGN_OR_RETURN(const std::vector<Quartiles> rows,
                      QuartilesBy(*query.view, *query.grouping, *before));
  KpiColumn column;
  for (const Quartiles& quartiles : rows) {
    if (quartiles.top.empty()) {
      KpiCell cell;
      cell.undefined_reason =
          absl::StrCat("fewer than ", kMinQuartileReps, " reps closed deals in ", before->name,
                       ": that is too few for quartiles");
      column.cells.push_back(cell);
      continue;
    }
    QC_ASSIGN_OR_RETURN(KpiCell cell, compare(query, SidesOf(*query.view, quartiles)));
    column.cells.push_back(std::move(cell));
  }
  column.notes.push_back(absl::StrCat("quartiles by bookings in ", before->name, ", compared in ",
                                      query.period->name));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

constexpr char kMedianGapMethod[] =
    "MOVER (Zou and Donner, 2008) from the order statistics of both medians, 95 %; none when "
    "either "
    "has fewer than six values";

// What one gap says; what all of them say is GapKpi's.
struct GapText {
  const char* name;
  const char* display_name;
  const char* formula;
  const char* numerator;
  const char* denominator;
  metrics::v1::KpiUnit unit;
  std::vector<const char*> own_rules;
  const char* interval_method = "";
};

Kpi GapKpi(const GapText& text, const Comparison& compare) {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  std::vector<const char*> rules = {
      "The value is numerator - denominator.",
      "The quartiles are set by bookings in the fiscal period before the one asked for, and "
      "compared in the one asked for, so that luck in the first does not count in the second. A "
      "rep counts who closed a deal in the period before; a quarter of them, rounded down, is a "
      "quartile, ties in order of id; `(unassigned)` is no rep.",
      "Undefined with fewer than eight such reps in the row, and when not both quartiles have "
      "anything to compare. Reps who left since are in it with what they closed."};
  rules.insert(rules.end(), text.own_rules.begin(), text.own_rules.end());
  return {.definition = Define(
              {.name = text.name,
               .display_name = text.display_name,
               .formula = text.formula,
               .numerator = text.numerator,
               .denominator = text.denominator,
               .unit = text.unit,
               .direction = KPI_DIRECTION_NEITHER,
               .edge_rules = rules,
               .caveat = "A difference of groups, for finding out what top performers do; it "
                         "judges no single rep, and territories may explain it.",
               .source = "Comparison of top and low performers; regression to the mean: F. "
                         "Galton (1886).",
               .interval_method = text.interval_method},
              {GROUP_BY_ORG, GROUP_BY_TEAM, GROUP_BY_PERIOD}),
          .needs_period = true,
          .uses_money = true,
          .subject = KpiSubject::kReps,
          .compute = [compare](const KpiQuery& query) { return Gap(query, compare); }};
}

}  // namespace

absl::StatusOr<std::vector<Quartiles>> QuartilesBy(const BookView& view, const Grouping& grouping,
                                                   const FiscalPeriod& period) {
  std::vector<int64_t> bookings(view.reps.size());
  std::vector<bool> has_closed(view.reps.size());
  for (const ClosedDeal closed : view.columns->ClosedIn(period)) {
    const size_t rep = static_cast<size_t>(closed.rep);
    has_closed[rep] = true;
    if (closed.is_won) {
      QC_RETURN_IF_ERROR(AddTo(bookings[rep], closed.amount_minor_units.value_or(0)));
    }
  }
  std::vector<std::vector<int>> reps_of_row(grouping.groups().size());
  for (size_t rep = 0; rep < view.reps.size(); ++rep) {
    if (!has_closed[rep] || view.reps[rep].id == kUnassignedRepId) continue;
    for (const int row : grouping.RowsOfRep(static_cast<int>(rep))) {
      reps_of_row[static_cast<size_t>(row)].push_back(static_cast<int>(rep));
    }
  }
  std::vector<Quartiles> quartiles(reps_of_row.size());
  for (size_t row = 0; row < reps_of_row.size(); ++row) {
    std::vector<int>& reps = reps_of_row[row];
    if (reps.size() < kMinQuartileReps) continue;
    std::stable_sort(reps.begin(), reps.end(), [&](int a, int b) {
      return bookings[static_cast<size_t>(a)] > bookings[static_cast<size_t>(b)];
    });
    const auto size = static_cast<std::ptrdiff_t>(reps.size() / 4);
    quartiles[row].top.assign(reps.begin(), reps.begin() + size);
    quartiles[row].low.assign(reps.end() - size, reps.end());
  }
  return quartiles;
}

std::vector<Kpi> PerformerGapKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const char* const day_rule =
      "Business days are Monday to Friday, as far as the rep was in the job and up to the as-of "
      "date.";
  return {GapKpi({.name = "top_low_gap_win_rate",
                  .display_name = "Top/low gap: win rate",
                  .formula = "win rate (closed) of the top quartile of reps - that of "
                             "the low quartile",
                  .numerator = "won / closed in the period, of the top quartile's deals",
                  .denominator = "won / closed in the period, of the low quartile's "
                                 "deals",
                  .unit = KPI_UNIT_RATIO,
                  .own_rules = {"The sample size is the number of closed deals."},
                  .interval_method = kDifferenceMethod},
                 CompareWinRates),
          GapKpi({.name = "top_low_gap_cycle",
                  .display_name = "Top/low gap: cycle",
                  .formula = "median sales cycle of the top quartile of reps - that of "
                             "the low quartile",
                  .numerator = "median days to the win, of the top quartile's deals won "
                               "in the period",
                  .denominator = "likewise of the low quartile's",
                  .unit = KPI_UNIT_DAYS,
                  .own_rules = {"Below zero where top performers are faster. The "
                                "sample size is the number of won deals."},
                  .interval_method = kMedianGapMethod},
                 CompareCycles),
          GapKpi({.name = "top_low_gap_deal_size",
                  .display_name = "Top/low gap: deal size",
                  .formula = "median booked amount of the top quartile of reps - that "
                             "of the low quartile",
                  .numerator = "median amount above zero of the top quartile's deals "
                               "won in the period, major units",
                  .denominator = "likewise of the low quartile's",
                  .unit = KPI_UNIT_MONEY,
                  .own_rules = {"The sample size is the number of won deals with an "
                                "amount."},
                  .interval_method = kMedianGapMethod},
                 CompareDealSizes),
          GapKpi({.name = "top_low_gap_growth",
                  .display_name = "Top/low gap: account growth",
                  .formula = "account growth of the top quartile of reps - that of the "
                             "low quartile",
                  .numerator = "account_growth of the top quartile's deals",
                  .denominator = "account_growth of the low quartile's deals",
                  .unit = KPI_UNIT_RATIO,
                  .own_rules = {"The rules of account_growth hold for the deals of "
                                "each quartile. The sample size is the number of "
                                "accounts that booked a year before."}},
                 CompareGrowth),
          GapKpi({.name = "top_low_gap_new_deals",
                  .display_name = "Top/low gap: new deals",
                  .formula = "deals created per rep and business day by the top quartile "
                             "of reps - by the low quartile",
                  .numerator = "deals created in the period / business days in the job, "
                               "of the top quartile's reps",
                  .denominator = "likewise of the low quartile's",
                  .unit = KPI_UNIT_COUNT,
                  .own_rules = {day_rule, "The sample size is the number of deals."}},
                 CompareNewDeals),
          GapKpi({.name = "top_low_gap_outreach",
                  .display_name = "Top/low gap: outreach",
                  .formula = "outreach per rep and business day by the top quartile of "
                             "reps - by the low quartile",
                  .numerator = "calls, mails, meetings and demos by people of ours / "
                               "business days in the job, of the top quartile's reps",
                  .denominator = "likewise of the low quartile's",
                  .unit = KPI_UNIT_COUNT,
                  .own_rules = {day_rule,
                                "Undefined when neither quartile has any: then the "
                                "source keeps none.",
                                "The sample size is the number of activities."}},
                 CompareOutreach),
          GapKpi({.name = "top_low_gap_selling_time",
                  .display_name = "Top/low gap: selling time",
                  .formula = "selling_time_share of the top quartile of reps - that of "
                             "the low quartile",
                  .numerator = "selling_time_share of the top quartile's activities",
                  .denominator = "likewise of the low quartile's",
                  .unit = KPI_UNIT_RATIO,
                  .own_rules = {"The rules of selling_time_share hold. The sample size "
                                "is the number of activities with a duration."}},
                 CompareSellingTime)};
}

}  // namespace quotacast::metrics
