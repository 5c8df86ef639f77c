// A synthetic sales organisation with known truth. Everything is a function of the options, so
// the same seed gives the same company on every machine.
//
// The process it follows is plain on purpose and is not the model that Quotacast fits: deals move
// day by day in continuous-time Weibull sojourns, the market factor changes every quarter, reps
// differ, ramp up and leave. docs/model.md says what the fit assumes.
#ifndef QUOTACAST_TOOLS_GEN_COMPANY_H_
#define QUOTACAST_TOOLS_GEN_COMPANY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace quotacast::gen {

inline constexpr int kStageCount = 4;
inline constexpr int kSegmentCount = 3;
inline constexpr int kMaxReps = 2'000;

// What to make.
struct CompanyOptions {
  uint64_t seed = 7;
  int rep_count = 24;                    // 1..kMaxReps, spread over the teams.
  absl::CivilDay start{2024, 7, 1};      // First day of business.
  absl::CivilDay last_day{2026, 9, 30};  // Last day the export knows.
};

// How deals of one segment truly behave.
struct SegmentTruth {
  std::string id;
  double creation_per_week = 0;  // Deals a ramped rep creates.
  std::array<double, kStageCount> advance_probability{};
  std::array<double, kStageCount> dwell_scale_weeks{};  // Weibull scale; shape kDwellShape.
  double amount_median = 0;                             // Major units.
  double amount_log_sd = 0;
  std::string product_id;
};

inline constexpr double kDwellShape = 1.3;

struct Team {
  std::string id;
  std::string name;
  std::string parent_id;  // Empty at the top.
};

struct Rep {
  std::string id;
  std::string name;
  std::string team_id;
  std::optional<absl::CivilDay> start;  // Absent: there from the beginning.
  std::optional<absl::CivilDay> end;
  double ability = 0;  // Probit shift at every stage.
};

// A deal and its whole life, also beyond what the export knows.
struct Deal {
  std::string id;
  int rep = 0;
  int segment = 0;
  int account = 0;
  absl::CivilDay created;
  absl::CivilDay expected_close;
  int64_t amount = 0;         // Stated, major units.
  int64_t booked_amount = 0;  // If won.
  // Day each open stage was entered; shorter than kStageCount when lost on the way.
  std::vector<absl::CivilDay> entered;
  absl::CivilDay closed;
  bool won = false;
};

struct Quota {
  int rep = 0;
  std::string period;
  int64_t amount = 0;  // Major units.
};

struct Account {
  std::string id;
  std::string name;
  std::string industry;
  std::string location;
};

// The company: its truth and its history.
struct Company {
  CompanyOptions options;
  std::vector<SegmentTruth> segments;
  std::vector<Team> teams;  // Parents first.
  std::vector<Rep> reps;
  std::vector<Account> accounts;
  std::vector<Deal> deals;    // In order of creation.
  std::vector<Quota> quotas;  // From the second full quarter to two quarters past the last day.
};

// Makes a company. INVALID_ARGUMENT names the option and its value.
absl::StatusOr<Company> MakeCompany(const CompanyOptions& options);

// Bookings (major units) of deals won in [from, to): what truly happened.
int64_t Bookings(const Company& company, absl::CivilDay from, absl::CivilDay to);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_COMPANY_H_
