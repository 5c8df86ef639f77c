#include "simulator/fit/exposure.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>

#include "simulator/model/age_bins.h"

namespace quotacast::simulator {
namespace {

// Beyond this age all days are alike; keeps the tables small when a date is decades off.
constexpr int kMaxTabulatedAgeDays = 4'000;
// A split needs this distance from other edges.
constexpr int kMinEdgeDistanceDays = 3;

// Days of one bin: each by its share, its squared share, and its share times that of the next bin.
struct PhaseDays {
  double days = 0;
  double squared = 0;
  double shared = 0;
};

// Shares of days 1..D that fall into each bin, cumulative in D.
class PhaseTable {
 public:
  explicit PhaseTable(const std::vector<int>& edges)
      : bins_(static_cast<int>(edges.size()) + 1),
        cumulative_(static_cast<size_t>(kMaxTabulatedAgeDays + 1) * bins_) {
    for (int day = 1; day <= kMaxTabulatedAgeDays; ++day) {
      std::vector<double> shares(static_cast<size_t>(bins_) + 1, 0.0);
      for (int phase = 0; phase < kStepDays && day - phase >= 1; ++phase) {
        shares[static_cast<size_t>(AgeBinOf(day - phase, edges))] += 1.0 / kStepDays;
      }
      for (int bin = 0; bin < bins_; ++bin) {
        const PhaseDays& previous = At(day - 1, bin);
        const double share = shares[static_cast<size_t>(bin)];
        At(day, bin) = {previous.days + share, previous.squared + share * share,
                        previous.shared + share * shares[static_cast<size_t>(bin) + 1]};
      }
    }
  }

  // Of bin `bin` among days first..last, 1 <= first <= last.
  PhaseDays Days(int first, int last, int bin) const {
    const PhaseDays upto = Upto(last, bin);
    const PhaseDays before = Upto(first - 1, bin);
    return {upto.days - before.days, upto.squared - before.squared, upto.shared - before.shared};
  }

  int bins() const { return bins_; }

 private:
  PhaseDays& At(int day, int bin) { return cumulative_[static_cast<size_t>(day) * bins_ + bin]; }

  PhaseDays Upto(int day, int bin) const {
    const int tabulated = std::min(day, kMaxTabulatedAgeDays);
    PhaseDays days = cumulative_[static_cast<size_t>(tabulated) * bins_ + bin];
    if (day > tabulated && bin == bins_ - 1) {
      days.days += day - tabulated;
      days.squared += day - tabulated;
    }
    return days;
  }

