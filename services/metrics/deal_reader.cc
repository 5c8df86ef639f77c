#include "services/metrics/deal_reader.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/parallel_for.h"
#include "services/metrics/day_number.h"
#include "services/metrics/deal_layer.h"
#include "services/metrics/deal_place.h"
#include "services/metrics/select_in_parts.h"

namespace quotacast::metrics {
namespace {

// Deals that a thread reads at a time: fewer are read faster than a thread begins.
constexpr size_t kPartDeals = 65'536;

}  // namespace

// Makes columns of deals. Copies are cheap and may outlive the reader.
class DealColumnReader {
 public:
  using Deals = DealReader::Deals;

  explicit DealColumnReader(std::shared_ptr<const Deals> deals) : deals_(std::move(deals)) {}

  // Stands for the positions of all deals.
  struct AllPositions {
    size_t count = 0;
    size_t size() const { return count; }
    uint32_t operator[](size_t i) const { return static_cast<uint32_t>(i); }
  };

  // A column of what make(positions) says of the deals at some positions, or at all.
  template <typename Value, typename Make>
  LazyList<Value> List(Make make) const {
    return LazyList<Value>(
        size(), [make, all = AllPositions{size()}] { return make(all); },
        [make](std::span<const uint32_t> positions) { return make(positions); });
  }

  // A column of a field: said(value, day) of what was said last by the day of the view, and from
  // when on; unsaid(layer, deal) where nothing was. `said` is what make_said() gives.
  template <typename Value, typename History, typename MakeSaid, typename Unsaid>
  LazyList<Value> Column(History DealLayer::*history, MakeSaid make_said, Unsaid unsaid) const {
    return List<Value>([reader = *this, history, make_said, unsaid](const auto& positions) {
      return reader.Read<Value>(history, make_said(), unsaid, positions);
    });
  }

  // Likewise at once.
  template <typename Value, typename History, typename Said, typename Unsaid, typename Positions>
  std::vector<Value> Read(History DealLayer::*history, Said said, Unsaid unsaid,
                          const Positions& positions) const {
    std::vector<Value> values(positions.size());
    ParallelParts(positions.size(), kPartDeals, [&](size_t begin, size_t end) {
      ReadPart(history, said, unsaid, positions, begin, end, values.data());
    });
    return values;
  }

  // What make(layer, deal) says of the deals at some positions, or at all.
  template <typename Value, typename Make, typename Positions>
  std::vector<Value> Walk(Make make, const Positions& positions) const {
    std::vector<Value> values(positions.size());
    ParallelParts(positions.size(), kPartDeals, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        const auto [layer, deal] = deals_->histories->At(deals_->places()[positions[i]]);
        values[i] = make(layer, deal);
      }
    });
    return values;
  }

  // The last value of a field, which is `none` before the first one.
  template <typename Value>
  LazyList<Value> LastValues(FieldHistory<Value> DealLayer::*history, Value none) const {
    if (!deals_->histories->MaySayAny(history)) return Same(none);
    return Column<Value>(
        history, [] { return [](Value value, int32_t) { return value; }; },
        [none](const DealLayer&, size_t) { return none; });
  }

  // Where the last name of a field stands, whose positions are by code; `none` without a name.
  template <typename History, typename Positions>
  LazyList<int32_t> LastNames(History DealLayer::*history, Positions positions, int none) const {
    if (!deals_->histories->MaySayAny(history)) return Same<int32_t>(none);
    return Column<int32_t>(
        history,
        [positions = std::move(positions)] {
          const std::vector<int>& by_code = positions;
          return
              [position_of = by_code.data()](uint32_t code, int32_t) { return position_of[code]; };
        },
        [none](const DealLayer&, size_t) { return none; });
  }

  size_t size() const { return deals_->places().size(); }
  int32_t day() const { return deals_->day; }
  const std::shared_ptr<const Deals>& deals() const { return deals_; }

 private:
  // Fills [begin, end) of `values`, which are those of the deals at the positions.
  template <typename Value, typename History, typename Said, typename Unsaid, typename Positions>
  void ReadPart(History DealLayer::*history, const Said& said, const Unsaid& unsaid,
                const Positions& positions, size_t begin, size_t end, Value* values) const {
    const DealHistories& histories = *deals_->histories;
    const int32_t day = deals_->day;
    const uint32_t* places = deals_->places().data();
    // Deals of which more was said later wait until the others are read: what is looked at of them
    // lies anywhere.
    std::vector<std::pair<size_t, uint32_t>> later;  // With their places.
    for (size_t i = begin; i < end;) {
      // Most deals lie in the same layer as the one before.
      const uint32_t number = LayerOf(places[positions[i]]);
      const auto latest = (*histories.layers()[number].deals.*history).Latest();
      for (; i < end; ++i) {
        const uint32_t place = places[positions[i]];
        if (LayerOf(place) != number) break;
        const size_t deal = DealOf(place);
        if (latest.AreSaidBy(deal, day)) {
          values[i] = said(latest.values[deal], latest.days[deal]);
        } else {
          later.emplace_back(i, place);
        }
      }
    }
    constexpr size_t kAhead = 8;
    for (size_t k = 0; k < later.size(); ++k) {
      if (k + 2 * kAhead < later.size()) {
        const auto [layer, deal] = histories.At(later[k + 2 * kAhead].second);
        (layer.*history).PrefetchPlace(deal);
      }
      if (k + kAhead < later.size()) {
        const auto [layer, deal] = histories.At(later[k + kAhead].second);
        (layer.*history).PrefetchSayings(deal);
      }
      const auto [layer, deal] = histories.At(later[k].second);
      const auto& field = layer.*history;
      const uint32_t last = field.EndOf(deal, day);
      values[later[k].first] = last > field.BeginOf(deal)
                                   ? said(field.ValueAt(last - 1), field.DayAt(last - 1))
                                   : unsaid(layer, deal);
    }
  }

  template <typename Value>
  LazyList<Value> Same(Value value) const {
    return LazyList<Value>(size(),
                           [size = size(), value] { return std::vector<Value>(size, value); });
  }

  std::shared_ptr<const Deals> deals_;
};

