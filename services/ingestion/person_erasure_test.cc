// Goal: after an erasure nothing in the store names the person, offsets and all other content stay,
// and an interrupted one is completed by the same call. Method: an in-memory log that fails at a
// chosen write, and an SQLite file searched byte by byte.
#include "services/ingestion/person_erasure.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/forwarding_event_log.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/eventlog/sqlite_event_log.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/log_operations.h"
#include "services/ingestion/record_kinds.h"
#include "services/ingestion/request_ids.h"
#include "services/ingestion/sample_events.h"

namespace quotacast::ingestion {
namespace {

constexpr char kName[] = "Anna Snelling";
constexpr char kId[] = "R-4711";

bool Never() { return false; }

v1::ErasePersonRequest RequestFor(const std::string& id) {
  v1::ErasePersonRequest request;
  request.set_entity(crm::v1::ENTITY_KIND_REP);
  request.set_person_id(id);
  return request;
}

// Ten deals of the person and of another, the person's record twice, a quota, a text that names
// the person, a conflict, a quarantined row and a remembered request. 25 events.
void Fill(eventlog::EventLog& log) {
  std::vector<eventlog::Event> events;
  events.push_back(ToLogEvent(SampleRep(kId, kName)));
  v1::NewEvent married = SampleRep(kId, "Anna Snelling-Ortega");
  married.mutable_id()->set_version("2");
  events.push_back(ToLogEvent(married));
  events.push_back(ToLogEvent(SampleRep("R-4712", "Ben Smith")));
  for (int i = 1; i <= 20; ++i) {
    v1::NewEvent deal = SampleEvent(i);
    deal.mutable_event()->mutable_opportunity()->set_owner_rep_id(i % 2 == 0 ? kId : "R-4712");
    events.push_back(ToLogEvent(deal));
  }
  v1::NewEvent quota;
  quota.mutable_id()->set_source("crm");
  quota.mutable_id()->set_source_key(absl::StrCat("quota/", kId, "/2017Q4"));
  quota.mutable_id()->set_version("1");
  quota.mutable_event()->mutable_quota()->set_rep_id(kId);
  quota.mutable_event()->mutable_quota()->set_period("2017Q4");
  events.push_back(ToLogEvent(quota));
  v1::NewEvent feedback;
  feedback.mutable_id()->set_source("crm");
  feedback.mutable_id()->set_source_key("feedback/1");
  feedback.mutable_id()->set_version("1");
  feedback.mutable_event()->mutable_feedback()->set_feedback_id("1");
  feedback.mutable_event()->mutable_feedback()->set_comment("Thanks to Anna Snelling, all good");
  events.push_back(ToLogEvent(feedback));
  const std::vector<eventlog::RecordWrite> records = {
      {std::string(kQuarantinedRowRecordKind), "row-1",
       [](absl::Span<const eventlog::AppendResult>) { return std::string("x,Anna Snelling,y"); }},
      {std::string(kQuarantinedRowRecordKind), "row-2",
       [](absl::Span<const eventlog::AppendResult>) { return std::string("x,Ben Smith,y"); }},
      {std::string(kRequestRecordKind), "request",
       [](absl::Span<const eventlog::AppendResult>) { return std::string("R-4711 is unknown"); }}};
  ASSERT_TRUE(log.Append("w", events, records).ok());
  v1::NewEvent conflict = SampleRep(kId, "Anna S.");
  const eventlog::Event conflicting = ToLogEvent(conflict);
  ASSERT_TRUE(log.Append("w", absl::MakeConstSpan(&conflicting, 1)).ok());
}

std::vector<eventlog::StoredEvent> AllEvents(const eventlog::EventLog& log) {
  return log.Read("w", 0, 1'000).value();
}

// Fails the write with this number, counted from 1.
class FailingLog final : public eventlog::ForwardingEventLog {
 public:
  using eventlog::ForwardingEventLog::ForwardingEventLog;
  absl::StatusOr<std::vector<eventlog::AppendResult>> Append(
      std::string_view workspace, absl::Span<const eventlog::Event> events,
      absl::Span<const eventlog::RecordWrite> records = {}) override {
    if (--writes_left == 0) return absl::UnavailableError("the disk is full");
    return ForwardingEventLog::Append(workspace, events, records);
  }
  absl::Status Rewrite(std::string_view workspace,
                       absl::Span<const eventlog::EventRewrite> rewrites) override {
    if (--writes_left == 0) return absl::UnavailableError("the disk is full");
    return ForwardingEventLog::Rewrite(workspace, rewrites);
  }
  int writes_left = 0;  // 0: none fails.
};

class PersonErasureTest : public testing::Test {
 protected:
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
};

void ExpectErased(const eventlog::EventLog& log, const std::vector<eventlog::StoredEvent>& before) {
  const std::vector<eventlog::StoredEvent> after = AllEvents(log);
  ASSERT_EQ(after.size(), before.size() + 1);
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].offset, before[i].offset);
    EXPECT_EQ(after[i].recorded_time, before[i].recorded_time);
    EXPECT_EQ(after[i].event.effective_time, before[i].event.effective_time);
    crm::v1::CrmEvent event;
    ASSERT_TRUE(event.ParseFromString(after[i].event.payload));
    EXPECT_EQ(event.DebugString().find("Anna"), std::string::npos) << event.DebugString();
    EXPECT_EQ(event.DebugString().find(kId), std::string::npos) << event.DebugString();
    EXPECT_EQ(after[i].event.id.source_key.find(kId), std::string::npos);
    EXPECT_EQ(after[i].is_erased, i < 2) << i;
    // What did not name the person is as it was.
    const bool is_another_persons = i == 2 || (i >= 3 && i < 23 && i % 2 == 1);
    EXPECT_EQ(after[i] == before[i], is_another_persons) << i;
  }
  EXPECT_EQ(after[0].event.id.source_key, "rep/erased-rep-1");
  EXPECT_EQ(after[23].event.id.source_key, "quota/erased-rep-1/2017Q4");
  crm::v1::CrmEvent event;
  ASSERT_TRUE(event.ParseFromString(after[4].event.payload));
  EXPECT_EQ(event.opportunity().owner_rep_id(), "erased-rep-1");
  EXPECT_EQ(event.opportunity().amount().units(), 1'002);
  ASSERT_TRUE(event.ParseFromString(after.back().event.payload));
  EXPECT_EQ(event.erasure().entity(), crm::v1::ENTITY_KIND_REP);
  EXPECT_EQ(event.erasure().pseudonym(), "erased-rep-1");
  EXPECT_EQ(event.erasure().event_count(), 14);
  EXPECT_EQ(log.ListConflicts("w", 0, 10)->size(), 0u);
  EXPECT_EQ(log.CountRecords("w", kQuarantinedRowRecordKind).value(), 1);
  EXPECT_EQ(log.CountRecords("w", kRequestRecordKind).value(), 0);
  EXPECT_EQ(log.CountRecords("w", kErasureRecordKind).value(), 0);
}

TEST_F(PersonErasureTest, NothingNamesThePersonAfterwards) {
  eventlog::InMemoryEventLog log(&clock_);
  Fill(log);
  const auto before = AllEvents(log);
  clock_.Advance(absl::Hours(1));
  const auto response = ErasePerson(log, "w", RequestFor(kId), Never);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->pseudonym(), "erased-rep-1");
  EXPECT_EQ(response->erased_event_count(), 2);
  EXPECT_EQ(response->renamed_event_count(), 12);
  EXPECT_EQ(response->dropped_record_count(), 2);
  ExpectErased(log, before);
  // Once more there is nobody to erase, and nothing changes.
  const absl::Status again = ErasePerson(log, "w", RequestFor(kId), Never).status();
  EXPECT_EQ(again.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GetDetail(again)->reason, "PERSON_NOT_FOUND");
  EXPECT_EQ(log.LastOffset("w").value(), static_cast<int64_t>(before.size()) + 1);
  EXPECT_EQ(log.CountRecords("w", kErasureRecordKind).value(), 0);
  // The next person is another one.
  EXPECT_EQ(ErasePerson(log, "w", RequestFor("R-4712"), Never)->pseudonym(), "erased-rep-2");
}

