// Reads typed values out of one mapped row and checks what it refers to. Whatever is wrong goes to
// the report, with the column's name and a message one can act on.
#ifndef QUOTACAST_SERVICES_INGESTION_ROW_VALUES_H_
#define QUOTACAST_SERVICES_INGESTION_ROW_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/money.h"
#include "base/string_views.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"
#include "services/ingestion/nearest_name.h"
#include "services/ingestion/reference_data.h"

namespace quotacast::ingestion {

// No deal, price or quota is larger: beyond it a file has its columns mixed up.
inline constexpr int64_t kMaxAmountMajorUnits = 1'000'000'000'000;
// An amount above this many list prices of its product is kept with a warning.
inline constexpr int64_t kMaxListPriceMultiple = 1'000;
// With more names than this no nearest one is looked for: it would take longer than the import.
inline constexpr size_t kMaxSuggestionNames = 2'000;

// What every row of an import is held against.
struct RowRules {
  // The workspace's: that of the first amount in its log, else the profile's, else that of the
  // first amount in an accepted row. Empty until one of them is known.
  std::string currency;
  absl::CivilDay today;  // UTC.
};

// One row at a time; not thread-safe. All arguments outlive it.
class RowValues {
 public:
  RowValues(const ImportProfile& profile, RowRules& rules, const MappedRow& row,
            ImportReport& report)
      : profile_(profile), rules_(rules), row_(row), report_(report) {}

  std::string_view Get(std::string_view field) const { return row_.Get(field); }

  // The date; nullopt when blank, and when it is none (INVALID_DATE).
  std::optional<absl::CivilDay> Date(std::string_view field);

  // The instant; nullopt when blank, and when it is none (INVALID_DATE).
  std::optional<absl::Time> Instant(std::string_view field);

  // The amount in the row's or the profile's currency; nullopt when blank, and when it is no
  // acceptable amount (INVALID_AMOUNT, NEGATIVE_AMOUNT unless it `may_be_negative`, ABSURD_AMOUNT,
  // UNKNOWN_CURRENCY, MIXED_CURRENCY).
  std::optional<Money> Amount(std::string_view field, bool may_be_negative = false);

  // Reports `reason` unless the field is blank or its value is one of `known`. Returns whether
  // nothing was reported. `kind` is the noun for the message.
  bool CheckKnown(std::string_view field, const IdSet& known, std::string_view kind,
                  std::string_view reason, v1::RowProblemSeverity severity) {
    const std::string_view value = Get(field);
    if (value.empty() || known.find(value) != known.end()) return true;
    std::string nearest;
    if (known.size() <= kMaxSuggestionNames) {
      nearest = NearestName(value, {known.begin(), known.end()});
    }
    ReportUnknown(field, kind, reason, severity, nearest);
    return false;
  }

  void ReportUnknown(std::string_view field, std::string_view kind, std::string_view reason,
                     v1::RowProblemSeverity severity, const std::string& nearest);

  // Warns when `amount` is beyond kMaxListPriceMultiple list prices of the row's product.
  void CheckAgainstListPrice(std::string_view field, const Money& amount,
                             const ReferenceData& reference);

  // Warns (FUTURE_DATE) when something is said to have happened on a day after today.
  void CheckHappened(std::string_view field, const std::optional<absl::CivilDay>& day);

  // Called when the row is taken: the first amount of a workspace decides its currency.
  void Accept() {
    if (rules_.currency.empty()) rules_.currency = currency_;
  }

  void Error(std::string_view field, std::string_view reason, std::string message);
  void Warning(std::string_view field, std::string_view reason, std::string message);

  // True once the row has an error and is left out.
  bool failed() const { return failed_; }

  const ImportProfile& profile() const { return profile_; }
  const MappedRow& row() const { return row_; }
  absl::CivilDay today() const { return rules_.today; }

 private:
  RowFault Fault(std::string_view field, std::string_view reason, std::string message) const;

  const ImportProfile& profile_;
  RowRules& rules_;
  const MappedRow& row_;
  ImportReport& report_;
  std::string currency_;  // Of the row's last acceptable amount.
  bool failed_ = false;
};

// Tells repeated ids apart: the first row of an id counts. Memory: ids and values of all rows
// remembered.
class DuplicateRows {
 public:
  // True when no row was remembered under `key`. Else reports DUPLICATE_ID (an error: the values
  // differ) or, unless `repeated` says that this is usual, DUPLICATE_ROW (a warning: they do not).
  bool IsNew(const std::string& key, const MappedRow& row, std::string_view id_field, bool repeated,
             ImportReport& report) const;

  // Called for rows that are taken.
  void Remember(const std::string& key, const MappedRow& row);

 private:
  struct First {
    std::string fingerprint;
    RowPlace place;
  };
  std::unordered_map<std::string, First> first_rows_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_ROW_VALUES_H_
