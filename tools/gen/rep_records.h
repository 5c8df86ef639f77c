// What is kept about reps beside their deals: changes of team and status, times in territories,
// trainings, compensation plans, and their own forecasts with the bias of their temper.
#ifndef QUOTACAST_TOOLS_GEN_REP_RECORDS_H_
#define QUOTACAST_TOOLS_GEN_REP_RECORDS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/gen/company.h"
#include "tools/gen/history.h"

namespace quotacast::gen {

enum class RepStatus { kActive, kOnLeave, kLeft };

// One dated change of a rep.
struct RepChange {
  absl::CivilDay day;
  std::optional<int> team;
  std::optional<RepStatus> status;
  std::optional<absl::CivilDay> end;
};

struct TerritoryAssignment {
  int seat = 0;
  int rep = 0;
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;  // Also after the export.
};

enum class TrainingKind { kClient, kProduct, kSkill };

struct Training {
  std::string id;
  int rep = 0;
  TrainingKind kind = TrainingKind::kSkill;
  const char* topic = "";
  int duration_minutes = 0;
  absl::CivilDay day;
};

struct RepForecast {
  int rep = 0;
  int quarter = 0;  // As QuarterOf.
  absl::CivilDay day;
  // Major units.
  int64_t low = 0;
  int64_t expected = 0;
  int64_t high = 0;
  int64_t commit = 0;
  int64_t best_case = 0;
};

struct CompPlanTier {
  int from_attainment_percent;
  int rate_percent;
};

struct CompPlan {
  const char* id;
  const char* name;
  int64_t base_pay;  // Major units, a year.
  int64_t on_target_earnings;
  int64_t commission_cap;  // 0: none.
  int64_t draw;            // 0: none.
  std::array<CompPlanTier, 3> tiers;
};
// Ramping reps have the first; the second is for those of more than two years.
inline constexpr std::array<CompPlan, 2> kCompPlans = {
    {{"ae", "Account Executive", 60'000, 120'000, 0, 4'000, {{{0, 7}, {80, 9}, {100, 12}}}},
     {"senior_ae",
      "Senior Account Executive",
      75'000,
      150'000,
      400'000,
      0,
      {{{0, 6}, {80, 9}, {100, 13}}}}}};

// A forecast strays from what comes by a normal on the log scale with this deviation at the start
// of a quarter, less and less towards its end, and by the bias of the rep's temper likewise.
inline constexpr double kForecastLogSd = 0.25;
// Days of a quarter on which reps hand in a forecast.
inline constexpr std::array<int, 4> kForecastDays = {4, 32, 60, 81};

int CompPlanOf(const Rep& rep, absl::CivilDay day);  // Index into kCompPlans.

double LogBias(Temper temper);

// After the hiring, in order of time.
std::vector<RepChange> ChangesOf(const Company& company, int rep);

// By seat, in order of time: the rep of the seat, or the colleague who covers a vacancy.
std::vector<TerritoryAssignment> AssignmentsOf(const Company& company, int seat);

// In order of time, up to the horizon.
std::vector<Training> TrainingsOf(const Company& company, int rep);

// Forecasts of one quarter, on the days on which the rep is at work.
std::vector<RepForecast> ForecastsOf(const Company& company, const Ledger& ledger, int rep,
                                     int quarter);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_REP_RECORDS_H_
