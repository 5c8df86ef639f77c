#include "simulator/fit/creation.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/posterior.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

// The organisation's rate is all but free of its default.
constexpr double kOrgPriorCount = 0.5;

// Created deals against days, in the units of Kish's effective size.
struct Tally {
  double deals = 0;
  double days = 0;
  double days_squared = 0;

  void Add(const Tally& other) {
    deals += other.deals;
    days += other.days;
    days_squared += other.days_squared;
  }
  double factor() const { return days_squared > 0 ? days / days_squared : 1; }
  double effective_deals() const { return deals * factor(); }
  double effective_days() const { return days * factor(); }
};

// Tallies by [entity * segment_count + segment].
struct Tallies {
  std::vector<Tally> reps;
  std::vector<Tally> teams;
  std::vector<Tally> org;
  std::vector<bool> rep_creates;  // By rep: has created anything.
};

bool InJob(const HistoryRep& rep, absl::CivilDay day) {
  return (!rep.start.has_value() || day >= *rep.start) && (!rep.end.has_value() || day < *rep.end);
}

Tallies TallyUp(const History& history, const CreationOptions& options) {
  const size_t segments = history.segments.size();
  Tallies tallies;
  tallies.reps.resize(history.reps.size() * segments);
  tallies.teams.resize(history.teams.size() * segments);
  tallies.org.resize(segments);
  tallies.rep_creates.assign(history.reps.size(), false);

  // In order of id: sums of doubles must not depend on the order the deals arrive in.
  std::vector<const HistoryDeal*> deals;
  for (const HistoryDeal& deal : history.deals) {
    if (deal.created < options.window_start) continue;
    if (InJob(history.reps[deal.rep], deal.created)) deals.push_back(&deal);
  }
  std::sort(deals.begin(), deals.end(),
            [](const HistoryDeal* a, const HistoryDeal* b) { return a->id < b->id; });
  for (const HistoryDeal* deal : deals) {
    tallies.reps[deal->rep * segments + deal->segment].deals +=
        RecencyWeight(deal->created, history.as_of, options.recency_half_life_days);
    tallies.rep_creates[deal->rep] = true;
  }
  for (size_t r = 0; r < history.reps.size(); ++r) {
    const RampedDays exposure = RampedExposure(history.reps[r], history.as_of, options);
    for (size_t g = 0; g < segments; ++g) {
      Tally& rep = tallies.reps[r * segments + g];
      rep.days = exposure.days;
      rep.days_squared = exposure.squared;
      if (!tallies.rep_creates[r]) continue;
      tallies.teams[history.reps[r].team * segments + g].Add(rep);
      tallies.org[g].Add(rep);
    }
  }
  return tallies;
}

// Gamma posterior of one rate around its parent's draws.
std::vector<double> DrawRates(uint64_t seed, std::string_view kind, std::string_view key,
                              const Tally& tally, double kappa,
                              const std::vector<double>& parent) {
  const int draw_count = static_cast<int>(parent.size());
  const std::vector<double> uniforms =
      StratifiedUniforms(seed, StableId(kind, key), 0, draw_count);
  std::vector<double> rates(draw_count);
  for (int k = 0; k < draw_count; ++k) {
    rates[k] = Quantise(GammaQuantile(kappa + tally.effective_deals(),
                                      kappa / parent[k] + tally.effective_days(), uniforms[k]));
  }
  return rates;
}

double MeanRate(const Tally& tally, double kappa, double parent) {
  return (kappa + tally.effective_deals()) / (kappa / parent + tally.effective_days());
}

}  // namespace

RampedDays RampedExposure(const HistoryRep& rep, absl::CivilDay as_of,
                          const CreationOptions& options) {
  constexpr double kRampDays = 7 * kDefaultRampWeeks;
  absl::CivilDay day = options.window_start;
  if (rep.start.has_value()) day = std::max(day, *rep.start);
  absl::CivilDay end = as_of + 1;
  if (rep.end.has_value()) end = std::min(end, *rep.end);
  RampedDays sum;
  for (; day < end; ++day) {
    double ramp = 1;
    if (rep.start.has_value()) {
      ramp = std::min(1.0, (static_cast<double>(day - *rep.start) + 0.5) / kRampDays);
    }
    const double weight = RecencyWeight(day, as_of, options.recency_half_life_days);
    sum.days += ramp * weight;
    sum.squared += ramp * weight * weight;
  }
  return sum;
}

CreationFit FitCreation(const History& history, const CreationOptions& options) {
  const size_t segments = history.segments.size();
  const Tallies tallies = TallyUp(history, options);
  const double default_rate = kDefaultCreationRatePerDay / static_cast<double>(segments);
  const std::vector<double> default_draws(options.draw_count, default_rate);

  // Plug-in means of the parents choose the strengths; the draws below do not use them.
  std::vector<double> org_means(segments);
  for (size_t g = 0; g < segments; ++g) {
    org_means[g] = MeanRate(tallies.org[g], kOrgPriorCount, default_rate);
  }
  std::vector<RateGroup> team_groups;
  for (size_t i = 0; i < tallies.teams.size(); ++i) {
    const Tally& team = tallies.teams[i];
    team_groups.push_back(
        {team.effective_deals(), team.effective_days() * org_means[i % segments]});
  }
  const double team_kappa = RatePriorCount(team_groups);
  std::vector<RateGroup> rep_groups;
  for (size_t i = 0; i < tallies.reps.size(); ++i) {
    if (!tallies.rep_creates[i / segments]) continue;
    const size_t g = i % segments;
    const Tally& team = tallies.teams[history.reps[i / segments].team * segments + g];
    const double team_mean = MeanRate(team, team_kappa, org_means[g]);
    rep_groups.push_back(
        {tallies.reps[i].effective_deals(), tallies.reps[i].effective_days() * team_mean});
  }
  const double rep_kappa = RatePriorCount(rep_groups);

  std::vector<std::vector<double>> org;  // [segment][draw].
  for (size_t g = 0; g < segments; ++g) {
    org.push_back(DrawRates(options.seed, "fit/creation/org", history.segments[g],
                            tallies.org[g], kOrgPriorCount, default_draws));
  }
  std::vector<std::vector<double>> teams;  // [team * segments + segment][draw].
  for (size_t i = 0; i < tallies.teams.size(); ++i) {
    const std::string key =
        absl::StrCat(history.teams[i / segments], "\n", history.segments[i % segments]);
    teams.push_back(DrawRates(options.seed, "fit/creation/team", key, tallies.teams[i],
                              team_kappa, org[i % segments]));
  }
  CreationFit fit;
  fit.rep_rates.assign(options.draw_count, std::vector<double>(tallies.reps.size()));
  fit.team_rates.assign(options.draw_count, std::vector<double>(tallies.teams.size()));
  for (int k = 0; k < options.draw_count; ++k) {
    for (size_t i = 0; i < teams.size(); ++i) fit.team_rates[k][i] = teams[i][k];
  }
  for (size_t i = 0; i < tallies.reps.size(); ++i) {
    const HistoryRep& rep = history.reps[i / segments];
    const std::string key = absl::StrCat(rep.id, "\n", history.segments[i % segments]);
    const std::vector<double> rates =
        DrawRates(options.seed, "fit/creation/rep", key, tallies.reps[i], rep_kappa,
                  teams[rep.team * segments + i % segments]);
    for (int k = 0; k < options.draw_count; ++k) fit.rep_rates[k][i] = rates[k];
  }
  return fit;
}

}  // namespace quotacast::simulator
