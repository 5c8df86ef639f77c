// What deals came from: those that a rep created, those that came from leads, those that follow an
// earlier win. Leads and created deals are the same to the functions that estimate how many come
// and what becomes of them, so a history is split into histories of one kind here.
#ifndef QUOTACAST_SIMULATOR_FIT_ORIGINS_H_
#define QUOTACAST_SIMULATOR_FIT_ORIGINS_H_

#include "absl/time/civil_time.h"
#include "simulator/fit/history.h"

namespace quotacast::simulator {

// Leads must have been recorded about as long as deals ...
inline constexpr int kMaxLeadDelayDays = 28;
// ... and enough of them have become deals. Otherwise a deal that came from a lead counts as one
// that its rep created.
inline constexpr int kMinConvertedLeads = 20;

// The one stage of LeadPipeline.
inline constexpr char kLeadStage[] = "lead";

// Whether leads are told apart: the first came within kMaxLeadDelayDays of `window_start`, or
// before, and at least kMinConvertedLeads of those in the window were converted.
bool LeadsAreToldApart(const History& history, absl::CivilDay window_start);

// Deals that reps created: without renewals, expansions and, when leads are told apart, those that
// came from leads. Their visits and amounts are left out.
History CreatedDeals(const History& history, bool leads_told_apart);

// Leads as deals of a pipeline of one stage: a converted lead advances from it, a dropped one is
// lost. Without periods: leads know no rhythm of the quarter.
History LeadPipeline(const History& history);

// Both together: what comes to a company from outside, which is what seasons act on.
History CreatedDealsAndLeads(const History& history, bool leads_told_apart);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_ORIGINS_H_
