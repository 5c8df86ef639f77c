#include "simulator/engine/seller_plans.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/model/age_bins.h"

namespace quotacast::simulator {
namespace {

// Ranges of the common shift for which tables are built. A person uses the smallest that covers
// six standard deviations in every draw; the choice depends on the person alone, so that adding a
// colleague cannot change anybody's tables.
constexpr double kRadii[] = {0.4, 0.8, 1.4, 2.1, 3.0};
constexpr double kCoveredDeviations = 6;

int BasisFor(double mean, double sd) {
  const double radius = std::abs(mean) + kCoveredDeviations * sd;
  int basis = 0;
  while (basis + 1 < static_cast<int>(std::size(kRadii)) && kRadii[basis] < radius) ++basis;
  return basis;
}

// The segment's name and the person's id, not their positions, key new pipeline.
uint64_t CreationId(uint64_t person_id, const std::string& segment, bool from_leads) {
  return StableId(from_leads ? "new_leads" : "new_pipeline",
                  absl::StrCat(absl::Hex(person_id), "/", segment));
}

// Assigns tables: equal needs share one.
class TableRegistry {
 public:
  explicit TableRegistry(Blueprint& plan) : plan_(plan) {}

  int Person(const PersonLevers& levers) {
    const auto [it, added] =
        people_.try_emplace(levers, static_cast<int>(plan_.person_levers.size()));
    if (added) plan_.person_levers.push_back(levers);
    return it->second;
  }

  int Levers(const DealLevers& levers) {
    const auto [it, added] =
        levers_.try_emplace(levers, static_cast<int>(plan_.deal_levers.size()));
    if (added) plan_.deal_levers.push_back(levers);
    return it->second;
  }

  int Flow(int segment, int levers, int basis) {
    const auto [it, added] =
        flows_.try_emplace({segment, levers, basis}, static_cast<int>(plan_.flows.size()));
    if (added) plan_.flows.push_back({segment, levers, basis, {}, {}});
    return it->second;
  }

  void PlaceDeal(Entry entry, DealPlan& placed) {
    entry.age_days = CanonicalAge(entry);
    placed.table = OpenTable(placed.flow, entry);
    placed.open_class = open_.at({placed.flow, entry});
  }

  // `entry` as PlaceDeal makes it.
  TableSlot OpenTable(int flow, const Entry& entry) {
    FlowPlan& plan = plan_.flows[flow];
    const auto [it, added] = open_.try_emplace({flow, entry}, static_cast<int>(plan.open.size()));
    if (added) plan.open.push_back({entry, Allocate(plan)});
    return plan.open[it->second].table;
  }

  void PlaceCreation(const Tenure& tenure, CreationPlan& placed) {
    placed.table = FreshTable(placed.flow, tenure, placed.from_leads);
    placed.fresh_class = fresh_.at({placed.flow, tenure, placed.from_leads});
  }

  TableSlot FreshTable(int flow, const Tenure& tenure, bool from_leads) {
    FlowPlan& plan = plan_.flows[flow];
    const auto [it, added] =
        fresh_.try_emplace({flow, tenure, from_leads}, static_cast<int>(plan.fresh.size()));
    if (added) plan.fresh.push_back({tenure, from_leads, Allocate(plan)});
    return plan.fresh[it->second].table;
  }

 private:
  // Ages that no bin tells apart are one.
  int CanonicalAge(const Entry& entry) {
    if (entry.origin == Origin::kRenewal || entry.origin == Origin::kExpansion) {
      const auto [it, added] = customer_ages_.try_emplace(entry.age_days, 0);
      if (added) {
        it->second =
            CanonicalCustomerAge(entry.age_days, plan_.model.customer_age_edges_days, plan_.grid);
      }
      return it->second;
    }
    const auto& edges = plan_.model.age_bin_edges_days;
    return std::min(entry.age_days, edges.empty() ? 0 : edges.back());
  }

  TableSlot Allocate(const FlowPlan& flow) {
    const TableSlot slot = {plan_.table_size, plan_.bases[flow.basis].size()};
    plan_.table_size += static_cast<int64_t>(slot.size) * plan_.grid.step_count();
    return slot;
  }

