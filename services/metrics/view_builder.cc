#include "services/metrics/view_builder.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
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
#include "services/metrics/day_number.h"
#include "services/metrics/deal_histories.h"
#include "services/metrics/dictionary.h"
#include "services/metrics/lazy_value.h"
#include "services/metrics/name_order.h"
#include "services/metrics/name_use.h"
#include "services/metrics/opportunity_facts.h"
#include "services/metrics/proto_values.h"
#include "services/metrics/record_builder.h"
#include "services/metrics/view_accounts.h"

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

// What the company plans with for everything that a team books.
bool IsPlanOfATeam(const crm::v1::QuotaChange& quota) {
  return !quota.team_id().empty() && quota.component().empty() && quota.has_amount() &&
         quota.kind() == crm::v1::QUOTA_KIND_PLAN;
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
  UseNames();
  AddImpliedEntities();
  rep_positions_ = Positions(reps_);
  OrderStages();
  OrderTeams();
  FinishPlans();
  FinishReps();
  FinishAccounts();
  PlaceNames();
  FinishOpportunities();
  view_->has_leads = book_.record_facts_->has_leads();
  view_->records = RecordsOnDemand(book_.record_facts_, view_, std::move(merges_));
  return view_;
}

std::vector<const Book::Fact*> ViewBuilder::LastSayings() const {
  std::map<int64_t, const Fact*> last;
  for (const Fact& fact : book_.reference_facts_) {
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

void ViewBuilder::ReadReference() {
  // Facts about the shape of the business that carry no date of their own have always been so.
  std::vector<const Fact*> facts = LastSayings();
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
  for (const Fact& fact : book_.reference_facts_) {
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
        } else if (IsPlanOfATeam(event.quota())) {
          plans_[{Standing(crm::v1::ENTITY_KIND_TEAM, event.quota().team_id()),
                  event.quota().period()}] = &event.quota();
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
  if (change.has_default_probability()) stage.win_probability = change.default_probability();
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
  NoteCurrency(money->currency, what);
  return money->minor_units;
}

void ViewBuilder::NoteCurrency(const std::string& currency, const std::string& what) {
  if (view_->currency.empty()) {
    view_->currency = currency;
    currency_owner_ = what;
  } else if (view_->currency != currency && view_->currency_status.ok()) {
    view_->currency_status = FailedPrecondition(
        "MIXED_CURRENCY",
        absl::StrCat("amounts are in several currencies, which are never summed: ", currency_owner_,
                     " is in ", view_->currency, ", ", what, " in ", currency));
  }
}

std::vector<bool> ViewBuilder::ClosingStages() const {
  const Dictionary& ids = book_.opportunity_facts_.names().stages;
  std::vector<bool> closing(ids.size());
  for (const auto& entry : stages_) {
    const uint32_t code = ids.Find(entry.first);
    if (code != Dictionary::kNone) closing[code] = entry.second.category != StageCategory::kOpen;
  }
  return closing;
}

void ViewBuilder::ReadOpportunities() {
  const std::vector<bool> closing_stages = ClosingStages();
  const DealHistorySource source{
      .facts = &book_.opportunity_facts_,
      .names = book_.opportunity_order_.Get(book_.opportunity_facts_.names().opportunities),
      .closing_stages = &closing_stages};
  deals_.emplace(book_.deal_histories_.Get(source, as_of_.log_offset),
                 NumberOfDay(as_of_.effective_day), book_.opportunity_facts_.names());
  // In order of id, so that notes and the first currency named do not depend on hashing.
  deals_->VisitAmounts(
      [this](const std::string& id, const StatedAmount& stated) { ReadAmount(id, stated); });
  view_->undated_count = deals_->undated_count();
  view_->reconstructed = deals_->AreMostFactsLate();
  if (const auto day = deals_->FirstCreatedDay()) view_->first_created_day = DayOfNumber(*day);
}

void ViewBuilder::ReadAmount(const std::string& opportunity_id, const StatedAmount& stated) {
  if (stated.currency == Dictionary::kNone) {
    view_->notes.push_back(absl::StrCat("the amount of opportunity ", opportunity_id,
                                        " is not an amount of money and was left out"));
    return;
  }
  if (stated.currency == currency_code_) return;
  const std::string currency(book_.opportunity_facts_.names().currencies.At(stated.currency));
  NoteCurrency(currency, absl::StrCat("the amount of opportunity ", opportunity_id));
  if (currency == view_->currency) currency_code_ = stated.currency;
}

void ViewBuilder::UseNames() {
  deals_->reps().ForEach([this](const std::string& id, int&) {
    // Somebody with deals is there, whatever was learned later about the start.
    reps_[Standing(crm::v1::ENTITY_KIND_REP, id)].starts_unknown_to_us = false;
  });
  if (deals_->reps().is_none_used()) reps_[kUnassignedRepId].starts_unknown_to_us = false;
  deals_->stages().ForEach([this](const std::string& id, int&) { stages_[id]; });
  deals_->products().ForEach([this](const std::string& id, int&) {
    const std::string& standing = Standing(crm::v1::ENTITY_KIND_PRODUCT, id);
    products_[standing].product.id = standing;
  });
}

void ViewBuilder::PlaceNames() {
  view_->lead_sources = deals_->lead_sources().PlaceInOrder();
  view_->close_reasons = deals_->close_reasons().PlaceInOrder();
  view_->competitors = deals_->competitors().PlaceInOrder();
  view_->segments =
      deals_->segments().PlaceInOrder(deals_->segments().is_none_used() ? kDefaultSegmentId : "");

  const auto place = [this](NameUse& use, crm::v1::EntityKind entity,
                            const std::unordered_map<std::string, int>& positions) {
    use.ForEach([&](const std::string& id, int& position) {
      position = positions.at(Standing(entity, id));
    });
  };
  place(deals_->reps(), crm::v1::ENTITY_KIND_REP, rep_positions_);
  place(deals_->products(), crm::v1::ENTITY_KIND_PRODUCT, Positions(products_));
  std::unordered_map<std::string, int> stage_positions;
  for (size_t i = 0; i < view_->stages.size(); ++i) {
    stage_positions.emplace(view_->stages[i].id, static_cast<int>(i));
  }
  deals_->stages().ForEach([&stage_positions](const std::string& id, int& position) {
    position = stage_positions.at(id);
  });
}

void ViewBuilder::AddImpliedEntities() {
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
  for (const auto& entry : plans_) teams_[entry.first.first];
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
                             .loss = draft.loss,
                             .win_probability = draft.win_probability});
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
  for (auto& entry : reps_) {
    BookRep& rep = entry.second.rep;
    rep.id = entry.first;
    const auto manager = rep_positions_.find(entry.second.manager_id);
    if (manager != rep_positions_.end()) rep.manager = manager->second;
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

void ViewBuilder::FinishPlans() {
  for (const auto& entry : plans_) {
    const std::string& team_id = entry.first.first;
    const std::optional<int64_t> amount = ReadMoney(
        entry.second->amount(), absl::StrCat("the plan of ", team_id, " for ", entry.first.second));
    const auto team = std::find_if(view_->teams.begin(), view_->teams.end(),
                                   [&](const BookTeam& known) { return known.id == team_id; });
    if (!amount || team == view_->teams.end()) continue;
    view_->plan_quotas.push_back({.team = static_cast<int>(team - view_->teams.begin()),
                                  .period = entry.first.second,
                                  .amount_minor_units = *amount});
  }
}

void ViewBuilder::FinishAccounts() {
  // Described ones are finished now for the notes; which others deals name is looked up when
  // somebody asks.
  AccountSource source;
  source.names = book_.account_order_.Get(book_.opportunity_facts_.names().accounts);
  source.is_used = deals_->AccountsInUse();
  if (merges_.has_any(crm::v1::ENTITY_KIND_ACCOUNT)) source.merges = merges_;
  for (auto& entry : accounts_) {
    source.described.push_back(FinishedAccount(entry.first, entry.second));
  }
  ViewAccounts made = AccountsFrom(std::move(source));
  view_->accounts = std::move(made.accounts);
  view_->account_figures = std::move(made.figures);
  account_positions_ = std::move(made.positions);
}

BookAccount ViewBuilder::FinishedAccount(const std::string& id, AccountDraft& draft) {
  BookAccount account = std::move(draft.account);
  account.id = id;
  if (account.display_name.empty()) account.display_name = id;
  const auto owner = rep_positions_.find(draft.owner_id);
  if (owner != rep_positions_.end()) account.owner_rep = owner->second;
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
  return account;
}

int ViewBuilder::FirstStage() {
  // The first open stage that is in use.
  const int first = deals_->stages().FirstPosition();
  const bool is_open =
      first >= 0 && view_->stages[static_cast<size_t>(first)].category == StageCategory::kOpen;
  return is_open ? first : 0;
}

void ViewBuilder::FinishOpportunities() {
  for (auto& entry : products_) {
    BookProduct& product = entry.second.product;
    if (product.display_name.empty()) product.display_name = product.id;
    view_->products.push_back(product);
  }
  const int first_stage = FirstStage();
  const auto default_segment = static_cast<int>(
      std::lower_bound(view_->segments.begin(), view_->segments.end(), kDefaultSegmentId) -
      view_->segments.begin());
  const auto unassigned = rep_positions_.find(kUnassignedRepId);
  const int unassigned_rep = unassigned == rep_positions_.end() ? -1 : unassigned->second;

  deals_->Fill({.rep = unassigned_rep, .segment = default_segment, .stage = first_stage},
               account_positions_, *view_);
}

}  // namespace quotacast::metrics
