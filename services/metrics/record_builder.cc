#include "services/metrics/record_builder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"

namespace quotacast::metrics {
namespace {

using crm::v1::CrmEvent;

int PositionOf(const std::vector<std::string>& words, const std::string& word) {
  const auto found = std::lower_bound(words.begin(), words.end(), word);
  return found == words.end() || *found != word ? -1 : static_cast<int>(found - words.begin());
}

template <typename Record>
void EraseMerged(const Merges& merges, crm::v1::EntityKind kind, std::vector<Record>& records) {
  records.erase(
      std::remove_if(records.begin(), records.end(),
                     [&](const Record& record) { return merges.IsMergedAway(kind, record.id); }),
      records.end());
}

}  // namespace

RecordBuilder::RecordBuilder(const BookView& view, Merges merges)
    : view_(view),
      effective_end_(StartOfDayUtc(view.as_of.effective_day + 1)),
      merges_(std::move(merges)) {}

BookRecords RecordBuilder::Build(const RecordFacts& facts) {
  facts.Visit(view_.as_of.log_offset, [this](const std::string& key, Sayings& sayings) {
    TakeCounting(sayings);
    if (!sayings.empty()) Take(key.substr(key.find('/') + 1), sayings);
  });
  ReadMerges();
  PlaceLeads();
  PlaceActivities();
  LeaveOutMerged();
  if (foreign_amount_count_ > 0) {
    records_.notes.push_back(absl::StrCat(
        foreign_amount_count_, " amounts of order lines and reps' forecasts are not in ",
        view_.currency.empty() ? "the currency of any deal" : view_.currency,
        " and were left out"));
  }
  return std::move(records_);
}

void RecordBuilder::TakeCounting(Sayings& sayings) {
  sayings.erase(std::remove_if(sayings.begin(), sayings.end(),
                               [](const RecordSaying& saying) { return !saying.effective; }),
                sayings.end());
  if (sayings.empty()) {
    ++records_.undated_count;
    return;
  }
  std::sort(sayings.begin(), sayings.end(), [](const RecordSaying& a, const RecordSaying& b) {
    return std::tie(*a.effective, a.first_offset) < std::tie(*b.effective, b.first_offset);
  });
  bool gone = false;
  Sayings counting;
  for (RecordSaying& saying : sayings) {
    if (*saying.effective >= effective_end_) break;
    if (saying.event.has_deletion()) {
      gone = !saying.event.deletion().restored();
    } else if (saying.event.has_merge()) {
      record_merges_.push_back(std::move(saying));
    } else {
      counting.push_back(std::move(saying));
    }
  }
  sayings = gone ? Sayings() : std::move(counting);
}

void RecordBuilder::Take(const std::string& id, const Sayings& sayings) {
  switch (sayings.front().event.change_case()) {
    case CrmEvent::kLead:
      return TakeLead(id, sayings);
    case CrmEvent::kActivity:
      return TakeActivity(id, sayings);
    case CrmEvent::kCommitment:
      return TakeCommitment(id, sayings);
    case CrmEvent::kFeedback:
      return TakeFeedback(id, sayings);
    case CrmEvent::kInsight:
      return TakeInsight(id, sayings);
    case CrmEvent::kIncident:
      return TakeIncident(id, sayings);
    case CrmEvent::kTraining:
      return TakeTraining(id, sayings);
    case CrmEvent::kOrderLine:
      return TakeOrderLine(id, sayings);
    case CrmEvent::kRepForecast:
      return TakeForecasts(id, sayings);
    default:
      return;
  }
}

void RecordBuilder::ReadMerges() {
  std::sort(record_merges_.begin(), record_merges_.end(),
            [](const RecordSaying& a, const RecordSaying& b) {
              return std::tie(*a.effective, a.first_offset) <
                     std::tie(*b.effective, b.first_offset);
            });
  for (const RecordSaying& saying : record_merges_) {
    const crm::v1::Merge& merge = saying.event.merge();
    if (merges_.Add(merge)) continue;
    records_.notes.push_back(
        absl::StrCat(merge.from_id(), " and ", merge.into_id(),
                     " were merged into each other; the later one was left out"));
  }
}

void RecordBuilder::PlaceLeads() {
  std::set<std::string> lead_sources, segments;
  for (const LeadDraft& draft : leads_) {
    if (!draft.lead_source.empty()) lead_sources.insert(draft.lead_source);
    if (!draft.segment.empty()) segments.insert(draft.segment);
  }
  records_.lead_sources.assign(lead_sources.begin(), lead_sources.end());
  records_.segments.assign(segments.begin(), segments.end());
  records_.leads.reserve(leads_.size());
  for (LeadDraft& draft : leads_) {
    if (merges_.IsMergedAway(crm::v1::ENTITY_KIND_LEAD, draft.lead.id)) continue;
    draft.lead.lead_source = PositionOf(records_.lead_sources, draft.lead_source);
    draft.lead.segment = PositionOf(records_.segments, draft.segment);
    records_.leads.push_back(std::move(draft.lead));
  }
}

void RecordBuilder::PlaceActivities() {
  std::set<std::string> contacts;
  for (const ActivityDraft& draft : activities_) {
    if (!draft.contact.empty()) contacts.insert(draft.contact);
  }
  records_.contacts.assign(contacts.begin(), contacts.end());
  std::vector<int64_t> touch_counts(records_.leads.size());
  records_.activities.reserve(activities_.size());
  for (ActivityDraft& draft : activities_) {
    BookActivity& activity = draft.activity;
    if (merges_.IsMergedAway(crm::v1::ENTITY_KIND_ACTIVITY, activity.id)) continue;
    if (!draft.lead_id.empty()) {
      activity.lead =
          PositionById(records_.leads, merges_.Standing(crm::v1::ENTITY_KIND_LEAD, draft.lead_id));
    }
    activity.contact = PositionOf(records_.contacts, draft.contact);
    if (activity.lead >= 0 && IsOutreach(activity)) {
      TouchAt(activity.start, records_.leads[static_cast<size_t>(activity.lead)]);
      ++touch_counts[static_cast<size_t>(activity.lead)];
    }
    records_.activities.push_back(std::move(activity));
  }
  for (size_t lead = 0; lead < touch_counts.size(); ++lead) {
    int64_t& touch_count = records_.leads[lead].touch_count;
    touch_count = std::max(touch_count, touch_counts[lead]);
  }
}

void RecordBuilder::LeaveOutMerged() {
  EraseMerged(merges_, crm::v1::ENTITY_KIND_COMMITMENT, records_.commitments);
  EraseMerged(merges_, crm::v1::ENTITY_KIND_FEEDBACK, records_.feedback);
  EraseMerged(merges_, crm::v1::ENTITY_KIND_INSIGHT, records_.insights);
  EraseMerged(merges_, crm::v1::ENTITY_KIND_INCIDENT, records_.incidents);
  EraseMerged(merges_, crm::v1::ENTITY_KIND_TRAINING, records_.trainings);
  EraseMerged(merges_, crm::v1::ENTITY_KIND_ORDER_LINE, records_.order_lines);
  EraseMerged(merges_, crm::v1::ENTITY_KIND_REP_FORECAST, records_.rep_forecasts);
}

LazyBookRecords RecordsOnDemand(std::shared_ptr<const RecordFacts> facts,
                                const std::shared_ptr<const BookView>& view, Merges merges) {
  // The view holds the records, so that they must not hold the view.
  return LazyBookRecords([facts = std::move(facts), held = std::weak_ptr<const BookView>(view),
                          merges = std::move(merges)]() mutable {
    const std::shared_ptr<const BookView> asked = held.lock();
    if (asked == nullptr) std::abort();
    return RecordBuilder(*asked, std::move(merges)).Build(*facts);
  });
}

}  // namespace quotacast::metrics
