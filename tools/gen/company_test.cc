// Goal: the organisation is what its parameters say: reproducible, with people who leave, ramp up
// and are followed as planted, and quotas that add up. Method: make companies, large ones for the
// rates, and count. Statistical tests allow five standard deviations (false alarms below 1e-6) and,
// where said, an allowance for what the counting leaves out; the seed is fixed.

#include "tools/gen/company.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tools/gen/days.h"
#include "tools/gen/deals.h"

namespace quotacast::gen {
namespace {

Company Make(int rep_count) {
  CompanyOptions options;
  options.rep_count = rep_count;
  auto company = MakeCompany(options);
  EXPECT_TRUE(company.ok()) << company.status();
  return *std::move(company);
}

TEST(CompanyTest, SameSeedSamePeopleOtherSeedOther) {
  const Company a = Make(24);
  const Company b = Make(24);
  ASSERT_EQ(a.people.reps.size(), b.people.reps.size());
  for (size_t i = 0; i < a.people.reps.size(); ++i) {
    EXPECT_EQ(a.people.reps[i].ability, b.people.reps[i].ability);
    EXPECT_EQ(a.people.reps[i].end, b.people.reps[i].end);
  }
  CompanyOptions other;
  other.seed = 8;
  const auto c = MakeCompany(other);
  ASSERT_TRUE(c.ok());
  EXPECT_NE(a.people.reps[0].ability, c->people.reps[0].ability);
}

TEST(CompanyTest, NamesAndIdsAreUnique) {
  const Company company = Make(3'000);
  std::set<std::string> ids, names, teams, territories;
  for (const Rep& rep : company.people.reps) {
    EXPECT_TRUE(ids.insert(rep.id).second) << rep.id;
    EXPECT_TRUE(names.insert(rep.name).second) << rep.name;
  }
  for (const Team& team : company.people.teams) EXPECT_TRUE(teams.insert(team.id).second);
  for (const Seat& seat : company.people.seats) {
    EXPECT_TRUE(territories.insert(seat.territory_name).second) << seat.territory_name;
  }
}

TEST(CompanyTest, ASeatHasOneRepAtATime) {
  const Company company = Make(200);
  for (const std::vector<int>& reps : company.people.reps_of_seat) {
    for (size_t i = 1; i < reps.size(); ++i) {
      const Rep& before = company.people.reps[reps[i - 1]];
      ASSERT_TRUE(before.end.has_value());
      EXPECT_LT(*before.end, company.people.reps[reps[i]].start);
    }
  }
}

// Months at risk and leavers by tenure. Allowance 0.001: a leaving day moved off a weekend may fall
// into the next month.
TEST(CompanyTest, AttritionFollowsTheHazard) {
  const Company company = Make(3'000);
  std::array<double, kAttrition.size()> months{}, leavers{};
  for (const Rep& rep : company.people.reps) {
    const absl::CivilDay from = std::max(rep.start, company.options.start);
    for (absl::CivilDay day = from; day < Horizon(company.options); day += 30) {
      size_t band = 0;
      while (band + 1 < kAttrition.size() &&
             (day - rep.start) / 30 >= kAttrition[band + 1].from_month) {
        ++band;
      }
      ++months[band];
      if (!rep.end.has_value() || *rep.end > day + 32) continue;
      ++leavers[band];
      break;
    }
  }
  for (size_t band = 0; band < kAttrition.size(); ++band) {
    const double p = kAttrition[band].monthly_hazard;
    EXPECT_NEAR(leavers[band] / months[band], p, 5 * std::sqrt(p * (1 - p) / months[band]) + 0.001)
        << "from month " << kAttrition[band].from_month;
  }
}

// The ramp averaged over the planted range of ramp lengths, at `weeks` of tenure.
double MeanRamp(double weeks) {
  double sum = 0;
  constexpr int kSteps = 200;
  for (int i = 0; i < kSteps; ++i) {
    const double length = kRampWeeksLow + (kRampWeeksHigh - kRampWeeksLow) * (i + 0.5) / kSteps;
    const double x = std::clamp((weeks - kRampSilentWeeks) / (length - kRampSilentWeeks), 0.0, 1.0);
    sum += x * x * (3 - 2 * x);
  }
  return sum / kSteps;
}

// Deals that new reps prospect by tenure, against what the same reps would create fully ramped.
// Allowance 0.03: the lengths of the ramps drawn are not their mean.
TEST(CompanyTest, NewRepsRampUpAsPlanted) {
  const Company company = Make(1'000);
  std::array<double, 4> deals{}, ramped_rate{}, expected{};
  for (size_t i = 0; i < company.people.reps.size(); ++i) {
    const Rep& rep = company.people.reps[i];
    if (rep.start < company.options.start) continue;
    for (absl::CivilDay week = company.options.start; week < Horizon(company.options); week += 7) {
      const absl::CivilDay middle = week + 3;
      const double weeks = static_cast<double>(middle - rep.start) / 7.0;
      if (weeks < 4 || weeks >= 36 || Productivity(rep, week) == 0 ||
          Productivity(rep, middle) == 0 || !IsEmployed(rep, week + 7)) {
        continue;
      }
      const size_t bin = static_cast<size_t>((weeks - 4) / 8);
      double rate = 0;
      for (int segment = 0; segment < kSizeBandCount; ++segment) {
        rate += ProspectingRate(company, static_cast<int>(i), segment, middle);
      }
      const double full = rate / Ramp(rep, middle);
      ramped_rate[bin] += full;
      expected[bin] += full * MeanRamp(weeks);
      deals[bin] += static_cast<double>(ProspectedInWeek(company, rep.seat, week).size());
    }
  }
  for (size_t bin = 0; bin < deals.size(); ++bin) {
    EXPECT_NEAR(deals[bin] / ramped_rate[bin], expected[bin] / ramped_rate[bin],
                5 * std::sqrt(deals[bin]) / ramped_rate[bin] + 0.03)
        << "weeks from " << 4 + 8 * bin;
  }
}

// The deals created by prospecting are a Poisson count around the sum of the rates; reps who leave
// within the week lose a little, hence the allowance of 1 %.
TEST(CompanyTest, DealsAreCreatedAtThePlantedRate) {
  const Company company = Make(300);
  std::array<double, kSizeBandCount> created{}, expected{};
  for (absl::CivilDay week = company.options.start; week < company.options.last_day; week += 7) {
    for (int seat = 0; seat < 300; ++seat) {
      for (const Origin& origin : ProspectedInWeek(company, seat, week)) ++created[origin.segment];
      const auto rep = RepInSeat(company.people, seat, week);
      if (!rep.has_value()) continue;
      for (int s = 0; s < kSizeBandCount; ++s) {
        expected[s] += ProspectingRate(company, *rep, s, week + 3);
      }
    }
  }
  for (int s = 0; s < kSizeBandCount; ++s) {
    EXPECT_NEAR(created[s], expected[s], 5 * std::sqrt(expected[s]) + 0.01 * expected[s]);
  }
}

// Between its two waves the playbook has reached every other seat only. The logarithm of the ratio
// of creation, corrected for pace, has a standard deviation of 0.011; the effect at the adoption of
// those weeks is between 0.10 and 0.15.
TEST(CompanyTest, ThePlaybookLiftsThoseTreatedOnly) {
  const Company company = Make(600);
  const Initiative& playbook = company.initiatives[1];
  ASSERT_EQ(playbook.id, "outbound_playbook");
  std::array<double, 2> deals{}, plain_rate{};
  for (absl::CivilDay week = playbook.waves[0].start + 28; week + 7 < playbook.waves[1].start;
       week += 7) {
    for (int seat = 0; seat < 600; ++seat) {
      const auto rep = RepInSeat(company.people, seat, week);
      if (!rep.has_value()) continue;
      const int wave = playbook.wave_of_seat[seat];
      deals[wave] += static_cast<double>(ProspectedInWeek(company, seat, week).size());
      const Rep& who = company.people.reps[*rep];
      plain_rate[wave] += Productivity(who, week + 3) * who.pace;
    }
  }
  const double lift = std::log(deals[0] / plain_rate[0] / (deals[1] / plain_rate[1]));
  EXPECT_GT(lift, 0.10 - 0.055);
  EXPECT_LT(lift, 0.15 + 0.055);
}

TEST(CompanyTest, QuotasCoverTheNextQuarterAndTeamsAddUp) {
  const Company company = Make(24);
  std::map<std::pair<int, int>, int64_t> sums;  // Of street quotas by (team, quarter).
  int next = 0;
  for (const Quota& quota : company.quotas) {
    EXPECT_GT(quota.amount, 0);
    if (quota.kind != QuotaKind::kStreet) continue;
    next += quota.quarter == QuarterOf(absl::CivilDay(2026, 10, 1));
    const int seat = company.people.reps[quota.rep].seat;
    sums[{TeamOf(company.people, seat, QuarterStart(quota.quarter) + 45), quota.quarter}] +=
        quota.amount;
  }
  EXPECT_GE(next, 16);  // 24 seats, some vacant, some with a rep who ramps.
  EXPECT_LE(next, 24);
  int roll_up_count = 0;
  for (const Quota& quota : company.quotas) {
    if (quota.kind != QuotaKind::kRollUp) continue;
    ++roll_up_count;
    EXPECT_EQ(quota.amount, (sums[{quota.team, quota.quarter}]));
  }
  EXPECT_GT(roll_up_count, 0);
}

TEST(CompanyTest, MarketFactorsSpreadAsPlanted) {
  double squares = 0;
  int count = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    CompanyOptions options;
    options.seed = seed;
    for (const double factor : MakeMarket(options, 6).factors) {
      squares += factor * factor;
      ++count;
    }
  }
  // The relative standard deviation of a variance estimate is sqrt(2 / n).
  EXPECT_NEAR(squares / count / (kMarketSd * kMarketSd), 1, 5 * std::sqrt(2.0 / count));
}

TEST(CompanyTest, RefusesOptionsOutOfRange) {
  CompanyOptions none;
  none.rep_count = 0;
  EXPECT_EQ(MakeCompany(none).status().code(), absl::StatusCode::kInvalidArgument);
  CompanyOptions too_many;
  too_many.rep_count = kMaxReps + 1;
  EXPECT_EQ(MakeCompany(too_many).status().code(), absl::StatusCode::kInvalidArgument);
  too_many.rep_count = kMaxReps;
  EXPECT_TRUE(CheckOptions(too_many).ok());
  CompanyOptions length;
  length.last_day = length.start + kMinHistoryDays;
  EXPECT_TRUE(CheckOptions(length).ok());
  length.last_day = length.start + kMinHistoryDays - 1;
  EXPECT_EQ(MakeCompany(length).status().code(), absl::StatusCode::kInvalidArgument);
  length.last_day = length.start + kMaxHistoryDays;
  EXPECT_TRUE(CheckOptions(length).ok());
  length.last_day = length.start + kMaxHistoryDays + 1;
  EXPECT_EQ(MakeCompany(length).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace quotacast::gen
