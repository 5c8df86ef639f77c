// Goal: the book on any week of a company's history is what a book is that has read the log up to
// that week alone, and nothing said later shows in it. Method: the generator's company, every event
// recorded on its own day; for each week three books are compared figure by figure as serialised
// tables, and structure by structure: one that grew week by week, one that has the whole log and is
// asked for the past, and one made of the prefix. Into the log go values that no event has,
// recorded after they were true or true after they were recorded, which must appear when both have
// come.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"
#include "tests/integration/generated_log.h"
#include "tools/gen/options.h"

namespace quotacast {
namespace {

using ingestion::v1::EventRecord;
using metrics::Book;
using metrics::BookView;

constexpr int kWeekDays = 7;

gen::CompanyOptions Options() {
  gen::CompanyOptions options;
  options.rep_count = 6;
  options.start = absl::CivilDay(2025, 1, 1);
  options.last_day = absl::CivilDay(2026, 3, 31);
  return options;
}

int64_t SecondsOf(absl::CivilDay day) { return absl::ToUnixSeconds(StartOfDayUtc(day)); }

// A value that no event of the company has: what a deal is worth.
EventRecord Planted(int number, const std::string& deal_id, absl::CivilDay effective,
                    absl::CivilDay recorded, int64_t units) {
  EventRecord record;
  record.mutable_id()->set_source("planted");
  record.mutable_id()->set_source_key("opportunity/" + deal_id);
  record.mutable_id()->set_version(absl::StrCat("planted", number));
  record.mutable_effective_time()->set_seconds(SecondsOf(effective));
  record.mutable_recorded_time()->set_seconds(SecondsOf(recorded));
  auto& change = *record.mutable_event()->mutable_opportunity();
  change.set_opportunity_id(deal_id);
  change.mutable_amount()->set_currency_code("USD");
  change.mutable_amount()->set_units(units);
  return record;
}

struct Plant {
  std::string deal_id;
  absl::CivilDay effective;
  absl::CivilDay recorded;
  int64_t units = 0;

  bool ShowsOn(absl::CivilDay day) const { return effective <= day && recorded <= day; }
};

class WeeklyViews : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::vector<EventRecord>> log = GeneratedLog(Options());
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = new std::vector<EventRecord>(*std::move(log));
    plants_ = new std::vector<Plant>();
    std::vector<std::string> deals;
    for (const EventRecord& record : *log_) {
      if (record.event().has_opportunity() && deals.size() < 400) {
        deals.push_back(record.event().opportunity().opportunity_id());
      }
    }
    const absl::CivilDay start = Options().start;
    for (int i = 0; i < 12; ++i) {
      const absl::CivilDay early = start + 120 + 20 * i;
      const absl::CivilDay late = early + 10 + 3 * i;
      const bool is_learned_late = i % 2 == 0;
      const Plant plant{.deal_id = deals[static_cast<size_t>(30 * i)],
                        .effective = is_learned_late ? early : late,
                        .recorded = is_learned_late ? late : early,
                        .units = 987'654'000 + i};
      plants_->push_back(plant);
      log_->push_back(Planted(i, plant.deal_id, plant.effective, plant.recorded, plant.units));
    }
    PutInOrder(*log_);
  }

  static void TearDownTestSuite() {
    delete log_;
    delete plants_;
  }

  // Appends what was recorded by the end of the day and is not there yet.
  static void Feed(absl::CivilDay day, Book& book) {
    const int64_t end = SecondsOf(day + 1);
    for (auto offset = static_cast<size_t>(book.last_offset());
         offset < log_->size() && (*log_)[offset].recorded_time().seconds() < end; ++offset) {
      const absl::Status appended = book.Append((*log_)[offset]);
      ASSERT_TRUE(appended.ok()) << appended;
    }
  }

  static std::shared_ptr<const BookView> ViewOf(const Book& book, absl::CivilDay day) {
    auto view = book.At(
        {.effective_day = day, .recorded_time = StartOfDayUtc(day + 1) - absl::Nanoseconds(1)},
        Options().last_day);
    EXPECT_TRUE(view.ok()) << view.status();
    return view.value_or(nullptr);
  }

