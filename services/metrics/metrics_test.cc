// Goal: the service's core reads its feed, answers as of a moment, keeps models apart by what
// they rest on, and refuses in words a caller can act on. Method: a scripted feed that counts
// what it is asked, small companies worked by hand, hashes recomputed from the messages.
#include "services/metrics/metrics.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/digest/sha256.h"
#include "services/metrics/actuals.h"
#include "services/metrics/converters.h"
#include "services/metrics/kpi/registry.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

// Serves one feed as workspace "w", three events a batch, and remembers the offsets asked for.
class ScriptedSource {
 public:
  explicit ScriptedSource(CivilDay recorded_day) : feed(recorded_day) {}

  Feed AsFeed() {
    return [this](std::string_view workspace, int64_t after_offset, const Cancelled&,
                  const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& on_batch) {
      asked_after.push_back(after_offset);
      if (!failure.ok()) return failure;
      const size_t count = workspace == "w" ? feed.records().size() : 0;
      for (size_t next = static_cast<size_t>(after_offset); next < count;) {
        ingestion::v1::WatchEventsResponse batch;
        while (next < count && batch.events_size() < 3) {
          *batch.add_events() = feed.records()[next++];
        }
        if (!on_batch(batch)) return absl::OkStatus();
      }
      return absl::OkStatus();
    };
  }

  TestFeed feed;
  absl::Status failure;
  std::vector<int64_t> asked_after;
};

// Forty deals of two reps over 2017, won, lost and open.
void AddHistory(TestFeed& feed) {
  feed.Stages();
  feed.Team("East");
  feed.Rep("ann", "East");
  feed.Rep("bob", "East");
  feed.Quota("ann", "2018Q1", 1'000);
  for (int i = 0; i < 40; ++i) {
    const std::string id = absl::StrCat("d", i);
    const CivilDay created = CivilDay(2017, 1, 1) + 8 * i;
    const DealFields fields{.rep = i % 2 ? "ann" : "bob", .amount = 100 + i};
    if (i % 4 == 3) {
      feed.Deal(id, "Discovery", created, fields);
    } else {
      feed.Closed(id, i % 4 == 0 ? "Lost" : "Won", created, created + 30, fields);
    }
  }
}

class MetricsTest : public ::testing::Test {
 protected:
  MetricsTest() : source(CivilDay(2018, 1, 2)), clock(StartOfDayUtc(CivilDay(2018, 2, 1))) {}

  metrics::v1::FitModelRequest FitRequest(CivilDay day, int draws) {
    metrics::v1::FitModelRequest request;
    request.set_parent("workspaces/w");
    request.set_draw_count(draws);
    request.mutable_as_of()->mutable_effective_date()->set_year(static_cast<int>(day.year()));
    request.mutable_as_of()->mutable_effective_date()->set_month(day.month());
    request.mutable_as_of()->mutable_effective_date()->set_day(day.day());
    return request;
  }

  struct StateAnswer {
    absl::Status status;
    std::vector<metrics::v1::GetStateResponse> messages;
  };
  StateAnswer State(Metrics& metrics, CivilDay day, const std::string& last_period) {
    metrics::v1::GetStateRequest request;
    request.set_parent("workspaces/w");
    *request.mutable_as_of() = FitRequest(day, 0).as_of();
    request.set_last_period(last_period);
    StateAnswer answer;
    answer.status = metrics.GetState(request, {}, [&](metrics::v1::GetStateResponse&& message) {
      answer.messages.push_back(std::move(message));
      return true;
    });
    return answer;
  }

  ScriptedSource source;
  FakeClock clock;
};

TEST_F(MetricsTest, ReadsItsOwnWrites) {
  source.feed.Stages();
  source.feed.Closed("d1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), {.amount = 5});
  Metrics metrics(source.AsFeed(), &clock);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  auto response = metrics.QueryKpi(request, {});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->table().rows(0).value(), 5);
  source.feed.Closed("d2", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 3, 1), {.amount = 7});
  response = metrics.QueryKpi(request, {});
  EXPECT_EQ(response->table().rows(0).value(), 12);
  EXPECT_EQ(response->table().as_of().effective_date().month(), 3);
  // The second time only what is new was asked for.
  EXPECT_EQ(source.asked_after, (std::vector<int64_t>{0, 6}));
  // The as-of of an answer, sent back, gives the answer again, whatever has arrived since.
  const metrics::v1::KpiTable before = response->table();
  source.feed.Closed("d3", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 3, 1), {.amount = 100});
  *request.mutable_as_of() = before.as_of();
  response = metrics.QueryKpi(request, {});
  EXPECT_EQ(DeterministicBytes(response->table()), DeterministicBytes(before));
}

