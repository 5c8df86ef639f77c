// The KPIs about accounts, discovery and top and low performers as docs/kpis.md words them, written
// as plainly as they read: each loops over everything a view holds, for one row and one period at a
// time. Figures in money are for a currency of a hundred minor units.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_ACCOUNTS_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_ACCOUNTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "tests/integration/plain_figure.h"

namespace quotacast::plain {

using metrics::BookOpportunity;
using metrics::StageCategory;

inline constexpr double kMinorPerMajor = 100;

// What is asked: about whom, and about which days. Without a period, all history.
struct Question {
  const metrics::BookView& view;
  std::optional<FiscalPeriod> period;
  bool is_organisation = true;  // Then what no known rep has counts, too.
  std::set<int> reps = {};

  bool Counts(int rep) const { return is_organisation || reps.contains(rep); }
  bool Falls(absl::CivilDay day) const {
    return !period || (day >= period->start && day < period->end);
  }
  bool Falls(absl::Time time) const { return !period || Falls(DayOfUtc(time)); }
  // The last day that can count.
  absl::CivilDay LastDay() const {
    const absl::CivilDay as_of = view.as_of.effective_day;
    return period ? std::min(as_of, period->end - 1) : as_of;
  }
  // The same about a part of the reps.
  Question About(std::set<int> some_reps) const {
    return {.view = view, .period = period, .is_organisation = false, .reps = std::move(some_reps)};
  }
};

inline bool IsWon(const BookOpportunity& deal) { return deal.outcome == StageCategory::kWon; }
inline bool IsOpen(const BookOpportunity& deal) { return deal.outcome == StageCategory::kOpen; }

inline Figure Ratio(double numerator, double denominator, int64_t sample_size) {
  Figure figure = {.numerator = numerator, .denominator = denominator, .sample_size = sample_size};
  if (denominator != 0) figure.value = numerator / denominator;
  return figure;
}

inline Figure Share(int64_t numerator, int64_t denominator) {
  return Ratio(static_cast<double>(numerator), static_cast<double>(denominator), denominator);
}

inline std::optional<double> MedianOfAny(const std::vector<double>& values) {
  return values.empty() ? std::nullopt : std::optional(Median(values));
}

// Business days from the first day to the last, both included, on which a rep was in the job.
inline int64_t BusinessDaysInJob(const metrics::BookRep& rep, absl::CivilDay first,
                                 absl::CivilDay last) {
  int64_t count = 0;
  for (absl::CivilDay day = first; day <= last; ++day) {
    const absl::Weekday weekday = absl::GetWeekday(day);
    if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) continue;
    if (rep.start_day && day < *rep.start_day) continue;
    if (rep.end_day && day >= *rep.end_day) continue;
    ++count;
  }
  return count;
}

// The period of the same name in the year before: "2026Q3" follows "2025Q3".
inline std::optional<FiscalPeriod> YearBefore(const Question& question) {
  const std::string& name = question.period->name;
  const int year = std::atoi(name.substr(0, 4).c_str());
  const auto before = question.view.calendar.PeriodNamed(absl::StrCat(year - 1, name.substr(4)));
  return before.ok() ? std::optional(*before) : std::nullopt;
}

inline Figure AccountGrowth(const Question& question) {
  const std::optional<FiscalPeriod> before = YearBefore(question);
  if (!before) return {};
  std::map<int, int64_t> booked_before;
  bool is_motion_known = false;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (!IsWon(deal)) continue;
    if (deal.motion != metrics::DealMotion::kUnknown) is_motion_known = true;
    if (deal.account < 0 || !question.Counts(deal.rep)) continue;
    if (deal.close_day < before->start || deal.close_day >= before->end) continue;
    booked_before[deal.account] += deal.amount_minor_units.value_or(0);
  }
  std::erase_if(booked_before, [](const auto& entry) { return entry.second <= 0; });
  int64_t sum_before = 0;
  for (const auto& [account, amount] : booked_before) sum_before += amount;
  int64_t sum = 0;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (!IsWon(deal) || !question.Counts(deal.rep) || !question.Falls(deal.close_day)) continue;
    if (deal.motion != metrics::DealMotion::kExpansion &&
        deal.motion != metrics::DealMotion::kRenewal) {
      continue;
    }
    if (booked_before.contains(deal.account)) sum += deal.amount_minor_units.value_or(0);
  }
  Figure figure = Ratio(static_cast<double>(sum) / kMinorPerMajor,
                        static_cast<double>(sum_before) / kMinorPerMajor,
                        static_cast<int64_t>(booked_before.size()));
  if (!is_motion_known) figure.value.reset();
  return figure;
}

