#include "services/quotacastd/serving_limits.h"

#include "services/ingestion/server/ingestion_service.h"
#include "services/metrics/server/metrics_service.h"
#include "services/planning/server/planning_service.h"
#include "services/simulation/server/simulation_service.h"

namespace quotacast::quotacastd {
namespace {

// Calls that mostly wait, for storage or for another service.
constexpr serving::ExecutorOptions kWaiting = {.thread_count = 8, .queue_max = 128};
// Calls that compute: two side by side on all cores, since one cannot use them all the time.
constexpr serving::ExecutorOptions kComputing = {.thread_count = 2, .queue_max = 32};

serving::ServingOptions ServingFor(const char* service, serving::ExecutorOptions executor) {
  serving::ServingOptions options;
  options.service = service;
  options.executor = executor;
  return options;
}

// For services whose calls compute, or wait for some that do.
serving::ServingOptions LongServingFor(const char* service, serving::ExecutorOptions executor) {
  serving::ServingOptions options = ServingFor(service, executor);
  options.deadline_default = kComputingDeadlineDefault;
  options.deadline_max = kComputingDeadlineMax;
  options.stream_deadline_max = kComputingStreamDeadlineMax;
  return options;
}

}  // namespace

serving::ServingOptions IngestionServing() {
  return ServingFor(ingestion::kIngestionServiceName, kWaiting);
}

serving::ServingOptions MetricsServing() {
  return LongServingFor(metrics::kMetricsServiceName, kWaiting);
}

serving::ServingOptions SimulationServing() {
  return LongServingFor(simulation::kSimulationServiceName, kComputing);
}

serving::ServingOptions PlanningServing() {
  return LongServingFor(planning::kPlanningServiceName, kWaiting);
}

}  // namespace quotacast::quotacastd
