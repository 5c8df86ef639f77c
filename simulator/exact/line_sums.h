// What accumulates for one line of an exact forecast at one mark. Internal to the exact engine.
#ifndef QUOTACAST_SIMULATOR_EXACT_LINE_SUMS_H_
#define QUOTACAST_SIMULATOR_EXACT_LINE_SUMS_H_

#include <vector>

#include "simulator/engine/forecast.h"

namespace quotacast::simulator {

// A figure that is known for every draw; all zeros without any.
Estimate OverDraws(const std::vector<double>& values, double offset);

// The vectors are by draw, in the order of the draws used.
struct LineSums {
  std::vector<double> means;
  std::vector<double> second_moments;
  std::vector<double> attain;
  std::vector<double> atoms;
  std::vector<double> cell_masses;
  bool atom_is_resolved = true;
  double width = 1;
  bool is_lattice_exact = false;
  std::vector<double> law;  // Sum over draws.

  double Mean() const;
  double Sd() const;
  void AddLaw(const std::vector<double>& masses);
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_LINE_SUMS_H_
