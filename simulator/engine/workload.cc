#include "simulator/engine/workload.h"

#include <algorithm>
#include <array>
#include <limits>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

// Index 0 of a deal's numbers decides its life where deals are not followed one by one. A visit
// then has a block for each trial of a block of trials, so that none of the four words is wasted.
constexpr uint32_t kLanes = 4;

}  // namespace

void Workload::Clear(uint32_t trial_block, int lane) {
  trial_block_ = trial_block;
  lane_ = lane;
  active_count_ = 0;
  deals_.clear();
}

void Workload::Draw(WorkedDeal& deal) const {
  const std::array<uint32_t, 4> words =
      RandomBlock(seed_, deal.id, trial_block_, deal.purpose,
                  kLanes * (1 + deal.visit) + static_cast<uint32_t>(lane_));
  ++deal.visit;
  deal.exposure_left = -Log(UniformOpen(words[0]));
  deal.outcome = UniformOpen(words[1]);
  deal.first_age = UniformOpen(words[2]);
  deal.way_back = UniformOpen(words[3]);
}

void Workload::AddOpen(WorkedDeal deal) {
  Draw(deal);
  deal.slot = deal.course->SlotOf(deal.age_days);
  deal.step_is_over = true;
  deals_.push_back(deal);
}

void Workload::Settle(WorkedDeal& deal) const {
  const double done = work_ - deal.planned_at;
  if (deal.rate > 0 && done > 0) deal.exposure_left -= deal.rate * done;
  deal.step_left -= done;
  // Own steps that have passed without a new slot, of which nothing was due.
  while (deal.step_left < -kRounding) {
    deal.age_days += deal.own_length;
    deal.own_length = step_days_;
    deal.step_left += step_days_;
  }
}

double Workload::Plan(WorkedDeal& deal) const {
  const double working_share = deal.is_inherited ? 1 : left_.working_share;
  const bool works = deal.course->Works(step_) && working_share > 0;
  deal.is_active = works && deal.course->MayLeave(deal.stage, deal.slot);
  deal.rate = 0;
  if (works && deal.destination == -1) {
    deal.rate = working_share * deal.course->ExitRate(deal.stage, deal.slot, step_, ShiftOf(deal),
                                                      deal.own_length, deal.entry_days);
  }
  // The end of the own step from which on the hazard may be another.
  double end = deal.step_left;
  if (deal.slot > 0 && deal.destination == -1) {
    const int edge = deal.course->AgeAfter(deal.slot);
    const int reached = deal.age_days + deal.own_length;
    if (edge == DealCourse::kNever) {
      end = std::numeric_limits<double>::infinity();
    } else if (reached < edge) {
      end += (edge - reached + step_days_ - 1) / step_days_ * step_days_;
    }
  }
  const double exit = deal.rate > 0 ? std::max(0.0, deal.exposure_left) / deal.rate : 0;
  deal.exits_next = deal.rate > 0 && exit < end;
  deal.planned_at = work_;
  return work_ + (deal.exits_next ? exit : end);
}

void Workload::Enter(WorkedDeal& deal, int stage, double days_left) const {
  deal.stage = stage;
  deal.slot = 0;
  deal.destination = -1;
  deal.entry_days = std::max(days_left, kRounding);
  Draw(deal);
}

void Workload::BeginOwnStep(WorkedDeal& deal, int length_days) const {
  if (deal.destination >= 0) {
    Enter(deal, deal.destination, length_days);
  } else {
    // At the first boundary the age is 1 to `own_length` days with equal weight, whenever in the
    // step the stage was entered, as the exposure until then does not depend on that either.
    deal.age_days = deal.slot == 0 ? 1 + static_cast<int>(deal.first_age * deal.own_length)
                                   : deal.age_days + deal.own_length;
    deal.slot = deal.course->SlotOf(deal.age_days);
  }
  deal.step_is_over = false;
  deal.own_length = length_days;
  deal.step_left = length_days;
}

void Workload::BeginStep(int step, const LeftLevers& left) {
  step_ = step;
  length_ = grid_.steps[step].length_days();
  day_ = work_ = 0;
  left_ = left;
  active_count_ = 0;
  due_.clear();
  for (size_t i = 0; i < deals_.size(); ++i) {
    WorkedDeal& deal = deals_[i];
    if (deal.step_is_over) BeginOwnStep(deal, grid_.steps[step].length_days());
    due_.push_back({Plan(deal), i});
    if (deal.is_active) ++active_count_;
  }
  std::make_heap(due_.begin(), due_.end(), std::greater<>());
}

void Workload::EndStep() {
  deals_.erase(std::remove_if(deals_.begin(), deals_.end(),
                              [](const WorkedDeal& deal) { return deal.is_closed; }),
               deals_.end());
  for (WorkedDeal& deal : deals_) {
    Settle(deal);
    deal.step_is_over = deal.step_left < 2 * kRounding;
  }
}

void Workload::Create(WorkedDeal deal) {
  Enter(deal, 0, length_ - day_);
  deal.own_length = grid_.steps[step_].length_days();
  deal.step_left = length_ - day_;
  Push(deals_.size(), Plan(deal));
  if (deal.is_active) ++active_count_;
  deals_.push_back(deal);
}

Workload::Fate Workload::Exit(WorkedDeal& deal) const {
  const ExitOutcome outcome = deal.course->OutcomeOf(deal.stage, deal.slot, step_, ShiftOf(deal));
  if (deal.outcome >= 1 - outcome.back) {
    deal.destination = deal.course->DestinationFrom(deal.stage, deal.way_back);
    return Fate::kOpen;
  }
  if (deal.outcome >= outcome.advance) return Fate::kLost;
  if (deal.stage + 1 == deal.course->stage_count()) return Fate::kWon;
  Enter(deal, deal.stage + 1, deal.step_left);
  return Fate::kOpen;
}

Workload::Fate Workload::Follow(size_t i) {
  WorkedDeal& deal = deals_[i];
  Settle(deal);
  if (deal.exits_next) {
    const Fate fate = Exit(deal);
    if (fate != Fate::kOpen) {
      deal.is_closed = true;
      --active_count_;
      return fate;
    }
  } else {
    BeginOwnStep(deal, step_days_);
  }
  const bool was_active = deal.is_active;
  Push(i, Plan(deal));
  active_count_ += static_cast<int>(deal.is_active) - static_cast<int>(was_active);
  return Fate::kOpen;
}

}  // namespace quotacast::simulator
