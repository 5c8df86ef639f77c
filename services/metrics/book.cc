#include "services/metrics/book.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/random.h"
#include "services/metrics/proto_values.h"
#include "services/metrics/record_facts.h"
#include "services/metrics/view_builder.h"

namespace quotacast::metrics {
namespace {

using crm::v1::CrmEvent;

// Facts of opportunities keep their offset in 32 bits.
constexpr int64_t kMaxOffset = std::numeric_limits<uint32_t>::max();

constexpr absl::string_view kOpportunityKeyPrefix = "opportunity/";

bool IsOpportunityKey(const std::string& source_key) {
  return absl::StartsWith(source_key, kOpportunityKeyPrefix);
}

// The opportunity that the record is a fact of; empty when it is none of an opportunity.
std::string OpportunityOf(const ingestion::v1::EventRecord& record) {
  const CrmEvent& event = record.event();
  if (event.has_opportunity()) return event.opportunity().opportunity_id();
  const std::string& key = record.id().source_key();
  if (event.has_retraction() && IsOpportunityKey(key)) {
    return key.substr(kOpportunityKeyPrefix.size());
  }
  if (event.has_deletion() && event.deletion().entity() == crm::v1::ENTITY_KIND_OPPORTUNITY) {
    return event.deletion().entity_id();
  }
  if (event.has_merge() && event.merge().entity() == crm::v1::ENTITY_KIND_OPPORTUNITY) {
    return event.merge().from_id();
  }
  return "";
}

// Whether a view is made from events of this kind, which RecordFacts does not take; of the others
// only the place in the feed is kept.
bool IsInViews(const CrmEvent& event) {
  switch (event.change_case()) {
    case CrmEvent::kOpportunity:
    case CrmEvent::kRep:
    case CrmEvent::kTeam:
    case CrmEvent::kProduct:
    case CrmEvent::kAccount:
    case CrmEvent::kStage:
    case CrmEvent::kQuota:
    case CrmEvent::kFiscalCalendar:
    case CrmEvent::kRetraction:
    case CrmEvent::kDeletion:
    case CrmEvent::kMerge:
      return true;
    default:
      return false;
  }
}

OpportunityFactKind KindOf(const CrmEvent& event) {
  if (event.has_retraction()) return OpportunityFactKind::kRetraction;
  if (event.has_merge()) return OpportunityFactKind::kMerge;
  if (!event.has_deletion()) return OpportunityFactKind::kChange;
  return event.deletion().restored() ? OpportunityFactKind::kRestoration
                                     : OpportunityFactKind::kDeletion;
}

// Fields of the key cannot run into each other: the separator is no character of an id.
std::string FactKey(const ingestion::v1::EventRecord& record) {
  const ingestion::v1::EventId& id = record.id();
  const std::string key = absl::StrCat(id.source(), "\x1f", id.source_key(), "\x1f");
  const CrmEvent& event = record.event();
  // The last saying about an opportunity's fact, in place of what it takes back.
  if (event.has_retraction() && IsOpportunityKey(id.source_key())) {
    return absl::StrCat(key, VersionStem(event.retraction().version()));
  }
  // Each event of an opportunity is about one stage on one day, which its version names. So is a
  // calendar told apart, for the last one that can be used stands, and so are the ends of records.
  if (event.has_opportunity() || event.has_fiscal_calendar() || event.has_deletion() ||
      event.has_merge()) {
    return absl::StrCat(key, VersionStem(record.id().version()));
  }
  // Everything else states the whole of a thing, version after version, as it is from a time on.
  if (!record.has_effective_time()) return key;
  return absl::StrCat(key, record.effective_time().seconds(), ".", record.effective_time().nanos());
}

}  // namespace

std::string VersionStem(const std::string& version) {
  const size_t hash = version.rfind('#');
  if (hash == std::string::npos || hash + 1 == version.size()) return version;
  const bool numbered = std::all_of(version.begin() + static_cast<std::ptrdiff_t>(hash) + 1,
                                    version.end(), [](char c) { return c >= '0' && c <= '9'; });
  return numbered ? version.substr(0, hash) : version;
}

absl::Status Book::Append(const ingestion::v1::EventRecord& record) {
  std::lock_guard<std::mutex> lock(mutex_);
  const int64_t expected = last_offset_ + 1;
  if (record.offset() < expected) return absl::OkStatus();
  if (record.offset() > expected) {
    return absl::InternalError(
        absl::StrCat("the feed went from offset ", expected - 1, " to ", record.offset()));
  }
  if (expected > kMaxOffset) {
    ErrorDetail detail;
    detail.reason = "BOOK_TOO_LARGE";
    return WithDetail(absl::ResourceExhaustedError(absl::StrCat("a book holds at most ", kMaxOffset,
                                                                " events; the workspace has more")),
                      detail);
  }
  const absl::Time recorded = ToTime(record.recorded_time());
  if (!recorded_runs_.empty() && recorded < recorded_runs_.back().recorded) {
    return absl::InternalError(absl::StrCat("the recorded time of offset ", record.offset(),
                                            " lies before that of the event before it"));
  }
  if (recorded_runs_.empty() || recorded_runs_.back().recorded != recorded) {
    recorded_runs_.push_back({record.offset(), recorded});
  }
  last_offset_ = record.offset();
  last_id_ = record.id();
  if (record.event().has_erasure()) last_erasure_offset_ = record.offset();
  if (RecordFacts::Takes(record)) {
    record_facts_->Append(record);
    return absl::OkStatus();
  }
  if (!IsInViews(record.event())) return absl::OkStatus();
  const std::string opportunity_id = OpportunityOf(record);
  if (!opportunity_id.empty() || record.event().has_opportunity()) {
    KeepOpportunityFact(record, recorded, opportunity_id);
  } else {
    KeepReferenceFact(record, recorded);
  }
  return absl::OkStatus();
}

void Book::KeepOpportunityFact(const ingestion::v1::EventRecord& record, absl::Time recorded,
                               const std::string& opportunity_id) {
  const CrmEvent& event = record.event();
  OpportunityFacts::NewFact fact;
  fact.opportunity_id = opportunity_id;
  fact.offset = record.offset();
  fact.key_hash = StableId("", FactKey(record));
  fact.kind = KindOf(event);
  if (event.has_opportunity()) fact.change = &event.opportunity();
  if (record.has_effective_time()) {
    const absl::Time effective = ToTime(record.effective_time());
    const absl::CivilDay day = DayOfUtc(effective);
    fact.effective_micros = absl::ToUnixMicros(effective);
    fact.is_late = DayOfUtc(recorded) - day > kReconstructionLagDays;
    if (event.has_opportunity()) opportunity_days_.emplace(day, record.offset());
  }
  deal_histories_.Touch(opportunity_facts_.Append(fact), record.offset());
}

void Book::KeepReferenceFact(const ingestion::v1::EventRecord& record, absl::Time recorded) {
  Fact fact;
  fact.offset = record.offset();
  fact.recorded = recorded;
  if (record.has_effective_time()) fact.effective = ToTime(record.effective_time());
  const auto first = first_offset_of_fact_.emplace(FactKey(record), fact.offset).first;
  fact.fact_offset = first->second;
  if (fact.fact_offset == fact.offset) fact.key = &first->first;
  fact.event = record.event();
  AddReferenceFact(std::move(fact));
}

void Book::AddReferenceFact(Fact fact) {
  reference_fact_bytes_ += sizeof(Fact) + 2 * fact.event.SpaceUsedLong();
  reference_facts_.push_back(std::move(fact));
}

int64_t Book::LastOffsetRecordedBy(absl::Time time) const {
  const auto after = std::upper_bound(
      recorded_runs_.begin(), recorded_runs_.end(), time,
      [](absl::Time wanted, const RecordedRun& run) { return wanted < run.recorded; });
  return after == recorded_runs_.end() ? last_offset_ : after->first_offset - 1;
}

absl::Time Book::RecordedTimeOf(int64_t offset) const {
  const auto after = std::upper_bound(
      recorded_runs_.begin(), recorded_runs_.end(), offset,
      [](int64_t wanted, const RecordedRun& run) { return wanted < run.first_offset; });
  return std::prev(after)->recorded;
}

absl::CivilDay Book::LatestOpportunityDay(int64_t log_offset, absl::CivilDay today) const {
  // A date in the future is a slip or a plan, and says nothing about how far the data goes.
  for (auto day = opportunity_days_.upper_bound(today); day != opportunity_days_.begin();) {
    --day;
    if (day->second <= log_offset) return day->first;
  }
  return today;
}

size_t Book::memory_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  // A map entry costs about as much again as what is in it.
  size_t bytes = opportunity_facts_.memory_bytes() + deal_histories_.memory_bytes() +
                 opportunity_order_.memory_bytes() + account_order_.memory_bytes() +
                 recorded_runs_.capacity() * sizeof(RecordedRun) + opportunity_days_.size() * 64;
  bytes += reference_fact_bytes_ + record_facts_->memory_bytes();
  return bytes;
}

