// What a deal was on a day of the past, from its visits and what was said about it.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_DEAL_HISTORY_H_
#define QUOTACAST_SERVICES_METRICS_KPI_DEAL_HISTORY_H_

#include <optional>

#include "absl/time/civil_time.h"
#include "services/metrics/book_view.h"

namespace quotacast::metrics {

// Where the deal stood at the beginning of `day`; absent before it was created.
std::optional<StageCategory> CategoryBefore(const BookView& view, const BookOpportunity& deal,
                                            absl::CivilDay day);

// When the deal was expected to close, as said by the beginning of `day`.
std::optional<absl::CivilDay> ExpectedBefore(const BookOpportunity& deal, absl::CivilDay day);

// The last stay in an open stage; null for a deal that was entered as closed.
const StageVisit* LastOpenVisit(const BookView& view, const BookOpportunity& deal);

// Who a lost deal was lost to; kNone for any other.
LossKind LossOf(const BookView& view, const DealRef& deal);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_DEAL_HISTORY_H_
