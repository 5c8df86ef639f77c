#include "tests/support/forecast_calls.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clients/cpp/simulation_client.h"
#include "gtest/gtest.h"
#include "quotacast/type/v1/distribution.pb.h"

namespace quotacast::tests {
namespace {

using simulation::v1::EntityForecast;
using simulation::v1::ForecastResult;

// Figures are sums of doubles of this size and order; what remains is rounding.
constexpr double kRelativeTolerance = 1e-9;

double MajorUnits(const google::type::Money& money) {
  return static_cast<double>(money.units()) + money.nanos() * 1e-9;
}

const EntityForecast* FindOrg(const ForecastResult& result) {
  for (const EntityForecast& entity : result.entities()) {
    if (entity.entity().level() == simulation::v1::LEVEL_ORG) return &entity;
  }
  return nullptr;
}

void CheckEntity(const EntityForecast& entity) {
  SCOPED_TRACE(entity.display_name());
  EXPECT_NE(entity.display_name(), "");
  const type::v1::Distribution& bookings = entity.bookings();
  EXPECT_EQ(bookings.quantiles_size(), 9);
  for (int i = 1; i < bookings.quantiles_size(); ++i) {
    EXPECT_LE(bookings.quantiles(i - 1).value(), bookings.quantiles(i).value());
  }
  EXPECT_GE(bookings.mean().value(), MajorUnits(entity.booked()) * (1 - kRelativeTolerance));
  EXPECT_GE(bookings.mean().total_error(), 0);
  if (entity.has_attain_probability()) {
    EXPECT_GE(entity.attain_probability().value(), 0);
    EXPECT_LE(entity.attain_probability().value(), 1);
    EXPECT_GT(MajorUnits(entity.quota()), 0);
  }
}

}  // namespace

absl::StatusOr<simulation::v1::ComparisonResult> CompareScenarios(
    const std::shared_ptr<grpc::Channel>& channel,
    const simulation::v1::CompareScenariosRequest& request) {
  simulation::v1::ComparisonResult result;
  bool has_result = false;
  bool progress_ascends = true;
  int64_t trials_done = 0;
  const absl::Status status = clients::SimulationClient(channel).CompareScenarios(
      request, [&](simulation::v1::CompareScenariosResponse&& response) {
        if (response.has_progress()) {
          progress_ascends = progress_ascends && response.progress().trials_done() >= trials_done;
          trials_done = response.progress().trials_done();
        } else {
          has_result = true;
          result = std::move(*response.mutable_result());
        }
        return true;
      });
  if (!status.ok()) return status;
  if (!has_result) return absl::InternalError("the stream ended without a result");
  if (!progress_ascends) return absl::InternalError("progress went backwards");
  return result;
}

simulation::v1::Scenario CoachingAndTwoHires(const std::string& team_id,
                                             const std::string& other_team_id, int year,
                                             int month) {
  simulation::v1::Scenario scenario;
  scenario.set_display_name("coaching and two hires");
  simulation::v1::InitiativeChange& coaching = *scenario.add_initiatives();
  coaching.set_initiative_id("coaching");
  coaching.set_display_name("Discovery coaching");
  coaching.mutable_effect()->mutable_win()->set_mean(0.15);
  coaching.mutable_effect()->mutable_win()->set_sd(0.05);
  coaching.mutable_start_date()->set_year(year);
  coaching.mutable_start_date()->set_month(month);
  coaching.mutable_start_date()->set_day(2);
  coaching.mutable_adoption()->set_half_time_weeks(2);
  coaching.mutable_adoption()->set_width_weeks(4);
  for (const std::string& team : {team_id, other_team_id}) {
    simulation::v1::HireChange& hire = *scenario.add_hires();
    hire.set_hire_id(absl::StrCat("hire-", scenario.hires_size()));
    hire.set_team_id(team);
    hire.mutable_start_date()->set_year(year);
    hire.mutable_start_date()->set_month(month);
    hire.mutable_start_date()->set_day(2);
    hire.set_ramp_weeks(4);
  }
  return scenario;
}

int CountEntities(const ForecastResult& result, simulation::v1::Level level) {
  int count = 0;
  for (const EntityForecast& entity : result.entities()) {
    if (entity.entity().level() == level) ++count;
  }
  return count;
}

void CheckForecast(const ForecastResult& result) {
  const EntityForecast* org = FindOrg(result);
  ASSERT_NE(org, nullptr);
  double rep_mean_sum = 0;
  double rep_quota_sum = 0;
  for (const EntityForecast& entity : result.entities()) {
    CheckEntity(entity);
    if (entity.entity().level() != simulation::v1::LEVEL_REP) continue;
    rep_mean_sum += entity.bookings().mean().value();
    rep_quota_sum += MajorUnits(entity.quota());
  }
  const double org_mean = org->bookings().mean().value();
  EXPECT_GT(org_mean, 0);
  EXPECT_TRUE(org->has_attain_probability());
  EXPECT_NEAR(rep_mean_sum, org_mean, org_mean * kRelativeTolerance);
  EXPECT_NEAR(rep_quota_sum, MajorUnits(org->quota()), 0.005);
  EXPECT_NE(result.summary(), "");
  EXPECT_GT(result.org_fan_size(), 2);
  EXPECT_GT(result.eligible_rep_count(), 0);
}

void CheckComparison(const simulation::v1::ComparisonResult& comparison,
                     const simulation::v1::ForecastResponse& base) {
  ASSERT_EQ(comparison.scenarios_size(), 2) << comparison.ShortDebugString().substr(0, 2000);
  const ForecastResult& first = comparison.scenarios(0).outcome().forecast();
  const ForecastResult& second = comparison.scenarios(1).outcome().forecast();
  // Comparing changes nothing about a scenario: the same trials give the same figures.
  ASSERT_EQ(first.entities_size(), base.outcome().forecast().entities_size());
  for (int i = 0; i < first.entities_size(); ++i) {
    EXPECT_EQ(first.entities(i).SerializeAsString(),
              base.outcome().forecast().entities(i).SerializeAsString());
  }
  EXPECT_EQ(CountEntities(second, simulation::v1::LEVEL_REP),
            CountEntities(first, simulation::v1::LEVEL_REP) + 2);

  ASSERT_GT(comparison.scenarios(1).differences_size(), 0);
  const simulation::v1::EntityDifference& org = comparison.scenarios(1).differences(0);
  ASSERT_EQ(org.entity().level(), simulation::v1::LEVEL_ORG);
  const EntityForecast* first_org = FindOrg(first);
  const EntityForecast* second_org = FindOrg(second);
  ASSERT_NE(first_org, nullptr);
  ASSERT_NE(second_org, nullptr);
  const double first_mean = first_org->bookings().mean().value();
  const double second_mean = second_org->bookings().mean().value();
  EXPECT_GT(second_mean, first_mean);
  EXPECT_NEAR(org.difference().mean().value(), second_mean - first_mean,
              second_mean * kRelativeTolerance);
  EXPECT_GT(org.better_probability().value(), 0.5);
  EXPECT_LE(org.better_probability().value() + org.tie_probability().value(),
            1 + kRelativeTolerance);
  EXPECT_NE(comparison.scenarios(1).summary(), "");
}

}  // namespace quotacast::tests
