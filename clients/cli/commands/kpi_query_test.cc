// Goal: what was typed becomes the question that was meant, and errors come back in what was typed.
// Method: arguments and statuses by hand.
#include "clients/cli/commands/kpi_query.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/errors.h"
#include "clients/cli/arguments.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

TEST(KpiQueryTest, NothingTypedAsksForTheOrganisation) {
  const auto request = MakeKpiRequest({}, "workspaces/w");
  ASSERT_TRUE(request.ok()) << request.status();
  metrics::v1::QueryKpiRequest expected;
  expected.set_parent("workspaces/w");
  expected.set_group_by(metrics::v1::GROUP_BY_ORG);
  EXPECT_EQ(request->SerializeAsString(), expected.SerializeAsString());
}

TEST(KpiQueryTest, FiltersOfOneGroupingAddUp) {
  KpiQueryArguments arguments;
  arguments.filters = {"rep=R1", "segment=smb", "rep=R2,R3"};
  const auto request = MakeKpiRequest(arguments, "workspaces/w");
  ASSERT_TRUE(request.ok()) << request.status();
  ASSERT_EQ(request->filters_size(), 2);
  EXPECT_EQ(request->filters(0).ids_size(), 3);
  EXPECT_EQ(request->filters(0).ids(2), "R3");
  EXPECT_EQ(request->filters(1).dimension(), metrics::v1::GROUP_BY_SEGMENT);
}

TEST(KpiQueryTest, ASeriesNeedsItsFirstPeriod) {
  KpiQueryArguments arguments;
  arguments.to = "2017Q3";
  EXPECT_TRUE(IsUsageError(MakeKpiRequest(arguments, "workspaces/w").status()));
  arguments.period = "2017Q1";
  EXPECT_EQ(MakeKpiRequest(arguments, "workspaces/w")->last_period(), "2017Q3");
}

TEST(KpiQueryTest, WrongWordsAreUsageErrors) {
  KpiQueryArguments by;
  by.by = "reps";
  KpiQueryArguments then_by;
  then_by.then_by = "reps";
  KpiQueryArguments filters;
  filters.filters = {"rep"};
  KpiQueryArguments compare;
  compare.compare = "x";
  KpiQueryArguments as_of;
  as_of.as_of = "x";
  for (const KpiQueryArguments& arguments : {by, then_by, filters, compare, as_of}) {
    EXPECT_TRUE(IsUsageError(MakeKpiRequest(arguments, "workspaces/w").status()));
  }
}

TEST(KpiQueryTest, FieldsAreNamedAsTyped) {
  for (const auto& [field, option] : {std::pair<const char*, const char*>{"group_by", "--by"},
                                      {"then_by", "--then-by"},
                                      {"filters", "--filter"},
                                      {"filters[3].ids", "--filter"},
                                      {"period", "--period"},
                                      {"first_period", "--period"},
                                      {"last_period", "--to"},
                                      {"comparison", "--compare"},
                                      {"horizon_days", "--horizon"},
                                      {"as_of.effective_date", "--as-of"},
                                      {"kpi", "--kpi"},
                                      {"parent", "parent"}}) {
    const absl::Status status = AsTyped(InvalidField(field, "GROUP_BY_REP is no grouping"));
    const std::optional<ErrorDetail> detail = GetDetail(status);
    ASSERT_TRUE(detail.has_value());
    EXPECT_EQ(detail->reason, "INVALID_FIELD");
    EXPECT_EQ(detail->field_violations[0].field, option);
    EXPECT_EQ(detail->field_violations[0].description, "rep is no grouping");
  }
}

TEST(KpiQueryTest, OtherErrorsStayAsTheyAre) {
  EXPECT_EQ(AsTyped(absl::UnavailableError("gone")), absl::UnavailableError("gone"));
  EXPECT_TRUE(IsUsageError(AsTyped(UsageError("x"))));
  EXPECT_TRUE(AsTyped(absl::OkStatus()).ok());
}

}  // namespace
}  // namespace quotacast::cli
