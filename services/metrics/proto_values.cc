#include "services/metrics/proto_values.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "base/money.h"

namespace quotacast::metrics {
namespace {

constexpr int64_t kNanosPerUnit = 1'000'000'000;

int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

std::optional<absl::CivilDay> ToCivilDay(const google::type::Date& date) {
  if (date.year() < kMinYear || date.year() > kMaxYear) return std::nullopt;
  const absl::CivilDay day(date.year(), date.month(), date.day());
  // CivilDay carries over impossible days; a date that changed was impossible.
  if (day.month() != date.month() || day.day() != date.day()) return std::nullopt;
  return day;
}

google::type::Date ToProtoDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

google::protobuf::Timestamp ToProtoTimestamp(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  int64_t seconds = micros / 1'000'000;
  int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    seconds -= 1;
    rest += 1'000'000;
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(rest * 1'000));
  return timestamp;
}

std::optional<Money> ToMoney(const google::type::Money& money) {
  const absl::StatusOr<int> digits = MinorUnitDigits(money.currency_code());
  if (!digits.ok()) return std::nullopt;
  const int64_t scale = PowerOfTen(*digits);
  const int64_t nanos_per_minor = kNanosPerUnit / scale;
  if (money.nanos() % nanos_per_minor != 0) return std::nullopt;
  int64_t minor = 0;
  if (__builtin_mul_overflow(money.units(), scale, &minor) ||
      __builtin_add_overflow(minor, money.nanos() / nanos_per_minor, &minor)) {
    return std::nullopt;
  }
  return Money{.minor_units = minor, .currency = money.currency_code()};
}

google::type::Money ToProtoMoney(int64_t minor_units, std::string_view currency) {
  const int64_t scale = PowerOfTen(MinorUnitDigits(currency).value());
  google::type::Money money;
  money.set_currency_code(std::string(currency));
  money.set_units(minor_units / scale);
  money.set_nanos(static_cast<int32_t>((minor_units % scale) * (kNanosPerUnit / scale)));
  return money;
}

double MinorPerMajor(std::string_view currency) {
  const absl::StatusOr<int> digits = MinorUnitDigits(currency);
  return digits.ok() ? static_cast<double>(PowerOfTen(*digits)) : 1;
}

double MajorUnits(int64_t minor_units, std::string_view currency) {
  return static_cast<double>(minor_units) / MinorPerMajor(currency);
}

quotacast::type::v1::FiscalPeriod ToProtoPeriod(const FiscalPeriod& period) {
  quotacast::type::v1::FiscalPeriod proto;
  proto.set_name(period.name);
  *proto.mutable_start_date() = ToProtoDate(period.start);
  *proto.mutable_end_date() = ToProtoDate(period.end);
  return proto;
}

}  // namespace quotacast::metrics
