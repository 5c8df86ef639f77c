// Goal: deals and leads behave at the planted rates and their records hang together. Method: one
// history of 300 seats, counted. Statistical tests allow five standard deviations (false alarms
// below 1e-6) plus the allowance named in them; the seed is fixed.

#include "tools/gen/history.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tools/gen/activities.h"
#include "tools/gen/after_sales.h"
#include "tools/gen/days.h"

namespace quotacast::gen {
namespace {

class HistoryTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    CompanyOptions options;
    options.rep_count = 300;
    company_ = new Company(*MakeCompany(options));
    deals_ = new std::vector<Deal>;
    leads_ = new std::vector<Lead>;
    ForEachWeek(*company_, [](const Week& week) {
      deals_->insert(deals_->end(), week.deals.begin(), week.deals.end());
      leads_->insert(leads_->end(), week.leads.begin(), week.leads.end());
      return true;
    });
  }

  static void ExpectShare(double count, double total, double share, const std::string& what,
                          double allowance = 0) {
    EXPECT_NEAR(count / total, share, 5 * std::sqrt(share * (1 - share) / total) + allowance)
        << what << ", " << count << " of " << total;
  }

  static Company* company_;
  static std::vector<Deal>* deals_;
  static std::vector<Lead>* leads_;
};

Company* HistoryTest::company_ = nullptr;
std::vector<Deal>* HistoryTest::deals_ = nullptr;
std::vector<Lead>* HistoryTest::leads_ = nullptr;

// Decisions in a stage: the stay ended with an advance or a loss that a clean-up did not make.
struct Decision {
  absl::CivilDay day;
  bool is_advance = false;
  bool is_skip = false;
  bool is_fall_back = false;
};

template <typename Visit>
void ForEachEndOfStay(const Deal& deal, Visit visit) {
  for (size_t i = 0; i + 1 < deal.path.size(); ++i) {
    const StageEntry& from = deal.path[i];
    const StageEntry& to = deal.path[i + 1];
    if (from.stage >= kStageCount || to.reason == kCleanUpReason) continue;
    Decision decision;
    decision.day = to.day;
    decision.is_advance = to.stage <= kWonStage && to.stage > from.stage;
    decision.is_skip = to.stage == from.stage + 2 && to.stage < kStageCount;
    decision.is_fall_back = to.stage < from.stage;
    visit(from.stage, decision);
  }
}

// Before the clinic, so that only the factors and the reps shift the shares. Allowance 0.03: the
// market's mean over four quarters, half a probit density wide, and what the spread of abilities
// costs at probabilities away from one half.
TEST_F(HistoryTest, DealsAdvanceAtThePlantedProbabilities) {
  const absl::CivilDay clinic = company_->initiatives[0].waves[0].start;
  for (int segment = 0; segment < kSizeBandCount; ++segment) {
    std::array<double, kStageCount> advanced{}, decided{};
    for (const Deal& deal : *deals_) {
      if (deal.origin.segment != segment) continue;
      ForEachEndOfStay(deal, [&](int stage, const Decision& decision) {
        if (decision.day >= clinic || decision.is_fall_back) return;
        ++decided[stage];
        advanced[stage] += decision.is_advance;
      });
    }
    for (int stage = 0; stage < kStageCount; ++stage) {
      ExpectShare(advanced[stage], decided[stage],
                  company_->segments[segment].advance_probability[stage],
                  company_->segments[segment].id + " " + kStageIds[stage], 0.03);
    }
  }
}

// Treated teams eight weeks after their wave began, against teams of later waves and of none in
// the same period. The planted 0.20 reaches about 0.15 at the adoption of those weeks, against a
// standard deviation of about 0.02 (decisions, and the factors of about 36 teams).
TEST_F(HistoryTest, TheClinicLiftsThoseTreatedOnly) {
  const Initiative& clinic = company_->initiatives[0];
  std::array<double, 2> advanced{}, decided{};
  const absl::CivilDay from = clinic.waves[0].start + 56;
  const absl::CivilDay until = clinic.waves[0].start + 365;
  for (const Deal& deal : *deals_) {
    const int wave = clinic.wave_of_seat[deal.origin.seat];
    ForEachEndOfStay(deal, [&](int stage, const Decision& decision) {
      if (stage > 1 || decision.is_fall_back || decision.day < from || decision.day > until) return;
      bool is_treated = false;
      if (wave >= 0) {
        is_treated = decision.day >= clinic.waves[wave].start + 56;
        // Neither treated nor untreated while the adoption grows.
        if (!is_treated && decision.day >= clinic.waves[wave].start) return;
      }
      ++decided[is_treated];
      advanced[is_treated] += decision.is_advance;
    });
  }
  const double untreated = advanced[0] / decided[0];
  const double treated = advanced[1] / decided[1];
  // A probit near 0.65 moves a share by 0.37 per unit.
  const double lift = (treated - untreated) / 0.37;
  EXPECT_GT(lift, 0.05);
  EXPECT_LT(lift, 0.25);
}

