#include "services/metrics/view_builder.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "base/money.h"
#include "google/type/money.pb.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/proto_values.h"
#include "services/metrics/record_builder.h"

namespace quotacast::metrics {
namespace {

FiscalCalendar DefaultCalendar() { return FiscalCalendar::MonthStart(1).value(); }

absl::StatusOr<FiscalCalendar> ToCalendar(const crm::v1::FiscalCalendarChange& change) {
  if (change.has_four_four_five()) {
    const crm::v1::FourFourFive& source = change.four_four_five();
    const std::optional<absl::CivilDay> start = ToCivilDay(source.first_year_start());
    if (!start) return absl::InvalidArgumentError("its first day is not a date");
    return FiscalCalendar::FourFourFive(
        source.first_year(), *start,
        std::vector<int>(source.weeks_in_year().begin(), source.weeks_in_year().end()));
  }
  if (change.has_explicit_periods()) {
    std::vector<FiscalPeriod> periods;
    for (const auto& source : change.explicit_periods().periods()) {
      const std::optional<absl::CivilDay> start = ToCivilDay(source.start_date());
      const std::optional<absl::CivilDay> end = ToCivilDay(source.end_date());
      if (!start || !end) {
        return absl::InvalidArgumentError(
            absl::StrCat("period \"", source.name(), "\" has an impossible date"));
      }
      periods.push_back({.name = source.name(), .start = *start, .end = *end});
    }
    return FiscalCalendar::Explicit(std::move(periods));
  }
  return FiscalCalendar::MonthStart(change.start_month());
}

// The rep's quota for everything booked, which attainment is measured by.
bool IsQuotaOfARep(const crm::v1::QuotaChange& quota) {
  return !quota.rep_id().empty() && quota.component().empty() && quota.has_amount() &&
         (quota.kind() == crm::v1::QUOTA_KIND_UNSPECIFIED ||
          quota.kind() == crm::v1::QUOTA_KIND_STREET);
}

// Rep and period of a deleted quota, whose id is "<rep>/<period>"; absent for other records.
std::optional<std::pair<std::string, std::string>> QuotaOfDeletion(
    const crm::v1::Deletion& deletion) {
  const size_t slash = deletion.entity_id().rfind('/');
  if (deletion.entity() != crm::v1::ENTITY_KIND_QUOTA || slash == std::string::npos) {
    return std::nullopt;
  }
  return std::make_pair(deletion.entity_id().substr(0, slash),
                        deletion.entity_id().substr(slash + 1));
}

DealMotion ToMotion(crm::v1::Motion motion) {
  switch (motion) {
    case crm::v1::MOTION_NEW:
      return DealMotion::kNew;
    case crm::v1::MOTION_EXPANSION:
      return DealMotion::kExpansion;
    case crm::v1::MOTION_RENEWAL:
      return DealMotion::kRenewal;
    default:
      return DealMotion::kUnknown;
  }
}

DealCategory ToCategory(crm::v1::ForecastCategory category) {
  switch (category) {
    case crm::v1::FORECAST_CATEGORY_PIPELINE:
      return DealCategory::kPipeline;
    case crm::v1::FORECAST_CATEGORY_BEST_CASE:
      return DealCategory::kBestCase;
    case crm::v1::FORECAST_CATEGORY_COMMIT:
      return DealCategory::kCommit;
    case crm::v1::FORECAST_CATEGORY_CLOSED:
      return DealCategory::kClosed;
    case crm::v1::FORECAST_CATEGORY_OMITTED:
      return DealCategory::kOmitted;
    default:
      return DealCategory::kUnknown;
  }
}

// The words in use, in order, and where each stands.
class Words {
 public:
  void Add(const std::string& word) {
    if (!word.empty()) positions_.emplace(word, 0);
  }
  std::vector<std::string> Place() {
    std::vector<std::string> words;
    for (auto& entry : positions_) {
      entry.second = static_cast<int>(words.size());
      words.push_back(entry.first);
    }
    return words;
  }
  // -1 for no word. After Place.
  int PositionOf(const std::string& word) const { return word.empty() ? -1 : positions_.at(word); }

