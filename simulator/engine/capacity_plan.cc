#include "simulator/engine/capacity_plan.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "simulator/model/audience.h"

namespace quotacast::simulator {
namespace {

// A limit that begins after the horizon is none.
int LimitOf(const Blueprint& plan, size_t person, absl::CivilDay as_of) {
  const bool is_hire = plan.sellers[person].is_hire;
  const auto& limits = plan.scenario.capacity_limits;
  const int limit =
      FirstCovering(limits, is_hire ? std::nullopt : std::optional<int>(static_cast<int>(person)));
  const absl::CivilDay end = as_of + 1 + plan.grid.steps.back().end_day;
  return limit != -1 && limits[limit].start.value_or(as_of) >= end ? -1 : limit;
}

}  // namespace

void PlaceCapacityLimits(absl::CivilDay as_of, Blueprint& plan) {
  for (size_t s = 0; s < plan.sellers.size(); ++s) {
    Seller& seller = plan.sellers[s];
    seller.capacity_limit = LimitOf(plan, s, as_of);
    if (seller.capacity_limit == -1) continue;
    seller.works_deal_by_deal = true;
    const auto& start = plan.scenario.capacity_limits[seller.capacity_limit].start;
    if (start.has_value() && *start > as_of) {
      seller.capacity_from_day = static_cast<int>(*start - (as_of + 1));
    }
  }
  // Leavers come before those they hand over to.
  for (auto s = plan.order.rbegin(); s != plan.order.rend(); ++s) {
    Seller& seller = plan.sellers[*s];
    if (WorkingSuccessor(plan, seller) != -1) seller.works_deal_by_deal = true;
  }
  if (!plan.scenario.attrition.has_value()) return;
  const int freeze = static_cast<int>(std::lround(7 * plan.scenario.attrition->freeze_weeks));
  for (const int first_step : plan.departure_steps.first_steps) {
    const int day = plan.grid.steps[first_step].begin_day;
    std::vector<double>& shares = plan.left_working_shares.emplace_back();
    for (const Step& step : plan.grid.steps) {
      const int days = DaysOutside({{day, day + freeze}}, step.begin_day, step.end_day);
      shares.push_back(static_cast<double>(days) / step.length_days());
    }
  }
}

int WorkingSuccessor(const Blueprint& plan, const Seller& seller) {
  if (seller.handovers.empty()) return -1;
  const WinsHandover& handover = seller.handovers.front();
  if (handover.first_step >= plan.grid.step_count()) return -1;
  return plan.sellers[handover.receiver].works_deal_by_deal ? handover.receiver : -1;
}

}  // namespace quotacast::simulator
