// Goal: a book that was fed and asked in turn, keeping what it derived in between, gives the views
// of a book that reads the same prefix of the log at once; and what it says of opportunities is
// what the rules say, worked out another way. Method: random feeds of corrected, repeated,
// retracted, deleted, restored, merged, reopened and undated facts whose stages change their
// meaning, looked at in both times after every few events; the other way is the rules of book.h
// applied to the plain events, one opportunity at a time.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_test_views.h"
#include "services/metrics/book_view.h"
#include "services/metrics/proto_values.h"
#include "services/metrics/random_feed.h"
#include "services/metrics/test_columns.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using ingestion::v1::EventRecord;

void ExpectSame(const BookView& a, const BookView& b) {
  EXPECT_EQ(a.as_of, b.as_of);
  EXPECT_EQ(a.stages, b.stages);
  EXPECT_EQ(a.teams, b.teams);
  EXPECT_EQ(a.reps, b.reps);
  EXPECT_EQ(a.products, b.products);
  EXPECT_EQ(a.accounts, b.accounts);
  EXPECT_EQ(a.segments, b.segments);
  EXPECT_EQ(a.lead_sources, b.lead_sources);
  EXPECT_EQ(a.close_reasons, b.close_reasons);
  EXPECT_EQ(a.competitors, b.competitors);
  EXPECT_TRUE(a.opportunities == b.opportunities);
  ExpectSameColumns(*a.columns, *b.columns);
  ExpectSameColumns(*a.columns, *ColumnsOf(*a.opportunities));
  EXPECT_EQ(a.first_created_day, b.first_created_day);
  EXPECT_EQ(a.undated_count, b.undated_count);
  EXPECT_EQ(a.reconstructed, b.reconstructed);
  EXPECT_EQ(a.currency, b.currency);
  EXPECT_EQ(a.currency_status, b.currency_status);
  EXPECT_EQ(a.notes, b.notes);
}

// What the rules say of one opportunity: stages with days, amount, creation and expected close.
struct PlainDeal {
  std::vector<std::pair<std::string, CivilDay>> visits;
  CivilDay created_day;
  std::optional<int64_t> amount_minor_units;
  std::optional<CivilDay> expected_close_day;
};

class PlainBook {
 public:
  PlainBook(const std::vector<EventRecord>& records, const ResolvedAsOf& as_of) : as_of_(as_of) {
    for (const EventRecord& record : records) {
      if (record.offset() > as_of.log_offset) break;
      ReadStageMeaning(record);
      const std::string& key = record.id().source_key();
      if (key.rfind("opportunity/", 0) == 0) sayings_[key.substr(12)].push_back(&record);
    }
  }

  std::map<std::string, PlainDeal> Deals() const {
    std::map<std::string, PlainDeal> deals;
    for (const auto& entry : sayings_) {
      if (std::optional<PlainDeal> deal = DealOf(entry.second)) deals.emplace(entry.first, *deal);
    }
    return deals;
  }

 private:
  static CivilDay DayOf(const EventRecord& record) {
    return DayOfUtc(ToTime(record.effective_time()));
  }
  bool Closes(const std::string& stage) const { return closing_.count(stage) > 0; }

  void ReadStageMeaning(const EventRecord& record) {
    if (!record.event().has_stage() || DayOf(record) > as_of_.effective_day) return;
    const auto& stage = record.event().stage();
    // All stages of the feed are so from the same time on: the last recorded counts.
    if (stage.category() == crm::v1::STAGE_CATEGORY_OPEN) {
      closing_.erase(stage.stage_id());
    } else {
      closing_[stage.stage_id()] = true;
    }
  }

  std::optional<PlainDeal> DealOf(const std::vector<const EventRecord*>& records) const {
    // One saying per fact: the last. Facts are known by their version, retractions by what they
    // name.
    std::map<std::string, std::pair<int64_t, const EventRecord*>> last;
    for (const EventRecord* record : records) {
      const std::string stem =
          VersionStem(record->event().has_retraction() ? record->event().retraction().version()
                                                       : record->id().version());
      const auto entry = last.emplace(stem, std::make_pair(record->offset(), record)).first;
      entry->second.second = record;
    }
    // By effective time, then by the place of the fact in the log.
    std::vector<std::tuple<CivilDay, int64_t, const EventRecord*>> facts;
    for (const auto& entry : last) {
      const EventRecord* record = entry.second.second;
      if (record->event().has_retraction() || !record->has_effective_time()) continue;
      facts.emplace_back(DayOf(*record), entry.second.first, record);
    }
    std::sort(facts.begin(), facts.end());
    bool gone = false;
    std::vector<const EventRecord*> changes;
    for (const auto& fact : facts) {
      const crm::v1::CrmEvent& event = std::get<2>(fact)->event();
      if (event.has_opportunity()) {
        changes.push_back(std::get<2>(fact));
      } else if (std::get<0>(fact) <= as_of_.effective_day) {
        gone = event.has_merge() || !event.deletion().restored();
      }
    }
    if (gone) return std::nullopt;
    return Apply(InCountingOrder(changes));
  }

