#include "services/metrics/timeline.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {
namespace {

constexpr int64_t kMicrosPerDay = int64_t{86'400} * 1'000'000;
// Compacting is worth its copy from here on.
constexpr uint64_t kMinDeadBytes = uint64_t{1} << 20;

struct Saying {
  uint32_t fact = 0;
  const OpportunityFactHead* head = nullptr;
};

int32_t DayOf(const OpportunityFactHead& head) {
  const int64_t micros = head.effective_micros;
  return static_cast<int32_t>(micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0));
}

// The last saying about each fact among those recorded by `log_offset`; facts that were taken back
// are left out.
std::vector<Saying> LastSayings(const OpportunityFacts& facts, uint32_t opportunity,
                                int64_t log_offset) {
  std::vector<Saying> sayings;
  for (uint32_t fact = facts.LastFact(opportunity); fact != OpportunityFactHead::kNoFact;) {
    const OpportunityFactHead& head = facts.HeadOf(fact);
    if (int64_t{head.offset} <= log_offset) sayings.push_back({fact, &head});
    fact = head.previous;
  }
  // The later of two sayings about one fact comes first, and stays.
  std::sort(sayings.begin(), sayings.end(), [](const Saying& a, const Saying& b) {
    return std::tie(a.head->first, b.fact) < std::tie(b.head->first, a.fact);
  });
  sayings.erase(
      std::unique(sayings.begin(), sayings.end(),
                  [](const Saying& a, const Saying& b) { return a.head->first == b.head->first; }),
      sayings.end());
  sayings.erase(std::remove_if(sayings.begin(), sayings.end(),
                               [](const Saying& saying) {
                                 return saying.head->kind == OpportunityFactKind::kRetraction;
                               }),
                sayings.end());
  return sayings;
}

bool IsEnd(const Saying& saying) { return saying.head->kind != OpportunityFactKind::kChange; }

// Writes deletions, restorations and merges, and takes them out.
void WriteEnds(std::vector<Saying>& sayings, std::string& bytes) {
  const auto end_count = std::count_if(sayings.begin(), sayings.end(), IsEnd);
  WriteVarint(static_cast<uint64_t>(end_count), bytes);
  if (end_count == 0) return;
  for (const Saying& saying : sayings) {
    if (!IsEnd(saying)) continue;
    WriteVarint(ZigZag(DayOf(*saying.head)), bytes);
    bytes.push_back(saying.head->kind == OpportunityFactKind::kRestoration ? 0 : 1);
  }
  sayings.erase(std::remove_if(sayings.begin(), sayings.end(), IsEnd), sayings.end());
}

// Writes changes in the order in which they count.
class ChangeWriter {
 public:
  ChangeWriter(const OpportunityFacts& facts, std::string& bytes) : facts_(facts), bytes_(bytes) {}

  void Write(const Saying& saying, int32_t day) {
    WriteVarint(ZigZag(int64_t{day} - day_), bytes_);
    day_ = day;
    bytes_.push_back(saying.head->is_late ? 1 : 0);
    bytes_.append(facts_.FieldsOf(*saying.head));
  }

 private:
  const OpportunityFacts& facts_;
  std::string& bytes_;
  int32_t day_ = 0;
};

// Sayings about one closing count where the one learned last stands: whose place it is, by position
// in `sayings`, and which others, in order of the log, come with it.
struct Closing {
  size_t place = 0;
  std::vector<Saying> sayings;
};

std::vector<Closing> FindClosings(const OpportunityFacts& facts, const std::vector<Saying>& sayings,
                                  const std::vector<bool>& closing_stages,
                                  std::vector<bool>& is_closing) {
  std::vector<Closing> closings;
  bool is_run_open = false;
  for (size_t i = 0; i < sayings.size(); ++i) {
    const uint32_t stage = ReadStage(facts.FieldsOf(*sayings[i].head));
    if (stage == Dictionary::kNone) continue;
    if (stage >= closing_stages.size() || !closing_stages[stage]) {
      is_run_open = false;
      continue;
    }
    is_closing[i] = true;
    if (!is_run_open) closings.emplace_back().place = i;
    is_run_open = true;
    Closing& closing = closings.back();
    closing.sayings.push_back(sayings[i]);
    if (sayings[i].fact > sayings[closing.place].fact) closing.place = i;
  }
  for (Closing& closing : closings) {
    std::sort(closing.sayings.begin(), closing.sayings.end(),
              [](const Saying& a, const Saying& b) { return a.fact < b.fact; });
  }
  return closings;
}

}  // namespace