// A person was erased: the copies of earlier events may not be shown any more, and are read again.
// Who meets an old erasure on the first reading reads twice, and never again.
TEST_F(MetricsTest, ReadsTheFeedAgainAfterAnErasure) {
  source.feed.Stages();
  source.feed.Rep("Anna", "");
  source.feed.Closed("d1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1),
                     {.rep = "Anna", .amount = 5});
  Metrics metrics(source.AsFeed(), &clock);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  request.set_group_by(metrics::v1::GROUP_BY_REP);
  auto response = metrics.QueryKpi(request, {});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_NE(response->DebugString().find("Anna"), std::string::npos);

  TestFeed erased(CivilDay(2018, 1, 2));
  erased.Stages();
  erased.Rep("erased-rep-1", "");
  erased.Closed("d1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1),
                {.rep = "erased-rep-1", .amount = 5});
  crm::v1::CrmEvent erasure;
  erasure.mutable_erasure()->set_pseudonym("erased-rep-1");
  erased.Add("erasure/erased-rep-1", "1", std::nullopt, erasure);
  const int64_t known = static_cast<int64_t>(source.feed.records().size());
  source.feed = erased;
  source.asked_after.clear();
  response = metrics.QueryKpi(request, {});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->DebugString().find("Anna"), std::string::npos) << response->DebugString();
  EXPECT_EQ(source.asked_after, (std::vector<int64_t>{known, 0}));
  ASSERT_TRUE(metrics.QueryKpi(request, {}).ok());
  EXPECT_EQ(source.asked_after.back(), known + 1);

  source.asked_after.clear();
  Metrics first_reader(source.AsFeed(), &clock);
  ASSERT_TRUE(first_reader.QueryKpi(request, {}).ok());
  EXPECT_EQ(source.asked_after, (std::vector<int64_t>{0, 0}));
}

TEST_F(MetricsTest, SaysWhatIsMissing) {
  Metrics metrics(source.AsFeed(), &clock);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  absl::Status status = metrics.QueryKpi(request, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetDetail(status)->reason, "EMPTY_WORKSPACE");
  EXPECT_NE(std::string(status.message()).find("import"), std::string::npos) << status;

  source.feed.Stages();
  source.feed.Deal("undated", "Discovery", {});
  status = metrics.FitModel(FitRequest(CivilDay(2017, 1, 1), 4), {}).status();
  EXPECT_EQ(GetDetail(status)->reason, "NO_HISTORY");
  source.feed.Deal("d1", "Discovery", CivilDay(2017, 6, 1), {.amount = 5});
  status = metrics.FitModel(FitRequest(CivilDay(2017, 5, 31), 4), {}).status();
  EXPECT_EQ(GetDetail(status)->reason, "NO_HISTORY");
  EXPECT_EQ(GetDetail(State(metrics, CivilDay(2017, 5, 31), "").status)->reason, "NO_HISTORY");
  EXPECT_TRUE(metrics.FitModel(FitRequest(CivilDay(2017, 6, 1), 4), {}).ok());
  source.feed.Deal("d2", "Discovery", CivilDay(2017, 6, 1), {.amount = 5, .currency = "EUR"});
  status = metrics.FitModel(FitRequest(CivilDay(2017, 6, 1), 4), {}).status();
  EXPECT_EQ(GetDetail(status)->reason, "MIXED_CURRENCY");
}

TEST_F(MetricsTest, TellsWhatAKpiIs) {
  const Metrics metrics(source.AsFeed(), &clock);
  const metrics::v1::ListKpisResponse kpis = metrics.ListKpis();
  for (const metrics::v1::KpiDefinition& kpi : kpis.kpis()) {
    metrics::v1::GetKpiRequest request;
    request.set_kpi(kpi.name());
    const auto response = metrics.GetKpi(request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(DeterministicBytes(response->definition()), DeterministicBytes(kpi)) << kpi.name();
  }
  metrics::v1::GetKpiRequest misspelt;
  misspelt.set_kpi("win_rate_close");
  const absl::Status status = metrics.GetKpi(misspelt).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetDetail(status)->reason, "UNKNOWN_KPI");
  EXPECT_NE(std::string(status.message()).find("nearest are win_rate_closed"), std::string::npos)
      << status;
  // No feed was read for it.
  EXPECT_TRUE(source.asked_after.empty());
}

