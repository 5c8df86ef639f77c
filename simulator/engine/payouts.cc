// What people are paid for the trials that Kernel::Book has summed.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "simulator/comp/payout_plan.h"
#include "simulator/engine/kernel.h"

namespace quotacast::simulator {

void Kernel::PayOut(const Seller& seller, int draw, Partial* into) {
  const PlanShape& shape = plan_.shape;
  const size_t person = static_cast<size_t>(seller.entity - 1 - shape.team_count);
  for (int period = 0; period < periods_; ++period) {
    const int comp_plan = plan_.comp_plans[person * periods_ + period];
    if (comp_plan == -1) {
      std::fill(payout_.begin(), payout_.end(), 0);
    } else {
      const PayoutPlan& payout = plan_.scenario.comp_plans[comp_plan].payout;
      const size_t cell = static_cast<size_t>(seller.entity) * periods_ + period;
      const int64_t booked = shape.booked_minor_units[cell];
      const int64_t quota = *shape.quota_minor_units[cell];
      const int64_t* won = &sums_[static_cast<size_t>(plan_.grid.mark_of_period[period]) * lanes_];
      for (int lane = 0; lane < lanes_; ++lane) {
        payout_[lane] = PayoutFor(payout, booked + won[lane], quota);
      }
      const auto add = [&](int line) {
        int64_t* to = &payout_sums_[(static_cast<size_t>(line) * periods_ + period) * lanes_];
        for (int lane = 0; lane < lanes_; ++lane) to[lane] += payout_[lane];
      };
      add(0);
      for (const int team : seller.team_entities) add(team);
    }
    RecordSeries(shape.PayoutSeries(seller.entity, period), payout_.data(), draw, into);
  }
}

void Kernel::RecordPayouts(int draw, Partial* into) {
  for (int line = 0; line <= plan_.shape.team_count; ++line) {
    for (int period = 0; period < periods_; ++period) {
      RecordSeries(plan_.shape.PayoutSeries(line, period),
                   &payout_sums_[(static_cast<size_t>(line) * periods_ + period) * lanes_], draw,
                   into);
    }
  }
}

}  // namespace quotacast::simulator
