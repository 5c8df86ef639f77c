#include "services/metrics/kpi/knowledge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/record_grouping.h"

namespace quotacast::metrics {
namespace {

bool HoldsOn(const BookInsight& insight, absl::CivilDay day) {
  return insight.learned_day <= day && (!insight.expiry_day || *insight.expiry_day > day);
}

// Insights about each account that hold on the day.
std::vector<int64_t> InsightCounts(const BookView& view, absl::CivilDay day) {
  std::vector<int64_t> counts(view.accounts.size());
  for (const BookInsight& insight : view.records->insights) {
    if (insight.account >= 0 && HoldsOn(insight, day)) {
      ++counts[static_cast<size_t>(insight.account)];
    }
  }
  return counts;
}

bool TouchesAnAccount(const BookActivity& activity, const KpiQuery& query) {
  return activity.account >= 0 && IsOutreach(activity) && FallsOn(activity.start, query);
}

std::string NoAccountReason(const KpiQuery& query) {
  return absl::StrCat("no account was touched", InPeriod(query));
}

absl::StatusOr<KpiColumn> Depth(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  const BookView& view = *query.view;
  struct Row {
    std::set<int> accounts;
    std::set<std::pair<int, int>> contacts;  // With their accounts.
  };
  std::vector<Row> rows(grouping.row_count());
  for (const BookActivity& activity : view.records->activities) {
    if (!TouchesAnAccount(activity, query)) continue;
    for (const int row : grouping.RowsOf({.rep = activity.rep, .account = activity.account})) {
      Row& touched = rows[static_cast<size_t>(row)];
      touched.accounts.insert(activity.account);
      if (activity.contact >= 0) touched.contacts.insert({activity.account, activity.contact});
    }
  }
  const absl::CivilDay as_of_day = view.as_of.effective_day;
  const std::vector<int64_t> insights =
      InsightCounts(view, query.period ? std::min(query.period->end - 1, as_of_day) : as_of_day);
  std::vector<Ratio> ratios;
  for (const Row& row : rows) {
    Ratio ratio;
    ratio.numerator = static_cast<double>(row.contacts.size());
    for (const int account : row.accounts) {
      ratio.numerator += static_cast<double>(insights[static_cast<size_t>(account)]);
    }
    ratio.denominator = static_cast<double>(row.accounts.size());
    ratio.sample_size = static_cast<int64_t>(row.accounts.size());
    ratios.push_back(ratio);
  }
  return grouping.Finish(RatioColumn(ratios, NoAccountReason(query)));
}

absl::StatusOr<KpiColumn> Width(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::set<std::pair<int, int>> pairs;  // Rep and account.
  std::set<int> reps;
  for (const BookActivity& activity : query.view->records->activities) {
    if (activity.rep < 0 || !TouchesAnAccount(activity, query)) continue;
    pairs.insert({activity.rep, activity.account});
    reps.insert(activity.rep);
  }
  std::vector<Ratio> ratios(grouping.row_count());
  for (const auto& pair : pairs) {
    for (const int row : grouping.RowsOf({.rep = pair.first})) {
      ++ratios[static_cast<size_t>(row)].numerator;
    }
  }
  for (const int rep : reps) {
    for (const int row : grouping.RowsOf({.rep = rep})) {
      ++ratios[static_cast<size_t>(row)].denominator;
      ++ratios[static_cast<size_t>(row)].sample_size;
    }
  }
  return grouping.Finish(RatioColumn(ratios, NoAccountReason(query)));
}

absl::StatusOr<KpiColumn> InsightCoverage(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  const BookView& view = *query.view;
  if (view.records->insights.empty()) {
    return grouping.Undefined(
        "no insight about any account is known: the source seems not to keep "
        "them");
  }
  // Who looks after each account: its owner and those with an open deal there.
  std::vector<std::pair<int, int>> looked_after;  // Account and rep.
  int account_number = 0;
  for (const BookAccount& account : view.accounts) {
    if (account.owner_rep >= 0) looked_after.emplace_back(account_number, account.owner_rep);
    ++account_number;
  }
  for (const DealRef deal : view.columns->OpenNow()) {
    if (deal.account() < 0) continue;
    looked_after.emplace_back(deal.account(), deal.rep());
  }
  std::sort(looked_after.begin(), looked_after.end());
  const std::vector<int64_t> insights = InsightCounts(view, view.as_of.effective_day);
  std::vector<Share> shares(grouping.row_count());
  std::vector<int> counted(grouping.row_count(), -1);  // The last account that counted in a row.
  for (const auto& [account, rep] : looked_after) {
    for (const int row : grouping.RowsOf({.rep = rep})) {
      const size_t index = static_cast<size_t>(row);
      if (counted[index] == account) continue;
      counted[index] = account;
      shares[index].Count(insights[static_cast<size_t>(account)] > 0);
    }
  }
  KpiColumn column = ShareColumn(shares, "no account has an owner or an open deal");
  if (query.period) {
    column.notes.push_back("this figure stands as of the as-of date, whatever the period");
  }
  return grouping.Finish(std::move(column));
}

absl::StatusOr<KpiColumn> TrainingBalance(const KpiQuery& query) {
  const RecordGrouping grouping(query);
  if (const auto reason = NotBegunReason(query)) return grouping.Undefined(*reason);
  std::vector<Ratio> ratios(grouping.row_count());
  for (const BookTraining& training : query.view->records->trainings) {
    if (!Falls(training.trained_day, query.period)) continue;
    const bool is_client = training.kind == TrainingKind::kClient;
    if (!is_client && training.kind != TrainingKind::kProduct) continue;
    for (const int row : grouping.RowsOf({.rep = training.rep})) {
      Ratio& ratio = ratios[static_cast<size_t>(row)];
      (is_client ? ratio.numerator : ratio.denominator) +=
          static_cast<double>(training.duration_minutes);
      ++ratio.sample_size;
    }
  }
  KpiColumn column =
      RatioColumn(ratios, absl::StrCat("nobody was trained on the product", InPeriod(query)));
  const int64_t low_count =
      std::count_if(column.cells.begin(), column.cells.end(),
                    [](const KpiCell& cell) { return cell.value && *cell.value < 1; });
  NoteCount(low_count, "rows are below 1: more time went into the product than into the client",
            column);
  return grouping.Finish(std::move(column));
}

}  // namespace

std::vector<Kpi> KnowledgeKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> of_reps = RecordGroupBys();
  std::vector<GroupBy> of_accounts = of_reps;
  of_accounts.push_back(GROUP_BY_ACCOUNT);
  const char* const touched_rule =
      "An account is touched by a call, mail, meeting or demo of a person of ours with it; "
      "automated "
      "activities and the customer's own do not count, nor do activities without an account.";
  return {
      {.definition = Define(
           {.name = "depth_index",
            .display_name = "Depth",
            .formula =
                "(insights about the accounts touched + people met there) / accounts touched "
                "in the period",
            .numerator = "insights that hold at the end of the period about the accounts touched, "
                         "whoever owns them, and different people of each account met in these "
                         "activities",
            .denominator = "accounts touched in the period",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no account was touched.", touched_rule,
                           "An insight holds from the day it was learned until before the day it "
                           "expires. In a period that goes on, the end is the as-of date.",
                           "The sample size is the number of accounts."},
            .caveat = "Counts what was written down, not whether it is worth knowing. Read it with "
                      "width_index: one can be had at the cost of the other.",
            .source = "Going deep against going wide, in figures of our own."},
           of_accounts),
       .subject = KpiSubject::kRecords,
       .compute = Depth},
      {.definition = Define(
           {.name = "width_index",
            .display_name = "Width",
            .formula = "accounts touched per rep in the period",
            .numerator = "pairs of a rep and an account that the rep touched",
            .denominator = "reps who touched an account",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"Undefined when no account was touched.", touched_rule,
                           "An account that two reps touched counts for both.",
                           "Activities of unknown reps do not count. The sample size is the number "
                           "of reps."},
            .caveat = "Many accounts touched once are not many customers. Read it with "
                      "depth_index.",
            .source = "Going deep against going wide, in figures of our own."},
           of_reps),
       .subject = KpiSubject::kRecords,
       .compute = Width},
      {.definition = Define(
           {.name = "insight_coverage",
            .display_name = "Insight coverage",
            .formula = "accounts with an insight that holds / accounts looked after, as of the "
                       "as-of date",
            .numerator = "of these, accounts with an insight that holds on the as-of date",
            .denominator = "accounts with an owner or an open deal",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"An account counts in the rows of its owner and of the owners of its "
                           "open deals, once in each.",
                           "An insight holds from the day it was learned until before the day it "
                           "expires; without such a day it does not expire.",
                           "Undefined when no account has an owner or an open deal, and where no "
                           "insight is known at all.",
                           "A period changes nothing; a note says so."},
            .caveat = "One insight is enough to count, however thin. What is known about people is "
                      "personal data: mind who sees it.",
            .source = "The register of insights.",
            .interval_method = kWilsonMethod},
           {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_ROLE}),
       .subject = KpiSubject::kRecords,
       .compute = InsightCoverage},
      {.definition = Define(
           {.name = "training_balance",
            .display_name = "Training balance",
            .formula = "minutes of training about the client / minutes of training about the "
                       "product, in the period",
            .numerator = "minutes of training about the customer and the customer's business",
            .denominator = "minutes of training about our product",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when nobody was trained on the product.",
                           "Training in how to sell is in neither.",
                           "A training counts on its day, for the rep who was trained; a note says "
                           "how many rows are below 1.",
                           "The sample size is the number of trainings."},
            .caveat = "Below 1, more time goes into the product than into the client. New reps "
                      "learn the product first, so that young teams are low for a while.",
            .source = "Client-centric training before product training."},
           of_reps),
       .subject = KpiSubject::kRecords,
       .compute = TrainingBalance}};
}

}  // namespace quotacast::metrics