  int bins_;
  std::vector<PhaseDays> cumulative_;
};

// Adds days of this weight.
void AddDays(const PhaseDays& days, double weight, AgeCounts& counts) {
  counts.days += weight * days.days;
  counts.days_squared += weight * weight * days.days;
  counts.phase_squared += weight * weight * days.squared;
  counts.shared_squared += weight * weight * days.shared;
}

int DaysBetween(absl::CivilDay from, absl::CivilDay to) { return static_cast<int>(to - from); }

// A spell as far as it lies in the window, with the deal it belongs to.
struct ObservedSpell {
  const HistoryDeal* deal;
  Spell spell;
  int first_day;  // Smallest D observed: 0, or the age at the start of the window.
};

// Deals in order of id, so that sums of doubles do not depend on the order they arrive in.
std::vector<const HistoryDeal*> DealsById(const History& history) {
  std::vector<const HistoryDeal*> deals;
  deals.reserve(history.deals.size());
  for (const HistoryDeal& deal : history.deals) deals.push_back(&deal);
  std::sort(deals.begin(), deals.end(),
            [](const HistoryDeal* a, const HistoryDeal* b) { return a->id < b->id; });
  return deals;
}

absl::CivilDay FirstExitOrCreation(const History& history, int stage_count) {
  std::optional<absl::CivilDay> first_exit;
  absl::CivilDay first_created = history.as_of;
  for (const HistoryDeal& deal : history.deals) {
    first_created = std::min(first_created, deal.created);
    for (const Spell& spell : SpellsOf(deal, stage_count, history.as_of)) {
      if (!spell.is_exit() || spell.implied) continue;
      if (!first_exit.has_value() || spell.left < *first_exit) first_exit = spell.left;
    }
  }
  return first_exit.value_or(first_created);
}

std::vector<ObservedSpell> Observe(const History& history, int stage_count,
                                   absl::CivilDay window_start) {
  std::vector<ObservedSpell> observed;
  for (const HistoryDeal* deal : DealsById(history)) {
    for (const Spell& spell : SpellsOf(*deal, stage_count, history.as_of)) {
      if (spell.left < window_start) continue;
      const int first_day = std::max(0, DaysBetween(spell.entered, window_start));
      observed.push_back({deal, spell, first_day});
    }
  }
  return observed;
}

// Last D on which the spell was survived in full: the exit day and the day of a regression are
// not.
int LastFullDay(const Spell& spell) {
  const int days = DaysBetween(spell.entered, spell.left);
  return spell.end == SpellEnd::kOpen ? days : days - 1;
}

// Exits and days at risk of one stage by D, all segments together, unweighted.
struct AgeProfile {
  std::vector<int64_t> exits = std::vector<int64_t>(kMaxTabulatedAgeDays + 1, 0);
  std::vector<int64_t> at_risk = std::vector<int64_t>(kMaxTabulatedAgeDays + 2, 0);
};

struct SplitCandidate {
  double expected;
  int edge;
};

// Adds the edge after the last exit, or before the first, of the bin [from, to).
void FindSplits(const AgeProfile& profile, int from, int to, std::vector<SplitCandidate>& found) {
  int64_t exits = 0;
  int64_t at_risk = 0;
  int first_exit = -1;
  int last_exit = -1;
  for (int day = from; day < to; ++day) {
    exits += profile.exits[day];
    at_risk += profile.at_risk[day];
    if (profile.exits[day] == 0) continue;
    if (first_exit < 0) first_exit = day;
    last_exit = day;
  }
  if (exits == 0) return;
  const double rate = static_cast<double>(exits) / static_cast<double>(at_risk);
  auto expected_in = [&](int begin, int end) {
    return rate * static_cast<double>(std::accumulate(profile.at_risk.begin() + begin,
                                                      profile.at_risk.begin() + end, int64_t{0}));
  };
  if (last_exit + 1 < to) {
    const double expected = expected_in(last_exit + 1, to);
    if (expected >= kSplitMinExpectedExits) found.push_back({expected, last_exit + 1});
  }
  // Seen from the start of a step, an exit on day D may come from an age six days younger.
  const int begin = first_exit - (kStepDays - 1);
  if (begin > from) {
    const double expected = expected_in(from, begin);
    if (expected >= kSplitMinExpectedExits) found.push_back({expected, begin});
  }
}

std::vector<int> SplitEdges(const std::vector<ObservedSpell>& spells, int stage_count,
                            const std::vector<int>& edges) {
  std::vector<AgeProfile> profiles(stage_count);
  for (const ObservedSpell& observed : spells) {
    AgeProfile& profile = profiles[observed.spell.stage];
    const int last =
        std::min(DaysBetween(observed.spell.entered, observed.spell.left), kMaxTabulatedAgeDays);
    const int first = std::max(1, observed.first_day);
    if (first > last) continue;
    ++profile.at_risk[first];
    --profile.at_risk[last + 1];
    if (observed.spell.is_over()) ++profile.exits[last];
  }
  std::vector<SplitCandidate> candidates;
  for (AgeProfile& profile : profiles) {
    std::partial_sum(profile.at_risk.begin(), profile.at_risk.end(), profile.at_risk.begin());
    int from = 1;
    for (size_t bin = 0; bin <= edges.size(); ++bin) {
      const int to =
          bin < edges.size() ? std::min(edges[bin], kMaxTabulatedAgeDays) : kMaxTabulatedAgeDays;
      if (from < to) FindSplits(profile, from, to, candidates);
      from = std::max(from, to);
    }
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const SplitCandidate& a, const SplitCandidate& b) {
              return a.expected != b.expected ? a.expected > b.expected : a.edge < b.edge;
            });
  std::vector<int> all = edges;
  for (const SplitCandidate& candidate : candidates) {
    if (static_cast<int>(all.size()) >= kMaxAgeBinEdges) break;
    const bool crowded = std::any_of(all.begin(), all.end(), [&](int edge) {
      return std::abs(edge - candidate.edge) < kMinEdgeDistanceDays;
    });
    if (!crowded) all.push_back(candidate.edge);
  }
  std::sort(all.begin(), all.end());
  return all;
}

class Counter {
 public:
  Counter(const History& history, const ExposureOptions& options, Exposure& exposure)
      : as_of_(history.as_of),
        stage_count_(static_cast<int>(history.stages.size())),
        half_life_days_(options.recency_half_life_days),
        table_(exposure.age_bin_edges_days),
        parts_(history.periods, history.as_of, options.age_bin_edges_days, stage_count_,
               history.segments.size() * history.stages.size()),
        exposure_(exposure) {
    StageCounts empty;
    empty.ages.resize(table_.bins());
    exposure_.cells.assign(history.segments.size() * history.stages.size(), empty);
    for (size_t i = 0; i < exposure_.cells.size(); ++i) {
      exposure_.cells[i].regressed_to.assign(i % history.stages.size() + 1, 0.0);
    }
  }

