#include "services/ingestion/suspicions.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/money.h"

namespace quotacast::ingestion {
namespace {

// Of an empty set 0.
double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  const size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string Percent(int64_t part, int64_t whole) {
  return absl::StrFormat("%.1f %%", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string Times(double ratio) { return absl::StrFormat("%.1f times", ratio); }

std::string Amount(double minor_units, const std::string& currency) {
  return FormatMoney({static_cast<int64_t>(minor_units), currency});
}

std::string Date(const absl::CivilDay& day) { return FormatIsoDate(day); }

v1::Suspicion Suspect(std::string_view reason, const std::string& file, const std::string& field,
                      const SuspectRows& rows, std::string message) {
  v1::Suspicion suspicion;
  suspicion.set_reason(std::string(reason));
  suspicion.set_file(file);
  suspicion.set_field(field);
  suspicion.set_message(std::move(message));
  suspicion.set_row_count(rows.row_count);
  for (const int64_t line : rows.lines) suspicion.add_rows(line);
  return suspicion;
}

// Quotas of one period and currency, by subject. A subject named twice counts with its last row.
using PeriodKey = std::pair<std::string, std::string>;  // Period, currency.
using Period = std::map<std::string, const QuotaRow*>;

std::map<PeriodKey, Period> ByPeriod(const std::vector<QuotaRow>& quotas) {
  std::map<PeriodKey, Period> periods;
  for (const QuotaRow& quota : quotas) {
    periods[{quota.period, quota.currency}][quota.subject] = &quota;
  }
  return periods;
}

std::vector<double> OthersOf(const Period& period, const std::vector<std::string>& left_out) {
  std::vector<double> others;
  for (const auto& [subject, quota] : period) {
    if (std::find(left_out.begin(), left_out.end(), subject) != left_out.end()) continue;
    others.push_back(static_cast<double>(quota->minor_units));
  }
  return others;
}

// Who says the same in period after period, and how large that is beside the others.
struct Twins {
  size_t common_periods = 0;
  std::vector<const QuotaRow*> same;  // Of the first of the two.
  std::vector<double> multiples;      // Of the others' median; parallel to `same`.
};

std::vector<v1::Suspicion> JudgeTwins(const std::map<PeriodKey, Period>& periods) {
  std::map<std::pair<std::string, std::string>, Twins> pairs;
  for (const auto& [key, period] : periods) {
    for (auto a = period.begin(); a != period.end(); ++a) {
      for (auto b = std::next(a); b != period.end(); ++b) {
        Twins& twins = pairs[{a->first, b->first}];
        ++twins.common_periods;
        if (a->second->minor_units != b->second->minor_units) continue;
        const std::vector<double> others = OthersOf(period, {a->first, b->first});
        const double median = Median(others);
        const auto quota = static_cast<double>(a->second->minor_units);
        if (others.size() < kRollUpMembersMin || median <= 0 ||
            quota < kTwinMedianMultipleMin * median) {
          continue;
        }
        twins.same.push_back(a->second);
        twins.multiples.push_back(quota / median);
      }
    }
  }
  std::vector<v1::Suspicion> found;
  for (const auto& [subjects, twins] : pairs) {
    if (twins.same.size() < kTwinPeriodsMin ||
        static_cast<double>(twins.same.size()) <
            kTwinShareMin * static_cast<double>(twins.common_periods)) {
      continue;
    }
    SuspectRows rows;
    for (const QuotaRow* quota : twins.same) rows.Add(quota->line);
    const QuotaRow& first = *twins.same.front();
    found.push_back(
        Suspect("ROLL_UP_QUOTA", first.file, first.column, rows,
                absl::StrCat(
                    "\"", subjects.first, "\" and \"", subjects.second,
                    "\" have the same quota in ", twins.same.size(), " of the ",
                    twins.common_periods, " periods they share, ", Times(Median(twins.multiples)),
                    " what the others have (median). Most likely both stand above the others and "
                    "repeat their targets, so a sum over all counts the same money more than once. "
                    "Import quotas of managers as those of their teams (team_id instead of "
                    "rep_id), or leave these rows out")));
  }
  return found;
}

struct Sums {
  size_t period_count = 0;
  size_t member_count_max = 0;
  SuspectRows rows;
  const QuotaRow* example = nullptr;
  size_t example_members = 0;
};

std::vector<v1::Suspicion> JudgeSums(const std::map<PeriodKey, Period>& periods) {
  std::map<std::string, Sums> subjects;
  for (const auto& [key, period] : periods) {
    std::vector<const QuotaRow*> ordered;
    for (const auto& entry : period) ordered.push_back(entry.second);
    std::stable_sort(ordered.begin(), ordered.end(), [](const QuotaRow* a, const QuotaRow* b) {
      return a->minor_units < b->minor_units;
    });
    // What the smaller ones come to that are no sums themselves, from the smallest upwards.
    double sum = 0;
    size_t member_count = 0;
    for (const QuotaRow* quota : ordered) {
      Sums& sums = subjects[quota->subject];
      ++sums.period_count;
      const auto amount = static_cast<double>(quota->minor_units);
      if (member_count >= kRollUpMembersMin && amount > 0 && amount == sum) {
        sums.rows.Add(quota->line);
        sums.member_count_max = std::max(sums.member_count_max, member_count);
        sums.example = quota;
        sums.example_members = member_count;
        continue;
      }
      sum += amount;
      ++member_count;
    }
  }
  std::vector<v1::Suspicion> found;
  for (const auto& [subject, sums] : subjects) {
    const auto hits = static_cast<size_t>(sums.rows.row_count);
    const size_t needed = sums.member_count_max >= kRollUpSingleMembersMin ? 1 : 2;
    if (hits < needed || 2 * hits < sums.period_count) continue;
    const QuotaRow& example = *sums.example;
    found.push_back(Suspect(
        "ROLL_UP_QUOTA", example.file, example.column, sums.rows,
        absl::StrCat("the quota of \"", subject, "\" is the sum of the ", sums.example_members,
                     " smaller ones in ", hits, " of ", sums.period_count, " periods (",
                     Amount(static_cast<double>(example.minor_units), example.currency), " in ",
                     example.period,
                     "), so a sum over all counts the same money twice. Import it as the quota of "
                     "the team (team_id instead of rep_id), or leave it out")));
  }
  return found;
}

// "above 12" evidence in one order against the other.
struct OrderEvidence {
  const SuspectRows* impossible;  // Under the declared order.
  const SuspectRows* possible;
  std::string_view declared_name;
  std::string_view other_name;
  std::string_view other_value;  // Of date_order.
  std::string_view place;        // Of the number that is no month.
};

std::string ImpossibleMessage(const DateForms& forms, const OrderEvidence& evidence) {
  const int64_t impossible = evidence.impossible->row_count;
  return absl::StrCat(
      "the profile reads these dates ", std::string(evidence.declared_name), ", but in ",
      impossible, " of ", forms.row_count, " (", Percent(impossible, forms.row_count), ") the ",
      std::string(evidence.place), " number is above 12 and so no month, and ",
      std::string(evidence.other_name), " all of them can be read. The other ",
      forms.row_count - impossible,
      " were taken with day and month exchanged, without an error. Set date_order = \"",
      std::string(evidence.other_value), "\" and import the file again");
}

}  // namespace

std::vector<v1::Suspicion> JudgeBulkUpdate(const DayCounts& counts) {
  std::vector<v1::Suspicion> found;
  if (counts.days.size() < kBulkDaysMin) return found;
  int64_t total = 0;
  std::vector<double> per_day;
  for (const auto& day : counts.days) {
    total += day.second.row_count;
    per_day.push_back(static_cast<double>(day.second.row_count));
  }
  const double median = Median(per_day);
  for (const auto& [day, rows] : counts.days) {
    const auto count = static_cast<double>(rows.row_count);
    if (rows.row_count < kBulkRowsMin || count < kBulkShareMin * static_cast<double>(total) ||
        count < kBulkMedianMultipleMin * median) {
      continue;
    }
    found.push_back(
        Suspect("BULK_UPDATE", counts.file, counts.date_column, rows,
                absl::StrCat(
                    rows.row_count, " of ", total, " rows with ", counts.kind, " (",
                    Percent(rows.row_count, total), ") are dated ", Date(day), ", ",
                    Times(count / median), " the ", absl::StrFormat("%g", median),
                    " of a usual day. Most likely records were tidied up in bulk, and the day is "
                    "that of the tidying: cycle times and rates by period that contain it mislead. "
                    "Ask when these really changed, or leave the rows out")));
  }
  return found;
}

std::vector<v1::Suspicion> JudgeQuotaOutliers(const std::vector<QuotaRow>& quotas) {
  const std::map<PeriodKey, Period> periods = ByPeriod(quotas);
  std::map<std::pair<std::string, std::string>, std::vector<const QuotaRow*>> subjects;
  for (const auto& [key, period] : periods) {
    for (const auto& [subject, quota] : period) subjects[{subject, key.second}].push_back(quota);
  }
  std::vector<v1::Suspicion> found;
  for (const auto& [key, period] : periods) {
    for (const auto& [subject, quota] : period) {
      const auto amount = static_cast<double>(quota->minor_units);
      const std::vector<double> peers = OthersOf(period, {subject});
      const double peer_median = Median(peers);
      std::vector<double> own;
      for (const QuotaRow* other : subjects[{subject, key.second}]) {
        if (other != quota) own.push_back(static_cast<double>(other->minor_units));
      }
      const double own_median = Median(own);
      std::string beside;
      if (own.size() >= kQuotaOwnPeriodsMin) {
        const bool above_peers = peers.empty() || amount >= kQuotaPeerMultipleMin * peer_median;
        if (own_median <= 0 || amount < kQuotaOwnMultipleMin * own_median || !above_peers) continue;
        beside = absl::StrCat(Times(amount / own_median), " the median of the ", own.size(),
                              " other quotas of \"", subject, "\" (",
                              Amount(own_median, quota->currency), ")");
      } else {
        const double sum = std::accumulate(peers.begin(), peers.end(), 0.0);
        if (peers.size() < kQuotaPeersMin || peer_median <= 0 || amount <= sum ||
            amount < kQuotaOwnMultipleMin * peer_median) {
          continue;
        }
        beside = absl::StrCat(Times(amount / peer_median), " the median of the ", peers.size(),
                              " others in the period (", Amount(peer_median, quota->currency),
                              "), and more than all of them together");
      }
      SuspectRows rows;
      rows.Add(quota->line);
      found.push_back(
          Suspect("QUOTA_OUTLIER", quota->file, quota->column, rows,
                  absl::StrCat("the quota of \"", subject, "\" for ", quota->period, ", ",
                               Amount(amount, quota->currency), ", is ", beside,
                               ". Most likely it has a digit too many: every attainment and "
                               "forecast of the period is measured by it. Correct the file and "
                               "import it again")));
    }
  }
  return found;
}

std::vector<v1::Suspicion> JudgeRollUpQuotas(const std::vector<QuotaRow>& quotas) {
  std::vector<QuotaRow> unstated;
  std::copy_if(quotas.begin(), quotas.end(), std::back_inserter(unstated),
               [](const QuotaRow& quota) { return !quota.is_stated_roll_up; });
  const std::map<PeriodKey, Period> periods = ByPeriod(unstated);
  std::vector<v1::Suspicion> found = JudgeSums(periods);
  for (v1::Suspicion& suspicion : JudgeTwins(periods)) found.push_back(std::move(suspicion));
  return found;
}

std::optional<v1::Suspicion> JudgeReversedDates(const OrderedDates& dates) {
  if (dates.reversed.row_count == 0) return std::nullopt;
  return Suspect(
      "CLOSED_BEFORE_CREATED", dates.file, dates.later_column, dates.reversed,
      absl::StrCat("in ", dates.reversed.row_count, " of ", dates.row_count, " rows (",
                   Percent(dates.reversed.row_count, dates.row_count), ") ", dates.later_column,
                   " lies before ", dates.earlier_column,
                   ". Single rows are slips to correct; many mean that the two columns are "
                   "exchanged or that one was filled in later"));
}

void DateForms::Add(std::string_view text, int64_t line) {
  std::array<int, 3> numbers = {};
  std::array<size_t, 3> digits = {};
  size_t part = 0;
  for (const char c : text) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      if (++digits[part] > 4) return;
      numbers[part] = 10 * numbers[part] + (c - '0');
    } else if ((c == '-' || c == '/' || c == '.') && part < 2 && digits[part] > 0) {
      ++part;
    } else {
      break;  // A time of day may follow.
    }
  }
  if (part != 2 || digits[2] == 0) return;
  if (digits[0] > 2) {
    if (digits[1] > 2 || digits[2] > 2) return;
    ++row_count;
    ++year_first_row_count;
    year_first_days.insert(numbers[2]);
    return;
  }
  if (digits[1] > 2) return;
  ++row_count;
  first_values.insert(numbers[0]);
  second_values.insert(numbers[1]);
  if (numbers[0] > 12) first_above_twelve.Add(line);
  if (numbers[1] > 12) second_above_twelve.Add(line);
}

std::optional<v1::Suspicion> JudgeDateForms(const DateForms& forms, DateOrder declared) {
  constexpr std::string_view kReason = "MONTH_FIRST_DATES";
  const int64_t first = forms.first_above_twelve.row_count;
  const int64_t second = forms.second_above_twelve.row_count;
  if (first >= kDateRowsMin && second >= kDateRowsMin) {
    const bool first_is_fewer = first < second;
    return Suspect(kReason, forms.file, forms.column,
                   first_is_fewer ? forms.first_above_twelve : forms.second_above_twelve,
                   absl::StrCat(first, " of ", forms.row_count,
                                " dates can only be read day-first and ", second,
                                " only month-first, so the column mixes both and the rest cannot "
                                "be told apart. Export the file again with dates as 2017-09-30"));
  }
  std::optional<OrderEvidence> evidence;
  if (declared == DateOrder::kMonthDayYear) {
    evidence = {&forms.first_above_twelve,
                &forms.second_above_twelve,
                "month-first",
                "day-first",
                "day_month_year",
                "first"};
  } else if (declared == DateOrder::kDayMonthYear) {
    evidence = {&forms.second_above_twelve,
                &forms.first_above_twelve,
                "day-first",
                "month-first",
                "month_day_year",
                "second"};
  }
  if (evidence.has_value() && evidence->impossible->row_count >= kDateRowsMin &&
      evidence->possible->row_count == 0 &&
      static_cast<double>(evidence->impossible->row_count) >=
          kDateShareMin * static_cast<double>(forms.row_count)) {
    return Suspect(kReason, forms.file, forms.column, *evidence->impossible,
                   ImpossibleMessage(forms, *evidence));
  }
  const int64_t day_first_or_month_first = forms.row_count - forms.year_first_row_count;
  const bool blind = day_first_or_month_first >= kDateBlindRowsMin && first == 0 && second == 0 &&
                     forms.first_values.size() >= kDateBlindValuesMin &&
                     forms.second_values.size() >= kDateBlindValuesMin;
  const bool year_first_blind = forms.year_first_row_count >= kDateBlindRowsMin &&
                                forms.year_first_days.size() >= kDateBlindValuesMin &&
                                *forms.year_first_days.rbegin() <= 12;
  if (!blind && !year_first_blind) return std::nullopt;
  SuspectRows rows;
  rows.row_count = blind ? day_first_or_month_first : forms.year_first_row_count;
  return Suspect(kReason, forms.file, forms.column, rows,
                 absl::StrCat("none of ", rows.row_count,
                              " dates lies after the 12th of a month, which no real history does. "
                              "Most likely the program that wrote the file exchanged day and month "
                              "and dropped the dates that did not fit. Export the file again with "
                              "dates as 2017-09-30, and compare the row counts"));
}

std::optional<v1::Suspicion> JudgeEmptyLines(const ImportReport::EmptyRows& rows) {
  if (rows.empty_row_count < kEmptyLinesMin) return std::nullopt;
  SuspectRows suspect;
  suspect.row_count = rows.empty_row_count;
  suspect.lines = {rows.first_line};
  return Suspect(
      "EMPTY_LINES", rows.file, "", suspect,
      absl::StrCat(rows.empty_row_count, " of ", rows.row_count, " rows (",
                   Percent(rows.empty_row_count, rows.row_count),
                   ") hold nothing but delimiters, the first on line ", rows.first_line,
                   "; they were passed over. A spreadsheet that was cut or filtered leaves such "
                   "lines behind: check that the file is complete, it should have ",
                   rows.row_count - rows.empty_row_count, " rows"));
}

}  // namespace quotacast::ingestion
