// Goal: a book read from its snapshot is the book it was written from: every KPI table, state,
// model and record is the same bytes, also after corrections, retractions, merges and late facts
// that came later; and no cut or changed file is taken for a snapshot or ends the process. Method:
// random feeds, written after some of their events and read back, against books that read the whole
// feed, at several as-ofs in both times; every bit of a small file, and content that passes its
// checksum but is cut or changed.
#include "services/metrics/book_snapshot.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_test_views.h"
#include "services/metrics/book_view.h"
#include "services/metrics/converters.h"
#include "services/metrics/kpi/registry.h"
#include "services/metrics/random_feed.h"
#include "services/metrics/snapshot_bytes.h"
#include "services/metrics/test_feed.h"
#include "simulator/fit/fit.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using ingestion::v1::EventRecord;

std::string FileOf(const Book& book) {
  std::string file;
  SnapshotWriter writer([&file](std::string_view bytes) {
    file.append(bytes);
    return absl::OkStatus();
  });
  const auto written = BookSnapshot::Write("w", book, writer);
  EXPECT_TRUE(written.ok()) << written.status();
  if (written.ok()) {
    EXPECT_EQ(*written, book.last_offset());
  }
  return file;
}

void AppendTo(Book& book, const std::vector<EventRecord>& records, size_t end) {
  for (size_t i = static_cast<size_t>(book.last_offset()); i < end; ++i) {
    ASSERT_TRUE(book.Append(records[i]).ok());
  }
}

// All KPI tables of a view.
std::string Tables(const KpiRegistry& registry, const BookView& view) {
  std::string bytes;
  for (const Kpi& kpi : registry.kpis()) {
    for (const auto group_by : {metrics::v1::GROUP_BY_ORG, metrics::v1::GROUP_BY_REP}) {
      const auto table = registry.Query(view, {.kpi = kpi.definition.name(), .group_by = group_by});
      absl::StrAppend(&bytes, kpi.definition.name(), " ",
                      table.ok() ? DeterministicBytes(*table) : table.status().ToString(), "\n");
    }
  }
  return bytes;
}

std::string StateOf(const BookView& view) {
  const auto period = view.calendar.PeriodContaining(view.as_of.effective_day + 1);
  if (!period.ok()) return period.status().ToString();
  const auto state = ToProtoState(view, {*period});
  if (!state.ok()) return state.status().ToString();
  std::string bytes = DeterministicBytes(state->header);
  for (const auto& deal : state->deals) bytes += DeterministicBytes(deal);
  return bytes;
}

std::string ModelOf(const BookView& view) {
  if (view.opportunities.empty() || !view.currency_status.ok()) return "none";
  simulator::FitOptions options;
  options.draw_count = 2;
  const auto model = simulator::FitPipeline(ToHistory(view), options);
  return model.ok() ? DeterministicBytes(ToProtoModel(*model, view, "w"))
                    : model.status().ToString();
}

class BookSnapshotTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  const KpiRegistry registry;
};

TEST_P(BookSnapshotTest, IsTheBookItWasWrittenFrom) {
  RandomFeed source(GetParam(), /*with_company=*/true);
  const std::vector<EventRecord>& records = source.feed().records();
  const auto written_at = static_cast<size_t>(1 + source.Below(static_cast<int>(records.size())));
  std::string file;
  {
    Book before;
    AppendTo(before, records, written_at);
    // Asked or not, it holds the same.
    const std::string unasked = FileOf(before);
    ASSERT_TRUE(before.At({}, kToday).ok());
    file = FileOf(before);
    EXPECT_EQ(file, unasked);
  }
  const auto read = BookSnapshot::Read("w", file);
  ASSERT_TRUE(read.ok()) << read.status();
  Book& loaded = **read;
  EXPECT_EQ(loaded.last_offset(), static_cast<int64_t>(written_at));
  EXPECT_TRUE(loaded.IsLast(records[written_at - 1]));
  EXPECT_FALSE(loaded.is_outdated());
  EXPECT_EQ(FileOf(loaded), file);
  Book replayed;
  AppendTo(replayed, records, written_at);
  // Memory is counted the same way, but for what vectors keep free.
  EXPECT_GT(loaded.memory_bytes(), replayed.memory_bytes() / 2);
  EXPECT_LT(loaded.memory_bytes(), replayed.memory_bytes() * 2);

  // At once, after some of the rest, and after all of it.
  int dated_count = 0;
  for (const size_t end : {written_at, (written_at + records.size()) / 2, records.size()}) {
    AppendTo(loaded, records, end);
    AppendTo(replayed, records, end);
    EXPECT_EQ(FileOf(loaded), FileOf(replayed));
    for (int look = 0; look < 4; ++look) {
      AsOfRequest as_of;
      if (look > 0) as_of.effective_day = source.AnyDay();
      if (look > 1) as_of.log_offset = 1 + source.Below(static_cast<int>(end));
      if (look > 2) as_of.recorded_time = absl::FromCivil(source.AnyDay(), absl::UTCTimeZone());
      const auto found = loaded.At(as_of, kToday);
      const auto wanted = replayed.At(as_of, kToday);
      ASSERT_EQ(found.status(), wanted.status());
      if (!found.ok()) continue;
      EXPECT_EQ((*found)->as_of, (*wanted)->as_of);
      EXPECT_TRUE((*found)->opportunities == (*wanted)->opportunities);
      EXPECT_TRUE(*(*found)->records == *(*wanted)->records);
      EXPECT_EQ((*found)->reps, (*wanted)->reps);
      EXPECT_EQ((*found)->accounts, (*wanted)->accounts);
      EXPECT_EQ((*found)->notes, (*wanted)->notes);
      EXPECT_EQ(Tables(registry, **found), Tables(registry, **wanted));
      EXPECT_EQ(StateOf(**found), StateOf(**wanted));
      if (look < 2) {
        EXPECT_EQ(ModelOf(**found), ModelOf(**wanted));
      }
      dated_count += (*found)->opportunities.empty() ? 0 : 1;
      if (HasFailure()) FAIL() << "written at " << written_at << ", asked at " << end;
    }
  }
  EXPECT_GT(dated_count, 1);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BookSnapshotTest, ::testing::Range(1u, 13u));

