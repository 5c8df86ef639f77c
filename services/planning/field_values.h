// Values of request fields: texts, days, amounts, numbers. Every refusal names the field by its
// path and the value, so that the person who typed it can mend it.
#ifndef QUOTACAST_SERVICES_PLANNING_FIELD_VALUES_H_
#define QUOTACAST_SERVICES_PLANNING_FIELD_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"

namespace quotacast::planning {

// Named limits; one more is refused.
inline constexpr size_t kMaxTextBytes = 4'096;  // Names, reasons, evidence; ids of reps and teams.
inline constexpr size_t kMaxReportedViolations = 20;
inline constexpr int64_t kMaxAmountMinorUnits = 1'000'000'000'000'000;

// Collects what is wrong with a request. Not thread-safe.
class FieldErrors {
 public:
  // Keeps the first kMaxReportedViolations.
  void Add(std::string_view field, std::string_view description);
  bool empty() const { return violations_.empty(); }
  // OK when nothing was added, else INVALID_ARGUMENT (INVALID_FIELD) with every violation.
  absl::Status Result() const;

 private:
  std::vector<FieldViolation> violations_;
};

// "scenario" and "hires" give "scenario.hires"; an empty path gives the field alone.
std::string Path(std::string_view path, std::string_view field);
// "hires" and 2 give "hires[2]".
std::string Item(std::string_view path, int index);

// At most kMaxTextBytes.
void CheckText(std::string_view text, std::string_view path, FieldErrors& errors);
// The same, and not only white space; `want` says what is missing ("the person who answers").
void CheckRequiredText(std::string_view text, std::string_view path, std::string_view want,
                       FieldErrors& errors);

// A finite number in [low, high]; NaN is refused.
void CheckRange(double value, double low, double high, std::string_view path, FieldErrors& errors);

// A calendar day. Nothing, and an entry in `errors`, when it is missing, impossible or out of
// range.
std::optional<absl::CivilDay> DayFrom(bool present, const google::type::Date& date,
                                      std::string_view path, FieldErrors& errors);
google::type::Date DateFrom(absl::CivilDay day);
// Of a message that was checked before.
absl::CivilDay CheckedDay(const google::type::Date& date);

// A positive amount of an ISO 4217 currency, in whole minor units.
void CheckAmount(const google::type::Money& money, std::string_view path, FieldErrors& errors);
// "USD 1,250,000" or "USD 1,250,000.50".
std::string AmountText(const google::type::Money& money);
// "37 %"; "under 1 %" and "over 99 %" near the ends: a finite number of trials proves neither never
// nor always.
std::string PercentText(double probability);

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_FIELD_VALUES_H_
