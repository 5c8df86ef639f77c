// Won deals of a view that may be renewed or expanded after its as-of day, and who would own what
// follows.
#ifndef QUOTACAST_SERVICES_METRICS_CUSTOMERS_OF_VIEW_H_
#define QUOTACAST_SERVICES_METRICS_CUSTOMERS_OF_VIEW_H_

#include <cstdint>
#include <vector>

#include "services/metrics/book_view.h"
#include "services/metrics/deal_origins.h"

namespace quotacast::metrics {

struct CustomerOfView {
  int win = 0;           // Position in view.opportunities.
  int rep = 0;           // Position in view.reps.
  int32_t age_days = 0;  // Since the win, at the end of the as-of day: won on it is 1.
  bool is_renewed = false;
  bool is_expanded = false;
};

// Wins of at most simulator::kMaxCustomerAgeDays, in order of id. What follows belongs to the owner
// of the win; if they have left by the as-of day, to the owner of the account's latest deal created
// since whose owner has not; else to a colleague of the owner's team who owns deals and has not
// left, the same for the same deal, colleagues and day. A win without any of them is left out.
std::vector<CustomerOfView> CustomersOf(const BookView& view, const DealOrigins& origins);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_CUSTOMERS_OF_VIEW_H_
