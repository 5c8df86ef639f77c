#include "simulator/fit/customers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "simulator/fit/drawn.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/outlook.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/prior_count.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerYear = 365.25;
constexpr double kMaxAmountLogSd = 2;
constexpr double kMaxChurn = 100;     // What ValidateModel admits.
constexpr double kMinRenewed = 1e-6;  // Keeps the logarithm finite.
constexpr double kMinRatePerDay = 1e-12;

std::vector<int> AgeEdges() {
  return {std::begin(kCustomerAgeEdgesDays), std::end(kCustomerAgeEdgesDays)};
}

// A kind of follow-up with the words that key its random numbers.
struct Kind {
  DealOrigin origin;
  const char* name;
};
constexpr Kind kRenewals = {DealOrigin::kRenewal, "renewal"};
constexpr Kind kExpansions = {DealOrigin::kExpansion, "expansion"};

// A win, and the follow-up of one kind that was created.
struct Customer {
  const HistoryDeal* win = nullptr;
  const HistoryDeal* follow_up = nullptr;  // Null: none yet.
};

// All wins, in order of id: sums of doubles must not depend on the order the deals arrive in.
std::vector<Customer> CustomersOf(const History& history, DealOrigin origin) {
  std::vector<const HistoryDeal*> follow_ups(history.deals.size(), nullptr);
  for (const HistoryDeal& deal : history.deals) {
    if (deal.origin == origin) follow_ups[static_cast<size_t>(deal.predecessor)] = &deal;
  }
  std::vector<Customer> customers;
  for (size_t i = 0; i < history.deals.size(); ++i) {
    const HistoryDeal& deal = history.deals[i];
    if (deal.end == DealEnd::kWon) customers.push_back({&deal, follow_ups[i]});
  }
  std::sort(customers.begin(), customers.end(),
            [](const Customer& a, const Customer& b) { return a.win->id < b.win->id; });
  return customers;
}

// Customers at risk and follow-ups by age in days, weighted; the last entry is all later ages.
struct AgeTable {
  std::vector<double> at_risk = std::vector<double>(kMaxCustomerAgeDays + 1, 0.0);
  std::vector<double> at_risk_squared = at_risk;  // Of squared weights.
  std::vector<double> follow_ups = at_risk;

  void Add(const AgeTable& other) {
    for (size_t age = 0; age < at_risk.size(); ++age) {
      at_risk[age] += other.at_risk[age];
      at_risk_squared[age] += other.at_risk_squared[age];
      follow_ups[age] += other.follow_ups[age];
    }
  }
};

// By segment of the win.
std::vector<AgeTable> CountAges(const History& history, const std::vector<Customer>& customers,
                                const CustomerOptions& options) {
  std::vector<AgeTable> tables(history.segments.size());
  for (const Customer& customer : customers) {
    const absl::CivilDay won = customer.win->end_day;
    const absl::CivilDay last =
        customer.follow_up == nullptr ? history.as_of : customer.follow_up->created;
    if (last < options.window_start) continue;
    AgeTable& table = tables[static_cast<size_t>(customer.win->segment)];
    const int from = std::max(0, static_cast<int>(options.window_start - won));
    const int end = static_cast<int>(last - won) + 1;
    double weight = 0;
    for (int age = from; age < end; ++age) {
      // A week at a time.
      if ((age - from) % kStepDays == 0) {
        weight = RecencyWeight(won + age, history.as_of, options.recency_half_life_days);
      }
      const size_t entry = static_cast<size_t>(std::min(age, kMaxCustomerAgeDays));
      table.at_risk[entry] += weight;
      table.at_risk_squared[entry] += weight * weight;
    }
    if (customer.follow_up != nullptr) {
      table.follow_ups[static_cast<size_t>(std::min(end - 1, kMaxCustomerAgeDays))] += weight;
    }
  }
  return tables;
}

