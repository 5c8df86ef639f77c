// The company's history, week by week: leads that come, deals that are created, each with its whole
// life. Memory does not grow with the years: what waits is the leads that will convert, and the
// renewals and expansions of about a year.
#ifndef QUOTACAST_TOOLS_GEN_HISTORY_H_
#define QUOTACAST_TOOLS_GEN_HISTORY_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/civil_time.h"
#include "tools/gen/company.h"
#include "tools/gen/deals.h"
#include "tools/gen/leads.h"

namespace quotacast::gen {

// What begins in one week.
struct Week {
  absl::CivilDay start;
  std::vector<Lead> leads;  // In order of arrival.
  std::vector<Deal> deals;  // In order of creation; those converted from a lead hold it.
};

// Calls `visit` with every week from the start to the horizon, in order, until it returns false.
// Weeks begin on the weekday of the first day of business.
void ForEachWeek(const Company& company, absl::FunctionRef<bool(const Week&)> visit);

// What truly happened, summed up. Bookings are those of deals that are won in the end, on the day
// of the win, in major units; what turned out lost or was deleted is not in them.
struct Ledger {
  int first_quarter = 0;                       // As QuarterOf.
  std::vector<std::vector<int64_t>> owned;     // [rep][quarter]: by the owner in the end.
  std::vector<std::vector<int64_t>> credited;  // [rep][quarter]: by the splits.
  std::vector<int64_t> total;                  // [quarter].
  // Days since 1970-01-01 of each account's first win; a very large number when there is none.
  std::vector<int32_t> first_win;
  int64_t exported_deal_count = 0;
  int64_t exported_won_count = 0;  // Won on the last day.
};

Ledger MakeLedger(const Company& company);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_HISTORY_H_
