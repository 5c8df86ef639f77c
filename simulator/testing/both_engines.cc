#include "simulator/testing/both_engines.h"

#include <cmath>
#include <cstddef>
#include <cstdio>

#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/testing/closed_forms.h"

namespace quotacast::simulator::testing {

double BothEngines::AttainShare(int entity, int period) const {
  const size_t cell =
      (static_cast<size_t>(entity) * shape.period_count + period) * shape.draw_count;
  int64_t attained = 0;
  for (int k = 0; k < shape.draw_count; ++k) attained += partial.attain_counts[cell + k];
  return static_cast<double>(attained) / trials;
}

BothEngines RunBoth(const Company& company, const Scenario& scenario, int period_count,
                    int64_t trials, bool sums, uint64_t seed) {
  ExactOptions options;
  options.engine.seed = seed;
  options.engine.trials = trials;
  options.engine.period_count = period_count;
  options.sums = sums;
  options.threads = 2;
  const auto exact = ComputeExact(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(exact.ok()) << exact.status();
  const auto plan = Compile(company.model, company.state, scenario, options.engine, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  const auto partial = SimulateParallel(**plan, 0, (*plan)->layout().trials, 2, nullptr, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  EXPECT_EQ(partial->clamped_count, 0);
  return {(*plan)->shape(), *partial, *exact, static_cast<double>((*plan)->layout().trials)};
}

void SwitchFactorsOff(Company& company) {
  for (ParameterDraw& draw : company.model.draws) {
    draw.market_sd = draw.team_sd = draw.rep_sd = 0;
  }
  for (RepEffect& effect : company.model.rep_effects) effect.variance = 0;
}

void ExpectPeopleAgree(const BothEngines& run, double slack) {
  ZScores attain, mean;
  for (int e = 1 + run.shape.team_count; e < static_cast<int>(run.shape.entities.size()); ++e) {
    for (int p = 0; p < run.shape.period_count; ++p) {
      const ExactLine& line = run.Line(e, p);
      ASSERT_EQ(line.entity, run.shape.entities[e]);
      const ExactMoments& moments = run.Moments(e, p);
      const double booked = static_cast<double>(line.booked_minor_units);
      if (line.sd > 0) {
        mean.Add(moments.Mean() + booked, line.mean.value, line.sd / std::sqrt(run.trials));
      }
      if (!line.attain_probability.has_value()) continue;
      const double exact = line.attain_probability->value;
      // The normal approximation wants some of both outcomes.
      if (run.trials * exact * (1 - exact) < 25) continue;
      attain.Add(run.AttainShare(e, p), exact, std::sqrt(exact * (1 - exact) / run.trials));
    }
  }
  for (const ZScores* scores : {&attain, &mean}) {
    const char* what = scores == &attain ? "P(attain)" : "mean";
    EXPECT_NEAR(scores->Sd(), 1, slack) << what << ", cells " << scores->count();
    EXPECT_LT(scores->Max(), 4.6) << what;
    std::printf("%s: %d cells, z sd %.3f, max %.2f\n", what, scores->count(), scores->Sd(),
                scores->Max());
  }
}

}  // namespace quotacast::simulator::testing
