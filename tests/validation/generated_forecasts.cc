#include "tests/validation/generated_forecasts.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "quotacast/simulation/v1/backtest.pb.h"
#include "tests/integration/simulation_on_metrics.h"
#include "tests/validation/generated_company.h"
#include "tools/gen/options.h"

namespace quotacast::validation {
namespace {

// The quarters scored: the last four of a history of eleven.
constexpr char kFirstPeriod[] = "2026Q1";
constexpr char kLastPeriod[] = "2026Q4";

// 8 to 32 seats: the sizes at which a leader knows everybody.
gen::CompanyOptions OptionsOf(uint64_t seed, int company) {
  gen::CompanyOptions options;
  options.seed = StableId("validate", absl::StrCat(seed, "/", company));
  options.rep_count = 8 + static_cast<int>(options.seed % 25);
  options.start = absl::CivilDay(2024, 4, 1);
  options.last_day = absl::CivilDay(2026, 12, 31);
  return options;
}

const char* LevelName(simulation::v1::Level level) {
  switch (level) {
    case simulation::v1::LEVEL_ORG:
      return "organisation";
    case simulation::v1::LEVEL_TEAM:
      return "team";
    default:
      return "rep";
  }
}

const char* BaselineName(simulation::v1::Baseline baseline) {
  switch (baseline) {
    case simulation::v1::BASELINE_WEIGHTED_PIPELINE:
      return "B0";
    case simulation::v1::BASELINE_PIPELINE_CONVERSION:
      return "B1";
    default:
      return "B2";
  }
}

double MajorUnits(const google::type::Money& money) {
  return static_cast<double>(money.units()) + 1e-9 * money.nanos();
}

// Of one company, in order of period and week, the organisation first.
void Take(const std::vector<simulation::v1::ScoredForecast>& forecasts, int company, uint64_t seed,
          GeneratedForecasts& scores) {
  double booked = 0;  // Of the organisation in the period: the scale of the company.
  for (const auto& forecast : forecasts) {
    if (forecast.entity().level() == simulation::v1::LEVEL_ORG) {
      booked = MajorUnits(forecast.actual());
    }
    const std::string level = LevelName(forecast.entity().level());
    // Where an outcome ties with trials (a rep who books nothing), anywhere among them alike.
    const uint64_t line =
        StableId("line", absl::StrCat(company, "/", forecast.period(), "/", forecast.week(), "/",
                                      level, "/", forecast.entity().entity_id()));
    const double uniform = UniformOpen(RandomBlock(seed, line, 0, RandomPurpose::kSynthetic, 0)[0]);
    scores.outcomes.Add(absl::StrCat(level, ", week ", forecast.week()), company,
                        forecast.pit_low() + uniform * (forecast.pit_high() - forecast.pit_low()));
    if (booked <= 0) continue;
    for (const auto& baseline : forecast.baselines()) {
      if (!baseline.has_crps()) continue;
      auto& sums =
          scores.scores[absl::StrCat(level, " over ", BaselineName(baseline.baseline()))][company];
      sums[0] += forecast.crps() / booked;
      sums[1] += baseline.crps() / booked;
    }
  }
}

}  // namespace

absl::StatusOr<GeneratedForecasts> ScoreGeneratedForecasts(
    const GeneratedForecastsOptions& options) {
  GeneratedForecasts scores;
  for (int company = 0; company < options.company_count; ++company) {
    options.progress(company, options.company_count);
    QC_ASSIGN_OR_RETURN(const std::unique_ptr<GeneratedCompany> generated,
                        GeneratedCompany::Make(OptionsOf(options.seed, company)));
    simulation::v1::BacktestRequest request;
    request.set_parent(absl::StrCat("workspaces/", kWorkspace));
    request.set_first_period(kFirstPeriod);
    request.set_last_period(kLastPeriod);
    request.set_replay_mode(simulation::v1::REPLAY_MODE_RECORDED);
    request.set_seed(options.seed);
    const Backtested backtested = RunBacktestOn(generated->metrics(), request, options.threads);
    QC_RETURN_IF_ERROR(backtested.status);
    Take(backtested.forecasts, company, options.seed, scores);
    scores.refused_count += backtested.summary.refusals_size();
  }
  options.progress(options.company_count, options.company_count);
  return scores;
}

}  // namespace quotacast::validation
