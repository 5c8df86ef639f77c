#include "services/metrics/kpi/ramp.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/censored_median.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/people.h"

namespace quotacast::metrics {
namespace {

// Bookings of every rep month by month, summed over windows of kProductiveMonths whole months.
class RepMonths {
 public:
  // Months from that of the first created deal to the last that has ended.
  static absl::StatusOr<RepMonths> Of(const BookView& view) {
    RepMonths months;
    if (!view.first_created_day) return months;
    months.first_ = absl::CivilMonth(*view.first_created_day);
    const absl::CivilMonth running(view.as_of.effective_day + 1);
    months.count_ = std::max<int64_t>(0, running - months.first_);
    const size_t month_count = static_cast<size_t>(months.count_);
    months.sums_.assign(view.reps.size(), std::vector<int64_t>(month_count));
    const int32_t first_day = NumberOfDay(absl::CivilDay(months.first_));
    std::vector<int64_t> month_of_day;
    for (int64_t month = 0; month < months.count_; ++month) {
      const absl::CivilDay end(months.first_ + (month + 1));
      month_of_day.resize(static_cast<size_t>(NumberOfDay(end) - first_day), month);
    }
    for (const ClosedDeal closed : view.columns->WonIn(std::nullopt)) {
      if (!closed.amount_minor_units) continue;
      const int64_t day = int64_t{closed.close_day} - first_day;
      if (day < 0 || day >= static_cast<int64_t>(month_of_day.size())) continue;
      const int64_t month = month_of_day[static_cast<size_t>(day)];
      const size_t rep = static_cast<size_t>(closed.rep);
      for (int64_t last = month; last < std::min(months.count_, month + kProductiveMonths);
           ++last) {
        QC_RETURN_IF_ERROR(
            AddTo(months.sums_[rep][static_cast<size_t>(last)], *closed.amount_minor_units));
      }
    }
    return months;
  }

  // Windows are numbered by their last month; the first few are none.
  int64_t FirstWindowFrom(absl::CivilDay day) const {
    absl::CivilMonth month(day);
    if (absl::CivilDay(month) < day) ++month;
    return std::max<int64_t>(0, month - first_) + kProductiveMonths - 1;
  }
  int64_t window_count() const { return count_; }
  absl::CivilDay StartOf(int64_t window) const {
    return absl::CivilDay(first_ + (window - kProductiveMonths + 1));
  }
  absl::CivilDay EndOf(int64_t window) const { return absl::CivilDay(first_ + window + 1); }
  int64_t SumOf(size_t rep, int64_t window) const {
    return sums_[rep][static_cast<size_t>(window)];
  }

 private:
  absl::CivilMonth first_;
  int64_t count_ = 0;
  std::vector<std::vector<int64_t>> sums_;  // [rep][window].
};

// What ramped reps of a segment book in a window; none when they are too few or book nothing.
class PeerMedians {
 public:
  PeerMedians(const BookView& view, const RepMonths& months) : view_(view), months_(months) {}

  std::optional<double> Of(const std::string& segment, int64_t window) {
    const auto [known, is_new] = medians_.try_emplace({segment, window});
    if (!is_new) return known->second;
    std::vector<int64_t> sums;
    for (size_t rep = 0; rep < view_.reps.size(); ++rep) {
      const BookRep& peer = view_.reps[rep];
      if (peer.id == kUnassignedRepId || peer.segment_id != segment) continue;
      if (peer.start_day && *peer.start_day + kRampedDays > months_.StartOf(window)) continue;
      if (peer.end_day && *peer.end_day < months_.EndOf(window)) continue;
      sums.push_back(months_.SumOf(rep, window));
    }
    if (sums.size() < static_cast<size_t>(kMinRampedPeers)) return std::nullopt;
    std::sort(sums.begin(), sums.end());
    const double median = MedianOfSorted(sums);
    if (median > 0) known->second = median;
    return known->second;
  }