  Blueprint& plan_;
  std::map<PersonLevers, int> people_;
  std::map<DealLevers, int> levers_;
  std::map<std::tuple<int, int, int>, int> flows_;
  std::map<std::pair<int, Entry>, int> open_;
  std::map<std::tuple<int, Tenure, bool>, int> fresh_;
  std::map<int, int> customer_ages_;  // What CanonicalCustomerAge says of them.
};

// Largest spread of the shift over the draws, for a person with this own variance.
double LargestShiftSd(const PipelineModel& model, double own_variance, bool is_hire) {
  double largest = 0;
  for (const ParameterDraw& draw : model.draws) {
    const double own = is_hire ? draw.rep_sd * draw.rep_sd : own_variance;
    largest =
        std::max(largest, draw.market_sd * draw.market_sd + draw.team_sd * draw.team_sd + own);
  }
  return std::sqrt(largest);
}

// Places the person's team factor and line items that reps and hires have in common.
void PlaceInTeam(const PipelineState& state, int team, std::map<int, int>& factor_of_team,
                 Blueprint& plan, Seller& seller) {
  const auto [it, added] =
      factor_of_team.try_emplace(team, static_cast<int>(plan.factor_team_ids.size()));
  if (added) plan.factor_team_ids.push_back(state.teams[team].id);
  seller.team_factor = it->second;
  for (int t = team; t != -1; t = state.teams[t].parent) seller.team_entities.push_back(1 + t);
}

bool AnyRate(const PipelineModel& model, bool of_team, const CreationPlan& creation) {
  return std::any_of(model.draws.begin(), model.draws.end(), [&](const ParameterDraw& draw) {
    return CreationRate(creation, of_team, draw) > 0;
  });
}

// The new pipeline of a person in every segment and from leads, as far as any draw has rates;
// without tables. `first_rate` is that of the first segment.
std::vector<CreationPlan> CreationOf(uint64_t person_id, bool of_team, size_t first_rate,
                                     const PipelineModel& model) {
  std::vector<CreationPlan> plans;
  for (size_t g = 0; g < model.segments.size(); ++g) {
    for (const bool from_leads : {false, true}) {
      CreationPlan creation;
      creation.id = CreationId(person_id, model.segments[g], from_leads);
      creation.segment = static_cast<int>(g);
      creation.from_leads = from_leads;
      creation.rate_index = static_cast<int>(first_rate + g);
      if (AnyRate(model, of_team, creation)) plans.push_back(creation);
    }
  }
  return plans;
}

// An amount as it is, changed by a certain factor, or as a law of its own.
void PlaceAmount(const std::optional<int64_t>& amount, const AmountRevision& revision,
                 Blueprint& plan, DealPlan& placed) {
  placed.amount_minor_units = amount;
  if (amount.value_or(0) == 0) return;
  if (revision.log_mean == 0 && revision.log_sd == 0) return;
  const AmountDistribution revised = {Log(static_cast<double>(*amount)) + revision.log_mean,
                                      revision.log_sd, kMaxAmountMinorUnits};
  if (revision.log_sd == 0) {
    placed.amount_minor_units = AmountQuantile(revised, 0.5);
    return;
  }
  placed.amount_minor_units = std::nullopt;
  placed.revised = static_cast<int>(plan.revised_amounts.size());
  plan.revised_amounts.push_back(revised);
}

void PlaceAllCreation(Tenure tenure, size_t first_rate, TableRegistry& tables, Blueprint& plan,
                      Seller& seller) {
  tenure = Canonical(std::move(tenure), plan.model, plan.grid);
  seller.creation = CreationOf(seller.id, seller.is_hire, first_rate, plan.model);
  for (CreationPlan& creation : seller.creation) {
    creation.flow = tables.Flow(creation.segment, seller.levers, seller.basis);
    tables.PlaceCreation(tenure, creation);
  }
}

// Who takes the deals of whom, with everything by position among the people.
class Handovers {
 public:
  Handovers(const Blueprint& plan, absl::CivilDay as_of) : plan_(plan), origin_(as_of + 1) {
    for (size_t i = 0; i < plan.scenario.departures.size(); ++i) {
      departure_of_.emplace(plan.scenario.departures[i].rep, static_cast<int>(i));
    }
  }

  std::optional<absl::CivilDay> EndOf(int rep) const {
    const auto found = departure_of_.find(rep);
    if (found == departure_of_.end()) return std::nullopt;
    return plan_.scenario.departures[found->second].end;
  }