 private:
  std::map<std::string, int> positions_;
};

// Positions of the entries of an ordered map.
template <typename Map>
std::unordered_map<std::string, int> Positions(const Map& map) {
  std::unordered_map<std::string, int> positions;
  for (const auto& entry : map) {
    positions.emplace(entry.first, static_cast<int>(positions.size()));
  }
  return positions;
}

}  // namespace

ViewBuilder::ViewBuilder(const Book& book, const ResolvedAsOf& as_of)
    : book_(book),
      as_of_(as_of),
      effective_end_(StartOfDayUtc(as_of.effective_day + 1)),
      view_(std::make_shared<BookView>(DefaultCalendar())) {
  view_->as_of = as_of;
}

std::shared_ptr<const BookView> ViewBuilder::Build() {
  ReadReference();
  ReadOpportunities();
  AddImpliedEntities();
  OrderStages();
  OrderTeams();
  FinishReps();
  FinishAccounts();
  FinishOpportunities();
  view_->records = RecordsOnDemand(book_.record_facts_, view_, std::move(merges_));
  return view_;
}

absl::CivilDay ViewBuilder::LatestOpportunityDay(const Book& book, const ResolvedAsOf& limit,
                                                 absl::CivilDay today) {
  std::optional<absl::CivilDay> latest;
  for (const Fact& fact : book.facts_) {
    if (fact.offset > limit.log_offset) break;
    if (!fact.effective || !fact.event.has_opportunity()) continue;
    const absl::CivilDay day = DayOfUtc(*fact.effective);
    // A date in the future is a slip or a plan, and says nothing about how far the data goes.
    if (day <= today && (!latest || day > *latest)) latest = day;
  }
  return latest.value_or(today);
}

std::vector<const Book::Fact*> ViewBuilder::LastSayings(
    const std::vector<int64_t>& positions) const {
  std::map<int64_t, const Fact*> last;
  for (const int64_t position : positions) {
    const Fact& fact = book_.facts_[static_cast<size_t>(position)];
    if (fact.offset > as_of_.log_offset) break;
    last[fact.fact_offset] = &fact;
  }
  std::vector<const Fact*> sayings;
  sayings.reserve(last.size());
  for (const auto& entry : last) {
    if (!entry.second->event.has_retraction()) sayings.push_back(entry.second);
  }
  return sayings;
}

bool ViewBuilder::TakeOutEnds(std::vector<const Fact*>& facts) const {
  bool gone = false;
  const auto is_end = [this, &gone](const Fact* fact) {
    if (!fact->event.has_deletion() && !fact->event.has_merge()) return false;
    if (*fact->effective < effective_end_) {
      gone = fact->event.has_merge() || !fact->event.deletion().restored();
    }
    return true;
  };
  std::vector<const Fact*> kept;
  kept.reserve(facts.size());
  for (const Fact* fact : facts) {
    if (!is_end(fact)) kept.push_back(fact);
  }
  facts = std::move(kept);
  return gone;
}

std::vector<ViewBuilder::PlacedFact> ViewBuilder::Counting(const std::vector<int64_t>& positions,
                                                           bool* undated) const {
  std::vector<const Fact*> facts = LastSayings(positions);
  const bool any = !facts.empty();
  facts.erase(
      std::remove_if(facts.begin(), facts.end(), [](const Fact* fact) { return !fact->effective; }),
      facts.end());
  *undated = any && facts.empty();
  std::stable_sort(facts.begin(), facts.end(), [](const Fact* a, const Fact* b) {
    return std::tie(*a->effective, a->fact_offset) < std::tie(*b->effective, b->fact_offset);
  });
  if (TakeOutEnds(facts)) return {};
  // Runs of closings without a reopening in between, each in order of the log, by the fact at whose
  // place they count. Looked for before the cut: a closing that was moved to a day after it is not
  // true before that day either.
  std::map<const Fact*, std::vector<const Fact*>> closings;
  std::vector<const Fact*> run;
  const auto end_run = [&closings, &run]() {
    if (run.empty()) return;
    std::sort(run.begin(), run.end(),
              [](const Fact* a, const Fact* b) { return a->offset < b->offset; });
    closings[run.back()] = std::move(run);
    run.clear();
  };
  for (const Fact* fact : facts) {
    const std::string& stage_id = fact->event.opportunity().stage_id();
    if (stage_id.empty()) continue;
    if (CategoryOf(stage_id) == StageCategory::kOpen) {
      end_run();
    } else {
      run.push_back(fact);
    }
  }
  end_run();

  std::vector<PlacedFact> counting;
  for (const Fact* fact : facts) {
    if (*fact->effective >= effective_end_) break;
    const absl::CivilDay day = DayOfUtc(*fact->effective);
    const std::string& stage_id = fact->event.opportunity().stage_id();
    if (stage_id.empty() || CategoryOf(stage_id) == StageCategory::kOpen) {
      counting.push_back({fact, day});
      continue;
    }
    const auto placed = closings.find(fact);
    if (placed == closings.end()) continue;
    for (const Fact* saying : placed->second) counting.push_back({saying, day});
  }
  return counting;
}

void ViewBuilder::ReadReference() {
  // Facts about the shape of the business that carry no date of their own have always been so.
  std::vector<const Fact*> facts = LastSayings(book_.reference_facts_);
  facts.erase(std::remove_if(facts.begin(), facts.end(),
                             [this](const Fact* fact) {
                               return !fact->effective || *fact->effective >= effective_end_;
                             }),
              facts.end());
  // Among facts of several sources that are so from the same time on, the last recorded wins.
  std::sort(facts.begin(), facts.end(), [](const Fact* a, const Fact* b) {
    return std::tie(*a->effective, a->offset) < std::tie(*b->effective, b->offset);
  });
  std::map<int64_t, const crm::v1::RepChange*> known_then;
  for (const int64_t position : book_.reference_facts_) {
    const Fact& fact = book_.facts_[static_cast<size_t>(position)];
    if (fact.offset > as_of_.log_offset || fact.recorded >= effective_end_) break;
    if (fact.event.has_rep()) known_then[fact.fact_offset] = &fact.event.rep();
  }
  // Money is read when it is known which amount stands: the currency of another one is no matter.
  std::map<std::string, const google::type::Money*> list_prices;
  std::map<std::pair<std::string, std::string>, const crm::v1::QuotaChange*> quotas;

  // Which record stands for which comes first: it decides who the other facts are about.
  for (const Fact* fact : facts) {
    if (fact->event.has_merge()) ReadMerge(fact->event.merge());
  }
  for (const Fact* fact : facts) {
    const crm::v1::CrmEvent& event = fact->event;
    switch (event.change_case()) {
      case crm::v1::CrmEvent::kRep: {
        if (IsMergedAway(crm::v1::ENTITY_KIND_REP, event.rep().rep_id())) break;
        const auto known = known_then.find(fact->fact_offset);
        ReadRep(event.rep(), known == known_then.end() ? nullptr : known->second);
        break;
      }
      case crm::v1::CrmEvent::kTeam: {
        if (IsMergedAway(crm::v1::ENTITY_KIND_TEAM, event.team().team_id())) break;
        TeamDraft& team = teams_[event.team().team_id()];
        if (event.team().has_display_name()) team.display_name = event.team().display_name();
        if (event.team().has_parent_team_id()) {
          team.parent_id = Standing(crm::v1::ENTITY_KIND_TEAM, event.team().parent_team_id());
        }
        break;
      }
      case crm::v1::CrmEvent::kProduct: {
        const crm::v1::ProductChange& change = event.product();
        if (IsMergedAway(crm::v1::ENTITY_KIND_PRODUCT, change.product_id())) break;
        BookProduct& product = products_[change.product_id()].product;
        product.id = change.product_id();
        if (change.has_display_name()) product.display_name = change.display_name();
        if (change.has_series()) product.series = change.series();
        if (change.has_list_price()) list_prices[product.id] = &change.list_price();
        break;
      }
      case crm::v1::CrmEvent::kAccount:
        if (IsMergedAway(crm::v1::ENTITY_KIND_ACCOUNT, event.account().account_id())) break;
        ReadAccount(event.account());
        break;
      case crm::v1::CrmEvent::kStage:
        ReadStage(event.stage());
        break;
      case crm::v1::CrmEvent::kQuota:
        if (IsQuotaOfARep(event.quota())) {
          quotas[{event.quota().rep_id(), event.quota().period()}] = &event.quota();
        }
        break;
      case crm::v1::CrmEvent::kDeletion: {
        const std::optional<std::pair<std::string, std::string>> quota =
            QuotaOfDeletion(event.deletion());
        if (quota && !event.deletion().restored()) quotas.erase(*quota);
        break;
      }
      case crm::v1::CrmEvent::kFiscalCalendar:
        ReadCalendar(event.fiscal_calendar());
        break;
      default:
        break;
    }
  }
  for (const auto& entry : list_prices) {
    products_[entry.first].product.list_price_minor_units =
        ReadMoney(*entry.second, absl::StrCat("the list price of product ", entry.first));
  }
  for (const bool merged_away : {false, true}) {
    for (const auto& entry : quotas) {
      const std::string& rep_id = entry.first.first;
      if (IsMergedAway(crm::v1::ENTITY_KIND_REP, rep_id) != merged_away) continue;
      const std::string& standing = Standing(crm::v1::ENTITY_KIND_REP, rep_id);
      if (merged_away && quotas.count({standing, entry.first.second}) > 0) continue;
      ReadQuota(standing, *entry.second);
    }
  }
}

void ViewBuilder::ReadMerge(const crm::v1::Merge& merge) {
  if (merges_.Add(merge)) return;
  view_->notes.push_back(absl::StrCat(merge.from_id(), " and ", merge.into_id(),
                                      " were merged into each other; the later one was left out"));
}

const std::string& ViewBuilder::Standing(crm::v1::EntityKind entity, const std::string& id) const {
  return merges_.Standing(entity, id);
}

bool ViewBuilder::IsMergedAway(crm::v1::EntityKind entity, const std::string& id) const {
  return merges_.IsMergedAway(entity, id);
}

std::optional<absl::CivilDay> ViewBuilder::DayAsKnown(
    std::optional<absl::CivilDay> stated, std::optional<absl::CivilDay> stated_then) const {
  if (!stated || *stated <= as_of_.effective_day) return stated;
  // What was planned for a day that has passed did not happen then, or it would be stated.
  return stated_then && *stated_then > as_of_.effective_day ? stated_then : std::nullopt;
}

void ViewBuilder::ReadRep(const crm::v1::RepChange& change, const crm::v1::RepChange* known_then) {
  RepDraft& draft = reps_[change.rep_id()];
  if (change.has_display_name()) draft.rep.display_name = change.display_name();
  if (change.has_team_id()) {
    draft.team_id = Standing(crm::v1::ENTITY_KIND_TEAM, change.team_id());
  }
  if (change.has_role()) draft.rep.role = change.role();
  if (change.has_segment_id()) draft.rep.segment_id = change.segment_id();
  if (change.has_manager_rep_id()) {
    draft.manager_id = Standing(crm::v1::ENTITY_KIND_REP, change.manager_rep_id());
  }
  // A coming start or end that was not recorded by the as-of day was not known on it.
  if (change.has_start_date()) {
    const std::optional<absl::CivilDay> stated = ToCivilDay(change.start_date());
    draft.rep.start_day = DayAsKnown(stated, known_then && known_then->has_start_date()
                                                 ? ToCivilDay(known_then->start_date())
                                                 : std::nullopt);
    draft.starts_unknown_to_us = stated && !draft.rep.start_day;
  }
  if (change.has_end_date()) {
    draft.rep.end_day =
        DayAsKnown(ToCivilDay(change.end_date()), known_then && known_then->has_end_date()
                                                      ? ToCivilDay(known_then->end_date())
                                                      : std::nullopt);
  }
}

void ViewBuilder::ReadStage(const crm::v1::StageChange& change) {
  StageDraft& stage = stages_[change.stage_id()];
  if (change.has_label()) stage.label = change.label();
  if (change.has_position()) stage.position = change.position();
  switch (change.category()) {
    case crm::v1::STAGE_CATEGORY_OPEN:
      stage.category = StageCategory::kOpen;
      stage.loss = LossKind::kNone;
      break;
    case crm::v1::STAGE_CATEGORY_WON:
      stage.category = StageCategory::kWon;
      stage.loss = LossKind::kNone;
      break;
    case crm::v1::STAGE_CATEGORY_LOST:
      stage.category = StageCategory::kLost;
      stage.loss = LossKind::kCompetitive;
      break;
    case crm::v1::STAGE_CATEGORY_NO_DECISION:
      stage.category = StageCategory::kLost;
      stage.loss = LossKind::kNoDecision;
      break;
    case crm::v1::STAGE_CATEGORY_DISQUALIFIED:
      stage.category = StageCategory::kLost;
      stage.loss = LossKind::kDisqualified;
      break;
    default:
      break;
  }
}

void ViewBuilder::ReadAccount(const crm::v1::AccountChange& change) {
  AccountDraft& draft = accounts_[change.account_id()];
  BookAccount& account = draft.account;
  account.id = change.account_id();
  if (change.has_display_name()) account.display_name = change.display_name();
  if (change.has_industry()) account.industry = change.industry();
  if (change.has_location()) account.location = change.location();
  if (change.has_owner_rep_id()) {
    draft.owner_id = Standing(crm::v1::ENTITY_KIND_REP, change.owner_rep_id());
  }
  if (change.has_yearly_potential()) draft.yearly_potential = change.yearly_potential();
  if (change.has_customer_since()) account.customer_since_day = ToCivilDay(change.customer_since());
  if (change.has_buyer_behaviour()) account.buyer_behaviour = change.buyer_behaviour();
}

void ViewBuilder::ReadQuota(const std::string& rep_id, const crm::v1::QuotaChange& change) {
  const std::optional<int64_t> amount =
      ReadMoney(change.amount(), absl::StrCat("the quota of ", rep_id, " for ", change.period()));
  if (amount) quotas_[rep_id][change.period()] = *amount;
}

void ViewBuilder::ReadCalendar(const crm::v1::FiscalCalendarChange& change) {
  absl::StatusOr<FiscalCalendar> calendar = ToCalendar(change);
  if (calendar.ok()) {
    view_->calendar = *std::move(calendar);
  } else {
    view_->notes.push_back(
        absl::StrCat("a fiscal calendar could not be used: ", calendar.status().message()));
  }
}

std::optional<int64_t> ViewBuilder::ReadMoney(const google::type::Money& source,
                                              const std::string& what) {
  const std::optional<Money> money = ToMoney(source);
  if (!money) {
    view_->notes.push_back(absl::StrCat(what, " is not an amount of money and was left out"));
    return std::nullopt;
  }
  if (view_->currency.empty()) {
    view_->currency = money->currency;
    currency_owner_ = what;
  } else if (view_->currency != money->currency && view_->currency_status.ok()) {
    view_->currency_status = FailedPrecondition(
        "MIXED_CURRENCY",
        absl::StrCat("amounts are in several currencies, which are never summed: ", currency_owner_,
                     " is in ", view_->currency, ", ", what, " in ", money->currency));
  }
  return money->minor_units;
}

StageCategory ViewBuilder::CategoryOf(const std::string& stage_id) const {
  const auto found = stages_.find(stage_id);
  return found == stages_.end() ? StageCategory::kOpen : found->second.category;
}

void ViewBuilder::ReadOpportunities() {
  // In order of id, so that notes and the first currency named do not depend on hashing.
  std::vector<const std::string*> ids;
  ids.reserve(book_.opportunity_facts_.size());
  for (const auto& entry : book_.opportunity_facts_) ids.push_back(&entry.first);
  std::sort(ids.begin(), ids.end(), [](const auto* a, const auto* b) { return *a < *b; });

  int64_t fact_count = 0;
  int64_t late_count = 0;
  for (const std::string* id : ids) {
    bool undated = false;
    const std::vector<PlacedFact> facts = Counting(book_.opportunity_facts_.at(*id), &undated);
    if (undated) ++view_->undated_count;
    if (facts.empty()) continue;
    for (const PlacedFact& placed : facts) {
      ++fact_count;
      const absl::CivilDay learned = DayOfUtc(placed.fact->recorded);
      const absl::CivilDay stated = DayOfUtc(*placed.fact->effective);
      if (learned - stated > kReconstructionLagDays) ++late_count;
    }
    opportunities_.emplace_hint(opportunities_.end(), *id, ReadOpportunity(*id, facts));
  }
  view_->reconstructed = 2 * late_count > fact_count;
}

void ViewBuilder::ExpectToClose(std::optional<absl::CivilDay> expected_day, absl::CivilDay said_day,
                                BookOpportunity& opportunity) {
  const bool is_new = expected_day != opportunity.expected_close_day;
  opportunity.expected_close_day = expected_day;
  if (is_new && expected_day) opportunity.expected_closes.push_back({said_day, *expected_day});
}

void ViewBuilder::CallCategory(DealCategory category, absl::CivilDay said_day,
                               BookOpportunity& opportunity) {
  std::vector<CategoryCall>& calls = opportunity.category_calls;
  if (!calls.empty() && calls.back().category == category) return;
  calls.push_back({said_day, category});
}

ViewBuilder::OpportunityDraft ViewBuilder::ReadOpportunity(const std::string& id,
                                                           const std::vector<PlacedFact>& facts) {
  OpportunityDraft draft;
  BookOpportunity& opportunity = draft.opportunity;
  opportunity.id = id;
  opportunity.created_day = facts.front().day;
  for (const PlacedFact& placed : facts) {
    const crm::v1::OpportunityChange& change = placed.fact->event.opportunity();
    if (change.has_owner_rep_id() && !change.owner_rep_id().empty()) {
      draft.rep_id = Standing(crm::v1::ENTITY_KIND_REP, change.owner_rep_id());
    }
    if (change.has_segment_id() && !change.segment_id().empty()) {
      draft.segment_id = change.segment_id();
    }
    if (change.has_product_id()) {
      draft.product_id = Standing(crm::v1::ENTITY_KIND_PRODUCT, change.product_id());
    }
    if (change.has_account_id()) {
      draft.account_id = Standing(crm::v1::ENTITY_KIND_ACCOUNT, change.account_id());
    }
    if (change.has_amount()) {
      const std::optional<int64_t> amount =
          ReadMoney(change.amount(), absl::StrCat("the amount of opportunity ", id));
      if (amount) opportunity.amount_minor_units = amount;
      if (amount.value_or(0) > 0 && !opportunity.entry_amount_minor_units) {
        opportunity.entry_amount_minor_units = amount;
      }
    }
    if (change.has_expected_close_date()) {
      ExpectToClose(ToCivilDay(change.expected_close_date()), placed.day, opportunity);
    }
    if (change.has_motion()) opportunity.motion = ToMotion(change.motion());
    if (change.has_lead_source()) draft.lead_source = change.lead_source();
    if (change.has_close_reason()) draft.close_reason = change.close_reason();
    if (change.has_competitor()) draft.competitor = change.competitor();
    if (change.has_customer_problem()) {
      opportunity.has_customer_problem = !change.customer_problem().empty();
    }
    if (change.has_discovery_rating()) opportunity.discovery_rating = change.discovery_rating();
    if (change.has_forecast_category()) {
      CallCategory(ToCategory(change.forecast_category()), placed.day, opportunity);
    }
    if (change.has_created_date()) {
      const std::optional<absl::CivilDay> created = ToCivilDay(change.created_date());
      // A deal that was seen before the day it is said to be created was created by then.
      if (created) opportunity.created_day = std::min(*created, facts.front().day);
    }
    if (change.has_stage_id() && !change.stage_id().empty()) {
      PlaceInStage(change.stage_id(), placed.day, draft);
    }
  }
  return draft;
}

void ViewBuilder::PlaceInStage(const std::string& stage_id, absl::CivilDay day,
                               OpportunityDraft& draft) const {
  std::vector<StageVisit>& visits = draft.opportunity.visits;
  const bool stands_closed =
      !draft.stage_ids.empty() && CategoryOf(draft.stage_ids.back()) != StageCategory::kOpen;
  if (stands_closed && CategoryOf(stage_id) != StageCategory::kOpen) {
    // Closed again without a reopening: one closing, and what was learned last about it counts.
    visits.back().entered_day = day;
    draft.stage_ids.back() = stage_id;
    return;
  }
  // An open stage stated again was entered once.
  if (!draft.stage_ids.empty() && draft.stage_ids.back() == stage_id) return;
  visits.push_back({.stage = -1, .entered_day = day});
  draft.stage_ids.push_back(stage_id);
}

void ViewBuilder::AddImpliedEntities() {
  for (auto& entry : opportunities_) {
    OpportunityDraft& draft = entry.second;
    RepDraft& rep = reps_[draft.rep_id];
    // Somebody with deals is there, whatever was learned later about the start.
    rep.starts_unknown_to_us = false;
    if (draft.stage_ids.empty()) continue;
    for (const std::string& stage_id : draft.stage_ids) stages_[stage_id];
  }
  // A quota for somebody no source describes makes the rep known.
  for (const auto& entry : quotas_) reps_[entry.first];
  for (auto it = reps_.begin(); it != reps_.end();) {
    it = it->second.starts_unknown_to_us ? reps_.erase(it) : std::next(it);
  }
  for (const auto& entry : quotas_) {
    const auto rep = reps_.find(entry.first);
    if (rep != reps_.end()) {
      rep->second.rep.quotas.assign(entry.second.begin(), entry.second.end());
    }
  }
  for (auto& entry : reps_) {
    std::string& team_id = entry.second.team_id;
    if (team_id.empty()) team_id = kNoTeamId;
    teams_[team_id];
  }
  // Parents nobody described; iterators of a map stay valid, new ones are at the top themselves.
  for (auto& entry : teams_) {
    if (!entry.second.parent_id.empty()) teams_[entry.second.parent_id];
  }
}

void ViewBuilder::OrderStages() {
  bool any_open = false;
  for (const auto& entry : stages_) {
    if (entry.second.category == StageCategory::kOpen) any_open = true;
  }
  // Deals that are in no stage need an open one to stand in.
  if (!any_open) stages_[kNoStageId];
  for (const auto& entry : stages_) {
    const StageDraft& draft = entry.second;
    view_->stages.push_back({.id = entry.first,
                             .label = draft.label.empty() ? entry.first : draft.label,
                             .position = draft.position.value_or(std::numeric_limits<int>::max()),
                             .category = draft.category,
                             .loss = draft.loss});
  }
  std::stable_sort(
      view_->stages.begin(), view_->stages.end(), [](const BookStage& a, const BookStage& b) {
        return std::tie(a.category, a.position, a.id) < std::tie(b.category, b.position, b.id);
      });
}

void ViewBuilder::OrderTeams() {
  std::map<std::string, int> placed;
  // Places a team after its parents. A chain that comes back to itself is cut at the team through
  // which it was entered, which then stands at the top.
  for (auto& entry : teams_) {
    std::vector<std::string> chain;
    std::set<std::string> on_chain;
    std::string id = entry.first;
    while (!id.empty() && placed.count(id) == 0) {
      if (!on_chain.insert(id).second) {
        view_->notes.push_back(
            absl::StrCat("team ", id, " is above itself; it was put at the top"));
        teams_[id].parent_id.clear();
        // Everything from the second coming of `id` upwards is already on the chain.
        break;
      }
      chain.push_back(id);
      id = teams_[id].parent_id;
    }
    // After a cut, the chain must begin at the team that now stands at the top.
    const auto top = std::find_if(chain.begin(), chain.end(), [&](const std::string& team) {
      return teams_[team].parent_id.empty();
    });
    std::vector<std::string> order(chain.begin(), chain.end());
    if (top != chain.end()) {
      std::rotate(order.begin(), order.begin() + (top - chain.begin()) + 1, order.end());
    }
    for (auto team = order.rbegin(); team != order.rend(); ++team) {
      const TeamDraft& draft = teams_[*team];
      const auto parent = placed.find(draft.parent_id);
      view_->teams.push_back(
          {.id = *team,
           .display_name = draft.display_name.empty() ? *team : draft.display_name,
           .parent = parent == placed.end() ? -1 : parent->second});
      placed.emplace(*team, static_cast<int>(placed.size()));
    }
  }
}

void ViewBuilder::FinishReps() {
  std::unordered_map<std::string, int> team_positions;
  for (size_t i = 0; i < view_->teams.size(); ++i) {
    team_positions.emplace(view_->teams[i].id, static_cast<int>(i));
  }
  const std::unordered_map<std::string, int> rep_positions = Positions(reps_);
  for (auto& entry : reps_) {
    BookRep& rep = entry.second.rep;
    rep.id = entry.first;
    const auto manager = rep_positions.find(entry.second.manager_id);
    if (manager != rep_positions.end()) rep.manager = manager->second;
    if (rep.display_name.empty()) rep.display_name = rep.id;
    rep.team = team_positions.at(entry.second.team_id);
    if (rep.start_day && rep.end_day && *rep.end_day < *rep.start_day) {
      view_->notes.push_back(absl::StrCat("rep ", rep.id, " ends on ", FormatIsoDate(*rep.end_day),
                                          ", before the start; the end was left out"));
      rep.end_day.reset();
    }
    view_->reps.push_back(std::move(rep));
  }
}

void ViewBuilder::FinishAccounts() {
  const std::unordered_map<std::string, int> rep_positions = Positions(reps_);
  for (auto& entry : opportunities_) {
    const std::string& id = entry.second.account_id;
    if (!id.empty()) accounts_[id].account.id = id;
  }
  for (auto& entry : accounts_) {
    AccountDraft& draft = entry.second;
    BookAccount& account = draft.account;
    if (account.display_name.empty()) account.display_name = account.id;
    const auto owner = rep_positions.find(draft.owner_id);
    if (owner != rep_positions.end()) account.owner_rep = owner->second;
    if (draft.yearly_potential) {
      // An estimate in another currency is left out: the figures in money go on without it.
      const std::optional<Money> money = ToMoney(*draft.yearly_potential);
      if (money && (view_->currency.empty() || money->currency == view_->currency)) {
        account.yearly_potential_minor_units = money->minor_units;
      } else {
        view_->notes.push_back(absl::StrCat("the yearly potential of account ", account.id,
                                            " is not an amount in ", view_->currency,
                                            " and was left out"));
      }
    }
    view_->accounts.push_back(account);
  }
}

void ViewBuilder::FinishOpportunities() {
  const std::unordered_map<std::string, int> rep_positions = Positions(reps_);
  std::set<std::string> segments;
  Words lead_sources, close_reasons, competitors;
  for (auto& entry : opportunities_) {
    const OpportunityDraft& draft = entry.second;
    segments.insert(draft.segment_id);
    lead_sources.Add(draft.lead_source);
    close_reasons.Add(draft.close_reason);
    competitors.Add(draft.competitor);
    if (!draft.product_id.empty()) products_[draft.product_id].product.id = draft.product_id;
  }
  view_->lead_sources = lead_sources.Place();
  view_->close_reasons = close_reasons.Place();
  view_->competitors = competitors.Place();
  view_->segments.assign(segments.begin(), segments.end());
  std::unordered_map<std::string, int> segment_positions;
  for (const std::string& segment : view_->segments) {
    segment_positions.emplace(segment, static_cast<int>(segment_positions.size()));
  }
  for (auto& entry : products_) {
    BookProduct& product = entry.second.product;
    if (product.display_name.empty()) product.display_name = product.id;
    view_->products.push_back(product);
  }
  const std::unordered_map<std::string, int> product_positions = Positions(products_);
  const std::unordered_map<std::string, int> account_positions = Positions(accounts_);
  std::unordered_map<std::string, int> stage_positions;
  for (size_t i = 0; i < view_->stages.size(); ++i) {
    stage_positions.emplace(view_->stages[i].id, static_cast<int>(i));
  }

  // Where deals stand that nobody put into a stage: the first open stage that is in use.
  const int stage_count = static_cast<int>(view_->stages.size());
  int first_stage = 0;
  int first_used = stage_count;
  for (const auto& entry : opportunities_) {
    for (const std::string& id : entry.second.stage_ids) {
      first_used = std::min(first_used, stage_positions.at(id));
    }
  }
  if (first_used < stage_count &&
      view_->stages[static_cast<size_t>(first_used)].category == StageCategory::kOpen) {
    first_stage = first_used;
  }

  view_->opportunities.reserve(opportunities_.size());
  for (auto& entry : opportunities_) {
    OpportunityDraft& draft = entry.second;
    BookOpportunity& opportunity = draft.opportunity;
    opportunity.rep = rep_positions.at(draft.rep_id);
    opportunity.segment = segment_positions.at(draft.segment_id);
    if (!draft.product_id.empty()) opportunity.product = product_positions.at(draft.product_id);
    if (!draft.account_id.empty()) opportunity.account = account_positions.at(draft.account_id);
    opportunity.lead_source = lead_sources.PositionOf(draft.lead_source);
    opportunity.close_reason = close_reasons.PositionOf(draft.close_reason);
    opportunity.competitor = competitors.PositionOf(draft.competitor);
    for (size_t i = 0; i < draft.stage_ids.size(); ++i) {
      opportunity.visits[i].stage = stage_positions.at(draft.stage_ids[i]);
    }
    if (opportunity.visits.empty()) {
      opportunity.visits.push_back({.stage = first_stage, .entered_day = opportunity.created_day});
    }
    opportunity.outcome =
        view_->stages[static_cast<size_t>(opportunity.visits.back().stage)].category;
    if (opportunity.outcome == StageCategory::kOpen) {
      if (opportunity.amount_minor_units.value_or(1) <= 0) opportunity.amount_minor_units.reset();
    } else {
      opportunity.close_day = opportunity.visits.back().entered_day;
    }
    view_->opportunities.push_back(std::move(opportunity));
  }
}

}  // namespace quotacast::metrics
