// Goal: the KPIs over leads, activities and the other records are right on a whole company. Method:
// the generator's company, all its mistakes and merges included, goes into a book event by event;
// the figures are held against sums over the same events that share no code with the book: no
// views, no groupings, no business hours.
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "google/type/date.pb.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"
#include "tests/integration/generated_book.h"
#include "tools/gen/options.h"

namespace quotacast {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;

int DateNumber(const google::type::Date& date) {
  return date.year() * 10'000 + date.month() * 100 + date.day();
}

struct Lead {
  bool is_inbound = false;
  bool is_touched = false;
  bool is_converted = false;
  std::string source;
};

struct Promise {
  int due = 0;
  int done = 0;
};

// Everything the events say up to the last day.
struct Sums {
  std::map<std::string, Lead> leads;
  std::map<std::string, Promise> promises;
  std::map<std::string, std::pair<double, double>> training;  // Client and product, by rep.
  std::map<std::string, std::string> merged_accounts;
  std::set<std::pair<std::string, std::string>> touched;  // Rep and account.
  std::vector<int64_t> outreach_by_hour = std::vector<int64_t>(24);
  int64_t outreach_in_hours = 0;
  int64_t selling_minutes = 0, all_minutes = 0;
  int64_t resolved_count = 0, recovered_count = 0;
  int64_t rating_sum = 0, rating_count = 0;

  void Add(const ingestion::v1::NewEvent& event) {
    const crm::v1::CrmEvent& change = event.event();
    if (change.has_lead()) AddLead(change.lead());
    if (change.has_activity()) AddActivity(change.activity());
    if (change.has_commitment()) {
      Promise& promise = promises[change.commitment().commitment_id()];
      if (change.commitment().has_due_date()) {
        promise.due = DateNumber(change.commitment().due_date());
      }
      if (change.commitment().has_done_date()) {
        promise.done = DateNumber(change.commitment().done_date());
      }
    }
    if (change.has_training()) {
      auto& [client, product] = training[change.training().rep_id()];
      const double minutes = change.training().duration_minutes();
      if (change.training().kind() == crm::v1::TRAINING_KIND_CLIENT) client += minutes;
      if (change.training().kind() == crm::v1::TRAINING_KIND_PRODUCT) product += minutes;
    }
    if (change.has_incident() && change.incident().has_resolved_time()) {
      ++resolved_count;
      if (change.incident().is_recovered()) ++recovered_count;
    }
    if (change.has_feedback()) {
      rating_sum += change.feedback().rating();
      ++rating_count;
    }
    if (change.has_merge() && change.merge().entity() == crm::v1::ENTITY_KIND_ACCOUNT) {
      merged_accounts[change.merge().from_id()] = change.merge().into_id();
    }
  }

 private:
  void AddLead(const crm::v1::LeadChange& change) {
    Lead& lead = leads[change.lead_id()];
    if (change.has_is_inbound()) lead.is_inbound = change.is_inbound();
    if (change.has_lead_source()) lead.source = change.lead_source();
    if (change.has_first_touch_time()) lead.is_touched = true;
    if (change.status() == crm::v1::LEAD_STATUS_CONVERTED) lead.is_converted = true;
  }

  void AddActivity(const crm::v1::ActivityChange& change) {
    if (change.is_automated()) return;
    all_minutes += change.duration_minutes();
    if (change.kind() == crm::v1::ACTIVITY_KIND_INTERNAL) return;
    selling_minutes += change.duration_minutes();
    if (change.is_inbound()) return;
    const int64_t second = change.start_time().seconds();
    const int64_t hour = second % kSecondsPerDay / 3'600;
    ++outreach_by_hour[static_cast<size_t>(hour)];
    // 1970-01-01 was a Thursday: days 2 and 3 of the weeks from there are a weekend.
    const int64_t weekday = second / kSecondsPerDay % 7;
    if (hour >= 9 && hour < 17 && weekday != 2 && weekday != 3) ++outreach_in_hours;
    if (!change.account_id().empty()) touched.insert({change.rep_id(), change.account_id()});
  }
};

// One company for all tests: it takes a second.
class RecordKpisTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const gen::CompanyOptions options;
    sums_ = new Sums;
    metrics::Book book;
    const absl::StatusOr<int64_t> count = AppendCompany(
        options, [](const ingestion::v1::NewEvent& event) { sums_->Add(event); }, book);
    ASSERT_TRUE(count.ok()) << count.status();
    ASSERT_EQ(book.last_offset(), *count);
    last_day_ = options.last_day;
    view_ = book.At({.effective_day = last_day_}, last_day_).value();
  }
  static void TearDownTestSuite() {
    delete sums_;
    view_.reset();
  }

  static metrics::v1::KpiTable Ask(const std::string& kpi,
                                   metrics::v1::GroupBy group_by = metrics::v1::GROUP_BY_ORG) {
    const metrics::KpiRegistry registry;
    const auto table = registry.Query(*view_, {.kpi = kpi, .group_by = group_by});
    EXPECT_TRUE(table.ok()) << table.status();
    return table.value_or(metrics::v1::KpiTable());
  }

  static void ExpectFigure(const std::string& kpi, int64_t numerator, int64_t denominator) {
    const auto table = Ask(kpi);
    ASSERT_EQ(table.rows_size(), 1) << kpi;
    EXPECT_EQ(table.rows(0).numerator(), static_cast<double>(numerator)) << kpi;
    EXPECT_EQ(table.rows(0).denominator(), static_cast<double>(denominator)) << kpi;
    EXPECT_GT(denominator, 20) << kpi;
  }

  static inline Sums* sums_ = nullptr;
  static inline absl::CivilDay last_day_;
  static inline std::shared_ptr<const metrics::BookView> view_;
};

