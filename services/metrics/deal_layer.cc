#include "services/metrics/deal_layer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/dictionary.h"
#include "services/metrics/opportunity_facts.h"
#include "services/metrics/settled_facts.h"

namespace quotacast::metrics {
namespace {

// Calls visit(history) on each history of a layer, as a pointer to a member.
template <typename Visit>
void ForEachHistory(Visit visit) {
  visit(&DealLayer::ends);
  visit(&DealLayer::facts);
  visit(&DealLayer::stages);
  visit(&DealLayer::owners);
  visit(&DealLayer::segments);
  visit(&DealLayer::products);
  visit(&DealLayer::accounts);
  visit(&DealLayer::lead_sources);
  visit(&DealLayer::close_reasons);
  visit(&DealLayer::competitors);
  visit(&DealLayer::amounts);
  visit(&DealLayer::created_days);
  visit(&DealLayer::expected_closes);
  visit(&DealLayer::categories);
  visit(&DealLayer::motions);
  visit(&DealLayer::discovery_ratings);
  visit(&DealLayer::customer_problems);
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
    ForEachHistory([this](auto history) { (into_.*history).EndDeal(); });
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

// Appends [begin, end) of what each run picks out of its layer.
template <typename Runs, typename Value>
void Copy(const Runs& runs, std::vector<Value> DealLayer::*values, DealLayer& into) {
  for (const auto& run : runs) {
    const std::vector<Value>& from = run.layer->*values;
    (into.*values)
        .insert((into.*values).end(), from.begin() + static_cast<std::ptrdiff_t>(run.begin),
                from.begin() + static_cast<std::ptrdiff_t>(run.end));
  }
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
    latest_first_day = std::max(latest_first_day, first_days.back());
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
  ForEachHistory([&](auto history) { bytes += (this->*history).memory_bytes(); });
  return bytes;
}

std::shared_ptr<const DealLayer> SettledLayer(const OpportunityFacts& facts,
                                              std::span<const uint32_t> codes, int64_t log_offset,
                                              const std::vector<bool>& closing_stages) {
  auto settled = std::make_shared<DealLayer>();
  settled->codes.assign(codes.begin(), codes.end());
  HistoryWriter writer(closing_stages, *settled);
  for (const uint32_t code : codes) {
    writer.AddDeal(Settle(facts, code, log_offset, closing_stages));
  }
  ForEachHistory([&](auto history) { ((*settled).*history).ShrinkToFit(); });
  settled->NoteFirstDays();
  return settled;
}

void LayerCopy::Add(const DealLayer& layer, size_t deal) {
  ++size_;
  if (!runs_.empty() && runs_.back().layer == &layer && runs_.back().end == deal) {
    ++runs_.back().end;
  } else {
    runs_.push_back({&layer, deal, deal + 1});
  }
}

std::shared_ptr<const DealLayer> LayerCopy::Make() const {
  auto made = std::make_shared<DealLayer>();
  made->codes.reserve(size_);
  made->is_undated.reserve(size_);
  Copy(runs_, &DealLayer::codes, *made);
  Copy(runs_, &DealLayer::is_undated, *made);
  ForEachHistory([&](auto history) {
    size_t saying_count = 0;
    for (const Run& run : runs_)
      saying_count += (run.layer->*history).SayingCount(run.begin, run.end);
    auto& to = *made.*history;
    to.Reserve(size_, saying_count);
    for (const Run& run : runs_) to.AddDeals(run.layer->*history, run.begin, run.end);
  });
  for (const Run& run : runs_) {
    made->may_have_bad_amounts |= run.layer->may_have_bad_amounts;
    made->may_clear_expected_closes |= run.layer->may_clear_expected_closes;
  }
  made->NoteFirstDays();
  return made;
}

}  // namespace quotacast::metrics
