// KPIs about reps who come and go; see plain_company.h.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_PEOPLE_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_PEOPLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/metrics/book_view.h"
#include "tests/integration/plain_company.h"

namespace quotacast {

// How long somebody was watched, and whether it happened at the end of that.
struct PlainWatch {
  int64_t days = 0;
  bool has_happened = false;
};

// Kaplan and Meier: the first day by which half of those still watched have it behind them.
inline std::optional<double> PlainSurvivalMedian(const std::vector<PlainWatch>& watches) {
  std::vector<int64_t> days;
  for (const PlainWatch& watch : watches) days.push_back(watch.days);
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  double surviving = 1;
  for (const int64_t day : days) {
    double watched_count = 0, happened_count = 0;
    for (const PlainWatch& watch : watches) {
      if (watch.days >= day) ++watched_count;
      if (watch.days == day && watch.has_happened) ++happened_count;
    }
    surviving *= 1 - happened_count / watched_count;
    constexpr double kRounding = 1e-12;
    if (surviving <= 0.5 + kRounding) return static_cast<double>(day);
  }
  return std::nullopt;
}

class PlainPeople : public PlainCompany {
 public:
  using PlainCompany::PlainCompany;

  PlainFigure Attrition(const PlainRow& row, const Period& period) const {
    constexpr double kDaysPerYear = 365.25;
    const PlainDays days = DaysOf(period);
    int64_t left_count = 0, person_days = 0, person_count = 0;
    for (int rep = 0; rep < RepCount(); ++rep) {
      if (!HasRep(row, rep) || !IsPerson(rep)) continue;
      const auto& end_day = Rep(rep).end_day;
      // The end is the first day out of the job: what counts is the last one in it.
      if (end_day && days.Has(*end_day - 1)) ++left_count;
      const int64_t days_in_job = DaysInJob(rep, days);
      person_days += days_in_job;
      if (days_in_job > 0) ++person_count;
    }
    PlainFigure figure;
    if (person_count == 0) return figure;
    const auto day_count = static_cast<double>(days.count());
    figure.numerator = static_cast<double>(left_count);
    figure.denominator = static_cast<double>(person_days) / day_count;
    figure.value = figure.numerator / figure.denominator * kDaysPerYear / day_count;
    figure.sample_size = person_count;
    return figure;
  }

  PlainFigure RampDaysToFirstWin(const PlainRow& row, const Period& period) const {
    std::vector<PlainWatch> watches;
    for (const int rep : Beginners(row, period)) {
      const absl::CivilDay start = *Rep(rep).start_day;
      std::optional<absl::CivilDay> first_win;
      for (const metrics::BookOpportunity* deal : WinsOf(rep)) {
        if (!first_win || deal->close_day < *first_win) first_win = deal->close_day;
      }
      if (first_win && *first_win < start) continue;
      // What is won for somebody who left is not seen.
      const bool has_won = first_win && *first_win < EndOfWatch(rep);
      const absl::CivilDay last_day = has_won ? *first_win : EndOfWatch(rep) - 1;
      watches.push_back({.days = last_day - start, .has_happened = has_won});
    }
    return SurvivalFigure(watches);
  }

  PlainFigure RampDaysToProductive(const PlainRow& row, const Period& period) const {
    std::vector<PlainWatch> watches;
    for (const int rep : Beginners(row, period)) {
      const absl::CivilDay start = *Rep(rep).start_day;
      absl::CivilMonth month(start);
      if (absl::CivilDay(month) < start) ++month;
      PlainWatch watch{.days = EndOfWatch(rep) - start};
      for (; absl::CivilDay(month + 3) <= EndOfWatch(rep); ++month) {
        const PlainDays months{absl::CivilDay(month), absl::CivilDay(month + 3)};
        if (!IsProductive(rep, months)) continue;
        watch = {.days = months.end - start, .has_happened = true};
        break;
      }
      watches.push_back(watch);
    }
    return SurvivalFigure(watches);
  }

 private:
  static PlainFigure SurvivalFigure(const std::vector<PlainWatch>& watches) {
    int64_t happened_count = 0;
    for (const PlainWatch& watch : watches) happened_count += watch.has_happened ? 1 : 0;
    PlainFigure figure = Ratio(happened_count, static_cast<int64_t>(watches.size()));
    figure.value = PlainSurvivalMedian(watches);
    return figure;
  }

  // Those who began in the period, on a day from which on wins were written down.
  std::vector<int> Beginners(const PlainRow& row, const Period& period) const {
    std::vector<int> beginners;
    for (int rep = 0; rep < RepCount(); ++rep) {
      const auto& start_day = Rep(rep).start_day;
      if (!start_day || *start_day < first_day() || !HasRep(row, rep)) continue;
      if (DaysOf(period).Has(*start_day)) beginners.push_back(rep);
    }
    return beginners;
  }

  // First day on which a rep is not seen any more.
  absl::CivilDay EndOfWatch(int rep) const {
    return std::min(today() + 1, Rep(rep).end_day.value_or(today() + 1));
  }

  bool IsProductive(int rep, const PlainDays& months) const {
    constexpr int kRampDays = 365;
    const metrics::BookRep& person = Rep(rep);
    std::vector<int64_t> booked;
    for (int peer = 0; peer < RepCount(); ++peer) {
      const metrics::BookRep& other = Rep(peer);
      if (!IsPerson(peer) || other.segment_id != person.segment_id) continue;
      if (other.start_day && *other.start_day + kRampDays > months.start) continue;
      if (other.end_day && *other.end_day < months.end) continue;
      booked.push_back(BookedBy(peer, months));
    }
    constexpr size_t kFewestPeers = 3;
    constexpr double kBar = 0.8;
    if (booked.size() < kFewestPeers || plain::Median(booked) <= 0) return false;
    return static_cast<double>(BookedBy(rep, months)) >= kBar * plain::Median(booked);
  }
};

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_PEOPLE_H_
