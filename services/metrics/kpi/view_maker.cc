#include "services/metrics/kpi/view_maker.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "services/metrics/test_columns.h"

namespace quotacast::metrics {
namespace {

// The position of what has this id, which is added when it is new.
template <typename Entity>
int PositionOf(std::vector<Entity>& entities, const std::string& id) {
  for (size_t i = 0; i < entities.size(); ++i) {
    if (entities[i].id == id) return static_cast<int>(i);
  }
  Entity& entity = entities.emplace_back();
  entity.id = id;
  entity.display_name = id;
  return static_cast<int>(entities.size()) - 1;
}

}  // namespace

ViewMaker::ViewMaker(absl::CivilDay as_of_day) : view_(FiscalCalendar::MonthStart(1).value()) {
  view_.as_of.effective_day = as_of_day;
  view_.currency = "USD";
  view_.segments = {kDefaultSegmentId};
  const char* const open[] = {"Discovery", "Proposal", "Contract"};
  for (int i = 0; i < 3; ++i) {
    view_.stages.push_back({.id = open[i], .label = open[i], .position = 10 * (i + 1)});
  }
  view_.stages.push_back({.id = "Won", .label = "Won", .category = StageCategory::kWon});
  const struct {
    const char* id;
    LossKind loss;
  } lost[] = {{"Lost", LossKind::kCompetitive},
              {"No decision", LossKind::kNoDecision},
              {"Disqualified", LossKind::kDisqualified}};
  for (const auto& stage : lost) {
    view_.stages.push_back(
        {.id = stage.id, .label = stage.id, .category = StageCategory::kLost, .loss = stage.loss});
  }
  Team("team");
}

int ViewMaker::Team(const std::string& id, int parent) {
  const int team = PositionOf(view_.teams, id);
  view_.teams[static_cast<size_t>(team)].parent = parent;
  return team;
}

int ViewMaker::Rep(const std::string& id, int team) {
  const size_t known_count = view_.reps.size();
  const int rep = PositionOf(view_.reps, id);
  if (view_.reps.size() > known_count) view_.reps.back().team = team;
  return rep;
}

int ViewMaker::Product(const std::string& id, int64_t list_price) {
  const int product = PositionOf(view_.products, id);
  if (list_price != 0) {
    view_.products[static_cast<size_t>(product)].list_price_minor_units = list_price * 100;
  }
  return product;
}

int ViewMaker::Account(const std::string& id) { return PositionOf(view_.accounts.Edit(), id); }

BookOpportunity& ViewMaker::Deal(const std::string& rep, absl::CivilDay created) {
  const int owner = Rep(rep);
  view_.first_created_day = std::min(view_.first_created_day.value_or(created), created);
  BookOpportunity& deal = view_.opportunities.Edit().emplace_back();
  deal.id = absl::StrCat("deal-", view_.opportunities.size());
  deal.rep = owner;
  deal.created_day = created;
  deal.visits = {{.stage = kDiscovery, .entered_day = created}};
  return deal;
}

BookOpportunity& ViewMaker::Closed(const std::string& rep, MadeStage stage, absl::CivilDay created,
                                   absl::CivilDay closed, int64_t amount) {
  BookOpportunity& deal = Deal(rep, created);
  Move(deal, stage, closed);
  if (amount != 0) {
    deal.amount_minor_units = amount * 100;
    deal.entry_amount_minor_units = deal.amount_minor_units;
  }
  return deal;
}

void ViewMaker::Move(BookOpportunity& deal, MadeStage stage, absl::CivilDay day) {
  deal.visits.push_back({.stage = stage, .entered_day = day});
  if (stage == kDiscovery || stage == kProposal || stage == kContract) {
    deal.outcome = StageCategory::kOpen;
    return;
  }
  deal.outcome = stage == kWonStage ? StageCategory::kWon : StageCategory::kLost;
  deal.close_day = day;
}

BookView ViewMaker::Finished() const {
  BookView finished = view_;
  finished.columns = ColumnsOf(*view_.opportunities);
  for (const BookAccount& account : view_.accounts) {
    finished.account_figures.Edit().push_back(FiguresOf(account));
  }
  return finished;
}

metrics::v1::KpiTable ViewMaker::Ask(const KpiTableQuery& query) const {
  static const KpiRegistry registry;
  absl::StatusOr<metrics::v1::KpiTable> table = registry.Query(Finished(), query);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : metrics::v1::KpiTable();
}

}  // namespace quotacast::metrics