  // Receivers are people. Successors leave later than those they follow, so this ends.
  std::vector<Handover> Of(int rep) const {
    std::vector<Handover> handovers;
    for (auto at = departure_of_.find(rep); at != departure_of_.end();) {
      const Departure& departure = plan_.scenario.departures[at->second];
      Handover handover;
      handover.day = static_cast<int>(departure.end - origin_);
      handover.works_day = handover.day + static_cast<int>(std::lround(7 * departure.freeze_weeks));
      handover.receiver = departure.successor.value_or(-1);
      handover.departure = at->second;
      handovers.push_back(handover);
      at = departure_of_.find(handover.receiver);
    }
    return handovers;
  }

 private:
  const Blueprint& plan_;
  absl::CivilDay origin_;
  std::map<int, int> departure_of_;  // By rep.
};

// The levers of people and of their deals.
class SellerLevers {
 public:
  SellerLevers(const PipelineState& state, const Blueprint& plan, TableRegistry& tables)
      : handovers_(plan, state.as_of), tables_(tables) {
    people_ = LeversOfPeople(plan.scenario, static_cast<int>(state.reps.size()), state.as_of);
    std::map<double, int> certain;  // By mean, among effects without spread.
    for (size_t i = 0; i < plan.scenario.reassignments.size(); ++i) {
      const Effect& effect = plan.scenario.reassignments[i].inherited_win;
      const int position = static_cast<int>(i);
      same_effect_.push_back(
          effect.sd > 0 ? position : certain.try_emplace(effect.mean, position).first->second);
    }
  }

  const Handovers& handovers() const { return handovers_; }
  const std::vector<DayRange>& AbsencesOf(size_t person) const { return people_[person].absences; }

  int Of(int person, int reassignment = -1) {
    DealLevers levers;
    levers.person = tables_.Person(people_[person]);
    levers.handovers = handovers_.Of(person);
    for (Handover& handover : levers.handovers) {
      if (handover.receiver >= 0) handover.receiver = tables_.Person(people_[handover.receiver]);
    }
    levers.reassignment = reassignment == -1 ? -1 : same_effect_[reassignment];
    return tables_.Levers(levers);
  }

  // Of the same deals once their owner has left at random, from `day` on.
  int AfterLeaving(int deal_levers, int day, double freeze_weeks, const Blueprint& plan) {
    DealLevers levers = plan.deal_levers[deal_levers];
    levers.handovers = {
        {day, day + static_cast<int>(std::lround(7 * freeze_weeks)), levers.person, kAtRandom}};
    return tables_.Levers(levers);
  }

  // Of somebody who joins a team for one who left: as for hires.
  int OfNewcomers(const Scenario& scenario) {
    PersonLevers newcomer;
    for (size_t j = 0; j < scenario.initiatives.size(); ++j) {
      const Initiative& initiative = scenario.initiatives[j];
      if (!initiative.covers_hires) continue;
      int first = -1;
      for (size_t w = 0; w < initiative.waves.size(); ++w) {
        if (!initiative.waves[w].covers_hires) continue;
        if (first == -1 || initiative.waves[w].start < initiative.waves[first].start) {
          first = static_cast<int>(w);
        }
      }
      newcomer.initiatives.push_back({static_cast<int>(j), first, 1});
    }
    DealLevers levers;
    levers.person = tables_.Person(newcomer);
    return tables_.Levers(levers);
  }

