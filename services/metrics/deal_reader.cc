#include "services/metrics/deal_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {
namespace {

// What opportunities are built from when somebody asks for them.
struct BuildPlan {
  std::shared_ptr<const DealHistories> histories;
  int32_t day = 0;
  std::vector<uint32_t> places;   // Of the deals, in the histories.
  std::vector<int> stage_places;  // In the view, by code.
  int first_stage = 0;
  std::shared_ptr<const DealColumns> columns;
};

void AddVisits(const BuildPlan& plan, const DealPlace& at, BookOpportunity& opportunity) {
  const FieldHistory<uint32_t>& stages = at.layer.stages;
  const uint32_t end = stages.EndOf(at.deal, plan.day);
  for (uint32_t stay = stages.BeginOf(at.deal); stay < end; ++stay) {
    opportunity.visits.push_back({.stage = plan.stage_places[stages.ValueAt(stay)],
                                  .entered_day = DayOfNumber(stages.DayAt(stay))});
  }
  if (opportunity.visits.empty()) {
    opportunity.visits.push_back(
        {.stage = plan.first_stage, .entered_day = opportunity.created_day});
  }
}

void AddExpectedCloses(const BuildPlan& plan, const DealPlace& at, BookOpportunity& opportunity) {
  const FieldHistory<int32_t>& expected = at.layer.expected_closes;
  const uint32_t end = expected.EndOf(at.deal, plan.day);
  for (uint32_t saying = expected.BeginOf(at.deal); saying < end; ++saying) {
    opportunity.expected_close_day.reset();
    if (expected.ValueAt(saying) == DealColumns::kNoDay) continue;
    opportunity.expected_close_day = DayOfNumber(expected.ValueAt(saying));
    opportunity.expected_closes.push_back(
        {DayOfNumber(expected.DayAt(saying)), *opportunity.expected_close_day});
  }
}

void AddAmountCalls(const BuildPlan& plan, const DealPlace& at, BookOpportunity& opportunity) {
  const FieldHistory<StatedAmount>& amounts = at.layer.amounts;
  const uint32_t end = amounts.EndOf(at.deal, plan.day);
  std::vector<AmountCall>& calls = opportunity.amount_calls;
  for (uint32_t saying = amounts.BeginOf(at.deal); saying < end; ++saying) {
    const StatedAmount amount = amounts.ValueAt(saying);
    // What is no amount of money leaves the one before.
    if (amount.currency == Dictionary::kNone) continue;
    if (!calls.empty() && calls.back().amount_minor_units == amount.minor_units) continue;
    calls.push_back({DayOfNumber(amounts.DayAt(saying)), amount.minor_units});
  }
}

void AddCategoryCalls(const BuildPlan& plan, const DealPlace& at, BookOpportunity& opportunity) {
  const FieldHistory<DealCategory>& categories = at.layer.categories;
  const uint32_t end = categories.EndOf(at.deal, plan.day);
  for (uint32_t saying = categories.BeginOf(at.deal); saying < end; ++saying) {
    opportunity.category_calls.push_back(
        {DayOfNumber(categories.DayAt(saying)), categories.ValueAt(saying)});
  }
}

std::vector<BookOpportunity> BuildOpportunities(const BuildPlan& plan) {
  const DealHistories& histories = *plan.histories;
  const DealColumns& columns = *plan.columns;
  std::vector<BookOpportunity> opportunities(plan.places.size());
  for (size_t i = 0; i < opportunities.size(); ++i) {
    const DealPlace at = histories.At(plan.places[i]);
    BookOpportunity& opportunity = opportunities[i];
    opportunity.id = std::string(histories.IdOf(plan.places[i]));
    opportunity.rep = columns.rep[i];
    opportunity.segment = columns.segment[i];
    opportunity.product = columns.product[i];
    opportunity.account = columns.account[i];
    opportunity.created_day = DayOfNumber(columns.created_day[i]);
    AddVisits(plan, at, opportunity);
    opportunity.outcome = columns.outcome[i];
    if (opportunity.outcome != StageCategory::kOpen) {
      opportunity.close_day = opportunity.visits.back().entered_day;
    }
    opportunity.amount_minor_units = columns.At(i).amount_minor_units();
    opportunity.entry_amount_minor_units = columns.At(i).entry_amount_minor_units();
    AddAmountCalls(plan, at, opportunity);
    AddExpectedCloses(plan, at, opportunity);
    opportunity.motion = columns.motion[i];
    opportunity.lead_source = columns.lead_source[i];
    opportunity.close_reason = columns.close_reason[i];
    opportunity.competitor = columns.competitor[i];
    opportunity.has_customer_problem = columns.At(i).has_customer_problem();
    opportunity.discovery_rating = columns.discovery_rating[i];
    AddCategoryCalls(plan, at, opportunity);
  }
  return opportunities;
}

}  // namespace

