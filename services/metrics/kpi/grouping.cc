#include "services/metrics/kpi/grouping.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/errors.h"
#include "base/nearest_names.h"
#include "base/status_macros.h"

namespace quotacast::metrics {
namespace {

using metrics::v1::GroupBy;

constexpr size_t kNearestIds = 3;

absl::Status UnknownGroup(const Dimension& dimension, const std::string& id) {
  std::vector<std::string> ids;
  for (const KpiGroup& group : dimension.groups()) ids.push_back(group.id);
  ErrorDetail detail;
  detail.reason = "UNKNOWN_GROUP";
  const std::vector<std::string> nearest = NearestNames(id, ids, kNearestIds);
  const std::string description = absl::StrCat(
      "\"", ShownName(id), "\" is no id of ", metrics::v1::GroupBy_Name(dimension.group_by()), "; ",
      nearest.empty()
          ? "there are none"
          : absl::StrCat(
                "the nearest are ",
                absl::StrJoin(nearest, ", ", [](std::string* out, const std::string& name) {
                  absl::StrAppend(out, "\"", ShownName(name), "\"");
                })));
  detail.field_violations.push_back({.field = "filters", .description = description});
  return WithDetail(absl::InvalidArgumentError(absl::StrCat("filters: ", description)), detail);
}

}  // namespace

Grouping::Grouping(const BookView& view, GroupBy group_by)
    : Grouping(view, GroupingSpec{.group_by = group_by}) {
  MakeRows(view);
  MakeRowsOfReps(view);
}

Grouping::Grouping(const BookView& view, const GroupingSpec& spec)
    : first_(view, spec.group_by),
      second_(view, spec.then_by),
      is_pair_(spec.then_by != metrics::v1::GROUP_BY_UNSPECIFIED),
      is_of_reps_(IsOfReps(spec.group_by) && IsOfReps(spec.then_by)) {}

std::shared_ptr<const Grouping> Grouping::Of(const BookView& view, GroupBy group_by) {
  using Shared = std::shared_ptr<const Grouping>;
  const auto make = [&view, group_by]() -> Shared {
    return std::make_shared<const Grouping>(view, group_by);
  };
  // Of accounts there are too many to keep.
  if (!IsOfReps(group_by)) return make();
  return *view.memo.Get<Shared>(metrics::v1::GroupBy_Name(group_by), make);
}

absl::StatusOr<Grouping> Grouping::Make(const BookView& view, const GroupingSpec& spec) {
  Grouping grouping(view, spec);
  for (const GroupFilter& filter : spec.filters) {
    QC_RETURN_IF_ERROR(grouping.AddFilter(view, filter));
  }
  grouping.MakeRows(view);
  grouping.MakeRowsOfReps(view);
  return grouping;
}

absl::Status Grouping::AddFilter(const BookView& view, const GroupFilter& filter) {
  Filter added{.dimension = Dimension(view, filter.dimension), .passes = {}};
  const std::set<std::string> ids(filter.ids.begin(), filter.ids.end());
  for (const std::string& id : ids) {
    if (!added.dimension.Knows(view, id)) return UnknownGroup(added.dimension, id);
  }
  std::vector<bool> is_named;
  for (const KpiGroup& group : added.dimension.groups()) {
    is_named.push_back(ids.count(group.id) > 0);
  }
  for (size_t key = 0; key < added.dimension.key_count(); ++key) {
    const std::span<const int> groups = added.dimension.GroupsOfKey(key);
    added.passes.push_back(std::any_of(groups.begin(), groups.end(), [&](int group) {
      return is_named[static_cast<size_t>(group)];
    }));
  }
  filters_.push_back(std::move(added));
  return absl::OkStatus();
}

// The different keys of what counts: of the deals and, in dimensions about reps, of the reps.
std::vector<std::pair<size_t, size_t>> Grouping::HeldKeys(const BookView& view) const {
  std::vector<std::pair<size_t, size_t>> held;
  std::unordered_set<uint64_t> seen;
  const auto hold = [&](size_t first_key, size_t second_key) {
    if (seen.insert(PairOf(first_key, second_key)).second) held.emplace_back(first_key, second_key);
  };
  if (is_of_reps_) {
    for (size_t i = 0; i < view.reps.size(); ++i) {
      const int rep = static_cast<int>(i);
      if (CountsRep(rep)) hold(first_.KeyOfRep(rep), second_.KeyOfRep(rep));
    }
  }
  const bool rows_are_stages = first_.group_by() == metrics::v1::GROUP_BY_STAGE;
  if (!rows_are_stages) {
    for (const DealRef deal : view.columns->All()) {
      if (Counts(deal)) hold(first_.KeyOf(deal), second_.KeyOf(deal));
    }
    return held;
  }
  for (const DealRef deal : view.columns->All()) {
    if (!Counts(deal)) continue;
    const Stays::List stays = view.columns->stays->Of(deal.position());
    for (size_t stay = 0; stay < stays.size(); ++stay) {
      hold(first_.KeyOfStay(deal, stays.ValueAt(stay)), second_.KeyOf(deal));
    }
  }
  return held;
}

void Grouping::MakeRows(const BookView& view) {
  if (HasAllGroups()) {
    // A row per group, in their order.
    groups_ = first_.TakeGroups();
    rep_of_row_.assign(groups_.size(), -1);
    if (first_.group_by() == metrics::v1::GROUP_BY_REP) {
      std::iota(rep_of_row_.begin(), rep_of_row_.end(), 0);
    }
    if (groups_.size() == 1 && groups_.front().id.empty()) nobody_rows_ = {0};
    return;
  }
  const std::vector<std::pair<size_t, size_t>> held = HeldKeys(view);
  std::map<std::pair<int, int>, int> row_of_groups;
  for (const auto& [first_key, second_key] : held) {
    for (const int first : first_.GroupsOfKey(first_key)) {
      for (const int second : second_.GroupsOfKey(second_key)) row_of_groups[{first, second}];
    }
  }
  if (row_of_groups.empty() && !filters_.empty()) {
    // Nothing counts, so no record will ask for its rows.
    const GroupingSpec unfiltered{
        .group_by = first_.group_by(),
        .then_by = is_pair_ ? second_.group_by() : metrics::v1::GROUP_BY_UNSPECIFIED};
    Grouping all(view, unfiltered);
    all.MakeRows(view);
    groups_ = std::move(all.groups_);
    rep_of_row_ = std::move(all.rep_of_row_);
    return;
  }
  for (auto& [groups, row] : row_of_groups) {
    row = static_cast<int>(groups_.size());
    const auto& [first, second] = groups;
    const KpiGroup& group = first_.groups()[static_cast<size_t>(first)];
    KpiGroup& added = groups_.emplace_back(KpiGroup{group.id, group.display_name});
    if (is_pair_) {
      const KpiGroup& then = second_.groups()[static_cast<size_t>(second)];
      added.then_id = then.id;
      added.then_display_name = then.display_name;
    }
    rep_of_row_.push_back(first_.group_by() == metrics::v1::GROUP_BY_REP    ? first
                          : second_.group_by() == metrics::v1::GROUP_BY_REP ? second
                                                                            : -1);
  }
  if (!is_pair_) rows_of_key_.resize(first_.key_count());
  for (const auto& [first_key, second_key] : held) {
    std::vector<int>& rows =
        is_pair_ ? rows_of_pair_[PairOf(first_key, second_key)] : rows_of_key_[first_key];
    for (const int first : first_.GroupsOfKey(first_key)) {
      for (const int second : second_.GroupsOfKey(second_key)) {
        rows.push_back(row_of_groups.at({first, second}));
      }
    }
  }
}

void Grouping::MakeRowsOfReps(const BookView& view) {
  const bool is_by_rep =
      is_of_reps_ && std::all_of(filters_.begin(), filters_.end(), [](const Filter& filter) {
        return IsOfReps(filter.dimension.group_by());
      });
  if (!is_by_rep) return;
  std::vector<uint32_t> begins = {0};
  for (size_t i = 0; i < view.reps.size(); ++i) {
    const std::span<const int> rows = RowsOfRep(static_cast<int>(i));
    rep_rows_.insert(rep_rows_.end(), rows.begin(), rows.end());
    begins.push_back(static_cast<uint32_t>(rep_rows_.size()));
    counts_rep_.push_back(CountsRep(static_cast<int>(i)) ? 1 : 0);
  }
  rep_rows_begins_ = std::move(begins);
}

uint64_t Grouping::PairOf(size_t first_key, size_t second_key) const {
  return uint64_t{first_key} * second_.key_count() + second_key;
}

std::span<const int> Grouping::RowsOfKeys(size_t first_key, size_t second_key) const {
  if (HasAllGroups()) return first_.GroupsOfKey(first_key);
  if (!is_pair_) {
    return first_key < rows_of_key_.size() ? rows_of_key_[first_key] : std::span<const int>();
  }
  const auto found = rows_of_pair_.find(PairOf(first_key, second_key));
  return found == rows_of_pair_.end() ? std::span<const int>() : found->second;
}

bool Grouping::PassesFilters(const DealRef& deal) const {
  return std::all_of(filters_.begin(), filters_.end(), [&](const Filter& filter) {
    return filter.passes[filter.dimension.KeyOf(deal)];
  });
}

std::span<const int> Grouping::RowsOfAny(const DealRef& deal) const {
  if (!Counts(deal)) return {};
  return RowsOfKeys(first_.KeyOf(deal), is_pair_ ? second_.KeyOf(deal) : 0);
}

std::span<const int> Grouping::RowsOfStay(const DealRef& deal, int stage) const {
  if (is_by_rep()) return RowsOfRepAt(deal.rep());
  if (!Counts(deal)) return {};
  return RowsOfKeys(first_.KeyOfStay(deal, stage), is_pair_ ? second_.KeyOf(deal) : 0);
}

std::span<const int> Grouping::RowsOfRep(int rep) const {
  if (is_by_rep()) return RowsOfRepAt(rep);
  if (!is_of_reps_ || !CountsRep(rep)) return {};
  return RowsOfKeys(first_.KeyOfRep(rep), is_pair_ ? second_.KeyOfRep(rep) : 0);
}

bool Grouping::CountsRep(int rep) const {
  return std::all_of(filters_.begin(), filters_.end(), [&](const Filter& filter) {
    return !IsOfReps(filter.dimension.group_by()) || filter.passes[filter.dimension.KeyOfRep(rep)];
  });
}

std::optional<int> Grouping::RepOfRow(int row) const {
  const int rep = rep_of_row_[static_cast<size_t>(row)];
  return rep < 0 ? std::nullopt : std::optional<int>(rep);
}

}  // namespace quotacast::metrics
