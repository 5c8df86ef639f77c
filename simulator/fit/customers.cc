#include "simulator/fit/customers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
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

// Follow-ups and days at risk, [segment][age bin].
using Counts = std::vector<std::vector<AgeCounts>>;

Counts CountDaysAtRisk(const History& history, const std::vector<Customer>& customers,
                       const std::vector<int>& edges, const CustomerOptions& options) {
  Counts counts(history.segments.size(), std::vector<AgeCounts>(edges.size() + 1));
  const auto weight_of = [&](absl::CivilDay day) {
    return RecencyWeight(day, history.as_of, options.recency_half_life_days);
  };
  for (const Customer& customer : customers) {
    const absl::CivilDay won = customer.win->end_day;
    const absl::CivilDay last =
        customer.follow_up == nullptr ? history.as_of : customer.follow_up->created;
    if (last < options.window_start) continue;
    std::vector<AgeCounts>& bins = counts[static_cast<size_t>(customer.win->segment)];
    int from = std::max(0, static_cast<int>(options.window_start - won));
    const int end = static_cast<int>(last - won) + 1;
    for (size_t b = 0; b < bins.size() && from < end; ++b) {
      const int to = b < edges.size() ? std::min(edges[b], end) : end;
      if (to <= from) continue;
      const double weight = weight_of(won + (from + to) / 2);
      // Of the day of the follow-up one half.
      const double days = to - from - (to == end && customer.follow_up != nullptr ? 0.5 : 0.0);
      bins[b].days += weight * days;
      bins[b].days_squared += weight * weight * days;
      if (to == end && customer.follow_up != nullptr) bins[b].exits += weight_of(last);
      from = to;
    }
  }
  return counts;
}

RateData Effective(const AgeCounts& counts) {
  const AgeCounts effective = counts.Effective();
  return {effective.exits, effective.days};
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

// Each segment's rates around those of all: its level first, then its ages.
class SegmentRates {
 public:
  SegmentRates(const std::vector<std::vector<RateData>>& segments, const std::vector<Drawn>& all,
               const Kind& kind, const CustomerOptions& options)
      : segments_(segments), all_(all), kind_(kind), options_(options) {
    RateFamily levels;
    std::vector<RateFamily> ages;
    for (const std::vector<RateData>& bins : segments_) {
      levels.push_back(LevelOf(bins));
      RateFamily& family = ages.emplace_back();
      for (size_t b = 0; b < bins.size(); ++b) {
        if (all_[b].mean > 0) family.push_back({bins[b].events, bins[b].exposure * all_[b].mean});
      }
    }
    const std::string name = absl::StrCat("customers/", kind.name);
    level_kappa_ = FitRatePriorCount(std::vector<RateFamily>{levels}, options.seed, name + "/level",
                                     options.draw_count);
    age_kappa_ = FitRatePriorCount(ages, options.seed, name + "/age", options.draw_count);
  }

  // One per bin.
  std::vector<Drawn> Of(size_t segment, const std::string& name) const {
    const std::vector<RateData>& bins = segments_[segment];
    const Drawer drawer(options_.seed, absl::StrCat("fit/customers/", kind_.name), name);
    const RateChild level = LevelOf(bins);
    const Drawn factor =
        drawer.DrawRate(static_cast<uint32_t>(bins.size()), {level.events, level.expected},
                        level_kappa_, Constant(1, options_.draw_count));
    std::vector<Drawn> rates;
    for (size_t b = 0; b < bins.size(); ++b) {
      Drawn parent = all_[b];
      if (parent.mean == 0) {
        rates.push_back(parent);
        continue;
      }
      for (size_t k = 0; k < parent.draws.size(); ++k) parent.draws[k] *= factor.draws[k];
      rates.push_back(drawer.DrawRate(static_cast<uint32_t>(b), bins[b], age_kappa_, parent));
    }
    return rates;
  }

 private:
  RateChild LevelOf(const std::vector<RateData>& bins) const {
    RateChild level;
    for (size_t b = 0; b < bins.size(); ++b) {
      level.events += bins[b].events;
      level.expected += bins[b].exposure * all_[b].mean;
    }
    return level;
  }

  const std::vector<std::vector<RateData>>& segments_;
  const std::vector<Drawn>& all_;
  Kind kind_;
  CustomerOptions options_;
  PriorCount level_kappa_;
  PriorCount age_kappa_;
};

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
  const Counts counts = CountDaysAtRisk(history, customers, edges, options);
  std::vector<AgeCounts> all_counts(edges.size() + 1);
  std::vector<std::vector<RateData>> by_segment(segments);
  for (size_t g = 0; g < segments; ++g) {
    for (size_t b = 0; b < all_counts.size(); ++b) {
      all_counts[b].Add(counts[g][b]);
      by_segment[g].push_back(Effective(counts[g][b]));
    }
  }
  std::vector<RateData> all_data;
  for (const AgeCounts& bin : all_counts) all_data.push_back(Effective(bin));
  const std::vector<Drawn> all = FitAll(all_data, kind, options);
  fit.rates.assign(static_cast<size_t>(options.draw_count), {});
  std::optional<SegmentRates> segment_rates;
  if (segments > 1) segment_rates.emplace(by_segment, all, kind, options);
  for (size_t g = 0; g < segments; ++g) {
    const std::vector<Drawn> rates =
        segment_rates ? segment_rates->Of(g, history.segments[g]) : all;
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