// Who keeps each account: its owner, else the owner of its latest deal; -1: nobody.
inline std::vector<int> KeepersOfAccounts(const metrics::BookView& view) {
  std::vector<const BookOpportunity*> latest(view.accounts.size(), nullptr);
  for (const BookOpportunity& deal : view.opportunities) {
    if (deal.account < 0) continue;
    const BookOpportunity*& kept = latest[static_cast<size_t>(deal.account)];
    if (kept == nullptr || deal.created_day > kept->created_day) kept = &deal;
  }
  std::vector<int> keepers;
  for (size_t account = 0; account < view.accounts.size(); ++account) {
    const int owner = view.accounts[account].owner_rep;
    const BookOpportunity* const deal = latest[account];
    keepers.push_back(owner >= 0 ? owner : (deal == nullptr ? -1 : deal->rep));
  }
  return keepers;
}

// Before the first deal was created nothing is known.
inline bool IsBeforeData(const Question& question) {
  if (!question.period) return false;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (deal.created_day < question.period->end) return false;
  }
  return true;
}

inline Figure WhiteSpace(const Question& question) {
  if (IsBeforeData(question)) return {};
  // Twelve months that end with the last day.
  const absl::CivilDay end = question.LastDay() + 1;
  const absl::CivilDay start(end.year() - 1, end.month(), end.day());
  std::map<int, int64_t> booked;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (!IsWon(deal) || deal.close_day < start || deal.close_day >= end) continue;
    booked[deal.account] += deal.amount_minor_units.value_or(0);
  }
  const std::vector<int> keepers = KeepersOfAccounts(question.view);
  int64_t unbooked_sum = 0, potential_sum = 0, account_count = 0;
  for (size_t account = 0; account < question.view.accounts.size(); ++account) {
    const int64_t potential =
        question.view.accounts[account].yearly_potential_minor_units.value_or(0);
    if (potential <= 0) continue;
    if (!question.Counts(keepers[account])) continue;
    ++account_count;
    potential_sum += potential;
    unbooked_sum += std::max<int64_t>(0, potential - booked[static_cast<int>(account)]);
  }
  Figure figure = {.numerator = static_cast<double>(unbooked_sum) / kMinorPerMajor,
                   .denominator = static_cast<double>(potential_sum) / kMinorPerMajor,
                   .sample_size = account_count};
  if (account_count > 0) figure.value = figure.numerator;
  return figure;
}

// Open when the period began, or created in it.
inline bool WasWorkedOn(const Question& question, const BookOpportunity& deal) {
  if (!question.period || question.Falls(deal.created_day)) return true;
  return deal.created_day < question.period->start &&
         (IsOpen(deal) || deal.close_day >= question.period->start);
}

inline Figure CustomerProblemCoverage(const Question& question) {
  int64_t known_count = 0, count = 0;
  bool is_any_known = false;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (deal.has_customer_problem) is_any_known = true;
    if (!question.Counts(deal.rep) || !WasWorkedOn(question, deal)) continue;
    ++count;
    if (deal.has_customer_problem) ++known_count;
  }
  Figure figure = Share(known_count, count);
  if (!is_any_known) figure.value.reset();
  return figure;
}

inline Figure DiscoveryRatingMean(const Question& question) {
  int64_t sum = 0, count = 0;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (deal.discovery_rating == 0) continue;
    if (!question.Counts(deal.rep) || !WasWorkedOn(question, deal)) continue;
    sum += deal.discovery_rating;
    ++count;
  }
  return Share(sum, count);
}

// Won among closed in the period, of deals rated from `low` to `high`; 0 is not rated.
inline Figure WinRateOfRated(const Question& question, int low, int high) {
  int64_t won_count = 0, closed_count = 0;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (deal.discovery_rating < low || deal.discovery_rating > high || IsOpen(deal)) continue;
    if (!question.Counts(deal.rep) || !question.Falls(deal.close_day)) continue;
    ++closed_count;
    if (IsWon(deal)) ++won_count;
  }
  return Share(won_count, closed_count);
}

// One figure less another; undefined when either is.
inline Figure Difference(const Figure& first, const Figure& second) {
  Figure figure = {.numerator = first.value.value_or(0),
                   .denominator = second.value.value_or(0),
                   .sample_size = first.sample_size + second.sample_size};
  if (first.value && second.value) figure.value = *first.value - *second.value;
  return figure;
}

inline Figure DiscoveryWinDifference(const Question& question) {
  return Difference(WinRateOfRated(question, 4, 5), WinRateOfRated(question, 1, 2));
}

// What the quartiles are compared by; each about the reps of one of them.

