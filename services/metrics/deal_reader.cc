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
  std::vector<uint32_t> deals;    // Positions in the histories.
  std::vector<int> stage_places;  // In the view, by code.
  int first_stage = 0;
  std::shared_ptr<const DealColumns> columns;
};

void AddVisits(const BuildPlan& plan, size_t deal, BookOpportunity& opportunity) {
  const FieldHistory<uint32_t>& stages = plan.histories->stages;
  const uint32_t end = stages.EndOf(deal, plan.day);
  for (uint32_t stay = stages.BeginOf(deal); stay < end; ++stay) {
    opportunity.visits.push_back({.stage = plan.stage_places[stages.ValueAt(stay)],
                                  .entered_day = DayOfNumber(stages.DayAt(stay))});
  }
  if (opportunity.visits.empty()) {
    opportunity.visits.push_back(
        {.stage = plan.first_stage, .entered_day = opportunity.created_day});
  }
}

void AddExpectedCloses(const BuildPlan& plan, size_t deal, BookOpportunity& opportunity) {
  const FieldHistory<int32_t>& expected = plan.histories->expected_closes;
  const uint32_t end = expected.EndOf(deal, plan.day);
  for (uint32_t saying = expected.BeginOf(deal); saying < end; ++saying) {
    opportunity.expected_close_day.reset();
    if (expected.ValueAt(saying) == DealColumns::kNoDay) continue;
    opportunity.expected_close_day = DayOfNumber(expected.ValueAt(saying));
    opportunity.expected_closes.push_back(
        {DayOfNumber(expected.DayAt(saying)), *opportunity.expected_close_day});
  }
}

void AddCategoryCalls(const BuildPlan& plan, size_t deal, BookOpportunity& opportunity) {
  const FieldHistory<DealCategory>& categories = plan.histories->categories;
  const uint32_t end = categories.EndOf(deal, plan.day);
  for (uint32_t saying = categories.BeginOf(deal); saying < end; ++saying) {
    opportunity.category_calls.push_back(
        {DayOfNumber(categories.DayAt(saying)), categories.ValueAt(saying)});
  }
}

std::vector<BookOpportunity> BuildOpportunities(const BuildPlan& plan) {
  const DealHistories& histories = *plan.histories;
  const DealColumns& columns = *plan.columns;
  std::vector<BookOpportunity> opportunities(plan.deals.size());
  for (size_t i = 0; i < opportunities.size(); ++i) {
    const size_t deal = plan.deals[i];
    BookOpportunity& opportunity = opportunities[i];
    opportunity.id = std::string(histories.IdOf(deal));
    opportunity.rep = columns.rep[i];
    opportunity.segment = columns.segment[i];
    opportunity.product = columns.product[i];
    opportunity.account = columns.account[i];
    opportunity.created_day = DayOfNumber(columns.created_day[i]);
    AddVisits(plan, deal, opportunity);
    opportunity.outcome = columns.outcome[i];
    if (opportunity.outcome != StageCategory::kOpen) {
      opportunity.close_day = opportunity.visits.back().entered_day;
    }
    opportunity.amount_minor_units = columns.At(i).amount_minor_units();
    opportunity.entry_amount_minor_units = columns.At(i).entry_amount_minor_units();
    AddExpectedCloses(plan, deal, opportunity);
    opportunity.motion = columns.motion[i];
    opportunity.lead_source = columns.lead_source[i];
    opportunity.close_reason = columns.close_reason[i];
    opportunity.competitor = columns.competitor[i];
    opportunity.has_customer_problem = columns.At(i).has_customer_problem();
    opportunity.discovery_rating = columns.discovery_rating[i];
    AddCategoryCalls(plan, deal, opportunity);
  }
  return opportunities;
}

}  // namespace

DealReader::DealReader(std::shared_ptr<const DealHistories> histories, int32_t day,
                       const OpportunityNames& names)
    : histories_(std::move(histories)),
      day_(day),
      has_one_currency_(names.currencies.size() <= 1 && !histories_->may_have_bad_amounts),
      reps_(names.reps, histories_->owners),
      segments_(names.segments, histories_->segments),
      products_(names.products, histories_->products),
      accounts_(names.accounts, histories_->accounts),
      lead_sources_(names.words, histories_->lead_sources),
      close_reasons_(names.words, histories_->close_reasons),
      competitors_(names.words, histories_->competitors),
      stages_(names.stages) {
  Select();
  for (NameColumn* column : {&reps_, &segments_, &products_, &accounts_, &lead_sources_,
                             &close_reasons_, &competitors_}) {
    ReadNames(*column);
  }
  ReadStages();
}

