// Goal: the KPIs about deals are what docs/kpis.md says they are. Method: two companies of the
// generator, and further deals that live through what its deals never do, go into books; every cell
// of the KPIs' tables for the organisation, the reps and the teams is held against
// plain_deal_kpis.h, which was written from the definitions alone and goes over the deals of a row
// one by one.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"
#include "tests/integration/generated_book.h"
#include "tests/integration/plain_deal_kpis.h"
#include "tests/integration/plain_deals.h"
#include "tests/integration/random_events.h"
#include "tools/gen/options.h"

namespace quotacast {
namespace {

constexpr char kNoDecisionStage[] = "stalled";
constexpr char kDisqualifiedStage[] = "walked_away";
constexpr int kFurtherDealCount = 1'200;

// What further deals refer to.
struct Names {
  std::set<std::string> reps, products, open_stages;
  std::string won_stage, lost_stage;

  void Add(const crm::v1::CrmEvent& event) {
    if (event.has_rep()) reps.insert(event.rep().rep_id());
    if (event.has_product()) products.insert(event.product().product_id());
    if (!event.has_stage()) return;
    const crm::v1::StageChange& stage = event.stage();
    if (stage.category() == crm::v1::STAGE_CATEGORY_OPEN) open_stages.insert(stage.stage_id());
    if (stage.category() == crm::v1::STAGE_CATEGORY_WON) won_stage = stage.stage_id();
    if (stage.category() == crm::v1::STAGE_CATEGORY_LOST) lost_stage = stage.stage_id();
  }
};

// The generator's losses are of one kind, its deals have owners, amounts and expected dates. These
// lack some of that, end in every way and are reopened more often.
class FurtherDeals : private RandomEvents {
 public:
  FurtherDeals(const gen::CompanyOptions& options, const Names& names, absl::Time recorded,
               metrics::Book& book)
      : RandomEvents(options.seed, "further", recorded, book), options_(options), names_(names) {}

  void AppendAll(int count) {
    AppendStage(kNoDecisionStage, crm::v1::STAGE_CATEGORY_NO_DECISION);
    AppendStage(kDisqualifiedStage, crm::v1::STAGE_CATEGORY_DISQUALIFIED);
    for (int number = 0; number < count; ++number) AppendDeal(absl::StrCat("further_", number));
  }

 private:
  const std::string& AnyOf(const std::set<std::string>& ids) {
    return *std::next(ids.begin(), Below(static_cast<int>(ids.size())));
  }

  void Append(const std::string& source_key, absl::CivilDay day, const crm::v1::CrmEvent& event) {
    RandomEvents::Append(source_key, absl::StrCat("change_", next_offset()), StartOfDayUtc(day),
                         event);
  }

  void AppendStage(const std::string& id, crm::v1::StageCategory category) {
    crm::v1::CrmEvent event;
    event.mutable_stage()->set_stage_id(id);
    event.mutable_stage()->set_label(id);
    event.mutable_stage()->set_category(category);
    Append(absl::StrCat("stage/", id), options_.start, event);
  }

  void AppendDeal(const std::string& id) {
    const int day_count = static_cast<int>(options_.last_day - options_.start);
    absl::CivilDay day = options_.start + Below(day_count);
    crm::v1::CrmEvent event;
    crm::v1::OpportunityChange& created = *event.mutable_opportunity();
    created.set_opportunity_id(id);
    if (Below(12) > 0) created.set_owner_rep_id(AnyOf(names_.reps));
    if (Below(3) > 0) created.set_product_id(AnyOf(names_.products));
    if (Below(4) == 0) SetDate(day - Below(30), created.mutable_created_date());
    if (Below(4) > 0) SetDate(day + Below(200), created.mutable_expected_close_date());
    created.set_stage_id(*names_.open_stages.begin());
    SetAmount(created);
    Append(absl::StrCat("opportunity/", id), day, event);
    for (int step = 0; step < 8; ++step) {
      day += Below(40);
      if (day > options_.last_day) return;
      const bool is_closed = AppendStep(id, day);
      if (is_closed && Below(3) > 0) return;
    }
  }

  void SetAmount(crm::v1::OpportunityChange& change) {
    if (Below(3) == 0) return;
    change.mutable_amount()->set_currency_code("USD");
    change.mutable_amount()->set_units(Below(6) == 0 ? 0 : 1'000 + Below(90'000));
  }

