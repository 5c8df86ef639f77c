// Goal: each rule speaks at its threshold and keeps silent just below it. Method: hand-made
// statistics at both sides of every named constant.
#include "services/ingestion/suspicions.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// `day_count` days with `usual` rows each, of which the last has `bulk`.
DayCounts Days(size_t day_count, int usual, int bulk) {
  DayCounts counts;
  counts.file = "deals.csv";
  counts.date_column = "Closed";
  counts.kind = "Stage \"Lost\"";
  int64_t line = 2;
  absl::CivilDay day(2017, 1, 1);
  for (size_t i = 0; i < day_count; ++i, ++day) {
    for (int row = 0; row < (i + 1 == day_count ? bulk : usual); ++row) {
      counts.days[day].Add(line++);
    }
  }
  return counts;
}

TEST(BulkUpdateTest, NamesTheDayAndItsRows) {
  const std::vector<v1::Suspicion> found = JudgeBulkUpdate(Days(20, 2, 50));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].reason(), "BULK_UPDATE");
  EXPECT_EQ(found[0].file(), "deals.csv");
  EXPECT_EQ(found[0].field(), "Closed");
  EXPECT_EQ(found[0].row_count(), 50);
  ASSERT_EQ(found[0].rows_size(), 10);
  EXPECT_EQ(found[0].rows(0), 40);
  EXPECT_THAT(found[0].message(), HasSubstr("50 of 88 rows with Stage \"Lost\" (56.8 %) are dated "
                                            "2017-01-20, 25.0 times the 2 of a usual day"));
}

TEST(BulkUpdateTest, Thresholds) {
  EXPECT_THAT(JudgeBulkUpdate(Days(20, 2, 49)), IsEmpty());    // kBulkRowsMin.
  EXPECT_THAT(JudgeBulkUpdate(Days(19, 2, 50)), IsEmpty());    // kBulkDaysMin.
  EXPECT_THAT(JudgeBulkUpdate(Days(20, 10, 100)), SizeIs(1));  // kBulkMedianMultipleMin.
  EXPECT_THAT(JudgeBulkUpdate(Days(20, 10, 99)), IsEmpty());
  EXPECT_THAT(JudgeBulkUpdate(Days(191, 5, 50)), SizeIs(1));  // 50 of 1,000: kBulkShareMin.
  EXPECT_THAT(JudgeBulkUpdate(Days(192, 5, 50)), IsEmpty());
}

QuotaRow Quota(const std::string& subject, const std::string& period, int64_t amount) {
  static int64_t line = 1;
  return {"q.csv", ++line, "Target", subject, period, 100 * amount, "USD"};
}

// Rep A with `own` in three periods and `suspect` in the fourth, beside B and C with `peers`.
std::vector<QuotaRow> ThreeReps(int64_t own, int64_t suspect, int64_t peers) {
  std::vector<QuotaRow> quotas;
  for (int month = 1; month <= 4; ++month) {
    const std::string period = absl::StrCat("2017-0", month);
    quotas.push_back(Quota("A", period, month == 4 ? suspect : own));
    quotas.push_back(Quota("B", period, peers));
    quotas.push_back(Quota("C", period, peers));
  }
  return quotas;
}

