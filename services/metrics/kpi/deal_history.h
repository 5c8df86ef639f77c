// What a deal was on a day of the past, from its stays in stages and what was said about it.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_DEAL_HISTORY_H_
#define QUOTACAST_SERVICES_METRICS_KPI_DEAL_HISTORY_H_

#include <cstdint>
#include <optional>

#include "services/metrics/book_view.h"

namespace quotacast::metrics {

// Where the deal stood at the beginning of `day`, which counts from 1970-01-01; absent before it
// was created.
std::optional<StageCategory> CategoryBefore(const BookView& view, const DealRef& deal, int32_t day);
// Likewise, the deal's stays at hand already.
std::optional<StageCategory> CategoryBefore(const BookView& view, const DealRef& deal,
                                            const Stays::List& stays, int32_t day);

// The deals that were open at the beginning of `day`.
SomeDeals OpenBefore(const BookView& view, int32_t day);

// The day on which the deal was expected to close, as said by the beginning of `day`.
std::optional<int32_t> ExpectedBefore(const BookView& view, const DealRef& deal, int32_t day);

// The last open stage it was in; absent for a deal that was entered as closed.
std::optional<int> LastOpenStage(const BookView& view, const DealRef& deal);

// Who a lost deal was lost to; kNone for any other.
LossKind LossOf(const BookView& view, const DealRef& deal);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_DEAL_HISTORY_H_
