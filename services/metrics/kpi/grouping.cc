#include "services/metrics/kpi/grouping.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace quotacast::metrics {

Grouping::Grouping(const BookView& view, metrics::v1::GroupBy group_by)
    : group_by_(group_by), rows_of_rep_(view.reps.size()) {
  switch (group_by) {
    case metrics::v1::GROUP_BY_REP:
      for (size_t rep = 0; rep < view.reps.size(); ++rep) {
        rows_of_rep_[rep] = {static_cast<int>(rep)};
        groups_.push_back({view.reps[rep].id, view.reps[rep].display_name});
      }
      return;
    case metrics::v1::GROUP_BY_TEAM:
      GroupByTeam(view);
      return;
    case metrics::v1::GROUP_BY_PRODUCT:
      GroupByProduct(view);
      return;
    case metrics::v1::GROUP_BY_SEGMENT:
      for (const std::string& segment : view.segments) {
        rows_of_segment_.push_back({static_cast<int>(groups_.size())});
        groups_.push_back({segment, segment});
      }
      return;
    case metrics::v1::GROUP_BY_STAGE:
      rows_of_stage_.resize(view.stages.size());
      for (size_t stage = 0; stage < view.stages.size(); ++stage) {
        if (view.stages[stage].category != StageCategory::kOpen) continue;
        rows_of_stage_[stage] = {static_cast<int>(groups_.size())};
        groups_.push_back({view.stages[stage].id, view.stages[stage].label});
      }
      return;
    default:
      groups_.push_back({"", "Organisation"});
      for (std::vector<int>& rows : rows_of_rep_) rows = {0};
      return;
  }
}

void Grouping::GroupByProduct(const BookView& view) {
  const bool any_without =
      std::any_of(view.opportunities.begin(), view.opportunities.end(),
                  [](const BookOpportunity& deal) { return deal.product < 0; });
  rows_of_product_.resize(view.products.size() + 1);
  if (any_without) {
    rows_of_product_[0] = {0};
    groups_.push_back({kNoProductId, kNoProductId});
  }
  for (size_t product = 0; product < view.products.size(); ++product) {
    rows_of_product_[product + 1] = {static_cast<int>(groups_.size())};
    groups_.push_back({view.products[product].id, view.products[product].display_name});
  }
}

void Grouping::GroupByTeam(const BookView& view) {
  std::vector<int> by_id(view.teams.size());
  std::iota(by_id.begin(), by_id.end(), 0);
  std::sort(by_id.begin(), by_id.end(), [&](int a, int b) {
    return view.teams[static_cast<size_t>(a)].id < view.teams[static_cast<size_t>(b)].id;
  });
  std::vector<int> row_of_team(view.teams.size());
  for (const int team : by_id) {
    const BookTeam& source = view.teams[static_cast<size_t>(team)];
    row_of_team[static_cast<size_t>(team)] = static_cast<int>(groups_.size());
    groups_.push_back({source.id, source.display_name});
  }
  for (size_t rep = 0; rep < view.reps.size(); ++rep) {
    for (int team = view.reps[rep].team; team >= 0;
         team = view.teams[static_cast<size_t>(team)].parent) {
      rows_of_rep_[rep].push_back(row_of_team[static_cast<size_t>(team)]);
    }
  }
}

const std::vector<int>& Grouping::RowsOf(const BookOpportunity& opportunity) const {
  switch (group_by_) {
    case metrics::v1::GROUP_BY_PRODUCT:
      return rows_of_product_[static_cast<size_t>(opportunity.product + 1)];
    case metrics::v1::GROUP_BY_SEGMENT:
      return rows_of_segment_[static_cast<size_t>(opportunity.segment)];
    default:
      return rows_of_rep_[static_cast<size_t>(opportunity.rep)];
  }
}

const std::vector<int>& Grouping::RowsOfVisit(const BookOpportunity& opportunity,
                                              const StageVisit& visit) const {
  return group_by_ == metrics::v1::GROUP_BY_STAGE ? rows_of_stage_[static_cast<size_t>(visit.stage)]
                                                  : RowsOf(opportunity);
}

const std::vector<int>& Grouping::RowsOfRep(int rep) const {
  return rows_of_rep_[static_cast<size_t>(rep)];
}

}  // namespace quotacast::metrics