 private:
  Handovers handovers_;
  std::vector<PersonLevers> people_;
  // By reassignment: the first with the same effect, so that they share tables.
  std::vector<int> same_effect_;
  TableRegistry& tables_;
};

Tenure TenureOf(const RepState& rep, std::optional<absl::CivilDay> departure,
                const std::vector<DayRange>& absences, absl::CivilDay origin) {
  Tenure tenure;
  if (rep.start_date.has_value()) tenure.start_day = static_cast<double>(*rep.start_date - origin);
  const std::optional<absl::CivilDay> end = departure.has_value() ? departure : rep.end_date;
  if (end.has_value()) tenure.end_day = static_cast<int>(*end - origin);
  tenure.absences = absences;
  return tenure;
}

Tenure TenureOf(const Hire& hire, int position, absl::CivilDay origin) {
  Tenure tenure;
  tenure.start_day = static_cast<double>(hire.start - origin);
  tenure.ramp_weeks = hire.ramp_weeks;
  // Otherwise no draw moves it, and hires of a day share tables.
  if (hire.lead_time_mean_weeks > 0 || hire.quality.has_value()) tenure.hire = position;
  return tenure;
}

void PlaceReps(const PipelineState& state, SellerLevers& levers, TableRegistry& tables,
               std::map<int, int>& factor_of_team, Blueprint& plan) {
  const PipelineModel& model = plan.model;
  const int first_person = 1 + static_cast<int>(state.teams.size());
  for (size_t r = 0; r < state.reps.size(); ++r) {
    const int position = static_cast<int>(r);
    const RepState& rep = state.reps[r];
    Seller seller;
    seller.id = rep.id;
    seller.entity = first_person + position;
    seller.levers = levers.Of(position);
    for (const Handover& handover : levers.handovers().Of(position)) {
      if (handover.receiver == -1) break;
      seller.handovers.push_back({FirstStepFrom(handover.day, plan.grid), handover.receiver});
    }
    seller.effect_mean = model.rep_effects[r].mean;
    seller.effect_variance = model.rep_effects[r].variance;
    seller.basis =
        BasisFor(seller.effect_mean, LargestShiftSd(model, seller.effect_variance, false));
    PlaceInTeam(state, rep.team, factor_of_team, plan, seller);
    seller.tenure =
        TenureOf(rep, levers.handovers().EndOf(position), levers.AbsencesOf(r), state.as_of + 1);
    PlaceAllCreation(seller.tenure, r * model.segments.size(), tables, plan, seller);
    plan.sellers.push_back(std::move(seller));
  }
}

void PlaceDeals(const PipelineState& state, SellerLevers& levers, TableRegistry& tables,
                Blueprint& plan) {
  std::map<int, int> reassigned;  // By deal.
  for (size_t i = 0; i < plan.scenario.reassignments.size(); ++i) {
    reassigned.emplace(plan.scenario.reassignments[i].deal, static_cast<int>(i));
  }
  for (size_t i = 0; i < state.open_deals.size(); ++i) {
    const OpenDeal& deal = state.open_deals[i];
    const auto changed = reassigned.find(static_cast<int>(i));
    const int owner =
        changed == reassigned.end() ? deal.rep : plan.scenario.reassignments[changed->second].rep;
    Seller& seller = plan.sellers[owner];
    DealPlan placed;
    placed.id = deal.id;
    placed.segment = deal.segment;
    const auto& revisions = plan.model.amount_revisions;
    PlaceAmount(deal.amount_minor_units,
                revisions.empty() ? AmountRevision{} : revisions[deal.stage], plan, placed);
    placed.flow =
        tables.Flow(deal.segment,
                    changed == reassigned.end() ? seller.levers : levers.Of(owner, changed->second),
                    seller.basis);
    tables.PlaceDeal({.stage = deal.stage, .age_days = deal.age_days}, placed);
    seller.deals.push_back(placed);
  }
}

// Leads whose model knows how they become opportunities; otherwise those that come of them are
// part of creation.
void PlaceLeads(const PipelineState& state, TableRegistry& tables, Blueprint& plan) {
  const auto& draws = plan.model.draws;
  const bool any = std::any_of(draws.begin(), draws.end(),
                               [](const ParameterDraw& draw) { return !draw.lead_cells.empty(); });
  if (!any) return;
  for (const OpenLead& lead : state.open_leads) {
    Seller& seller = plan.sellers[lead.rep];
    DealPlan placed;
    placed.id = lead.id;
    placed.segment = lead.segment;
    placed.flow = tables.Flow(lead.segment, seller.levers, seller.basis);
    tables.PlaceDeal({.origin = Origin::kLead, .age_days = lead.age_days}, placed);
    seller.deals.push_back(placed);
  }
}

// Customers' renewals, or their expansions.
class FollowUps {
 public:
  FollowUps(Origin origin, const Blueprint& plan) : origin_(origin), plan_(plan) {
    const bool renews = origin == Origin::kRenewal;
    segments_ = renews ? &plan.model.renewal_segments : &plan.model.expansion_segments;
    amount_ = renews ? plan.model.renewal_amount : plan.model.expansion_amount;
    rates_ = renews ? &ParameterDraw::renewal_rate_per_day : &ParameterDraw::expansion_rate_per_day;
  }

  void Place(const Customer& customer, TableRegistry& tables, Blueprint& plan) const {
    const bool is_there = origin_ == Origin::kRenewal ? customer.is_renewed : customer.is_expanded;
    if (segments_->empty() || is_there || !MayCome(customer)) return;
    Seller& seller = plan.sellers[customer.rep];
    DealPlan placed;
    placed.id = StableId(origin_ == Origin::kRenewal ? "renewal" : "expansion",
                         absl::StrCat(absl::Hex(customer.id)));
    placed.segment = (*segments_)[customer.segment];
    PlaceAmount(customer.amount_minor_units, amount_, plan, placed);
    placed.flow = tables.Flow(placed.segment, seller.levers, seller.basis);
    tables.PlaceDeal(
        {.origin = origin_, .customer_segment = customer.segment, .age_days = customer.age_days},
        placed);
    seller.deals.push_back(placed);
  }

