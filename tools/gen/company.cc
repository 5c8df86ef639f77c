#include "tools/gen/company.h"

#include <utility>

#include "base/status_macros.h"
#include "simulator/engine/deterministic_math.h"
#include "tools/gen/days.h"
#include "tools/gen/leads.h"
#include "tools/gen/quotas.h"

namespace quotacast::gen {
namespace {

constexpr double kCleanUpAtShare = 0.7;

std::vector<SegmentTruth> Segments() {
  std::vector<SegmentTruth> segments = {
      {"smb", 1.30, {0.62, 0.70, 0.75, 0.80}, {}, {1.8, 1.8, 2.2, 1.4}, 8'000, 0.6, "Core"},
      {"mid_market", 0.80, {0.58, 0.66, 0.72, 0.78}, {}, {3.0, 3.0, 3.8, 2.0}, 30'000, 0.7, "Plus"},
      {"enterprise",
       0.15,
       {0.55, 0.62, 0.70, 0.76},
       {},
       {4.5, 5.5, 6.5, 4.0},
       110'000,
       0.8,
       "Suite"},
      {"renewal", 0, {0.93, 0.94, 0.95, 0.96}, {}, {1.5, 1.2, 2.0, 1.5}, 0, 0, "Care"},
  };
  for (SegmentTruth& segment : segments) {
    for (int stage = 0; stage < kStageCount; ++stage) {
      segment.advance_probit[stage] = simulator::NormalQuantile(segment.advance_probability[stage]);
    }
  }
  return segments;
}

// The last workday of the month at that share of the history: when a new head of sales looks in.
absl::CivilDay CleanUpDay(const CompanyOptions& options) {
  const absl::CivilDay end = QuarterAtShare(options, kCleanUpAtShare);
  return WorkdayNear(end + 45, options.start);
}

}  // namespace

absl::StatusOr<Company> MakeCompany(const CompanyOptions& options) {
  QC_RETURN_IF_ERROR(CheckOptions(options));
  Company company;
  company.options = options;
  company.segments = Segments();
  company.people = MakePeople(options);
  company.market = MakeMarket(options, static_cast<int>(company.people.teams.size()));
  company.initiatives = MakeInitiatives(options, company.people);
  company.clean_up = CleanUpDay(options);
  company.quotas = MakeQuotas(options, company.people, company.segments);
  return company;
}

double ProspectingRate(const Company& company, int rep, int segment, absl::CivilDay day) {
  const Rep& who = company.people.reps[rep];
  const double productivity = Productivity(who, day);
  if (productivity == 0) return 0;
  const double effect =
      EffectOn(company.initiatives, Driver::kCreation, 0, company.people, rep, day);
  return (1 - kLeadShare) * company.segments[segment].creation_per_week * productivity * who.pace *
         Season(day) * simulator::Exp(effect);
}

double LeadRate(const Company& company, int rep, int segment, absl::CivilDay day) {
  const double productivity = Productivity(company.people.reps[rep], day);
  return kLeadShare * company.segments[segment].creation_per_week * productivity * Season(day) /
         MeanConversion();
}

}  // namespace quotacast::gen
