// One way of putting deals and reps into groups: by team, by industry of the account, by the period
// of creation ... What a record's groups depend on is a small number, its key, so that they are
// worked out once per key and not once per record.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_DIMENSION_H_
#define QUOTACAST_SERVICES_METRICS_KPI_DIMENSION_H_

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "base/fiscal_calendar.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"

namespace quotacast::metrics {

// Id of the group of the records that name none, such as "(no product)"; empty for dimensions in
// which every record names one.
std::string NoneIdOf(metrics::v1::GroupBy group_by);

// Whether the dimension is about who owns a deal, so that reps have groups in it without their
// deals. The organisation, periods and months are, with one group of everything: periods are a
// table's other direction.
bool IsOfReps(metrics::v1::GroupBy group_by);

// Whether a filter may name groups of the dimension.
bool IsFilterDimension(metrics::v1::GroupBy group_by);

// A group of a dimension; of a pair of dimensions, a group of each.
struct KpiGroup {
  std::string id;  // Empty for the organisation.
  std::string display_name;
  std::string then_id = {};  // Empty without a second dimension.
  std::string then_display_name = {};
};

// Thread-safe. Keeps nothing of the view.
class Dimension {
 public:
  // Groups of a dimension without a meaning here (GROUP_BY_HOUR_OF_DAY) are those of the
  // organisation.
  Dimension(const BookView& view, metrics::v1::GroupBy group_by);

  metrics::v1::GroupBy group_by() const { return group_by_; }

  // In order of id, "(no ...)" first; stages in that of the pipeline. Accounts are those with a
  // deal.
  const std::vector<KpiGroup>& groups() const { return groups_; }
  // The same for whoever needs them alone.
  std::vector<KpiGroup> TakeGroups() { return std::move(groups_); }

  // Keys lie in [0, key_count()).
  size_t key_count() const { return groups_of_key_.size(); }
  size_t KeyOf(const DealRef& deal) const;
  // As KeyOf, but for stages, where it is that of the stay.
  size_t KeyOfStay(const DealRef& deal, int stage) const;
  // Only when IsOfReps(group_by()).
  size_t KeyOfRep(int rep) const;

  // A deal counts in the team of its rep and in every team above. None for deals under
  // GROUP_BY_STAGE, and for closing stages.
  std::span<const int> GroupsOfKey(size_t key) const { return groups_of_key_[key]; }

  // Whether a group of that id exists, or could: a period without deals is known, a misspelt name
  // is not.
  bool Knows(const BookView& view, const std::string& id) const;

 private:
  void AddReps(const BookView& view);
  void AddTeams(const BookView& view);
  void AddStages(const BookView& view);
  void AddMotions(const BookView& view);
  void AddAccounts(const BookView& view);
  void AddCohorts(const BookView& view);
  // A group per different text, in order; `texts` is by key, and empty text is no group.
  void AddTexts(const std::vector<std::string>& texts);
  // A group per entry; key 0 has none, and key i + 1 the entry i.
  void AddEntries(const std::vector<KpiGroup>& entries);
  // Puts the keys without a group that some record has into a group of their own, the first.
  void AddNone(const BookView& view);

  const metrics::v1::GroupBy group_by_;
  std::vector<KpiGroup> groups_;
  // Most keys have one group; in one piece of memory.
  std::vector<absl::InlinedVector<int, 2>> groups_of_key_;
  std::vector<FiscalPeriod> cohorts_;  // In order.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_DIMENSION_H_
