// Goal: an id stands for one request for 24 hours, then for nothing; expired answers go. Method: an
// in-memory log and a clock that is moved.
#include "services/ingestion/request_ids.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/record_kinds.h"

namespace quotacast::ingestion {
namespace {

constexpr std::string_view kId = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

class RequestIdsTest : public testing::Test {
 protected:
  // Runs a request whose response is `response`; returns what its caller gets.
  absl::StatusOr<std::string> Run(std::string_view id, const std::string& content,
                                  const std::string& response) {
    absl::StatusOr<RequestTurn> turn = requests_.Enter("w", id, content, [] { return false; });
    if (!turn.ok()) return turn.status();
    if (turn->earlier_response().has_value()) return *turn->earlier_response();
    const eventlog::RecordWrite record =
        turn->Remember([response](absl::Span<const eventlog::AppendResult>) { return response; });
    const auto appended = log_.Append("w", {}, absl::MakeConstSpan(&record, 1));
    if (!appended.ok()) return appended.status();
    return response;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  RequestIds requests_{log_, clock_};
};

TEST_F(RequestIdsTest, TheFirstAnswerIsGivenFor24Hours) {
  EXPECT_EQ(Run(kId, "a", "first").value(), "first");
  EXPECT_EQ(Run("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "a", "second").value(), "first");
  const absl::Status reused = Run(kId, "b", "third").status();
  EXPECT_EQ(reused.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(GetDetail(reused)->reason, "REQUEST_ID_REUSED");
  clock_.Advance(kRequestLifetime - absl::Nanoseconds(1'000));
  EXPECT_EQ(Run(kId, "a", "second").value(), "first");
  clock_.Advance(absl::Nanoseconds(1'000));
  EXPECT_EQ(Run(kId, "b", "third").value(), "third");
}

TEST_F(RequestIdsTest, ExpiredAnswersAreDeletedOnTheWay) {
  ASSERT_TRUE(Run(kId, "a", "first").ok());
  clock_.Advance(kRequestLifetime + kRequestSweepPause);
  ASSERT_TRUE(Run("00000000-0000-0000-0000-000000000000", "a", "x").ok());
  EXPECT_EQ(log_.CountRecords("w", kRequestRecordKind).value(), 1);
}

TEST_F(RequestIdsTest, OnlyUuidsAreTaken) {
  EXPECT_TRUE(CheckRequestId(kId).ok());
  for (const std::string_view id :
       {"", "x", "f81d4fae-7dec-11d0-a765-00a0c91e6bf", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6a",
        "g81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae07dec-11d0-a765-00a0c91e6bf6"}) {
    const absl::Status status = CheckRequestId(id);
    EXPECT_EQ(GetDetail(status).value_or(ErrorDetail()).reason, "INVALID_FIELD") << id;
  }
}

TEST_F(RequestIdsTest, AWaitingCallerMayGo) {
  const absl::StatusOr<RequestTurn> turn = requests_.Enter("w", kId, "a", [] { return false; });
  ASSERT_TRUE(turn.ok());
  EXPECT_TRUE(absl::IsCancelled(requests_.Enter("w", kId, "a", [] { return true; }).status()));
  // Another workspace's ids are its own.
  EXPECT_TRUE(requests_.Enter("v", kId, "b", [] { return false; }).ok());
}

}  // namespace
}  // namespace quotacast::ingestion
