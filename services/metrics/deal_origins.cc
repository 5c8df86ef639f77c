#include "services/metrics/deal_origins.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "services/metrics/book_records.h"
#include "simulator/fit/customers.h"
#include "simulator/model/model.h"

namespace quotacast::metrics {
namespace {

// Fewer ages of renewed wins, and the usual one is that of a yearly contract.
constexpr size_t kMinUsualAges = 10;
constexpr int64_t kDaysPerYear = 365;

bool IsRenewal(const BookOpportunity& deal) { return deal.motion == DealMotion::kRenewal; }

bool IsFollowUp(const BookOpportunity& deal) {
  return IsRenewal(deal) || deal.motion == DealMotion::kExpansion;
}

// The position of the segment that renewals in mixed segments get; `renewal_counts` and `counts` by
// segment of the view. May be a new one at the end of `segments`, or -1 when there is no room.
int RenewalSegment(const std::vector<int>& renewal_counts, const std::vector<int>& counts,
                   std::vector<std::string>& segments) {
  for (int number = 0;; ++number) {
    const std::string name = number == 0   ? "renewal"
                             : number == 1 ? "renewals"
                                           : absl::StrCat("renewals ", number);
    const auto found = std::find(segments.begin(), segments.end(), name);
    if (found == segments.end()) {
      if (segments.size() >= static_cast<size_t>(simulator::kMaxSegments)) return -1;
      segments.push_back(name);
      return static_cast<int>(segments.size()) - 1;
    }
    const size_t position = static_cast<size_t>(found - segments.begin());
    if (renewal_counts[position] == counts[position]) return static_cast<int>(position);
  }
}

void PlaceSegments(const BookView& view, DealOrigins& origins) {
  origins.segments = view.segments;
  if (origins.segments.empty()) origins.segments.push_back(kDefaultSegmentId);
  std::vector<int> counts(origins.segments.size(), 0);
  std::vector<int> renewal_counts(origins.segments.size(), 0);
  for (const BookOpportunity& deal : view.opportunities) {
    const size_t segment = static_cast<size_t>(deal.segment);
    ++counts[segment];
    if (IsRenewal(deal)) ++renewal_counts[segment];
  }
  std::vector<bool> is_mixed(counts.size());
  bool any_mixed = false;
  for (size_t g = 0; g < counts.size(); ++g) {
    is_mixed[g] = renewal_counts[g] > 0 && renewal_counts[g] < counts[g];
    any_mixed = any_mixed || is_mixed[g];
  }
  const int own = any_mixed ? RenewalSegment(renewal_counts, counts, origins.segments) : -1;
  size_t i = 0;
  for (const BookOpportunity& deal : view.opportunities) {
    const bool moves = own >= 0 && IsRenewal(deal) && is_mixed[static_cast<size_t>(deal.segment)];
    origins.deals[i].segment = moves ? own : deal.segment;
    ++i;
  }
}

void PlaceLeads(const BookView& view, DealOrigins& origins) {
  if (!view.has_leads) return;
  const BookRecords& records = *view.records;
  std::vector<int> segment_of(records.segments.size(), -1);
  for (size_t g = 0; g < records.segments.size(); ++g) {
    const auto found = std::find(view.segments.begin(), view.segments.end(), records.segments[g]);
    if (found != view.segments.end())
      segment_of[g] = static_cast<int>(found - view.segments.begin());
  }
  // Who came first became the deal.
  std::vector<const BookLead*> leads;
  for (const BookLead& lead : records.leads) {
    if (lead.rep < 0 || lead.segment < 0) continue;
    if (segment_of[static_cast<size_t>(lead.segment)] >= 0) leads.push_back(&lead);
  }
  std::sort(leads.begin(), leads.end(), [](const BookLead* a, const BookLead* b) {
    return std::tie(a->created, a->id) < std::tie(b->created, b->id);
  });
  for (const BookLead* source : leads) {
    const LeadStatus status =
        source->steps.empty() ? LeadStatus::kUnknown : source->steps.back().status;
    simulator::HistoryLead lead;
    lead.id = source->id;
    lead.rep = source->rep;
    lead.segment = segment_of[static_cast<size_t>(source->segment)];
    lead.created = std::min(DayOfUtc(source->created), view.as_of.effective_day);
    if (source->opportunity >= 0) {
      DealOrigin& deal = origins.deals[static_cast<size_t>(source->opportunity)];
      if (deal.origin == simulator::DealOrigin::kLead) continue;
      deal.origin = simulator::DealOrigin::kLead;
      lead.end = simulator::LeadEnd::kConverted;
      lead.end_day = view.opportunities[static_cast<size_t>(source->opportunity)].created_day;
      lead.created = std::min(lead.created, lead.end_day);
    } else if (status == LeadStatus::kConverted) {
      continue;
    } else if (status == LeadStatus::kDisqualified) {
      lead.end = simulator::LeadEnd::kDropped;
      lead.end_day = std::max(lead.created, DayOfUtc(source->steps.back().said));
    }
    origins.leads.push_back(std::move(lead));
  }
  std::sort(origins.leads.begin(), origins.leads.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
}

// A won deal of an account.
struct Win {
  int position = 0;
  absl::CivilDay created;
  absl::CivilDay won;
  bool is_renewed = false;
  bool is_expanded = false;
};

// Whether what was created on `day` may follow it: not itself, nor what is as young.
bool MayLeadTo(const Win& win, absl::CivilDay day) {
  return win.created < day && win.won <= day && day - win.won <= simulator::kMaxCustomerAgeDays;
}

// Null when there is none. `wins` in order of time; of two that are equally near, the later one.
Win* RenewedBy(absl::CivilDay day, int64_t usual_age_days, std::vector<Win>& wins) {
  Win* nearest = nullptr;
  int64_t least = 0;
  for (Win& win : wins) {
    if (win.is_renewed || !MayLeadTo(win, day)) continue;
    const int64_t distance = std::abs(day - win.won - usual_age_days);
    if (nearest != nullptr && distance > least) continue;
    nearest = &win;
    least = distance;
  }
  return nearest;
}

Win* ExpandedBy(absl::CivilDay day, std::vector<Win>& wins) {
  Win* latest = nullptr;
  for (Win& win : wins) {
    if (!win.is_expanded && MayLeadTo(win, day)) latest = &win;
  }
  return latest;
}

// How old wins are when they are renewed, from accounts that leave no choice.
int64_t UsualRenewalAge(const BookView& view, const std::vector<int>& follow_ups,
                        const std::unordered_map<int, std::vector<Win>>& wins_of) {
  std::vector<int64_t> ages;
  for (const int i : follow_ups) {
    const BookOpportunity& deal = view.opportunities[static_cast<size_t>(i)];
    if (!IsRenewal(deal)) continue;
    const std::vector<Win>& wins = wins_of.at(deal.account);
    const auto candidates = std::count_if(
        wins.begin(), wins.end(), [&](const Win& win) { return MayLeadTo(win, deal.created_day); });
    if (candidates != 1) continue;
    for (const Win& win : wins) {
      if (MayLeadTo(win, deal.created_day)) ages.push_back(deal.created_day - win.won);
    }
  }
  if (ages.size() < kMinUsualAges) return kDaysPerYear;
  std::nth_element(ages.begin(), ages.begin() + ages.size() / 2, ages.end());
  return ages[ages.size() / 2];
}

void PlaceFollowUps(const BookView& view, DealOrigins& origins) {
  std::vector<int> follow_ups;
  std::unordered_map<int, std::vector<Win>> wins_of;  // By account.
  for (size_t i = 0; i < origins.deals.size(); ++i) {
    const BookOpportunity& deal = view.opportunities[i];
    if (!IsFollowUp(deal) || deal.account < 0) continue;
    if (origins.deals[i].origin != simulator::DealOrigin::kCreated) continue;
    follow_ups.push_back(static_cast<int>(i));
    wins_of[deal.account];
  }
  if (follow_ups.empty()) return;
  for (size_t i = 0; i < origins.deals.size(); ++i) {
    const BookOpportunity& deal = view.opportunities[i];
    if (deal.outcome != StageCategory::kWon) continue;
    const auto account = wins_of.find(deal.account);
    if (account == wins_of.end()) continue;
    account->second.push_back(
        {.position = static_cast<int>(i), .created = deal.created_day, .won = deal.close_day});
  }
  for (auto& account : wins_of) {
    std::sort(account.second.begin(), account.second.end(), [](const Win& a, const Win& b) {
      return std::tie(a.won, a.position) < std::tie(b.won, b.position);
    });
  }
  std::sort(follow_ups.begin(), follow_ups.end(), [&](int a, int b) {
    const BookOpportunity& x = view.opportunities[static_cast<size_t>(a)];
    const BookOpportunity& y = view.opportunities[static_cast<size_t>(b)];
    return std::tie(x.created_day, x.id) < std::tie(y.created_day, y.id);
  });
  const int64_t usual_age_days = UsualRenewalAge(view, follow_ups, wins_of);
  for (const int i : follow_ups) {
    const BookOpportunity& deal = view.opportunities[static_cast<size_t>(i)];
    std::vector<Win>& wins = wins_of[deal.account];
    const bool renews = IsRenewal(deal);
    Win* win = renews ? RenewedBy(deal.created_day, usual_age_days, wins)
                      : ExpandedBy(deal.created_day, wins);
    if (win == nullptr) continue;
    (renews ? win->is_renewed : win->is_expanded) = true;
    DealOrigin& origin = origins.deals[static_cast<size_t>(i)];
    origin.origin = renews ? simulator::DealOrigin::kRenewal : simulator::DealOrigin::kExpansion;
    origin.predecessor = win->position;
    origins.has_follow_ups = true;
  }
}

}  // namespace

DealOrigins OriginsOf(const BookView& view) {
  DealOrigins origins;
  origins.deals.resize(view.opportunities.size());
  PlaceSegments(view, origins);
  PlaceLeads(view, origins);
  PlaceFollowUps(view, origins);
  return origins;
}

}  // namespace quotacast::metrics