TEST_F(MetricsTest, TheHorizonOfKpisByAgeHasLimits) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  for (const int good : {0, 1, kMaxHorizonDays}) {
    request.set_horizon_days(good);
    EXPECT_TRUE(metrics.QueryKpi(request, {}).ok()) << good;
  }
  for (const int bad : {-1, kMaxHorizonDays + 1}) {
    request.set_horizon_days(bad);
    const absl::Status status = metrics.QueryKpi(request, {}).status();
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(GetDetail(status)->reason, "INVALID_FIELD");
    EXPECT_EQ(GetDetail(status)->field_violations[0].field, "horizon_days");
    EXPECT_EQ(GetDetail(status)->field_violations[0].description,
              std::to_string(bad) + " is not in 1 to 3650 (0: 180)");
  }
}

TEST_F(MetricsTest, PassesOnEverythingThatIsAsked) {
  source.feed.Stages();
  source.feed.Team("East");
  source.feed.Rep("ann", "East");
  source.feed.Rep("bob", "East");
  const auto won = [&](const char* id, const char* rep, CivilDay day, const char* segment,
                       int64_t amount) {
    source.feed.Closed(id, "Won", CivilDay(2017, 1, 1), day,
                       {.rep = rep, .segment = segment, .amount = amount});
  };
  won("d1", "ann", CivilDay(2017, 2, 1), "big", 1);
  won("d2", "ann", CivilDay(2017, 5, 1), "big", 2);
  won("d3", "bob", CivilDay(2017, 5, 1), "big", 4);
  won("d4", "ann", CivilDay(2017, 5, 1), "small", 8);
  Metrics metrics(source.AsFeed(), &clock);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  request.set_group_by(metrics::v1::GROUP_BY_SEGMENT);
  request.set_then_by(metrics::v1::GROUP_BY_REP);
  request.set_period("2017Q1");
  request.set_last_period("2017Q2");
  request.set_comparison(metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD);
  metrics::v1::KpiFilter& filter = *request.add_filters();
  filter.set_dimension(metrics::v1::GROUP_BY_REP);
  filter.add_ids("ann");
  const auto response = metrics.QueryKpi(request, {});
  ASSERT_TRUE(response.ok()) << response.status();
  std::string rows;
  for (const metrics::v1::KpiRow& row : response->table().rows()) {
    absl::StrAppend(
        &rows, row.group(), "/", row.then_group(), " ", row.period(), " ", row.value(),
        row.reference().has_value() ? absl::StrCat(" after ", row.reference().value()) : "", "; ");
  }
  EXPECT_EQ(rows,
            "big/ann 2017Q1 1; big/ann 2017Q2 2 after 1; small/ann 2017Q1 0; "
            "small/ann 2017Q2 8 after 0; ");
}

