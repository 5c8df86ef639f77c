// The forms in which files write dates, instants, amounts and other values. Which of them a source
// uses is declared by its profile, never guessed.
#ifndef QUOTACAST_SERVICES_INGESTION_VALUE_FORMS_H_
#define QUOTACAST_SERVICES_INGESTION_VALUE_FORMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/money.h"

namespace quotacast::ingestion {

// How one source writes values.
struct ValueForms {
  DateOrder date_order = DateOrder::kIso;
  // Years first, but with '/' or '.', or without leading zeros: "2017/12/1". With kIso only.
  bool loose_year_first = false;
  absl::TimeZone time_zone = absl::UTCTimeZone();  // Of instants that do not say theirs.
  char decimal_mark = '.';                         // The other one of '.' and ',' groups digits.
  int64_t amount_scale = 1;                        // Amounts are in so many units: thousands.
  bool inclusive_end_dates = false;  // An end date is the last day, not the first day after.
  bool round_amounts = false;  // More decimals than the currency has are rounded, half away from 0.
};

// A day: under `forms.date_order`, or with the month's English name, which leaves no doubt
// ("07-Apr-2015", "May 31 2011", "Friday, December 1, 2017"). A time of day behind it is read and
// dropped. INVALID_ARGUMENT (INVALID_DATE) naming the text.
absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text, const ValueForms& forms);

// An instant: a day as above and a time "13:50", "13:50:07.123", "1:50PM", behind a blank, a comma
// or a 'T'; then, perhaps, "Z" or an offset "+02:00". Without a time the day's start, without an
// offset in `forms.time_zone`. A time that a clock change skips is the moment of the change.
// INVALID_ARGUMENT (INVALID_DATE) naming the text.
absl::StatusOr<absl::Time> ParseInstant(std::string_view text, const ValueForms& forms);

// "2011-10-01T00:38:44.546Z": UTC, as many decimals as are needed.
std::string FormatInstant(absl::Time time);

// An amount in `currency`; errors as ParseMoney of base/money.h.
absl::StatusOr<Money> ParseAmount(std::string_view text, std::string_view currency,
                                  const ValueForms& forms);

// A whole number, perhaps with grouped digits; nullopt when it is none.
std::optional<int64_t> ParseInteger(std::string_view text, const ValueForms& forms);

// 62.5 of "62.5" and "62.5%", in 1/10,000 of the whole: 6,250. At most two decimals; nullopt for
// anything else.
std::optional<int64_t> ParsePercent(std::string_view text, const ValueForms& forms);

// true, yes, y, t, 1 and their opposites, letter case does not matter; nullopt for anything else.
std::optional<bool> ParseBoolean(std::string_view text);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_VALUE_FORMS_H_