  void Count(const ObservedSpell& observed) {
    const Spell& spell = observed.spell;
    const size_t index = static_cast<size_t>(observed.deal->segment) * stage_count_ + spell.stage;
    StageCounts& cell = exposure_.cells[index];
    CountDays(observed, cell);
    if (spell.is_over()) CountExit(observed, cell);
    if (observed.first_day == 0) CountEntry(spell, cell.entry);
    parts_.CountDays(index, spell.entered, observed.first_day, LastFullDay(spell));
    if (spell.is_exit()) {
      parts_.CountExit(index, spell.entered, DaysBetween(spell.entered, spell.left),
                       spell.end == SpellEnd::kAdvanced);
    }
  }

  std::vector<PartStratum> Parts() const { return parts_.Strata(); }

 private:
  double Weight(absl::CivilDay day) const { return RecencyWeight(day, as_of_, half_life_days_); }

  // Days survived in full, a week at a time with the weight of its middle.
  void CountDays(const ObservedSpell& observed, StageCounts& cell) {
    const int last = LastFullDay(observed.spell);
    for (int first = std::max(1, observed.first_day); first <= last; first += kStepDays) {
      const int end = std::min(first + kStepDays - 1, last);
      const double weight = Weight(observed.spell.entered + (first + end) / 2);
      const int low = AgeBinOf(std::max(1, first - (kStepDays - 1)), exposure_.age_bin_edges_days);
      const int high = AgeBinOf(end, exposure_.age_bin_edges_days);
      for (int bin = low; bin <= high; ++bin) {
        AddDays(table_.Days(first, end, bin), weight, cell.ages[bin]);
      }
    }
  }

  void CountExit(const ObservedSpell& observed, StageCounts& cell) {
    const Spell& spell = observed.spell;
    const int age = DaysBetween(spell.entered, spell.left);
    const bool advanced = spell.end == SpellEnd::kAdvanced;
    const bool regressed = spell.end == SpellEnd::kRegressed;
    const double weight = Weight(spell.left);
    if (regressed) {
      cell.regressed_to[static_cast<size_t>(spell.back_to)] += weight;
      ++cell.regressed_count;
    }
    // Going back is no verdict on who did it.
    if (!regressed)
      exposure_.exits.push_back({observed.deal->rep, observed.deal->segment, spell.stage, age,
                                 advanced, weight, spell.left});
    if (age == 0) return;  // All of it is in the entry row.
    for (int bin = 0; bin < table_.bins(); ++bin) {
      const PhaseDays day = table_.Days(age, age, bin);
      const double share = day.days;
      if (share == 0) continue;
      cell.ages[bin].exits += weight * share;
      if (advanced) cell.ages[bin].advanced += weight * share;
      if (regressed) cell.ages[bin].regressed += weight * share;
      // Half a day.
      AddDays({0.5 * day.days, 0.5 * day.squared, 0.5 * day.shared}, weight, cell.ages[bin]);
    }
  }

  // A phase counts only if the whole step of entry was watched: a deal that left early in a step
  // cut off by the as-of day would count, one that stayed would not.
  void CountEntry(const Spell& spell, EntryCounts& entry) {
    const double weight = Weight(spell.entered) / kStepDays;
    const double weight_squared = Weight(spell.entered) * weight;
    const int age = DaysBetween(spell.entered, spell.left);
    for (int phase = 0; phase < kStepDays; ++phase) {
      if (spell.entered + phase > as_of_) break;
      entry.entered += weight;
      entry.entered_squared += weight_squared;
      if (!spell.is_over() || age > phase) continue;
      entry.left_first_step += weight;
      if (age == 0) entry.left_entry_day += weight;
      if (spell.end == SpellEnd::kAdvanced) entry.advanced += weight;
      if (spell.end == SpellEnd::kRegressed) entry.regressed += weight;
    }
  }

  absl::CivilDay as_of_;
  int stage_count_;
  double half_life_days_;
  PhaseTable table_;
  PartTally parts_;
  Exposure& exposure_;
};

}  // namespace