int64_t Book::last_offset() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return last_offset_;
}

bool Book::IsLast(const ingestion::v1::EventRecord& record) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return last_offset_ > 0 && record.offset() == last_offset_ &&
         record.id().source() == last_id_.source() &&
         record.id().source_key() == last_id_.source_key() &&
         record.id().version() == last_id_.version() &&
         ToTime(record.recorded_time()) == recorded_runs_.back().recorded;
}

int64_t Book::last_erasure_offset() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return last_erasure_offset_;
}

bool Book::is_outdated() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return last_erasure_offset_ > erasures_known_through_;
}

absl::StatusOr<std::shared_ptr<const BookView>> Book::At(const AsOfRequest& as_of,
                                                         absl::CivilDay today) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (last_offset_ == 0) {
    return FailedPrecondition("EMPTY_WORKSPACE",
                              "the workspace has no data yet: import CRM files first");
  }
  ResolvedAsOf resolved;
  resolved.log_offset = last_offset_;
  if (as_of.log_offset) resolved.log_offset = std::min(resolved.log_offset, *as_of.log_offset);
  if (as_of.recorded_time) {
    resolved.log_offset = std::min(resolved.log_offset, LastOffsetRecordedBy(*as_of.recorded_time));
  }
  if (resolved.log_offset < 1) {
    return FailedPrecondition(
        "EMPTY_WORKSPACE",
        absl::StrCat("nothing was recorded by the as-of asked for; the first event was recorded ",
                     "at ",
                     absl::FormatTime(recorded_runs_.front().recorded, absl::UTCTimeZone())));
  }
  resolved.recorded_time = RecordedTimeOf(resolved.log_offset);
  if (as_of.effective_day) {
    if (*as_of.effective_day > today + 1) {
      return InvalidField("as_of.effective_date",
                          absl::StrCat(FormatIsoDate(*as_of.effective_day),
                                       " lies in the future; today is ", FormatIsoDate(today)));
    }
    resolved.effective_day = *as_of.effective_day;
  } else {
    resolved.effective_day = LatestOpportunityDay(resolved.log_offset, today);
  }
  const auto cached = std::find_if(cache_.begin(), cache_.end(),
                                   [&](const auto& view) { return view->as_of == resolved; });
  if (cached != cache_.end()) {
    std::shared_ptr<const BookView> view = *cached;
    cache_.erase(cached);
    cache_.push_front(view);
    return view;
  }
  std::shared_ptr<const BookView> view = ViewBuilder(*this, resolved).Build();
  // Views share the histories of their state of the log; those of another state would keep all of
  // theirs in memory.
  const auto outdated = std::stable_partition(cache_.begin(), cache_.end(), [&](const auto& known) {
    return known->as_of.log_offset == resolved.log_offset;
  });
  outdated_.insert(outdated_.end(), outdated, cache_.end());
  cache_.erase(outdated, cache_.end());
  DropOutdated();
  cache_.push_front(view);
  if (cache_.size() > kMaxCachedViews) cache_.pop_back();
  return view;
}

void Book::DropOutdated() const {
  const bool is_dropping =
      dropped_.valid() && dropped_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
  if (outdated_.empty() || is_dropping) return;
  dropped_ = std::async(std::launch::async,
                        [views = std::exchange(outdated_, {})]() mutable { views.clear(); });
}

}  // namespace quotacast::metrics