 private:
  // Whether any draw has a rate at the ages the customer comes to: others cost nothing.
  bool MayCome(const Customer& customer) const {
    if ((*segments_)[customer.segment] == -1) return false;
    const auto& edges = plan_.model.customer_age_edges_days;
    const size_t first = customer.segment * plan_.model.customer_age_bins();
    const auto from = AgeBinOf(customer.age_days, edges);
    const auto to = AgeBinOf(customer.age_days + plan_.grid.steps.back().begin_day, edges) + 1;
    return std::any_of(
        plan_.model.draws.begin(), plan_.model.draws.end(), [&](const ParameterDraw& draw) {
          const auto rates = (draw.*rates_).begin() + static_cast<ptrdiff_t>(first);
          return std::any_of(rates + from, rates + to, [](double rate) { return rate > 0; });
        });
  }

  Origin origin_;
  const Blueprint& plan_;
  const std::vector<int>* segments_;
  AmountRevision amount_;
  std::vector<double> ParameterDraw::*rates_;
};

void PlaceCustomers(const PipelineState& state, TableRegistry& tables, Blueprint& plan) {
  for (const Origin origin : {Origin::kRenewal, Origin::kExpansion}) {
    const FollowUps follow_ups(origin, plan);
    for (const Customer& customer : state.customers) follow_ups.Place(customer, tables, plan);
  }
}

// No result depends on the order of the inputs.
void SortDeals(Blueprint& plan) {
  for (Seller& seller : plan.sellers) {
    std::sort(seller.deals.begin(), seller.deals.end(),
              [](const DealPlan& a, const DealPlan& b) { return a.id < b.id; });
  }
}

absl::Status PlaceHires(const PipelineState& state, SellerLevers& levers, TableRegistry& tables,
                        std::map<int, int>& factor_of_team, Blueprint& plan) {
  const PipelineModel& model = plan.model;
  const int first_person = 1 + static_cast<int>(state.teams.size());
  for (size_t i = 0; i < plan.scenario.hires.size(); ++i) {
    const Hire& hire = plan.scenario.hires[i];
    const std::string& team_key = state.teams[hire.team].key;
    const auto found = std::find(model.teams.begin(), model.teams.end(), team_key);
    if (found == model.teams.end()) {
      return InvalidField(absl::StrCat("hires[", i, "].team"),
                          absl::StrCat("is ", team_key,
                                       ", for which the model knows no creation rates; want one "
                                       "of the model's leaf teams"));
    }
    const int person = static_cast<int>(state.reps.size() + i);
    Seller seller;
    seller.id = hire.id;
    seller.is_hire = true;
    seller.entity = first_person + person;
    seller.levers = levers.Of(person);
    seller.basis = BasisFor(0, LargestShiftSd(model, 0, true));
    PlaceInTeam(state, hire.team, factor_of_team, plan, seller);
    seller.tenure = TenureOf(hire, static_cast<int>(i), state.as_of + 1);
    PlaceAllCreation(seller.tenure,
                     static_cast<size_t>(found - model.teams.begin()) * model.segments.size(),
                     tables, plan, seller);
    plan.sellers.push_back(std::move(seller));
  }
  return absl::OkStatus();
}

// The tables of reps in the trials in which they leave.
class AttritionPlanner {
 public:
  AttritionPlanner(const PipelineState& state, SellerLevers& levers, TableRegistry& tables,
                   Blueprint& plan)
      : state_(state), levers_(levers), tables_(tables), plan_(plan) {
    int64_t deals = 0;
    for (const Seller& seller : plan.sellers) deals += static_cast<int64_t>(seller.deals.size());
    const int64_t most =
        std::clamp<int64_t>(kMaxLeftTables / std::max<int64_t>(1, deals), 1, kMaxDepartureSteps);
    plan.departure_steps = DepartureStepsOf(plan.grid, static_cast<int>(most));
    newcomer_levers_ = levers.OfNewcomers(plan.scenario);
  }

  void Place(int rep) {
    Seller& seller = plan_.sellers[rep];
    const RepState& state = state_.reps[rep];
    if (state.end_date.has_value() || levers_.handovers().EndOf(rep).has_value()) return;
    PlaceBackfill(rep, seller);
    for (const int first_step : plan_.departure_steps.first_steps) {
      seller.left.push_back(Left(seller, first_step));
    }
  }

