// What the deals of a view came from, as a model tells them apart: leads that were converted, and
// wins that were renewed or expanded.
//
// * Leads: one with a rep, and with a segment that deals have, is modelled, unless the source calls
//   it converted and the deal it became is not known, or another lead became the same deal first.
//   It is converted on the day its deal was created, and came no later than that; otherwise it was
//   dropped on the day of its last status when that is "disqualified"; otherwise it is open. A deal
//   that a modelled lead became comes from it, whatever its motion.
// * Follow-ups: a deal that the source calls a renewal or an expansion follows an earlier win
//   of its account: created before it, won by the day it was created and at most
//   simulator::kMaxCustomerAgeDays earlier. Each win is renewed once and expanded once, by the
//   earliest deals. A renewal follows the win whose age is nearest to the usual one: the median age
//   of the wins renewed where an account had one win only, a year when there are fewer than ten of
//   these. An expansion follows the latest win. A deal that finds no win counts as created by its
//   rep.
// * Segments: renewals in a segment that has other deals too get a model segment of their own,
//   because they behave differently: "renewal", or the first free of "renewals", "renewals 2" ...
//   when that is a segment with other deals. A segment of renewals alone stays as it is.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_ORIGINS_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_ORIGINS_H_

#include <string>
#include <vector>

#include "services/metrics/book_view.h"
#include "simulator/fit/history.h"

namespace quotacast::metrics {

struct DealOrigin {
  simulator::DealOrigin origin = simulator::DealOrigin::kCreated;
  int predecessor = -1;  // Of a renewal or expansion: position in view.opportunities.
  int segment = 0;       // Position in DealOrigins::segments.
};

struct DealOrigins {
  std::vector<std::string> segments;          // Of the model: those of the view, perhaps one more.
  std::vector<DealOrigin> deals;              // As view.opportunities.
  std::vector<simulator::HistoryLead> leads;  // In order of id.
  bool has_follow_ups = false;                // Some deal is a renewal or an expansion.
};

// Reads the view's records only when it has leads. Complexity: deals x (1 + wins of their account).
DealOrigins OriginsOf(const BookView& view);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_ORIGINS_H_