TEST_F(PersonErasureTest, AnInterruptedErasureIsCompletedByTheSameCall) {
  for (int failing_write = 1; failing_write <= 10; ++failing_write) {
    eventlog::InMemoryEventLog memory(&clock_);
    FailingLog log(memory);
    Fill(log);
    const auto before = AllEvents(log);
    log.writes_left = failing_write;
    const auto first = ErasePerson(log, "w", RequestFor(kId), Never);
    log.writes_left = 0;
    if (first.ok()) {
      EXPECT_GT(failing_write, 4) << "Fewer writes than there are steps to interrupt.";
      return;
    }
    const auto second = ErasePerson(log, "w", RequestFor(kId), Never);
    ASSERT_TRUE(second.ok()) << failing_write << " " << second.status();
    EXPECT_EQ(second->pseudonym(), "erased-rep-1");
    ExpectErased(log, before);
  }
  FAIL() << "An erasure takes more writes than were interrupted.";
}

// While one erasure is interrupted, that of somebody else gets another pseudonym.
TEST_F(PersonErasureTest, InterruptedErasuresKeepTheirPseudonyms) {
  eventlog::InMemoryEventLog memory(&clock_);
  FailingLog log(memory);
  Fill(log);
  log.writes_left = 4;  // After the note and the rewriting of the others' events.
  ASSERT_FALSE(ErasePerson(log, "w", RequestFor(kId), Never).ok());
  log.writes_left = 0;
  EXPECT_EQ(ErasePerson(log, "w", RequestFor("R-4712"), Never)->pseudonym(), "erased-rep-2");
  EXPECT_EQ(ErasePerson(log, "w", RequestFor(kId), Never)->pseudonym(), "erased-rep-1");
}