namespace {

int32_t CreatedDay(const DealLayer& layer, size_t deal, int32_t day) {
  return layer.created_days.On(deal, day, layer.first_days[deal]);
}

// Minor units of the last amount of money; DealColumns::kNoAmount where there is none.
int64_t LastAmount(const DealLayer& layer, size_t deal, int32_t day) {
  const uint32_t begin = layer.amounts.BeginOf(deal);
  // What is no amount of money leaves the one before.
  for (uint32_t saying = layer.amounts.EndOf(deal, day); saying > begin; --saying) {
    const StatedAmount amount = layer.amounts.ValueAt(saying - 1);
    if (amount.currency != Dictionary::kNone) return amount.minor_units;
  }
  return DealColumns::kNoAmount;
}

template <typename Positions>
std::vector<int64_t> ReadLastAmounts(const DealColumnReader& reader, const Positions& positions) {
  if (reader.deals()->histories->may_have_bad_amounts()) {
    return reader.Walk<int64_t>(
        [day = reader.day()](const DealLayer& layer, size_t deal) {
          return LastAmount(layer, deal, day);
        },
        positions);
  }
  return reader.Read<int64_t>(
      &DealLayer::amounts, [](const StatedAmount& amount, int32_t) { return amount.minor_units; },
      [](const DealLayer&, size_t) { return DealColumns::kNoAmount; }, positions);
}

// An open deal is not worth nothing: somebody left the amount out.
template <typename Positions>
void LeaveOutOpenWithoutWorth(const LazyList<Closing>& closing, const Positions& positions,
                              std::vector<int64_t>& amounts) {
  std::vector<size_t> worthless;
  std::vector<uint32_t> worthless_positions;
  for (size_t i = 0; i < amounts.size(); ++i) {
    if (amounts[i] > 0 || amounts[i] == DealColumns::kNoAmount) continue;
    worthless.push_back(i);
    worthless_positions.push_back(positions[i]);
  }
  const std::vector<Closing> closings = closing.At(worthless_positions);
  for (size_t i = 0; i < worthless.size(); ++i) {
    if (closings[i].is_open()) amounts[worthless[i]] = DealColumns::kNoAmount;
  }
}

// Minor units of the first amount above zero, likewise. It is mostly the first one: where the list
// ends is not looked up.
int64_t EntryAmount(const DealLayer& layer, size_t deal, int32_t day) {
  const uint32_t end = layer.amounts.EndOf(deal);
  for (uint32_t saying = layer.amounts.BeginOf(deal); saying < end; ++saying) {
    if (layer.amounts.DayAt(saying) > day) break;
    const StatedAmount amount = layer.amounts.ValueAt(saying);
    if (amount.currency != Dictionary::kNone && amount.minor_units > 0) return amount.minor_units;
  }
  return DealColumns::kNoAmount;
}

// What is known of the stages that deals are in.
struct StagePlan {
  std::vector<int> positions;             // In the view, by code.
  std::vector<StageCategory> categories;  // By position in the view.
  int first_stage = 0;                    // Where deals stand that nobody put into one.
};

// The histories of a field as they are on the day of the view.
template <typename Code, typename History>
typename DaySayings<Code>::Source SourceOf(const DealColumnReader& reader,
                                           History DealLayer::*history) {
  typename DaySayings<Code>::Source source{.owner = reader.deals(),
                                           .layers = {},
                                           .places = &reader.deals()->places(),
                                           .day = reader.day()};
  for (const DealHistories::Layer& layer : reader.deals()->histories->layers()) {
    source.layers.push_back(&((*layer.deals).*history));
  }
  return source;
}

Stays StaysOf(const DealColumnReader& reader, const StagePlan& plan,
              const LazyList<int32_t>& created_days) {
  Stays::Source source = SourceOf<uint32_t>(reader, &DealLayer::stages);
  source.meanings = plan.positions;
  source.unsaid_value = plan.first_stage;
  source.unsaid_days = created_days;
  return Stays(std::move(source));
}

ExpectedCloses ExpectedClosesOf(const DealColumnReader& reader) {
  if (!reader.deals()->histories->may_clear_expected_closes()) {
    return ExpectedCloses(SourceOf<int32_t>(reader, &DealLayer::expected_closes));
  }
  FieldHistory<int32_t> closes;
  closes.Reserve(reader.size(), 2 * reader.size());
  for (const uint32_t place : reader.deals()->places()) {
    const auto [layer, deal] = reader.deals()->histories->At(place);
    const FieldHistory<int32_t>& expected = layer.expected_closes;
    const uint32_t end = expected.EndOf(deal, reader.day());
    for (uint32_t saying = expected.BeginOf(deal); saying < end; ++saying) {
      if (expected.ValueAt(saying) == DealColumns::kNoDay) continue;
      closes.Say(expected.DayAt(saying), expected.ValueAt(saying));
    }
    closes.EndDeal();
  }
  return ExpectedCloses(closes);
}

void AddAmountCalls(const DealPlace& at, int32_t day, BookOpportunity& opportunity) {
  const FieldHistory<StatedAmount>& amounts = at.layer.amounts;
  const uint32_t end = amounts.EndOf(at.deal, day);
  std::vector<AmountCall>& calls = opportunity.amount_calls;
  for (uint32_t saying = amounts.BeginOf(at.deal); saying < end; ++saying) {
    const StatedAmount amount = amounts.ValueAt(saying);
    // What is no amount of money leaves the one before.
    if (amount.currency == Dictionary::kNone) continue;
    if (!calls.empty() && calls.back().amount_minor_units == amount.minor_units) continue;
    calls.push_back({DayOfNumber(amounts.DayAt(saying)), amount.minor_units});
  }
}

void AddCategoryCalls(const DealPlace& at, int32_t day, BookOpportunity& opportunity) {
  const FieldHistory<DealCategory>& categories = at.layer.categories;
  const uint32_t end = categories.EndOf(at.deal, day);
  for (uint32_t saying = categories.BeginOf(at.deal); saying < end; ++saying) {
    opportunity.category_calls.push_back(
        {DayOfNumber(categories.DayAt(saying)), categories.ValueAt(saying)});
  }
}

std::vector<BookOpportunity> BuildOpportunities(const DealColumnReader& reader,
                                                const DealColumns& columns) {
  const DealHistories& histories = *reader.deals()->histories;
  std::vector<BookOpportunity> opportunities(reader.size());
  for (size_t i = 0; i < opportunities.size(); ++i) {
    const uint32_t place = reader.deals()->places()[i];
    const DealRef deal = columns.At(i);
    BookOpportunity& opportunity = opportunities[i];
    opportunity.id = std::string(histories.IdOf(place));
    opportunity.rep = deal.rep();
    opportunity.segment = deal.segment();
    opportunity.product = deal.product();
    opportunity.account = deal.account();
    opportunity.created_day = DayOfNumber(deal.created_day());
    const Stays::List stays = columns.stays->Of(i);
    for (size_t stay = 0; stay < stays.size(); ++stay) {
      opportunity.visits.push_back(
          {.stage = stays.ValueAt(stay), .entered_day = DayOfNumber(stays.DayAt(stay))});
    }
    opportunity.outcome = deal.outcome();
    if (opportunity.outcome != StageCategory::kOpen) {
      opportunity.close_day = opportunity.visits.back().entered_day;
    }
    opportunity.amount_minor_units = deal.amount_minor_units();
    opportunity.entry_amount_minor_units = deal.entry_amount_minor_units();
    AddAmountCalls(histories.At(place), reader.day(), opportunity);
    if (const auto day = deal.expected_close_day()) {
      opportunity.expected_close_day = DayOfNumber(*day);
    }
    const ExpectedCloses::List closes = columns.expected_closes->Of(i);
    for (size_t saying = 0; saying < closes.size(); ++saying) {
      opportunity.expected_closes.push_back(
          {DayOfNumber(closes.DayAt(saying)), DayOfNumber(closes.ValueAt(saying))});
    }
    opportunity.motion = deal.motion();
    opportunity.lead_source = deal.lead_source();
    opportunity.close_reason = deal.close_reason();
    opportunity.competitor = deal.competitor();
    opportunity.has_customer_problem = deal.has_customer_problem();
    opportunity.discovery_rating = deal.discovery_rating();
    AddCategoryCalls(histories.At(place), reader.day(), opportunity);
  }
  return opportunities;
}

}  // namespace

