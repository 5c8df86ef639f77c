// Ingestion and metrics over one log in memory, as quotacastd wires them but without gRPC.
#ifndef QUOTACAST_TESTS_INTEGRATION_IMPORTED_COMPANY_H_
#define QUOTACAST_TESTS_INTEGRATION_IMPORTED_COMPANY_H_

#include <memory>

#include "absl/time/civil_time.h"
#include "base/fake_clock.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/small_company.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"
#include "services/metrics/metrics.h"

namespace quotacast {

// Where everything is imported to.
inline constexpr char kImportedWorkspace[] = "default";

class ImportedCompany {
 public:
  // `recorded_day`: when everything is imported; after the last day of the data.
  explicit ImportedCompany(absl::CivilDay recorded_day);

  // Fails the test when the import fails or a row is refused.
  void Import(const ingestion::v1::ImportHeader& header, const ingestion::Files& files);

  // The workspace as of the end of `day`; fails the test when there is none.
  std::shared_ptr<const metrics::BookView> ViewOn(absl::CivilDay day);

  // A KPI's table on a view; fails the test when it is refused.
  static metrics::v1::KpiTable Ask(const metrics::BookView& view,
                                   const metrics::KpiTableQuery& query);

  metrics::Metrics& metrics() { return metrics_; }

 private:
  FakeClock clock_;
  eventlog::InMemoryEventLog log_;
  ingestion::Ingestion ingestion_;
  metrics::Metrics metrics_;
};

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_IMPORTED_COMPANY_H_
