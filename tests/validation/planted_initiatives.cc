#include "tests/validation/planted_initiatives.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "tests/validation/generated_company.h"
#include "tools/gen/company.h"
#include "tools/gen/initiatives.h"
#include "tools/gen/options.h"

namespace quotacast::validation {
namespace {

// As the companies that are forecast; 12 to 36 seats, so that teams have both.
gen::CompanyOptions OptionsOf(uint64_t seed, int company) {
  gen::CompanyOptions options;
  options.seed = StableId("initiatives", absl::StrCat(seed, "/", company));
  options.rep_count = 12 + static_cast<int>(options.seed % 25);
  options.start = absl::CivilDay(2024, 4, 1);
  options.last_day = absl::CivilDay(2026, 12, 31);
  return options;
}

// What a leader would state: the mean ceiling, and the curve that lies nearest to the generator's
// 1 - exp(-t / 5 weeks): the same half time and the same width from 10 to 90 %.
void SetAdoption(metrics::v1::InitiativeRun& run) {
  run.set_adoption_ceiling((gen::kAdoptionCeilingLow + gen::kAdoptionCeilingHigh) / 2);
  run.set_adoption_half_time_weeks(gen::kAdoptionWeeks * std::log(2.0));
  run.set_adoption_width_weeks(gen::kAdoptionWeeks * std::log(9.0));
}

metrics::v1::InitiativeRun RunOf(const gen::Company& company, const gen::Initiative& initiative) {
  metrics::v1::InitiativeRun run;
  run.set_initiative_id(initiative.id);
  run.set_driver(initiative.driver == gen::Driver::kWin ? type::v1::INITIATIVE_DRIVER_WIN
                                                        : type::v1::INITIATIVE_DRIVER_CREATION);
  for (const int stage : initiative.stages) {
    run.add_stage_ids(gen::kStageIds[static_cast<size_t>(stage)]);
  }
  for (const gen::Rep& rep : company.people.reps) {
    const int wave = initiative.wave_of_seat[static_cast<size_t>(rep.seat)];
    if (wave < 0) continue;
    const absl::CivilDay start =
        std::max(initiative.waves[static_cast<size_t>(wave)].start, rep.start);
    if (start > company.options.last_day) continue;
    metrics::v1::RunParticipant& participant = *run.add_participants();
    participant.set_rep_id(rep.id);
    participant.set_headroom(1);
    participant.mutable_start_date()->set_year(static_cast<int>(start.year()));
    participant.mutable_start_date()->set_month(start.month());
    participant.mutable_start_date()->set_day(start.day());
  }
  SetAdoption(run);
  run.mutable_stated()->set_mean(0.1);
  run.mutable_stated()->set_sd(0.1);
  return run;
}

}  // namespace

absl::StatusOr<IntervalTally> TallyPlantedInitiatives(const PlantedInitiativesOptions& options) {
  IntervalTally tally;
  for (int number = 0; number < options.company_count; ++number) {
    options.progress(number, options.company_count);
    const gen::CompanyOptions of_company = OptionsOf(options.seed, number);
    QC_ASSIGN_OR_RETURN(const gen::Company company, gen::MakeCompany(of_company));
    QC_ASSIGN_OR_RETURN(const std::unique_ptr<GeneratedCompany> generated,
                        GeneratedCompany::Make(of_company));
    metrics::v1::MeasureInitiativesRequest request;
    request.set_parent(absl::StrCat("workspaces/", kWorkspace));
    for (const gen::Initiative& initiative : company.initiatives) {
      *request.add_runs() = RunOf(company, initiative);
    }
    QC_ASSIGN_OR_RETURN(const metrics::v1::MeasureInitiativesResponse response,
                        generated->metrics().MeasureInitiatives(request, {}));
    for (int i = 0; i < response.measurements_size(); ++i) {
      const type::v1::InitiativeMeasurement& measured = response.measurements(i);
      if (!measured.has_history()) continue;
      const double z =
          (company.initiatives[static_cast<size_t>(i)].effect - measured.history().mean()) /
          measured.history().sd();
      tally.Add(measured.initiative_id(), number, 0.5 * std::erfc(-z * M_SQRT1_2));
    }
  }
  options.progress(options.company_count, options.company_count);
  return tally;
}

}  // namespace quotacast::validation
