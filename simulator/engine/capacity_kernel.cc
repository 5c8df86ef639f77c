// Trials of the sellers whose deals are followed one by one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/random.h"
#include "simulator/engine/capacity_plan.h"
#include "simulator/engine/capacity_tables.h"
#include "simulator/engine/entry_flow.h"
#include "simulator/engine/fingerprint.h"
#include "simulator/engine/inversion.h"
#include "simulator/engine/kernel.h"
#include "simulator/engine/workload.h"

namespace quotacast::simulator {
namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

// Of a deal created in a trial: by whose it is, when and which of that step.
uint64_t CreatedDealId(uint64_t creation_id, int step, int position) {
  Fingerprint print;
  print.Add(creation_id);
  print.Add(step);
  print.Add(position);
  return print.value();
}

}  // namespace

void Kernel::SimulateDealByDeal(int position, const DrawTables& tables) {
  DrawMix(plan_.sellers[position]);
  for (int lane = 0; lane < lanes_; ++lane) {
    workload_.Clear(first_block_ + static_cast<uint32_t>(lane / kBlockTrials), lane % kBlockTrials);
    if (CancelledAfter(WorkLane(position, tables, lane))) return;
  }
}

int64_t Kernel::WorkLane(int position, const DrawTables& tables, int lane) {
  const Seller& seller = plan_.sellers[position];
  const LeftPlan* left = left_[lane] == -1 ? nullptr : &seller.left[left_[lane]];
  const int successor = WorkingSuccessor(plan_, seller);
  // With those who take deals over but have no limit, they go on at full speed.
  const int last_limited_step =
      (seller.handovers.empty() ? steps_ : seller.handovers.front().first_step) - 1;
  waiting_.clear();
  if (seller.inherits != -1) {
    waiting_.swap(passed_[static_cast<size_t>(seller.inherits) * lanes_ + lane]);
  }
  StartOpenDeals(seller, tables, lane);
  int64_t followed = 0;
  for (int w = 0; w < steps_; ++w) {
    for (const WorkedDeal& deal : waiting_) {
      if (deal.joins_step == w && deal.enters_day < 0) workload_.TakeOver(deal);
    }
    if (successor != -1 && w > last_limited_step) {
      PassOn(seller, plan_.sellers[successor], tables, w, lane);
      break;
    }
    const bool has_left = left != nullptr && w >= left->first_step;
    LeftLevers levers;
    if (has_left) {
      levers = {tables.capacity.attrition_win, plan_.left_working_shares[left_[lane]][w]};
    }
    workload_.BeginStep(w, levers);
    created_.clear();
    for (const WorkedDeal& deal : waiting_) {
      if (deal.joins_step == w && deal.enters_day >= 0) created_.push_back(deal);
    }
    CreateDeals(seller, tables, w, lane);
    std::sort(created_.begin(), created_.end(), [](const WorkedDeal& a, const WorkedDeal& b) {
      return a.enters_day != b.enters_day ? a.enters_day < b.enters_day : a.id < b.id;
    });
    const bool is_limited = seller.capacity_limit != -1 && !has_left && w <= last_limited_step;
    WorkStep(seller, tables, w, is_limited ? tables.capacity.capacity[position][w] : kUnlimited,
             lane);
    followed += 1 + static_cast<int64_t>(workload_.deals().size());
    workload_.EndStep();
  }
  return followed;
}

void Kernel::WorkStep(const Seller& seller, const DrawTables& tables, int step, double capacity,
                      int lane) {
  const double length = plan_.grid.steps[step].length_days();
  const double limit_begins = seller.capacity_from_day - plan_.grid.steps[step].begin_day;
  const auto on_win = [&](const WorkedDeal& deal) {
    BookWorkedDeal(seller, tables, deal, step, lane);
  };
  size_t next = 0;  // In `created_`.
  while (workload_.day() < length) {
    double until = length;
    double limit = capacity;
    if (workload_.day() < limit_begins) {
      limit = kUnlimited;
      until = std::min(until, limit_begins);
    }
    if (next < created_.size()) until = std::min(until, created_[next].enters_day);
    const double open_deals = std::max(1, workload_.active_count());
    workload_.AdvanceUntil(until, std::min(1.0, limit / open_deals), on_win);
    while (next < created_.size() && workload_.day() >= created_[next].enters_day) {
      workload_.Create(created_[next++]);
    }
  }
}

