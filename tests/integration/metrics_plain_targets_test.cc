// Goal: the KPIs about stages, quotas, plans, coverage and people are what docs/kpis.md says they
// are. Method: two of the generator's companies, with random reps, plans and deals added to them
// for what they are too tidy for, on days inside a fiscal quarter and on the last one; every cell
// of the tables by organisation, team, rep and stage, for a quarter that ended, the running one,
// the coming one and all history, is held against plain loops over the same view that were written
// from the definitions and share no code with the KPIs.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"
#include "tests/integration/generated_book.h"
#include "tests/integration/plain_company.h"
#include "tests/integration/plain_people.h"
#include "tests/integration/plain_stages.h"
#include "tests/integration/plain_targets.h"
#include "tests/integration/random_sales_events.h"
#include "tools/gen/options.h"

namespace quotacast {
namespace {

using metrics::v1::GroupBy;

// What a KPI covers when nobody names a period.
enum class WithoutPeriod { kAllHistory, kPeriodOfDay, kPeriodOfDayAfter };

using FigureFunction = std::function<PlainFigure(const PlainRow&, const PlainCompany::Period&)>;

struct PlainKpi {
  std::string name;
  FigureFunction figure;
  int fewest_cells = 0;  // That have a value other than 0.
  WithoutPeriod without_period = WithoutPeriod::kAllHistory;
};

template <typename Part>
FigureFunction Figure(const std::shared_ptr<const Part>& part,
                      PlainFigure (Part::*figure)(const PlainRow&, const PlainCompany::Period&)
                          const) {
  return [part, figure](const PlainRow& row, const PlainCompany::Period& period) {
    return ((*part).*figure)(row, period);
  };
}

std::vector<PlainKpi> PlainKpis(const std::shared_ptr<const metrics::BookView>& view) {
  constexpr auto kOfDay = WithoutPeriod::kPeriodOfDay;
  constexpr auto kOfDayAfter = WithoutPeriod::kPeriodOfDayAfter;
  const auto stages = std::make_shared<const PlainStages>(view);
  const auto targets = std::make_shared<const PlainTargets>(view);
  const auto people = std::make_shared<const PlainPeople>(view);
  return {
      {"stage_conversion", Figure(stages, &PlainStages::StageConversion), 300},
      {"stage_dwell_days", Figure(stages, &PlainStages::StageDwellDays), 300},
      {"stage_regression_rate", Figure(stages, &PlainStages::StageRegressionRate), 200},
      {"stage_skip_rate", Figure(stages, &PlainStages::StageSkipRate), 250},
      {"stage_uplift", Figure(stages, &PlainStages::StageUplift), 20},
      {"quota_attainment", Figure(targets, &PlainTargets::QuotaAttainment), 150, kOfDay},
      {"reps_at_quota_share", Figure(targets, &PlainTargets::RepsAtQuotaShare), 70, kOfDay},
      {"months_at_target_share", Figure(targets, &PlainTargets::MonthsAtTargetShare), 100},
      {"attainment_plan", Figure(targets, &PlainTargets::AttainmentPlan), 40, kOfDay},
      {"over_assignment", Figure(targets, &PlainTargets::OverAssignment), 50, kOfDay},
      {"capacity", Figure(targets, &PlainTargets::Capacity), 200, kOfDayAfter},
      {"pipeline_coverage_full", Figure(targets, &PlainTargets::CoverageFull), 100, kOfDayAfter},
      {"pipeline_coverage_remaining", Figure(targets, &PlainTargets::CoverageRemaining), 100,
       kOfDayAfter},
      {"required_coverage", Figure(targets, &PlainTargets::RequiredCoverage), 200, kOfDayAfter},
      {"attrition", Figure(people, &PlainPeople::Attrition), 12, kOfDay},
      {"ramp_days_to_first_win", Figure(people, &PlainPeople::RampDaysToFirstWin), 30},
      {"ramp_days_to_productive", Figure(people, &PlainPeople::RampDaysToProductive), 30}};
}

struct CompanyCase {
  gen::CompanyOptions options;
  std::vector<absl::CivilDay> days;
};

std::vector<CompanyCase> Companies() {
  return {{.options = {.seed = 7, .rep_count = 16},
           .days = {absl::CivilDay(2026, 5, 13), absl::CivilDay(2026, 9, 30)}},
          {.options = {.seed = 11,
                       .rep_count = 8,
                       .start = absl::CivilDay(2023, 4, 1),
                       .last_day = absl::CivilDay(2026, 8, 19)},
           .days = {absl::CivilDay(2025, 11, 20), absl::CivilDay(2026, 8, 19)}}};
}

// The ids of the rows that a grouping has, in their order.
std::vector<std::string> RowIds(const metrics::BookView& view, GroupBy group_by) {
  std::vector<std::string> ids;
  if (group_by == metrics::v1::GROUP_BY_ORG) return {""};
  if (group_by == metrics::v1::GROUP_BY_REP) {
    for (const metrics::BookRep& rep : view.reps) ids.push_back(rep.id);
  }
  if (group_by == metrics::v1::GROUP_BY_TEAM) {
    for (const metrics::BookTeam& team : view.teams) ids.push_back(team.id);
  }
  if (group_by == metrics::v1::GROUP_BY_STAGE) {
    for (const metrics::BookStage& stage : view.stages) {
      if (stage.category == metrics::StageCategory::kOpen) ids.push_back(stage.id);
    }
  }
  return ids;
}

void ExpectClose(double product, double plain, const std::string& what) {
  constexpr double kRelative = 1e-9;
  EXPECT_NEAR(product, plain, kRelative * std::abs(plain)) << what;
}

class PlainTargetsTest : public ::testing::Test {
 protected:
  void CompareView(const std::shared_ptr<const metrics::BookView>& view) {
    view_ = view;
    const absl::CivilDay day = view->as_of.effective_day;
    const FiscalPeriod running = view->calendar.PeriodContaining(day).value();
    const FiscalPeriod coming = view->calendar.Next(running).value();
    const FiscalPeriod ended = view->calendar.Previous(running).value();
    for (const PlainKpi& kpi : PlainKpis(view)) {
      fewest_cells_[kpi.name] = kpi.fewest_cells;
      for (const FiscalPeriod& period : {ended, running, coming}) {
        CompareTables(kpi, period.name, period);
      }
      PlainCompany::Period implied;
      if (kpi.without_period == WithoutPeriod::kPeriodOfDay) implied = running;
      if (kpi.without_period == WithoutPeriod::kPeriodOfDayAfter) {
        implied = view->calendar.PeriodContaining(day + 1).value();
      }
      CompareTables(kpi, "", implied);
    }
  }