DealReader::DealReader(std::shared_ptr<const DealHistories> histories, int32_t day,
                       const OpportunityNames& names)
    : histories_(std::move(histories)),
      day_(day),
      has_one_currency_(names.currencies.size() <= 1 && !histories_->may_have_bad_amounts()),
      reps_(names.reps, &DealLayer::owners),
      segments_(names.segments, &DealLayer::segments),
      products_(names.products, &DealLayer::products),
      accounts_(names.accounts, &DealLayer::accounts),
      lead_sources_(names.words, &DealLayer::lead_sources),
      close_reasons_(names.words, &DealLayer::close_reasons),
      competitors_(names.words, &DealLayer::competitors),
      stages_(names.stages) {
  Select();
  for (NameColumn* column : {&reps_, &segments_, &products_, &accounts_, &lead_sources_,
                             &close_reasons_, &competitors_}) {
    ReadNames(*column);
  }
  ReadStages();
}

void DealReader::Select() {
  const bool any_ends = histories_->MaySayAny(&DealLayer::ends);
  places_.reserve(histories_->size());
  for (const uint32_t place : histories_->places()) {
    const auto [layer, deal] = histories_->At(place);
    undated_count_ += layer.is_undated[deal];
    const uint32_t begin = layer.facts.BeginOf(deal);
    const uint32_t end = layer.facts.EndOf(deal, day_);
    if (end == begin || (any_ends && layer.ends.On(deal, day_, 0) != 0)) continue;
    places_.push_back(place);
    fact_count_ += end - begin;
    late_count_ += layer.facts.ValueAt(end - 1);
  }
}

void DealReader::ReadNames(NameColumn& column) {
  if (!histories_->MaySayAny(column.history)) {
    // Nobody ever said anything of the kind.
    column.codes.assign(places_.size(), Dictionary::kNone);
    if (!places_.empty()) column.use.Use(Dictionary::kNone);
    return;
  }
  column.codes.resize(places_.size());
  for (size_t i = 0; i < places_.size(); ++i) {
    const auto [layer, deal] = histories_->At(places_[i]);
    const uint32_t code = (layer.*column.history).On(deal, day_, Dictionary::kNone);
    column.codes[i] = code;
    column.use.Use(code);
  }
}

void DealReader::ReadStages() {
  for (const uint32_t place : places_) {
    const auto [layer, deal] = histories_->At(place);
    const FieldHistory<uint32_t>& stages = layer.stages;
    const uint32_t end = stages.EndOf(deal, day_);
    for (uint32_t stay = stages.BeginOf(deal); stay < end; ++stay)
      stages_.Use(stages.ValueAt(stay));
  }
}

void DealReader::VisitAmounts(const AmountVisitor& visit) const {
  for (const uint32_t place : places_) {
    const auto [layer, deal] = histories_->At(place);
    const FieldHistory<StatedAmount>& amounts = layer.amounts;
    const uint32_t end = amounts.EndOf(deal, day_);
    for (uint32_t saying = amounts.BeginOf(deal); saying < end; ++saying) {
      visit(std::string(histories_->IdOf(place)), amounts.ValueAt(saying));
      if (has_one_currency_) return;
    }
  }
}

std::vector<int32_t> DealReader::Positions(const NameColumn& column, int none) const {
  std::vector<int32_t> positions(column.codes.size(), none);
  if (!histories_->MaySayAny(column.history)) return positions;
  for (size_t i = 0; i < positions.size(); ++i) {
    if (column.codes[i] != Dictionary::kNone) {
      positions[i] = column.use.PositionOf(column.codes[i]);
    }
  }
  return positions;
}