void Kernel::StartOpenDeals(const Seller& seller, const DrawTables& tables, int lane) {
  const CapacityTables& capacity = tables.capacity;
  const double shift = shift_[lane] * plan_.bases[seller.basis].radius();
  for (const DealPlan& plan : seller.deals) {
    const OpenClass& open = plan_.flows[plan.flow].open[plan.open_class];
    WorkedDeal deal;
    deal.id = plan.id;
    deal.course = &capacity.courses[capacity.course_of_flow[plan.flow]];
    deal.shift = shift;
    deal.open = &plan;
    deal.segment = plan.segment;
    deal.flow = plan.flow;
    if (open.entry.origin == Origin::kDeal) {
      deal.stage = open.entry.stage;
      deal.age_days = open.entry.age_days;
      workload_.AddOpen(deal);
      continue;
    }
    // A lead or a customer: one uniform decides whether and in which step something enters.
    const std::vector<double>& entering =
        EntriesOf(tables, lane).entering[plan.flow][plan.open_class];
    double left = LaneUniform(plan.id, RandomPurpose::kOpenDeal, 0, lane);
    size_t step = 0;
    while (step < entering.size() && left >= entering[step]) left -= entering[step++];
    if (step == entering.size()) continue;
    deal.joins_step = static_cast<int>(step);
    deal.enters_day = plan_.grid.steps[step].length_days() *
                      LaneUniform(plan.id, RandomPurpose::kOpenDeal, 1, lane);
    waiting_.push_back(deal);
  }
}

void Kernel::CreateDeals(const Seller& seller, const DrawTables& tables, int step, int lane) {
  const CapacityTables& capacity = tables.capacity;
  for (const CreationPlan& creation : seller.creation) {
    const double mean = CreationRate(creation, seller.is_hire, *tables.parameters) * mix_[lane] *
                        EntriesOf(tables, lane).created[creation.flow][creation.fresh_class][step];
    if (mean == 0) continue;
    const int count = PoissonQuantile(mean, LaneUniform(creation.id, RandomPurpose::kNewDealCount,
                                                        static_cast<uint32_t>(step), lane));
    if (count == kMaxPoissonCount) ++clamped_count_;
    for (int i = 0; i < count; ++i) {
      WorkedDeal& deal = created_.emplace_back();
      deal.id = CreatedDealId(creation.id, step, i);
      deal.purpose = RandomPurpose::kNewDealTiming;
      deal.course = &capacity.courses[capacity.course_of_flow[creation.flow]];
      deal.shift = shift_[lane] * plan_.bases[seller.basis].radius();
      deal.segment = creation.segment;
      deal.flow = creation.flow;
      deal.joins_step = step;
      deal.enters_day = plan_.grid.steps[step].length_days() *
                        LaneUniform(deal.id, RandomPurpose::kNewDealTiming, 0, lane);
    }
  }
}

void Kernel::PassOn(const Seller& seller, const Seller& successor, const DrawTables& tables,
                    int step, int lane) {
  std::vector<WorkedDeal>& to = passed_[static_cast<size_t>(successor.inherits) * lanes_ + lane];
  const auto pass = [&to](WorkedDeal deal) {
    deal.is_inherited = true;
    to.push_back(deal);
  };
  for (WorkedDeal deal : workload_.deals()) {
    deal.joins_step = step;
    deal.enters_day = -1;
    pass(deal);
  }
  created_.clear();
  for (int w = step; w < steps_; ++w) CreateDeals(seller, tables, w, lane);
  for (const WorkedDeal& deal : created_) pass(deal);
  for (const WorkedDeal& deal : waiting_) {
    if (deal.joins_step > step || (deal.joins_step == step && deal.enters_day >= 0)) pass(deal);
  }
}

void Kernel::BookWorkedDeal(const Seller& seller, const DrawTables& tables, const WorkedDeal& deal,
                            int step, int lane) {
  const int64_t amount =
      deal.open != nullptr ? AmountOf(*deal.open, tables, lane)
                           : AmountQuantile((*tables.amounts)[deal.segment],
                                            LaneUniform(deal.id, RandomPurpose::kAmount, 0, lane));
  // What was inherited on a known day stays with the line of a seller who leaves at random.
  const int left = left_[lane];
  if (deal.is_inherited) left_[lane] = -1;
  const int64_t won = AddWin(seller, tables.size_factors[deal.flow], step, lane, amount);
  left_[lane] = left;
  if (deal.open != nullptr) drivers_.AddWin(deal.open->driver, step, lane, won);
}

}  // namespace quotacast::simulator
