// How amounts, probabilities and dates are written. A simulated figure never shows more digits
// than its Monte Carlo error supports.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_NUMBERS_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_NUMBERS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/type/v1/distribution.pb.h"

namespace quotacast::cli {

// "1,234,567".
std::string FormatCount(int64_t count);

// "1 row", "2 rows": English plural in s.
std::string CountOf(int64_t count, std::string_view singular);

// Exact money, rounded to whole major units: "1,234,568", and with its currency "USD 1,234,568".
std::string FormatAmount(const google::type::Money& money);
std::string FormatMoney(const google::type::Money& money);

// An exact amount in major units with two decimals: "1,234.50".
std::string FormatAmountWithCents(double major_units);

// The value of `money` in major units.
double MajorUnits(const google::type::Money& money);

// Simulated money in major units, rounded to the power of ten of `monte_carlo_error` (at least
// to whole units): 2,345,678 with error 4,800 is "2,346,000". The signed form writes "+" too.
std::string FormatAmount(double major_units, double monte_carlo_error);
std::string FormatSignedAmount(double major_units, double monte_carlo_error);
// "USD 2,346,000"; "+USD 12,000" in the signed form.
std::string FormatMoney(double major_units, double monte_carlo_error, std::string_view currency);
std::string FormatSignedMoney(double major_units, double monte_carlo_error,
                              std::string_view currency);

// For axes, three significant digits at the most: "1.25M", "850k", "0".
std::string FormatCompact(double value);

// A simulated probability in whole percents: people decide on no more. Neither 0 nor 100 % is
// ever claimed: "<1 %", ">99 %".
std::string FormatProbability(const type::v1::Estimate& estimate);

// The total error of a probability in points, "0.9" or "12"; "<0.1" below that.
std::string FormatPointsError(const type::v1::Estimate& estimate);

// A change of a probability in points, signed: "+15.2", "-0.4", "0"; whole points when the Monte
// Carlo error is a point or more.
std::string FormatPointsChange(const type::v1::Estimate& estimate);

// An exact ratio: 0.6437 is "64.4 %".
std::string FormatPercent(double ratio, int decimals = 1);

// "30 Sep 2017"; without the year "30 Sep". An unset or partial date is "-".
std::string FormatDate(absl::CivilDay day);
std::string FormatDayAndMonth(absl::CivilDay day);
std::string FormatDate(const google::type::Date& date);
absl::CivilDay ToCivilDay(const google::type::Date& date);
bool IsFullDate(const google::type::Date& date);

// "2026-11-22 19:30 UTC".
std::string FormatInstant(const google::protobuf::Timestamp& instant);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_NUMBERS_H_
