// Goal: amounts, dates and envelopes cross the API exactly or not at all. Method: values with
// hand-written images, both ways, at the edges of currencies and of int64.
#include "services/ingestion/converters.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/money.h"
#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

TEST(ConvertersTest, MoneyBothWays) {
  const struct {
    Money money;
    int64_t units;
    int32_t nanos;
  } cases[] = {
      {{0, "USD"}, 0, 0},
      {{123'456, "USD"}, 1'234, 560'000'000},
      {{-123'456, "USD"}, -1'234, -560'000'000},
      {{-5, "USD"}, 0, -50'000'000},
      {{77, "JPY"}, 77, 0},
      {{1'234, "KWD"}, 1, 234'000'000},
      {{std::numeric_limits<int64_t>::max(), "USD"}, 92'233'720'368'547'758, 70'000'000},
      {{std::numeric_limits<int64_t>::min(), "USD"}, -92'233'720'368'547'758, -80'000'000},
  };
  for (const auto& example : cases) {
    const google::type::Money message = ToProtoMoney(example.money);
    EXPECT_EQ(message.units(), example.units);
    EXPECT_EQ(message.nanos(), example.nanos);
    EXPECT_EQ(message.currency_code(), example.money.currency);
    const auto back = FromProtoMoney(message);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, example.money);
  }
}

TEST(ConvertersTest, RefusesMoneyThatIsNone) {
  const auto reason = [](const char* currency, int64_t units, int32_t nanos) {
    google::type::Money message;
    message.set_currency_code(currency);
    message.set_units(units);
    message.set_nanos(nanos);
    const auto money = FromProtoMoney(message);
    return money.ok() ? "ok" : GetDetail(money.status()).value_or(ErrorDetail()).reason;
  };
  EXPECT_EQ(reason("USD", 1, 10'000'000), "ok");
  EXPECT_EQ(reason("USD", 1, 1'000'000), "INVALID_MONEY");    // A tenth of a cent.
  EXPECT_EQ(reason("USD", 1, -10'000'000), "INVALID_MONEY");  // Signs disagree.
  EXPECT_EQ(reason("USD", 1, 1'000'000'000), "INVALID_MONEY");
  EXPECT_EQ(reason("JPY", 1, 500'000'000), "INVALID_MONEY");
  EXPECT_EQ(reason("USDX", 1, 0), "UNKNOWN_CURRENCY");
  EXPECT_EQ(reason("USD", std::numeric_limits<int64_t>::max(), 0), "MONEY_OVERFLOW");
}

TEST(ConvertersTest, DatesBothWays) {
  const google::type::Date date = ToProtoDate(absl::CivilDay(2016, 2, 29));
  EXPECT_EQ(date.year(), 2016);
  EXPECT_EQ(date.month(), 2);
  EXPECT_EQ(date.day(), 29);
  EXPECT_EQ(FromProtoDate(date).value(), absl::CivilDay(2016, 2, 29));
  google::type::Date impossible = date;
  impossible.set_year(2017);
  EXPECT_TRUE(absl::IsInvalidArgument(FromProtoDate(impossible).status()));
  EXPECT_FALSE(FromProtoDate(google::type::Date()).ok());
}

TEST(ConvertersTest, EventRecord) {
  crm::v1::CrmEvent event;
  event.mutable_rep()->set_rep_id("R1");
  eventlog::StoredEvent stored;
  stored.offset = 7;
  stored.recorded_time = absl::FromUnixMicros(1'500'000'000'123'456);
  stored.event = {{"crm", "rep/R1", "2"}, absl::FromUnixMicros(-1), event.SerializeAsString()};
  const auto record = ToEventRecord(stored);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->offset(), 7);
  EXPECT_EQ(record->id().source(), "crm");
  EXPECT_EQ(record->id().source_key(), "rep/R1");
  EXPECT_EQ(record->id().version(), "2");
  EXPECT_EQ(record->recorded_time().seconds(), 1'500'000'000);
  EXPECT_EQ(record->recorded_time().nanos(), 123'456'000);
  // Before 1970 the seconds are rounded down and the nanoseconds stay positive.
  EXPECT_EQ(record->effective_time().seconds(), -1);
  EXPECT_EQ(record->effective_time().nanos(), 999'999'000);
  EXPECT_EQ(record->event().rep().rep_id(), "R1");

  stored.event.effective_time.reset();
  EXPECT_FALSE(ToEventRecord(stored)->has_effective_time());
  stored.event.payload = "\xFF\xFF";
  EXPECT_TRUE(absl::IsInternal(ToEventRecord(stored).status()));
}

}  // namespace
}  // namespace quotacast::ingestion
