// Goal: a service that starts where another one ended reads its snapshot and only the rest of the
// log, and answers with the same bytes; what may not be used or kept is not: other logs, damaged
// files, data that was erased. Method: services in turn over one folder and a scripted log that
// counts what it hands out; random histories; a person's name looked for in the bytes of the file.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/metrics/feed.h"
#include "services/metrics/metrics.h"
#include "services/metrics/random_feed.h"
#include "services/metrics/snapshot_folder.h"
#include "services/metrics/snapshot_keeper.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using ingestion::v1::EventRecord;

// The log of workspace "w".
class Log {
 public:
  void Set(std::vector<EventRecord> records) {
    std::lock_guard<std::mutex> lock(mutex_);
    records_ = std::move(records);
  }
  Feed AsFeed() {
    return [this](std::string_view workspace, int64_t after_offset, const Cancelled&,
                  const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& on_batch) {
      if (is_broken) return absl::UnavailableError("the log is gone");
      std::vector<EventRecord> records;
      {
        std::lock_guard<std::mutex> lock(mutex_);
        if (workspace == "w") records = records_;
      }
      for (size_t next = static_cast<size_t>(after_offset); next < records.size();) {
        ingestion::v1::WatchEventsResponse batch;
        while (next < records.size() && batch.events_size() < 500) {
          *batch.add_events() = records[next++];
        }
        handed_out += batch.events_size();
        if (!on_batch(batch)) return absl::OkStatus();
      }
      return absl::OkStatus();
    };
  }
  std::atomic<int64_t> handed_out{0};
  std::atomic<bool> is_broken{false};

 private:
  std::mutex mutex_;
  std::vector<EventRecord> records_;
};

class MetricsSnapshotTest : public ::testing::Test {
 protected:
  MetricsSnapshotTest()
      : clock(StartOfDayUtc(CivilDay(2018, 2, 1))),
        directory(absl::StrCat(::testing::TempDir(), "/snapshots_",
                               ::testing::UnitTest::GetInstance()->current_test_info()->name())),
        path(directory + "/w.book") {
    std::filesystem::remove_all(directory);
  }

  std::unique_ptr<Metrics> Start(size_t book_bytes_max = kDefaultBookBytesMax) {
    auto folder = SnapshotFolder::Open(directory);
    EXPECT_TRUE(folder.ok()) << folder.status();
    MetricsOptions options;
    options.book_bytes_max = book_bytes_max;
    options.snapshot_folder = *std::move(folder);
    options.snapshot_notes = [this](const SnapshotNote& note) {
      std::lock_guard<std::mutex> lock(notes_mutex);
      static const char* const kKinds[] = {"loaded", "written", "refused", "erased", "failed"};
      notes.push_back(absl::StrCat(kKinds[static_cast<int>(note.kind)], " ", note.workspace, " ",
                                   note.log_offset, note.reason.empty() ? "" : ": ", note.reason));
    };
    auto metrics = std::make_unique<Metrics>(log.AsFeed(), &clock, options);
    metrics->snapshots()->WaitUntilIdle();
    return metrics;
  }
  // What was noted since the last call.
  std::vector<std::string> TakeNotes() {
    std::lock_guard<std::mutex> lock(notes_mutex);
    return std::exchange(notes, {});
  }