  // Returns whether the deal was closed.
  bool AppendStep(const std::string& id, absl::CivilDay day) {
    crm::v1::CrmEvent event;
    crm::v1::OpportunityChange& change = *event.mutable_opportunity();
    change.set_opportunity_id(id);
    SetAmount(change);
    if (Below(2) == 0) SetDate(day + Below(150) - 10, change.mutable_expected_close_date());
    const std::string ends[] = {names_.won_stage, names_.won_stage, names_.lost_stage,
                                kNoDecisionStage, kDisqualifiedStage};
    const bool is_closed = Below(5) < 2;
    change.set_stage_id(is_closed ? ends[Below(5)] : AnyOf(names_.open_stages));
    Append(absl::StrCat("opportunity/", id), day, event);
    return is_closed;
  }

  const gen::CompanyOptions options_;
  const Names& names_;
};

void FillBook(const gen::CompanyOptions& options, metrics::Book& book) {
  Names names;
  int64_t last_second = 0;
  const absl::StatusOr<int64_t> count = AppendCompany(
      options,
      [&](const ingestion::v1::NewEvent& event) {
        names.Add(event.event());
        last_second = std::max(last_second, event.effective_time().seconds());
      },
      book);
  ASSERT_TRUE(count.ok()) << count.status();
  FurtherDeals(options, names, absl::FromUnixSeconds(last_second), book)
      .AppendAll(kFurtherDealCount);
}

// The cells of a table's rows, by the id of the row.
std::map<std::string, plain::Cell> CellsOf(const metrics::BookView& view,
                                           metrics::v1::GroupBy group_by,
                                           const std::optional<FiscalPeriod>& period) {
  std::map<std::string, plain::Cell> cells;
  const auto add = [&](const std::string& id) -> plain::Cell& {
    return cells.emplace(id, plain::Cell{.view = view, .period = period}).first->second;
  };
  if (group_by == metrics::v1::GROUP_BY_ORG) add("");
  if (group_by == metrics::v1::GROUP_BY_REP) {
    for (const metrics::BookRep& rep : view.reps) add(rep.id).rep = &rep;
  }
  if (group_by == metrics::v1::GROUP_BY_TEAM) {
    for (const metrics::BookTeam& team : view.teams) add(team.id);
  }
  for (const plain::Deal& deal : view.opportunities) {
    const metrics::BookRep& rep = view.reps[static_cast<size_t>(deal.rep)];
    if (group_by == metrics::v1::GROUP_BY_ORG) cells.at("").deals.push_back(&deal);
    if (group_by == metrics::v1::GROUP_BY_REP) cells.at(rep.id).deals.push_back(&deal);
    if (group_by != metrics::v1::GROUP_BY_TEAM) continue;
    for (int team = rep.team; team >= 0; team = view.teams[static_cast<size_t>(team)].parent) {
      cells.at(view.teams[static_cast<size_t>(team)].id).deals.push_back(&deal);
    }
  }
  return cells;
}

// Of exact sums and of estimates alike, for the order of the sums differs.
void ExpectNear(double actual, double expected, const char* what) {
  EXPECT_NEAR(actual, expected, 1e-9 * std::max(1.0, std::abs(expected))) << what;
}

// E. Wilson (1927).
void ExpectWilsonInterval(const metrics::v1::KpiRow& row) {
  constexpr double kQuantile = 1.959963984540054;  // 97.5 % of the normal distribution.
  const double count = row.denominator();
  const double share = row.numerator() / count;
  const double shift = kQuantile * kQuantile / count;
  const double middle = (share + shift / 2) / (1 + shift);
  const double half =
      kQuantile / (1 + shift) * std::sqrt(share * (1 - share) / count + shift / (4 * count));
  ASSERT_TRUE(row.has_interval());
  ExpectNear(row.interval().low(), middle - half, "low");
  ExpectNear(row.interval().high(), middle + half, "high");
}

void ExpectFigure(const metrics::v1::KpiRow& row, const plain::Figure& figure) {
  ASSERT_EQ(row.has_undefined_reason(), !figure.value.has_value()) << row.undefined_reason();
  if (!figure.value.has_value()) return;
  ExpectNear(row.value(), *figure.value, "value");
  ExpectNear(row.numerator(), figure.numerator, "numerator");
  ExpectNear(row.denominator(), figure.denominator, "denominator");
  EXPECT_EQ(row.sample_size(), figure.sample_size);
}

class PlainDealsTest : public ::testing::Test {
 protected:
  void CompareAsOf(const metrics::Book& book, absl::CivilDay day) {
    const auto view = book.At({.effective_day = day}, day).value();
    const FiscalPeriod now = view->calendar.PeriodContaining(day).value();
    const FiscalPeriod before = view->calendar.Previous(now).value();
    const FiscalPeriod after = view->calendar.Next(now).value();
    ComparePeriod(*view, std::nullopt);
    for (const FiscalPeriod& period : {before, now, after}) ComparePeriod(*view, period);
  }

