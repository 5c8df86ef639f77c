#include "services/metrics/book.h"

#include <algorithm>
#include <cstdint>
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
#include "services/metrics/proto_values.h"
#include "services/metrics/record_facts.h"
#include "services/metrics/view_builder.h"

namespace quotacast::metrics {
namespace {

using crm::v1::CrmEvent;

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
  const int64_t expected = static_cast<int64_t>(facts_.size()) + 1;
  if (record.offset() < expected) return absl::OkStatus();
  if (record.offset() > expected) {
    return absl::InternalError(
        absl::StrCat("the feed went from offset ", expected - 1, " to ", record.offset()));
  }
  Fact fact;
  fact.offset = record.offset();
  fact.recorded = ToTime(record.recorded_time());
  if (!facts_.empty() && fact.recorded < facts_.back().recorded) {
    return absl::InternalError(absl::StrCat("the recorded time of offset ", record.offset(),
                                            " lies before that of the event before it"));
  }
  if (record.has_effective_time()) fact.effective = ToTime(record.effective_time());
  if (record.event().has_erasure()) last_erasure_offset_ = fact.offset;
  fact.fact_offset = fact.offset;
  if (RecordFacts::Takes(record)) {
    record_facts_->Append(record);
  } else if (IsInViews(record.event())) {
    fact.fact_offset = first_offset_of_fact_.emplace(FactKey(record), fact.offset).first->second;
    fact.event = record.event();
    const int64_t position = static_cast<int64_t>(facts_.size());
    const std::string opportunity_id = OpportunityOf(record);
    if (!opportunity_id.empty() || record.event().has_opportunity()) {
      opportunity_facts_[opportunity_id].push_back(position);
    } else {
      reference_facts_.push_back(position);
    }
  }
  facts_.push_back(std::move(fact));
  return absl::OkStatus();
}

int64_t Book::last_offset() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int64_t>(facts_.size());
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
  if (facts_.empty()) {
    return FailedPrecondition("EMPTY_WORKSPACE",
                              "the workspace has no data yet: import CRM files first");
  }
  ResolvedAsOf resolved;
  resolved.log_offset = static_cast<int64_t>(facts_.size());
  if (as_of.log_offset) resolved.log_offset = std::min(resolved.log_offset, *as_of.log_offset);
  if (as_of.recorded_time) {
    const auto after =
        std::upper_bound(facts_.begin(), facts_.end(), *as_of.recorded_time,
                         [](absl::Time time, const Fact& fact) { return time < fact.recorded; });
    resolved.log_offset =
        std::min(resolved.log_offset, static_cast<int64_t>(after - facts_.begin()));
  }
  if (resolved.log_offset < 1) {
    return FailedPrecondition(
        "EMPTY_WORKSPACE",
        absl::StrCat("nothing was recorded by the as-of asked for; the first event was recorded ",
                     "at ", absl::FormatTime(facts_.front().recorded, absl::UTCTimeZone())));
  }
  resolved.recorded_time = facts_[static_cast<size_t>(resolved.log_offset - 1)].recorded;
  if (as_of.effective_day) {
    if (*as_of.effective_day > today + 1) {
      return InvalidField("as_of.effective_date",
                          absl::StrCat(FormatIsoDate(*as_of.effective_day),
                                       " lies in the future; today is ", FormatIsoDate(today)));
    }
    resolved.effective_day = *as_of.effective_day;
  } else {
    resolved.effective_day = ViewBuilder::LatestOpportunityDay(*this, resolved, today);
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
  cache_.push_front(view);
  if (cache_.size() > kMaxCachedViews) cache_.pop_back();
  return view;
}

}  // namespace quotacast::metrics
