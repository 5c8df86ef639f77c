#include "tools/gen/leads.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "tools/gen/customers.h"
#include "tools/gen/days.h"
#include "tools/gen/draws.h"

namespace quotacast::gen {
namespace {

constexpr double kDisqualifiedShare = 0.88;  // Of touched leads that do not convert.
constexpr double kFurtherTouch = 0.35;       // The chance of one more touch.
constexpr int kMostTouches = 8;

template <typename Class, size_t N>
constexpr std::array<double, N> Shares(const std::array<Class, N>& classes) {
  std::array<double, N> shares{};
  for (size_t i = 0; i < N; ++i) shares[i] = classes[i].share;
  return shares;
}

// Inbound leads come at any hour, others when somebody works.
int64_t ArrivalMinute(const LeadSource& source, absl::CivilDay week_start, Draws& draws) {
  if (source.is_inbound) return MinuteOf(week_start + draws.Below(7), draws.Between(0, 1'439));
  return MinuteOf(WorkdayNear(week_start + draws.Below(5), week_start),
                  draws.Between(kBusinessDayStartMinute, 16 * 60));
}

void Touch(Lead& lead, Draws& draws) {
  const ResponseClass& response = kResponses[lead.response];
  if (response.to_minutes == 0) return;
  lead.first_touch_minute = AfterBusinessMinutes(
      lead.created_minute, draws.Between(response.from_minutes, response.to_minutes));
  int64_t minute = *lead.first_touch_minute;
  lead.touch_minutes.push_back(minute);
  while (draws.Chance(kFurtherTouch) && lead.touch_minutes.size() < kMostTouches) {
    minute = AfterBusinessMinutes(minute, draws.Between(240, 1'920));
    lead.touch_minutes.push_back(minute);
  }
}

void Resolve(Lead& lead, Draws& draws) {
  if (!lead.first_touch_minute.has_value()) return;
  const absl::CivilDay touched = DayOfMinute(lead.touch_minutes.back());
  const bool converts = draws.Chance(kResponses[lead.response].conversion);
  const absl::CivilDay day = WorkdayFrom(touched + draws.Between(1, 18));
  if (converts) {
    lead.converted = day;
  } else if (draws.Chance(kDisqualifiedShare)) {
    lead.disqualified = day;
    lead.disqualification = draws.Below(kDisqualifications.size());
  }
}

Lead MakeLead(const Company& company, int seat, int rep, int segment, absl::CivilDay week_start,
              int turn) {
  Draws draws(company.options.seed, "lead",
              {seat, segment, week_start - company.options.start, turn});
  Lead lead;
  lead.key = draws.Key();
  lead.rep = rep;
  lead.segment = segment;
  lead.account = AccountOfSeat(company.options, seat, draws.Below(kAccountsPerSeat));
  static constexpr auto kSourceShares = Shares(kLeadSources);
  static constexpr auto kResponseShares = Shares(kResponses);
  lead.source = draws.Pick(kSourceShares);
  lead.response = draws.Pick(kResponseShares);
  lead.created_minute = ArrivalMinute(kLeadSources[lead.source], week_start, draws);
  Touch(lead, draws);
  Resolve(lead, draws);
  return lead;
}

}  // namespace

std::string LeadId(int64_t number) { return absl::StrFormat("L%06d", number); }

int64_t DisqualifiedMinute(const Lead& lead) {
  return std::max(MinuteOf(*lead.disqualified), lead.touch_minutes.back() + 1);
}

int64_t ConvertedMinute(const Lead& lead) {
  return std::max(MinuteOf(*lead.converted), lead.touch_minutes.back() + 1);
}

double MeanConversion() {
  double mean = 0;
  for (const ResponseClass& response : kResponses) mean += response.share * response.conversion;
  return mean;
}

std::vector<Lead> LeadsOfWeek(const Company& company, int seat, absl::CivilDay week_start) {
  std::vector<Lead> leads;
  const std::optional<int> rep = RepInSeat(company.people, seat, week_start);
  if (!rep.has_value()) return leads;
  for (int segment = 0; segment < kSizeBandCount; ++segment) {
    const double rate = LeadRate(company, *rep, segment, week_start + 3);
    if (rate == 0) continue;
    Draws draws(company.options.seed, "lead-count",
                {seat, segment, week_start - company.options.start});
    const int count = draws.Poisson(rate);
    for (int turn = 0; turn < count; ++turn) {
      leads.push_back(MakeLead(company, seat, *rep, segment, week_start, turn));
    }
  }
  return leads;
}

}  // namespace quotacast::gen
