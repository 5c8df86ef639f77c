// The business as it stood at an as-of pair: what KPIs are computed from and models are fitted on.
// Plain values, built by Book::At and never changed afterwards; entities refer to each other by
// position in the vectors below.
#ifndef QUOTACAST_SERVICES_METRICS_BOOK_VIEW_H_
#define QUOTACAST_SERVICES_METRICS_BOOK_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/book_records.h"
#include "services/metrics/deal_columns.h"
#include "services/metrics/lazy_value.h"
#include "services/metrics/view_memo.h"

namespace quotacast::metrics {

// Ids of entities that facts refer to but no source describes.
inline constexpr char kUnassignedRepId[] = "(unassigned)";
inline constexpr char kNoTeamId[] = "(no team)";
inline constexpr char kDefaultSegmentId[] = "all";
inline constexpr char kNoStageId[] = "(no stage)";

// A fact known more than this many days after it was true was not recorded as it happened.
inline constexpr int kReconstructionLagDays = 3;

// The resolved as-of: facts effective on or before `effective_day` and recorded at or before
// `recorded_time`, which are the events up to `log_offset`.
struct ResolvedAsOf {
  absl::CivilDay effective_day;
  absl::Time recorded_time;
  int64_t log_offset = 0;
  bool operator==(const ResolvedAsOf&) const = default;
};

// Who a lost deal was lost to.
enum class LossKind {
  kNone,         // It is not lost.
  kCompetitive,  // A competitor, or whatever a source calls lost.
  kNoDecision,   // The customer decided nothing.
  kDisqualified  // We walked away.
};

// Where a rep counts a deal in a forecast call.
enum class DealCategory : uint8_t { kUnknown, kPipeline, kBestCase, kCommit, kClosed, kOmitted };

struct BookStage {
  std::string id;
  std::string label;
  int position = 0;  // Order among the open stages.
  StageCategory category = StageCategory::kOpen;
  LossKind loss = LossKind::kNone;
  std::optional<double> win_probability = {};  // That the source attaches to it, 0 to 1.
  bool operator==(const BookStage&) const = default;
};

struct BookTeam {
  std::string id;
  std::string display_name;
  int parent = -1;  // Always smaller than its own position; -1 at the top.
  bool operator==(const BookTeam&) const = default;
};

// What the company plans to book with a team in a period.
struct BookPlanQuota {
  int team = 0;
  std::string period;
  int64_t amount_minor_units = 0;
  bool operator==(const BookPlanQuota&) const = default;
};

struct BookRep {
  std::string id;
  std::string display_name;
  std::string role;
  std::string segment_id;  // The segment the rep sells to, as the source says; may be empty.
  int manager = -1;        // The rep who manages this one; -1: none stated.
  int team = 0;
  std::optional<absl::CivilDay> start_day;  // First day in the job.
  std::optional<absl::CivilDay> end_day;    // First day no longer in the job.
  // Latest quota per period name, ordered by name; minor units.
  std::vector<std::pair<std::string, int64_t>> quotas;
  bool operator==(const BookRep&) const = default;
};

struct BookProduct {
  std::string id;
  std::string display_name;
  std::string series;
  std::optional<int64_t> list_price_minor_units;
  bool operator==(const BookProduct&) const = default;
};

struct BookAccount {
  std::string id;
  std::string display_name;
  std::string industry;
  std::string location;
  int owner_rep = -1;  // -1: none stated.
  std::optional<int64_t> yearly_potential_minor_units;
  std::optional<absl::CivilDay> customer_since_day;
  std::string buyer_behaviour;
  bool operator==(const BookAccount&) const = default;
};

// What KPIs read of an account that go over all of them, most of which nobody describes.
struct AccountFigures {
  int owner_rep = -1;  // -1: none stated.
  std::optional<int64_t> yearly_potential_minor_units;
};

inline AccountFigures FiguresOf(const BookAccount& account) {
  return {.owner_rep = account.owner_rep,
          .yearly_potential_minor_units = account.yearly_potential_minor_units};
}

// A stay in a stage, from `entered_day` to the next visit.
struct StageVisit {
  int stage = 0;
  absl::CivilDay entered_day;
  bool operator==(const StageVisit&) const = default;
};

// From `said_day` on, the deal was expected to close on `expected_day`.
struct ExpectedClose {
  absl::CivilDay said_day;
  absl::CivilDay expected_day;
  bool operator==(const ExpectedClose&) const = default;
};

// From `said_day` on, this was the deal's amount.
struct AmountCall {
  absl::CivilDay said_day;
  int64_t amount_minor_units = 0;
  bool operator==(const AmountCall&) const = default;
};

// From `said_day` on, the deal stood in this category of the forecast call.
struct CategoryCall {
  absl::CivilDay said_day;
  DealCategory category = DealCategory::kUnknown;
  bool operator==(const CategoryCall&) const = default;
};

struct BookOpportunity {
  std::string id;
  int rep = 0;
  int segment = 0;
  int product = -1;  // -1: none stated.
  int account = -1;  // -1: none stated.
  absl::CivilDay created_day;
  // At least one, in order of time; closing stages included. The last one is where it stands.
  std::vector<StageVisit> visits;
  // Category of the last visit's stage. A deal that was reopened is open again.
  StageCategory outcome = StageCategory::kOpen;
  absl::CivilDay close_day;  // Only of closed deals.
  // Stated, or booked when won. A stated amount of zero or less of an open deal is absent.
  std::optional<int64_t> amount_minor_units;
  // The first amount above zero that was stated.
  std::optional<int64_t> entry_amount_minor_units;
  // Amounts of money as stated, in order of `said_day`; each differs from the one before.
  std::vector<AmountCall> amount_calls;
  std::optional<absl::CivilDay> expected_close_day;
  // In order of `said_day`; each differs from the one before.
  std::vector<ExpectedClose> expected_closes;
  DealMotion motion = DealMotion::kUnknown;
  int lead_source = -1;   // -1: none stated, as below.
  int close_reason = -1;  // Why it was won or lost, in the source's words.
  int competitor = -1;
  bool has_customer_problem = false;  // Somebody wrote the customer's problem down.
  int discovery_rating = 0;           // 1 to 5; 0: not rated.
  // In order of `said_day`; each differs from the one before.
  std::vector<CategoryCall> category_calls;
  bool operator==(const BookOpportunity&) const = default;
};

struct BookView {
  explicit BookView(FiscalCalendar fiscal_calendar) : calendar(std::move(fiscal_calendar)) {}

