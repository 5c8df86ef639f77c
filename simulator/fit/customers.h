// What customers lead to: renewals and expansions per day since the win, where they land, and what
// they are worth beside the win.
//
// A won deal is at risk of its renewal from the day it was won, or from the start of the window if
// that is later (left truncation), until the renewal was created or the as-of day; likewise of its
// expansion. Events over days at risk by age since the win have gamma posteriors: all segments
// together with a prior worth half an event in all, then each segment of the win around them with
// the least prior there is (kMinPriorCount), first its level, then its ages. Facts lose weight with
// age as everywhere.
#ifndef QUOTACAST_SIMULATOR_FIT_CUSTOMERS_H_
#define QUOTACAST_SIMULATOR_FIT_CUSTOMERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Upper edges of the ages since a win, in days. Renewals of yearly contracts are often written in a
// narrow window before the year is over, so that ages are told apart more finely there.
inline constexpr int kCustomerAgeEdgesDays[] = {60,  120, 180, 240, 270, 300, 315, 330,
                                                345, 360, 375, 400, 450, 550, 730};
// A win longer ago than this leads to nothing any more.
inline constexpr int kMaxCustomerAgeDays = 730;

// All ages and segments together start from this many events at the rate of all ages.
inline constexpr double kFollowUpPriorCount = 0.5;

// Fewer won follow-ups of a win with an amount, and they are worth what the win was, give or take
// kDefaultFollowUpLogSd (an assumption).
inline constexpr int kMinFollowUpPairs = 10;
inline constexpr double kDefaultFollowUpLogSd = 0.3;
// The log of the factor starts from 0, its variance from the default, with the weight of so many.
inline constexpr double kFollowUpAmountPriorCount = 2;

// Of one kind: renewals or expansions. All empty when the history has none of it.
struct FollowUpFit {
  std::vector<int> segments;               // By segment of the win, as PipelineModel.
  std::vector<std::vector<double>> rates;  // [draw][segment of the win * age bins + age bin].
  // Mean of the factor: amounts of won follow-ups over those of their wins, summed, because
  // bookings are sums.
  AmountRevision amount;
  // In the window, unweighted.
  std::vector<double> segment_counts;  // By segment of the win: follow-ups created.
  double pair_count = 0;               // Won follow-ups with both amounts.
};

struct CustomerFit {
  std::vector<int> age_edges_days;  // Empty when there is neither renewal nor expansion.
  FollowUpFit renewals;
  FollowUpFit expansions;
  std::vector<double> win_shares;  // By segment: of the wins in the window.
};

struct CustomerOptions {
  absl::CivilDay window_start;
  double recency_half_life_days = 364;
  int draw_count = 64;
  uint64_t seed = 0;
};

// Complexity: wins x ages + draws x segments x ages.
CustomerFit FitCustomers(const History& history, const CustomerOptions& options);

// Share of the customers won in a segment that have led to a follow-up by kMaxCustomerAgeDays,
// under [segment * bins + bin] rates.
double FollowUpShare(const std::vector<double>& rates, size_t segment,
                     const std::vector<int>& age_edges_days);

// Customers lost, per customer and year: -ln(1 - c) / T with c the chance that a customer has no
// renewal that is won within kMaxCustomerAgeDays, and T the mean age in years at which renewals
// are created. Customers are of segments as wins are, by `win_shares`. 0 without renewals.
double ChurnPerYear(const ParameterDraw& draw, const PipelineModel& model,
                    const std::vector<double>& win_shares);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_CUSTOMERS_H_
