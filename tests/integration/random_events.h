// Random events for a book: what the generator's company is too tidy for.
#ifndef QUOTACAST_TESTS_INTEGRATION_RANDOM_EVENTS_H_
#define QUOTACAST_TESTS_INTEGRATION_RANDOM_EVENTS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "google/type/date.pb.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/book.h"

namespace quotacast {

// Appends events of one source to a book; the same draws for the same seed.
class RandomEvents {
 protected:
  // All events are `recorded` at this time, whenever they were true.
  RandomEvents(uint64_t seed, std::string source, absl::Time recorded, metrics::Book& book)
      : seed_(seed), source_(std::move(source)), recorded_(recorded), book_(book) {}

  int Below(int limit) {
    const uint32_t draw = RandomBlock(seed_, ++draw_count_, 0, RandomPurpose::kSynthetic, 0)[0];
    return static_cast<int>(draw % static_cast<uint32_t>(limit));
  }

  static void SetDate(absl::CivilDay day, google::type::Date* date) {
    date->set_year(static_cast<int>(day.year()));
    date->set_month(day.month());
    date->set_day(day.day());
  }

  void Append(const std::string& source_key, const std::string& version, absl::Time effective,
              const crm::v1::CrmEvent& event) {
    ingestion::v1::EventRecord record;
    record.set_offset(book_.last_offset() + 1);
    record.mutable_id()->set_source(source_);
    record.mutable_id()->set_source_key(source_key);
    record.mutable_id()->set_version(version);
    record.mutable_effective_time()->set_seconds(absl::ToUnixSeconds(effective));
    record.mutable_recorded_time()->set_seconds(absl::ToUnixSeconds(recorded_));
    *record.mutable_event() = event;
    const absl::Status appended = book_.Append(record);
    ASSERT_TRUE(appended.ok()) << appended;
  }

  int64_t next_offset() const { return book_.last_offset() + 1; }

 private:
  const uint64_t seed_;
  const std::string source_;
  const absl::Time recorded_;
  uint64_t draw_count_ = 0;
  metrics::Book& book_;
};

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_RANDOM_EVENTS_H_
