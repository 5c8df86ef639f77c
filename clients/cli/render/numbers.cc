#include "clients/cli/render/numbers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/string_views.h"

namespace quotacast::cli {
namespace {

constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Beyond it a double no longer counts single units, and the digits would be noise.
constexpr double kMaxExactDouble = 9.0e15;

std::string GroupDigits(const std::string& digits) {
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

// The digits of |value| rounded to the power of ten of `error`.
std::string RoundedDigits(double value, double error) {
  double step = 1;
  if (error > 0 && std::isfinite(error)) {
    step = std::max(1.0, std::pow(10.0, std::floor(std::log10(error))));
  }
  const double rounded = std::round(std::fabs(value) / step) * step;
  if (!(rounded < kMaxExactDouble)) return absl::StrFormat("%.3g", std::fabs(value));
  return GroupDigits(absl::StrCat(static_cast<int64_t>(rounded)));
}

// "-" for a negative value that does not round to zero.
std::string Sign(double value, const std::string& digits, bool show_plus) {
  if (digits == "0") return "";
  return value < 0 ? "-" : show_plus ? "+" : "";
}

}  // namespace

std::string FormatCount(int64_t count) {
  const std::string digits = absl::StrCat(count);
  if (count < 0) return absl::StrCat("-", GroupDigits(digits.substr(1)));
  return GroupDigits(digits);
}

std::string CountOf(int64_t count, std::string_view singular) {
  return absl::StrCat(FormatCount(count), " ", AbslView(singular), count == 1 ? "" : "s");
}

std::string FormatAmount(const google::type::Money& money) {
  int64_t units = money.units();
  if (money.nanos() >= 500'000'000) ++units;
  if (money.nanos() <= -500'000'000) --units;
  return FormatCount(units);
}

std::string FormatMoney(const google::type::Money& money) {
  return absl::StrCat(money.currency_code(), money.currency_code().empty() ? "" : " ",
                      FormatAmount(money));
}

std::string FormatAmountWithCents(double major_units) {
  const double size = std::fabs(major_units);
  if (!(size < kMaxExactDouble)) return absl::StrFormat("%.3g", major_units);
  const std::string digits = absl::StrFormat("%.2f", size);
  const size_t point = digits.size() - 3;
  return absl::StrCat(major_units < 0 && digits != "0.00" ? "-" : "",
                      GroupDigits(digits.substr(0, point)), digits.substr(point));
}

double MajorUnits(const google::type::Money& money) {
  return static_cast<double>(money.units()) + money.nanos() * 1e-9;
}

std::string FormatAmount(double major_units, double monte_carlo_error) {
  const std::string digits = RoundedDigits(major_units, monte_carlo_error);
  return Sign(major_units, digits, false) + digits;
}

std::string FormatSignedAmount(double major_units, double monte_carlo_error) {
  const std::string digits = RoundedDigits(major_units, monte_carlo_error);
  return Sign(major_units, digits, true) + digits;
}

std::string FormatMoney(double major_units, double monte_carlo_error, std::string_view currency) {
  const std::string digits = RoundedDigits(major_units, monte_carlo_error);
  return absl::StrCat(Sign(major_units, digits, false), AbslView(currency), " ", digits);
}

std::string FormatSignedMoney(double major_units, double monte_carlo_error,
                              std::string_view currency) {
  const std::string digits = RoundedDigits(major_units, monte_carlo_error);
  return absl::StrCat(Sign(major_units, digits, true), AbslView(currency), " ", digits);
}

std::string FormatCompact(double value) {
  const double size = std::fabs(value);
  struct Unit {
    double size;
    const char* suffix;
  };
  for (const Unit& unit : {Unit{1e12, "T"}, Unit{1e9, "B"}, Unit{1e6, "M"}, Unit{1e3, "k"}}) {
    // 999,600 rounds to "1M", not to "1e+03k".
    if (size >= unit.size * 0.9995) {
      return absl::StrFormat("%.3g", value / unit.size) + unit.suffix;
    }
  }
  return absl::StrFormat("%.3g", value == 0 ? 0.0 : value);
}

std::string FormatProbability(const type::v1::Estimate& estimate) {
  const double rounded = std::round(100 * estimate.value());
  if (rounded <= 0) return "<1 %";
  if (rounded >= 100) return ">99 %";
  return absl::StrFormat("%.0f %%", rounded);
}

std::string FormatPointsError(const type::v1::Estimate& estimate) {
  const double points = 100 * estimate.total_error();
  if (points < 0.05) return "<0.1";
  return absl::StrFormat("%.*f", points < 9.95 ? 1 : 0, points);
}

std::string FormatPointsChange(const type::v1::Estimate& estimate) {
  const int decimals = 100 * estimate.monte_carlo_error() < 1 ? 1 : 0;
  const std::string text = absl::StrFormat("%+.*f", decimals, 100 * estimate.value());
  return text.find_first_of("123456789") == std::string::npos ? "0" : text;
}

std::string FormatPercent(double ratio, int decimals) {
  return absl::StrFormat("%.*f %%", decimals, 100 * ratio);
}

std::string FormatDate(absl::CivilDay day) {
  return absl::StrCat(FormatDayAndMonth(day), " ", day.year());
}

std::string FormatDayAndMonth(absl::CivilDay day) {
  return absl::StrCat(day.day(), " ", kMonths[day.month() - 1]);
}

std::string FormatDate(const google::type::Date& date) {
  return IsFullDate(date) ? FormatDate(ToCivilDay(date)) : "-";
}

absl::CivilDay ToCivilDay(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

bool IsFullDate(const google::type::Date& date) {
  return date.year() != 0 && date.month() >= 1 && date.month() <= 12 && date.day() >= 1 &&
         date.day() <= 31;
}

std::string FormatInstant(const google::protobuf::Timestamp& instant) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixSeconds(instant.seconds()),
                          absl::UTCTimeZone());
}

}  // namespace quotacast::cli