  // Closings between two openings move to the one recorded last, with its day.
  std::vector<std::pair<CivilDay, const EventRecord*>> InCountingOrder(
      const std::vector<const EventRecord*>& changes) const {
    std::vector<int> run_of(changes.size(), -1);
    int run = 0;
    for (size_t i = 0; i < changes.size(); ++i) {
      const std::string& stage = changes[i]->event().opportunity().stage_id();
      if (stage.empty()) continue;
      if (Closes(stage)) {
        run_of[i] = run;
      } else {
        ++run;
      }
    }
    std::vector<std::pair<CivilDay, const EventRecord*>> order;
    for (size_t i = 0; i < changes.size(); ++i) {
      if (run_of[i] < 0) {
        order.emplace_back(DayOf(*changes[i]), changes[i]);
        continue;
      }
      std::vector<const EventRecord*> together;
      for (size_t j = 0; j < changes.size(); ++j) {
        if (run_of[j] == run_of[i]) together.push_back(changes[j]);
      }
      std::sort(together.begin(), together.end(),
                [](const auto* a, const auto* b) { return a->offset() < b->offset(); });
      if (together.back() != changes[i]) continue;
      for (const EventRecord* record : together) order.emplace_back(DayOf(*changes[i]), record);
    }
    return order;
  }

  std::optional<PlainDeal> Apply(
      const std::vector<std::pair<CivilDay, const EventRecord*>>& order) const {
    PlainDeal deal;
    bool any = false;
    CivilDay first_day;
    for (const auto& entry : order) {
      if (entry.first > as_of_.effective_day) break;
      const crm::v1::OpportunityChange& change = entry.second->event().opportunity();
      if (!any) deal.created_day = first_day = entry.first;
      any = true;
      if (change.has_created_date()) {
        deal.created_day = std::min(*ToCivilDay(change.created_date()), first_day);
      }
      if (change.has_amount()) deal.amount_minor_units = change.amount().units() * 100;
      if (change.has_expected_close_date()) {
        deal.expected_close_day = ToCivilDay(change.expected_close_date());
      }
      const std::string& stage = change.stage_id();
      if (stage.empty()) continue;
      if (!deal.visits.empty() && Closes(deal.visits.back().first) && Closes(stage)) {
        deal.visits.back() = {stage, entry.first};
      } else if (deal.visits.empty() || deal.visits.back().first != stage) {
        deal.visits.emplace_back(stage, entry.first);
      }
    }
    if (!any) return std::nullopt;
    return deal;
  }

  const ResolvedAsOf as_of_;
  std::map<std::string, bool> closing_;
  std::map<std::string, std::vector<const EventRecord*>> sayings_;
};

void ExpectPlain(const BookView& view, const std::vector<EventRecord>& records) {
  const std::map<std::string, PlainDeal> deals = PlainBook(records, view.as_of).Deals();
  ASSERT_EQ(view.opportunities.size(), deals.size());
  for (const BookOpportunity& found : view.opportunities) {
    ASSERT_EQ(deals.count(found.id), 1u) << found.id;
    const PlainDeal& wanted = deals.at(found.id);
    EXPECT_EQ(found.created_day, wanted.created_day) << found.id;
    EXPECT_EQ(found.expected_close_day, wanted.expected_close_day) << found.id;
    std::optional<int64_t> amount = wanted.amount_minor_units;
    if (found.outcome == StageCategory::kOpen && amount.value_or(1) <= 0) amount.reset();
    EXPECT_EQ(found.amount_minor_units, amount) << found.id;
    if (wanted.visits.empty()) continue;
    EXPECT_EQ(VisitsOf(view, found.id), wanted.visits) << found.id;
  }
}

class BookIncrementalTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(BookIncrementalTest, EqualsABookMadeAtOnceAndThePlainRules) {
  RandomFeed source(GetParam());
  const std::vector<EventRecord>& records = source.feed().records();
  Book grown;
  size_t taken = 0;
  int view_count = 0;
  while (taken < records.size()) {
    const size_t until =
        std::min(records.size(), taken + static_cast<size_t>(1 + source.Below(60)));
    for (; taken < until; ++taken) ASSERT_TRUE(grown.Append(records[taken]).ok());
    Book made;
    for (size_t i = 0; i < taken; ++i) ASSERT_TRUE(made.Append(records[i]).ok());
    for (int look = 0; look < 3; ++look) {
      AsOfRequest as_of;
      if (look > 0) as_of.effective_day = source.AnyDay();
      if (look > 1) as_of.log_offset = 1 + source.Below(static_cast<int>(taken));
      const auto view = grown.At(as_of, kToday);
      const auto other = made.At(as_of, kToday);
      ASSERT_TRUE(view.ok()) << view.status();
      ASSERT_TRUE(other.ok()) << other.status();
      ExpectFewAsAll(*(*view)->columns);
      ExpectSame(**view, **other);
      ExpectPlain(**view, records);
      if (HasFailure()) FAIL() << "after " << taken << " events, look " << look;
      view_count += (*view)->opportunities.empty() ? 0 : 1;
    }
  }
  EXPECT_GT(view_count, 20);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BookIncrementalTest, ::testing::Range(1u, 41u));

}  // namespace
}  // namespace quotacast::metrics
