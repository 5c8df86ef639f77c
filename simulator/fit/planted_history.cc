#include "simulator/fit/planted_history.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "boost/math/special_functions/erf.hpp"
#include "simulator/engine/levers.h"
#include "simulator/model/model.h"
#include "simulator/model/period_part.h"

namespace quotacast::simulator {
namespace {

// The uniforms of one entity, in order.
class Stream {
 public:
  Stream(uint64_t seed, const std::string& key) : seed_(seed), entity_(StableId("planted", key)) {}

  double Next() {
    const std::array<uint32_t, 4> words =
        RandomBlock(seed_, entity_, 0, RandomPurpose::kSynthetic, index_++);
    return UniformOpen(words[0], words[1]);
  }

 private:
  uint64_t seed_;
  uint64_t entity_;
  uint32_t index_ = 0;
};

double Normal(double u) { return -M_SQRT2 * boost::math::erfc_inv(2 * u); }

double Shifted(double p, double shift) {
  return shift == 0 ? p : 0.5 * std::erfc(-(Normal(p) + shift) * M_SQRT1_2);
}

// Factors of a day on the rates of advancing and of being lost.
struct DayFactors {
  double advance = 1;
  double loss = 1;
};

// `advance_share` only matters where the factors differ.
double ExitProbability(const PlantedCell& cell, int age_days, double advance_share = 1,
                       const DayFactors& day = {}) {
  const double factor = advance_share * day.advance + (1 - advance_share) * day.loss;
  if (age_days == 0) return 1 - std::pow(1 - cell.entry_day_exit_share, factor);
  const double late = age_days >= cell.late_age_days ? cell.late_rate_factor : 1;
  return -std::expm1(-cell.exit_rate_per_day * late * factor);
}

double AdvanceProbability(const PlantedCell& cell, int age_days) {
  const bool late = age_days >= cell.late_age_days && cell.late_advance_probability >= 0;
  return late ? cell.late_advance_probability : cell.advance_probability;
}

DayFactors FactorsOf(const PlantedPipeline& pipeline, int stage, absl::CivilDay day) {
  if (pipeline.period_parts.empty()) return {};
  const absl::CivilDay start(day.year(), (day.month() - 1) / 3 * 3 + 1, 1);
  const absl::CivilDay end(start.year(), start.month() + 3, 1);
  const int part = PeriodPartOf(static_cast<int>(day - start), static_cast<int>(end - start));
  const PeriodPartEffect& effect = pipeline.period_parts[part];
  const bool last = stage == pipeline.stage_count - 1;
  return {last ? std::exp(effect.win_log_factor) : 1, std::exp(effect.loss_log_factor)};
}

constexpr size_t kMarketBlockDays = 91;

double AdoptedAt(const PlantedInitiative& initiative, int rep, absl::CivilDay day) {
  const std::optional<absl::CivilDay> start = initiative.starts[static_cast<size_t>(rep)];
  if (!start.has_value() || day < *start) return 0;
  return AdoptionAt(initiative.adoption, static_cast<double>(day - *start) / 7);
}

// What the quarter and initiatives add to the rep's shift in the stage on the day.
double ShiftOfDay(const PlantedPipeline& pipeline, int rep, int stage, absl::CivilDay day) {
  double shift = 0;
  if (!pipeline.market_shifts.empty()) {
    const absl::CivilDay as_of = pipeline.first_day + (pipeline.day_count - 1);
    shift += pipeline.market_shifts[static_cast<size_t>(as_of - day) / kMarketBlockDays];
  }
  for (const PlantedInitiative& initiative : pipeline.initiatives) {
    const std::vector<int>& stages = initiative.stages;
    if (!stages.empty() && std::find(stages.begin(), stages.end(), stage) == stages.end()) continue;
    shift += initiative.win_effect * AdoptedAt(initiative, rep, day);
  }
  return shift;
}

// Walks a deal through the stages up to the as-of day.
void Live(const PlantedPipeline& pipeline, double shift, absl::CivilDay as_of, Stream& stream,
          HistoryDeal& deal) {
  absl::CivilDay day = deal.created;
  for (int stage = 0; stage < pipeline.stage_count;) {
    const PlantedCell& cell = pipeline.cells[deal.segment * pipeline.stage_count + stage];
    deal.visits.push_back({stage, day});
    int age = 0;
    const auto chance = [&] {
      return Shifted(AdvanceProbability(cell, age),
                     shift + ShiftOfDay(pipeline, deal.rep, stage, day));
    };
    double p = chance();
    DayFactors factors = FactorsOf(pipeline, stage, day);
    while (stream.Next() > ExitProbability(cell, age, p, factors)) {
      ++age;
      ++day;
      if (day > as_of) return;
      p = chance();
      factors = FactorsOf(pipeline, stage, day);
    }
    if (cell.regress_share > 0 && stream.Next() < cell.regress_share) {
      stage = std::max(0, stage - 1);
      continue;
    }
    const double advances = p * factors.advance;
    if (stream.Next() > advances / (advances + (1 - p) * factors.loss)) {
      deal.end = DealEnd::kLost;
      deal.end_day = day;
      return;
    }
    ++stage;
  }
  deal.end = DealEnd::kWon;
  deal.end_day = day;
  deal.won_amount_minor_units = static_cast<int64_t>(std::llround(
      std::exp(pipeline.amount_log_median + pipeline.amount_log_sd * Normal(stream.Next()))));
}

// Whether something that comes at `time`, in days from the first, comes to a rep who may still
// ramp; and in a season that may be weaker than the best.
bool Comes(const PlantedPipeline& pipeline, const HistoryRep& rep, double time, absl::CivilDay day,
           Stream& stream) {
  if (!pipeline.season_log_factors.empty()) {
    double best = 1;
    for (const double log : pipeline.season_log_factors) best = std::max(best, std::exp(log));
    if (stream.Next() > std::exp(pipeline.season_log_factors[day.month() - 1]) / best) return false;
  }
  if (!rep.start.has_value()) return true;
  // Thinning by the ramp.
  const double tenure_days = time - static_cast<double>(*rep.start - pipeline.first_day);
  return stream.Next() <= tenure_days / (7 * pipeline.ramp_weeks);
}

// Leads of one rep and segment, and the deals that converted ones became.
void PlantLeads(const PlantedPipeline& pipeline, int rep, int segment, double rate, double shift,
                uint64_t seed, History& history) {
  Stream arrivals(seed, absl::StrCat("lead arrivals/", rep, "/", segment));
  double time = 0;
  for (int n = 0;; ++n) {
    time -= std::log(arrivals.Next()) / rate;
    if (time >= pipeline.day_count) return;
    HistoryLead lead;
    lead.id = absl::StrCat("lead/", rep, "/", segment, "/", n);
    lead.rep = rep;
    lead.segment = segment;
    lead.created = pipeline.first_day + static_cast<int>(time);
    Stream stream(seed, lead.id);
    if (!Comes(pipeline, history.reps[rep], time, lead.created, stream)) continue;
    lead.end_day = lead.created;
    int age = 0;
    while (lead.end_day <= history.as_of && stream.Next() > ExitProbability(pipeline.lead, age)) {
      ++age;
      ++lead.end_day;
    }
    if (lead.end_day <= history.as_of) {
      const bool converts = stream.Next() <= AdvanceProbability(pipeline.lead, age);
      lead.end = converts ? LeadEnd::kConverted : LeadEnd::kDropped;
    }
    history.leads.push_back(lead);
    if (lead.end != LeadEnd::kConverted) continue;
    HistoryDeal deal;
    deal.id = absl::StrCat("of ", lead.id);
    deal.rep = rep;
    deal.segment = segment;
    deal.created = lead.end_day;
    deal.origin = DealOrigin::kLead;
    Live(pipeline, shift, history.as_of, stream, deal);
    history.deals.push_back(deal);
  }
}

// Goes through all deals, those it adds included.
void PlantFollowUps(const PlantedPipeline& pipeline, uint64_t seed, History& history) {
  for (size_t i = 0; i < history.deals.size(); ++i) {
    if (history.deals[i].end != DealEnd::kWon) continue;
    for (const bool renews : {true, false}) {
      const PlantedFollowUp& kind = renews ? pipeline.renewal : pipeline.expansion;
      const HistoryDeal& win = history.deals[i];
      HistoryDeal deal;
      deal.id = absl::StrCat(renews ? "renewal of " : "expansion of ", win.id);
      Stream stream(seed, deal.id);
      if (stream.Next() >= kind.share) continue;
      deal.rep = win.rep;
      deal.segment = win.segment;
      deal.created = win.end_day + kind.from_days +
                     static_cast<int>(stream.Next() * (kind.to_days - kind.from_days + 1));
      if (deal.created > history.as_of) continue;
      deal.origin = renews ? DealOrigin::kRenewal : DealOrigin::kExpansion;
      deal.predecessor = static_cast<int>(i);
      Live(pipeline, pipeline.rep_shifts.empty() ? 0 : pipeline.rep_shifts[win.rep], history.as_of,
           stream, deal);
      if (deal.end == DealEnd::kWon) {
        deal.won_amount_minor_units = static_cast<int64_t>(std::llround(
            static_cast<double>(*win.won_amount_minor_units) *
            std::exp(kind.amount_log_mean + kind.amount_log_sd * Normal(stream.Next()))));
      }
      history.deals.push_back(deal);
    }
  }
}

}  // namespace

History PlantHistory(const PlantedPipeline& pipeline, uint64_t seed) {
  History history;
  history.currency = "USD";
  history.as_of = pipeline.first_day + (pipeline.day_count - 1);
  for (int g = 0; g < pipeline.segment_count; ++g) {
    history.segments.push_back(absl::StrCat("segment", g));
  }
  for (int s = 0; s < pipeline.stage_count; ++s) {
    history.stages.push_back(absl::StrCat("stage", s));
  }
  for (int t = 0; t < pipeline.team_count; ++t) history.teams.push_back(absl::StrCat("team", t));
  for (int r = 0; r < pipeline.rep_count; ++r) {
    HistoryRep rep{absl::StrCat("rep", r), r % pipeline.team_count, std::nullopt, std::nullopt};
    if (!pipeline.rep_starts.empty()) rep.start = pipeline.rep_starts[r];
    if (!pipeline.rep_ends.empty()) rep.end = pipeline.rep_ends[r];
    history.reps.push_back(rep);
  }
  for (absl::CivilDay start(pipeline.first_day.year(), 1, 1); start <= history.as_of;) {
    const absl::CivilDay end(start.year(), start.month() + 3, 1);
    history.periods.push_back({absl::StrCat(start.year(), "-", start.month()), start, end});
    start = end;
  }
  double best_season = 1;
  for (const double log : pipeline.season_log_factors) {
    best_season = std::max(best_season, std::exp(log));
  }
  // Candidates come at the highest rate there may be and are thinned.
  const bool by_initiatives =
      std::any_of(pipeline.initiatives.begin(), pipeline.initiatives.end(),
                  [](const PlantedInitiative& i) { return i.creation_effect != 0; });
  const double best_initiative = by_initiatives ? std::exp(kMaxPlantedCreationEffect) : 1;
  const absl::CivilDay recorded_from = pipeline.first_day + pipeline.recorded_from_day;
  for (int r = 0; r < pipeline.rep_count; ++r) {
    const double factor = pipeline.creation_factors.empty() ? 1 : pipeline.creation_factors[r];
    const double shift = pipeline.rep_shifts.empty() ? 0 : pipeline.rep_shifts[r];
    for (int g = 0; g < pipeline.segment_count; ++g) {
      Stream arrivals(seed, absl::StrCat("arrivals/", r, "/", g));
      double time = 0;
      for (int n = 0;; ++n) {
        time -= std::log(arrivals.Next()) /
                (pipeline.creation_rate_per_day * factor * best_season * best_initiative);
        if (time >= pipeline.day_count) break;
        HistoryDeal deal;
        deal.id = absl::StrCat("deal/", r, "/", g, "/", n);
        deal.rep = r;
        deal.segment = g;
        deal.created = pipeline.first_day + static_cast<int>(time);
        Stream stream(seed, deal.id);
        if (by_initiatives) {
          double effect = 0;
          for (const PlantedInitiative& initiative : pipeline.initiatives) {
            effect += initiative.creation_effect * AdoptedAt(initiative, r, deal.created);
          }
          if (stream.Next() > std::exp(effect) / best_initiative) continue;
        }
        if (history.reps[r].end.has_value() && deal.created >= *history.reps[r].end) continue;
        if (!Comes(pipeline, history.reps[r], time, deal.created, stream)) continue;
        Live(pipeline, shift, history.as_of, stream, deal);
        if (deal.end != DealEnd::kOpen && deal.end_day < recorded_from) continue;
        history.deals.push_back(deal);
      }
    }
  }
  for (int r = 0; r < pipeline.rep_count && pipeline.lead_rate_per_day > 0; ++r) {
    const double factor = pipeline.creation_factors.empty() ? 1 : pipeline.creation_factors[r];
    const double shift = pipeline.rep_shifts.empty() ? 0 : pipeline.rep_shifts[r];
    for (int g = 0; g < pipeline.segment_count; ++g) {
      PlantLeads(pipeline, r, g, pipeline.lead_rate_per_day * factor * best_season, shift, seed,
                 history);
    }
  }
  PlantFollowUps(pipeline, seed, history);
  return history;
}

double PlantedAdvanceProbability(const PlantedCell& cell) {
  double alive = 1;
  double advanced = 0;
  for (int age = 0; age < 5'000; ++age) {
    const double exit = ExitProbability(cell, age);
    advanced += alive * exit * AdvanceProbability(cell, age);
    alive *= 1 - exit;
  }
  return advanced;
}

}  // namespace quotacast::simulator