std::vector<EventRecord> SmallFeed() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Rep("ann", "");
  feed.Closed("d1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), {.rep = "ann", .amount = 5});
  crm::v1::CrmEvent lead;
  lead.mutable_lead()->set_lead_id("L");
  feed.Add("lead/L", "1", absl::FromUnixSeconds(1'490'000'000), lead);
  return feed.records();
}

TEST(BookSnapshot, RefusesWhatIsCutOrChanged) {
  const std::vector<EventRecord> records = SmallFeed();
  Book book;
  AppendTo(book, records, records.size());
  const std::string file = FileOf(book);
  ASSERT_TRUE(BookSnapshot::Read("w", file).ok());
  for (size_t size = 0; size < file.size(); ++size) {
    ASSERT_FALSE(BookSnapshot::Read("w", std::string_view(file).substr(0, size)).ok()) << size;
  }
  std::string changed = file;
  for (size_t i = 0; i < file.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      changed[i] = static_cast<char>(file[i] ^ (1 << bit));
      ASSERT_FALSE(BookSnapshot::Read("w", changed).ok()) << "bit " << bit << " of byte " << i;
    }
    changed[i] = file[i];
  }
  EXPECT_EQ(BookSnapshot::Read("v", file).status().message(), "it is of workspace w");
}

// A frame with the right checksum around content that is not: refused, or read as some book, but
// never the end of the process.
TEST(BookSnapshot, SurvivesContentThatMakesNoSense) {
  const std::vector<EventRecord> records = SmallFeed();
  Book book;
  AppendTo(book, records, records.size());
  const std::string file = FileOf(book);
  const std::string content(*SnapshotContent(file));
  const auto framed = [](std::string_view bytes) {
    std::string framed_file;
    SnapshotWriter writer([&framed_file](std::string_view more) {
      framed_file.append(more);
      return absl::OkStatus();
    });
    writer.AddBytes(bytes);
    EXPECT_TRUE(writer.Finish().ok());
    return framed_file;
  };
  EXPECT_EQ(framed(content), file);
  for (size_t size = 0; size < content.size(); ++size) {
    EXPECT_FALSE(BookSnapshot::Read("w", framed(content.substr(0, size))).ok()) << size;
  }
  EXPECT_FALSE(BookSnapshot::Read("w", framed(content + "x")).ok());
  size_t refused_count = 0;
  for (size_t i = 0; i < content.size(); ++i) {
    for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
      std::string changed = content;
      changed[i] = value;
      if (!BookSnapshot::Read("w", framed(changed)).ok()) ++refused_count;
    }
  }
  EXPECT_GT(refused_count, content.size() / 4);
}

TEST(BookSnapshot, RefusesWhatMayNotBeKept) {
  SnapshotWriter writer([](std::string_view) { return absl::OkStatus(); });
  EXPECT_EQ(BookSnapshot::Write("w", Book(), writer).status().message(), "the book is empty");
  std::vector<EventRecord> records = SmallFeed();
  EventRecord erasure = records.back();
  erasure.set_offset(erasure.offset() + 1);
  erasure.mutable_event()->mutable_erasure()->set_pseudonym("erased-rep-1");
  records.push_back(erasure);
  Book outdated;
  AppendTo(outdated, records, records.size());
  EXPECT_EQ(BookSnapshot::Write("w", outdated, writer).status().message(),
            "the book holds what was erased");
  // One that knows the erasure is written, and what is read of it knows it too.
  Book fresh(erasure.offset());
  AppendTo(fresh, records, records.size());
  const auto read = BookSnapshot::Read("w", FileOf(fresh));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE((*read)->is_outdated());
  EXPECT_EQ((*read)->last_erasure_offset(), erasure.offset());
}

TEST(BookSnapshot, KnowsItsLastRecord) {
  const std::vector<EventRecord> records = SmallFeed();
  Book book;
  EXPECT_FALSE(book.IsLast(records[0]));
  AppendTo(book, records, records.size());
  EventRecord record = records.back();
  EXPECT_TRUE(book.IsLast(record));
  EXPECT_FALSE(book.IsLast(records[0]));
  record.mutable_id()->set_version("another");
  EXPECT_FALSE(book.IsLast(record));
  record = records.back();
  record.mutable_recorded_time()->set_nanos(1'000);
  EXPECT_FALSE(book.IsLast(record));
}

// Written while events come in: exactly what there was at some moment of them.
TEST(BookSnapshot, IsWrittenWhileTheBookGrows) {
  const RandomFeed source(7, /*with_company=*/true);
  const std::vector<EventRecord>& records = source.feed().records();
  Book book;
  AppendTo(book, records, records.size() / 4);
  std::thread appender([&] { AppendTo(book, records, records.size()); });
  std::string file;
  SnapshotWriter writer([&file](std::string_view bytes) {
    file.append(bytes);
    return absl::OkStatus();
  });
  const auto written = BookSnapshot::Write("w", book, writer);
  appender.join();
  ASSERT_TRUE(written.ok()) << written.status();
  Book prefix;
  AppendTo(prefix, records, static_cast<size_t>(*written));
  EXPECT_EQ(file, FileOf(prefix));
}

}  // namespace
}  // namespace quotacast::metrics