std::vector<Spell> SpellsOf(const HistoryDeal& deal, int stage_count, absl::CivilDay as_of) {
  std::vector<Spell> spells;
  auto skip = [&](int from, int to, absl::CivilDay day) {
    for (int stage = from; stage < to; ++stage) {
      spells.push_back({stage, day, day, SpellEnd::kAdvanced, /*implied=*/true});
    }
  };
  std::vector<StageVisit> visits = deal.visits;
  if (visits.empty()) visits.push_back({0, deal.created});
  skip(0, visits.front().stage, visits.front().entered);
  for (size_t v = 0; v + 1 < visits.size(); ++v) {
    const StageVisit& visit = visits[v];
    const StageVisit& next = visits[v + 1];
    const bool forward = next.stage > visit.stage;
    spells.push_back({visit.stage, visit.entered, next.entered,
                      forward ? SpellEnd::kAdvanced : SpellEnd::kRegressed, false,
                      forward ? -1 : next.stage});
    if (forward) skip(visit.stage + 1, next.stage, next.entered);
  }
  const StageVisit& last = visits.back();
  switch (deal.end) {
    case DealEnd::kOpen:
      spells.push_back({last.stage, last.entered, as_of, SpellEnd::kOpen, false});
      break;
    case DealEnd::kLost:
      spells.push_back({last.stage, last.entered, deal.end_day, SpellEnd::kLost, false});
      break;
    case DealEnd::kWon:
      spells.push_back({last.stage, last.entered, deal.end_day, SpellEnd::kAdvanced, false});
      skip(last.stage + 1, stage_count, deal.end_day);
      break;
  }
  return spells;
}

void AgeCounts::Add(const AgeCounts& other) {
  exits += other.exits;
  advanced += other.advanced;
  regressed += other.regressed;
  days += other.days;
  days_squared += other.days_squared;
  phase_squared += other.phase_squared;
  shared_squared += other.shared_squared;
}

AgeCounts AgeCounts::Effective() const {
  if (days_squared <= 0) return {};
  const double factor = days / days_squared;
  return {exits * factor, advanced * factor, days * factor, days * factor, regressed * factor};
}

double AgeCounts::Sharpness() const {
  return phase_squared > 0 ? std::max(1.0, days_squared / phase_squared) : 1;
}

double AgeCounts::CorrelationWith(const AgeCounts& next) const {
  if (phase_squared <= 0 || next.phase_squared <= 0) return 0;
  return std::clamp(shared_squared / std::sqrt(phase_squared * next.phase_squared), 0.0, 1.0);
}

void EntryCounts::Add(const EntryCounts& other) {
  entered += other.entered;
  entered_squared += other.entered_squared;
  left_entry_day += other.left_entry_day;
  left_first_step += other.left_first_step;
  advanced += other.advanced;
  regressed += other.regressed;
}

EntryCounts EntryCounts::Effective() const {
  if (entered_squared <= 0) return {};
  const double factor = entered / entered_squared;
  return {entered * factor,         entered * factor,  left_entry_day * factor,
          left_first_step * factor, advanced * factor, regressed * factor};
}

double RecencyWeight(absl::CivilDay day, absl::CivilDay as_of, double half_life_days) {
  return std::exp2(-static_cast<double>(as_of - day) / half_life_days);
}

PhaseShares SharesOfDay(int age_days, const std::vector<int>& age_bin_edges_days) {
  PhaseShares shares;
  shares.ages.assign(age_bin_edges_days.size() + 1, 0.0);
  for (int phase = 0; phase < kStepDays; ++phase) {
    if (age_days - phase <= 0) {
      shares.entry += 1.0 / kStepDays;
    } else {
      shares.ages[AgeBinOf(age_days - phase, age_bin_edges_days)] += 1.0 / kStepDays;
    }
  }
  return shares;
}

Exposure CountExposure(const History& history, const ExposureOptions& options) {
  const int stage_count = static_cast<int>(history.stages.size());
  Exposure exposure;
  exposure.window_start = options.window_start.value_or(FirstExitOrCreation(history, stage_count));
  const std::vector<ObservedSpell> spells = Observe(history, stage_count, exposure.window_start);
  exposure.age_bin_edges_days = options.may_add_edges
                                    ? SplitEdges(spells, stage_count, options.age_bin_edges_days)
                                    : options.age_bin_edges_days;
  Counter counter(history, options, exposure);
  for (const ObservedSpell& spell : spells) counter.Count(spell);
  exposure.parts = counter.Parts();
  return exposure;
}

}  // namespace quotacast::simulator
