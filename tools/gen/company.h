// A synthetic sales organisation with known truth. Everything is a function of the options, so
// the same seed gives the same company on every machine.
//
// The process it follows is plain on purpose and is not the model that Quotacast fits: deals move
// day by day in continuous-time Weibull sojourns, skip stages and fall back, the market factor
// changes every quarter, wins bunch at the end of quarters, reps differ, ramp up, are away and
// leave. docs/model.md says what the fit assumes.
//
// What is here has the size of the organisation. What happens to it, which has the size of its
// history, is made week by week: see history.h.
#ifndef QUOTACAST_TOOLS_GEN_COMPANY_H_
#define QUOTACAST_TOOLS_GEN_COMPANY_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "tools/gen/initiatives.h"
#include "tools/gen/market.h"
#include "tools/gen/options.h"
#include "tools/gen/people.h"

namespace quotacast::gen {

// Open stages; a deal beyond the last is won.
inline constexpr int kStageCount = 4;
inline constexpr int kWonStage = kStageCount;
inline constexpr int kLostStage = kStageCount + 1;
inline constexpr std::array<const char*, kStageCount + 2> kStageIds = {
    "Discovery", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost"};

// Size bands, and renewals, which come from earlier wins only.
inline constexpr int kSizeBandCount = 3;
inline constexpr int kRenewalSegment = kSizeBandCount;
inline constexpr int kSegmentCount = kSizeBandCount + 1;

// How deals of one segment truly behave.
struct SegmentTruth {
  std::string id;
  double creation_per_week = 0;  // New deals of a ramped rep of pace 1, before season.
  std::array<double, kStageCount> advance_probability{};
  std::array<double, kStageCount> advance_probit{};     // The same as a probit.
  std::array<double, kStageCount> dwell_scale_weeks{};  // Weibull scale; shape kDwellShape.
  double amount_median = 0;                             // Major units.
  double amount_log_sd = 0;
  std::string product_id;
};

inline constexpr double kDwellShape = 1.3;

enum class QuotaKind { kStreet, kPlan, kRollUp };

// A quota of a rep or of a team.
struct Quota {
  QuotaKind kind = QuotaKind::kStreet;
  int rep = -1;
  int team = -1;
  int quarter = 0;     // As QuarterOf.
  int64_t amount = 0;  // Major units.
};

struct Company {
  CompanyOptions options;
  std::vector<SegmentTruth> segments;
  People people;
  Market market;
  std::vector<Initiative> initiatives;
  absl::CivilDay clean_up;    // On this day old open deals are closed as lost in bulk.
  std::vector<Quota> quotas;  // From the second full quarter to two quarters past the last day.
};

// Makes a company. INVALID_ARGUMENT names the option and its value. Takes time and memory in
// proportion to the seats.
absl::StatusOr<Company> MakeCompany(const CompanyOptions& options);

// Deals of a size band that the rep in a seat creates a week, on average, by prospecting.
double ProspectingRate(const Company& company, int rep, int segment, absl::CivilDay day);

// Leads of a size band that come to the rep a week, on average.
double LeadRate(const Company& company, int rep, int segment, absl::CivilDay day);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_COMPANY_H_
