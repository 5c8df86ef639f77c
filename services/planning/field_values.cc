#include "services/planning/field_values.h"

#include <cmath>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/civil_date.h"
#include "base/money.h"
#include "base/string_views.h"

namespace quotacast::planning {
namespace {

constexpr int32_t kNanosPerUnit = 1'000'000'000;

// "1,250,000"; not for negative numbers.
std::string WithThousands(int64_t number) {
  const std::string digits = absl::StrCat(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

}  // namespace

void FieldErrors::Add(std::string_view field, std::string_view description) {
  if (violations_.size() >= kMaxReportedViolations) return;
  violations_.push_back({std::string(field), std::string(description)});
}

absl::Status FieldErrors::Result() const {
  if (violations_.empty()) return absl::OkStatus();
  return InvalidFields(violations_);
}

std::string Path(std::string_view path, std::string_view field) {
  if (path.empty()) return std::string(field);
  return absl::StrCat(AbslView(path), ".", AbslView(field));
}

std::string Item(std::string_view path, int index) {
  return absl::StrCat(AbslView(path), "[", index, "]");
}

void CheckText(std::string_view text, std::string_view path, FieldErrors& errors) {
  if (text.size() <= kMaxTextBytes) return;
  errors.Add(path, absl::StrCat("has ", text.size(), " bytes; want at most ", kMaxTextBytes));
}

void CheckRequiredText(std::string_view text, std::string_view path, std::string_view want,
                       FieldErrors& errors) {
  if (absl::StripAsciiWhitespace(AbslView(text)).empty()) {
    errors.Add(path, absl::StrCat("is empty; want ", AbslView(want)));
    return;
  }
  CheckText(text, path, errors);
}

void CheckRange(double value, double low, double high, std::string_view path, FieldErrors& errors) {
  // Written so that NaN, which fails every comparison, is refused.
  if (value >= low && value <= high) return;
  errors.Add(path, absl::StrCat("is ", value, "; want a number from ", low, " to ", high));
}

std::optional<absl::CivilDay> DayFrom(bool present, const google::type::Date& date,
                                      std::string_view path, FieldErrors& errors) {
  if (!present) {
    errors.Add(path, "is missing; want a day");
    return std::nullopt;
  }
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (day.year() == date.year() && day.month() == date.month() && day.day() == date.day() &&
      date.year() >= kMinYear && date.year() <= kMaxYear) {
    return day;
  }
  errors.Add(path,
             absl::StrCat("there is no day ", date.year(), "-", date.month(), "-", date.day(),
                          "; days lie between ", kMinYear, "-01-01 and ", kMaxYear, "-12-31"));
  return std::nullopt;
}

google::type::Date DateFrom(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::CivilDay CheckedDay(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void CheckAmount(const google::type::Money& money, std::string_view path, FieldErrors& errors) {
  const absl::StatusOr<int> digits = MinorUnitDigits(money.currency_code());
  if (!digits.ok()) {
    errors.Add(Path(path, "currency_code"),
               absl::StrCat("is `", money.currency_code(), "`; want a code such as USD"));
    return;
  }
  const std::string written = absl::StrCat(money.units(), " units and ", money.nanos(), " nanos");
  int64_t per_major = 1;
  for (int i = 0; i < *digits; ++i) per_major *= 10;
  if (money.units() < 0 || money.nanos() < 0 || money.nanos() >= kNanosPerUnit ||
      (money.units() == 0 && money.nanos() == 0)) {
    errors.Add(path, absl::StrCat("is ", written, "; want an amount above 0"));
  } else if (money.nanos() % (kNanosPerUnit / per_major) != 0) {
    errors.Add(path, absl::StrCat("is ", written, "; ", money.currency_code(), " has ", *digits,
                                  " decimal digits"));
  } else if (money.units() >= kMaxAmountMinorUnits / per_major) {
    errors.Add(path, absl::StrCat("is ", written, "; want less than ",
                                  kMaxAmountMinorUnits / per_major, " ", money.currency_code()));
  }
}

std::string AmountText(const google::type::Money& money) {
  std::string text = absl::StrCat(money.currency_code(), " ", WithThousands(money.units()));
  if (money.nanos() == 0) return text;
  std::string fraction = absl::StrFormat("%09d", money.nanos());
  while (fraction.size() > 2 && fraction.back() == '0') fraction.pop_back();
  return absl::StrCat(text, ".", fraction);
}

std::string PercentText(double probability) {
  if (probability < 0.01) return "under 1 %";
  if (probability > 0.99) return "over 99 %";
  return absl::StrCat(std::lround(100 * probability), " %");
}

}  // namespace quotacast::planning