  ResolvedAsOf as_of;
  std::vector<BookStage> stages;             // Open ones by position, then won, then lost.
  std::vector<BookTeam> teams;               // Parents before children, otherwise by id.
  std::vector<BookRep> reps;                 // By id.
  std::vector<BookPlanQuota> plan_quotas;    // By id of the team, then by period.
  std::vector<BookProduct> products;         // By id.
  LazyList<BookAccount> accounts;            // By id.
  LazyList<AccountFigures> account_figures;  // Of the same accounts.
  std::vector<std::string> segments;         // By id.
  std::vector<std::string> lead_sources;     // In order, as the next two.
  std::vector<std::string> close_reasons;
  std::vector<std::string> competitors;
  // By id, with all that was said of them; KPIs need only the columns.
  LazyList<BookOpportunity> opportunities;
  // What KPIs read of the same opportunities; never null.
  std::shared_ptr<const DealColumns> columns = std::make_shared<const DealColumns>();
  // The earliest creation day of any of them; absent without opportunities.
  std::optional<absl::CivilDay> first_created_day;
  FiscalCalendar calendar;
  // Leads, activities and the rest, built when first asked for. A copy of a view asks the view it
  // was made of, which must be alive then.
  LazyBookRecords records;
  bool has_leads = false;  // The log has some; without any, records need not be built for them.
  // Opportunities known by then that nothing dates: in no figure.
  int64_t undated_count = 0;
  // Most opportunity facts were learned more than kReconstructionLagDays after they were true.
  LazyValue<bool> reconstructed = false;
  // The one currency of all amounts; empty when there is no amount. See `currency_status`.
  std::string currency;
  // FAILED_PRECONDITION (MIXED_CURRENCY), naming two currencies, when there are several: then no
  // figure in money may be computed.
  absl::Status currency_status;
  // Plain sentences on data that could not be used as it stands.
  std::vector<std::string> notes;
  // What KPIs work out of the view alike.
  ViewMemo memo;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_BOOK_VIEW_H_
