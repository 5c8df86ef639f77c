// Goal: a damaged row costs itself only. Method: sales pipelines of 60 sound rows are damaged in
// random rows in random ways, from a printed seed; every row that was not damaged must arrive, and
// every one that was left out must wait in quarantine. A file is also cut in two at every byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using std::string_literals::operator""s;

constexpr int kRowCount = 60;
constexpr int kSeedCount = 150;
constexpr char kHeader[] =
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\r\n";

// Random words, one after the other, from a seed.
struct Draws {
  uint64_t seed;
  uint32_t count = 0;
  uint32_t operator()() { return RandomBlock(seed, 0, 0, RandomPurpose::kSynthetic, count++)[0]; }
};

std::string SoundRow(int i) {
  const std::string id = absl::StrCat("P", 1'000 + i);
  switch (i % 3) {
    case 0:
      return id + ",Ada Quill,GTX Pro,\"Lakes, Ltd\",Won,2017-01-10,2017-03-01,4750";
    case 1:
      return id + ",\"Ben Moss\",Pump 2,\"Harbour\r\nWorks \"\"A\"\"\",Engaging,2017-05-05,,";
    default:
      return id + ",Cora Dunn,Pump 2,,Lost,2017-02-01,2017-04-02,0";
  }
}

// One of the ways in which rows are damaged.
std::string Damaged(const std::string& row, Draws& random) {
  const size_t at = 6 + random() % (row.size() - 6);  // Behind the id.
  switch (random() % 12) {
    case 0:
      return row.substr(0, at) + "\0"s + row.substr(at);
    case 1:
      return row.substr(0, at) + "\xC3" + row.substr(at);
    case 2:
      return row.substr(0, 6) + "\"" + row.substr(6);
    case 3:
      return row.substr(0, 6) + "\"x\"y" + row.substr(6);
    case 4:
      return row.substr(0, row.find(','));
    case 5:
      return row + ",surplus";
    case 6:
      return row.substr(0, 6) + "Nobody" + row.substr(6);
    case 7:
      return row.substr(0, 6) + std::string(1 << 20, 'x') + row.substr(6);
    case 8:
      return "," + row.substr(6);
    case 9:
      return row.substr(0, 6) + std::string(600, ',') + row.substr(6);
    case 10:
      return row.substr(0, at);  // The file was cut here and went on.
    default:
      return std::string(300, 'i') + row;
  }
}

TEST(GoodRowsTest, ArriveBesideDamagedOnes) {
  for (uint64_t seed = 1; seed <= kSeedCount; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Draws random{seed};
    Files files = SnapshotCompany();
    std::string& text = files["sales_pipeline.csv"];
    text = kHeader;
    std::set<std::string> sound_ids;
    for (int i = 0; i < kRowCount; ++i) {
      const std::string row = SoundRow(i);
      if (random() % 8 == 0) {
        text += Damaged(row, random);
      } else {
        text += row;
        sound_ids.insert(row.substr(0, 5));
      }
      text += random() % 2 == 0 ? "\n" : "\r\n";
    }
    const FakeClock clock(absl::FromUnixSeconds(1'500'000'000));
    eventlog::InMemoryEventLog log(&clock);
    Ingestion ingestion(log, clock);
    const auto response =
        ImportFiles(ingestion, "w", ShippedProfile("maventech"), files, 1 + random() % 5'000);
    ASSERT_TRUE(response.ok()) << response.status();
    std::set<std::string> missing = sound_ids;
    const std::vector<eventlog::StoredEvent> events = log.Read("w", 0, 1'000).value();
    for (const eventlog::StoredEvent& stored : events) {
      const std::string& key = stored.event.id.source_key;
      if (key.compare(0, 12, "opportunity/") == 0) missing.erase(key.substr(12));
    }
    EXPECT_EQ(missing, std::set<std::string>());
    const auto& file = *std::find_if(
        response->files().begin(), response->files().end(),
        [](const v1::FileReport& file) { return file.file() == "sales_pipeline.csv"; });
    EXPECT_EQ(file.row_count(),
              file.accepted_row_count() + file.rejected_row_count() + file.empty_row_count());
    EXPECT_EQ(log.CountRecords("w", "quarantined_row").value(), file.rejected_row_count());
  }
}

TEST(GoodRowsTest, AFileMayBeCutAnywhere) {
  Files files = SnapshotCompany();
  std::string& text = files["sales_pipeline.csv"];
  text += "D7,\"Ada \xC3\xBC \"\"Q\"\"\",GTX Pro,,Won,2017-01-10,2017-03-01,1\r\n";
  const FakeClock clock(absl::FromUnixSeconds(1'500'000'000));
  std::string expected;
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    eventlog::InMemoryEventLog log(&clock);
    Ingestion ingestion(log, clock);
    ImportSession session = ingestion.StartImport();
    v1::ImportFilesRequest request;
    *request.mutable_header() = ShippedProfile("maventech");
    ASSERT_TRUE(session.Add(request).ok());
    for (const auto& [name, bytes] : files) {
      const bool is_cut = name == "sales_pipeline.csv";
      request.mutable_chunk()->set_file_name(name);
      request.mutable_chunk()->set_data(is_cut ? bytes.substr(0, cut) : bytes);
      ASSERT_TRUE(session.Add(request).ok());
      if (!is_cut) continue;
      request.mutable_chunk()->set_data(bytes.substr(cut));
      ASSERT_TRUE(session.Add(request).ok());
    }
    const auto response = session.Finish("w", [] { return false; });
    ASSERT_TRUE(response.ok()) << response.status();
    const std::string outcome = absl::StrCat(response->DebugString(), log.LastOffset("w").value());
    if (expected.empty()) expected = outcome;
    ASSERT_EQ(outcome, expected) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace quotacast::ingestion
