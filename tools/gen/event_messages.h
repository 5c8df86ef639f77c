// What the company's history looks like as events: each record becomes the events by which a CRM
// would have told of it. Source "quotacast_gen"; keys and versions as docs/formats/event_log.md
// describes them. Amounts are USD.
#ifndef QUOTACAST_TOOLS_GEN_EVENT_MESSAGES_H_
#define QUOTACAST_TOOLS_GEN_EVENT_MESSAGES_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/gen/activities.h"
#include "tools/gen/company.h"
#include "tools/gen/customers.h"
#include "tools/gen/deals.h"
#include "tools/gen/history.h"
#include "tools/gen/leads.h"
#include "tools/gen/rep_records.h"

namespace quotacast::gen {

// Takes an event that was true at `minute` (since 1970-01-01 00:00 UTC, also in the message).
using EventTaker = absl::FunctionRef<void(int64_t minute, const ingestion::v1::NewEvent&)>;

// What is there on the first day: calendar, stages, teams, territories, products, plans, accounts.
void TellOfBeginning(const Company& company, EventTaker take);

// All that happens to a rep and to the seat beside deals, and the accounts' changes.
void TellOfRep(const Company& company, int rep, EventTaker take);
void TellOfSeat(const Company& company, const Ledger& ledger, int seat, EventTaker take);
void TellOfTraining(const Company& company, const Training& training, EventTaker take);
void TellOfForecast(const Company& company, const RepForecast& forecast, EventTaker take);
void TellOfQuota(const Company& company, const Quota& quota, EventTaker take);

// A deal with its changes, splits, activities, commitments, orders and what the customer said.
void TellOfDeal(const Company& company, const Ledger& ledger, const Deal& deal, EventTaker take);

// A lead with its touches. A converted lead's last event is told with its deal.
void TellOfLead(const Company& company, const Lead& lead, EventTaker take);
void TellOfActivity(const Company& company, const Activity& activity, EventTaker take);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_EVENT_MESSAGES_H_
