#include "services/metrics/deal_histories.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/opportunity_facts.h"
#include "services/metrics/settled_facts.h"

namespace quotacast::metrics {
namespace {

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
  HistoryWriter(const std::vector<bool>& closing_stages, DealHistories& into)
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
  DealHistories& into_;
};

// Takes over the deals [first, last).
void TakeOver(const DealHistories& known, size_t first, size_t last, DealHistories& into) {
  if (first == last) return;
  into.codes.insert(into.codes.end(), known.codes.begin() + static_cast<std::ptrdiff_t>(first),
                    known.codes.begin() + static_cast<std::ptrdiff_t>(last));
  into.is_undated.insert(into.is_undated.end(),
                         known.is_undated.begin() + static_cast<std::ptrdiff_t>(first),
                         known.is_undated.begin() + static_cast<std::ptrdiff_t>(last));
  ForEachHistory([&](auto& to, const auto& from) { to.AddDeals(from, first, last); }, into, known);
}

}  // namespace

size_t DealHistories::memory_bytes() const {
  size_t bytes = codes.capacity() * sizeof(uint32_t) + is_undated.capacity();
  ForEachHistory([&bytes](const auto& history) { bytes += history.memory_bytes(); }, *this);
  return bytes;
}

std::shared_ptr<const DealHistories> MakeDealHistories(const DealHistorySource& source,
                                                       int64_t log_offset,
                                                       const DealHistories* known,
                                                       const std::vector<bool>& is_stale) {
  auto made = std::make_shared<DealHistories>();
  made->names = source.names;
  if (known != nullptr) {
    made->may_have_bad_amounts = known->may_have_bad_amounts;
    // Somewhat more than there was: most arrays then never move.
    const size_t deal_count = source.names->size();
    made->codes.reserve(deal_count);
    made->is_undated.reserve(deal_count);
    ForEachHistory(
        [deal_count](auto& to, const auto& from) {
          to.Reserve(deal_count, from.saying_count() + from.saying_count() / 16);
        },
        *made, *known);
  }
  HistoryWriter writer(*source.closing_stages, *made);
  const auto is_known = [&](uint32_t code) {
    return known != nullptr && !(code < is_stale.size() && is_stale[code]);
  };
  size_t next = 0;  // In `known`, which is in the same order and has no deal that is not in it.
  size_t run_begin = 0;
  for (const uint32_t code : source.names->codes()) {
    const bool was_known = known != nullptr && next < known->size() && known->codes[next] == code;
    if (was_known && is_known(code)) {
      ++next;
      continue;
    }
    if (known != nullptr) TakeOver(*known, run_begin, next, *made);
    if (was_known) ++next;
    run_begin = next;
    made->codes.push_back(code);
    writer.AddDeal(Settle(*source.facts, code, log_offset, *source.closing_stages));
  }
  if (known != nullptr) TakeOver(*known, run_begin, next, *made);
  return made;
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
  if (!is_same) known_ = nullptr;
  closing_stages_ = *source.closing_stages;
  if (known_ == nullptr || any_touched_) {
    const auto all = static_cast<int64_t>(UINT32_MAX);
    known_ = MakeDealHistories(source, all, known_.get(), is_touched_);
    is_touched_.assign(is_touched_.size(), false);
    any_touched_ = false;
  }
  if (log_offset >= last_offset_) return known_;
  std::vector<bool> is_later(source.facts->opportunity_count());
  for (uint32_t code = 0; code < source.facts->opportunity_count(); ++code) {
    const OpportunityFactHead& head = source.facts->HeadOf(source.facts->LastFact(code));
    is_later[code] = int64_t{head.offset} > log_offset;
  }
  return MakeDealHistories(source, log_offset, known_.get(), is_later);
}

size_t DealHistoryCache::memory_bytes() const {
  return (known_ == nullptr ? 0 : known_->memory_bytes()) + is_touched_.capacity() / 8 +
         closing_stages_.capacity() / 8;
}

}  // namespace quotacast::metrics