// Follow-ups, and days at risk such that their ratio times the days of the bin is the cumulated
// hazard of these days: within a few days most of a segment may renew, and a mean of days at risk
// would not tell who was left. Days of a bin at which nobody was watched are taken to be like the
// others of it. Counts are effective ones (Kish 1965).
RateData BinData(const AgeTable& table, size_t from, size_t to) {
  RateData data;
  double days = 0;
  double hazard = 0;
  double watched_days = 0;
  for (size_t age = from; age < to; ++age) {
    if (table.at_risk[age] <= 0) continue;
    const double factor = table.at_risk[age] / table.at_risk_squared[age];
    const double at_risk = table.at_risk[age] * factor;
    const double follow_ups = table.follow_ups[age] * factor;
    data.events += follow_ups;
    days += at_risk;
    ++watched_days;
    // A half keeps it finite when all who were left follow up.
    hazard += std::log((at_risk + 0.5) / (at_risk - follow_ups + 0.5));
  }
  data.exposure = data.events > 0 ? data.events * watched_days / hazard : days;
  return data;
}

std::vector<RateData> BinsOf(const AgeTable& table, const std::vector<int>& edges) {
  std::vector<RateData> bins;
  size_t from = 0;
  for (const int edge : edges) {
    bins.push_back(BinData(table, from, static_cast<size_t>(edge)));
    from = static_cast<size_t>(edge);
  }
  bins.push_back(BinData(table, from, table.at_risk.size()));
  return bins;
}

// Rates of all segments together, one per bin; nobody is known to follow up at ages at which
// nobody was watched, or beyond the last edge.
std::vector<Drawn> FitAll(const std::vector<RateData>& bins, const Kind& kind,
                          const CustomerOptions& options) {
  RateData total;
  for (const RateData& bin : bins) {
    total.events += bin.events;
    total.exposure += bin.exposure;
  }
  const double overall = total.exposure > 0 ? total.events / total.exposure : 0;
  const Drawer drawer(options.seed, "fit/customers/all", kind.name);
  const PriorCount kappa =
      FixedPriorCount(kFollowUpPriorCount / static_cast<double>(bins.size()), options.draw_count);
  std::vector<Drawn> rates;
  for (size_t b = 0; b < bins.size(); ++b) {
    const bool is_watched = bins[b].exposure > 0 && overall > 0;
    if (!is_watched || (b + 1 == bins.size() && bins[b].events == 0)) {
      rates.push_back(Constant(0, options.draw_count));
      continue;
    }
    Drawn rate = drawer.DrawRate(static_cast<uint32_t>(b), bins[b], kappa,
                                 Constant(overall, options.draw_count));
    // A gamma of so small a shape comes as near to 0 as a number can.
    for (double& draw : rate.draws) draw = std::max(draw, kMinRatePerDay);
    rates.push_back(std::move(rate));
  }
  return rates;
}

// A segment's rates around those of all: its level first, then its ages.
std::vector<Drawn> FitSegment(const std::vector<RateData>& bins, const std::vector<Drawn>& all,
                              const Kind& kind, const std::string& segment,
                              const CustomerOptions& options) {
  RateData level;  // Against what all would lead one to expect.
  for (size_t b = 0; b < bins.size(); ++b) {
    level.events += bins[b].events;
    level.exposure += bins[b].exposure * all[b].mean;
  }
  const PriorCount kappa = FixedPriorCount(kMinPriorCount, options.draw_count);
  const Drawer drawer(options.seed, absl::StrCat("fit/customers/", kind.name), segment);
  const Drawn factor = drawer.DrawRate(static_cast<uint32_t>(bins.size()), level, kappa,
                                       Constant(1, options.draw_count));
  std::vector<Drawn> rates;
  for (size_t b = 0; b < bins.size(); ++b) {
    Drawn parent = all[b];
    if (parent.mean == 0) {
      rates.push_back(parent);
      continue;
    }
    for (size_t k = 0; k < parent.draws.size(); ++k) parent.draws[k] *= factor.draws[k];
    rates.push_back(drawer.DrawRate(static_cast<uint32_t>(b), bins[b], kappa, parent));
  }
  return rates;
}