  std::map<std::string, int> defined_counts_;  // Compared cells with a value, by KPI.
  // Of these, those whose value says something: 0 and 1 come from rows with next to nothing in
  // them.
  std::map<std::string, int> telling_counts_;

 private:
  void ComparePeriod(const metrics::BookView& view, const std::optional<FiscalPeriod>& period) {
    for (const metrics::v1::GroupBy group_by :
         {metrics::v1::GROUP_BY_ORG, metrics::v1::GROUP_BY_REP, metrics::v1::GROUP_BY_TEAM}) {
      const auto cells = CellsOf(view, group_by, period);
      for (const auto& [kpi, compute] : plain::Kpis()) {
        const auto& allowed = registry_.Find(kpi).value()->definition.group_bys();
        if (std::find(allowed.begin(), allowed.end(), group_by) == allowed.end()) continue;
        CompareTable(view, kpi, group_by, cells);
      }
    }
  }

  void CompareTable(const metrics::BookView& view, const std::string& kpi,
                    metrics::v1::GroupBy group_by,
                    const std::map<std::string, plain::Cell>& cells) {
    const std::optional<FiscalPeriod>& period = cells.begin()->second.period;
    const std::string period_name = period.has_value() ? period->name : "";
    const auto table =
        registry_.Query(view, {.kpi = kpi, .group_by = group_by, .period = period_name});
    ASSERT_TRUE(table.ok()) << kpi << ": " << table.status();
    EXPECT_EQ(table->rows_size(), static_cast<int>(cells.size())) << kpi;
    for (const metrics::v1::KpiRow& row : table->rows()) {
      SCOPED_TRACE(absl::StrCat(kpi, " of '", row.group(), "' in '", period_name, "' as of ",
                                FormatIsoDate(view.as_of.effective_day)));
      ASSERT_EQ(cells.count(row.group()), 1u);
      const plain::Cell& cell = cells.at(row.group());
      const plain::Figure figure = plain::Compute(kpi, cell);
      ExpectFigure(row, figure);
      if (!figure.value.has_value()) continue;
      if (table->definition().interval_method().starts_with("Wilson")) ExpectWilsonInterval(row);
      ++defined_counts_[kpi];
      if (*figure.value != 0 && *figure.value != 1) ++telling_counts_[kpi];
    }
  }

  const metrics::KpiRegistry registry_;
};

TEST_F(PlainDealsTest, TablesAreWhatTheDefinitionsSay) {
  // One company's data end with a quarter, the other's in the middle of one.
  const gen::CompanyOptions first{
      .seed = 11, .rep_count = 16, .last_day = absl::CivilDay(2026, 6, 30)};
  metrics::Book first_book;
  FillBook(first, first_book);
  CompareAsOf(first_book, absl::CivilDay(2025, 11, 12));
  CompareAsOf(first_book, first.last_day);

  const gen::CompanyOptions second{
      .seed = 29, .rep_count = 24, .last_day = absl::CivilDay(2026, 8, 19)};
  metrics::Book second_book;
  FillBook(second, second_book);
  CompareAsOf(second_book, absl::CivilDay(2026, 2, 4));
  CompareAsOf(second_book, second.last_day);

  for (const auto& [kpi, compute] : plain::Kpis()) {
    EXPECT_GE(defined_counts_[kpi], 120) << kpi;
    EXPECT_GE(telling_counts_[kpi], 100) << kpi;
  }
}

}  // namespace
}  // namespace quotacast
