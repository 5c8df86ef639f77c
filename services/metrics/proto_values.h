// Scalars of the schemas as values of base/, both ways: dates, instants and money.
//
// The feed was validated when it was imported; a value that is wrong all the same reads as absent
// here, so that one broken fact never takes the whole book down.
#ifndef QUOTACAST_SERVICES_METRICS_PROTO_VALUES_H_
#define QUOTACAST_SERVICES_METRICS_PROTO_VALUES_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/fiscal_calendar.h"
#include "base/money.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/type/v1/fiscal_period.pb.h"

namespace quotacast::metrics {

// The day, or nothing for an impossible date or a year outside base/civil_date.h.
std::optional<absl::CivilDay> ToCivilDay(const google::type::Date& date);
google::type::Date ToProtoDate(absl::CivilDay day);

absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
// Cut to the microsecond, the resolution of the event log.
google::protobuf::Timestamp ToProtoTimestamp(absl::Time time);

// Minor units, or nothing for an unknown currency, fractions of a minor unit or overflow.
std::optional<Money> ToMoney(const google::type::Money& money);
// `currency` must be one that MinorUnitDigits knows.
google::type::Money ToProtoMoney(int64_t minor_units, std::string_view currency);

// Major units as a double, for figures of KPI tables; minor units when the currency is unknown.
double MajorUnits(int64_t minor_units, std::string_view currency);
// What that divides by. Dividing by 100 keeps whole amounts whole, multiplying by 0.01 does not.
double MinorPerMajor(std::string_view currency);

quotacast::type::v1::FiscalPeriod ToProtoPeriod(const FiscalPeriod& period);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_PROTO_VALUES_H_
