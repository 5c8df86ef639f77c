#include "services/metrics/settled_facts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {
namespace {

constexpr int64_t kMicrosPerDay = int64_t{86'400} * 1'000'000;

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

// Notes deletions, restorations and merges, and takes them out.
void TakeEnds(std::vector<Saying>& sayings, std::vector<SettledEnd>& ends) {
  for (const Saying& saying : sayings) {
    if (!IsEnd(saying)) continue;
    ends.push_back({DayOf(*saying.head), saying.head->kind != OpportunityFactKind::kRestoration});
  }
  if (ends.empty()) return;
  sayings.erase(std::remove_if(sayings.begin(), sayings.end(), IsEnd), sayings.end());
}

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

SettledFacts Settle(const OpportunityFacts& facts, uint32_t opportunity, int64_t log_offset,
                    const std::vector<bool>& closing_stages) {
  SettledFacts settled;
  std::vector<Saying> sayings = LastSayings(facts, opportunity, log_offset);
  const bool any = !sayings.empty();
  sayings.erase(std::remove_if(sayings.begin(), sayings.end(),
                               [](const Saying& saying) {
                                 return saying.head->effective_micros ==
                                        OpportunityFactHead::kNoTime;
                               }),
                sayings.end());
  settled.is_undated = any && sayings.empty();
  std::sort(sayings.begin(), sayings.end(), [](const Saying& a, const Saying& b) {
    return std::tie(a.head->effective_micros, a.head->first) <
           std::tie(b.head->effective_micros, b.head->first);
  });
  TakeEnds(sayings, settled.ends);

  std::vector<bool> is_closing(sayings.size());
  const std::vector<Closing> closings = FindClosings(facts, sayings, closing_stages, is_closing);
  settled.changes.reserve(sayings.size());
  const auto add = [&](const Saying& saying, int32_t day) {
    settled.changes.push_back({day, saying.head->is_late, facts.FieldsOf(*saying.head)});
  };
  auto closing = closings.begin();
  for (size_t i = 0; i < sayings.size(); ++i) {
    const int32_t day = DayOf(*sayings[i].head);
    if (!is_closing[i]) {
      add(sayings[i], day);
    } else if (closing != closings.end() && i == closing->place) {
      for (const Saying& saying : closing->sayings) add(saying, day);
      ++closing;
    }
  }
  return settled;
}

}  // namespace quotacast::metrics
