// The columns of opportunities, worked out from the opportunities, for tests.
#ifndef QUOTACAST_SERVICES_METRICS_TEST_COLUMNS_H_
#define QUOTACAST_SERVICES_METRICS_TEST_COLUMNS_H_

#include <memory>
#include <vector>

#include "services/metrics/book_view.h"
#include "services/metrics/deal_columns.h"

namespace quotacast::metrics {

std::shared_ptr<const DealColumns> ColumnsOf(const std::vector<BookOpportunity>& opportunities);

// Fails the test when a column differs.
void ExpectSameColumns(const DealColumns& a, const DealColumns& b);

// Fails the test when a few entries of a column, read before the others, are not those of the
// whole.
void ExpectFewAsAll(const DealColumns& columns);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_TEST_COLUMNS_H_
