#include "services/metrics/kpi/accounts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/periods.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

bool IsGrowth(const DealRef& deal) {
  return deal.motion() == DealMotion::kExpansion || deal.motion() == DealMotion::kRenewal;
}

absl::StatusOr<KpiColumn> Growth(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  if (const auto reason = NoMotionReason(*query.view)) {
    return UndefinedColumn(*query.grouping, *reason);
  }
  const std::optional<FiscalPeriod> before =
      YearEarlier(query.view->calendar, metrics::v1::GROUP_BY_PERIOD, *query.period);
  if (!before) {
    return UndefinedColumn(*query.grouping, absl::StrCat("the fiscal calendar has no period a year "
                                                         "before ",
                                                         query.period->name));
  }
  QC_ASSIGN_OR_RETURN(const std::vector<AccountGrowth> rows,
                      SumAccountGrowth(
                          *query.view, *query.period, *before,
                          [&](const DealRef& deal) { return query.grouping->RowsOf(deal); },
                          query.grouping->groups().size()));
  KpiColumn column;
  for (const AccountGrowth& row : rows) {
    KpiCell cell;
    cell.numerator = MajorUnits(row.grown_minor_units, query.view->currency);
    cell.denominator = MajorUnits(row.before_minor_units, query.view->currency);
    cell.sample_size = row.account_count;
    if (row.before_minor_units <= 0) {
      cell.undefined_reason = absl::StrCat("no account booked anything in ", before->name);
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
    column.cells.push_back(cell);
  }
  int64_t unknown_count = 0;
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.WonIn(query.period)) {
    const DealRef deal = columns.At(closed);
    if (deal.motion() == DealMotion::kUnknown && query.grouping->Counts(deal)) {
      ++unknown_count;
    }
  }
  if (unknown_count > 0) {
    column.notes.push_back(absl::StrCat(unknown_count, " deals won", InPeriod(query),
                                        " do not say whether they are new business, expansion or "
                                        "renewal, and are not in the numerator"));
  }
  column.notes.push_back(absl::StrCat("against ", before->name));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

// Rows that an account counts in: those of its owner, else of the owner of its latest deal; of an
// account that nobody owns, the organisation alone.
std::span<const int> RowsOfAccount(const KpiQuery& query, const AccountFigures& account,
                                   int rep_of_latest_deal) {
  const int rep = account.owner_rep >= 0 ? account.owner_rep : rep_of_latest_deal;
  return rep >= 0 ? query.grouping->RowsOfRep(rep) : query.grouping->RowsOfNobody();
}

absl::StatusOr<KpiColumn> WhiteSpace(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const BookView& view = *query.view;
  absl::CivilDay end = view.as_of.effective_day + 1;
  if (query.period) end = std::min(end, query.period->end);
  const absl::CivilDay start(end.year() - 1, end.month(), end.day());
  const std::vector<AccountFigures>& accounts = *view.account_figures;
  std::vector<int64_t> booked(accounts.size());
  // Of each account: the rep of the deal created last, and its day.
  std::vector<std::pair<int32_t, int>> latest(accounts.size(), {INT32_MIN, -1});
  for (const DealRef deal : view.columns->All()) {
    if (deal.account() < 0) continue;
    auto& [day, rep] = latest[static_cast<size_t>(deal.account())];
    if (deal.created_day() < day) continue;
    day = deal.created_day();
    rep = deal.rep();
  }
  for (const ClosedDeal closed :
       view.columns->WonIn(FiscalPeriod{.name = {}, .start = start, .end = end})) {
    const int account = view.columns->At(closed).account();
    if (account < 0) continue;
    QC_RETURN_IF_ERROR(
        AddTo(booked[static_cast<size_t>(account)], closed.amount_minor_units.value_or(0)));
  }
  const size_t row_count = query.grouping->groups().size();
  std::vector<int64_t> potentials(row_count), white_spaces(row_count), counts(row_count);
  int64_t without_potential_count = 0, exceeding_count = 0;
  for (size_t account = 0; account < accounts.size(); ++account) {
    const std::span<const int> rows =
        RowsOfAccount(query, accounts[account], latest[account].second);
    if (rows.empty()) continue;
    const std::optional<int64_t> potential = accounts[account].yearly_potential_minor_units;
    if (potential.value_or(0) <= 0) {
      ++without_potential_count;
      continue;
    }
    if (booked[account] > *potential) ++exceeding_count;
    const int64_t white_space =
        std::max<int64_t>(0, *potential - std::max<int64_t>(0, booked[account]));
    for (const int row : rows) {
      const size_t index = static_cast<size_t>(row);
      ++counts[index];
      QC_RETURN_IF_ERROR(AddTo(potentials[index], *potential));
      QC_RETURN_IF_ERROR(AddTo(white_spaces[index], white_space));
    }
  }
  KpiColumn column;
  for (size_t row = 0; row < row_count; ++row) {
    KpiCell cell;
    cell.numerator = MajorUnits(white_spaces[row], view.currency);
    cell.denominator = MajorUnits(potentials[row], view.currency);
    cell.sample_size = counts[row];
    if (counts[row] == 0) {
      cell.undefined_reason = "no account of the row has a yearly potential";
    } else {
      cell.value = cell.numerator;
    }
    column.cells.push_back(cell);
  }
  column.notes.push_back(
      absl::StrCat("bookings from ", FormatIsoDate(start), " to ", FormatIsoDate(end - 1)));
  if (without_potential_count > 0) {
    column.notes.push_back(absl::StrCat(without_potential_count,
                                        " accounts have no yearly potential and are left out"));
  }
  if (exceeding_count > 0) {
    column.notes.push_back(absl::StrCat(exceeding_count,
                                        " accounts booked more than their potential: their white "
                                        "space is 0"));
  }
  return column;
}

}  // namespace