void DealReader::Select() {
  const FieldHistory<uint32_t>& facts = histories_->facts;
  const bool any_ends = histories_->ends.saying_count() > 0;
  deals_.reserve(histories_->size());
  for (size_t deal = 0; deal < histories_->size(); ++deal) {
    undated_count_ += histories_->is_undated[deal];
    const uint32_t begin = facts.BeginOf(deal);
    const uint32_t end = facts.EndOf(deal, day_);
    if (end == begin || (any_ends && histories_->ends.On(deal, day_, 0) != 0)) continue;
    deals_.push_back(static_cast<uint32_t>(deal));
    fact_count_ += end - begin;
    late_count_ += facts.ValueAt(end - 1);
  }
}

void DealReader::ReadNames(NameColumn& column) {
  if (column.history.saying_count() == 0) {
    // Nobody ever said anything of the kind.
    column.codes.assign(deals_.size(), Dictionary::kNone);
    if (!deals_.empty()) column.use.Use(Dictionary::kNone);
    return;
  }
  column.codes.resize(deals_.size());
  for (size_t i = 0; i < deals_.size(); ++i) {
    const uint32_t code = column.history.On(deals_[i], day_, Dictionary::kNone);
    column.codes[i] = code;
    column.use.Use(code);
  }
}

void DealReader::ReadStages() {
  const FieldHistory<uint32_t>& stages = histories_->stages;
  for (const uint32_t deal : deals_) {
    const uint32_t end = stages.EndOf(deal, day_);
    for (uint32_t stay = stages.BeginOf(deal); stay < end; ++stay)
      stages_.Use(stages.ValueAt(stay));
  }
}

void DealReader::VisitAmounts(const AmountVisitor& visit) const {
  const FieldHistory<StatedAmount>& amounts = histories_->amounts;
  for (const uint32_t deal : deals_) {
    const uint32_t end = amounts.EndOf(deal, day_);
    for (uint32_t saying = amounts.BeginOf(deal); saying < end; ++saying) {
      visit(std::string(histories_->IdOf(deal)), amounts.ValueAt(saying));
      if (has_one_currency_) return;
    }
  }
}

std::vector<int32_t> DealReader::Positions(const NameColumn& column, int none) const {
  std::vector<int32_t> positions(column.codes.size(), none);
  if (column.history.saying_count() == 0) return positions;
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
  const size_t size = deals_.size();
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
  const DealHistories& histories = *histories_;
  int32_t first_created_day = INT32_MAX;
  for (size_t i = 0; i < size; ++i) {
    const size_t deal = deals_[i];
    columns.has_customer_problem[i] = histories.customer_problems.On(deal, day_, 0);
    columns.discovery_rating[i] = histories.discovery_ratings.On(deal, day_, 0);
    columns.motion[i] = histories.motions.On(deal, day_, DealMotion::kUnknown);
    const int32_t first_day = histories.facts.DayAt(histories.facts.BeginOf(deal));
    columns.created_day[i] = histories.created_days.On(deal, day_, first_day);
    first_created_day = std::min(first_created_day, columns.created_day[i]);
    const FieldHistory<uint32_t>& stages = histories.stages;
    const uint32_t stay_end = stages.EndOf(deal, day_);
    columns.stage[i] = defaults.stage;
    columns.outcome[i] = first_category;
    columns.close_day[i] = columns.created_day[i];
    if (stay_end > stages.BeginOf(deal)) {
      columns.stage[i] = stage_places[stages.ValueAt(stay_end - 1)];
      columns.outcome[i] = categories[stages.ValueAt(stay_end - 1)];
      columns.close_day[i] = stages.DayAt(stay_end - 1);
    }
    columns.expected_close_day[i] = histories.expected_closes.On(deal, day_, DealColumns::kNoDay);
    const Amounts amounts = AmountsOn(deal);
    // An open deal is not worth nothing: somebody left the amount out.
    const bool counts = columns.outcome[i] != StageCategory::kOpen || amounts.last > 0;
    columns.amount_minor_units[i] = counts ? amounts.last : DealColumns::kNoAmount;
    columns.entry_amount_minor_units[i] = amounts.entry;
  }
  if (size > 0) view.first_created_day = DayOfNumber(first_created_day);

  auto plan = std::make_shared<BuildPlan>();
  plan->histories = histories_;
  plan->day = day_;
  plan->deals = std::move(deals_);
  plan->stage_places = std::move(stage_places);
  plan->first_stage = defaults.stage;
  plan->columns = filled;
  view.columns = std::move(filled);
  view.opportunities =
      LazyList<BookOpportunity>(size, [plan] { return BuildOpportunities(*plan); });
}

DealReader::Amounts DealReader::AmountsOn(size_t deal) const {
  Amounts found;
  const FieldHistory<StatedAmount>& amounts = histories_->amounts;
  const uint32_t end = amounts.EndOf(deal, day_);
  for (uint32_t saying = amounts.BeginOf(deal); saying < end; ++saying) {
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
