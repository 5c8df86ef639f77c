// What a deal feels as it passes from hand to hand.
#ifndef QUOTACAST_SIMULATOR_ENGINE_DEAL_PATH_H_
#define QUOTACAST_SIMULATOR_ENGINE_DEAL_PATH_H_

#include <compare>
#include <vector>

#include "simulator/engine/levers.h"
#include "simulator/engine/step_grid.h"

namespace quotacast::simulator {

inline constexpr int kAtRandom = -1;

// Deals passing on when their owner leaves. Days count from the first simulated day.
struct Handover {
  int day = 0;        // First day without the owner.
  int works_day = 0;  // First day on which something happens again.
  int receiver = -1;  // Position in a list of PersonLevers; -1: the deals are lost.
  // Position in the scenario: whose inherited effect counts from then on;
  // kAtRandom for attrition.
  int departure = 0;
  auto operator<=>(const Handover&) const = default;
};

// What acts on a person's deals, created or open.
struct DealLevers {
  int person = 0;                   // Position in a list of PersonLevers.
  std::vector<Handover> handovers;  // By day.
  int reassignment = -1;            // Position in the scenario; -1: the deal did not change hands.
  auto operator<=>(const DealLevers&) const = default;
};

// First step that begins on or after `day`; the number of steps when none does. From it on the
// receiver's levers act and wins are booked by the receiver; the step in which the owner's last day
// falls is the owner's.
int FirstStepFrom(int day, const StepGrid& grid);

// The path of deals of `segment`: the owner's, then each receiver's with the inherited effects so
// far. Days on which the owner is away, or the deals are frozen or lost, slow a step down by their
// share of it.
LeverPath DealPath(const LeverCalendar& calendar, const std::vector<PersonLevers>& people,
                   const DealLevers& deal, int segment, const LeverDraw& draw,
                   const StepGrid& grid);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_DEAL_PATH_H_
