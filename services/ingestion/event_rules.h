// What an event must be like to get into the log, whoever sends it. The rules are about one event
// alone: whether the rep it names exists is not asked, for events come in any order.
#ifndef QUOTACAST_SERVICES_INGESTION_EVENT_RULES_H_
#define QUOTACAST_SERVICES_INGESTION_EVENT_RULES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::ingestion {

inline constexpr size_t kMaxEntityIdBytes = 200;  // Of every id inside an event, and of periods.
inline constexpr size_t kMaxTextBytes = 4096;     // Of every other text.
inline constexpr int kMaxSplits = 100;            // Of one opportunity.
inline constexpr int kMaxCompPlanTiers = 100;
inline constexpr int32_t kMaxBasisPoints = 10'000;
inline constexpr int32_t kMaxTierBasisPoints = 1'000'000;  // A hundred times the quota.
inline constexpr int32_t kMaxDurationMinutes = 366 * 24 * 60;
inline constexpr size_t kMaxProblemValueBytes = 200;

// Why an event is left out.
struct EventFault {
  std::string field;    // "event.opportunity.amount.currency_code".
  std::string value;    // Cut to kMaxProblemValueBytes.
  std::string reason;   // Stable: docs/errors.md, "Problems of single events".
  std::string message;  // What is wrong and what would be right.
  bool operator==(const EventFault&) const = default;
};

// Checks events one after the other. Not thread-safe; one per stream, for it remembers the last
// currency. Costs well below a microsecond for a sound event, because it reads fields directly: a
// walk by reflection costs ten times that.
//
// The rules: the id is complete and without NUL; the source key is "<kind>/<id>" of the change
// ("opportunity/42"), for quotas, forecasts, order lines and territory assignments with more behind
// it; days exist and lie in the years 1900 to 2199, so do instants; money has a currency of ISO
// 4217 and whole minor units; enums have a value that is known; shares, ratings and probabilities
// are in range; texts are within the limits above. An Erasure is refused: only ErasePerson writes
// one.
class EventRules {
 public:
  // The first fault; nullopt when the event is sound.
  std::optional<EventFault> Check(const v1::NewEvent& event);

 private:
  friend class EventCheck;

  // The digits of a currency's minor unit; -1 when it is none.
  int MinorUnitDigitsOf(const std::string& currency);

  std::string last_currency_;
  int last_digits_ = -1;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_EVENT_RULES_H_
