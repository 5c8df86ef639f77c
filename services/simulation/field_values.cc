#include "services/simulation/field_values.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/edit_distance.h"
#include "base/string_views.h"

namespace quotacast::simulation {
namespace {

constexpr size_t kMaxNamesListed = 5;
// Longer names are compared by their beginning; it bounds the work a hostile request can cause.
constexpr size_t kMaxComparedBytes = 64;
constexpr int32_t kNanosPerUnit = 1'000'000'000;

std::string Folded(std::string_view text) {
  std::string folded(text.substr(0, kMaxComparedBytes));
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return folded;
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

std::optional<absl::CivilDay> DayFrom(const google::type::Date& date, std::string_view path,
                                      FieldErrors& errors) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  const bool real = day.year() == date.year() && day.month() == date.month() &&
                    day.day() == date.day() && date.year() >= kMinYear && date.year() <= kMaxYear;
  if (real) return day;
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

int64_t CurrencyUnit::minor_per_major() const {
  int64_t minor = 1;
  for (int i = 0; i < digits; ++i) minor *= 10;
  return minor;
}

std::optional<int64_t> MinorUnitsFrom(const google::type::Money& money,
                                      const CurrencyUnit& currency, std::string_view path,
                                      FieldErrors& errors) {
  if (money.currency_code() != currency.code) {
    errors.Add(absl::StrCat(AbslView(path), ".currency_code"),
               absl::StrCat("is `", money.currency_code(), "`; the data is in ", currency.code,
                            " and amounts are not converted"));
    return std::nullopt;
  }
  const std::string written = absl::StrCat(money.units(), " units and ", money.nanos(), " nanos");
  if (money.units() < 0 || money.nanos() < 0 || money.nanos() >= kNanosPerUnit) {
    errors.Add(path, absl::StrCat("is ", written,
                                  "; want an amount of at least 0 with nanos below 1000000000"));
    return std::nullopt;
  }
  const int64_t per_major = currency.minor_per_major();
  const int64_t nanos_per_minor = kNanosPerUnit / per_major;
  if (money.nanos() % nanos_per_minor != 0) {
    errors.Add(path, absl::StrCat("is ", written, "; ", currency.code, " has ", currency.digits,
                                  " decimal digits"));
    return std::nullopt;
  }
  if (money.units() > kMaxAmountMinorUnits / per_major - 1) {
    errors.Add(path, absl::StrCat("is ", written, "; want less than ",
                                  kMaxAmountMinorUnits / per_major, " ", currency.code));
    return std::nullopt;
  }
  return money.units() * per_major + money.nanos() / nanos_per_minor;
}

std::optional<int64_t> SignedMinorUnitsFrom(const google::type::Money& money,
                                            const CurrencyUnit& currency) {
  if (money.currency_code() != currency.code) return std::nullopt;
  const int64_t per_major = currency.minor_per_major();
  const int64_t nanos_per_minor = kNanosPerUnit / per_major;
  int64_t minor = 0;
  if (money.nanos() % nanos_per_minor != 0 ||
      __builtin_mul_overflow(money.units(), per_major, &minor) ||
      __builtin_add_overflow(minor, money.nanos() / nanos_per_minor, &minor)) {
    return std::nullopt;
  }
  return minor;
}

google::type::Money MoneyFrom(int64_t minor_units, const CurrencyUnit& currency) {
  const int64_t per_major = currency.minor_per_major();
  google::type::Money money;
  money.set_currency_code(currency.code);
  money.set_units(minor_units / per_major);
  money.set_nanos(static_cast<int32_t>(minor_units % per_major * (kNanosPerUnit / per_major)));
  return money;
}

bool CheckRange(double value, double low, double high, std::string_view path, FieldErrors& errors) {
  // Written so that NaN, which fails every comparison, is refused.
  if (value >= low && value <= high) return true;
  errors.Add(path, absl::StrCat("is ", value, "; want a number from ", low, " to ", high));
  return false;
}

std::string UnknownName(std::string_view noun, std::string_view plural, std::string_view written,
                        const std::vector<std::string>& known) {
  std::string text = absl::StrCat("unknown ", AbslView(noun), " `", AbslView(written), "`; ");
  if (known.empty()) return absl::StrCat(text, "there are no ", AbslView(plural));
  const std::string wanted = Folded(written);
  std::vector<std::pair<size_t, std::string>> ranked;
  ranked.reserve(known.size());
  for (const std::string& name : known) {
    ranked.emplace_back(EditDistance(wanted, Folded(name)), name);
  }
  std::sort(ranked.begin(), ranked.end());
  absl::StrAppend(&text, AbslView(plural), " are ");
  const size_t listed = std::min(ranked.size(), kMaxNamesListed);
  for (size_t i = 0; i < listed; ++i) {
    absl::StrAppend(&text, i == 0 ? "`" : ", `", ranked[i].second, "`");
  }
  if (listed < ranked.size()) absl::StrAppend(&text, " and ", ranked.size() - listed, " more");
  return text;
}

}  // namespace quotacast::simulation