void WriteTimeline(const OpportunityFacts& facts, uint32_t opportunity, int64_t log_offset,
                   const std::vector<bool>& closing_stages, std::string& bytes) {
  std::vector<Saying> sayings = LastSayings(facts, opportunity, log_offset);
  const bool any = !sayings.empty();
  sayings.erase(std::remove_if(sayings.begin(), sayings.end(),
                               [](const Saying& saying) {
                                 return saying.head->effective_micros ==
                                        OpportunityFactHead::kNoTime;
                               }),
                sayings.end());
  bytes.push_back(any && sayings.empty() ? 1 : 0);
  std::sort(sayings.begin(), sayings.end(), [](const Saying& a, const Saying& b) {
    return std::tie(a.head->effective_micros, a.head->first) <
           std::tie(b.head->effective_micros, b.head->first);
  });
  WriteEnds(sayings, bytes);

  std::vector<bool> is_closing(sayings.size());
  const std::vector<Closing> closings = FindClosings(facts, sayings, closing_stages, is_closing);
  ChangeWriter writer(facts, bytes);
  auto closing = closings.begin();
  for (size_t i = 0; i < sayings.size(); ++i) {
    const int32_t day = DayOf(*sayings[i].head);
    if (!is_closing[i]) {
      writer.Write(sayings[i], day);
    } else if (closing != closings.end() && i == closing->place) {
      for (const Saying& saying : closing->sayings) writer.Write(saying, day);
      ++closing;
    }
  }
}

TimelineReader::TimelineReader(std::string_view bytes, int32_t last_day)
    : bytes_(bytes), last_day_(last_day) {
  is_undated_ = bytes_.front() != 0;
  bytes_.remove_prefix(1);
  for (uint64_t ends = ReadVarint(bytes_); ends > 0; --ends) {
    const auto day = static_cast<int32_t>(UnZigZag(ReadVarint(bytes_)));
    if (day <= last_day) is_gone_ = bytes_.front() != 0;
    bytes_.remove_prefix(1);
  }
}

bool TimelineReader::Next() {
  if (bytes_.empty()) return false;
  day_ += static_cast<int32_t>(UnZigZag(ReadVarint(bytes_)));
  if (day_ > last_day_) {
    bytes_ = {};
    return false;
  }
  is_late_ = bytes_.front() != 0;
  bytes_.remove_prefix(1);
  fields_ = ReadFields(bytes_);
  return true;
}

void Timelines::Touch(uint32_t opportunity) {
  if (opportunity >= places_.size()) places_.resize(size_t{opportunity} + 1);
  Place& place = places_[opportunity];
  dead_bytes_ += place.size;
  place.size = 0;
}

std::string_view Timelines::Get(uint32_t opportunity, int64_t log_offset) {
  const uint32_t last_fact = facts_->LastFact(opportunity);
  if (int64_t{facts_->HeadOf(last_fact).offset} > log_offset) {
    scratch_.clear();
    WriteTimeline(*facts_, opportunity, log_offset, closing_stages_, scratch_);
    return scratch_;
  }
  Place& place = places_[opportunity];
  if (place.size == 0) {
    if (dead_bytes_ > kMinDeadBytes && dead_bytes_ > bytes_.size() / 2) Compact();
    place.begin = bytes_.size();
    WriteTimeline(*facts_, opportunity, log_offset, closing_stages_, bytes_);
    place.size = static_cast<uint32_t>(bytes_.size() - place.begin);
  }
  return std::string_view(bytes_).substr(place.begin, place.size);
}

void Timelines::UseStages(const std::vector<bool>& closing_stages) {
  // Stages that nobody had named say nothing about the timelines made before.
  const size_t common = std::min(closing_stages.size(), closing_stages_.size());
  bool is_same = std::equal(closing_stages_.begin(),
                            closing_stages_.begin() + static_cast<std::ptrdiff_t>(common),
                            closing_stages.begin());
  const auto closes = [](bool closing) { return closing; };
  is_same = is_same && std::none_of(closing_stages_.begin() + static_cast<std::ptrdiff_t>(common),
                                    closing_stages_.end(), closes);
  if (is_same && closing_stages.size() == closing_stages_.size()) return;
  if (!is_same) {
    for (Place& place : places_) place.size = 0;
    bytes_.clear();
    dead_bytes_ = 0;
  }
  closing_stages_ = closing_stages;
}

void Timelines::Compact() {
  std::string kept;
  kept.reserve(bytes_.size() - dead_bytes_);
  for (Place& place : places_) {
    if (place.size == 0) continue;
    const uint64_t begin = kept.size();
    kept.append(bytes_, place.begin, place.size);
    place.begin = begin;
  }
  bytes_ = std::move(kept);
  dead_bytes_ = 0;
}

size_t Timelines::memory_bytes() const {
  return places_.capacity() * sizeof(Place) + bytes_.capacity() + scratch_.capacity() +
         closing_stages_.capacity() / 8;
}

}  // namespace quotacast::metrics
