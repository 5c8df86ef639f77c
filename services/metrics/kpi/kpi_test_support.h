// Short ways to ask a feed for a KPI table and to read its cells.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_KPI_TEST_SUPPORT_H_
#define QUOTACAST_SERVICES_METRICS_KPI_KPI_TEST_SUPPORT_H_

#include <memory>
#include <string>

#include "absl/time/civil_time.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {

// The view of `feed` as of the end of `day`, everything recorded included.
std::shared_ptr<const BookView> ViewOn(const TestFeed& feed, absl::CivilDay day);

// The table; fails the test when there is none.
metrics::v1::KpiTable Ask(const TestFeed& feed, absl::CivilDay day, const KpiTableQuery& query);

// One row as text: "0.5 = 1/2 (n=2)", or "undefined: <reason>"; "missing" without such a row.
// Figures have six significant digits.
std::string Cell(const metrics::v1::KpiTable& table, const std::string& group = "");

// Whether a note contains `text`.
bool HasNote(const metrics::v1::KpiTable& table, const std::string& text);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_KPI_TEST_SUPPORT_H_
