// What every KPI family is made of: a definition and a function from a view to figures. 0/0 is
// undefined with a reason, never 0.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_KPI_H_
#define QUOTACAST_SERVICES_METRICS_KPI_KPI_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/intervals.h"

namespace quotacast::metrics {

// Age that KPIs by age look at when nothing else is asked for.
inline constexpr int kDefaultHorizonDays = 180;

// One figure. Without a value, `undefined_reason` is a plain sentence, and there is no interval.
struct KpiCell {
  std::optional<double> value;
  std::string undefined_reason;
  double numerator = 0;
  double denominator = 0;
  int64_t sample_size = 0;
  std::optional<Interval> interval;
  metrics::v1::KpiSignal signal = metrics::v1::KPI_SIGNAL_UNSPECIFIED;
};

// The figures of one period: one cell per row of the grouping.
struct KpiColumn {
  std::vector<KpiCell> cells;
  std::vector<std::string> notes;
};

struct KpiQuery {
  const BookView* view = nullptr;
  const Grouping* grouping = nullptr;
  // Absent: all history up to the as-of day.
  std::optional<FiscalPeriod> period;
  int horizon_days = kDefaultHorizonDays;
  // First day of the data that the KPI is about, for messages; absent when there are none.
  std::optional<absl::CivilDay> first_day = {};
};

// Errors of a computation: OUT_OF_RANGE (MONEY_OVERFLOW) only.
using KpiFunction = std::function<absl::StatusOr<KpiColumn>(const KpiQuery&)>;

// What a KPI's rows count.
enum class KpiSubject {
  kDeals,  // Deals, or stays of deals in stages.
  kReps,   // Reps, alone or beside their deals.
  kPlans,  // Plans, which are made for teams as they are: nothing can be filtered out.
  // Leads, activities and other records, whose rows are those of a RecordGrouping. Their history
  // begins with the first of them when that was before the first deal.
  kRecords
};

struct Kpi {
  metrics::v1::KpiDefinition definition;
  // About a quota or a target: asked without a period, it takes that of the as-of day ...
  bool needs_period = false;
  // ... or of the day after, because it says what is still to come.
  bool looks_ahead = false;
  // Sums amounts: not computed over several currencies.
  bool uses_money = false;
  KpiSubject subject = KpiSubject::kDeals;
  // Quotas are set for what it sums.
  bool has_quota = false;
  KpiFunction compute;
};

// Where a period stands at the end of the as-of day.
enum class PeriodPhase { kNotBegun, kRunning, kEnded };
PeriodPhase PhaseOf(const FiscalPeriod& period, absl::CivilDay as_of_day);

// "2015Q4 lies before the data, which go from 2016-10-20 to 2017-12-31" when that is so.
std::optional<std::string> BeforeDataReason(const KpiQuery& query);

// Whether `day` counts: inside the period, or any day without one.
bool Falls(absl::CivilDay day, const std::optional<FiscalPeriod>& period);

// The days of a query's period as numbers since 1970-01-01; all days without one.
struct DayRange {
  int32_t start = INT32_MIN;
  int32_t end = INT32_MAX;
  bool Has(int32_t day) const { return day >= start && day < end; }
};
DayRange DaysOf(const std::optional<FiscalPeriod>& period);

// A column in which every row is undefined for one reason.
KpiColumn UndefinedColumn(size_t row_count, const std::string& reason);
KpiColumn UndefinedColumn(const Grouping& grouping, const std::string& reason);

// "2017Q4 has not begun by 2017-09-30; the data go from 2016-10-20 to 2017-09-30" when that is so.
std::optional<std::string> NotBegunReason(const KpiQuery& query);

// "2017Q4 has not ended by 2017-12-30" when that is so, or the reason above. The query has a
// period.
std::optional<std::string> NotEndedReason(const KpiQuery& query);

// The note a period in progress carries, and " in 2017Q4" or nothing.
std::optional<std::string> PeriodToDateNote(const KpiQuery& query);
std::string InPeriod(const KpiQuery& query);

// Successes among all of a row; what they are is the KPI's.
struct Share {
  int64_t success_count = 0;
  int64_t count = 0;

  void Count(bool is_success) {
    ++count;
    success_count += is_success ? 1 : 0;
  }
};

// Per row, the deals closed in the period about which is_success(closed, deal) says something, and
// those it says true of.
template <typename IsSuccess>
std::vector<Share> ShareClosedDeals(const KpiQuery& query, IsSuccess is_success) {
  std::vector<Share> shares(query.grouping->groups().size());
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.ClosedIn(query.period)) {
    const DealRef deal = columns.At(closed);
    const std::optional<bool> success = is_success(closed, deal);
    if (!success) continue;
    for (const int row : query.grouping->RowsOf(deal)) {
      shares[static_cast<size_t>(row)].Count(*success);
    }
  }
  return shares;
}

// The method of ShareColumn's intervals.
inline constexpr char kWilsonMethod[] = "Wilson score interval, 95 %";

// The method of medians' intervals.
inline constexpr char kMedianMethod[] = "order statistics, 95 %; none below six values";

// Of at least one value; the mean of the two in the middle when their number is even.
double MedianOf(std::vector<int64_t> values);
// Likewise of values that ascend.
double MedianOfSorted(const std::vector<int64_t>& sorted);

// The median with its interval per row, the sum above the line and the number below; a row without
// values is undefined for `reason`. The values come in any order.
KpiColumn MedianColumn(std::vector<std::vector<int64_t>> values, const std::string& reason);

// A ratio with its interval per row; a row that counts nothing is undefined for `reason`.
KpiColumn ShareColumn(const std::vector<Share>& shares, const std::string& reason);

// The method of DifferenceCell's intervals.
inline constexpr char kDifferenceMethod[] =
    "Newcombe's hybrid score interval of a difference (1998, method 10), 95 %";

// first - second with its interval, the shares themselves above and below the line. Undefined when
// either counts nothing; then `reason` says so.
KpiCell DifferenceCell(const Share& first, const Share& second, const std::string& reason);

// Numbers of things: the count above the line, 1 below it.
KpiColumn CountColumn(const std::vector<int64_t>& counts);

// All rows that a KPI about deals can be asked for; those without a row per month, for what a month
// has no past of its own to be set beside; those without a row per period either.
std::vector<metrics::v1::GroupBy> DealGroupBys();
std::vector<metrics::v1::GroupBy> FiscalDealGroupBys();
std::vector<metrics::v1::GroupBy> DealGroupBysWithoutPeriods();

// A definition, in the order a reader asks.
struct KpiText {
  const char* name;
  const char* display_name;
  const char* formula;
  const char* numerator;
  const char* denominator;
  metrics::v1::KpiUnit unit;
  metrics::v1::KpiDirection direction;
  std::vector<const char*> edge_rules;
  const char* caveat;
  const char* source;
  const char* interval_method = "";
};
metrics::v1::KpiDefinition Define(const KpiText& text,
                                  const std::vector<metrics::v1::GroupBy>& group_bys);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_KPI_H_
