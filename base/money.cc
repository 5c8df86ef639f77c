#include "base/money.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/errors.h"
#include "base/string_views.h"

namespace quotacast {
namespace {

// ISO 4217 currencies in force at any time since 2015 (sales history outlives a currency), by
// their minor unit digits, sorted. Metals, funds' units of account and test codes have no minor
// unit and are no money here.
constexpr std::string_view kTwoDigitCurrencies[] = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHE", "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUC", "CUP", "CVE", "CZK", "DKK", "DOP",
    "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ",
    "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS",
    "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD",
    "MMK", "MNT", "MOP", "MRO", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD",
    "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON",
    "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SLL", "SOS", "SRD",
    "SSP", "STD", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD",
    "TZS", "UAH", "USD", "USN", "UYU", "UZS", "VED", "VEF", "VES", "WST", "XCD", "XCG", "YER",
    "ZAR", "ZMW", "ZWG", "ZWL",
};
constexpr std::string_view kZeroDigitCurrencies[] = {
    "BIF", "BYR", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
    "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
};
constexpr std::string_view kThreeDigitCurrencies[] = {
    "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND",
};
constexpr std::string_view kFourDigitCurrencies[] = {"CLF", "UYW"};

// Signs that exports put before amounts. Several currencies share one, and one currency may have
// several: the caller has said which currency it is, the sign only has to agree.
struct CurrencySign {
  absl::string_view currency;
  absl::string_view sign;
};
constexpr CurrencySign kCurrencySigns[] = {
    {"ARS", "$"}, {"AUD", "A$"},  {"AUD", "$"},   {"BRL", "R$"}, {"CAD", "CA$"}, {"CAD", "C$"},
    {"CAD", "$"}, {"CLP", "$"},   {"CNY", "¥"},   {"COP", "$"},  {"CRC", "₡"},   {"EUR", "€"},
    {"GBP", "£"}, {"HKD", "HK$"}, {"HKD", "$"},   {"ILS", "₪"},  {"INR", "₹"},   {"JPY", "¥"},
    {"KRW", "₩"}, {"MXN", "MX$"}, {"MXN", "$"},   {"NGN", "₦"},  {"NZD", "NZ$"}, {"NZD", "$"},
    {"PHP", "₱"}, {"PLN", "zł"},  {"RUB", "₽"}, {"SGD", "S$"}, {"SGD", "$"},   {"THB", "฿"},
    {"TRY", "₺"}, {"TWD", "NT$"}, {"TWD", "$"},   {"UAH", "₴"},  {"USD", "US$"}, {"USD", "$"},
    {"VND", "₫"},
};

// How much of a refused text a message repeats.
constexpr size_t kQuotedTextBytes = 80;

std::string Quoted(absl::string_view text) {
  const bool cut = text.size() > kQuotedTextBytes;
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(text.substr(0, kQuotedTextBytes)),
                      cut ? "...\"" : "\"");
}

absl::Status Reasoned(absl::Status status, std::string_view reason) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  return WithDetail(std::move(status), detail);
}

absl::Status InvalidMoney(absl::string_view text, absl::string_view currency,
                          absl::string_view problem) {
  return Reasoned(absl::InvalidArgumentError(
                      absl::StrCat("amount ", Quoted(text), " in ", currency, " ", problem)),
                  "INVALID_MONEY");
}

absl::Status MoneyOverflow(absl::string_view what) {
  return Reasoned(absl::OutOfRangeError(absl::StrCat(
                      what, " is outside the range of 64-bit minor units, about +-9.2e18")),
                  "MONEY_OVERFLOW");
}

absl::Status MixedCurrency(const Money& a, const Money& b) {
  return Reasoned(absl::InvalidArgumentError(
                      absl::StrCat("amounts in ", Quoted(a.currency), " and ", Quoted(b.currency),
                                   " cannot be added: convert one of them first")),
                  "MIXED_CURRENCY");
}

template <size_t kSize>
bool Contains(const std::string_view (&currencies)[kSize], std::string_view currency) {
  return std::binary_search(std::begin(currencies), std::end(currencies), currency);
}

// Cuts a leading code or sign of `currency` and the blanks around it.
absl::string_view WithoutCurrency(absl::string_view text, absl::string_view currency) {
  if (absl::ConsumePrefix(&text, currency)) return absl::StripLeadingAsciiWhitespace(text);
  for (const CurrencySign& entry : kCurrencySigns) {
    if (entry.currency == currency && absl::ConsumePrefix(&text, entry.sign)) {
      return absl::StripLeadingAsciiWhitespace(text);
    }
  }
  return text;
}

// Removes thousands separators; false when they do not cut groups of three or when anything but
// digits is left.
bool UngroupDigits(absl::string_view text, std::string& digits) {
  const size_t first_comma = text.find(',');
  if (first_comma != absl::string_view::npos && (first_comma < 1 || first_comma > 3)) return false;
  const bool grouped = first_comma != absl::string_view::npos;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool comma_due = grouped && i >= first_comma && (i - first_comma) % 4 == 0;
    if (comma_due != (text[i] == ',')) return false;
    if (!comma_due && !absl::ascii_isdigit(text[i])) return false;
    if (!comma_due) digits.push_back(text[i]);
  }
  return !digits.empty() && (!grouped || (text.size() - first_comma) % 4 == 0);
}

}  // namespace