  // All tables by rep, a state and a model, as bytes or errors.
  std::string Answers(Metrics& metrics, int64_t log_offset = 0) {
    std::string bytes;
    metrics::v1::QueryKpiRequest request;
    request.set_parent("workspaces/w");
    request.mutable_as_of()->set_log_offset(log_offset);
    request.set_group_by(metrics::v1::GROUP_BY_REP);
    const metrics::v1::ListKpisResponse kpis = metrics.ListKpis();
    for (const auto& kpi : kpis.kpis()) {
      request.set_kpi(kpi.name());
      const auto table = metrics.QueryKpi(request, {});
      absl::StrAppend(&bytes, table.ok() ? table->SerializeAsString() : table.status().ToString(),
                      "\n");
    }
    metrics::v1::GetStateRequest state;
    state.set_parent("workspaces/w");
    *state.mutable_as_of() = request.as_of();
    const absl::Status status =
        metrics.GetState(state, {}, [&](metrics::v1::GetStateResponse&& message) {
          bytes += message.SerializeAsString();
          return true;
        });
    absl::StrAppend(&bytes, status.ToString(), "\n");
    metrics::v1::FitModelRequest fit;
    fit.set_parent("workspaces/w");
    fit.set_draw_count(2);
    *fit.mutable_as_of() = request.as_of();
    const auto model = metrics.FitModel(fit, {});
    return bytes + (model.ok() ? model->SerializeAsString() : model.status().ToString());
  }
  // Of a service that keeps no snapshots.
  std::string Replayed(int64_t log_offset = 0) {
    Metrics metrics(log.AsFeed(), &clock);
    return Answers(metrics, log_offset);
  }
  std::string FileBytes() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void SetFileBytes(const std::string& bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  FakeClock clock;
  const std::string directory;
  const std::string path;
  Log log;
  std::mutex notes_mutex;
  std::vector<std::string> notes;
};

using Notes = std::vector<std::string>;

TEST_F(MetricsSnapshotTest, ARestartReadsTheSnapshotAndTheRest) {
  const RandomFeed source(3, /*with_company=*/true);
  const std::vector<EventRecord>& records = source.feed().records();
  const auto half = static_cast<std::ptrdiff_t>(records.size() / 2);
  log.Set({records.begin(), records.begin() + half});
  {
    const auto metrics = Start();
    EXPECT_EQ(Answers(*metrics), Replayed());
    EXPECT_EQ(TakeNotes(), Notes());
  }
  EXPECT_EQ(TakeNotes(), Notes({absl::StrCat("written w ", half)}));
  // Others may not read it.
  EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

  log.Set(records);
  const std::string replayed = Replayed();
  const std::string replayed_then = Replayed(half / 2);
  {
    const auto metrics = Start();
    log.handed_out = 0;
    EXPECT_EQ(Answers(*metrics, half / 2), replayed_then);
    EXPECT_EQ(Answers(*metrics), replayed);
    EXPECT_EQ(TakeNotes(), Notes({absl::StrCat("loaded w ", half)}));
    // The last event that the snapshot holds, in a batch, and then what came after it.
    EXPECT_LE(log.handed_out, 500 + static_cast<int64_t>(records.size()) - half);
  }
  EXPECT_EQ(TakeNotes(), Notes({absl::StrCat("written w ", records.size())}));
  {
    const auto metrics = Start();
    EXPECT_EQ(Answers(*metrics), replayed);
  }
  // Nothing was new, so nothing was written.
  EXPECT_EQ(TakeNotes(), Notes({absl::StrCat("loaded w ", records.size())}));
}

std::vector<EventRecord> Deals(const std::string& rep) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Rep(rep, "");
  feed.Closed("d1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), {.rep = rep, .amount = 5});
  return feed.records();
}

std::vector<EventRecord> WithErasure(std::vector<EventRecord> records) {
  EventRecord erasure = records.back();
  erasure.set_offset(erasure.offset() + 1);
  erasure.mutable_id()->set_source_key("erasure/1");
  erasure.mutable_event()->mutable_erasure()->set_pseudonym("erased-rep-1");
  records.push_back(erasure);
  return records;
}

// While the service runs, while it does not, and when nobody asks.
TEST_F(MetricsSnapshotTest, AnErasureTakesTheSnapshotAway) {
  log.Set(Deals("Anna"));
  {
    const auto metrics = Start();
    Answers(*metrics);
  }
  ASSERT_NE(FileBytes().find("Anna"), std::string::npos);
  const std::string kept = FileBytes();
  TakeNotes();
  const auto offset = static_cast<int64_t>(Deals("Anna").size());

  // The service runs and is asked.
  {
    const auto metrics = Start();
    EXPECT_NE(Answers(*metrics).find("Anna"), std::string::npos);
    log.Set(WithErasure(Deals("erased-rep-1")));
    EXPECT_EQ(Answers(*metrics), Replayed());
    EXPECT_EQ(Answers(*metrics).find("Anna"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_EQ(TakeNotes(),
            Notes({absl::StrCat("loaded w ", offset), absl::StrCat("erased w ", offset),
                   absl::StrCat("written w ", offset + 1)}));
  EXPECT_EQ(FileBytes().find("Anna"), std::string::npos);
  // What was written after the erasure is of use.
  {
    const auto metrics = Start();
    EXPECT_EQ(Answers(*metrics), Replayed());
  }
  EXPECT_EQ(TakeNotes(), Notes({absl::StrCat("loaded w ", offset + 1)}));

  // The erasure came while no service ran: gone before anybody asks.
  SetFileBytes(kept);
  {
    const auto metrics = Start();
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(TakeNotes(), Notes({absl::StrCat("erased w ", offset)}));
    EXPECT_EQ(Answers(*metrics), Replayed());
  }
  TakeNotes();

  // The service runs, and nobody asks.
  log.Set(Deals("Anna"));
  SetFileBytes(kept);
  const auto metrics = Start();
  EXPECT_TRUE(std::filesystem::exists(path));
  log.Set(WithErasure(Deals("erased-rep-1")));
  metrics->snapshots()->LookForErasures();
  EXPECT_FALSE(std::filesystem::exists(path));
}

// The erasure came after the last question, and there was no snapshot yet: what the book holds is
// not written at the end.
TEST_F(MetricsSnapshotTest, LooksForErasuresBeforeItWritesAtTheEnd) {
  log.Set(Deals("Anna"));
  {
    const auto metrics = Start();
    Answers(*metrics);
    log.Set(WithErasure(Deals("erased-rep-1")));
  }
  EXPECT_EQ(TakeNotes(), Notes());
  EXPECT_FALSE(std::filesystem::exists(path));
  // Nor when the log cannot be asked.
  log.Set(Deals("Anna"));
  {
    const auto metrics = Start();
    Answers(*metrics);
    log.is_broken = true;
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

// A book that an erasure made outdated is not written, whoever noticed first.
TEST_F(MetricsSnapshotTest, WritesNothingOfBeforeAnErasure) {
  log.Set(Deals("Anna"));
  {
    const auto metrics = Start();
    Answers(*metrics);
    metrics->snapshots()->Erase("w", 100);
  }
  EXPECT_EQ(TakeNotes(), Notes());
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(std::filesystem::is_empty(directory));
}

TEST_F(MetricsSnapshotTest, RefusesWhatIsOfNoUse) {
  log.Set(Deals("Anna"));
  const std::string replayed = Replayed();
  {
    const auto metrics = Start();
    EXPECT_EQ(Answers(*metrics), replayed);
  }
  const std::string kept = FileBytes();
  const auto expect_refused = [&](const std::string& reason) {
    TakeNotes();
    const std::string wanted = Replayed();
    {
      const auto metrics = Start();
      EXPECT_EQ(Answers(*metrics), wanted);
    }
    const Notes found = TakeNotes();
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front(), "refused w 0: " + reason);
    EXPECT_EQ(found.back().substr(0, 10), "written w ");
  };
  // Somewhere in the middle, and cut.
  std::string damaged = kept;
  damaged[damaged.size() / 2] ^= 1;
  SetFileBytes(damaged);
  expect_refused("its checksum is wrong");
  SetFileBytes(kept.substr(0, kept.size() / 2));
  expect_refused("it is not as long as it says");
  SetFileBytes("");
  expect_refused("it is no snapshot");
  // Another program, another workspace.
  std::string newer = kept;
  newer[8] = 9;
  SetFileBytes(newer);
  expect_refused("it has format 9, and this program reads 1");
  std::string others = kept;
  ASSERT_EQ(others[20], 'w');
  others[20] = 'v';
  SetFileBytes(others);
  expect_refused("it is of workspace v");
  // Another log of the same length, and a shorter one.
  SetFileBytes(kept);
  std::vector<EventRecord> records = Deals("Anna");
  records.back().mutable_id()->set_version("another");
  log.Set(records);
  expect_refused("its last event is not in the log");
  SetFileBytes(kept);
  records.pop_back();
  log.Set(records);
  expect_refused("its last event is not in the log");
}

TEST_F(MetricsSnapshotTest, BoundsTheMemoryOfLoadedBooks) {
  const RandomFeed source(4);
  log.Set(source.feed().records());
  {
    const auto metrics = Start();
    Answers(*metrics);
  }
  const auto metrics = Start(/*book_bytes_max=*/4'096);
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  const absl::Status status = metrics->QueryKpi(request, {}).status();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(GetDetail(status)->reason, "BOOK_TOO_LARGE");
}

// At the named number of new events, not one before.
TEST_F(MetricsSnapshotTest, WritesInTheBackgroundAsTheBookGrows) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  std::vector<EventRecord> records = feed.records();
  const EventRecord last = records.back();
  const auto add_up_to = [&](int64_t count) {
    while (static_cast<int64_t>(records.size()) < count) {
      EventRecord record = last;
      record.set_offset(static_cast<int64_t>(records.size()) + 1);
      record.mutable_id()->set_source_key("opportunity/d");
      record.mutable_id()->set_version(absl::StrCat(records.size()));
      record.mutable_event()->mutable_opportunity()->set_opportunity_id(
          absl::StrCat("d", records.size() % 1'000));
      records.push_back(record);
    }
    log.Set(records);
  };
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("bookings");
  const auto metrics = Start();
  const auto ask = [&] {
    ASSERT_TRUE(metrics->QueryKpi(request, {}).ok());
    metrics->snapshots()->WaitUntilIdle();
  };
  add_up_to(kSnapshotEventsMin - 1);
  ask();
  EXPECT_EQ(TakeNotes(), Notes());
  add_up_to(kSnapshotEventsMin);
  ask();
  EXPECT_EQ(TakeNotes(), Notes({absl::StrCat("written w ", kSnapshotEventsMin)}));
  add_up_to(2 * kSnapshotEventsMin - 1);
  ask();
  EXPECT_EQ(TakeNotes(), Notes());
  add_up_to(2 * kSnapshotEventsMin);
  ask();
  EXPECT_EQ(TakeNotes(), Notes({absl::StrCat("written w ", 2 * kSnapshotEventsMin)}));
  // A disk that does not take it is said, and left alone until there is as much again.
  std::filesystem::remove_all(directory);
  add_up_to(3 * kSnapshotEventsMin);
  ask();
  const Notes failed = TakeNotes();
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].substr(0, 25), "failed w 0: cannot create");
  ask();
  EXPECT_EQ(TakeNotes(), Notes());
}

}  // namespace
}  // namespace quotacast::metrics
