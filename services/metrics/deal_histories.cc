#include "services/metrics/deal_histories.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <numeric>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/parallel_for.h"
#include "base/thread_priority.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/opportunity_facts.h"
#include "services/metrics/settled_facts.h"

namespace quotacast::metrics {
namespace {

// Somebody waits for a patch; nobody for a fold, which has one.
constexpr int kCopyThreads = 2;

// Calls visit(history) on each history of the struct; of two structs on both at once.
template <typename Visit, typename... Histories>
void ForEachHistory(Visit visit, Histories&... histories) {
  visit(histories.ends...);
  visit(histories.facts...);
  visit(histories.stages...);
  visit(histories.owners...);
  visit(histories.segments...);
  visit(histories.products...);
  visit(histories.accounts...);
  visit(histories.lead_sources...);
  visit(histories.close_reasons...);
  visit(histories.competitors...);
  visit(histories.amounts...);
  visit(histories.created_days...);
  visit(histories.expected_closes...);
  visit(histories.categories...);
  visit(histories.motions...);
  visit(histories.discovery_ratings...);
  visit(histories.customer_problems...);
}

DealMotion ToMotion(int motion) {
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

DealCategory ToCategory(int category) {
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

// Adds the value when it is another one than before.
template <typename Value>
void SayChange(int32_t day, Value value, FieldHistory<Value>& history) {
  const Value* last = history.Last();
  if (last == nullptr || *last != value) history.Say(day, value);
}

class HistoryWriter {
 public:
  HistoryWriter(const std::vector<bool>& closing_stages, DealLayer& into)
      : closing_stages_(closing_stages), into_(into) {}

  void AddDeal(const SettledFacts& settled) {
    into_.is_undated.push_back(settled.is_undated ? 1 : 0);
    for (const SettledEnd& end : settled.ends) into_.ends.Say(end.day, end.is_gone ? 1 : 0);
    uint32_t late_count = 0;
    for (const SettledChange& change : settled.changes) {
      if (change.is_late) ++late_count;
      into_.facts.Say(change.day, late_count);
      std::string_view bytes = change.fields;
      AddChange(ReadFields(bytes), change.day, settled.changes.front().day);
    }
    ForEachHistory([](auto& history) { history.EndDeal(); }, into_);
  }

 private:
  void AddChange(const OpportunityFields& fields, int32_t day, int32_t first_day) {
    AddName(fields.owner, day, into_.owners);
    AddName(fields.segment, day, into_.segments);
    AddName(fields.product, day, into_.products);
    AddName(fields.account, day, into_.accounts);
    AddName(fields.lead_source, day, into_.lead_sources);
    AddName(fields.close_reason, day, into_.close_reasons);
    AddName(fields.competitor, day, into_.competitors);
    if (fields.amount) {
      into_.amounts.Say(day, *fields.amount);
      if (fields.amount->currency == Dictionary::kNone) into_.may_have_bad_amounts = true;
    }
    // A deal that was seen before the day it is said to be created was created by then.
    if (fields.created_day && *fields.created_day) {
      into_.created_days.Say(day, std::min(**fields.created_day, first_day));
    }
    if (fields.expected_close_day) AddExpectedClose(*fields.expected_close_day, day);
    if (fields.motion) SayChange(day, ToMotion(*fields.motion), into_.motions);
    if (fields.forecast_category) {
      SayChange(day, ToCategory(*fields.forecast_category), into_.categories);
    }
    if (fields.discovery_rating) {
      SayChange(day, static_cast<uint8_t>(std::clamp(*fields.discovery_rating, 0, 255)),
                into_.discovery_ratings);
    }
    if (fields.has_customer_problem) {
      SayChange(day, static_cast<uint8_t>(*fields.has_customer_problem ? 1 : 0),
                into_.customer_problems);
    }
    if (fields.stage != Dictionary::kNone) PlaceInStage(fields.stage, day);
  }

  static void AddName(uint32_t code, int32_t day, FieldHistory<uint32_t>& history) {
    if (code != Dictionary::kNone) SayChange(day, code, history);
  }

  void AddExpectedClose(std::optional<int32_t> expected_day, int32_t day) {
    const int32_t value = expected_day.value_or(DealColumns::kNoDay);
    if (!expected_day) into_.may_clear_expected_closes = true;
    const int32_t* last = into_.expected_closes.Last();
    if (value != (last == nullptr ? DealColumns::kNoDay : *last))
      into_.expected_closes.Say(day, value);
  }

  bool Closes(uint32_t stage) const {
    return stage < closing_stages_.size() && closing_stages_[stage];
  }

  void PlaceInStage(uint32_t stage, int32_t day) {
    uint32_t* last = into_.stages.Last();
    if (last != nullptr && Closes(*last) && Closes(stage)) {
      // Closed again without a reopening: one closing, and what was learned last about it counts.
      *last = stage;
      into_.stages.LastDay() = day;
      return;
    }
    // An open stage stated again was entered once.
    if (last == nullptr || *last != stage) into_.stages.Say(day, stage);
  }

  const std::vector<bool>& closing_stages_;
  DealLayer& into_;
};

// Deals picked out of two layers, one after the other.
class LayerMerge {
 public:
  LayerMerge(const DealLayer& first, const DealLayer& second) : layers_{&first, &second} {}

  // `which`: 0 or 1.
  void Add(int which, size_t deal) {
    if (!runs_.empty() && runs_.back().which == which && runs_.back().end == deal) {
      ++runs_.back().end;
    } else {
      runs_.push_back({which, deal, deal + 1});
    }
    ++size_;
  }

  // The deals as a layer. The fields are copied one by one, on `threads` threads.
  std::shared_ptr<DealLayer> Make(int threads) const {
    auto made = std::make_shared<DealLayer>();
    const DealLayer& a = *layers_[0];
    const DealLayer& b = *layers_[1];
    std::vector<std::function<void()>> tasks;
    tasks.push_back([&] {
      Copy(a.codes, b.codes, made->codes);
      Copy(a.is_undated, b.is_undated, made->is_undated);
    });
    ForEachHistory(
        [&](auto& to, const auto& from_a, const auto& from_b) {
          tasks.push_back([&] {
            const size_t saying_count = from_a.saying_count() + from_b.saying_count();
            to.Reserve(size_, saying_count);
            for (const Run& run : runs_) {
              to.AddDeals(run.which == 0 ? from_a : from_b, run.begin, run.end);
            }
          });
        },
        *made, a, b);
    ParallelFor(threads, static_cast<int>(tasks.size()), nullptr,
                [&](int task) { tasks[static_cast<size_t>(task)](); });
    for (const DealLayer* layer : layers_) {
      made->may_have_bad_amounts |= layer->may_have_bad_amounts;
      made->may_clear_expected_closes |= layer->may_clear_expected_closes;
    }
    made->NoteFirstDays();
    return made;
  }

 private:
  struct Run {
    int which;
    size_t begin;
    size_t end;
  };

  template <typename Value>
  void Copy(const std::vector<Value>& a, const std::vector<Value>& b,
            std::vector<Value>& to) const {
    to.reserve(size_);
    for (const Run& run : runs_) {
      const std::vector<Value>& from = run.which == 0 ? a : b;
      to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(run.begin),
                from.begin() + static_cast<std::ptrdiff_t>(run.end));
    }
  }

  const DealLayer* layers_[2];
  std::vector<Run> runs_;
  size_t size_ = 0;
};

// What `known` says, on the base of `folded`, which was made of the same before: the patch has the
// deals that `is_newer` says changed since, by code.
std::shared_ptr<const DealHistories> OnFolded(const DealHistories& folded,
                                              const DealHistories& known,
                                              const std::vector<bool>& is_newer) {
  const auto base_size = static_cast<uint32_t>(folded.base()->size());
  const auto known_base_size = static_cast<uint32_t>(known.base()->size());
  const DealLayer nothing;
  LayerMerge merge(known.patch(), nothing);
  std::vector<uint32_t> places;
  places.reserve(known.size());
  uint32_t next_in_base = 0;
  uint32_t next_in_patch = base_size;
  for (const uint32_t place : known.places()) {
    const uint32_t code = known.CodeOf(place);
    const bool is_in_base = next_in_base < base_size && folded.base()->codes[next_in_base] == code;
    // A deal that changed but is not in the patch of `known` is what it was: nobody asked since.
    if (place >= known_base_size && code < is_newer.size() && is_newer[code]) {
      merge.Add(0, place - known_base_size);
      places.push_back(next_in_patch++);
    } else {
      places.push_back(next_in_base);
    }
    if (is_in_base) ++next_in_base;
  }
  return std::make_shared<DealHistories>(known.names(), folded.base(), merge.Make(kCopyThreads),
                                         std::move(places));
}

std::vector<uint32_t> FirstNumbers(size_t count) {
  std::vector<uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

}  // namespace

void NameHistory::NoteFirstDays(const std::vector<int32_t>& deal_first_days) {
  for (uint32_t deal = 0; saying_count() > 0 && deal < deal_first_days.size(); ++deal) {
    for (uint32_t saying = BeginOf(deal); saying < EndOf(deal); ++saying) {
      const uint32_t name = ValueAt(saying);
      if (name >= first_days.size()) {
        first_days.resize(size_t{name} + 1, DealLayer::kNever);
        likely_deals.resize(size_t{name} + 1);
      }
      const bool is_first = first_days[name] == DealLayer::kNever;
      first_days[name] = std::min(first_days[name], DayAt(saying));
      if (is_first || saying + 1 == EndOf(deal)) likely_deals[name] = deal;
    }
  }
  int32_t said_from = INT32_MIN;
  for (uint32_t deal = 0; deal < deal_first_days.size(); ++deal) {
    const int32_t first_day = deal_first_days[deal];
    if (first_day == DealLayer::kNever) continue;
    const bool is_never_said = BeginOf(deal) == EndOf(deal);
    const int32_t first_said = is_never_said ? DealLayer::kNever : DayAt(BeginOf(deal));
    if (first_said <= first_day || first_said <= said_from) continue;
    unsaid_deal = deal;
    said_from = first_said;
    if (is_never_said) break;
  }
}

void DealLayer::NoteFirstDays() {
  first_days.reserve(size());
  for (uint32_t deal = 0; deal < size(); ++deal) {
    const uint32_t first = facts.BeginOf(deal);
    first_days.push_back(first < facts.EndOf(deal, kNever) ? facts.DayAt(first) : kNever);
    int32_t created = first_days.back();
    const uint32_t end = created_days.EndOf(deal, kNever);
    for (uint32_t saying = created_days.BeginOf(deal); saying < end; ++saying) {
      created = std::min(created, created_days.ValueAt(saying));
    }
    if (created >= earliest_created_day) continue;
    earliest_created_day = created;
    earliest_created_deal = deal;
  }
  for (NameHistory* names :
       {&stages, &owners, &segments, &products, &lead_sources, &close_reasons, &competitors}) {
    names->NoteFirstDays(first_days);
  }
}

size_t DealLayer::memory_bytes() const {
  size_t bytes = codes.capacity() * sizeof(uint32_t) + is_undated.capacity() +
                 first_days.capacity() * sizeof(int32_t);
  ForEachHistory([&bytes](const auto& history) { bytes += history.memory_bytes(); }, *this);
  return bytes;
}

bool DealHistories::IsPlace(uint32_t place) const {
  if (place >= base_size_) return true;
  const std::string_view id = IdOf(place);
  const std::vector<uint32_t>& patch = patch_->codes;
  const auto found = std::lower_bound(
      patch.begin(), patch.end(), id,
      [this](uint32_t code, std::string_view wanted) { return names_->At(code) < wanted; });
  return found == patch.end() || names_->At(*found) != id;
}

size_t DealHistories::memory_bytes() const {
  return base_->memory_bytes() + patch_->memory_bytes() + places_.capacity() * sizeof(uint32_t);
}

std::shared_ptr<const DealHistories> MakeDealHistories(const DealHistorySource& source,
                                                       int64_t log_offset,
                                                       const DealHistories* known,
                                                       const std::vector<bool>& is_stale) {
  const std::vector<uint32_t>& codes = source.names->codes();
  // Deals that are not taken over, settled anew.
  auto settled = std::make_shared<DealLayer>();
  HistoryWriter writer(*source.closing_stages, *settled);
  const auto settle = [&](uint32_t code) {
    settled->codes.push_back(code);
    writer.AddDeal(Settle(*source.facts, code, log_offset, *source.closing_stages));
  };
  if (known == nullptr) {
    for (const uint32_t code : codes) settle(code);
    settled->NoteFirstDays();
    return std::make_shared<DealHistories>(source.names, std::move(settled),
                                           std::make_shared<DealLayer>(),
                                           FirstNumbers(codes.size()));
  }
  const auto base_size = static_cast<uint32_t>(known->base()->size());
  LayerMerge merge(known->patch(), *settled);
  std::vector<uint32_t> places(codes.size());
  uint32_t next_in_patch = base_size;  // That is made.
  // `known` is in the same order and has no deal that is not in it.
  const std::vector<uint32_t>& known_codes = known->names()->codes();
  const std::vector<uint32_t>& known_places = known->places();
  size_t next = 0;
  for (size_t i = 0; i < codes.size(); ++i) {
    const uint32_t code = codes[i];
    const bool was_known = next < known_codes.size() && known_codes[next] == code;
    const uint32_t place = was_known ? known_places[next] : 0;
    if (was_known) ++next;
    if (!was_known || (code < is_stale.size() && is_stale[code])) {
      merge.Add(1, settled->size());
      settle(code);
    } else if (place < base_size) {
      places[i] = place;
      continue;
    } else {
      merge.Add(0, place - base_size);
    }
    places[i] = next_in_patch++;
  }
  return std::make_shared<DealHistories>(source.names, known->base(), merge.Make(kCopyThreads),
                                         std::move(places));
}

std::shared_ptr<const DealHistories> FoldDealHistories(const DealHistories& layered) {
  LayerMerge merge(*layered.base(), layered.patch());
  const auto base_size = static_cast<uint32_t>(layered.base()->size());
  for (const uint32_t place : layered.places()) {
    place < base_size ? merge.Add(0, place) : merge.Add(1, place - base_size);
  }
  return std::make_shared<DealHistories>(
      layered.names(), merge.Make(1), std::make_shared<DealLayer>(), FirstNumbers(layered.size()));
}

void DealHistoryCache::Touch(uint32_t opportunity, int64_t offset) {
  last_offset_ = offset;
  if (opportunity >= is_touched_.size()) is_touched_.resize(size_t{opportunity} + 1);
  is_touched_[opportunity] = true;
  any_touched_ = true;
}

std::shared_ptr<const DealHistories> DealHistoryCache::Get(const DealHistorySource& source,
                                                           int64_t log_offset) {
  // Stages that nobody had named say nothing about the histories made before.
  bool is_same = true;
  for (size_t stage = 0; stage < closing_stages_.size(); ++stage) {
    const bool closes = stage < source.closing_stages->size() && (*source.closing_stages)[stage];
    if (closes != closing_stages_[stage]) is_same = false;
  }
  if (!is_same) {
    known_ = nullptr;
    folded_ = {};
  }
  closing_stages_ = *source.closing_stages;
  TakeFolded();
  if (known_ == nullptr || any_touched_) {
    const auto all = static_cast<int64_t>(UINT32_MAX);
    known_ = MakeDealHistories(source, all, known_.get(), is_touched_);
    // A patch larger than the base is what an import leaves: nobody waits for the next change.
    if (known_->patch().size() > known_->base()->size()) {
      known_ = FoldDealHistories(*known_);
      folded_ = {};
    }
    is_touched_.assign(is_touched_.size(), false);
    any_touched_ = false;
    Fold();
  }
  if (log_offset >= last_offset_) return known_;
  std::vector<bool> is_later(source.facts->opportunity_count());
  for (uint32_t code = 0; code < source.facts->opportunity_count(); ++code) {
    const OpportunityFactHead& head = source.facts->HeadOf(source.facts->LastFact(code));
    is_later[code] = int64_t{head.offset} > log_offset;
  }
  return MakeDealHistories(source, log_offset, known_.get(), is_later);
}

void DealHistoryCache::TakeFolded() {
  if (!folded_.valid()) return;
  is_touched_since_fold_.resize(is_touched_.size());
  for (size_t code = 0; code < is_touched_.size(); ++code) {
    if (is_touched_[code]) is_touched_since_fold_[code] = true;
  }
  if (folded_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
  known_ = OnFolded(*folded_.get(), *known_, is_touched_since_fold_);
}

void DealHistoryCache::Fold() {
  const size_t patch_size = known_->patch().size();
  if (folded_.valid() || patch_size <= min_folded_deals_ ||
      patch_size <= known_->base()->size() / kFoldShare) {
    return;
  }
  is_touched_since_fold_.assign(is_touched_.size(), false);
  folded_ = std::async(std::launch::async, [layered = known_]() {
    GiveWayToOtherThreads();
    return FoldDealHistories(*layered);
  });
}

size_t DealHistoryCache::memory_bytes() const {
  size_t bytes = is_touched_.capacity() / 8 + is_touched_since_fold_.capacity() / 8 +
                 closing_stages_.capacity() / 8;
  if (known_ != nullptr) bytes += known_->memory_bytes();
  // What is being folded will be about as large.
  if (folded_.valid()) bytes += known_->memory_bytes();
  return bytes;
}

}  // namespace quotacast::metrics
