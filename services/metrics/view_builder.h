// Builds the view of a book at a resolved as-of; the rules are those of book.h.
#ifndef QUOTACAST_SERVICES_METRICS_VIEW_BUILDER_H_
#define QUOTACAST_SERVICES_METRICS_VIEW_BUILDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
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
#include "services/metrics/deal_reader.h"
#include "services/metrics/lazy_value.h"
#include "services/metrics/merges.h"

namespace quotacast::metrics {

// Used under the book's mutex, once.
class ViewBuilder {
 public:
  ViewBuilder(const Book& book, const ResolvedAsOf& as_of);

  std::shared_ptr<const BookView> Build();

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
    std::optional<double> win_probability;
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

  // The last saying recorded in time about each reference fact, by `fact_offset`.
  std::vector<const Fact*> LastSayings() const;

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
  void ReadAmount(const std::string& opportunity_id, const StatedAmount& stated);
  std::optional<int64_t> ReadMoney(const google::type::Money& money, const std::string& what);
  // Takes an amount's currency for the view's, or notes that there are several.
  void NoteCurrency(const std::string& currency, const std::string& what);
  // By stage code: whether the stage closes a deal.
  std::vector<bool> ClosingStages() const;

  void AddImpliedEntities();
  void OrderStages();
  void OrderTeams();
  void FinishPlans();
  void FinishReps();
  // Adds the names that opportunities use, and says where each stands.
  void UseNames();
  void PlaceNames();
  // Position of the stage where deals stand that nobody put into one.
  int FirstStage();
  // Accounts that deals name or sources describe.
  void FinishAccounts();
  BookAccount FinishedAccount(const std::string& id, AccountDraft& draft);
  void FinishOpportunities();

  const Book& book_;
  const ResolvedAsOf as_of_;
  const absl::Time effective_end_;  // Exclusive.
  std::shared_ptr<BookView> view_;
  std::map<std::string, RepDraft> reps_;
  std::unordered_map<std::string, int> rep_positions_;  // In the view, once all are known.
  std::map<std::string, StageDraft> stages_;
  std::map<std::string, TeamDraft> teams_;
  std::map<std::string, ProductDraft> products_;
  std::map<std::string, AccountDraft> accounts_;
  std::map<std::string, std::map<std::string, int64_t>> quotas_;  // By rep, by period.
  // What the company plans with, by team and period.
  std::map<std::pair<std::string, std::string>, const crm::v1::QuotaChange*> plans_;
  std::optional<DealReader> deals_;                // Once the reference facts are read.
  LazyValue<std::vector<int>> account_positions_;  // In the view, by code.
  uint32_t currency_code_ = Dictionary::kNone;     // Of the view's currency, once an amount had it.
  Merges merges_;
  std::string currency_owner_;  // What first named the currency of the view.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_VIEW_BUILDER_H_
