// The tables of one parameter draw. Internal to the engine.
#ifndef QUOTACAST_SIMULATOR_ENGINE_DRAW_TABLES_H_
#define QUOTACAST_SIMULATOR_ENGINE_DRAW_TABLES_H_

#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/engine/capacity_tables.h"

namespace quotacast::simulator {

// Immutable once built.
struct DrawTables {
  // Polynomials of cumulative wins in t = shift / radius; a TableSlot of the blueprint points to
  // [step][coefficient].
  std::vector<double> polynomials;
  double market_sd = 0;
  double team_sd = 0;
  double rep_sd = 0;
  // Factors on the amounts of wins, [flow][step]; empty where amounts stay as they are.
  std::vector<std::vector<double>> size_factors;
  // P(gone from Seller::left[e] on), [seller][e]; empty for those who do not
  // leave at random.
  std::vector<std::vector<double>> gone_by;
  CapacityTables capacity;
  const ParameterDraw* parameters = nullptr;  // In the blueprint's model.
  // [segment], in the blueprint's model.
  const std::vector<AmountDistribution>* amounts = nullptr;
};

// Builds the tables of draw `draw`. Pure; depends on the blueprint and the draw alone.
DrawTables BuildDrawTables(const Blueprint& plan, int draw);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_DRAW_TABLES_H_
