// Goal: the protocol of an import, its named limits and the profile list. Method: sessions are fed
// message by message, over an in-memory log.
#include "services/ingestion/ingestion.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using testing::HasSubstr;

std::string ReasonOf(const absl::Status& status) {
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

bool Never() { return false; }

class IngestionTest : public testing::Test {
 protected:
  static v1::ImportFilesRequest Header() {
    v1::ImportFilesRequest request;
    *request.mutable_header() = ShippedProfile("maventech");
    return request;
  }
  static v1::ImportFilesRequest Chunk(const std::string& file, const std::string& data) {
    v1::ImportFilesRequest request;
    request.mutable_chunk()->set_file_name(file);
    request.mutable_chunk()->set_data(data);
    return request;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
};

TEST_F(IngestionTest, ChunkSizeDoesNotMatter) {
  std::vector<std::string> expected;
  for (const size_t chunk_bytes : {size_t{1}, size_t{7}, size_t{64}, kMaxChunkBytes}) {
    eventlog::InMemoryEventLog log(&clock_);
    Ingestion ingestion(log, clock_);
    const auto response =
        ImportFiles(ingestion, "w", ShippedProfile("maventech"), SnapshotCompany(), chunk_bytes);
    ASSERT_TRUE(response.ok()) << response.status();
    if (expected.empty()) expected = LogLines(log, "w");
    EXPECT_EQ(LogLines(log, "w"), expected);
  }
  EXPECT_EQ(expected.size(), 25u);
}

// Every import of a series is tried out first: the trial leaves the log alone and says of every
// count what the import then does.
TEST_F(IngestionTest, ADryRunReportsWhatTheImportThenDoes) {
  Files corrected = SnapshotCompany();
  std::string& pipeline = corrected.at("sales_pipeline.csv");
  pipeline.replace(pipeline.find("4750"), 4, "4700");
  pipeline.replace(pipeline.find(",Lost,"), 6, ",Lots,");
  for (const Files& files : {SnapshotCompany(), corrected, corrected}) {
    v1::ImportHeader header = ShippedProfile("maventech");
    header.set_dry_run(true);
    const std::vector<std::string> before = LogLines(log_, "w");
    auto trial = ImportFiles(ingestion_, "w", header, files);
    ASSERT_TRUE(trial.ok()) << trial.status();
    EXPECT_TRUE(trial->dry_run());
    EXPECT_EQ(LogLines(log_, "w"), before);
    header.set_dry_run(false);
    const auto imported = ImportFiles(ingestion_, "w", header, files);
    ASSERT_TRUE(imported.ok()) << imported.status();
    trial->set_dry_run(false);
    EXPECT_EQ(trial->DebugString(), imported->DebugString());
  }
}

TEST_F(IngestionTest, AnImportUnderAKnownRequestIdGetsItsAnswerAgain) {
  v1::ImportHeader header = ShippedProfile("maventech");
  header.set_request_id("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  // A trial is not remembered.
  header.set_dry_run(true);
  ASSERT_TRUE(ImportFiles(ingestion_, "w", header, SnapshotCompany()).ok());
  header.set_dry_run(false);
  const auto first = ImportFiles(ingestion_, "w", header, SnapshotCompany());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->appended_event_count(), 25);
  const std::vector<std::string> log = LogLines(log_, "w");
  const auto again = ImportFiles(ingestion_, "w", header, SnapshotCompany());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->DebugString(), first->DebugString());

  // Other files under the id are another import.
  Files other = SnapshotCompany();
  other.at("sales_pipeline.csv") += "\n";
  EXPECT_EQ(ReasonOf(ImportFiles(ingestion_, "w", header, other).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(LogLines(log_, "w"), log);

  // After a day the id is free: the import runs, and finds everything there.
  clock_.Advance(absl::Hours(24) + absl::Seconds(1));
  const auto next_day = ImportFiles(ingestion_, "w", header, SnapshotCompany());
  ASSERT_TRUE(next_day.ok()) << next_day.status();
  EXPECT_EQ(next_day->appended_event_count(), 0);
  EXPECT_EQ(next_day->unchanged_event_count(), 25);

  header.set_request_id("7");
  const absl::Status status = ImportFiles(ingestion_, "w", header, SnapshotCompany()).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  ASSERT_TRUE(GetDetail(status).has_value());
  ASSERT_EQ(GetDetail(status)->field_violations.size(), 1u);
  EXPECT_EQ(GetDetail(status)->field_violations[0].field, "header.request_id");
}

TEST_F(IngestionTest, AnImpossibleSnapshotDateIsRefused) {
  v1::ImportHeader header = ShippedProfile("maventech");
  header.mutable_snapshot_date()->set_year(2017);
  header.mutable_snapshot_date()->set_month(2);
  header.mutable_snapshot_date()->set_day(30);
  const auto response = ImportFiles(ingestion_, "w", header, SnapshotCompany());
  EXPECT_EQ(ReasonOf(response.status()), "INVALID_FIELD");
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("header.snapshot_date"));
}

TEST_F(IngestionTest, MessagesOutOfOrderAreRefused) {
  {
    ImportSession session = ingestion_.StartImport();
    EXPECT_EQ(ReasonOf(session.Finish("w", Never).status()), "INVALID_FIELD");
  }
  {
    ImportSession session = ingestion_.StartImport();
    const absl::Status status = session.Add(Chunk("a.csv", "x"));
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr("the header comes first"));
  }
  {
    ImportSession session = ingestion_.StartImport();
    ASSERT_TRUE(session.Add(Header()).ok());
    EXPECT_EQ(session.parent(), "workspaces/w");
    EXPECT_THAT(std::string(session.Add(Header()).message()), HasSubstr("second header"));
  }
  {
    ImportSession session = ingestion_.StartImport();
    EXPECT_EQ(ReasonOf(session.Add(v1::ImportFilesRequest())), "INVALID_FIELD");
  }
  {
    ImportSession session = ingestion_.StartImport();
    ASSERT_TRUE(session.Add(Header()).ok());
    ASSERT_TRUE(session.Add(Chunk("a.csv", "x")).ok());
    ASSERT_TRUE(session.Add(Chunk("a.csv", "y")).ok());
    ASSERT_TRUE(session.Add(Chunk("b.csv", "x")).ok());
    EXPECT_THAT(std::string(session.Add(Chunk("a.csv", "z")).message()),
                HasSubstr("came before another file"));
  }
  EXPECT_EQ(log_.LastOffset("w").value(), 0);
}

TEST_F(IngestionTest, FileNamesAreBaseNames) {
  for (const std::string& name :
       {std::string(), std::string("a/b.csv"), std::string("a\\b.csv"), std::string(".."),
        std::string(256, 'a'), std::string("a\0b", 3)}) {
    ImportSession session = ingestion_.StartImport();
    ASSERT_TRUE(session.Add(Header()).ok());
    EXPECT_EQ(ReasonOf(session.Add(Chunk(name, "x"))), "INVALID_FIELD") << name;
  }
  ImportSession session = ingestion_.StartImport();
  ASSERT_TRUE(session.Add(Header()).ok());
  EXPECT_TRUE(session.Add(Chunk(std::string(255, 'a'), "x")).ok());
}

TEST_F(IngestionTest, UnknownAndInvalidProfiles) {
  v1::ImportFilesRequest request;
  *request.mutable_header() = ShippedProfile("maventek");
  ImportSession first = ingestion_.StartImport();
  const absl::Status unknown = first.Add(request);
  EXPECT_EQ(ReasonOf(unknown), "UNKNOWN_PROFILE");
  EXPECT_THAT(std::string(unknown.message()), HasSubstr("crm_history, maventech"));
  *request.mutable_header() = ProfileText("name = 1");
  ImportSession second = ingestion_.StartImport();
  const absl::Status invalid = second.Add(request);
  EXPECT_EQ(ReasonOf(invalid), "INVALID_PROFILE");
  EXPECT_EQ(GetDetail(invalid)->field_violations[0].field, "header.profile_text.name");
  *request.mutable_header() = ProfileText("name = [");
  ImportSession broken = ingestion_.StartImport();
  EXPECT_EQ(GetDetail(broken.Add(request))->field_violations[0].field, "header.profile_text");
  request.mutable_header()->clear_profile();
  ImportSession third = ingestion_.StartImport();
  EXPECT_EQ(ReasonOf(third.Add(request)), "INVALID_FIELD");
}

TEST_F(IngestionTest, LimitsHoldAtTheirValueAndNotBeyond) {
  IngestionOptions options;
  options.max_import_bytes = 100;
  options.max_buffered_bytes = 150;
  options.max_import_files = 2;
  Ingestion ingestion(log_, clock_, options);
  ImportSession session = ingestion.StartImport();
  ASSERT_TRUE(session.Add(Header()).ok());
  ASSERT_TRUE(session.Add(Chunk("a.csv", std::string(60, 'x'))).ok());
  ASSERT_TRUE(session.Add(Chunk("b.csv", std::string(40, 'x'))).ok());
  {
    // Together with the other session's 100 bytes the limit of all imports is 150.
    ImportSession other = ingestion.StartImport();
    ASSERT_TRUE(other.Add(Header()).ok());
    ASSERT_TRUE(other.Add(Chunk("a.csv", std::string(50, 'x'))).ok());
    const absl::Status overloaded = other.Add(Chunk("a.csv", "x"));
    EXPECT_TRUE(absl::IsResourceExhausted(overloaded));
    EXPECT_EQ(ReasonOf(overloaded), "OVERLOADED");
    EXPECT_TRUE(GetDetail(overloaded)->retry_after.has_value());
  }
  {
    // A session that ended gives its memory back.
    ImportSession other = ingestion.StartImport();
    ASSERT_TRUE(other.Add(Header()).ok());
    EXPECT_TRUE(other.Add(Chunk("a.csv", std::string(50, 'x'))).ok());
  }
  const absl::Status large = session.Add(Chunk("b.csv", "x"));
  EXPECT_TRUE(absl::IsResourceExhausted(large));
  EXPECT_EQ(ReasonOf(large), "IMPORT_TOO_LARGE");
  EXPECT_THAT(std::string(large.message()), HasSubstr("100 bytes"));

  ImportSession files = ingestion.StartImport();
  ASSERT_TRUE(files.Add(Header()).ok());
  ASSERT_TRUE(files.Add(Chunk("a.csv", "")).ok());
  ASSERT_TRUE(files.Add(Chunk("b.csv", "")).ok());
  EXPECT_THAT(std::string(files.Add(Chunk("c.csv", "")).message()), HasSubstr("2 files"));

  ImportSession chunks = ingestion_.StartImport();
  ASSERT_TRUE(chunks.Add(Header()).ok());
  EXPECT_TRUE(chunks.Add(Chunk("a.csv", std::string(kMaxChunkBytes, 'x'))).ok());
  EXPECT_EQ(ReasonOf(chunks.Add(Chunk("a.csv", std::string(kMaxChunkBytes + 1, 'x')))),
            "INVALID_FIELD");
}

// Two imports of one workspace at once: each event is appended once, whoever is first.
TEST_F(IngestionTest, ConcurrentImportsOfOneWorkspaceDoNotMix) {
  std::atomic<int64_t> appended{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto response =
          ImportFiles(ingestion_, "w", ShippedProfile("maventech"), SnapshotCompany());
      ASSERT_TRUE(response.ok()) << response.status();
      appended += response->appended_event_count();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(appended.load(), 25);
  EXPECT_EQ(log_.LastOffset("w").value(), 25);
}

TEST_F(IngestionTest, ListsProfiles) {
  const v1::ListProfilesResponse response = ingestion_.ListProfiles();
  std::vector<std::string> names;
  for (const v1::ImportProfile& profile : response.profiles()) {
    names.push_back(profile.name());
    EXPECT_FALSE(profile.description().empty()) << profile.name();
  }
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  const auto maventech =
      std::find_if(response.profiles().begin(), response.profiles().end(),
                   [](const v1::ImportProfile& profile) { return profile.name() == "maventech"; });
  ASSERT_NE(maventech, response.profiles().end());
  // What is listed can be sent back as a profile of one's own.
  const auto imported =
      ImportFiles(ingestion_, "w", ProfileText(maventech->toml()), SnapshotCompany());
  EXPECT_TRUE(imported.ok()) << imported.status();
}

}  // namespace
}  // namespace quotacast::ingestion
