// Which rows of a KPI table a deal or a rep counts in. A deal of a rep counts in the rep's team
// and in every team above it.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_GROUPING_H_
#define QUOTACAST_SERVICES_METRICS_KPI_GROUPING_H_

#include <string>
#include <vector>

#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"

namespace quotacast::metrics {

struct KpiGroup {
  std::string id;  // Empty for the organisation.
  std::string display_name;
};

// Id of the row of deals without a product.
inline constexpr char kNoProductId[] = "(no product)";

// Immutable and thread-safe.
class Grouping {
 public:
  // GROUP_BY_PERIOD has the one row of the organisation: periods are a table's other direction.
  Grouping(const BookView& view, metrics::v1::GroupBy group_by);

  // In order of id.
  const std::vector<KpiGroup>& groups() const { return groups_; }

  // Rows that a deal counts in; rows that a rep counts in (none when rows are products).
  const std::vector<int>& RowsOf(const BookOpportunity& opportunity) const;
  const std::vector<int>& RowsOfRep(int rep) const;

 private:
  void GroupByTeam(const BookView& view);

  const bool by_product_;
  std::vector<KpiGroup> groups_;
  std::vector<std::vector<int>> rows_of_rep_;
  std::vector<std::vector<int>> rows_of_product_;  // [product + 1]: products begin at -1.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_GROUPING_H_
