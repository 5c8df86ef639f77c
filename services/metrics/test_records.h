// Leads, activities and other records for tests: events written as text, with the source keys and
// envelopes that imports give them.
#ifndef QUOTACAST_SERVICES_METRICS_TEST_RECORDS_H_
#define QUOTACAST_SERVICES_METRICS_TEST_RECORDS_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {

// "2017-03-01 09:30" or "2017-03-01", in UTC; aborts on anything else.
absl::Time Instant(const std::string& text);

// "{ seconds: ... }" and "{ year: ... }": values of fields in the texts below.
std::string AsTimestamp(const std::string& instant);
std::string AsDate(const std::string& day);

// Appends the event that `text` writes in Protocol Buffers' text form, as a fact of the record with
// this source key; aborts when it is no CRM event.
//
//   Say(feed, "lead/L1", "created", "2017-03-01 09:30", "lead { lead_id: 'L1' }");
void Say(TestFeed& feed, const std::string& source_key, const std::string& version,
         const std::optional<std::string>& effective, const std::string& text);

// An activity of a kind: "call", "email", "meeting", "demo", "internal"; `fields` are more
// fields of ActivityChange.
void Act(TestFeed& feed, const std::string& id, const std::string& kind, const std::string& start,
         const std::string& fields = "");

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_TEST_RECORDS_H_
