// Money: an integer count of minor units and an ISO 4217 currency. Never floating point.
#ifndef QUOTACAST_BASE_MONEY_H_
#define QUOTACAST_BASE_MONEY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace quotacast {

// An amount of one currency. `minor_units` counts the currency's smallest unit (cents for USD,
// yen for JPY). Mixed currencies are refused by the arithmetic below, never converted silently.
struct Money {
  int64_t minor_units = 0;
  std::string currency;  // Three upper-case letters, e.g. "USD".
  bool operator==(const Money&) const = default;
};

// Decimal digits of a currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD.
// INVALID_ARGUMENT (UNKNOWN_CURRENCY) when the code is not an ISO 4217 currency.
absl::StatusOr<int> MinorUnitDigits(std::string_view currency);

// Sum or difference. INVALID_ARGUMENT (MIXED_CURRENCY) for two currencies, OUT_OF_RANGE
// (MONEY_OVERFLOW) when the result leaves int64.
absl::StatusOr<Money> Add(const Money& a, const Money& b);
absl::StatusOr<Money> Subtract(const Money& a, const Money& b);

// Integer sum with overflow check; OUT_OF_RANGE (MONEY_OVERFLOW).
absl::StatusOr<int64_t> AddMinorUnits(int64_t a, int64_t b);

// Parses "1234", "1234.5", "-1,234.50", "$1,234.50" (a leading currency sign or code of
// `currency` is accepted) into `currency`. More fractional digits than the currency has are
// accepted only when they are zero. INVALID_ARGUMENT names the text; OUT_OF_RANGE on overflow.
absl::StatusOr<Money> ParseMoney(std::string_view text, std::string_view currency);

// "1234.50 USD": plain, lossless, parseable by ParseMoney after the currency is cut.
std::string FormatMoney(const Money& money);

}  // namespace quotacast

#endif  // QUOTACAST_BASE_MONEY_H_
