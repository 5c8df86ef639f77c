// What reps do: calls, mails, meetings and demos about deals and leads, mails that a program
// sends, internal meetings, and promises to customers, kept in time or late.
#ifndef QUOTACAST_TOOLS_GEN_ACTIVITIES_H_
#define QUOTACAST_TOOLS_GEN_ACTIVITIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/gen/company.h"
#include "tools/gen/deals.h"
#include "tools/gen/leads.h"

namespace quotacast::gen {

inline constexpr double kActivitiesPerWeek = 0.5;  // Of a deal in an open stage.
inline constexpr int kMostActivitiesPerStage = 4;
inline constexpr double kAutomatedMailShare = 0.25;  // Of deals: a sequence sends a mail.
inline constexpr double kCommitmentShare = 0.35;     // Of deals that reach the third stage.

enum class ActivityKind { kCall, kEmail, kMeeting, kDemo, kInternal };

struct Activity {
  std::string id;
  ActivityKind kind = ActivityKind::kCall;
  int rep = 0;
  int64_t deal = 0;  // Number, or 0.
  int64_t lead = 0;  // Number, or 0.
  int account = -1;
  int64_t start_minute = 0;
  int duration_minutes = 0;
  bool is_automated = false;
  bool is_inbound = false;
};

struct Commitment {
  std::string id;
  int rep = 0;
  int account = 0;
  int64_t deal = 0;
  const char* topic = "";
  absl::CivilDay made;
  absl::CivilDay due;
  absl::CivilDay done;  // Also after the export.
};

// All of a life, also beyond the last day; a deal that never closes is worked on for some weeks.
std::vector<Activity> ActivitiesOf(const Company& company, const Deal& deal);
std::vector<Activity> ActivitiesOf(const Company& company, const Lead& lead);
std::vector<Commitment> CommitmentsOf(const Company& company, const Deal& deal);

// The internal meetings of a rep in the week that begins on `week_start`.
std::vector<Activity> InternalMeetings(const Company& company, int rep, absl::CivilDay week_start);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_ACTIVITIES_H_
