// Quotas of the synthetic company: street quotas of reps with ramp relief, roll-ups of the leaf
// teams, which are sums of them and must not be added to them, and plan quotas of the regions.
#ifndef QUOTACAST_TOOLS_GEN_QUOTAS_H_
#define QUOTACAST_TOOLS_GEN_QUOTAS_H_

#include <vector>

#include "tools/gen/company.h"

namespace quotacast::gen {

// The plan asks for this part of the sum of the street quotas below: the rest is over-assigned.
inline constexpr double kPlanShare = 0.9;

// Quotas grow by this part of the first year's with every year.
inline constexpr double kQuotaGrowthPerYear = 0.12;

// Quotas by quarter; within one the reps, then the teams. After the last day only reps who are
// known and there on it have one.
std::vector<Quota> MakeQuotas(const CompanyOptions& options, const People& people,
                              const std::vector<SegmentTruth>& segments);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_QUOTAS_H_
