#include "tools/gen/quotas.h"

#include <algorithm>

#include "simulator/engine/deterministic_math.h"
#include "tools/gen/days.h"
#include "tools/gen/rounding.h"

namespace quotacast::gen {
namespace {

// Quotas are set a little below what a ramped rep of average ability books, as they are where about
// half of the reps reach them: the median of a skewed distribution is below its mean.
constexpr double kQuotaShare = 0.85;
constexpr double kLeastRelief = 0.25;
constexpr int64_t kQuotaUnit = 5'000;

// What a ramped rep of average ability books in 13 weeks, before discounts.
double ExpectedQuarterBookings(const std::vector<SegmentTruth>& segments) {
  double total = 0;
  for (const SegmentTruth& segment : segments) {
    double win = 1;
    for (const double p : segment.advance_probability) win *= p;
    total += 13 * segment.creation_per_week * win * segment.amount_median *
             simulator::Exp(0.5 * segment.amount_log_sd * segment.amount_log_sd);
  }
  return total;
}

// Whether a quota is given to the rep for the quarter: there for all anybody knows on the last day.
bool IsEligible(const CompanyOptions& options, const Rep& rep, absl::CivilDay middle) {
  return IsEmployed(rep, std::min(middle, options.last_day));
}

void AddStreetQuotas(const CompanyOptions& options, const People& people, double full, int quarter,
                     std::vector<Quota>& quotas) {
  const absl::CivilDay middle = QuarterStart(quarter) + 45;
  // Raised at the turn of the year.
  const auto years = static_cast<double>(middle.year() - options.start.year());
  const double growth = 1 + kQuotaGrowthPerYear * years;
  for (size_t i = 0; i < people.reps.size(); ++i) {
    if (!IsEligible(options, people.reps[i], middle)) continue;
    // Ramp relief: the quota follows the ramp a quarter behind, as a sales cycle passes first.
    const double relief = Ramp(people.reps[i], middle - 91);
    if (relief < kLeastRelief) continue;
    quotas.push_back({QuotaKind::kStreet, static_cast<int>(i), -1, quarter,
                      RoundTo(kQuotaShare * full * growth * relief, kQuotaUnit)});
  }
}

void AddTeamQuotas(const People& people, int quarter, size_t first, std::vector<Quota>& quotas) {
  std::vector<int64_t> sums(people.teams.size(), 0);
  const absl::CivilDay middle = QuarterStart(quarter) + 45;
  for (size_t i = first; i < quotas.size(); ++i) {
    sums[TeamOf(people, people.reps[quotas[i].rep].seat, middle)] += quotas[i].amount;
  }
  for (size_t team = people.region_count; team < people.teams.size(); ++team) {
    if (sums[team] == 0) continue;
    quotas.push_back({QuotaKind::kRollUp, -1, static_cast<int>(team), quarter, sums[team]});
  }
  for (int region = 0; region < people.region_count; ++region) {
    int64_t sum = 0;
    for (size_t team = people.region_count; team < people.teams.size(); ++team) {
      if (people.teams[team].parent_id == people.teams[region].id) sum += sums[team];
    }
    if (sum == 0) continue;
    quotas.push_back({QuotaKind::kPlan, -1, region, quarter,
                      RoundTo(kPlanShare * static_cast<double>(sum), kQuotaUnit)});
  }
}

}  // namespace

std::vector<Quota> MakeQuotas(const CompanyOptions& options, const People& people,
                              const std::vector<SegmentTruth>& segments) {
  std::vector<Quota> quotas;
  const double full = ExpectedQuarterBookings(segments);
  const int last = QuarterOf(options.last_day + 100);
  for (int quarter = QuarterOf(options.start + 100); quarter <= last; ++quarter) {
    const size_t first = quotas.size();
    AddStreetQuotas(options, people, full, quarter, quotas);
    AddTeamQuotas(people, quarter, first, quotas);
  }
  return quotas;
}

}  // namespace quotacast::gen