DealReader::DealReader(std::shared_ptr<const DealHistories> histories, int32_t day,
                       const OpportunityNames& names)
    : has_one_currency_(names.currencies.size() <= 1 && !histories->may_have_bad_amounts()),
      reps_(names.reps),
      segments_(names.segments),
      products_(names.products),
      lead_sources_(names.words),
      close_reasons_(names.words),
      competitors_(names.words),
      stages_(names.stages) {
  auto deals = std::make_shared<Deals>();
  deals->histories = std::move(histories);
  deals->day = day;
  Select(*deals);
  deals_ = std::move(deals);
  UseNames(&DealLayer::owners, reps_);
  UseNames(&DealLayer::segments, segments_);
  UseNames(&DealLayer::products, products_);
  UseNames(&DealLayer::lead_sources, lead_sources_);
  UseNames(&DealLayer::close_reasons, close_reasons_);
  UseNames(&DealLayer::competitors, competitors_);
  UseNames(&DealLayer::stages, stages_);
}

void DealReader::Select(Deals& deals) {
  const DealHistories& histories = *deals.histories;
  const int32_t day = deals.day;
  // As of a late day, when none is gone.
  deals.are_all = std::all_of(histories.layers().begin(), histories.layers().end(),
                              [day](const DealHistories::Layer& layer) {
                                return layer.deals->latest_first_day <= day &&
                                       layer.deals->ends.saying_count() == 0;
                              });
  if (deals.are_all) return;
  const std::vector<uint32_t>& places = histories.places();
  std::atomic<int64_t> undated_count = 0;
  deals.selected =
      SelectInParts(places.size(), kPartDeals, [&](size_t begin, size_t end, uint32_t* into) {
        size_t count = 0;
        int64_t undated_in_part = 0;
        uint32_t number = UINT32_MAX;
        const DealLayer* layer = nullptr;
        bool any_ends = false;
        // Deals come in no order of time: a jump for each that is too late would be guessed wrong.
        for (size_t i = begin; i < end; ++i) {
          const uint32_t place = places[i];
          if (LayerOf(place) != number) {
            number = LayerOf(place);
            layer = histories.layers()[number].deals.get();
            any_ends = layer->ends.saying_count() > 0;
          }
          const size_t deal = DealOf(place);
          undated_in_part += layer->is_undated[deal];
          bool is_there = layer->first_days[deal] <= day;
          if (any_ends) is_there &= layer->ends.On(deal, day, 0) == 0;
          into[count] = place;
          count += is_there ? 1 : 0;
        }
        undated_count += undated_in_part;
        return count;
      });
  undated_count_ = undated_count;
}

