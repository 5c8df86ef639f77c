// Builds the view of a book at a resolved as-of; the rules are those of book.h.
#ifndef QUOTACAST_SERVICES_METRICS_VIEW_BUILDER_H_
#define QUOTACAST_SERVICES_METRICS_VIEW_BUILDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/fiscal_calendar.h"
#include "base/money.h"
#include "google/type/money.pb.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/merges.h"

namespace quotacast::metrics {

// Used under the book's mutex, once.
class ViewBuilder {
 public:
  ViewBuilder(const Book& book, const ResolvedAsOf& as_of);

  std::shared_ptr<const BookView> Build();

  // Latest effective day not after `today` of any opportunity fact among the events up to
  // `limit.log_offset`; `today` when there is none.
  static absl::CivilDay LatestOpportunityDay(const Book& book, const ResolvedAsOf& limit,
                                             absl::CivilDay today);

 private:
  using Fact = Book::Fact;

  // An entity under construction, with the first event that named it.
  struct RepDraft {
    BookRep rep;
    std::string team_id;
    std::string manager_id;
    bool starts_unknown_to_us = false;  // Start after the as-of day, learned later.
  };
  struct StageDraft {
    std::string label;
    std::optional<int> position;
    StageCategory category = StageCategory::kOpen;
    LossKind loss = LossKind::kNone;
  };
  struct TeamDraft {
    std::string display_name;
    std::string parent_id;
  };
  struct ProductDraft {
    BookProduct product;
  };
  struct AccountDraft {
    BookAccount account;
    std::string owner_id;
    std::optional<google::type::Money> yearly_potential;
  };
  struct OpportunityDraft {
    BookOpportunity opportunity;
    std::string rep_id = kUnassignedRepId;
    std::string segment_id = kDefaultSegmentId;
    std::string product_id;
    std::string account_id;
    std::string lead_source;
    std::string close_reason;
    std::string competitor;
    std::vector<std::string> stage_ids;  // One per visit.
  };
  // A fact of an opportunity and the day it counts from: its own, or, of a closing, that of what
  // was learned last about the closing.
  struct PlacedFact {
    const Fact* fact = nullptr;
    absl::CivilDay day;
  };

  // The last saying recorded in time about each of the facts at `positions`, by `fact_offset`.
  std::vector<const Fact*> LastSayings(const std::vector<int64_t>& positions) const;
  // Those of the facts of an opportunity that count, in order of effective time and then of the
  // log; the sayings about one closing stand together, the one learned last at the end. None when
  // it is deleted or merged away. `undated` says whether every fact that was known had no date.
  // After ReadReference.
  std::vector<PlacedFact> Counting(const std::vector<int64_t>& positions, bool* undated) const;

  // Takes the deletions and merges out of `facts`, which are in order of effective time; true when
  // the record is gone on the effective day.
  bool TakeOutEnds(std::vector<const Fact*>& facts) const;

  void ReadReference();
  void ReadMerge(const crm::v1::Merge& merge);
  // The id of the record that stands for this one.
  const std::string& Standing(crm::v1::EntityKind entity, const std::string& id) const;
  bool IsMergedAway(crm::v1::EntityKind entity, const std::string& id) const;
  // `known_then`: what the same fact said when it was last recorded by the end of the effective
  // day; null when it was not recorded yet.
  void ReadRep(const crm::v1::RepChange& change, const crm::v1::RepChange* known_then);
  // A date of a job, or its plan at the time when the date lies after the effective day.
  std::optional<absl::CivilDay> DayAsKnown(std::optional<absl::CivilDay> stated,
                                           std::optional<absl::CivilDay> stated_then) const;
  void ReadStage(const crm::v1::StageChange& change);
  void ReadAccount(const crm::v1::AccountChange& change);
  void ReadQuota(const std::string& rep_id, const crm::v1::QuotaChange& change);
  void ReadCalendar(const crm::v1::FiscalCalendarChange& change);
  void ReadOpportunities();
  OpportunityDraft ReadOpportunity(const std::string& id, const std::vector<PlacedFact>& facts);
  static void ExpectToClose(std::optional<absl::CivilDay> expected_day, absl::CivilDay said_day,
                            BookOpportunity& opportunity);
  static void CallCategory(DealCategory category, absl::CivilDay said_day,
                           BookOpportunity& opportunity);
  void PlaceInStage(const std::string& stage_id, absl::CivilDay day, OpportunityDraft& draft) const;
  std::optional<int64_t> ReadMoney(const google::type::Money& money, const std::string& what);
  StageCategory CategoryOf(const std::string& stage_id) const;

  void AddImpliedEntities();
  void OrderStages();
  void OrderTeams();
  void FinishReps();
  void FinishAccounts();
  void FinishOpportunities();

  const Book& book_;
  const ResolvedAsOf as_of_;
  const absl::Time effective_end_;  // Exclusive.
  std::shared_ptr<BookView> view_;
  std::map<std::string, RepDraft> reps_;
  std::map<std::string, StageDraft> stages_;
  std::map<std::string, TeamDraft> teams_;
  std::map<std::string, ProductDraft> products_;
  std::map<std::string, AccountDraft> accounts_;
  std::map<std::string, std::map<std::string, int64_t>> quotas_;  // By rep, by period.
  std::map<std::string, OpportunityDraft> opportunities_;
  Merges merges_;
  std::string currency_owner_;  // What first named the currency of the view.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_VIEW_BUILDER_H_