TEST_F(PersonErasureTest, OnlyPeopleAreErased) {
  eventlog::InMemoryEventLog log(&clock_);
  v1::ErasePersonRequest request = RequestFor("x");
  EXPECT_EQ(ErasePerson(log, "w", request, Never).status().code(), absl::StatusCode::kNotFound);
  request.set_entity(crm::v1::ENTITY_KIND_ACCOUNT);
  EXPECT_EQ(GetDetail(ErasePerson(log, "w", request, Never).status())->field_violations[0].field,
            "entity");
  request = RequestFor("");
  EXPECT_EQ(GetDetail(ErasePerson(log, "w", request, Never).status())->field_violations[0].field,
            "person_id");
  Fill(log);
  EXPECT_TRUE(
      absl::IsCancelled(ErasePerson(log, "w", RequestFor(kId), [] { return true; }).status()));
}

std::string BytesOf(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

TEST_F(PersonErasureTest, NoPageOfTheSqliteFileHoldsThePerson) {
  const std::filesystem::path directory = testing::TempDir() + "/erasure";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const std::string path = (directory / "events.db").string();
  std::vector<eventlog::StoredEvent> before;
  {
    auto log = eventlog::SqliteEventLog::Open(path, &clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    Fill(**log);
    before = AllEvents(**log);
  }
  EXPECT_NE(BytesOf(path).find(kName), std::string::npos);  // The search finds what is there.
  {
    auto log = eventlog::SqliteEventLog::Open(path, &clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    const auto response = ErasePerson(**log, "w", RequestFor(kId), Never);
    ASSERT_TRUE(response.ok()) << response.status();
    ExpectErased(**log, before);
  }
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    const std::string bytes = BytesOf(file.path());
    EXPECT_EQ(bytes.find("Anna"), std::string::npos) << file.path();
    EXPECT_EQ(bytes.find(kId), std::string::npos) << file.path();
  }
}

}  // namespace
}  // namespace quotacast::ingestion
