// EventLog::Verify over rows that a store has read: the same findings in every store.
#ifndef QUOTACAST_SERVICES_EVENTLOG_PAGE_VERIFIER_H_
#define QUOTACAST_SERVICES_EVENTLOG_PAGE_VERIFIER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

// Checks one page. One thread at a time. Use: Check each row with offset > after_offset in the
// order of the offsets, then CheckEnd if these were the last ones, then page().
class PageVerifier {
 public:
  // `previous_recorded_micros`: of the event at `after_offset`, if there is one. Of negative
  // offsets the page begins at 0, as in EventLog::Read.
  PageVerifier(int64_t after_offset, std::optional<int64_t> previous_recorded_micros);

  // `checksum`: as stored; absent in rows of a version that kept none.
  void Check(const StoredFields& fields, std::optional<uint32_t> checksum);

  // The log has no rows after those checked; `event_count` is how many it says it has. Finds
  // events that are missing at the end.
  void CheckEnd(int64_t event_count);

  const VerifiedPage& page() const { return page_; }

 private:
  void AddFault(int64_t offset, std::string_view reason, std::string message);

  VerifiedPage page_;
  std::optional<int64_t> previous_recorded_micros_;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_PAGE_VERIFIER_H_