inline Figure WinRate(const Question& question) {
  int64_t won_count = 0, closed_count = 0;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (IsOpen(deal) || !question.Counts(deal.rep) || !question.Falls(deal.close_day)) continue;
    ++closed_count;
    if (IsWon(deal)) ++won_count;
  }
  return Share(won_count, closed_count);
}

inline Figure MedianCycle(const Question& question) {
  std::vector<double> days;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (!IsWon(deal) || !question.Counts(deal.rep) || !question.Falls(deal.close_day)) continue;
    days.push_back(static_cast<double>(deal.close_day - deal.created_day));
  }
  return {.value = MedianOfAny(days), .sample_size = static_cast<int64_t>(days.size())};
}

inline Figure MedianDealSize(const Question& question) {
  std::vector<double> amounts;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (!IsWon(deal) || !question.Counts(deal.rep) || !question.Falls(deal.close_day)) continue;
    if (deal.amount_minor_units.value_or(0) <= 0) continue;
    amounts.push_back(static_cast<double>(*deal.amount_minor_units) / kMinorPerMajor);
  }
  return {.value = MedianOfAny(amounts), .sample_size = static_cast<int64_t>(amounts.size())};
}

// All business days of the quartile's reps count, whether they did anything or not.
inline Figure PerBusinessDayOfAll(const Question& question, int64_t count) {
  int64_t business_days = 0;
  for (const int rep : question.reps) {
    business_days += BusinessDaysInJob(question.view.reps[static_cast<size_t>(rep)],
                                       question.period->start, question.LastDay());
  }
  return Ratio(static_cast<double>(count), static_cast<double>(business_days), count);
}

inline Figure NewDeals(const Question& question) {
  int64_t count = 0;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (question.Counts(deal.rep) && question.Falls(deal.created_day)) ++count;
  }
  return PerBusinessDayOfAll(question, count);
}

inline Figure Outreach(const Question& question) {
  int64_t count = 0;
  for (const metrics::BookActivity& activity : question.view.records->activities) {
    if (!IsOutreach(activity) || !question.Counts(activity.rep)) continue;
    if (question.Falls(activity.start)) ++count;
  }
  return PerBusinessDayOfAll(question, count);
}

inline Figure SellingTime(const Question& question) {
  int64_t selling_minutes = 0, minutes = 0, count = 0;
  for (const metrics::BookActivity& activity : question.view.records->activities) {
    if (activity.is_automated || !activity.duration_minutes) continue;
    if (!question.Counts(activity.rep) || !question.Falls(activity.start)) continue;
    ++count;
    minutes += *activity.duration_minutes;
    if (activity.kind != metrics::ActivityKind::kInternal) {
      selling_minutes += *activity.duration_minutes;
    }
  }
  return Ratio(static_cast<double>(selling_minutes), static_cast<double>(minutes), count);
}

struct Quartiles {
  std::set<int> top;
  std::set<int> low;
};

// By bookings in the period before; nothing with fewer than eight reps who closed a deal in it.
inline std::optional<Quartiles> QuartilesOf(const Question& question) {
  const auto before = question.view.calendar.Previous(*question.period);
  if (!before.ok()) return std::nullopt;
  std::map<int, int64_t> booked;
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (IsOpen(deal) || !question.Counts(deal.rep)) continue;
    if (question.view.reps[static_cast<size_t>(deal.rep)].id == metrics::kUnassignedRepId) continue;
    if (deal.close_day < before->start || deal.close_day >= before->end) continue;
    booked[deal.rep] += IsWon(deal) ? deal.amount_minor_units.value_or(0) : 0;
  }
  if (booked.size() < 8) return std::nullopt;
  // Reps are in order of id.
  std::vector<std::pair<int64_t, int>> ranking;
  for (const auto& [rep, amount] : booked) ranking.push_back({-amount, rep});
  std::sort(ranking.begin(), ranking.end());
  Quartiles quartiles;
  for (size_t i = 0; i < ranking.size() / 4; ++i) {
    quartiles.top.insert(ranking[i].second);
    quartiles.low.insert(ranking[ranking.size() - 1 - i].second);
  }
  return quartiles;
}

// The figure of the top quartile less that of the low one.
inline Figure Gap(const Question& question, Figure (*figure_of)(const Question&)) {
  const std::optional<Quartiles> quartiles = QuartilesOf(question);
  if (!quartiles) return {};
  return Difference(figure_of(question.About(quartiles->top)),
                    figure_of(question.About(quartiles->low)));
}

// Where neither quartile reached out, the source keeps no outreach.
inline Figure OutreachGap(const Question& question) {
  Figure figure = Gap(question, Outreach);
  if (figure.sample_size == 0) figure.value.reset();
  return figure;
}

}  // namespace quotacast::plain

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_ACCOUNTS_H_
