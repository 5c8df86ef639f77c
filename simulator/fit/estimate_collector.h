// Gathers estimates of one model, in the order they are added.
#ifndef QUOTACAST_SIMULATOR_FIT_ESTIMATE_COLLECTOR_H_
#define QUOTACAST_SIMULATOR_FIT_ESTIMATE_COLLECTOR_H_

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "simulator/fit/estimate.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

class EstimateCollector {
 public:
  // `model` outlives the collector.
  explicit EstimateCollector(const PipelineModel& model) : model_(model) {}

  // Mean and quantiles of `of` over the draws, put into `estimate`.
  void AddDrawn(ParameterEstimate estimate, const std::function<double(const ParameterDraw&)>& of);

  // A figure without draws.
  void AddPoint(ParameterEstimate estimate, double value);

  // As it is. What rests on no observation is an assumption.
  void Add(ParameterEstimate estimate);

  std::vector<ParameterEstimate> Take() { return std::move(estimates_); }

 private:
  const PipelineModel& model_;
  std::vector<ParameterEstimate> estimates_;
};

// Of an entity, all segments together; `rates` per day are [entity * segments + segment].
double RatePerWeek(const std::vector<double>& rates, size_t entity, size_t segments);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_ESTIMATE_COLLECTOR_H_