 private:
  const BookView& view_;
  const RepMonths& months_;
  std::map<std::pair<std::string, int64_t>, std::optional<double>> medians_;
};

// Days in the job to the end of the first window in which the rep is productive, or for as long as
// the rep was seen without one.
CensoredTime TimeToProductive(const BookView& view, const RepMonths& months, size_t rep,
                              PeerMedians& medians) {
  const BookRep& person = view.reps[rep];
  const absl::CivilDay seen_until =
      std::min(view.as_of.effective_day + 1, person.end_day.value_or(absl::CivilDay::max()));
  for (int64_t window = months.FirstWindowFrom(*person.start_day); window < months.window_count();
       ++window) {
    if (months.EndOf(window) > seen_until) break;
    const std::optional<double> median = medians.Of(person.segment_id, window);
    if (!median) continue;
    if (static_cast<double>(months.SumOf(rep, window)) >= kProductiveShare * *median) {
      return {months.EndOf(window) - *person.start_day, true};
    }
  }
  return {seen_until - *person.start_day, false};
}

absl::StatusOr<KpiColumn> DaysToProductive(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const BookView& view = *query.view;
  QC_ASSIGN_OR_RETURN(const RepMonths months, RepMonths::Of(view));
  PeerMedians medians(view, months);
  std::vector<std::vector<CensoredTime>> rows(query.grouping->groups().size());
  int64_t undated_count = 0, before_data_count = 0;
  for (size_t rep = 0; rep < view.reps.size(); ++rep) {
    const BookRep& person = view.reps[rep];
    if (person.id == kUnassignedRepId || !query.grouping->CountsRep(static_cast<int>(rep))) {
      continue;
    }
    if (!person.start_day) {
      ++undated_count;
      continue;
    }
    if (!Falls(*person.start_day, query.period) || *person.start_day > view.as_of.effective_day) {
      continue;
    }
    if (!view.first_created_day || *person.start_day < *view.first_created_day) {
      ++before_data_count;
      continue;
    }
    const CensoredTime time = TimeToProductive(view, months, rep, medians);
    for (const int row : query.grouping->RowsOfRep(static_cast<int>(rep))) {
      rows[static_cast<size_t>(row)].push_back(time);
    }
  }
  KpiColumn column =
      MedianOfBeginners(query, std::move(rows),
                        absl::StrCat("no rep with a start day in the data began", InPeriod(query)),
                        "been seen productive");
  if (undated_count > 0) {
    column.notes.push_back(absl::StrCat(undated_count, " reps have no start day and are left out"));
  }
  if (before_data_count > 0) {
    column.notes.push_back(absl::StrCat(
        before_data_count, " reps began before the first day of the data",
        view.first_created_day ? absl::StrCat(", ", FormatIsoDate(*view.first_created_day), ",")
                               : "",
        " and are left out"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> RampKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {{.definition = Define(
               {.name = "ramp_days_to_productive",
                .display_name = "Days to full productivity (median)",
                .formula = "Kaplan-Meier median of the days from start to the end of the first "
                           "three whole months in which a rep books at least 80 % of the median of "
                           "ramped reps of the same segment, of reps who began in the period",
                .numerator = "of these, reps who have been productive by the as-of date",
                .denominator = "reps who began in the period",
                .unit = KPI_UNIT_DAYS,
                .direction = KPI_DIRECTION_DOWN,
                .edge_rules =
                    {"Ramped reps have no start day or began at least 365 days before the three "
                     "months, and are in the job through them. The segment is the one the source "
                     "says the rep sells to; reps without one compare with each other.",
                     "Three months with fewer than three ramped reps, or whose median is not above "
                     "zero, decide nothing and are passed over.",
                     "Reps who left, or are not productive yet, count as long as they were seen: "
                     "leaving them out would make the ramp look short.",
                     "Months are calendar months; the first counted begins on or after the start "
                     "day, so that nothing below three months is possible.",
                     "Reps without a start day, and reps who began before the first day of the "
                     "data (the earliest creation day of any deal), are left out; notes say how "
                     "many.",
                     "Undefined when nobody began, and until half are productive."},
                .caveat = "Three months of one rep's bookings are still part luck: some are called "
                          "productive early who are not. Half of ramped reps book less than their "
                          "own median, so the bar is lower than it sounds.",
                .source = "Time to productivity of sales onboarding; E. Kaplan and P. Meier "
                          "(1958)."},
               {GROUP_BY_ORG, GROUP_BY_TEAM, GROUP_BY_ROLE, GROUP_BY_PERIOD, GROUP_BY_MONTH,
                GROUP_BY_REP}),
           .uses_money = true,
           .subject = KpiSubject::kReps,
           .compute = DaysToProductive}};
}

}  // namespace quotacast::metrics
