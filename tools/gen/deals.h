// Deals and their whole lives, also beyond what the export knows: stages with skips and falls
// back, amounts that are revised, closing days that are pushed, owners who leave, wins that bunch
// at the end of a quarter, deals that never close, reopened ones and wins that turn out lost.
#ifndef QUOTACAST_TOOLS_GEN_DEALS_H_
#define QUOTACAST_TOOLS_GEN_DEALS_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/gen/company.h"
#include "tools/gen/leads.h"

namespace quotacast::gen {

// Shares of what befalls deals. A decision is the end of a stay in a stage that is not a fall back.
inline constexpr double kSkipShare = 0.04;          // Of advances, where there is a stage to skip.
inline constexpr double kFallBackShare = 0.04;      // Of ends of stays, beyond the first stage.
inline constexpr double kNeverClosingShare = 0.03;  // Of deals: stuck in one of the first 3 stages.
inline constexpr double kReopenedShare = 0.02;      // Of losses, once per deal.
inline constexpr double kWonToLostShare = 0.012;    // Of wins.
inline constexpr double kDeletedShare = 0.004;      // Of deals: entered by mistake.
inline constexpr double kDuplicateShare = 0.004;    // Of deals: merged into another one.
inline constexpr double kSplitShare = 0.06;         // Of deals: credit is shared with a colleague.
inline constexpr double kOverlayShare = 0.01;       // Of deals: a specialist has credit beside.
inline constexpr double kRevisionShare = 0.15;      // Of stage entries: the amount is revised.
inline constexpr double kRevisionLogMean = -0.03;
inline constexpr double kRevisionLogSd = 0.15;
inline constexpr double kBookedLogMean = -0.03;  // Discounts on the way to the signature.
inline constexpr double kBookedLogSd = 0.08;
// Probit shifts of decisions.
inline constexpr double kReassignedShift = -0.15;  // After the owner left.
inline constexpr double kReopenedShift = -0.20;
inline constexpr double kDiscoveryShiftPerPoint = 0.05;  // Rating 1 to 5, from its mean.
inline constexpr double kDiscoveryMean = 3.08;
// Quarter-end bunching: a win in the last kHeldBackDays of a quarter waits with probability
// kHeldBackShare for its last kRushDays; one in the first kPulledForwardDays of the next is pulled
// there with probability kPulledForwardShare.
inline constexpr int kRushDays = 5;
inline constexpr int kHeldBackDays = 21;
inline constexpr double kHeldBackShare = 0.5;
inline constexpr int kPulledForwardDays = 14;
inline constexpr double kPulledForwardShare = 0.25;
// The bulk clean-up closes what is older than this.
inline constexpr int kCleanUpAgeDays = 200;
// Follow-up business of a win that is no renewal itself.
inline constexpr double kRenewalShare = 0.25;
inline constexpr double kExpansionShare = 0.08;

enum class Motion { kNew, kExpansion, kRenewal };

enum class Field { kAmount, kExpectedClose, kOwner, kCategory };
enum class Category { kPipeline, kBestCase, kCommit };

inline constexpr std::array<const char*, 8> kLossReasons = {
    "price",  "competitor",      "no decision",       "no budget",
    "timing", "missing feature", "pipeline clean-up", "order cancelled"};
inline constexpr int kCompetitorReason = 1;
inline constexpr int kCleanUpReason = 6;
inline constexpr int kCancelledReason = 7;

struct StageEntry {
  absl::CivilDay day;
  int stage = 0;       // 0..kStageCount - 1, kWonStage or kLostStage.
  int64_t amount = 0;  // Stated then; booked for kWonStage. Major units.
  int reason = -1;     // Index into kLossReasons for kLostStage.
};

struct FieldChange {
  absl::CivilDay day;
  Field field = Field::kAmount;
  int64_t value = 0;  // Major units, a rep, a Category, or days since 1970-01-01.
};

struct Split {
  int rep = 0;
  int share_percent = 0;
  bool is_overlay = false;
};

// How a deal came about.
struct Origin {
  uint64_t key = 0;  // Of its draws.
  absl::CivilDay created;
  int rep = 0;
  int seat = 0;
  int segment = 0;
  int account = 0;
  Motion motion = Motion::kNew;
  int64_t amount = 0;                // 0: drawn.
  std::shared_ptr<const Lead> lead;  // The lead it was converted from.
};

struct Deal {
  int64_t number = 0;  // 1, 2, ... in order of creation.
  Origin origin;
  absl::CivilDay expected_close;  // As first stated.
  int64_t amount = 0;             // As first stated.
  int discovery_rating = 0;       // 1 to 5.
  bool never_closing = false;
  std::vector<StageEntry> path;      // In order of time; the first is the creation.
  std::vector<FieldChange> changes;  // In order of time.
  std::vector<Split> splits;         // Empty: the owner has all the credit.
  // At most one of the two; nothing happens to the deal from then on.
  std::optional<absl::CivilDay> deleted;
  std::optional<absl::CivilDay> merged;
  int64_t merged_into = 0;  // The number of the deal that stays, or 0.
  int last_owner = 0;

  bool IsWon() const { return path.back().stage == kWonStage; }
  bool IsOpen() const { return path.back().stage < kStageCount; }
};

std::string DealId(int64_t number);  // "D000001".

// Follows a deal to its end.
Deal MakeDeal(const Company& company, const Origin& origin);

// Deals that the rep in a seat creates by prospecting in the week that begins on `week_start`.
std::vector<Origin> ProspectedInWeek(const Company& company, int seat, absl::CivilDay week_start);

// The deal that a converting lead becomes.
Origin FromLead(const Company& company, const Lead& lead);

// Renewals and expansions that a deal leads to.
std::vector<Origin> FollowUps(const Company& company, const Deal& deal);

// The owner on a day, after that day's changes.
int OwnerOn(const Deal& deal, absl::CivilDay day);

// Whom a win's credit goes to, in percent of the booked amount; overlays left out. Adds up to 100.
std::vector<Split> Credits(const Deal& deal);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_DEALS_H_
