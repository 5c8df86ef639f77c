#include "services/metrics/kpi/discovery.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

// Ratings go from 1 to 5.
constexpr int kLowestGoodRating = 4;
constexpr int kHighestPoorRating = 2;

absl::StatusOr<KpiColumn> ProblemCoverage(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const std::vector<uint8_t>& problems = *query.view->columns->has_customer_problem;
  if (std::find(problems.begin(), problems.end(), 1) == problems.end()) {
    return UndefinedColumn(*query.grouping,
                           "no deal has a customer problem written down: the source seems not to "
                           "keep them");
  }
  std::vector<Share> shares(query.grouping->groups().size());
  for (const DealRef deal : query.view->columns->OpenIn(query.period)) {
    for (const int row : query.grouping->RowsOf(deal)) {
      shares[static_cast<size_t>(row)].Count(deal.has_customer_problem());
    }
  }
  KpiColumn column =
      ShareColumn(shares, absl::StrCat("no deal was open or created", InPeriod(query)));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> RatingMean(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  KpiColumn column;
  column.cells.resize(query.grouping->groups().size());
  int64_t unrated_count = 0;
  for (const DealRef deal : query.view->columns->OpenIn(query.period)) {
    if (!query.grouping->Counts(deal)) continue;
    if (deal.discovery_rating() == 0) {
      ++unrated_count;
      continue;
    }
    for (const int row : query.grouping->RowsOf(deal)) {
      KpiCell& cell = column.cells[static_cast<size_t>(row)];
      cell.numerator += deal.discovery_rating();
      ++cell.denominator;
      ++cell.sample_size;
    }
  }
  for (KpiCell& cell : column.cells) {
    if (cell.sample_size == 0) {
      cell.undefined_reason =
          absl::StrCat("no deal with a discovery rating was open", InPeriod(query));
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
  }
  if (unrated_count > 0) {
    column.notes.push_back(absl::StrCat(unrated_count, " deals open", InPeriod(query),
                                        " are not rated and are left out"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

// Closed deals with a rating from `lowest` to `highest`.
std::vector<Share> ClosedWithRating(const KpiQuery& query, int lowest, int highest) {
  return ShareClosedDeals(
      query, [&](const ClosedDeal& closed, const DealRef& deal) -> std::optional<bool> {
        const int rating = deal.discovery_rating();
        if (rating < lowest || rating > highest) return std::nullopt;
        return closed.is_won;
      });
}

absl::StatusOr<KpiColumn> WinDifference(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const std::vector<Share> good = ClosedWithRating(query, kLowestGoodRating, 5);
  const std::vector<Share> poor = ClosedWithRating(query, 1, kHighestPoorRating);
  KpiColumn column;
  for (size_t row = 0; row < good.size(); ++row) {
    column.cells.push_back(
        DifferenceCell(good[row], poor[row],
                       absl::StrCat("of the deals closed", InPeriod(query), " ", good[row].count,
                                    " are rated 4 or 5 and ", poor[row].count,
                                    " are rated 1 or 2: it takes "
                                    "both")));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> DiscoveryKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "customer_problem_coverage",
            .display_name = "Customer problem known",
            .formula = "deals with a written customer problem / deals that were open in the period",
            .numerator = "of these, deals for which somebody wrote down the customer's problem",
            .denominator = "deals open when the period began, or created in it",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no deal was open or created, and where no deal at all "
                           "has one: then the source keeps none, and 0 would be a reproach.",
                           "What is written at the as-of date counts, whenever it was written."},
            .caveat = "Says that something was written, not that it is the customer's problem.",
            .source = "Problem-first selling practice.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .compute = ProblemCoverage},
      {.definition = Define(
           {.name = "discovery_rating_mean",
            .display_name = "Discovery rating (mean)",
            .formula = "mean discovery rating, 1 to 5, of rated deals that were open in the period",
            .numerator = "ratings, summed",
            .denominator = "rated deals, open when the period began or created in it",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no rated deal was open or created.",
                           "Deals without a rating are left out, not counted as 0; a note says how "
                           "many.",
                           "The rating at the as-of date counts."},
            .caveat = "Ratings are opinions, and those of two managers may differ for one call.",
            .source = "Discovery-call rating of sales coaching."},
           DealGroupBys()),
       .compute = RatingMean},
      {.definition = Define(
           {.name = "discovery_win_difference",
            .display_name = "Win rate by discovery",
            .formula = "win rate of deals rated 4 or 5 - win rate of deals rated 1 or 2, by close "
                       "date in the period",
            .numerator = "won / closed, of the deals rated 4 or 5",
            .denominator = "won / closed, of the deals rated 1 or 2",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"The value is numerator - denominator.",
                           "Deals rated 3, and those without a rating, count nowhere.",
                           "Undefined when no deal of either kind was closed.",
                           "The sample size is the number of deals of both kinds."},
            .caveat = "Not the effect of discovery: easy deals may get better ratings, and a "
                      "rating given after the outcome repeats it.",
            .source = "Discovery-call rating of sales coaching.",
            .interval_method = kDifferenceMethod},
           DealGroupBys()),
       .compute = WinDifference}};
}

}  // namespace quotacast::metrics
