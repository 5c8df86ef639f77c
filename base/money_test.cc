// Goal: money is exact, never overflows silently and never mixes currencies; every documented
// text form parses and no other. Method: hand-worked cases at both ends of the range, and round
// trips over 20,000 counter-based random amounts (seed 1, no tolerance: equality).
#include "base/money.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/errors.h"
#include "base/random.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

void ExpectRefused(const absl::Status& status, absl::StatusCode code, std::string_view reason) {
  EXPECT_EQ(status.code(), code) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  EXPECT_EQ(GetDetail(status)->reason, reason) << status;
}

TEST(MoneyTest, KnowsTheDigitsOfCurrencies) {
  EXPECT_EQ(*MinorUnitDigits("USD"), 2);
  EXPECT_EQ(*MinorUnitDigits("AED"), 2);
  EXPECT_EQ(*MinorUnitDigits("ZWL"), 2);
  EXPECT_EQ(*MinorUnitDigits("JPY"), 0);
  EXPECT_EQ(*MinorUnitDigits("BIF"), 0);
  EXPECT_EQ(*MinorUnitDigits("XPF"), 0);
  EXPECT_EQ(*MinorUnitDigits("KWD"), 3);
  EXPECT_EQ(*MinorUnitDigits("BHD"), 3);
  EXPECT_EQ(*MinorUnitDigits("TND"), 3);
  EXPECT_EQ(*MinorUnitDigits("CLF"), 4);
}

TEST(MoneyTest, RefusesUnknownCurrencies) {
  for (const char* code : {"", "usd", "US", "USDX", "XXX", "XAU", "ABC", "$", "U\nD"}) {
    const absl::StatusOr<int> digits = MinorUnitDigits(code);
    ExpectRefused(digits.status(), absl::StatusCode::kInvalidArgument, "UNKNOWN_CURRENCY");
    ExpectRefused(ParseMoney("1", code).status(), absl::StatusCode::kInvalidArgument,
                  "UNKNOWN_CURRENCY");
  }
  EXPECT_NE(MinorUnitDigits("ABC").status().message().find("\"ABC\""), std::string::npos);
}

TEST(MoneyTest, AddsAndSubtractsExactly) {
  EXPECT_EQ(*Add({150, "USD"}, {-70, "USD"}), (Money{80, "USD"}));
  EXPECT_EQ(*Subtract({150, "USD"}, {-70, "USD"}), (Money{220, "USD"}));
  EXPECT_EQ(*Add({kMax - 1, "USD"}, {1, "USD"}), (Money{kMax, "USD"}));
  EXPECT_EQ(*Add({kMin + 1, "USD"}, {-1, "USD"}), (Money{kMin, "USD"}));
  EXPECT_EQ(*Subtract({-1, "USD"}, {kMax, "USD"}), (Money{kMin, "USD"}));
  EXPECT_EQ(*AddMinorUnits(kMax, kMin), -1);
}

TEST(MoneyTest, RefusesOverflowAtBothEnds) {
  const absl::StatusCode code = absl::StatusCode::kOutOfRange;
  ExpectRefused(Add({kMax, "USD"}, {1, "USD"}).status(), code, "MONEY_OVERFLOW");
  ExpectRefused(Add({kMin, "USD"}, {-1, "USD"}).status(), code, "MONEY_OVERFLOW");
  ExpectRefused(Subtract({kMin, "USD"}, {1, "USD"}).status(), code, "MONEY_OVERFLOW");
  ExpectRefused(Subtract({0, "USD"}, {kMin, "USD"}).status(), code, "MONEY_OVERFLOW");
  ExpectRefused(AddMinorUnits(kMax, 1).status(), code, "MONEY_OVERFLOW");
  ExpectRefused(AddMinorUnits(kMin, -1).status(), code, "MONEY_OVERFLOW");
}

TEST(MoneyTest, RefusesMixedCurrencies) {
  for (const absl::StatusOr<Money>& result :
       {Add({1, "USD"}, {1, "EUR"}), Subtract({1, "USD"}, {1, "EUR"})}) {
    ExpectRefused(result.status(), absl::StatusCode::kInvalidArgument, "MIXED_CURRENCY");
    EXPECT_NE(result.status().message().find("USD"), std::string::npos);
    EXPECT_NE(result.status().message().find("EUR"), std::string::npos);
  }
}

