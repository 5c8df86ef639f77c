#include "tests/crash/numbered_events.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::tests {
namespace {

constexpr int64_t kFirstDaySeconds = 1'767'225'600;  // 2026-01-01 UTC.
constexpr int64_t kDaySeconds = 86'400;

int BatchSize(const std::string& writer, int64_t sequence) {
  const uint32_t word = RandomBlock(StableId("writer", writer), static_cast<uint64_t>(sequence), 0,
                                    RandomPurpose::kSynthetic, 0)[0];
  return 1 + static_cast<int>(word % static_cast<uint32_t>(kNumberedBatchEventsMax));
}

}  // namespace

ingestion::v1::AppendBatch NumberedBatch(const std::string& writer, int64_t sequence) {
  ingestion::v1::AppendBatch batch;
  batch.set_sequence(sequence);
  const int event_count = BatchSize(writer, sequence);
  for (int i = 0; i < event_count; ++i) {
    ingestion::v1::NewEvent& event = *batch.add_events();
    const std::string deal = absl::StrCat(writer, "-", sequence, "-", i);
    event.mutable_id()->set_source(writer);
    event.mutable_id()->set_source_key(absl::StrCat("opportunity/", deal));
    event.mutable_id()->set_version("Discovery@2026-01-01");
    event.mutable_effective_time()->set_seconds(kFirstDaySeconds + sequence % 300 * kDaySeconds);
    crm::v1::OpportunityChange& change = *event.mutable_event()->mutable_opportunity();
    change.set_opportunity_id(deal);
    change.set_stage_id("Discovery");
    change.set_owner_rep_id(absl::StrCat("rep-", sequence % 17));
    change.mutable_amount()->set_currency_code("USD");
    change.mutable_amount()->set_units(1'000 + sequence * kNumberedBatchEventsMax + i);
  }
  return batch;
}

absl::Status FeedFollower::Take(const ingestion::v1::EventRecord& record) {
  if (record.offset() != last_offset_ + 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("offset ", record.offset(), " follows ", last_offset_));
  }
  const int64_t recorded_micros =
      record.recorded_time().seconds() * 1'000'000 + record.recorded_time().nanos() / 1'000;
  if (recorded_micros < last_recorded_micros_) {
    return absl::FailedPreconditionError(
        absl::StrCat("the recorded time goes back at offset ", record.offset()));
  }
  const std::string& writer = record.id().source();
  Place& place = places_[writer];
  if (place.batch.sequence() == 0) place.batch = NumberedBatch(writer, 1);
  if (place.taken_count == place.batch.events_size()) {
    place.batch = NumberedBatch(writer, place.batch.sequence() + 1);
    place.taken_count = 0;
  }
  const ingestion::v1::NewEvent& expected = place.batch.events(place.taken_count);
  if (record.id().source_key() != expected.id().source_key() ||
      record.id().version() != expected.id().version() ||
      record.effective_time().seconds() != expected.effective_time().seconds() ||
      record.event().SerializeAsString() != expected.event().SerializeAsString()) {
    return absl::FailedPreconditionError(
        absl::StrCat("offset ", record.offset(), " has ", record.id().source_key(), " of ", writer,
                     " where it should have ", expected.id().source_key()));
  }
  ++place.taken_count;
  last_offset_ = record.offset();
  last_recorded_micros_ = recorded_micros;
  return absl::OkStatus();
}

absl::Status FeedFollower::CheckWhole(const std::string& writer, int64_t* last_sequence) const {
  *last_sequence = 0;
  const auto found = places_.find(writer);
  if (found == places_.end()) return absl::OkStatus();
  const Place& place = found->second;
  *last_sequence = place.batch.sequence();
  if (place.taken_count == place.batch.events_size()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "batch ", place.batch.sequence(), " of ", writer,
      " is in the log in part: ", place.taken_count, " of ", place.batch.events_size(), " events"));
}

}  // namespace quotacast::tests