  void ExpectEnoughCells() const {
    EXPECT_FALSE(fewest_cells_.empty());
    for (const auto& [name, fewest] : fewest_cells_) {
      const auto found = cell_count_.find(name);
      EXPECT_GE(found == cell_count_.end() ? 0 : found->second, fewest) << name;
    }
  }

 private:
  void CompareTables(const PlainKpi& kpi, const std::string& asked,
                     const PlainCompany::Period& period) {
    const metrics::v1::KpiDefinition& definition = (*registry_.Find(kpi.name))->definition;
    for (const GroupBy group_by : {metrics::v1::GROUP_BY_ORG, metrics::v1::GROUP_BY_TEAM,
                                   metrics::v1::GROUP_BY_REP, metrics::v1::GROUP_BY_STAGE}) {
      bool is_allowed = false;
      for (const int allowed : definition.group_bys()) is_allowed |= allowed == group_by;
      if (!is_allowed) continue;
      const auto table =
          registry_.Query(*view_, {.kpi = kpi.name, .group_by = group_by, .period = asked});
      ASSERT_TRUE(table.ok()) << table.status();
      const std::vector<std::string> ids = RowIds(*view_, group_by);
      ASSERT_EQ(static_cast<size_t>(table->rows_size()), ids.size()) << kpi.name;
      for (int position = 0; position < table->rows_size(); ++position) {
        const metrics::v1::KpiRow& row = table->rows(position);
        ASSERT_EQ(row.group(), ids[static_cast<size_t>(position)]);
        const std::string what =
            absl::StrCat(kpi.name, " of '", row.group(), "' in '", asked, "' as of ",
                         FormatIsoDate(view_->as_of.effective_day));
        CompareCell(row, kpi.figure({group_by, position}, period), what);
        if (row.has_value() && row.value() != 0) ++cell_count_[kpi.name];
      }
    }
  }

  static void CompareCell(const metrics::v1::KpiRow& row, const PlainFigure& plain,
                          const std::string& what) {
    EXPECT_EQ(row.has_value(), plain.value.has_value()) << what << ": " << row.undefined_reason();
    if (!row.has_value() || !plain.value.has_value()) return;
    ExpectClose(row.value(), *plain.value, what + ", value");
    ExpectClose(row.numerator(), plain.numerator, what + ", numerator");
    ExpectClose(row.denominator(), plain.denominator, what + ", denominator");
    EXPECT_EQ(row.sample_size(), plain.sample_size) << what << ", sample size";
  }

  const metrics::KpiRegistry registry_;
  std::shared_ptr<const metrics::BookView> view_;
  std::map<std::string, int> fewest_cells_;  // By name of the KPI, as below.
  std::map<std::string, int> cell_count_;    // Those with a value other than 0.
};

TEST_F(PlainTargetsTest, TablesAreWhatTheDefinitionsSay) {
  for (const CompanyCase& company : Companies()) {
    metrics::Book book;
    RandomSalesEvents random_events(company.options, book);
    const absl::StatusOr<int64_t> count = AppendCompany(
        company.options,
        [&](const ingestion::v1::NewEvent& event) { random_events.Notice(event.event()); }, book);
    ASSERT_TRUE(count.ok()) << count.status();
    ASSERT_EQ(book.last_offset(), *count);
    random_events.AppendAll();
    for (const absl::CivilDay day : company.days) {
      const auto view = book.At({.effective_day = day}, company.options.last_day);
      ASSERT_TRUE(view.ok()) << view.status();
      CompareView(*view);
    }
  }
  ExpectEnoughCells();
}

}  // namespace
}  // namespace quotacast
