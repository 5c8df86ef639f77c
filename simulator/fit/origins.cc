#include "simulator/fit/origins.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace quotacast::simulator {
namespace {

// A history without deals.
History SameCompany(const History& history) {
  History company;
  company.segments = history.segments;
  company.stages = history.stages;
  company.reps = history.reps;
  company.teams = history.teams;
  company.currency = history.currency;
  company.as_of = history.as_of;
  return company;
}

// Ids of leads and deals may be the same in a CRM.
constexpr char kLeadPrefix[] = "lead/";

}  // namespace

bool LeadsAreToldApart(const History& history, absl::CivilDay window_start) {
  std::optional<absl::CivilDay> first;
  int converted_count = 0;
  for (const HistoryLead& lead : history.leads) {
    if (!first.has_value() || lead.created < *first) first = lead.created;
    if (lead.end == LeadEnd::kConverted && lead.end_day >= window_start) ++converted_count;
  }
  return first.has_value() && *first <= window_start + kMaxLeadDelayDays &&
         converted_count >= kMinConvertedLeads;
}

History CreatedDeals(const History& history, bool leads_told_apart) {
  History created = SameCompany(history);
  for (const HistoryDeal& deal : history.deals) {
    const bool is_created = deal.origin == DealOrigin::kCreated ||
                            (deal.origin == DealOrigin::kLead && !leads_told_apart);
    if (!is_created) continue;
    HistoryDeal& copy = created.deals.emplace_back();
    copy.id = deal.id;
    copy.rep = deal.rep;
    copy.segment = deal.segment;
    copy.created = deal.created;
  }
  return created;
}

History LeadPipeline(const History& history) {
  History pipeline = SameCompany(history);
  pipeline.stages = {kLeadStage};
  pipeline.deals.reserve(history.leads.size());
  for (const HistoryLead& lead : history.leads) {
    HistoryDeal& deal = pipeline.deals.emplace_back();
    deal.id = kLeadPrefix + lead.id;
    deal.rep = lead.rep;
    deal.segment = lead.segment;
    deal.created = lead.created;
    deal.visits = {{.stage = 0, .entered = lead.created}};
    if (lead.end == LeadEnd::kOpen) continue;
    deal.end = lead.end == LeadEnd::kConverted ? DealEnd::kWon : DealEnd::kLost;
    deal.end_day = lead.end_day;
  }
  return pipeline;
}

History CreatedDealsAndLeads(const History& history, bool leads_told_apart) {
  History all = CreatedDeals(history, leads_told_apart);
  if (!leads_told_apart) return all;
  History leads = LeadPipeline(history);
  std::move(leads.deals.begin(), leads.deals.end(), std::back_inserter(all.deals));
  return all;
}

}  // namespace quotacast::simulator
