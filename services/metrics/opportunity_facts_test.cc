// Goal: facts come back as they were said, whichever fields they have. Method: every field alone
// and all together; facts of an opportunity with few and with many keys.
#include "services/metrics/opportunity_facts.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::metrics {
namespace {

using crm::v1::OpportunityChange;

OpportunityFields RoundTrip(const OpportunityChange& change, OpportunityNames& names) {
  std::string bytes;
  WriteFields(change, names, bytes);
  bytes += "more";
  std::string_view rest = bytes;
  const OpportunityFields fields = ReadFields(rest);
  EXPECT_EQ(rest, "more");
  EXPECT_EQ(ReadStage(bytes), fields.stage);
  return fields;
}

TEST(OpportunityFacts, NumbersComeBackAtAnySize) {
  std::string bytes;
  const int64_t values[] = {0,
                            1,
                            -1,
                            63,
                            -64,
                            64,
                            -65,
                            1 << 20,
                            std::numeric_limits<int64_t>::max(),
                            -12345,
                            std::numeric_limits<int64_t>::min()};
  for (const int64_t value : values) WriteVarint(ZigZag(value), bytes);
  std::string_view rest = bytes;
  for (const int64_t value : values) EXPECT_EQ(UnZigZag(ReadVarint(rest)), value);
  EXPECT_TRUE(rest.empty());
}

TEST(OpportunityFacts, AFieldThatIsAbsentStaysAbsent) {
  OpportunityNames names;
  const OpportunityFields fields = RoundTrip({}, names);
  EXPECT_EQ(fields.stage, Dictionary::kNone);
  EXPECT_EQ(fields.owner, Dictionary::kNone);
  EXPECT_EQ(fields.account, Dictionary::kNone);
  EXPECT_FALSE(fields.amount.has_value());
  EXPECT_FALSE(fields.created_day.has_value());
  EXPECT_FALSE(fields.expected_close_day.has_value());
  EXPECT_FALSE(fields.motion.has_value());
  EXPECT_FALSE(fields.has_customer_problem.has_value());
}

TEST(OpportunityFacts, AllFieldsComeBack) {
  OpportunityNames names;
  OpportunityChange change;
  change.set_stage_id("Won");
  change.set_owner_rep_id("Anna");
  change.set_account_id("Acme");
  change.set_product_id("GTX");
  change.set_segment_id("small");
  change.mutable_amount()->set_currency_code("EUR");
  change.mutable_amount()->set_units(-12);
  change.mutable_amount()->set_nanos(-500'000'000);
  change.mutable_created_date()->set_year(1969);
  change.mutable_created_date()->set_month(12);
  change.mutable_created_date()->set_day(31);
  change.mutable_expected_close_date()->set_year(2017);
  change.mutable_expected_close_date()->set_month(2);
  change.mutable_expected_close_date()->set_day(1);
  change.set_lead_source("Web");
  change.set_close_reason("price");
  change.set_competitor("Web");  // One dictionary for all words.
  change.set_motion(crm::v1::MOTION_RENEWAL);
  change.set_forecast_category(crm::v1::FORECAST_CATEGORY_COMMIT);
  change.set_discovery_rating(4);
  change.set_customer_problem("slow quotes");
  const OpportunityFields fields = RoundTrip(change, names);
  EXPECT_EQ(names.stages.At(fields.stage), "Won");
  EXPECT_EQ(names.reps.At(fields.owner), "Anna");
  EXPECT_EQ(names.accounts.At(fields.account), "Acme");
  EXPECT_EQ(names.products.At(fields.product), "GTX");
  EXPECT_EQ(names.segments.At(fields.segment), "small");
  EXPECT_EQ(names.words.At(fields.lead_source), "Web");
  EXPECT_EQ(names.words.At(fields.close_reason), "price");
  EXPECT_EQ(fields.competitor, fields.lead_source);
  ASSERT_TRUE(fields.amount.has_value());
  EXPECT_EQ(names.currencies.At(fields.amount->currency), "EUR");
  EXPECT_EQ(fields.amount->minor_units, -1'250);
  EXPECT_EQ(fields.created_day, std::optional<int32_t>(-1));
  EXPECT_EQ(fields.expected_close_day, std::optional<int32_t>(17'198));
  EXPECT_EQ(fields.motion, crm::v1::MOTION_RENEWAL);
  EXPECT_EQ(fields.forecast_category, crm::v1::FORECAST_CATEGORY_COMMIT);
  EXPECT_EQ(fields.discovery_rating, 4);
  EXPECT_EQ(fields.has_customer_problem, true);
}

TEST(OpportunityFacts, WhatIsClearedOrUnusableIsToldFromWhatIsAbsent) {
  OpportunityNames names;
  OpportunityChange change;
  change.set_owner_rep_id("");  // Says nothing.
  change.set_account_id("");    // Cleared.
  change.mutable_amount()->set_currency_code("nonsense");
  change.mutable_expected_close_date();
  change.set_customer_problem("");
  const OpportunityFields fields = RoundTrip(change, names);
  EXPECT_EQ(fields.owner, Dictionary::kNone);
  ASSERT_NE(fields.account, Dictionary::kNone);
  EXPECT_EQ(names.accounts.At(fields.account), "");
  ASSERT_TRUE(fields.amount.has_value());
  EXPECT_EQ(fields.amount->currency, Dictionary::kNone);
  ASSERT_TRUE(fields.expected_close_day.has_value());
  EXPECT_FALSE(fields.expected_close_day->has_value());
  EXPECT_EQ(fields.has_customer_problem, false);
}

// Keys repeat with a period: above the walk and with the index, each finds its first saying.
TEST(OpportunityFacts, KnowsTheFirstSayingOfEachFact) {
  for (const uint32_t key_count : {3u, 500u}) {
    OpportunityFacts facts;
    OpportunityChange change;
    change.set_stage_id("Discovery");
    for (uint32_t i = 0; i < 3 * key_count; ++i) {
      OpportunityFacts::NewFact fact;
      fact.opportunity_id = "d1";
      fact.offset = i + 1;
      fact.key_hash = (i % key_count) * 0x9E3779B97F4A7C15u;
      fact.change = &change;
      ASSERT_EQ(facts.Append(fact), 0u);
      const OpportunityFactHead& head = facts.HeadOf(i);
      ASSERT_EQ(head.first, i % key_count) << i;
      ASSERT_EQ(head.previous, i == 0 ? OpportunityFactHead::kNoFact : i - 1);
    }
    // Another opportunity's facts have keys of their own.
    OpportunityFacts::NewFact other;
    other.opportunity_id = "d2";
    other.offset = 3 * key_count + 1;
    other.change = &change;
    ASSERT_EQ(facts.Append(other), 1u);
    EXPECT_EQ(facts.HeadOf(3 * key_count).first, 3 * key_count);
    EXPECT_EQ(facts.opportunity_count(), 2u);
    EXPECT_EQ(facts.LastFact(0), 3 * key_count - 1);
  }
}

TEST(OpportunityFacts, FieldsStayWhereTheyAreWhileMoreCome) {
  OpportunityFacts facts;
  constexpr int kCount = 50'000;
  for (int i = 0; i < kCount; ++i) {
    OpportunityChange change;
    change.set_owner_rep_id("rep" + std::to_string(i % 977));
    change.set_discovery_rating(i);
    const std::string id = "d" + std::to_string(i % 5'000);
    OpportunityFacts::NewFact fact;
    fact.opportunity_id = id;
    fact.offset = i + 1;
    fact.key_hash = static_cast<uint64_t>(i);
    fact.change = &change;
    facts.Append(fact);
  }
  ASSERT_EQ(facts.fact_count(), static_cast<size_t>(kCount));
  for (int i = 0; i < kCount; ++i) {
    std::string_view bytes = facts.FieldsOf(facts.HeadOf(static_cast<uint32_t>(i)));
    const OpportunityFields fields = ReadFields(bytes);
    ASSERT_EQ(fields.discovery_rating, i);
    ASSERT_EQ(facts.names().reps.At(fields.owner), "rep" + std::to_string(i % 977));
  }
}

}  // namespace
}  // namespace quotacast::metrics
