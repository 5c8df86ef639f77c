// What a deal that is not booked is taken to be worth: what the source states, else the list price
// of its product.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_DEAL_AMOUNTS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_DEAL_AMOUNTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// How many deals had no stated amount.
struct AmountGaps {
  int64_t at_list_price_count = 0;
  int64_t without_amount_count = 0;  // No list price either.
};

// `stated` when there is one, else the list price above zero of the product at this position;
// counts which.
std::optional<int64_t> AmountOrListPrice(std::optional<int64_t> stated, int product,
                                         const BookView& view, AmountGaps& gaps);

// Notes on the gaps; `deals` says which they are, such as "open deals".
void AddGapNotes(const AmountGaps& gaps, const std::string& deals, KpiColumn& column);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_DEAL_AMOUNTS_H_