TEST_F(HistoryTest, WhatBefallsDealsComesAtThePlantedShares) {
  double stays = 0, fall_backs = 0, skippable = 0, skips = 0;
  double never_closing = 0, losses = 0, reopened = 0, wins = 0, lost_wins = 0, mistakes = 0;
  for (const Deal& deal : *deals_) {
    never_closing += deal.never_closing;
    mistakes += deal.deleted.has_value() || deal.merged.has_value();
    ForEachEndOfStay(deal, [&](int stage, const Decision& decision) {
      if (stage > 0) {
        ++stays;
        fall_backs += decision.is_fall_back;
      }
      if (stage < 2 && decision.is_advance) {
        ++skippable;
        skips += decision.is_skip;
      }
    });
    bool was_lost = false;
    for (size_t i = 1; i < deal.path.size(); ++i) {
      const StageEntry& entry = deal.path[i];
      const bool has_next = i + 1 < deal.path.size();
      if (entry.stage == kWonStage) {
        ++wins;
        lost_wins += has_next;
      } else if (entry.stage == kLostStage && entry.reason < kCleanUpReason && !was_lost) {
        was_lost = true;
        ++losses;
        reopened += has_next;
      }
    }
  }
  const auto count = static_cast<double>(deals_->size());
  ExpectShare(fall_backs, stays, kFallBackShare, "fall backs");
  ExpectShare(skips, skippable, kSkipShare, "skips");
  ExpectShare(never_closing, count, kNeverClosingShare, "never closing");
  ExpectShare(lost_wins, wins, kWonToLostShare, "wins that turn out lost");
  // The clean-up may close a deal before it is reopened.
  ExpectShare(reopened, losses, kReopenedShare, "reopened", 0.003);
  // Some are closed before the mistake is seen.
  ExpectShare(mistakes, count, kDeletedShare + kDuplicateShare, "mistakes", 0.002);
}

// Held back wins halve the daily rate of the days 6 to 21 before a quarter's end. With about 20,000
// wins the ratio has a standard deviation of 0.02.
TEST_F(HistoryTest, WinsBunchAtTheEndOfQuarters) {
  double rush = 0, held = 0, middle = 0, all = 0;
  for (const Deal& deal : *deals_) {
    for (const StageEntry& entry : deal.path) {
      if (entry.stage != kWonStage) continue;
      const auto left = QuarterStart(QuarterOf(entry.day) + 1) - entry.day;
      const auto passed = entry.day - QuarterStart(QuarterOf(entry.day));
      ++all;
      if (left <= kRushDays) {
        ++rush;
      } else if (left > kRushDays + 2 && left <= kHeldBackDays) {
        ++held;  // Two days less: weekends move wins to the Friday before.
      } else if (passed >= kPulledForwardDays && left > kHeldBackDays + 2) {
        ++middle;
      }
    }
  }
  const double held_days = kHeldBackDays - kRushDays - 2;
  const double middle_days = 91 - kPulledForwardDays - kHeldBackDays - 2;
  EXPECT_NEAR(held / held_days / (middle / middle_days), 1 - kHeldBackShare, 0.12);
  EXPECT_GT(rush / all, 0.11);  // 0.055 without bunching.
  EXPECT_LT(rush / all, 0.22);
}

TEST_F(HistoryTest, TheCleanUpIsOneDayOfManyLosses) {
  int on_the_day = 0;
  for (const Deal& deal : *deals_) {
    for (const StageEntry& entry : deal.path) {
      if (entry.reason != kCleanUpReason) continue;
      EXPECT_EQ(entry.day, company_->clean_up);
      EXPECT_LE(deal.origin.created + kCleanUpAgeDays, company_->clean_up);
      ++on_the_day;
    }
  }
  EXPECT_GT(on_the_day, 300);
}

TEST_F(HistoryTest, LeadsConvertTheMoreTheSoonerTheyAreTouched) {
  std::array<double, kResponses.size()> count{}, converted{};
  for (const Lead& lead : *leads_) {
    ++count[lead.response];
    converted[lead.response] += lead.converted.has_value();
    if (!lead.first_touch_minute.has_value()) continue;
    const ResponseClass& response = kResponses[lead.response];
    EXPECT_GE(*lead.first_touch_minute,
              AfterBusinessMinutes(lead.created_minute, response.from_minutes));
    EXPECT_LE(*lead.first_touch_minute,
              AfterBusinessMinutes(lead.created_minute, response.to_minutes));
  }
  for (size_t i = 0; i < kResponses.size(); ++i) {
    ExpectShare(count[i], static_cast<double>(leads_->size()), kResponses[i].share,
                kResponses[i].id);
    ExpectShare(converted[i], count[i], kResponses[i].conversion, kResponses[i].id);
  }
}

