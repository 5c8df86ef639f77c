#include "services/metrics/test_columns.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {

namespace {

template <typename Entry>
void ExpectFewAsAll(const LazyList<Entry>& column, const char* name) {
  std::vector<uint32_t> positions;
  for (uint32_t position = 1; position < column.size(); position += 6) {
    positions.push_back(position);
  }
  const std::vector<Entry> few = column.At(positions);
  ASSERT_EQ(few.size(), positions.size());
  for (size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i], column[positions[i]]) << name << " at " << positions[i];
  }
}

}  // namespace

std::shared_ptr<const DealColumns> ColumnsOf(const std::vector<BookOpportunity>& opportunities) {
  auto columns = std::make_shared<DealColumns>();
  FieldHistory<uint32_t> stays;
  FieldHistory<int32_t> closes;
  for (const BookOpportunity& deal : opportunities) {
    columns->rep.Edit().push_back(deal.rep);
    columns->segment.Edit().push_back(deal.segment);
    columns->product.Edit().push_back(deal.product);
    columns->account.Edit().push_back(deal.account);
    columns->lead_source.Edit().push_back(deal.lead_source);
    columns->close_reason.Edit().push_back(deal.close_reason);
    columns->competitor.Edit().push_back(deal.competitor);
    columns->motion.Edit().push_back(deal.motion);
    columns->created_day.Edit().push_back(NumberOfDay(deal.created_day));
    columns->expected_close_day.Edit().push_back(
        deal.expected_close_day ? NumberOfDay(*deal.expected_close_day) : DealColumns::kNoDay);
    columns->stage.Edit().push_back(deal.visits.empty() ? 0 : deal.visits.back().stage);
    columns->closing.Edit().push_back(Closing::Maker(deal.outcome).On(NumberOfDay(deal.close_day)));
    columns->has_customer_problem.Edit().push_back(deal.has_customer_problem ? 1 : 0);
    columns->discovery_rating.Edit().push_back(static_cast<uint8_t>(deal.discovery_rating));
    columns->amount_minor_units.Edit().push_back(
        deal.amount_minor_units.value_or(DealColumns::kNoAmount));
    columns->entry_amount_minor_units.Edit().push_back(
        deal.entry_amount_minor_units.value_or(DealColumns::kNoAmount));
    for (const StageVisit& visit : deal.visits) {
      stays.Say(NumberOfDay(visit.entered_day), static_cast<uint32_t>(visit.stage));
    }
    stays.EndDeal();
    for (const ExpectedClose& close : deal.expected_closes) {
      closes.Say(NumberOfDay(close.said_day), NumberOfDay(close.expected_day));
    }
    closes.EndDeal();
  }
  columns->stays = Stays(stays);
  columns->expected_closes = ExpectedCloses(closes);
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
  EXPECT_EQ(a.closing, b.closing);
  EXPECT_EQ(a.has_customer_problem, b.has_customer_problem);
  EXPECT_EQ(a.discovery_rating, b.discovery_rating);
  EXPECT_TRUE(*a.stays == *b.stays);
  EXPECT_TRUE(*a.expected_closes == *b.expected_closes);
  EXPECT_EQ(a.amount_minor_units, b.amount_minor_units);
  EXPECT_EQ(a.entry_amount_minor_units, b.entry_amount_minor_units);
}

void ExpectFewAsAll(const DealColumns& columns) {
  ExpectFewAsAll(columns.rep, "rep");
  ExpectFewAsAll(columns.segment, "segment");
  ExpectFewAsAll(columns.product, "product");
  ExpectFewAsAll(columns.account, "account");
  ExpectFewAsAll(columns.lead_source, "lead_source");
  ExpectFewAsAll(columns.close_reason, "close_reason");
  ExpectFewAsAll(columns.competitor, "competitor");
  ExpectFewAsAll(columns.motion, "motion");
  ExpectFewAsAll(columns.created_day, "created_day");
  ExpectFewAsAll(columns.expected_close_day, "expected_close_day");
  ExpectFewAsAll(columns.stage, "stage");
  ExpectFewAsAll(columns.closing, "closing");
  ExpectFewAsAll(columns.has_customer_problem, "has_customer_problem");
  ExpectFewAsAll(columns.discovery_rating, "discovery_rating");
  ExpectFewAsAll(columns.amount_minor_units, "amount_minor_units");
  ExpectFewAsAll(columns.entry_amount_minor_units, "entry_amount_minor_units");
}

}  // namespace quotacast::metrics