LazyValue<bool> DealReader::AreMostFactsLate() const {
  return LazyValue<bool>([deals = deals_] {
    int64_t fact_count = 0;
    int64_t late_count = 0;
    for (const uint32_t place : deals->places()) {
      const auto [layer, deal] = deals->histories->At(place);
      const uint32_t end = layer.facts.EndOf(deal, deals->day);
      fact_count += end - layer.facts.BeginOf(deal);
      late_count += layer.facts.ValueAt(end - 1);
    }
    return 2 * late_count > fact_count;
  });
}

std::optional<int32_t> DealReader::FirstCreatedDay() const {
  if (deals_->places().empty()) return std::nullopt;
  const DealHistories& histories = *deals_->histories;
  const auto created_day = [&](uint32_t place) {
    const auto [layer, deal] = histories.At(place);
    return CreatedDay(layer, deal, deals_->day);
  };
  int32_t bound = INT32_MAX;
  for (const DealHistories::Layer& layer : histories.layers()) {
    bound = std::min(bound, layer.deals->earliest_created_day);
  }
  for (size_t i = 0; i < histories.layers().size(); ++i) {
    const DealLayer& layer = *histories.layers()[i].deals;
    if (layer.earliest_created_day != bound || layer.size() == 0) continue;
    const uint32_t likely = PlaceOf(i, layer.earliest_created_deal);
    if (IsThere(likely) && created_day(likely) == bound) return bound;
  }
  int32_t first = INT32_MAX;
  for (const uint32_t place : deals_->places()) first = std::min(first, created_day(place));
  return first;
}