// Where follow-ups land: the most frequent segment of those of the same segment; else what most of
// all do, which is to stay in the segment of the win, or to land in one.
std::vector<int> TargetSegments(const std::vector<Customer>& customers, size_t segment_count) {
  std::vector<std::vector<int>> counts(segment_count, std::vector<int>(segment_count, 0));
  std::vector<int> all(segment_count, 0);
  int total = 0;
  int stayed = 0;
  for (const Customer& customer : customers) {
    if (customer.follow_up == nullptr) continue;
    const size_t target = static_cast<size_t>(customer.follow_up->segment);
    ++counts[static_cast<size_t>(customer.win->segment)][target];
    ++all[target];
    ++total;
    stayed += customer.follow_up->segment == customer.win->segment ? 1 : 0;
  }
  const auto most_frequent = [](const std::vector<int>& of) {
    return static_cast<int>(std::max_element(of.begin(), of.end()) - of.begin());
  };
  std::vector<int> targets;
  for (size_t g = 0; g < segment_count; ++g) {
    const int target = most_frequent(counts[g]);
    if (counts[g][static_cast<size_t>(target)] > 0) {
      targets.push_back(target);
    } else {
      targets.push_back(2 * stayed > total ? static_cast<int>(g) : most_frequent(all));
    }
  }
  return targets;
}

AmountRevision FitAmount(const History& history, const std::vector<Customer>& customers,
                         const CustomerOptions& options, double& pair_count) {
  double weight = 0;
  double weight_squared = 0;
  double before = 0;
  double after = 0;
  double logs = 0;
  double squares = 0;
  for (const Customer& customer : customers) {
    const HistoryDeal* deal = customer.follow_up;
    if (deal == nullptr || deal->end != DealEnd::kWon || deal->end_day < options.window_start) {
      continue;
    }
    const int64_t won = customer.win->won_amount_minor_units.value_or(0);
    const int64_t then = deal->won_amount_minor_units.value_or(0);
    if (won <= 0 || then <= 0) continue;
    const double w = RecencyWeight(deal->end_day, history.as_of, options.recency_half_life_days);
    const double x = std::log(static_cast<double>(then) / static_cast<double>(won));
    ++pair_count;
    weight += w;
    weight_squared += w * w;
    before += w * static_cast<double>(won);
    after += w * static_cast<double>(then);
    logs += w * x;
    squares += w * x * x;
  }
  double log_factor = 0;
  double variance = kDefaultFollowUpLogSd * kDefaultFollowUpLogSd;
  if (pair_count >= kMinFollowUpPairs) {
    const double n = weight * weight / weight_squared;
    const double mean = logs / weight;
    const double own_variance = std::max(0.0, squares / weight - mean * mean);
    log_factor = n * std::log(after / before) / (n + kFollowUpAmountPriorCount);
    variance =
        (n * own_variance + kFollowUpAmountPriorCount * variance) / (n + kFollowUpAmountPriorCount);
  }
  const double log_sd = Quantise(std::min(kMaxAmountLogSd, std::sqrt(variance)));
  return {.log_mean = Quantise(log_factor - log_sd * log_sd / 2), .log_sd = log_sd};
}

