#include "services/metrics/record_facts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/metrics/book.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

using crm::v1::CrmEvent;

// The first part of the source keys of these records.
constexpr absl::string_view kKinds[] = {"activity",   "commitment",   "feedback",
                                        "incident",   "insight",      "lead",
                                        "order_line", "rep_forecast", "training"};

bool IsNumber(const std::string& version) {
  return !version.empty() && version.find_first_not_of("0123456789") == std::string::npos;
}

std::string FactName(const ingestion::v1::EventRecord& record) {
  const std::string& version = record.event().has_retraction()
                                   ? record.event().retraction().version()
                                   : record.id().version();
  // The separator is no character of an id.
  return absl::StrCat(record.id().source(), "\x1f",
                      IsNumber(version) ? std::string() : VersionStem(version));
}

}  // namespace

bool RecordFacts::Takes(const ingestion::v1::EventRecord& record) {
  switch (record.event().change_case()) {
    case CrmEvent::kLead:
    case CrmEvent::kActivity:
    case CrmEvent::kCommitment:
    case CrmEvent::kFeedback:
    case CrmEvent::kInsight:
    case CrmEvent::kIncident:
    case CrmEvent::kTraining:
    case CrmEvent::kOrderLine:
    case CrmEvent::kRepForecast:
      return true;
    case CrmEvent::kRetraction:
    case CrmEvent::kDeletion:
    case CrmEvent::kMerge: {
      const absl::string_view key = record.id().source_key();
      const absl::string_view kind = key.substr(0, key.find('/'));
      return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
    }
    default:
      return false;
  }
}

void RecordFacts::Append(const ingestion::v1::EventRecord& record) {
  std::lock_guard<std::mutex> lock(mutex_);
  Fact fact;
  fact.offset = record.offset();
  fact.name = NumberOf(FactName(record));
  if (record.has_effective_time()) fact.effective = ToTime(record.effective_time());
  record.event().SerializeToString(&fact.event);
  Keep(record.id().source_key(), std::move(fact));
}

// An entry of a map costs about as much again as what is in it.
int32_t RecordFacts::NumberOf(std::string name) {
  const auto [entry, is_new] = names_.emplace(std::move(name), static_cast<int32_t>(names_.size()));
  if (is_new) bytes_ += 2 * (sizeof(std::string) + entry->first.size());
  return entry->second;
}

void RecordFacts::Keep(const std::string& source_key, Fact fact) {
  std::vector<Fact>& facts = facts_[source_key];
  if (source_key.compare(0, 5, "lead/") == 0) has_leads_ = true;
  if (facts.empty()) bytes_ += 2 * (sizeof(std::string) + sizeof(facts) + source_key.size());
  bytes_ += sizeof(Fact) + fact.event.size();
  facts.push_back(std::move(fact));
}

bool RecordFacts::has_leads() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return has_leads_;
}

size_t RecordFacts::memory_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
}

void RecordFacts::Visit(int64_t log_offset, const Visitor& visit) const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<const std::pair<const std::string, std::vector<Fact>>*> records;
  records.reserve(facts_.size());
  for (const auto& entry : facts_) records.push_back(&entry);
  std::sort(records.begin(), records.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* record : records) {
    // By the name of the fact: its first saying and its last.
    std::map<int32_t, std::pair<const Fact*, const Fact*>> facts;
    for (const Fact& fact : record->second) {
      if (fact.offset > log_offset) break;
      facts.try_emplace(fact.name, &fact, &fact).first->second.second = &fact;
    }
    std::vector<RecordSaying> sayings;
    for (const auto& entry : facts) {
      const Fact& last = *entry.second.second;
      RecordSaying saying{entry.second.first->offset, last.effective, {}};
      saying.event.ParseFromString(last.event);
      if (!saying.event.has_retraction()) sayings.push_back(std::move(saying));
    }
    if (sayings.empty()) continue;
    std::sort(sayings.begin(), sayings.end(), [](const RecordSaying& a, const RecordSaying& b) {
      return a.first_offset < b.first_offset;
    });
    visit(record->first, sayings);
  }
}

}  // namespace quotacast::metrics