absl::StatusOr<std::vector<AccountGrowth>> SumAccountGrowth(const BookView& view,
                                                            const FiscalPeriod& period,
                                                            const FiscalPeriod& before,
                                                            const RowsOfDeal& rows_of,
                                                            size_t row_count) {
  std::vector<AccountGrowth> rows(row_count);
  std::vector<std::map<int, int64_t>> before_by_account(row_count);
  for (const ClosedDeal closed : view.columns->WonIn(before)) {
    const DealRef deal = view.columns->At(closed);
    const int64_t amount = closed.amount_minor_units.value_or(0);
    if (deal.account() < 0 || amount == 0) continue;
    for (const int row : rows_of(deal)) {
      const size_t index = static_cast<size_t>(row);
      QC_RETURN_IF_ERROR(AddTo(before_by_account[index][deal.account()], amount));
      QC_RETURN_IF_ERROR(AddTo(rows[index].before_minor_units, amount));
    }
  }
  for (size_t row = 0; row < row_count; ++row) {
    rows[row].account_count = static_cast<int64_t>(before_by_account[row].size());
  }
  for (const ClosedDeal closed : view.columns->WonIn(period)) {
    const DealRef deal = view.columns->At(closed);
    if (deal.account() < 0 || !IsGrowth(deal)) continue;
    for (const int row : rows_of(deal)) {
      const size_t index = static_cast<size_t>(row);
      if (before_by_account[index].count(deal.account()) == 0) continue;
      QC_RETURN_IF_ERROR(
          AddTo(rows[index].grown_minor_units, closed.amount_minor_units.value_or(0)));
    }
  }
  return rows;
}

std::optional<std::string> NoMotionReason(const BookView& view) {
  const std::vector<DealMotion>& motions = *view.columns->motion;
  const std::vector<Closing>& closings = *view.columns->closing;
  for (size_t deal = 0; deal < motions.size(); ++deal) {
    if (motions[deal] != DealMotion::kUnknown && closings[deal].is_won()) {
      return std::nullopt;
    }
  }
  return "no deal that was won says whether it is new business, expansion or renewal";
}

std::vector<Kpi> AccountKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "account_growth",
            .display_name = "Account growth",
            .formula = "expansion and renewal bookings of the accounts that booked a year before / "
                       "bookings of these accounts a year before",
            .numerator = "booked amount of their expansions and renewals won in the period, major "
                         "units",
            .denominator = "booked amount of all deals these accounts won in the period a year "
                           "before, major units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules =
                {"An account that bought a year before and nothing now counts below the line: "
                 "losing customers lowers it. Accounts that are new since then count nowhere.",
                 "The period a year before is that of the same name in the year before; a note "
                 "names it.",
                 "Undefined when no account of the row booked anything then, and where no deal "
                 "that "
                 "was won says what it is. Deals without an account count nowhere.",
                 "Deals that do not say what they are, new business, expansion or renewal, are not "
                 "above the line, and a note says how many.",
                 "The sample size is the number of accounts that booked a year before."},
            .caveat = "Of bookings, not of recurring revenue: a contract for two years makes the "
                      "year after it look like a loss.",
            .source = "Net revenue retention, taken to bookings."},
           FiscalDealGroupBys()),
       .needs_period = true,
       .uses_money = true,
       .compute = Growth},
      {.definition = Define(
           {.name = "white_space",
            .display_name = "White space",
            .formula = "sum over accounts of (yearly potential - booked in the last 12 months)",
            .numerator = "potential that was not booked, major units",
            .denominator = "yearly potential of the same accounts, major units",
            .unit = KPI_UNIT_MONEY,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules =
                {"The value is the numerator.",
                 "The 12 months end with the period, or with the as-of day before its end.",
                 "Accounts without a potential above zero are left out, and a note says how many. "
                 "An account that booked more than its potential has a white space of 0, so that "
                 "it hides no other's.",
                 "An account counts in the rows of its owner, else of the owner of its latest "
                 "deal, else in the organisation alone. All its bookings count, whoever made them.",
                 "Undefined when no account of the row has a potential. The sample size is the "
                 "number of accounts."},
            .caveat = "A potential is an estimate, and the latest one counts for past periods, "
                      "too.",
            .source = "White-space analysis of account planning."},
           {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_PERIOD}),
       .uses_money = true,
       .subject = KpiSubject::kReps,
       .compute = WhiteSpace}};
}

}  // namespace quotacast::metrics
