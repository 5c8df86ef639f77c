// A generated company behind the core of metrics, in memory: its events are the feed.
#ifndef QUOTACAST_TESTS_VALIDATION_GENERATED_COMPANY_H_
#define QUOTACAST_TESTS_VALIDATION_GENERATED_COMPANY_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "base/fake_clock.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/metrics.h"
#include "tools/gen/options.h"

namespace quotacast::validation {

inline constexpr char kWorkspace[] = "generated";

// Every event is recorded on the day it happened.
class GeneratedCompany {
 public:
  // INVALID_ARGUMENT as the generator.
  static absl::StatusOr<std::unique_ptr<GeneratedCompany>> Make(const gen::CompanyOptions& options);

  metrics::Metrics& metrics() { return *metrics_; }

 private:
  explicit GeneratedCompany(absl::CivilDay last_day);

  std::vector<ingestion::v1::EventRecord> log_;
  FakeClock clock_;
  std::unique_ptr<metrics::Metrics> metrics_;
};

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_GENERATED_COMPANY_H_
