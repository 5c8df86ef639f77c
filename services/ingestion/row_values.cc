#include "services/ingestion/row_values.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/money.h"
#include "base/string_views.h"
#include "services/ingestion/value_forms.h"

namespace quotacast::ingestion {

std::optional<absl::CivilDay> RowValues::Date(std::string_view field) {
  const std::string_view text = Get(field);
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<absl::CivilDay> day = ParseDay(text, profile_.forms);
  if (day.ok()) return *day;
  Error(field, "INVALID_DATE",
        absl::StrCat(day.status().message(), "; profile ", profile_.name,
                     " declares how dates are written"));
  return std::nullopt;
}

std::optional<absl::Time> RowValues::Instant(std::string_view field) {
  const std::string_view text = Get(field);
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<absl::Time> time = ParseInstant(text, profile_.forms);
  if (time.ok()) return *time;
  Error(field, "INVALID_DATE",
        absl::StrCat(time.status().message(), "; profile ", profile_.name,
                     " declares how dates are written"));
  return std::nullopt;
}

std::optional<Money> RowValues::Amount(std::string_view field, bool may_be_negative) {
  const std::string_view text = Get(field);
  if (text.empty()) return std::nullopt;
  std::string currency(Get("currency"));
  if (currency.empty()) currency = profile_.currency;
  const absl::StatusOr<int> digits = MinorUnitDigits(currency);
  if (!digits.ok()) {
    Error("currency", "UNKNOWN_CURRENCY",
          currency.empty() ? "the row has an amount but no currency"
                           : std::string(StdView(digits.status().message())));
    return std::nullopt;
  }
  if (!rules_.currency.empty() && currency != rules_.currency) {
    Error(Get("currency").empty() ? field : "currency", "MIXED_CURRENCY",
          absl::StrCat("the amount is in ", currency, ", but the workspace is in ", rules_.currency,
                       "; nothing is converted, and KPIs cannot add the two: "
                       "state the amount in ",
                       rules_.currency,
                       ", or import it into a workspace "
                       "of its own"));
    return std::nullopt;
  }
  ValueForms forms = profile_.forms;
  forms.amount_scale = row_.amount_scale();
  const absl::StatusOr<Money> amount = ParseAmount(text, currency, forms);
  int64_t limit = kMaxAmountMajorUnits;
  for (int i = 0; i < *digits; ++i) limit *= 10;
  if (!amount.ok() && !absl::IsOutOfRange(amount.status())) {
    Error(field, "INVALID_AMOUNT", std::string(StdView(amount.status().message())));
    return std::nullopt;
  }
  const bool negative = amount.ok() ? amount->minor_units < 0 : text.find('-') != text.npos;
  if (negative && !may_be_negative) {
    Error(field, "NEGATIVE_AMOUNT",
          "an amount cannot be negative; record a credit as its own "
          "reduced amount, or correct the sign");
    return std::nullopt;
  }
  if (!amount.ok() || amount->minor_units > limit || amount->minor_units < -limit) {
    Error(field, "ABSURD_AMOUNT",
          absl::StrCat("the amount is beyond ", kMaxAmountMajorUnits, " ", currency,
                       "; most likely the columns are mixed up"));
    return std::nullopt;
  }
  currency_ = currency;
  return *amount;
}

void RowValues::CheckHappened(std::string_view field, const std::optional<absl::CivilDay>& day) {
  if (!day.has_value() || *day <= rules_.today) return;
  Warning(field, "FUTURE_DATE",
          absl::StrCat(
              "the day lies after today, ", FormatIsoDate(rules_.today),
              " UTC; the row is kept, but counts in no view of an earlier day; correct the date "
              "if it is a slip"));
}

void RowValues::ReportUnknown(std::string_view field, std::string_view kind,
                              std::string_view reason, v1::RowProblemSeverity severity,
                              const std::string& nearest) {
  const std::string_view value = Get(field);
  std::string message = absl::StrCat("no ", AbslView(kind), " \"", AbslView(value), "\" is known");
  if (!nearest.empty()) {
    absl::StrAppend(&message, "; did you mean \"", nearest, "\"? If so, correct the file or add \"",
                    AbslView(value), "\" = \"", nearest, "\" under [aliases.", AbslView(field),
                    "] of the profile");
  } else {
    absl::StrAppend(&message, "; add the ", AbslView(kind), " or correct the name");
  }
  if (severity == v1::ROW_PROBLEM_SEVERITY_ERROR) {
    Error(field, reason, std::move(message));
  } else {
    Warning(field, reason, std::move(message));
  }
}

void RowValues::CheckAgainstListPrice(std::string_view field, const Money& amount,
                                      const ReferenceData& reference) {
  const auto product = reference.products().find(Get("product_id"));
  if (product == reference.products().end() || !product->second.list_price.has_value()) return;
  const Money& price = *product->second.list_price;
  // Prices are at most kMaxAmountMajorUnits, but a log may hold anything: divide, do not multiply.
  if (price.currency != amount.currency || price.minor_units <= 0 ||
      amount.minor_units / price.minor_units < kMaxListPriceMultiple ||
      (amount.minor_units / price.minor_units == kMaxListPriceMultiple &&
       amount.minor_units % price.minor_units == 0)) {
    return;
  }
  Warning(field, "SUSPICIOUS_AMOUNT",
          absl::StrCat("the amount is more than ", kMaxListPriceMultiple,
                       " times the list price of ", FormatMoney(price), "; check the unit"));
}

RowFault RowValues::Fault(std::string_view field, std::string_view reason,
                          std::string message) const {
  if (field.empty()) return {"", "", reason, std::move(message)};
  return {row_.Column(field), row_.Get(field), reason, std::move(message)};
}

void RowValues::Error(std::string_view field, std::string_view reason, std::string message) {
  failed_ = true;
  report_.AddError(row_.place(), Fault(field, reason, std::move(message)));
}

void RowValues::Warning(std::string_view field, std::string_view reason, std::string message) {
  report_.AddWarning(row_.place(), Fault(field, reason, std::move(message)));
}

bool DuplicateRows::IsNew(const std::string& key, const MappedRow& row, std::string_view id_field,
                          bool repeated, ImportReport& report) const {
  const auto first = first_rows_.find(key);
  if (first == first_rows_.end()) return true;
  const std::string where =
      absl::StrCat("line ", first->second.place.line, " of ", first->second.place.file);
  if (first->second.fingerprint != row.Fingerprint()) {
    report.AddError(row.place(),
                    {row.Column(id_field), row.Get(id_field), "DUPLICATE_ID",
                     absl::StrCat(where,
                                  " has the same id with other values; that one was kept, "
                                  "delete the wrong one")});
  } else if (!repeated) {
    report.AddWarning(row.place(), {row.Column(id_field), row.Get(id_field), "DUPLICATE_ROW",
                                    absl::StrCat(where, " says the same; it counts once")});
  }
  return false;
}

void DuplicateRows::Remember(const std::string& key, const MappedRow& row) {
  first_rows_.emplace(key, First{row.Fingerprint(), row.place()});
}

}  // namespace quotacast::ingestion
