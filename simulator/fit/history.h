// The sales history a model is fitted on: what was known at the end of the as-of day, and nothing
// later. The caller builds it from the CRM's stage history; ages, skips, regressions and windows
// are worked out here and in exposure.h, so that every source is treated alike.
#ifndef QUOTACAST_SIMULATOR_FIT_HISTORY_H_
#define QUOTACAST_SIMULATOR_FIT_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"

namespace quotacast::simulator {

// A deal entering an open stage.
struct StageVisit {
  int stage = 0;  // Position in History::stages.
  absl::CivilDay entered;
};

// From `said` on, the deal's amount was stated to be this; any sign, 0 where nobody knew.
struct AmountStatement {
  absl::CivilDay said;
  int64_t minor_units = 0;
};

// Where a deal stands at the end of the as-of day.
enum class DealEnd { kOpen, kWon, kLost };

// What a deal came from, where the history tells: a lead of History::leads, or an earlier win of
// the same customer. Everything else is new business that a rep created.
enum class DealOrigin { kCreated, kLead, kRenewal, kExpansion };

// One dated opportunity. Rules for what real CRMs contain:
//
// * Stage skipped on the way up (Discovery -> Proposal, or Won from Discovery; also a first visit
//   beyond the first stage): every stage in between was visited for zero days and advanced.
// * Regression (a visit to the same or an earlier stage): the visit before it ends on that day
//   by going back - it neither advanced nor was lost - and the new visit starts at age 0.
// * Created already closed (no visits; or the closing day is the day of creation): won passed
//   every stage on that day; lost left the first stage (or the one stated) on that day. Without
//   any visit the deal stood in the first stage from `created` on.
// * Time between `created` and the first visit belongs to no stage.
// * Deals without any date cannot be placed in time: leave them out, count `undated_count`.
struct HistoryDeal {
  std::string id;   // The CRM's id; unique.
  int rep = 0;      // Position in History::reps: the owner at the end of the as-of day.
  int segment = 0;  // Position in History::segments.
  absl::CivilDay created;
  std::vector<StageVisit> visits;  // In order of time; days may repeat, none before `created`.
  DealEnd end = DealEnd::kOpen;
  absl::CivilDay end_day;  // Day it was won or lost; ignored while open. Not before any visit.
  // Booked amount in minor units, >= 0; only read for won deals. Absent when the CRM has none.
  std::optional<int64_t> won_amount_minor_units;
  // What was stated while it was under way, in order of time; what lies after its end is ignored.
  std::vector<AmountStatement> stated_amounts;
  DealOrigin origin = DealOrigin::kCreated;
  // Of a renewal or expansion: the won deal it follows, a position in History::deals. Won by the
  // day this one was created.
  int predecessor = -1;
};

enum class LeadEnd { kOpen, kConverted, kDropped };

// A lead: converted on the day its deal was created.
struct HistoryLead {
  std::string id;   // The CRM's id; unique.
  int rep = 0;      // Who works on it, at the end of the as-of day.
  int segment = 0;  // Position in History::segments.
  absl::CivilDay created;
  LeadEnd end = LeadEnd::kOpen;
  absl::CivilDay end_day;  // Ignored while open. Not before `created`.
};

// Somebody who owns or owned deals.
struct HistoryRep {
  std::string id;  // Unique.
  int team = 0;    // Position in History::teams.
  // First day in the job; absent: fully ramped before the window.
  std::optional<absl::CivilDay> start;
  // First day no longer in the job; absent: still there.
  std::optional<absl::CivilDay> end;
};

// Of History::periods the fit reads the last of these that had begun by the as-of day.
inline constexpr size_t kMaxHistoryPeriods = 24;

struct History {
  std::vector<std::string> segments;  // 1 to kMaxSegments, unique names.
  std::vector<std::string> stages;    // Open stages in order; 1 to kMaxStages, unique names.
  std::vector<HistoryRep> reps;       // At most kMaxReps. The order becomes the model's.
  std::vector<std::string> teams;     // Teams that have reps or may hire; unique names.
  std::vector<HistoryDeal> deals;     // Any order: the fit does not depend on it.
  // Any order. None: leads are not told apart, and no deal's origin is a lead.
  std::vector<HistoryLead> leads;
  std::string currency;  // Of all amounts, ISO 4217.
  absl::CivilDay as_of;  // Last day known, inclusive. No date may lie after it.
  // Fiscal periods from the first deal to the as-of day, contiguous, the last may end later. None:
  // no rhythm of periods is looked for. Days they do not cover count as days of no part.
  std::vector<FiscalPeriod> periods;
  int64_t undated_count = 0;  // Deals left out because nothing dates them.
};

// INVALID_ARGUMENT (INVALID_FIELD) names the fields at fault by path
// ("deals[17].visits[2].entered") with their values: positions out of range, names or ids that
// repeat or are empty, dates out of order or after `as_of`, negative amounts, a rep whose end lies
// before the start, periods that are empty or not contiguous. An empty list of deals is valid.
absl::Status ValidateHistory(const History& history);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_HISTORY_H_
