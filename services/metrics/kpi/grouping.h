// Which rows of a KPI table a deal, a stay in a stage or a rep counts in: those of one dimension,
// or pairs of groups of two, and none for what the filters leave out. A KPI asks for rows and needs
// to know nothing of this. A deal of a rep counts in the rep's team and in every team above it.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_GROUPING_H_
#define QUOTACAST_SERVICES_METRICS_KPI_GROUPING_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/dimension.h"

namespace quotacast::metrics {

// What counts: what is in any of these groups of the dimension.
struct GroupFilter {
  metrics::v1::GroupBy dimension = metrics::v1::GROUP_BY_UNSPECIFIED;
  std::vector<std::string> ids;
};

struct GroupingSpec {
  metrics::v1::GroupBy group_by = metrics::v1::GROUP_BY_ORG;
  metrics::v1::GroupBy then_by = metrics::v1::GROUP_BY_UNSPECIFIED;
  std::vector<GroupFilter> filters = {};  // All of them hold at once.
};

// Immutable and thread-safe. Keeps nothing of the view.
class Grouping {
 public:
  // Without filters. GROUP_BY_PERIOD and GROUP_BY_MONTH have the one row of the organisation:
  // periods are a table's other direction.
  Grouping(const BookView& view, metrics::v1::GroupBy group_by);

  // The same, kept with the view where there are few groups.
  static std::shared_ptr<const Grouping> Of(const BookView& view, metrics::v1::GroupBy group_by);

  // INVALID_ARGUMENT (UNKNOWN_GROUP with the nearest ids) for an id that its dimension does not
  // know. Complexity: linear in the deals.
  static absl::StatusOr<Grouping> Make(const BookView& view, const GroupingSpec& spec);

  metrics::v1::GroupBy group_by() const { return first_.group_by(); }

  // In order of the first dimension, then of the second. With one dimension and no filter, all its
  // groups; otherwise those that hold a deal that counts or, in dimensions about reps, a rep. When
  // the filters leave nothing, the rows are those without filters, so that each can say so.
  const std::vector<KpiGroup>& groups() const { return groups_; }

  // Rows that a deal counts in; none when rows are stages.
  std::span<const int> RowsOf(const DealRef& deal) const {
    return is_by_rep() ? RowsOfRepAt(deal.rep()) : RowsOfAny(deal);
  }
  // Rows that a deal's stay in a stage counts in; closing stages have none when rows are stages.
  std::span<const int> RowsOfStay(const DealRef& deal, int stage) const;
  // Rows that a rep counts in; none when rows are of anything but reps.
  std::span<const int> RowsOfRep(int rep) const;

  // Rows that what no rep has counts in: that of the organisation, unless filters or a second
  // dimension ask whose it is.
  std::span<const int> RowsOfNobody() const { return nobody_rows_; }

  bool has_filters() const { return !filters_.empty(); }

  // Whether the filters let a deal, or a rep, count. Filters about deals leave reps alone. A KPI
  // asks when it counts something for a note and not for a row.
  bool Counts(const DealRef& deal) const {
    return filters_.empty() ||
           (is_by_rep() ? counts_rep_[static_cast<size_t>(deal.rep())] != 0 : PassesFilters(deal));
  }
  bool CountsRep(int rep) const;

  // The rep that everything in the row belongs to, where rows are of single reps.
  std::optional<int> RepOfRow(int row) const;

 private:
  // Groups of a filter's dimension that pass, by key.
  struct Filter {
    Dimension dimension;
    std::vector<bool> passes;
  };

  Grouping(const BookView& view, const GroupingSpec& spec);
  absl::Status AddFilter(const BookView& view, const GroupFilter& filter);
  // With one dimension and no filter all groups have a row, whether something is in them or not.
  bool HasAllGroups() const { return !is_pair_ && filters_.empty(); }
  void MakeRows(const BookView& view);
  void MakeRowsOfReps(const BookView& view);
  // Dimensions and filters are all of reps: then what a deal counts in is worked out once per rep.
  bool is_by_rep() const { return !rep_rows_begins_.empty(); }
  std::span<const int> RowsOfRepAt(int rep) const {
    const uint32_t* begin = &rep_rows_begins_[static_cast<size_t>(rep)];
    return {rep_rows_.data() + begin[0], begin[1] - begin[0]};
  }
  std::span<const int> RowsOfAny(const DealRef& deal) const;
  bool PassesFilters(const DealRef& deal) const;
  std::vector<std::pair<size_t, size_t>> HeldKeys(const BookView& view) const;
  uint64_t PairOf(size_t first_key, size_t second_key) const;
  std::span<const int> RowsOfKeys(size_t first_key, size_t second_key) const;

  Dimension first_;
  Dimension second_;  // Of one group when there is no second dimension.
  bool is_pair_ = false;
  bool is_of_reps_ = false;
  std::vector<Filter> filters_;
  std::vector<KpiGroup> groups_;
  std::vector<int> nobody_rows_;
  std::vector<int> rep_of_row_;  // -1: of several, or of none.
  // Of one dimension by its key, when not every group has a row; of two by PairOf, as most pairs
  // hold nothing.
  std::vector<std::vector<int>> rows_of_key_;
  std::unordered_map<uint64_t, std::vector<int>> rows_of_pair_;
  // See is_by_rep: rows of rep i are those from begins[i] to begins[i + 1].
  std::vector<uint32_t> rep_rows_begins_;
  std::vector<int> rep_rows_;
  std::vector<uint8_t> counts_rep_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_GROUPING_H_
