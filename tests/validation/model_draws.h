// A figure of every draw of a fitted model.
#ifndef QUOTACAST_TESTS_VALIDATION_MODEL_DRAWS_H_
#define QUOTACAST_TESTS_VALIDATION_MODEL_DRAWS_H_

#include <vector>

#include "simulator/model/model.h"

namespace quotacast::validation {

template <typename Figure>
std::vector<double> Draws(const simulator::PipelineModel& model, const Figure& figure) {
  std::vector<double> draws;
  draws.reserve(model.draws.size());
  for (const simulator::ParameterDraw& draw : model.draws) draws.push_back(figure(draw));
  return draws;
}

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_MODEL_DRAWS_H_