 private:
  // Segments in which a newcomer of the rep's team creates. Nobody does where
  // the model knows no rates of the team.
  void PlaceBackfill(int rep, Seller& seller) {
    const auto& teams = plan_.model.teams;
    const auto team =
        std::find(teams.begin(), teams.end(), state_.teams[state_.reps[rep].team].key);
    if (!plan_.scenario.attrition->backfill_weeks.has_value() || team == teams.end()) return;
    seller.backfill_id = StableId("backfill", absl::StrCat(absl::Hex(seller.id)));
    seller.backfill_basis = BasisFor(0, LargestShiftSd(plan_.model, 0, true));
    seller.backfill = CreationOf(
        seller.backfill_id, true,
        static_cast<size_t>(team - teams.begin()) * plan_.model.segments.size(), plan_.model);
    for (CreationPlan& creation : seller.backfill) {
      creation.flow = tables_.Flow(creation.segment, newcomer_levers_, seller.backfill_basis);
    }
  }

  LeftPlan Left(const Seller& seller, int first_step) {
    const Attrition& attrition = *plan_.scenario.attrition;
    const int day = plan_.grid.steps[first_step].begin_day;
    const auto flow_after = [&](int flow) {
      const int levers =
          levers_.AfterLeaving(plan_.flows[flow].levers, day, attrition.freeze_weeks, plan_);
      return tables_.Flow(plan_.flows[flow].segment, levers, seller.basis);
    };
    LeftPlan left;
    left.first_step = first_step;
    for (const DealPlan& deal : seller.deals) {
      const int flow = flow_after(deal.flow);
      const OpenClass& of = plan_.flows[deal.flow].open[deal.open_class];
      left.deals.push_back(tables_.OpenTable(flow, of.entry));
    }
    Tenure tenure = seller.tenure;
    tenure.end_day = day;
    tenure = Canonical(tenure, plan_.model, plan_.grid);
    for (const CreationPlan& creation : seller.creation) {
      left.creation.push_back(
          tables_.FreshTable(flow_after(creation.flow), tenure, creation.from_leads));
    }
    Tenure newcomer;
    newcomer.start_day = day + 7 * attrition.backfill_weeks.value_or(0);
    for (const CreationPlan& creation : seller.backfill) {
      left.backfill.push_back(tables_.FreshTable(creation.flow, newcomer, creation.from_leads));
    }
    return left;
  }

  const PipelineState& state_;
  SellerLevers& levers_;
  TableRegistry& tables_;
  Blueprint& plan_;
  int newcomer_levers_ = 0;
};

// Successors leave later than those they follow, so leavers by their day come first.
void OrderSellers(Blueprint& plan) {
  std::vector<std::pair<int, int>> by_day;
  for (size_t s = 0; s < plan.sellers.size(); ++s) {
    const DealLevers& levers = plan.deal_levers[plan.sellers[s].levers];
    by_day.emplace_back(
        levers.handovers.empty() ? std::numeric_limits<int>::max() : levers.handovers[0].day,
        static_cast<int>(s));
    for (const WinsHandover& handover : plan.sellers[s].handovers) {
      Seller& receiver = plan.sellers[handover.receiver];
      if (receiver.inherits == -1) receiver.inherits = plan.inheriting_seller_count++;
    }
  }
  std::sort(by_day.begin(), by_day.end());
  for (const auto& [day, seller] : by_day) plan.order.push_back(seller);
}

}  // namespace

absl::Status PlaceSellers(const PipelineState& state, Blueprint& plan) {
  for (const double radius : kRadii) plan.bases.emplace_back(radius);
  TableRegistry tables(plan);
  SellerLevers levers(state, plan, tables);
  std::map<int, int> factor_of_team;
  PlaceReps(state, levers, tables, factor_of_team, plan);
  PlaceDeals(state, levers, tables, plan);
  PlaceLeads(state, tables, plan);
  PlaceCustomers(state, tables, plan);
  SortDeals(plan);
  if (plan.scenario.attrition.has_value()) {
    AttritionPlanner attrition(state, levers, tables, plan);
    for (size_t r = 0; r < state.reps.size(); ++r) attrition.Place(static_cast<int>(r));
  }
  QC_RETURN_IF_ERROR(PlaceHires(state, levers, tables, factor_of_team, plan));
  OrderSellers(plan);
  return absl::OkStatus();
}

}  // namespace quotacast::simulator