absl::StatusOr<int> MinorUnitDigits(std::string_view currency) {
  if (Contains(kTwoDigitCurrencies, currency)) return 2;
  if (Contains(kZeroDigitCurrencies, currency)) return 0;
  if (Contains(kThreeDigitCurrencies, currency)) return 3;
  if (Contains(kFourDigitCurrencies, currency)) return 4;
  return Reasoned(absl::InvalidArgumentError(absl::StrCat(
                      "currency ", Quoted(AbslView(currency)),
                      " is not an ISO 4217 code; expected three upper-case letters such as USD")),
                  "UNKNOWN_CURRENCY");
}

absl::StatusOr<int64_t> AddMinorUnits(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return MoneyOverflow(absl::StrCat(a, " + ", b));
  return sum;
}

absl::StatusOr<Money> Add(const Money& a, const Money& b) {
  if (a.currency != b.currency) return MixedCurrency(a, b);
  Money sum{0, a.currency};
  if (__builtin_add_overflow(a.minor_units, b.minor_units, &sum.minor_units)) {
    return MoneyOverflow(absl::StrCat(FormatMoney(a), " + ", FormatMoney(b)));
  }
  return sum;
}

absl::StatusOr<Money> Subtract(const Money& a, const Money& b) {
  if (a.currency != b.currency) return MixedCurrency(a, b);
  Money difference{0, a.currency};
  if (__builtin_sub_overflow(a.minor_units, b.minor_units, &difference.minor_units)) {
    return MoneyOverflow(absl::StrCat(FormatMoney(a), " - ", FormatMoney(b)));
  }
  return difference;
}

absl::StatusOr<Money> ParseMoney(std::string_view amount, std::string_view currency_code) {
  const absl::StatusOr<int> digit_count = MinorUnitDigits(currency_code);
  if (!digit_count.ok()) return digit_count.status();
  const absl::string_view text = AbslView(amount);
  const absl::string_view currency = AbslView(currency_code);

  // The minus may stand before or after the currency: "-$5", "$-5", "USD -5".
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  bool negative = absl::ConsumePrefix(&rest, "-");
  rest = WithoutCurrency(rest, currency);
  if (!negative) negative = absl::ConsumePrefix(&rest, "-");

  const size_t point = rest.find('.');
  const absl::string_view fraction =
      point == absl::string_view::npos ? absl::string_view() : rest.substr(point + 1);
  std::string digits;
  if (!UngroupDigits(rest.substr(0, point), digits) ||
      (point != absl::string_view::npos && fraction.empty())) {
    return InvalidMoney(text, currency, "is not an amount; expected a form like 1,234.50");
  }
  for (size_t i = 0; i < fraction.size(); ++i) {
    if (!absl::ascii_isdigit(fraction[i])) {
      return InvalidMoney(text, currency, "is not an amount; expected a form like 1,234.50");
    }
    if (i < static_cast<size_t>(*digit_count)) {
      digits.push_back(fraction[i]);
    } else if (fraction[i] != '0') {
      return InvalidMoney(
          text, currency,
          absl::StrCat("has more decimals than the ", *digit_count, " of the currency"));
    }
  }
  for (size_t i = fraction.size(); i < static_cast<size_t>(*digit_count); ++i) {
    digits.push_back('0');
  }

  // Towards the sign from the start, because the negative range is one wider.
  Money money{0, std::string(currency_code)};
  for (const char digit : digits) {
    const int64_t value = negative ? -int64_t{digit - '0'} : int64_t{digit - '0'};
    if (__builtin_mul_overflow(money.minor_units, int64_t{10}, &money.minor_units) ||
        __builtin_add_overflow(money.minor_units, value, &money.minor_units)) {
      return MoneyOverflow(absl::StrCat("amount ", Quoted(text), " in ", currency));
    }
  }
  return money;
}

std::string FormatMoney(const Money& money) {
  const absl::StatusOr<int> digit_count = MinorUnitDigits(money.currency);
  if (!digit_count.ok()) {
    // Only messages about refused amounts come here; a decimal point would be a guess.
    return absl::StrCat(money.minor_units, " minor units of ", Quoted(money.currency));
  }
  // Through the unsigned magnitude: the smallest int64 has no positive counterpart.
  const bool negative = money.minor_units < 0;
  const uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(money.minor_units)
                                      : static_cast<uint64_t>(money.minor_units);
  std::string digits = absl::StrCat(magnitude);
  const size_t fraction_size = static_cast<size_t>(*digit_count);
  if (digits.size() <= fraction_size) {
    digits = std::string(fraction_size + 1 - digits.size(), '0') + digits;
  }
  const absl::string_view all = digits;
  const absl::string_view whole = all.substr(0, all.size() - fraction_size);
  return absl::StrCat(negative ? "-" : "", whole, fraction_size > 0 ? "." : "",
                      all.substr(whole.size()), " ", money.currency);
}

}  // namespace quotacast
