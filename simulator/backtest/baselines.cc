#include "simulator/backtest/baselines.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/backtest/scores.h"

namespace quotacast::simulator {
namespace {

absl::Status CheckAmount(std::string_view field, int64_t amount, int64_t least) {
  if (amount >= least && amount <= kMaxScoredMinorUnits) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(amount, " is not within ", least, " to ",
                                          kMaxScoredMinorUnits, " minor units"));
}

absl::Status CheckCount(std::string_view field, size_t count, int64_t most) {
  if (static_cast<int64_t>(count) <= most) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(count, " entries: at most ", most));
}

absl::Status CheckPipelineInput(const PipelineConversionInput& input) {
  QC_RETURN_IF_ERROR(
      CheckAmount("booked_minor_units", input.booked_minor_units, -kMaxScoredMinorUnits));
  QC_RETURN_IF_ERROR(CheckAmount("open_minor_units", input.open_minor_units, 0));
  QC_RETURN_IF_ERROR(CheckCount("past", input.past.size(), kMaxBaselinePeriods));
  for (size_t i = 0; i < input.past.size(); ++i) {
    const PastPipeline& past = input.past[i];
    const std::string path = absl::StrCat("past[", i, "].");
    QC_RETURN_IF_ERROR(CheckAmount(path + "open_minor_units", past.open_minor_units, 0));
    QC_RETURN_IF_ERROR(CheckAmount(path + "won_from_open_minor_units",
                                   past.won_from_open_minor_units, -kMaxScoredMinorUnits));
    QC_RETURN_IF_ERROR(CheckAmount(path + "won_from_new_minor_units", past.won_from_new_minor_units,
                                   -kMaxScoredMinorUnits));
  }
  return absl::OkStatus();
}

BaselineForecast Undefined(std::string_view reason) { return {{}, std::string(reason)}; }

// The amounts as samples; undefined when one is beyond what can be scored (a cent of pipeline that
// won a fortune).
BaselineForecast Defined(const std::vector<double>& amounts) {
  BaselineForecast forecast;
  for (const double amount : amounts) {
    if (std::abs(amount) > static_cast<double>(kMaxScoredMinorUnits)) {
      return Undefined(absl::StrCat("a forecast beyond ", kMaxScoredMinorUnits, " minor units"));
    }
    forecast.samples.push_back(std::llround(amount));
  }
  std::sort(forecast.samples.begin(), forecast.samples.end());
  return forecast;
}

constexpr std::string_view kNoPast = "no past period at this week";
constexpr std::string_view kNoPastPipeline =
    "pipeline is open now and none was open at this week of past periods";

}  // namespace

absl::StatusOr<BaselineForecast> WeightedPipelineBaseline(const WeightedPipelineInput& input) {
  QC_RETURN_IF_ERROR(
      CheckAmount("booked_minor_units", input.booked_minor_units, -kMaxScoredMinorUnits));
  QC_RETURN_IF_ERROR(CheckCount("open_deals", input.open_deals.size(), kMaxBaselineDeals));
  double sum = static_cast<double>(input.booked_minor_units);
  for (size_t i = 0; i < input.open_deals.size(); ++i) {
    const WeightedDeal& deal = input.open_deals[i];
    const std::string path = absl::StrCat("open_deals[", i, "].");
    QC_RETURN_IF_ERROR(CheckAmount(path + "amount_minor_units", deal.amount_minor_units, 0));
    // Written so that NaN fails.
    if (!(deal.win_probability >= 0 && deal.win_probability <= 1)) {
      return InvalidField(path + "win_probability",
                          absl::StrCat(deal.win_probability, " is not a probability: 0 to 1"));
    }
    sum += deal.win_probability * static_cast<double>(deal.amount_minor_units);
  }
  return Defined({sum});
}

absl::StatusOr<BaselineForecast> PipelineConversionBaseline(const PipelineConversionInput& input) {
  QC_RETURN_IF_ERROR(CheckPipelineInput(input));
  if (input.past.empty()) return Undefined(kNoPast);
  double open = 0, won_from_open = 0, won_from_new = 0;
  for (const PastPipeline& past : input.past) {
    open += static_cast<double>(past.open_minor_units);
    won_from_open += static_cast<double>(past.won_from_open_minor_units);
    won_from_new += static_cast<double>(past.won_from_new_minor_units);
  }
  double expected = static_cast<double>(input.booked_minor_units) +
                    won_from_new / static_cast<double>(input.past.size());
  if (input.open_minor_units > 0) {
    if (open == 0) return Undefined(kNoPastPipeline);
    expected += static_cast<double>(input.open_minor_units) * won_from_open / open;
  }
  return Defined({expected});
}

absl::StatusOr<BaselineForecast> PipelineConversionEnsemble(const PipelineConversionInput& input) {
  QC_RETURN_IF_ERROR(CheckPipelineInput(input));
  if (input.past.empty()) return Undefined(kNoPast);
  std::vector<double> amounts;
  for (const PastPipeline& past : input.past) {
    double amount = static_cast<double>(input.booked_minor_units) +
                    static_cast<double>(past.won_from_new_minor_units);
    if (input.open_minor_units > 0) {
      if (past.open_minor_units == 0) continue;
      amount += static_cast<double>(input.open_minor_units) *
                static_cast<double>(past.won_from_open_minor_units) /
                static_cast<double>(past.open_minor_units);
    }
    amounts.push_back(amount);
  }
  if (amounts.empty()) return Undefined(kNoPastPipeline);
  return Defined(amounts);
}

absl::StatusOr<SeasonalNaiveForecast> SeasonalNaiveBaseline(const SeasonalNaiveInput& input) {
  const std::vector<int64_t>& past = input.past_bookings_minor_units;
  constexpr int kMaxPeriodsPerYear = 53;  // Weeks of a long retail year.
  if (input.periods_per_year < 1 || input.periods_per_year > kMaxPeriodsPerYear) {
    return InvalidField(
        "periods_per_year",
        absl::StrCat(input.periods_per_year, " is not within 1 to ", kMaxPeriodsPerYear));
  }
  QC_RETURN_IF_ERROR(CheckCount("past_bookings_minor_units", past.size(), kMaxBaselinePeriods));
  for (size_t i = 0; i < past.size(); ++i) {
    QC_RETURN_IF_ERROR(CheckAmount(absl::StrCat("past_bookings_minor_units[", i, "]"), past[i],
                                   -kMaxScoredMinorUnits));
  }
  SeasonalNaiveForecast result;
  const size_t year = static_cast<size_t>(input.periods_per_year);
  if (past.size() < year) {
    result.forecast = Undefined(absl::StrCat(past.size(), " past periods, a year has ", year));
    return result;
  }
  double last_year = 0, year_before = 0;
  const size_t pairs = std::min(year, past.size() - year);
  for (size_t i = past.size() - pairs; i < past.size(); ++i) {
    last_year += static_cast<double>(past[i]);
    year_before += static_cast<double>(past[i - year]);
  }
  if (last_year > 0 && year_before > 0) result.growth = last_year / year_before;
  result.forecast =
      Defined({static_cast<double>(past[past.size() - year]) * result.growth.value_or(1)});
  return result;
}

}  // namespace quotacast::simulator
