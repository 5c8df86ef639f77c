// Values of request and response fields: dates, money, names. Every refusal names the field by its
// path and the value, so that the person who typed it can mend it.
#ifndef QUOTACAST_SERVICES_SIMULATION_FIELD_VALUES_H_
#define QUOTACAST_SERVICES_SIMULATION_FIELD_VALUES_H_

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

namespace quotacast::simulation {

// A request can be wrong in a thousand places; nobody reads more than a screen of them.
inline constexpr size_t kMaxReportedViolations = 20;

// No amount of a request may exceed this: sums of thousands of them still fit 64 bits.
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

// A calendar day. Nothing, and an entry in `errors`, for impossible days and years out of range.
std::optional<absl::CivilDay> DayFrom(const google::type::Date& date, std::string_view path,
                                      FieldErrors& errors);

google::type::Date DateFrom(absl::CivilDay day);

// How amounts of one currency are counted.
struct CurrencyUnit {
  std::string code;  // ISO 4217.
  int digits = 2;    // Decimal digits of the minor unit.

  // Minor units in one major unit: 100 for USD.
  int64_t minor_per_major() const;
};

// A non-negative amount in minor units. Nothing, and an entry in `errors`, for another currency,
// a fraction of a minor unit, a negative amount or one above kMaxAmountMinorUnits.
std::optional<int64_t> MinorUnitsFrom(const google::type::Money& money,
                                      const CurrencyUnit& currency, std::string_view path,
                                      FieldErrors& errors);

// Minor units of any sign (a credit note may be booked). Nothing for another currency, a fraction
// of a minor unit or overflow.
std::optional<int64_t> SignedMinorUnitsFrom(const google::type::Money& money,
                                            const CurrencyUnit& currency);

// Any sign.
google::type::Money MoneyFrom(int64_t minor_units, const CurrencyUnit& currency);

// A finite number in [low, high]; otherwise an entry in `errors`. NaN is refused.
bool CheckRange(double value, double low, double high, std::string_view path, FieldErrors& errors);

// "unknown team `Eats`; teams are `East`, `West` and 3 more": the names nearest to the one written
// come first, at most five.
std::string UnknownName(std::string_view noun, std::string_view plural, std::string_view written,
                        const std::vector<std::string>& known);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_FIELD_VALUES_H_