bool DealReader::IsThere(uint32_t place) const {
  const DealHistories& histories = *deals_->histories;
  const auto [layer, deal] = histories.At(place);
  return layer.first_days[deal] <= deals_->day && layer.ends.On(deal, deals_->day, 0) == 0 &&
         histories.IsPlace(place);
}

void DealReader::UseNames(NameHistory DealLayer::*history, NameUse& use) const {
  const DealHistories& histories = *deals_->histories;
  if (deals_->places().empty()) return;
  if (!histories.MaySayAny(history)) {
    // Nobody ever said anything of the kind.
    use.Use(Dictionary::kNone);
    return;
  }
  const bool all_by_then = history == &DealLayer::stages;
  // Names that may be met, and whether a deal without one may be: after these there is nothing to
  // look for.
  std::vector<uint8_t> may_be_met;
  bool may_lack_name = false;
  for (const DealHistories::Layer& layer : histories.layers()) {
    const NameHistory& names = (*layer.deals).*history;
    if (names.first_days.size() > may_be_met.size()) may_be_met.resize(names.first_days.size());
    for (size_t code = 0; code < names.first_days.size(); ++code) {
      may_be_met[code] |= names.first_days[code] <= deals_->day ? 1 : 0;
    }
    may_lack_name |= names.unsaid_deal != NameHistory::kEveryDealSays;
  }
  auto left_count = std::count(may_be_met.begin(), may_be_met.end(), 1);
  const auto meet = [&](uint32_t place) {
    const auto [layer, deal] = histories.At(place);
    const NameHistory& said = layer.*history;
    const uint32_t begin = said.BeginOf(deal);
    uint32_t saying = said.EndOf(deal, deals_->day);
    if (saying == begin) {
      use.Use(Dictionary::kNone);
      may_lack_name = false;
    }
    while (saying > begin) {
      const uint32_t code = said.ValueAt(--saying);
      if (!use.Uses(code)) {
        use.Use(code);
        --left_count;
      }
      if (!all_by_then) break;
    }
  };
  // What is common is among the first deals. What is not is looked for where it likely is: it may
  // be in the last one.
  constexpr size_t kFirstDeals = 4'096;
  for (size_t i = 0; i < deals_->places().size(); ++i) {
    if (left_count == 0 && !may_lack_name) return;
    if (i == kFirstDeals) {
      const auto meet_if_there = [&](uint32_t place) {
        if (IsThere(place)) meet(place);
      };
      for (size_t layer = 0; layer < histories.layers().size(); ++layer) {
        const NameHistory& names = (*histories.layers()[layer].deals).*history;
        for (uint32_t code = 0; code < names.first_days.size(); ++code) {
          if (names.first_days[code] <= deals_->day && !use.Uses(code)) {
            meet_if_there(PlaceOf(layer, names.likely_deals[code]));
          }
        }
        if (may_lack_name && names.unsaid_deal != NameHistory::kEveryDealSays) {
          meet_if_there(PlaceOf(layer, names.unsaid_deal));
        }
      }
    }
    meet(deals_->places()[i]);
  }
}

LazyValue<std::vector<uint8_t>> DealReader::AccountsInUse() const {
  return LazyValue<std::vector<uint8_t>>([deals = deals_] {
    std::vector<uint8_t> is_used;
    if (!deals->histories->MaySayAny(&DealLayer::accounts)) return is_used;
    for (const uint32_t place : deals->places()) {
      const auto [layer, deal] = deals->histories->At(place);
      const uint32_t code = layer.accounts.On(deal, deals->day, Dictionary::kNone);
      if (code == Dictionary::kNone) continue;
      if (code >= is_used.size()) is_used.resize(size_t{code} + 1);
      is_used[code] = 1;
    }
    return is_used;
  });
}

