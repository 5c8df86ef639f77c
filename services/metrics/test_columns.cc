#include "services/metrics/test_columns.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {

std::shared_ptr<const DealColumns> ColumnsOf(const std::vector<BookOpportunity>& opportunities) {
  auto columns = std::make_shared<DealColumns>();
  for (const BookOpportunity& deal : opportunities) {
    columns->rep.push_back(deal.rep);
    columns->segment.push_back(deal.segment);
    columns->product.push_back(deal.product);
    columns->account.push_back(deal.account);
    columns->lead_source.push_back(deal.lead_source);
    columns->close_reason.push_back(deal.close_reason);
    columns->competitor.push_back(deal.competitor);
    columns->motion.push_back(deal.motion);
    columns->created_day.push_back(NumberOfDay(deal.created_day));
    columns->expected_close_day.push_back(
        deal.expected_close_day ? NumberOfDay(*deal.expected_close_day) : DealColumns::kNoDay);
    columns->stage.push_back(deal.visits.empty() ? 0 : deal.visits.back().stage);
    columns->outcome.push_back(deal.outcome);
    columns->has_customer_problem.push_back(deal.has_customer_problem ? 1 : 0);
    columns->discovery_rating.push_back(static_cast<uint8_t>(deal.discovery_rating));
    columns->close_day.push_back(NumberOfDay(deal.close_day));
    columns->amount_minor_units.push_back(deal.amount_minor_units.value_or(DealColumns::kNoAmount));
    columns->entry_amount_minor_units.push_back(
        deal.entry_amount_minor_units.value_or(DealColumns::kNoAmount));
  }
  return columns;
}

void ExpectSameColumns(const DealColumns& a, const DealColumns& b) {
  EXPECT_EQ(a.rep, b.rep);
  EXPECT_EQ(a.segment, b.segment);
  EXPECT_EQ(a.product, b.product);
  EXPECT_EQ(a.account, b.account);
  EXPECT_EQ(a.lead_source, b.lead_source);
  EXPECT_EQ(a.close_reason, b.close_reason);
  EXPECT_EQ(a.competitor, b.competitor);
  EXPECT_EQ(a.motion, b.motion);
  EXPECT_EQ(a.created_day, b.created_day);
  EXPECT_EQ(a.expected_close_day, b.expected_close_day);
  EXPECT_EQ(a.stage, b.stage);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.has_customer_problem, b.has_customer_problem);
  EXPECT_EQ(a.discovery_rating, b.discovery_rating);
  EXPECT_EQ(a.amount_minor_units, b.amount_minor_units);
  EXPECT_EQ(a.entry_amount_minor_units, b.entry_amount_minor_units);
  ASSERT_EQ(a.size(), b.size());
  for (const DealRef deal : a.All()) {
    if (deal.outcome() == StageCategory::kOpen) continue;
    EXPECT_EQ(deal.close_day(), b.At(deal.position()).close_day()) << deal.position();
  }
}

}  // namespace quotacast::metrics