TEST_F(HistoryTest, LivesGoForwardInTimeAndHangTogether) {
  int64_t number = 0;
  absl::CivilDay created = company_->options.start;
  for (const Deal& deal : *deals_) {
    ASSERT_EQ(deal.number, ++number);
    ASSERT_GE(deal.origin.created, created);
    created = deal.origin.created;
    ASSERT_EQ(deal.path.front().day, created);
    ASSERT_EQ(deal.path.front().stage, 0);
    for (size_t i = 1; i < deal.path.size(); ++i) {
      ASSERT_GE(deal.path[i].day, deal.path[i - 1].day);
      ASSERT_GT(deal.path[i].amount, 0);
      ASSERT_EQ(deal.path[i].stage == kLostStage, deal.path[i].reason >= 0);
    }
    for (size_t i = 0; i < deal.changes.size(); ++i) {
      ASSERT_GE(deal.changes[i].day, i == 0 ? created : deal.changes[i - 1].day);
    }
    int share = 0;
    for (const Split& split : Credits(deal)) share += split.share_percent;
    ASSERT_EQ(share, 100);
    if (deal.merged.has_value()) {
      ASSERT_LT(deal.merged_into, deal.number);
    }
    ASSERT_FALSE(deal.merged.has_value() && deal.deleted.has_value());
  }
}

// Owners are at work when they create a deal, and no deal stays with somebody who left while it is
// worked on, but for the days until it is handed over.
TEST_F(HistoryTest, OpenDealsOfLeaversAreHandedOver) {
  int hand_overs = 0;
  for (const Deal& deal : *deals_) {
    EXPECT_TRUE(IsEmployed(company_->people.reps[deal.origin.rep], deal.origin.created));
    for (const FieldChange& change : deal.changes) {
      if (change.field != Field::kOwner) continue;
      ++hand_overs;
      EXPECT_TRUE(IsEmployed(company_->people.reps[static_cast<size_t>(change.value)], change.day));
    }
  }
  EXPECT_GT(hand_overs, 300);
}

TEST_F(HistoryTest, OrderLinesAddUpToWhatWasBooked) {
  int checked = 0;
  for (const Deal& deal : *deals_) {
    const std::vector<OrderLine> lines = OrderLinesOf(*company_, deal);
    int64_t total = 0;
    for (const OrderLine& line : lines) {
      total += line.amount;
      EXPECT_EQ(line.quantity * line.unit_price, line.amount) << line.order_id;
      EXPECT_LE(line.quantity < 0 ? -line.cost : line.cost,
                line.quantity < 0 ? -line.amount : line.amount);
    }
    const bool was_won = std::any_of(deal.path.begin(), deal.path.end(),
                                     [](const StageEntry& e) { return e.stage == kWonStage; });
    EXPECT_EQ(lines.empty(), !was_won);
    if (!was_won) continue;
    EXPECT_EQ(total, deal.IsWon() ? deal.path.back().amount * 100 : 0);
    ++checked;
  }
  EXPECT_GT(checked, 1'000);
}

TEST_F(HistoryTest, PromisesAreKeptAsPlanted) {
  double kept = 0, made = 0, expected = 0;
  for (const Deal& deal : *deals_) {
    for (const Commitment& commitment : CommitmentsOf(*company_, deal)) {
      EXPECT_GT(commitment.due, commitment.made);
      EXPECT_GE(commitment.done, commitment.made);
      ++made;
      kept += commitment.done <= commitment.due;
      expected += company_->people.reps[commitment.rep].promise_keeping;
    }
  }
  EXPECT_NEAR(kept, expected, 5 * std::sqrt(made) / 2);
}

TEST_F(HistoryTest, TheLedgerIsTheSumOfTheDeals) {
  const Ledger ledger = MakeLedger(*company_);
  const int quarter = QuarterOf(absl::CivilDay(2026, 1, 1));
  int64_t expected = 0;
  for (const Deal& deal : *deals_) {
    if (deal.IsWon() && QuarterOf(deal.path.back().day) == quarter) {
      expected += deal.path.back().amount;
    }
  }
  const auto index = static_cast<size_t>(quarter - ledger.first_quarter);
  EXPECT_EQ(ledger.total[index], expected);
  int64_t owned = 0;
  for (const auto& by_quarter : ledger.owned) owned += by_quarter[index];
  EXPECT_EQ(owned, expected);
}

}  // namespace
}  // namespace quotacast::gen