TEST(QuotaOutlierTest, TenTimesTheSubjectsOwnMedian) {
  const std::vector<v1::Suspicion> found = JudgeQuotaOutliers(ThreeReps(100, 1'000, 100));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].reason(), "QUOTA_OUTLIER");
  EXPECT_THAT(found[0].message(),
              HasSubstr("the quota of \"A\" for 2017-04, 1000.00 USD, is 10.0 times the median of "
                        "the 3 other quotas of \"A\" (100.00 USD)"));
  EXPECT_THAT(JudgeQuotaOutliers(ThreeReps(100, 999, 100)), IsEmpty());
}

// A rep who has ramped up has ten times the first quotas, and what everybody else has.
TEST(QuotaOutlierTest, ARampedRepIsNone) {
  EXPECT_THAT(JudgeQuotaOutliers(ThreeReps(100, 1'000, 500)), SizeIs(1));
  EXPECT_THAT(JudgeQuotaOutliers(ThreeReps(100, 1'000, 501)), IsEmpty());
}

// One period only: the others of the period are the measure.
TEST(QuotaOutlierTest, WithoutOwnHistoryThePeersCount) {
  const auto period = [](int peer_count, int64_t suspect) {
    std::vector<QuotaRow> quotas = {Quota("A", "2017Q1", suspect)};
    for (int i = 0; i < peer_count; ++i) {
      quotas.push_back(Quota(absl::StrCat("P", i), "2017Q1", 100));
    }
    return quotas;
  };
  EXPECT_THAT(JudgeQuotaOutliers(period(5, 1'000)), SizeIs(1));
  EXPECT_THAT(JudgeQuotaOutliers(period(5, 999)), IsEmpty());
  EXPECT_THAT(JudgeQuotaOutliers(period(4, 1'000)), IsEmpty());   // kQuotaPeersMin.
  EXPECT_THAT(JudgeQuotaOutliers(period(10, 1'000)), IsEmpty());  // The sum: a roll-up.
  EXPECT_THAT(JudgeQuotaOutliers(period(10, 1'001)), SizeIs(1));
}

// Manager M above reps with different quotas; in `summed` of `period_count` periods M's is the sum.
std::vector<QuotaRow> RolledUp(int rep_count, int period_count, int summed) {
  std::vector<QuotaRow> quotas;
  for (int i = 0; i < period_count; ++i) {
    int64_t sum = 0;
    for (int rep = 0; rep < rep_count; ++rep) {
      const int64_t amount = 1'000 + 37 * rep + 11 * i;
      quotas.push_back(Quota(absl::StrCat("R", rep), absl::StrCat("P", i), amount));
      sum += amount;
    }
    quotas.push_back(Quota("M", absl::StrCat("P", i), i < summed ? sum : sum + 1));
  }
  return quotas;
}

TEST(RollUpQuotaTest, ASumOfAllSmallerOnes) {
  const std::vector<v1::Suspicion> found = JudgeRollUpQuotas(RolledUp(3, 4, 2));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].reason(), "ROLL_UP_QUOTA");
  EXPECT_EQ(found[0].row_count(), 2);
  EXPECT_THAT(found[0].message(),
              HasSubstr("the quota of \"M\" is the sum of the 3 smaller ones in 2 of 4 periods"));
  EXPECT_THAT(JudgeRollUpQuotas(RolledUp(3, 5, 2)), IsEmpty());  // Less than half.
  EXPECT_THAT(JudgeRollUpQuotas(RolledUp(2, 4, 4)), IsEmpty());  // kRollUpMembersMin.
  EXPECT_THAT(JudgeRollUpQuotas(RolledUp(4, 1, 1)), IsEmpty());  // kRollUpSingleMembersMin.
  EXPECT_THAT(JudgeRollUpQuotas(RolledUp(5, 1, 1)), SizeIs(1));
}

// The director's quota is the sum of the reps' beside the manager's, which is the same sum.
TEST(RollUpQuotaTest, TwoLevels) {
  std::vector<QuotaRow> quotas = RolledUp(5, 2, 2);
  for (const QuotaRow& quota : RolledUp(5, 2, 2)) {
    if (quota.subject == "M") quotas.push_back(quota);
    if (quota.subject == "M") quotas.back().subject = "Z";
  }
  EXPECT_THAT(JudgeRollUpQuotas(quotas), SizeIs(2));
}

// X and Y have the same in `same` of `period_count` periods, `multiple` hundredths of the others'.
TEST(RollUpQuotaTest, AStatedRollUpIsNoSurprise) {
  std::vector<QuotaRow> quotas = RolledUp(5, 2, 2);
  ASSERT_FALSE(JudgeRollUpQuotas(quotas).empty());
  for (QuotaRow& quota : quotas) quota.is_stated_roll_up = true;
  EXPECT_TRUE(JudgeRollUpQuotas(quotas).empty());
}

std::vector<QuotaRow> Twins(int period_count, int same, int64_t multiple) {
  std::vector<QuotaRow> quotas;
  for (int i = 0; i < period_count; ++i) {
    const std::string period = absl::StrCat("P", i);
    for (int rep = 0; rep < 4; ++rep) {
      quotas.push_back(Quota(absl::StrCat("R", rep), period, 100));
    }
    quotas.push_back(Quota("X", period, multiple));
    quotas.push_back(Quota("Y", period, i < same ? multiple : multiple + 1));
  }
  return quotas;
}

TEST(RollUpQuotaTest, Twins) {
  const std::vector<v1::Suspicion> found = JudgeRollUpQuotas(Twins(10, 4, 350));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message(), HasSubstr("\"X\" and \"Y\" have the same quota in 4 of the 10 "
                                            "periods they share, 3.5 times"));
  EXPECT_THAT(JudgeRollUpQuotas(Twins(10, 3, 350)), IsEmpty());  // kTwinPeriodsMin.
  EXPECT_THAT(JudgeRollUpQuotas(Twins(14, 4, 350)), IsEmpty());  // kTwinShareMin.
  EXPECT_THAT(JudgeRollUpQuotas(Twins(10, 4, 300)), SizeIs(1));  // kTwinMedianMultipleMin.
  EXPECT_THAT(JudgeRollUpQuotas(Twins(10, 4, 299)), IsEmpty());
}

TEST(ReversedDatesTest, OneRowIsEnough) {
  OrderedDates dates{"leads.csv", "Created", "Won", 842, {}};
  EXPECT_FALSE((JudgeReversedDates(dates)).has_value());
  dates.reversed.Add(17);
  const std::optional<v1::Suspicion> found = JudgeReversedDates(dates);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->reason(), "CLOSED_BEFORE_CREATED");
  EXPECT_THAT(found->message(), HasSubstr("in 1 of 842 rows (0.1 %) Won lies before Created"));
  EXPECT_THAT(found->rows(), ElementsAre(17));
}

DateForms Forms(const std::vector<std::string>& texts) {
  DateForms forms;
  forms.file = "leads.csv";
  forms.column = "first_contact_date";
  int64_t line = 1;
  for (const std::string& text : texts) forms.Add(text, ++line);
  return forms;
}

TEST(DateFormsTest, ImpossibleInTheDeclaredOrder) {
  std::vector<std::string> texts = {"13-02-2018", "14-02-2018", "15-02-2018"};
  texts.resize(300, "01-02-2018");
  const DateForms forms = Forms(texts);
  const std::optional<v1::Suspicion> found = JudgeDateForms(forms, DateOrder::kMonthDayYear);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->reason(), "MONTH_FIRST_DATES");
  EXPECT_EQ(found->row_count(), 3);
  EXPECT_THAT(found->rows(), ElementsAre(2, 3, 4));
  EXPECT_THAT(found->message(), HasSubstr("in 3 of 300 (1.0 %) the first number is above 12"));
  EXPECT_THAT(found->message(), HasSubstr("The other 297"));
  EXPECT_THAT(found->message(), HasSubstr("date_order = \"day_month_year\""));
  EXPECT_FALSE((JudgeDateForms(forms, DateOrder::kDayMonthYear)).has_value());
  texts.push_back("01-02-2018");  // Below kDateShareMin.
  EXPECT_FALSE((JudgeDateForms(Forms(texts), DateOrder::kMonthDayYear)).has_value());
  texts = {"13-02-2018", "14-02-2018", "01-02-2018"};  // Below kDateRowsMin.
  EXPECT_FALSE((JudgeDateForms(Forms(texts), DateOrder::kMonthDayYear)).has_value());
}

TEST(DateFormsTest, TheReverse) {
  const std::optional<v1::Suspicion> found = JudgeDateForms(
      Forms({"2/13/2018", "2/14/2018 10:30", "2/15/2018", "1/2/2018"}), DateOrder::kDayMonthYear);
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->message(), HasSubstr("date_order = \"month_day_year\""));
}

TEST(DateFormsTest, Mixed) {
  const std::vector<std::string> texts = {"13.2.2018", "14.2.2018", "15.2.2018",
                                          "2.13.2018", "2.14.2018", "2.15.2018"};
  const std::optional<v1::Suspicion> found = JudgeDateForms(Forms(texts), DateOrder::kDayMonthYear);
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->message(), HasSubstr("the column mixes both"));
  EXPECT_FALSE((JudgeDateForms(Forms({texts.begin(), texts.begin() + 5}), DateOrder::kMonthDayYear))
                   .has_value());
}

// As many dates as kDateBlindRowsMin, none after the twelfth.
std::vector<std::string> BlindDates(int row_count, int day_count, std::string_view format) {
  std::vector<std::string> texts;
  for (int i = 0; i < row_count; ++i) {
    const int a = 1 + i % day_count;
    const int b = 1 + i / day_count % day_count;
    texts.push_back(format == "iso" ? absl::StrFormat("2018-%02d-%02d", a, b)
                                    : absl::StrFormat("%d/%d/2018", a, b));
  }
  return texts;
}

TEST(DateFormsTest, NoDayAfterTheTwelfth) {
  for (const std::string_view format : {"iso", "slashes"}) {
    const DateOrder order = format == "iso" ? DateOrder::kIso : DateOrder::kMonthDayYear;
    const auto found = JudgeDateForms(Forms(BlindDates(100, 8, format)), order);
    ASSERT_TRUE(found.has_value()) << format;
    EXPECT_THAT(found->message(), HasSubstr("none of 100 dates lies after the 12th"));
    EXPECT_FALSE((JudgeDateForms(Forms(BlindDates(99, 8, format)), order)).has_value());
    // Targets of months stand on few days, all early.
    EXPECT_FALSE((JudgeDateForms(Forms(BlindDates(300, 7, format)), order)).has_value());
    std::vector<std::string> texts = BlindDates(100, 8, format);
    texts.push_back(format == "iso" ? "2018-01-13" : "1/13/2018");
    EXPECT_FALSE((JudgeDateForms(Forms(texts), order)).has_value());
  }
}

TEST(DateFormsTest, OtherTextsAreNoDates) {
  const DateForms forms = Forms({"", "soon", "13", "13-02", "12345-1-1", "1-123-2018",
                                 "07-Apr-2015", "13-02-2018", "2018-02-13T10:00:00Z"});
  EXPECT_EQ(forms.row_count, 2);
  EXPECT_EQ(forms.year_first_row_count, 1);
  EXPECT_EQ(forms.first_above_twelve.row_count, 1);
}

TEST(EmptyLinesTest, Threshold) {
  EXPECT_FALSE((JudgeEmptyLines({"deals.csv", 1'000, 99, 902})).has_value());
  const std::optional<v1::Suspicion> found = JudgeEmptyLines({"deals.csv", 5'841, 4'841, 1'002});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->reason(), "EMPTY_LINES");
  EXPECT_EQ(found->row_count(), 4'841);
  EXPECT_THAT(found->rows(), ElementsAre(1'002));
  EXPECT_THAT(found->message(), HasSubstr("4841 of 5841 rows (82.9 %)"));
  EXPECT_THAT(found->message(), HasSubstr("it should have 1000 rows"));
  EXPECT_TRUE(JudgeEmptyLines({"deals.csv", 1'000, 100, 901}).has_value());
}

}  // namespace
}  // namespace quotacast::ingestion