TEST_F(RecordKpisTest, Leads) {
  int64_t inbound_count = 0, touched_count = 0, converted_count = 0;
  std::map<std::string, std::pair<int64_t, int64_t>> by_source;
  for (const auto& [id, lead] : sums_->leads) {
    if (lead.is_inbound) {
      ++inbound_count;
      if (lead.is_touched) ++touched_count;
    }
    ++by_source[lead.source].second;
    if (!lead.is_converted) continue;
    ++converted_count;
    ++by_source[lead.source].first;
  }
  ExpectFigure("lead_conversion", converted_count, static_cast<int64_t>(sums_->leads.size()));
  ExpectFigure("lead_follow_up_minutes", touched_count, inbound_count);
  const auto table = Ask("lead_conversion", metrics::v1::GROUP_BY_LEAD_SOURCE);
  EXPECT_EQ(table.rows_size(), static_cast<int>(by_source.size()));
  for (const metrics::v1::KpiRow& row : table.rows()) {
    EXPECT_EQ(row.numerator(), static_cast<double>(by_source[row.group()].first)) << row.group();
    EXPECT_EQ(row.denominator(), static_cast<double>(by_source[row.group()].second)) << row.group();
  }
  // What was not in time is late.
  const auto kept = Ask("lead_work_rate", metrics::v1::GROUP_BY_REP);
  const auto late = Ask("lead_sla_breaches", metrics::v1::GROUP_BY_REP);
  ASSERT_EQ(kept.rows_size(), late.rows_size());
  for (int row = 0; row < kept.rows_size(); ++row) {
    EXPECT_EQ(kept.rows(row).numerator() + late.rows(row).numerator(),
              kept.rows(row).denominator());
  }
}

TEST_F(RecordKpisTest, Activities) {
  int64_t outreach_count = 0;
  for (const int64_t count : sums_->outreach_by_hour) outreach_count += count;
  ExpectFigure("selling_time_share", sums_->selling_minutes, sums_->all_minutes);
  ExpectFigure("outreach_business_hours_share", sums_->outreach_in_hours, outreach_count);
  const auto table = Ask("activity_hour_share", metrics::v1::GROUP_BY_HOUR_OF_DAY);
  ASSERT_EQ(table.rows_size(), 24);
  for (size_t hour = 0; hour < 24; ++hour) {
    EXPECT_EQ(table.rows(static_cast<int>(hour)).numerator(),
              static_cast<double>(sums_->outreach_by_hour[hour]));
  }
}

TEST_F(RecordKpisTest, AccountsTouched) {
  std::set<std::pair<std::string, std::string>> pairs;
  std::set<std::string> reps;
  for (auto [rep, account] : sums_->touched) {
    while (sums_->merged_accounts.count(account) > 0) account = sums_->merged_accounts[account];
    pairs.insert({rep, account});
    reps.insert(rep);
  }
  // The merges matter here.
  EXPECT_LT(pairs.size(), sums_->touched.size());
  ExpectFigure("width_index", static_cast<int64_t>(pairs.size()),
               static_cast<int64_t>(reps.size()));
}

TEST_F(RecordKpisTest, PromisesIncidentsAndRatings) {
  const int today =
      static_cast<int>(last_day_.year()) * 10'000 + last_day_.month() * 100 + last_day_.day();
  int64_t due_count = 0, kept_count = 0;
  for (const auto& [id, promise] : sums_->promises) {
    if (promise.due > today) continue;
    ++due_count;
    if (promise.done != 0 && promise.done <= promise.due) ++kept_count;
  }
  ExpectFigure("commitments_on_time", kept_count, due_count);
  ExpectFigure("incident_recovered_share", sums_->recovered_count, sums_->resolved_count);
  ExpectFigure("feedback_rating", sums_->rating_sum, sums_->rating_count);
}

TEST_F(RecordKpisTest, TrainingByRep) {
  const auto table = Ask("training_balance", metrics::v1::GROUP_BY_REP);
  int seen_count = 0;
  for (const metrics::v1::KpiRow& row : table.rows()) {
    const auto& [client, product] = sums_->training[row.group()];
    EXPECT_EQ(row.numerator(), client) << row.group();
    EXPECT_EQ(row.denominator(), product) << row.group();
    EXPECT_EQ(row.has_undefined_reason(), product == 0) << row.group();
    if (product > 0) ++seen_count;
  }
  EXPECT_GT(seen_count, 10);
}

// The company's reps forecast a quarter only when it has begun, which is not scored.
TEST_F(RecordKpisTest, ForecastsMadeInThePeriodAreNotScored) {
  ASSERT_FALSE(view_->records->rep_forecasts.empty());
  EXPECT_TRUE(Ask("rep_forecast_coverage").rows(0).has_undefined_reason());
}

}  // namespace
}  // namespace quotacast
