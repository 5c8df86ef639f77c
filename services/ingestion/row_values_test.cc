// Goal: amounts and dates at their limits; the currency of a row comes before the profile's.
// Method: one-row files around each limit. Wording and places are covered by bad_input_test.
#include "services/ingestion/row_values.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/money.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"

namespace quotacast::ingestion {
namespace {

constexpr char kProfile[] = R"toml(
name = "p"
description = "d"
source = "s"
currency = "USD"
[[files]]
pattern = "p.csv"
entity = "product"
[files.columns]
product_id = "product"
list_price = "price"
currency = "currency"
)toml";

class RowValuesTest : public testing::Test {
 protected:
  // The amount in the row "<price>,<currency>", or nullopt; reason_ is set when it was reported.
  std::optional<Money> AmountOf(const std::string& price, const std::string& currency) {
    const ImportProfile profile =
        ParseImportProfile(kProfile, [](std::string_view) { return std::nullopt; }).value();
    const UploadedFile file{
        "p.csv", {absl::StrCat("product,price,currency\nX,\"", price, "\",", currency, "\n")}};
    ImportReport report;
    MappedFile mapped(profile, profile.files[0], file, report);
    EXPECT_TRUE(mapped.CheckHeader({&profile.files[0]}, true));
    std::optional<Money> amount;
    EXPECT_TRUE(mapped
                    .ForEachRow(
                        true, [] { return false; },
                        [&](const MappedRow& row) {
                          RowValues values(profile, rules_, row, report);
                          amount = values.Amount("list_price");
                          if (accept_ && amount.has_value()) values.Accept();
                          EXPECT_EQ(values.failed(), report.error_count() > 0);
                        })
                    .ok());
    const v1::ImportFilesResponse response = report.ToResponse();
    reason_ = response.problems_size() > 0 ? response.problems(0).reason() : "";
    return amount;
  }

  RowRules rules_{"", absl::CivilDay(2017, 7, 14)};
  bool accept_ = false;
  std::string reason_;
};

// Rows of another currency were accepted silently, and every KPI of money failed afterwards.
TEST_F(RowValuesTest, TheFirstAcceptedAmountDecidesTheCurrency) {
  EXPECT_EQ(AmountOf("12", "EUR"), (Money{1'200, "EUR"}));  // Not accepted in the end.
  accept_ = true;
  EXPECT_EQ(AmountOf("12", "JPY"), (Money{12, "JPY"}));
  EXPECT_EQ(AmountOf("12", "EUR"), std::nullopt);
  EXPECT_EQ(reason_, "MIXED_CURRENCY");
  EXPECT_EQ(AmountOf("13", "JPY"), (Money{13, "JPY"}));
  EXPECT_EQ(AmountOf("13", ""), std::nullopt);  // The profile's USD.
  EXPECT_EQ(reason_, "MIXED_CURRENCY");
  EXPECT_EQ(AmountOf("", "EUR"), std::nullopt);  // No amount, no currency.
  EXPECT_EQ(reason_, "");
}

TEST_F(RowValuesTest, Amounts) {
  EXPECT_EQ(AmountOf("12.34", ""), (Money{1'234, "USD"}));
  EXPECT_EQ(AmountOf("12", "JPY"), (Money{12, "JPY"}));
  EXPECT_EQ(AmountOf("1,234.5", "EUR"), (Money{123'450, "EUR"}));
  EXPECT_EQ(AmountOf("", ""), std::nullopt);
  EXPECT_EQ(reason_, "");
  EXPECT_EQ(AmountOf("1000000000000", ""), (Money{100'000'000'000'000, "USD"}));
  EXPECT_EQ(AmountOf("1000000000000", "JPY"), (Money{1'000'000'000'000, "JPY"}));
  EXPECT_EQ(AmountOf("1000000000001", "JPY"), std::nullopt);
  EXPECT_EQ(reason_, "ABSURD_AMOUNT");
  EXPECT_EQ(AmountOf("-99999999999999999999", ""), std::nullopt);
  EXPECT_EQ(reason_, "NEGATIVE_AMOUNT");
  EXPECT_EQ(AmountOf("12.345", ""), std::nullopt);
  EXPECT_EQ(reason_, "INVALID_AMOUNT");
  EXPECT_EQ(AmountOf("12", "DOLLAR"), std::nullopt);
  EXPECT_EQ(reason_, "UNKNOWN_CURRENCY");
}

}  // namespace
}  // namespace quotacast::ingestion
