#include "simulator/fit/creation.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "simulator/fit/drawn.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/prior_count.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

// The organisation's rate is all but free of its default.
constexpr double kOrgPriorCount = 0.5;

// Created deals against ramped days, effective counts (Kish), by [rep * segment_count + segment].
struct Tallies {
  std::vector<RateData> reps;
  std::vector<bool> rep_creates;  // By rep: has created anything.
};

Tallies TallyUp(const History& history, const CreationOptions& options) {
  const size_t segments = history.segments.size();
  Tallies tallies;
  tallies.reps.resize(history.reps.size() * segments);
  tallies.rep_creates.assign(history.reps.size(), false);

  // In order of id: sums of doubles must not depend on the order the deals arrive in.
  std::vector<const HistoryDeal*> deals;
  for (const HistoryDeal& deal : history.deals) {
    if (deal.created < options.window_start) continue;
    if (IsInJob(history.reps[deal.rep], deal.created)) deals.push_back(&deal);
  }
  std::sort(deals.begin(), deals.end(),
            [](const HistoryDeal* a, const HistoryDeal* b) { return a->id < b->id; });
  for (const HistoryDeal* deal : deals) {
    tallies.reps[deal->rep * segments + deal->segment].events +=
        RecencyWeight(deal->created, history.as_of, options.recency_half_life_days);
    tallies.rep_creates[deal->rep] = true;
  }
  for (size_t r = 0; r < history.reps.size(); ++r) {
    const RampedDays exposure = RampedExposure(history.reps[r], history.as_of, options);
    // What unweighted data of the same information would show (Kish 1965).
    const double factor = exposure.squared > 0 ? exposure.days / exposure.squared : 1;
    for (size_t g = 0; g < segments; ++g) {
      RateData& rep = tallies.reps[r * segments + g];
      rep.events *= factor;
      rep.exposure = exposure.days * factor;
    }
  }
  return tallies;
}

// What members of one family tell about their common rate.
RateData SumPassedUp(const std::vector<RateData>& members, double kappa) {
  RateData sum;
  const std::vector<double> same_rate(members.size(), kDefaultCreationRatePerDay);
  for (const RateData& member : PassedUp(members, same_rate, kappa)) {
    sum.events += member.events;
    sum.exposure += member.exposure;
  }
  return sum;
}

}  // namespace

bool IsInJob(const HistoryRep& rep, absl::CivilDay day) {
  return (!rep.start.has_value() || day >= *rep.start) && (!rep.end.has_value() || day < *rep.end);
}

RampedDays RampedExposure(const HistoryRep& rep, absl::CivilDay as_of,
                          const CreationOptions& options) {
  RampedDays sum;
  ForEachRampedDay(
      rep, options.window_start, as_of, options.ramp_weeks, [&](absl::CivilDay day, double ramp) {
        const double weight = RecencyWeight(day, as_of, options.recency_half_life_days);
        sum.days += ramp * weight;
        sum.squared += ramp * weight * weight;
      });
  return sum;
}

CreationFit FitCreation(const History& history, const CreationOptions& options) {
  const size_t segments = history.segments.size();
  const size_t teams = history.teams.size();
  const Tallies tallies = TallyUp(history, options);
  auto team_of = [&](size_t i) {  // Of rep and segment i, as [team * segments + segment].
    return static_cast<size_t>(history.reps[i / segments].team) * segments + i % segments;
  };
  // How much reps differ within a team; each team's level is its own, so that any common rate does
  // as the expectation.
  const double default_rate = kDefaultCreationRatePerDay / static_cast<double>(segments);
  std::vector<RateFamily> rep_families(teams * segments);
  std::vector<std::vector<RateData>> rep_data(teams * segments);
  for (size_t i = 0; i < tallies.reps.size(); ++i) {
    if (!tallies.rep_creates[i / segments]) continue;
    rep_families[team_of(i)].push_back(
        {tallies.reps[i].events, tallies.reps[i].exposure * default_rate});
    rep_data[team_of(i)].push_back(tallies.reps[i]);
  }
  const PriorCount rep_kappa =
      FitRatePriorCount(rep_families, options.seed, "creation/rep", options.draw_count);
  // Bottom up: what reps say of their team, and teams of the organisation.
  std::vector<RateData> team_data;
  for (const std::vector<RateData>& reps : rep_data) {
    team_data.push_back(SumPassedUp(reps, rep_kappa.typical));
  }
  std::vector<std::vector<RateData>> team_data_by_segment(segments);
  std::vector<RateFamily> team_families(segments);
  for (size_t i = 0; i < team_data.size(); ++i) {
    team_data_by_segment[i % segments].push_back(team_data[i]);
    team_families[i % segments].push_back(
        {team_data[i].events, team_data[i].exposure * default_rate});
  }
  const PriorCount team_kappa =
      FitRatePriorCount(team_families, options.seed, "creation/team", options.draw_count);
  std::vector<RateData> org_data;
  for (const std::vector<RateData>& by_team : team_data_by_segment) {
    org_data.push_back(SumPassedUp(by_team, team_kappa.typical));
  }

  // Top down: organisation, teams, reps.
  std::vector<Drawn> org;
  for (size_t g = 0; g < segments; ++g) {
    org.push_back(Drawer(options.seed, "fit/creation/org", history.segments[g])
                      .DrawRate(0, org_data[g], FixedPriorCount(kOrgPriorCount, options.draw_count),
                                Constant(default_rate, options.draw_count)));
  }
  CreationFit fit;
  fit.rep_rates.assign(options.draw_count, std::vector<double>(tallies.reps.size()));
  fit.team_rates.assign(options.draw_count, std::vector<double>(team_data.size()));
  std::vector<Drawn> team_rates;
  for (size_t i = 0; i < team_data.size(); ++i) {
    const std::string key =
        absl::StrCat(history.teams[i / segments], "\n", history.segments[i % segments]);
    team_rates.push_back(Drawer(options.seed, "fit/creation/team", key)
                             .DrawRate(0, team_data[i], team_kappa, org[i % segments]));
    for (int k = 0; k < options.draw_count; ++k) fit.team_rates[k][i] = team_rates[i].draws[k];
  }
  const PriorCount floor = FixedPriorCount(kMinPriorCount, options.draw_count);
  for (size_t i = 0; i < tallies.reps.size(); ++i) {
    const std::string key =
        absl::StrCat(history.reps[i / segments].id, "\n", history.segments[i % segments]);
    // Somebody who never created anything is not known to be one of those who do.
    const PriorCount& kappa = tallies.rep_creates[i / segments] ? rep_kappa : floor;
    const Drawn rates = Drawer(options.seed, "fit/creation/rep", key)
                            .DrawRate(0, tallies.reps[i], kappa, team_rates[team_of(i)]);
    for (int k = 0; k < options.draw_count; ++k) fit.rep_rates[k][i] = rates.draws[k];
  }
  return fit;
}

}  // namespace quotacast::simulator