  // Every KPI by rep (else of the whole), as the bytes that would go over the wire.
  static std::string TablesOf(const BookView& view) {
    static const metrics::KpiRegistry* const registry = new metrics::KpiRegistry();
    std::string bytes;
    for (const metrics::Kpi& kpi : registry->kpis()) {
      metrics::KpiTableQuery query{.kpi = kpi.definition.name(),
                                   .group_by = metrics::v1::GROUP_BY_REP};
      auto table = registry->Query(view, query);
      if (!table.ok()) {
        query.group_by = static_cast<metrics::v1::GroupBy>(kpi.definition.group_bys(0));
        table = registry->Query(view, query);
      }
      EXPECT_TRUE(table.ok()) << kpi.definition.name() << ": " << table.status();
      if (table.ok()) bytes += table->SerializeAsString();
    }
    return bytes;
  }

  static void ExpectSame(const BookView& a, const BookView& b) {
    EXPECT_EQ(a.as_of, b.as_of);
    EXPECT_EQ(a.stages, b.stages);
    EXPECT_EQ(a.teams, b.teams);
    EXPECT_EQ(a.reps, b.reps);
    EXPECT_EQ(a.plan_quotas, b.plan_quotas);
    EXPECT_EQ(a.products, b.products);
    EXPECT_TRUE(a.accounts == b.accounts);
    EXPECT_TRUE(a.opportunities == b.opportunities);
    EXPECT_TRUE(*a.records == *b.records);
    EXPECT_EQ(a.notes, b.notes);
  }

  static bool Shows(const BookView& view, const Plant& plant) {
    return std::any_of(view.opportunities.begin(), view.opportunities.end(),
                       [&](const metrics::BookOpportunity& deal) {
                         return deal.amount_minor_units == plant.units * 100 ||
                                deal.entry_amount_minor_units == plant.units * 100;
                       });
  }

  static inline std::vector<EventRecord>* log_ = nullptr;
  static inline std::vector<Plant>* plants_ = nullptr;
};

TEST_F(WeeklyViews, AreThoseOfTheLogUpToTheWeek) {
  Book whole;
  Feed(Options().last_day, whole);
  ASSERT_EQ(whole.last_offset(), static_cast<int64_t>(log_->size()));
  Book growing;
  int week_count = 0;
  int64_t deal_count = 0;
  for (absl::CivilDay day = Options().start + kWeekDays; day <= Options().last_day;
       day += kWeekDays) {
    Feed(day, growing);
    Book prefix;
    Feed(day, prefix);
    const auto expected = ViewOf(prefix, day);
    ASSERT_NE(expected, nullptr);
    const std::string tables = TablesOf(*expected);
    for (const Book* book : {&growing, &whole}) {
      const auto view = ViewOf(*book, day);
      ASSERT_NE(view, nullptr);
      ExpectSame(*view, *expected);
      EXPECT_EQ(TablesOf(*view), tables) << FormatIsoDate(day);
    }
    if (HasFailure()) FAIL() << "on " << FormatIsoDate(day);
    ++week_count;
    deal_count = static_cast<int64_t>(expected->opportunities.size());
  }
  EXPECT_EQ(week_count, 64);
  EXPECT_GT(deal_count, 300);
}

TEST_F(WeeklyViews, DoNotShowWhatIsNotKnownOrNotSoYet) {
  Book whole;
  Feed(Options().last_day, whole);
  int shown_count = 0;
  for (absl::CivilDay day = Options().start + kWeekDays; day <= Options().last_day;
       day += kWeekDays) {
    const auto view = ViewOf(whole, day);
    ASSERT_NE(view, nullptr);
    for (const Plant& plant : *plants_) {
      if (!plant.ShowsOn(day)) {
        EXPECT_FALSE(Shows(*view, plant)) << FormatIsoDate(day) << " " << plant.deal_id;
      } else if (Shows(*view, plant)) {
        ++shown_count;
      }
    }
  }
  // A deal's own next amount hides a planted one in time; most are seen before.
  EXPECT_GT(shown_count, 30);
}

}  // namespace
}  // namespace quotacast
