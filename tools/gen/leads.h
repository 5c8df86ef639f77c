// Leads: where they come from, how fast and how often somebody reaches out, and what becomes of
// them. The faster the first touch, the likelier a lead becomes a deal.
#ifndef QUOTACAST_TOOLS_GEN_LEADS_H_
#define QUOTACAST_TOOLS_GEN_LEADS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/gen/company.h"

namespace quotacast::gen {

// Part of new deals that comes from leads; the rest is prospected.
inline constexpr double kLeadShare = 0.4;

// How soon a lead is touched, in business minutes, how often that happens, and what it is worth.
struct ResponseClass {
  const char* id;
  double share;
  int from_minutes;
  int to_minutes;
  double conversion;
};
inline constexpr std::array<ResponseClass, 4> kResponses = {{{"within_the_hour", 0.38, 4, 60, 0.42},
                                                             {"same_day", 0.40, 61, 480, 0.36},
                                                             {"later", 0.16, 481, 2'400, 0.25},
                                                             {"never", 0.06, 0, 0, 0.0}}};

struct LeadSource {
  const char* id;
  double share;
  bool is_inbound;
};
inline constexpr std::array<LeadSource, 6> kLeadSources = {{{"web", 0.30, true},
                                                            {"organic_search", 0.22, true},
                                                            {"event", 0.12, true},
                                                            {"partner", 0.10, true},
                                                            {"referral", 0.08, true},
                                                            {"list", 0.18, false}}};

inline constexpr std::array<const char*, 6> kDisqualifications = {
    "no budget",       "too small",   "no need", "student or competitor",
    "does not answer", "wrong region"};

struct Lead {
  int64_t number = 0;  // 1, 2, ... in order of arrival.
  uint64_t key = 0;    // Of its draws.
  int rep = 0;
  int segment = 0;
  int account = 0;
  int source = 0;    // Index into kLeadSources.
  int response = 0;  // Index into kResponses.
  int64_t created_minute = 0;
  std::optional<int64_t> first_touch_minute;
  std::vector<int64_t> touch_minutes;  // The first included.
  // At most one of the two; neither while somebody still works on it.
  std::optional<absl::CivilDay> converted;
  std::optional<absl::CivilDay> disqualified;
  int disqualification = 0;  // Index into kDisqualifications.
};

std::string LeadId(int64_t number);  // "L000001".

// The instants at which a lead was given up and became a deal; such leads only. Never before the
// last touch, which may be on the same day.
int64_t DisqualifiedMinute(const Lead& lead);
int64_t ConvertedMinute(const Lead& lead);

// Probability that a lead becomes a deal, over all response classes.
double MeanConversion();

// Leads that come to the rep in a seat in the week that begins on `week_start`, without numbers.
std::vector<Lead> LeadsOfWeek(const Company& company, int seat, absl::CivilDay week_start);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_LEADS_H_
