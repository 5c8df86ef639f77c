// Which rows of a KPI table a deal, a stay in a stage or a rep counts in. A deal of a rep counts in
// the rep's team and in every team above it.
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

  metrics::v1::GroupBy group_by() const { return group_by_; }

  // In order of id; stages in that of the pipeline.
  const std::vector<KpiGroup>& groups() const { return groups_; }

  // Rows that a deal counts in; none when rows are stages.
  const std::vector<int>& RowsOf(const BookOpportunity& opportunity) const;
  // Rows that a deal's stay in a stage counts in; closing stages have none when rows are stages.
  const std::vector<int>& RowsOfVisit(const BookOpportunity& opportunity,
                                      const StageVisit& visit) const;
  // Rows that a rep counts in; none when rows are products, segments or stages.
  const std::vector<int>& RowsOfRep(int rep) const;

 private:
  void GroupByTeam(const BookView& view);
  void GroupByProduct(const BookView& view);

  const metrics::v1::GroupBy group_by_;
  std::vector<KpiGroup> groups_;
  std::vector<std::vector<int>> rows_of_rep_;
  std::vector<std::vector<int>> rows_of_product_;  // [product + 1]: products begin at -1.
  std::vector<std::vector<int>> rows_of_segment_;
  std::vector<std::vector<int>> rows_of_stage_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_GROUPING_H_