TEST_F(MetricsTest, SplitsManyRepsIntoMessages) {
  source.feed.Stages();
  for (size_t i = 0; i < kActualsRepsPerMessage + 1; ++i) {
    source.feed.Closed(absl::StrCat("d", i), "Won", CivilDay(2017, 1, 1), CivilDay(2017, 1, 2),
                       {.rep = absl::StrCat("r", i), .amount = 1});
  }
  Metrics metrics(source.AsFeed(), &clock);
  metrics::v1::GetActualsRequest request;
  request.set_parent("workspaces/w");
  std::vector<int> sizes;
  const absl::Status status =
      metrics.GetActuals(request, {}, [&sizes](metrics::v1::GetActualsResponse&& response) {
        sizes.push_back(response.has_header() ? -1 : response.reps().reps_size());
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(sizes, (std::vector<int>{-1, static_cast<int>(kActualsRepsPerMessage), 1}));

  // The won deals follow the reps when they are asked for.
  request.set_with_deals(true);
  std::vector<int> deals;
  const absl::Status with_deals =
      metrics.GetActuals(request, {}, [&deals](metrics::v1::GetActualsResponse&& response) {
        deals.push_back(response.deals().deals_size());
        return true;
      });
  ASSERT_TRUE(with_deals.ok()) << with_deals;
  EXPECT_EQ(deals, (std::vector<int>{0, 0, 0, static_cast<int>(kActualsRepsPerMessage) + 1}));
}

TEST_F(MetricsTest, RefusesBadRequests) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  for (const char* parent : {"", "w", "workspaces/", "workspaces/w/goals/1"}) {
    metrics::v1::QueryKpiRequest request;
    request.set_parent(parent);
    request.set_kpi("bookings");
    EXPECT_EQ(metrics.QueryKpi(request, {}).status().code(), absl::StatusCode::kInvalidArgument)
        << parent;
  }
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  request.mutable_as_of()->mutable_effective_date()->set_year(2017);
  EXPECT_EQ(GetDetail(metrics.QueryKpi(request, {}).status())->field_violations[0].field,
            "as_of.effective_date");
  EXPECT_EQ(metrics.FitModel(FitRequest(CivilDay(2017, 6, 1), -1), {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(metrics.FitModel(FitRequest(CivilDay(2017, 6, 1), 257), {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(MetricsTest, HandsOnTheFeedsErrorsAndCancellation) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  source.failure = absl::UnavailableError("the log is away");
  EXPECT_EQ(metrics.QueryKpi(request, {}).status(), source.failure);
  source.failure = absl::OkStatus();
  EXPECT_EQ(metrics.QueryKpi(request, [] { return true; }).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_TRUE(metrics.QueryKpi(request, {}).ok());
}

// The book of ten thousand deals needs more than a mebibyte, and less than eight.
TEST_F(MetricsTest, ABookThatDoesNotFitIsRefusedAndOthersMakeRoom) {
  ScriptedSource large(CivilDay(2018, 1, 2));
  large.feed.Stages();
  for (int i = 0; i < 10'000; ++i) {
    large.feed.Deal(absl::StrCat("deal-of-some-length-", i), "Discovery", CivilDay(2017, 5, 1),
                    {.rep = "ann", .amount = i + 1});
  }
  const Feed inner = large.AsFeed();
  // Every workspace has the same feed.
  const Feed feed = [&inner](std::string_view, int64_t after_offset, const Cancelled& cancelled,
                             const auto& on_batch) {
    return inner("w", after_offset, cancelled, on_batch);
  };
  v1::QueryKpiRequest request;
  request.set_parent("workspaces/a");
  request.set_kpi("win_rate_closed");
  Metrics small(feed, &clock, {.book_bytes_max = size_t{1} << 20});
  const absl::Status refused = small.QueryKpi(request, {}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(GetDetail(refused)->reason, "BOOK_TOO_LARGE");
  EXPECT_NE(refused.message().find("workspace a"), std::string_view::npos) << refused;

  // A few fit into eight: the ones not used for longest are read again, the others are not.
  Metrics roomy(feed, &clock, {.book_bytes_max = size_t{8} << 20});
  const auto first_read_after = [&](const std::string& workspace) {
    large.asked_after.clear();
    request.set_parent("workspaces/" + workspace);
    EXPECT_TRUE(roomy.QueryKpi(request, {}).ok());
    return large.asked_after.front();
  };
  EXPECT_EQ(first_read_after("a"), 0);
  for (int i = 1; i < 10; ++i) {
    EXPECT_EQ(first_read_after(absl::StrCat("b", i)), 0);
    EXPECT_GT(first_read_after("a"), 0) << "after " << i << " others";
  }
  EXPECT_GT(first_read_after("b9"), 0);
  EXPECT_EQ(first_read_after("b1"), 0);
}

TEST_F(MetricsTest, ACancelledCallerDoesNotWaitForAnotherReadingTheFeed) {
  AddHistory(source.feed);
  std::promise<void> reading;
  std::promise<void> may_go_on;
  const Feed inner = source.AsFeed();
  bool first_call = true;  // Guarded by the book's catch-up.
  Metrics metrics(
      [&](std::string_view workspace, int64_t after_offset, const Cancelled& cancelled,
          const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& on_batch) {
        if (first_call) {
          first_call = false;
          reading.set_value();
          may_go_on.get_future().wait();
        }
        return inner(workspace, after_offset, cancelled, on_batch);
      },
      &clock);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  auto slow =
      std::async(std::launch::async, [&] { return metrics.QueryKpi(request, {}).status(); });
  reading.get_future().wait();
  // Cancelled at the third look: it was waiting by then.
  std::atomic<int> looks = 0;
  auto waiting = std::async(std::launch::async, [&] {
    return metrics.QueryKpi(request, [&looks] { return ++looks >= 3; }).status();
  });
  // Far more than three slices; only a caller stuck in the wait takes so long.
  const bool returned = waiting.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
  EXPECT_TRUE(returned);
  may_go_on.set_value();
  EXPECT_EQ(waiting.get().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(slow.get(), absl::OkStatus());
  // The waiting caller never came to the feed.
  EXPECT_EQ(source.asked_after, (std::vector<int64_t>{0}));
}

TEST_F(MetricsTest, ACallCancelledWhileItReadsStopsAtTheNextBatchAndKeepsWhatItHas) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  // Looked at before the wait and before each batch of three: gone before the second batch.
  int looks = 0;
  EXPECT_EQ(metrics.QueryKpi(request, [&looks] { return ++looks >= 3; }).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_TRUE(metrics.QueryKpi(request, {}).ok());
  EXPECT_EQ(source.asked_after, (std::vector<int64_t>{0, 3}));
}

TEST_F(MetricsTest, ModelsAreNamedByWhatTheyAre) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  const CivilDay day(2017, 11, 30);
  const auto first = metrics.FitModel(FitRequest(day, 4), {});
  ASSERT_TRUE(first.ok()) << first.status();
  const metrics::v1::PipelineModel& model = first->model();
  EXPECT_EQ(model.draws_size(), 4);
  EXPECT_TRUE(model.reconstructed());

  // The hash is that of the message without name and hash.
  metrics::v1::PipelineModel content = model;
  content.clear_name();
  content.clear_model_hash();
  EXPECT_EQ(model.model_hash(), digest::Sha256Hex(DeterministicBytes(content)));

  // Again, and by another server on the same log: the same bytes.
  EXPECT_EQ(DeterministicBytes(metrics.FitModel(FitRequest(day, 4), {})->model()),
            DeterministicBytes(model));
  Metrics other(source.AsFeed(), &clock);
  EXPECT_EQ(DeterministicBytes(other.FitModel(FitRequest(day, 4), {})->model()),
            DeterministicBytes(model));
  EXPECT_NE(metrics.FitModel(FitRequest(day, 8), {})->model().model_hash(), model.model_hash());
  EXPECT_NE(metrics.FitModel(FitRequest(day - 1, 4), {})->model().model_hash(), model.model_hash());

  metrics::v1::GetModelRequest get;
  get.set_name(model.name());
  EXPECT_EQ(DeterministicBytes(metrics.GetModel(get)->model()), DeterministicBytes(model));
  get.set_name("workspaces/other/models/" + model.model_hash());
  EXPECT_EQ(metrics.GetModel(get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(MetricsTest, DefaultsToSixtyFourDraws) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  EXPECT_EQ(metrics.FitModel(FitRequest(CivilDay(2017, 11, 30), 0), {})->model().draws_size(),
            kDefaultDraws);
}

TEST_F(MetricsTest, StreamsHeaderThenDealsAndHashesThem) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  const StateAnswer answer = State(metrics, CivilDay(2017, 12, 31), "");
  ASSERT_TRUE(answer.status.ok()) << answer.status;
  ASSERT_EQ(answer.messages.size(), 2u);
  const metrics::v1::PipelineStateHeader& header = answer.messages[0].header();
  ASSERT_EQ(header.periods_size(), 1);
  EXPECT_EQ(header.periods(0).name(), "2018Q1");
  EXPECT_EQ(header.open_deal_count(), answer.messages[1].deals().deals_size());
  // Every fourth of forty, and those closed after the as-of day.
  EXPECT_GE(header.open_deal_count(), 10);
  EXPECT_TRUE(std::is_sorted(
      answer.messages[1].deals().deals().begin(), answer.messages[1].deals().deals().end(),
      [](const auto& a, const auto& b) { return a.opportunity_id() < b.opportunity_id(); }));
  // The hash names the state, whatever was fitted in between.
  ASSERT_TRUE(metrics.FitModel(FitRequest(CivilDay(2017, 12, 31), 4), {}).ok());
  EXPECT_EQ(State(metrics, CivilDay(2017, 12, 31), "").messages[0].header().state_hash(),
            header.state_hash());
  EXPECT_NE(State(metrics, CivilDay(2017, 12, 31), "2018Q2").messages[0].header().state_hash(),
            header.state_hash());
}

TEST_F(MetricsTest, SplitsManyDealsIntoMessages) {
  source.feed.Stages();
  for (size_t i = 0; i < kStateItemsPerMessage + 1; ++i) {
    source.feed.Deal(absl::StrCat("d", i), "Discovery", CivilDay(2017, 1, 1));
  }
  Metrics metrics(source.AsFeed(), &clock);
  const StateAnswer answer = State(metrics, CivilDay(2017, 1, 1), "");
  ASSERT_TRUE(answer.status.ok()) << answer.status;
  ASSERT_EQ(answer.messages.size(), 3u);
  EXPECT_EQ(static_cast<size_t>(answer.messages[1].deals().deals_size()), kStateItemsPerMessage);
  EXPECT_EQ(answer.messages[2].deals().deals_size(), 1);

  metrics::v1::GetStateRequest request;
  request.set_parent("workspaces/w");
  int written = 0;
  const absl::Status status = metrics.GetState(
      request, {}, [&written](metrics::v1::GetStateResponse&&) { return ++written < 2; });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(written, 2);
}

TEST_F(MetricsTest, PeriodsOfAStateFollowTheAsOf) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  const StateAnswer two = State(metrics, CivilDay(2017, 11, 30), "2018Q1");
  ASSERT_TRUE(two.status.ok()) << two.status;
  ASSERT_EQ(two.messages[0].header().periods_size(), 2);
  EXPECT_EQ(two.messages[0].header().periods(0).name(), "2017Q4");
  // The last day of a period: what comes next is the next period.
  const StateAnswer next = State(metrics, CivilDay(2017, 9, 30), "");
  EXPECT_EQ(next.messages[0].header().periods(0).name(), "2017Q4");

  // A day stands for the period it lies in.
  const StateAnswer by_day = State(metrics, CivilDay(2017, 11, 30), "2018-01-01");
  ASSERT_TRUE(by_day.status.ok()) << by_day.status;
  EXPECT_EQ(by_day.messages[0].header().periods(1).name(), "2018Q1");

  EXPECT_EQ(State(metrics, CivilDay(2017, 11, 30), "2018-01-01").messages[0].header().state_hash(),
            two.messages[0].header().state_hash());
  EXPECT_EQ(GetDetail(State(metrics, CivilDay(2017, 12, 31), "2017-12-31").status)->reason,
            "PERIOD_ENDED");

  const StateAnswer ended = State(metrics, CivilDay(2017, 12, 31), "2017Q4");
  EXPECT_EQ(ended.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetDetail(ended.status)->reason, "PERIOD_ENDED");
  EXPECT_NE(std::string(ended.status.message()).find("--as-of 2017-09-30"), std::string::npos)
      << ended.status;
  EXPECT_TRUE(State(metrics, CivilDay(2017, 12, 30), "2017Q4").status.ok());

  // 2019Q4 ends 730 days after 2017-12-31, two more than the horizon; 2019Q3 is inside.
  EXPECT_TRUE(State(metrics, CivilDay(2017, 12, 31), "2019Q3").status.ok());
  EXPECT_TRUE(State(metrics, CivilDay(2018, 1, 2), "2019Q4").status.ok());
  const StateAnswer far = State(metrics, CivilDay(2018, 1, 1), "2019Q4");
  EXPECT_EQ(GetDetail(far.status)->reason, "INVALID_FIELD");
  EXPECT_NE(std::string(far.status.message()).find("104 weeks"), std::string::npos);
  EXPECT_EQ(GetDetail(State(metrics, CivilDay(2017, 12, 31), "next").status)->reason,
            "UNKNOWN_PERIOD");
}

TEST_F(MetricsTest, AnswersManyCallersAtOnce) {
  AddHistory(source.feed);
  Metrics metrics(source.AsFeed(), &clock);
  std::vector<std::string> hashes(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < hashes.size(); ++i) {
    threads.emplace_back([&, i] {
      hashes[i] = metrics.FitModel(FitRequest(CivilDay(2017, 11, 30), 4), {})->model().model_hash();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& hash : hashes) EXPECT_EQ(hash, hashes[0]);
}

TEST_F(MetricsTest, ListsTheKpis) {
  Metrics metrics(source.AsFeed(), &clock);
  const metrics::v1::ListKpisResponse response = metrics.ListKpis();
  EXPECT_EQ(response.kpis_size(), static_cast<int>(KpiRegistry().kpis().size()));
  EXPECT_EQ(response.kpis(0).name(), "account_growth");
}

}  // namespace
}  // namespace quotacast::metrics