void DealReader::VisitAmounts(const AmountVisitor& visit) const {
  for (const uint32_t place : deals_->places()) {
    const auto [layer, deal] = deals_->histories->At(place);
    const FieldHistory<StatedAmount>& amounts = layer.amounts;
    const uint32_t end = amounts.EndOf(deal, deals_->day);
    for (uint32_t saying = amounts.BeginOf(deal); saying < end; ++saying) {
      visit(std::string(deals_->histories->IdOf(place)), amounts.ValueAt(saying));
      if (has_one_currency_) return;
    }
  }
}

void DealReader::Fill(const Defaults& defaults,
                      const LazyValue<std::vector<int>>& account_positions, BookView& view) const {
  const DealColumnReader reader(deals_);
  auto filled = std::make_shared<DealColumns>();
  DealColumns& columns = *filled;
  columns.rep = reader.LastNames(&DealLayer::owners, reps_.positions(), defaults.rep);
  columns.segment = reader.LastNames(&DealLayer::segments, segments_.positions(), defaults.segment);
  columns.product = reader.LastNames(&DealLayer::products, products_.positions(), -1);
  columns.account = reader.LastNames(&DealLayer::accounts, account_positions, -1);
  columns.lead_source = reader.LastNames(&DealLayer::lead_sources, lead_sources_.positions(), -1);
  columns.close_reason =
      reader.LastNames(&DealLayer::close_reasons, close_reasons_.positions(), -1);
  columns.competitor = reader.LastNames(&DealLayer::competitors, competitors_.positions(), -1);
  columns.motion = reader.LastValues(&DealLayer::motions, DealMotion::kUnknown);
  columns.created_day = reader.Column<int32_t>(
      &DealLayer::created_days, [] { return [](int32_t created, int32_t) { return created; }; },
      [](const DealLayer& layer, size_t deal) { return layer.first_days[deal]; });
  columns.expected_close_day = reader.LastValues(&DealLayer::expected_closes, DealColumns::kNoDay);
  columns.has_customer_problem = reader.LastValues<uint8_t>(&DealLayer::customer_problems, 0);
  columns.discovery_rating = reader.LastValues<uint8_t>(&DealLayer::discovery_ratings, 0);

  StagePlan plan{.positions = stages_.positions(), .categories = {}, .first_stage = defaults.stage};
  for (const BookStage& stage : view.stages) plan.categories.push_back(stage.category);
  columns.stage = reader.LastNames(&DealLayer::stages, stages_.positions(), defaults.stage);
  // From the histories and not from the column of stages, which few questions about outcomes need.
  std::vector<Closing::Maker> closing_of_code;
  for (const int position : plan.positions) {
    closing_of_code.emplace_back(position < 0 ? StageCategory::kOpen
                                              : plan.categories[static_cast<size_t>(position)]);
  }
  columns.closing = reader.Column<Closing>(
      &DealLayer::stages,
      [closing_of_code] {
        return [of_code = closing_of_code.data()](uint32_t code, int32_t entered) {
          return of_code[code].On(entered);
        };
      },
      [unsaid = Closing::Maker(plan.categories[static_cast<size_t>(plan.first_stage)]),
       day = reader.day()](const DealLayer& layer, size_t deal) {
        return unsaid.On(CreatedDay(layer, deal, day));
      });
  columns.amount_minor_units =
      reader.List<int64_t>([reader, closing = columns.closing](const auto& positions) {
        std::vector<int64_t> amounts = ReadLastAmounts(reader, positions);
        LeaveOutOpenWithoutWorth(closing, positions, amounts);
        return amounts;
      });
  columns.entry_amount_minor_units = reader.List<int64_t>([reader](const auto& positions) {
    return reader.Walk<int64_t>(
        [day = reader.day()](const DealLayer& layer, size_t deal) {
          return EntryAmount(layer, deal, day);
        },
        positions);
  });
  columns.stays = LazyValue<Stays>([reader, plan = std::move(plan), created = columns.created_day] {
    return StaysOf(reader, plan, created);
  });
  columns.expected_closes =
      LazyValue<ExpectedCloses>([reader] { return ExpectedClosesOf(reader); });

  view.columns = filled;
  view.opportunities = LazyList<BookOpportunity>(size(), [reader, columns = std::move(filled)] {
    return BuildOpportunities(reader, *columns);
  });
}

}  // namespace quotacast::metrics
