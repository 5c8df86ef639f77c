// A generated company behind the services' own cores, in memory: its events as a feed, metrics over
// it, and metrics as the source of simulation.
#ifndef QUOTACAST_TOOLS_VALIDATE_GENERATED_COMPANY_H_
#define QUOTACAST_TOOLS_VALIDATE_GENERATED_COMPANY_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "base/fake_clock.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/metrics.h"
#include "services/simulation/sources.h"
#include "tools/gen/options.h"

namespace quotacast::validate {

inline constexpr char kWorkspace[] = "generated";

// Every event is recorded on the day it happened.
class GeneratedCompany {
 public:
  // INVALID_ARGUMENT as the generator.
  static absl::StatusOr<std::unique_ptr<GeneratedCompany>> Make(const gen::CompanyOptions& options);

  // Refer to this.
  simulation::SimulationSources Sources();

 private:
  explicit GeneratedCompany(absl::CivilDay last_day);

  std::vector<ingestion::v1::EventRecord> log_;
  FakeClock clock_;
  std::unique_ptr<metrics::Metrics> metrics_;
};

}  // namespace quotacast::validate

#endif  // QUOTACAST_TOOLS_VALIDATE_GENERATED_COMPANY_H_