FollowUpFit FitFollowUps(const History& history, const Kind& kind, const std::vector<int>& edges,
                         const CustomerOptions& options) {
  const std::vector<Customer> customers = CustomersOf(history, kind.origin);
  const size_t segments = history.segments.size();
  FollowUpFit fit;
  if (std::none_of(customers.begin(), customers.end(),
                   [](const Customer& customer) { return customer.follow_up != nullptr; })) {
    return fit;
  }
  const std::vector<AgeTable> tables = CountAges(history, customers, options);
  AgeTable together;
  for (const AgeTable& table : tables) together.Add(table);
  const std::vector<Drawn> all = FitAll(BinsOf(together, edges), kind, options);
  fit.rates.assign(static_cast<size_t>(options.draw_count), {});
  for (size_t g = 0; g < segments; ++g) {
    const std::vector<Drawn> rates = segments == 1 ? all
                                                   : FitSegment(BinsOf(tables[g], edges), all, kind,
                                                                history.segments[g], options);
    for (size_t k = 0; k < fit.rates.size(); ++k) {
      for (const Drawn& rate : rates) fit.rates[k].push_back(Quantise(rate.draws[k]));
    }
  }
  fit.segments = TargetSegments(customers, segments);
  fit.segment_counts.assign(segments, 0.0);
  for (const Customer& customer : customers) {
    if (customer.follow_up == nullptr || customer.follow_up->created < options.window_start) {
      continue;
    }
    ++fit.segment_counts[static_cast<size_t>(customer.win->segment)];
  }
  fit.amount = FitAmount(history, customers, options, fit.pair_count);
  return fit;
}

// Calls `visit(share, mid_age_days)` with the share of customers that lead to a follow-up in each
// bin but the last.
template <typename Visit>
void ForEachBin(const std::vector<double>& rates, size_t segment, const std::vector<int>& edges,
                const Visit& visit) {
  double still = 1;
  int from = 0;
  for (size_t b = 0; b < edges.size(); ++b) {
    const double rate = rates[segment * (edges.size() + 1) + b];
    const double share = still * -std::expm1(-rate * (edges[b] - from));
    visit(share, 0.5 * (from + edges[b]));
    still -= share;
    from = edges[b];
  }
}

}  // namespace

CustomerFit FitCustomers(const History& history, const CustomerOptions& options) {
  const std::vector<int> edges = AgeEdges();
  CustomerFit fit;
  fit.renewals = FitFollowUps(history, kRenewals, edges, options);
  fit.expansions = FitFollowUps(history, kExpansions, edges, options);
  if (fit.renewals.segments.empty() && fit.expansions.segments.empty()) return fit;
  fit.age_edges_days = edges;
  fit.win_shares.assign(history.segments.size(), 0.0);
  double wins = 0;
  for (const HistoryDeal& deal : history.deals) {
    if (deal.end != DealEnd::kWon || deal.end_day < options.window_start) continue;
    ++fit.win_shares[static_cast<size_t>(deal.segment)];
    ++wins;
  }
  for (double& share : fit.win_shares) share = wins > 0 ? share / wins : 0;
  return fit;
}

double FollowUpShare(const std::vector<double>& rates, size_t segment,
                     const std::vector<int>& age_edges_days) {
  double sum = 0;
  ForEachBin(rates, segment, age_edges_days, [&](double share, double) { sum += share; });
  return sum;
}

double ChurnPerYear(const ParameterDraw& draw, const PipelineModel& model,
                    const std::vector<double>& win_shares) {
  if (model.renewal_segments.empty()) return 0;
  double created = 0;
  double ages = 0;
  double renewed = 0;
  for (size_t g = 0; g < model.segments.size(); ++g) {
    if (model.renewal_segments[g] < 0 || win_shares[g] == 0) continue;
    double in_segment = 0;
    ForEachBin(draw.renewal_rate_per_day, g, model.customer_age_edges_days,
               [&](double share, double age) {
                 in_segment += win_shares[g] * share;
                 ages += win_shares[g] * share * age;
               });
    created += in_segment;
    renewed +=
        in_segment * WinProbability(draw, static_cast<size_t>(model.renewal_segments[g]), model);
  }
  if (created <= 0) return 0;
  const double years = ages / created / kDaysPerYear;
  return Quantise(std::min(kMaxChurn, -std::log(std::max(renewed, kMinRenewed)) / years));
}

}  // namespace quotacast::simulator