void DealReader::Fill(const Defaults& defaults, BookView& view) {
  auto filled = std::make_shared<DealColumns>();
  DealColumns& columns = *filled;
  columns.rep = Positions(reps_, defaults.rep);
  columns.segment = Positions(segments_, defaults.segment);
  columns.product = Positions(products_, -1);
  columns.account = Positions(accounts_, -1);
  columns.lead_source = Positions(lead_sources_, -1);
  columns.close_reason = Positions(close_reasons_, -1);
  columns.competitor = Positions(competitors_, -1);
  const size_t size = places_.size();
  columns.motion.resize(size);
  columns.created_day.resize(size);
  columns.stage.resize(size);
  columns.outcome.resize(size);
  columns.has_customer_problem.resize(size);
  columns.discovery_rating.resize(size);
  columns.close_day.resize(size);
  columns.expected_close_day.resize(size);
  columns.amount_minor_units.resize(size);
  columns.entry_amount_minor_units.resize(size);

  std::vector<int> stage_places;
  std::vector<StageCategory> categories;  // By code.
  for (uint32_t code = 0; code < stages_.size(); ++code) {
    const int place = stages_.PositionOf(code);
    stage_places.push_back(place);
    categories.push_back(place < 0 ? StageCategory::kOpen
                                   : view.stages[static_cast<size_t>(place)].category);
  }
  const StageCategory first_category =
      view.stages.empty() ? StageCategory::kOpen
                          : view.stages[static_cast<size_t>(defaults.stage)].category;
  int32_t first_created_day = INT32_MAX;
  for (size_t i = 0; i < size; ++i) {
    const auto [layer, deal] = histories_->At(places_[i]);
    columns.has_customer_problem[i] = layer.customer_problems.On(deal, day_, 0);
    columns.discovery_rating[i] = layer.discovery_ratings.On(deal, day_, 0);
    columns.motion[i] = layer.motions.On(deal, day_, DealMotion::kUnknown);
    const int32_t first_day = layer.facts.DayAt(layer.facts.BeginOf(deal));
    columns.created_day[i] = layer.created_days.On(deal, day_, first_day);
    first_created_day = std::min(first_created_day, columns.created_day[i]);
    const FieldHistory<uint32_t>& stages = layer.stages;
    const uint32_t stay_end = stages.EndOf(deal, day_);
    columns.stage[i] = defaults.stage;
    columns.outcome[i] = first_category;
    columns.close_day[i] = columns.created_day[i];
    if (stay_end > stages.BeginOf(deal)) {
      columns.stage[i] = stage_places[stages.ValueAt(stay_end - 1)];
      columns.outcome[i] = categories[stages.ValueAt(stay_end - 1)];
      columns.close_day[i] = stages.DayAt(stay_end - 1);
    }
    columns.expected_close_day[i] = layer.expected_closes.On(deal, day_, DealColumns::kNoDay);
    const Amounts amounts = AmountsOn({layer, deal});
    // An open deal is not worth nothing: somebody left the amount out.
    const bool counts = columns.outcome[i] != StageCategory::kOpen || amounts.last > 0;
    columns.amount_minor_units[i] = counts ? amounts.last : DealColumns::kNoAmount;
    columns.entry_amount_minor_units[i] = amounts.entry;
  }
  if (size > 0) view.first_created_day = DayOfNumber(first_created_day);

  auto plan = std::make_shared<BuildPlan>();
  plan->histories = histories_;
  plan->day = day_;
  plan->places = std::move(places_);
  plan->stage_places = std::move(stage_places);
  plan->first_stage = defaults.stage;
  plan->columns = filled;
  view.columns = std::move(filled);
  view.opportunities =
      LazyList<BookOpportunity>(size, [plan] { return BuildOpportunities(*plan); });
}

DealReader::Amounts DealReader::AmountsOn(const DealPlace& at) const {
  Amounts found;
  const FieldHistory<StatedAmount>& amounts = at.layer.amounts;
  const uint32_t end = amounts.EndOf(at.deal, day_);
  for (uint32_t saying = amounts.BeginOf(at.deal); saying < end; ++saying) {
    const StatedAmount amount = amounts.ValueAt(saying);
    // What is no amount of money leaves the one before.
    if (amount.currency == Dictionary::kNone) continue;
    found.last = amount.minor_units;
    if (amount.minor_units > 0 && found.entry == DealColumns::kNoAmount) {
      found.entry = amount.minor_units;
    }
  }
  return found;
}

}  // namespace quotacast::metrics
