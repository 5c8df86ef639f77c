// The KPIs about insights, reps' forecasts, incidents, leads and activities as docs/kpis.md words
// them, in the manner of plain_accounts.h.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_RECORDS_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_RECORDS_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/book_records.h"
#include "services/metrics/book_view.h"
#include "tests/integration/plain_accounts.h"

namespace quotacast::plain {

inline bool HoldsOn(const metrics::BookInsight& insight, absl::CivilDay day) {
  return insight.learned_day <= day && (!insight.expiry_day || *insight.expiry_day > day);
}

inline Figure DepthIndex(const Question& question) {
  std::set<int> accounts;
  std::set<std::pair<int, int>> people;
  for (const metrics::BookActivity& activity : question.view.records->activities) {
    if (!IsOutreach(activity) || activity.account < 0) continue;
    if (!question.Counts(activity.rep) || !question.Falls(activity.start)) continue;
    accounts.insert(activity.account);
    if (activity.contact >= 0) people.insert({activity.account, activity.contact});
  }
  int64_t insight_count = 0;
  for (const metrics::BookInsight& insight : question.view.records->insights) {
    if (accounts.contains(insight.account) && HoldsOn(insight, question.LastDay())) ++insight_count;
  }
  return Share(insight_count + static_cast<int64_t>(people.size()),
               static_cast<int64_t>(accounts.size()));
}

inline Figure InsightCoverage(const Question& question) {
  // Where no insight is known at all, none of the accounts is looked at.
  if (question.view.records->insights.empty() || IsBeforeData(question)) return {};
  std::set<int> accounts;
  for (size_t account = 0; account < question.view.accounts.size(); ++account) {
    const int owner = question.view.accounts[account].owner_rep;
    if (owner >= 0 && question.Counts(owner)) accounts.insert(static_cast<int>(account));
  }
  for (const BookOpportunity& deal : question.view.opportunities) {
    if (IsOpen(deal) && deal.account >= 0 && question.Counts(deal.rep)) {
      accounts.insert(deal.account);
    }
  }
  std::set<int> known;
  for (const metrics::BookInsight& insight : question.view.records->insights) {
    if (!accounts.contains(insight.account)) continue;
    if (HoldsOn(insight, question.view.as_of.effective_day)) known.insert(insight.account);
  }
  return Share(static_cast<int64_t>(known.size()), static_cast<int64_t>(accounts.size()));
}

inline int64_t BookingsOf(const metrics::BookView& view, int rep, const FiscalPeriod& period) {
  int64_t sum = 0;
  for (const BookOpportunity& deal : view.opportunities) {
    if (!IsWon(deal) || deal.rep != rep) continue;
    if (deal.close_day < period.start || deal.close_day >= period.end) continue;
    sum += deal.amount_minor_units.value_or(0);
  }
  return sum;
}

// What a rep expected before a period began, and what was booked in it; minor units.
struct ScoredForecast {
  int64_t expected = 0;
  int64_t booked = 0;
};

inline std::vector<ScoredForecast> ScoredForecasts(const Question& question) {
  // The last one of each rep and period.
  std::map<std::pair<int, std::string>, const metrics::BookRepForecast*> last;
  for (const metrics::BookRepForecast& forecast : question.view.records->rep_forecasts) {
    if (!question.Counts(forecast.rep) || !forecast.expected_minor_units) continue;
    if (question.period && question.period->name != forecast.period) continue;
    const auto period = question.view.calendar.PeriodNamed(forecast.period);
    if (!period.ok() || period->end - 1 > question.view.as_of.effective_day) continue;
    if (forecast.said_day >= period->start) continue;
    const metrics::BookRepForecast*& kept = last[{forecast.rep, forecast.period}];
    if (kept == nullptr || kept->said_day <= forecast.said_day) kept = &forecast;
  }
  std::vector<ScoredForecast> scored;
  for (const auto& [key, forecast] : last) {
    const FiscalPeriod period = *question.view.calendar.PeriodNamed(forecast->period);
    scored.push_back({.expected = *forecast->expected_minor_units,
                      .booked = BookingsOf(question.view, forecast->rep, period)});
  }
  return scored;
}

inline Figure ForecastAccuracy(const Question& question) {
  const std::vector<ScoredForecast> scored = ScoredForecasts(question);
  double sum = 0;
  int64_t count = 0;
  for (const auto& [expected, booked] : scored) {
    if (booked == 0) continue;
    sum += 1 - std::abs(static_cast<double>(expected - booked)) / static_cast<double>(booked);
    ++count;
  }
  return Ratio(sum, static_cast<double>(count), count);
}

inline Figure ForecastBias(const Question& question) {
  const std::vector<ScoredForecast> scored = ScoredForecasts(question);
  int64_t error_sum = 0, booked_sum = 0;
  for (const auto& [expected, booked] : scored) {
    error_sum += expected - booked;
    booked_sum += booked;
  }
  return Ratio(static_cast<double>(error_sum) / kMinorPerMajor,
               static_cast<double>(booked_sum) / kMinorPerMajor,
               static_cast<int64_t>(scored.size()));
}

inline Figure ForecastWape(const Question& question) {
  const std::vector<ScoredForecast> scored = ScoredForecasts(question);
  int64_t error_sum = 0, booked_sum = 0;
  for (const auto& [expected, booked] : scored) {
    error_sum += std::abs(expected - booked);
    booked_sum += std::abs(booked);
  }
  return Ratio(static_cast<double>(error_sum) / kMinorPerMajor,
               static_cast<double>(booked_sum) / kMinorPerMajor,
               static_cast<int64_t>(scored.size()));
}

// How long something took, or how long it was watched without coming to an end.
struct Wait {
  double hours = 0;
  bool has_ended = false;
};

// Kaplan-Meier: the first time at which at most half go on.
inline std::optional<double> MedianWait(const std::vector<Wait>& waits) {
  std::set<double> end_hours;
  for (const Wait& wait : waits) {
    if (wait.has_ended) end_hours.insert(wait.hours);
  }
  double going_on = 1;
  for (const double hours : end_hours) {
    int64_t watched_count = 0, ended_count = 0;
    for (const Wait& wait : waits) {
      if (wait.hours >= hours) ++watched_count;
      if (wait.has_ended && wait.hours == hours) ++ended_count;
    }
    going_on *= 1 - static_cast<double>(ended_count) / static_cast<double>(watched_count);
    // Products of fractions that are one half in truth may come out a little above it.
    if (going_on <= 0.5 + 1e-12) return hours;
  }
  return std::nullopt;
}

// `end_of` says when an incident came to the end that is asked for.
template <typename EndOf>
Figure IncidentHours(const Question& question, EndOf end_of) {
  const absl::Time now = StartOfDayUtc(question.view.as_of.effective_day + 1);
  std::vector<Wait> waits;
  int64_t ended_count = 0;
  for (const metrics::BookIncident& incident : question.view.records->incidents) {
    if (!question.Counts(incident.rep) || !question.Falls(incident.opened)) continue;
    const std::optional<absl::Time> end = end_of(incident);
    if (end) ++ended_count;
    waits.push_back({.hours = absl::ToDoubleHours(end.value_or(now) - incident.opened),
                     .has_ended = end.has_value()});
  }
  return {.value = MedianWait(waits),
          .numerator = static_cast<double>(ended_count),
          .denominator = static_cast<double>(waits.size()),
          .sample_size = static_cast<int64_t>(waits.size())};
}

inline Figure IncidentAcknowledgementHours(const Question& question) {
  return IncidentHours(question, [](const metrics::BookIncident& incident) {
    if (!incident.acknowledged) return incident.resolved;
    if (!incident.resolved) return incident.acknowledged;
    return std::optional(std::min(*incident.acknowledged, *incident.resolved));
  });
}

inline Figure IncidentRecoveryHours(const Question& question) {
  return IncidentHours(question,
                       [](const metrics::BookIncident& incident) { return incident.resolved; });
}

inline Figure LeadDaysToConversion(const Question& question) {
  std::vector<double> days;
  double sum = 0;
  for (const metrics::BookLead& lead : question.view.records->leads) {
    if (!question.Counts(lead.rep) || lead.steps.empty()) continue;
    if (lead.steps.back().status != metrics::LeadStatus::kConverted) continue;
    if (!question.Falls(lead.steps.back().said)) continue;
    const auto taken = DayOfUtc(lead.steps.back().said) - DayOfUtc(lead.created);
    days.push_back(std::max(0.0, static_cast<double>(taken)));
    sum += days.back();
  }
  return {.value = MedianOfAny(days),
          .numerator = sum,
          .denominator = static_cast<double>(days.size()),
          .sample_size = static_cast<int64_t>(days.size())};
}

inline Figure LeadTouches(const Question& question) {
  int64_t touch_count = 0, lead_count = 0;
  for (const metrics::BookLead& lead : question.view.records->leads) {
    if (!question.Counts(lead.rep) || !lead.first_touch || lead.touch_count == 0) continue;
    if (!question.Falls(*lead.first_touch)) continue;
    touch_count += lead.touch_count;
    ++lead_count;
  }
  return Share(touch_count, lead_count);
}

// What was done on these days and by whom, by business days of those who did any of it; -1 stands
// for somebody unknown.
struct Doing {
  int rep = -1;
  absl::Time time;
};

inline Figure PerBusinessDay(const Question& question, const std::vector<Doing>& doings) {
  absl::Time first = absl::InfiniteFuture();
  std::set<int> doers;
  int64_t count = 0;
  for (const auto& [rep, time] : doings) {
    first = std::min(first, time);
    if (rep < 0 || !question.Counts(rep) || !question.Falls(time)) continue;
    doers.insert(rep);
    ++count;
  }
  const absl::CivilDay first_day = question.period ? question.period->start : DayOfUtc(first);
  int64_t business_days = 0;
  for (const int rep : doers) {
    business_days += BusinessDaysInJob(question.view.reps[static_cast<size_t>(rep)], first_day,
                                       question.LastDay());
  }
  return Ratio(static_cast<double>(count), static_cast<double>(business_days), count);
}

inline Figure LeadsWorkedPerDay(const Question& question) {
  std::vector<Doing> doings;
  for (const metrics::BookLead& lead : question.view.records->leads) {
    if (lead.first_touch) doings.push_back({lead.rep, *lead.first_touch});
  }
  return PerBusinessDay(question, doings);
}

inline Figure ActivitiesPerRepDay(const Question& question) {
  std::vector<Doing> doings;
  for (const metrics::BookActivity& activity : question.view.records->activities) {
    if (activity.is_automated || activity.is_inbound) continue;
    doings.push_back({activity.rep, activity.start});
  }
  return PerBusinessDay(question, doings);
}

}  // namespace quotacast::plain

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_RECORDS_H_
