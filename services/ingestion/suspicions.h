// Patterns across the rows of an import that look wrong though every row by itself is fine: a bulk
// clean-up on one day, a quota ten times too large, a manager's quota that repeats the reps', dates
// read in the wrong order. Each rule is a pure function of a small statistic.
#ifndef QUOTACAST_SERVICES_INGESTION_SUSPICIONS_H_
#define QUOTACAST_SERVICES_INGESTION_SUSPICIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/ingestion/import_report.h"

namespace quotacast::ingestion {

// Lines that a suspicion names.
inline constexpr size_t kMaxSuspicionLines = 10;

// Some of the lines concerned, and how many there are.
struct SuspectRows {
  int64_t row_count = 0;
  std::vector<int64_t> lines;  // The first kMaxSuspicionLines.
  void Add(int64_t line) {
    if (lines.size() < kMaxSuspicionLines) lines.push_back(line);
    ++row_count;
  }
};

// BULK_UPDATE: one day has kBulkRowsMin changes of one kind or more, at least kBulkShareMin of them
// all and kBulkMedianMultipleMin times the median day that has any, among kBulkDaysMin such days or
// more. Days on which many deals are closed together happen; a day like this is somebody tidying
// up, and the dates are those of the tidying.
inline constexpr int64_t kBulkRowsMin = 50;
inline constexpr double kBulkShareMin = 0.05;
inline constexpr double kBulkMedianMultipleMin = 10;
inline constexpr size_t kBulkDaysMin = 20;
// Changes of one kind: "rows with deal_stage Lost by close_date".
struct DayCounts {
  std::string file;
  std::string date_column;
  std::string kind;  // "deal_stage \"Lost\"".
  std::map<absl::CivilDay, SuspectRows> days;
};
std::vector<v1::Suspicion> JudgeBulkUpdate(const DayCounts& counts);

// One quota as a file says it.
struct QuotaRow {
  std::string file;
  int64_t line = 0;
  std::string column;   // Of the amount.
  std::string subject;  // "139397894".
  std::string period;
  int64_t minor_units = 0;
  std::string currency;
  // The row says that it is a roll-up: no surprise, but its amount may be wrong all the same.
  bool is_stated_roll_up = false;
};

// QUOTA_OUTLIER: a quota is at least kQuotaOwnMultipleMin times the median of the subject's other
// ones (kQuotaOwnPeriodsMin or more) and kQuotaPeerMultipleMin times the median of the others in
// the period, so that a rep who grows into a full quota is none. A subject with fewer quotas is
// held against the others of the period alone: kQuotaOwnMultipleMin times their median and more
// than all of them (kQuotaPeersMin or more) together, which no roll-up is.
inline constexpr double kQuotaOwnMultipleMin = 10;
inline constexpr double kQuotaPeerMultipleMin = 2;
inline constexpr size_t kQuotaOwnPeriodsMin = 3;
inline constexpr size_t kQuotaPeersMin = 5;
std::vector<v1::Suspicion> JudgeQuotaOutliers(const std::vector<QuotaRow>& quotas);

// ROLL_UP_QUOTA, two signs of a quota that counts what others' quotas count already. A sum: in half
// of the subject's periods (and two, or one with kRollUpSingleMembersMin members) its quota is the
// sum of all smaller ones, kRollUpMembersMin or more. A twin: two subjects have the same quota, at
// least kTwinMedianMultipleMin times the median of the others, in kTwinPeriodsMin periods or more
// and in kTwinShareMin of those they have in common, as a director and the one manager below.
// Quotas that are stated to be roll-ups are left out.
inline constexpr size_t kRollUpMembersMin = 3;
inline constexpr size_t kRollUpSingleMembersMin = 5;
inline constexpr double kTwinMedianMultipleMin = 3;
inline constexpr size_t kTwinPeriodsMin = 4;
inline constexpr double kTwinShareMin = 0.3;
std::vector<v1::Suspicion> JudgeRollUpQuotas(const std::vector<QuotaRow>& quotas);

// CLOSED_BEFORE_CREATED: rows whose later date is before the earlier one. One row is enough.
struct OrderedDates {
  std::string file;
  std::string earlier_column;
  std::string later_column;
  int64_t row_count = 0;  // With both dates.
  SuspectRows reversed;
};
std::optional<v1::Suspicion> JudgeReversedDates(const OrderedDates& dates);

// What the dates of one column look like before anything is made of them.
struct DateForms {
  std::string file;
  std::string column;
  int64_t row_count = 0;  // Dates of three numbers.
  // Of the dates that begin with a day or a month.
  SuspectRows first_above_twelve;
  SuspectRows second_above_twelve;
  std::set<int> first_values;
  std::set<int> second_values;
  // Of the dates that begin with a year: days of the month.
  int64_t year_first_row_count = 0;
  std::set<int> year_first_days;

  void Add(std::string_view text, int64_t line);
};
// MONTH_FIRST_DATES, also for the reverse. Impossible: of dates declared month-first kDateRowsMin
// and kDateShareMin of all have a first number above 12 and none a second one (or the reverse), so
// that the others were read with day and month exchanged and no error. Mixed: kDateRowsMin dates
// and more can only be the one, and as many only the other. Blind: kDateBlindRowsMin dates on
// kDateBlindValuesMin different days or more, and no day above the twelfth: a program exchanged
// day and month and dropped what did not fit; by chance that has a probability below 1e-30.
inline constexpr int64_t kDateRowsMin = 3;
inline constexpr double kDateShareMin = 0.01;
inline constexpr int64_t kDateBlindRowsMin = 100;
inline constexpr size_t kDateBlindValuesMin = 8;
std::optional<v1::Suspicion> JudgeDateForms(const DateForms& forms, DateOrder declared);

// EMPTY_LINES: kEmptyLinesMin rows or more without any value.
inline constexpr int64_t kEmptyLinesMin = 100;
std::optional<v1::Suspicion> JudgeEmptyLines(const ImportReport::EmptyRows& rows);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SUSPICIONS_H_
