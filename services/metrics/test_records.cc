#include "services/metrics/test_records.h"

#include <cstdlib>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "google/protobuf/text_format.h"
#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::metrics {

absl::Time Instant(const std::string& text) {
  absl::Time time;
  std::string error;
  const char* const format = text.size() > 10 ? "%Y-%m-%d %H:%M" : "%Y-%m-%d";
  if (!absl::ParseTime(format, text, &time, &error)) std::abort();
  return time;
}

std::string AsTimestamp(const std::string& instant) {
  return absl::StrCat("{ seconds: ", absl::ToUnixSeconds(Instant(instant)), " }");
}

std::string AsDate(const std::string& day) {
  const absl::CivilDay civil = DayOfUtc(Instant(day));
  return absl::StrCat("{ year: ", civil.year(), " month: ", civil.month(), " day: ", civil.day(),
                      " }");
}

void Say(TestFeed& feed, const std::string& source_key, const std::string& version,
         const std::optional<std::string>& effective, const std::string& text) {
  crm::v1::CrmEvent event;
  if (!google::protobuf::TextFormat::ParseFromString(text, &event)) std::abort();
  feed.Add(source_key, version,
           effective ? std::optional<absl::Time>(Instant(*effective)) : std::nullopt, event);
}

void Act(TestFeed& feed, const std::string& id, const std::string& kind, const std::string& start,
         const std::string& fields) {
  Say(feed, "activity/" + id, "1", start,
      absl::StrCat("activity { activity_id: '", id, "' kind: ACTIVITY_KIND_",
                   absl::AsciiStrToUpper(kind), " start_time ", AsTimestamp(start), " ", fields,
                   " }"));
}

}  // namespace quotacast::metrics