TEST(MoneyTest, ParsesTheDocumentedForms) {
  const struct {
    const char* text;
    const char* currency;
    int64_t minor_units;
  } cases[] = {
      {"1234", "USD", 123400},
      {"1234.5", "USD", 123450},
      {"-1,234.50", "USD", -123450},
      {"$1,234.50", "USD", 123450},
      {"-$5", "USD", -500},
      {"$-5", "USD", -500},
      {"USD 1,234.50", "USD", 123450},
      {"USD1234", "USD", 123400},
      {"USD -5", "USD", -500},
      {"  12.30\t", "USD", 1230},
      {"0", "USD", 0},
      {"-0", "USD", 0},
      {"0.01", "USD", 1},
      {"007", "USD", 700},
      {"1.5000", "USD", 150},
      {"1,234,567", "USD", 123456700},
      {"123,456", "USD", 12345600},
      {"\u20ac12", "EUR", 1200},
      {"\u00a312", "GBP", 1200},
      {"\u00a5 1,200", "JPY", 1200},
      {"1200.00", "JPY", 1200},
      {"1.234", "KWD", 1234},
      {"A$3", "AUD", 300},
      {"$3", "AUD", 300},
      {"1.2345", "CLF", 12345},
  };
  for (const auto& c : cases) {
    const absl::StatusOr<Money> money = ParseMoney(c.text, c.currency);
    ASSERT_TRUE(money.ok()) << c.text << ": " << money.status();
    EXPECT_EQ(*money, (Money{c.minor_units, c.currency})) << c.text;
  }
}

TEST(MoneyTest, RefusesEveryOtherForm) {
  for (const char* text :
       {"",      " ",      "-",       "$",      "USD",       ".",        "5.",       ".5",
        "--5",   "-$-5",   "+5",      "(5)",    "1e3",       "0x10",     "12a",      "1 000",
        "1,23",  "1,2345", ",123",    "1,,234", "12345,678", "1234,567", "1,234,56", "1.5,000",
        "1.2.3", "1,234.", "\u20ac5", "EUR 5",  "$$5",       "1.234",    "1.001",    "nan",
        "inf",   "5 USD",  "1.-5",    "\xff"}) {
    const absl::Status status = ParseMoney(text, "USD").status();
    ExpectRefused(status, absl::StatusCode::kInvalidArgument, "INVALID_MONEY");
  }
  ExpectRefused(ParseMoney("0.5", "JPY").status(), absl::StatusCode::kInvalidArgument,
                "INVALID_MONEY");
  // The text at fault is named, and a huge one is cut.
  EXPECT_NE(ParseMoney("twelve", "USD").status().message().find("\"twelve\""), std::string::npos);
  EXPECT_LT(ParseMoney(std::string(1 << 20, 'x'), "USD").status().message().size(), 300u);
}

TEST(MoneyTest, ParsesUpToBothEndsOfTheRangeAndNoFurther) {
  EXPECT_EQ(ParseMoney("92233720368547758.07", "USD")->minor_units, kMax);
  EXPECT_EQ(ParseMoney("-92233720368547758.08", "USD")->minor_units, kMin);
  EXPECT_EQ(ParseMoney("9223372036854775807", "JPY")->minor_units, kMax);
  const absl::StatusCode code = absl::StatusCode::kOutOfRange;
  ExpectRefused(ParseMoney("92233720368547758.08", "USD").status(), code, "MONEY_OVERFLOW");
  ExpectRefused(ParseMoney("-92233720368547758.09", "USD").status(), code, "MONEY_OVERFLOW");
  ExpectRefused(ParseMoney(std::string(400, '9'), "USD").status(), code, "MONEY_OVERFLOW");
}

TEST(MoneyTest, FormatsPlainly) {
  EXPECT_EQ(FormatMoney({123450, "USD"}), "1234.50 USD");
  EXPECT_EQ(FormatMoney({-5, "USD"}), "-0.05 USD");
  EXPECT_EQ(FormatMoney({0, "USD"}), "0.00 USD");
  EXPECT_EQ(FormatMoney({1200, "JPY"}), "1200 JPY");
  EXPECT_EQ(FormatMoney({-7, "KWD"}), "-0.007 KWD");
  EXPECT_EQ(FormatMoney({kMin, "USD"}), "-92233720368547758.08 USD");
  EXPECT_EQ(FormatMoney({12, "???"}), "12 minor units of \"???\"");
}

TEST(MoneyTest, FormattedMoneyParsesBack) {
  constexpr std::array<std::string_view, 4> kCurrencies = {"USD", "JPY", "KWD", "CLF"};
  for (uint32_t i = 0; i < 20'000; ++i) {
    const std::array<uint32_t, 4> words =
        RandomBlock(/*seed=*/1, /*entity_id=*/i, 0, RandomPurpose::kSynthetic, 0);
    // Shifted by a random width, so that all magnitudes occur.
    const int64_t minor_units =
        static_cast<int64_t>((uint64_t{words[0]} << 32) | words[1]) >> (words[2] % 64);
    const Money money{minor_units, std::string(kCurrencies[words[3] % kCurrencies.size()])};
    const std::string text = FormatMoney(money);
    const absl::StatusOr<Money> parsed = ParseMoney(text.substr(0, text.find(' ')), money.currency);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.status();
    ASSERT_EQ(*parsed, money) << text;
  }
}

}  // namespace
}  // namespace quotacast
