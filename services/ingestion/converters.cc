#include "services/ingestion/converters.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/money.h"
#include "base/status_macros.h"

namespace quotacast::ingestion {
namespace {

constexpr int64_t kNanosPerUnit = 1'000'000'000;

int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

absl::Status MoneyError(absl::StatusCode code, const char* reason,
                        const google::type::Money& money) {
  ErrorDetail detail;
  detail.reason = reason;
  return WithDetail(
      absl::Status(code, absl::StrCat("units ", money.units(), " and nanos ", money.nanos(),
                                      " are no amount of ", money.currency_code())),
      detail);
}

eventlog::EventId ToEventId(const v1::EventId& id) {
  return {id.source(), id.source_key(), id.version()};
}

}  // namespace

google::type::Date ToProtoDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::StatusOr<absl::CivilDay> FromProtoDate(const google::type::Date& date) {
  // The strict parser is the one place that knows which dates exist.
  return ParseIsoDate(absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day()));
}

google::type::Money ToProtoMoney(const Money& money) {
  const absl::StatusOr<int> digits = MinorUnitDigits(money.currency);
  if (!digits.ok()) {
    std::fprintf(stderr, "ToProtoMoney: %s\n", digits.status().ToString().c_str());
    std::abort();
  }
  const int64_t scale = PowerOfTen(*digits);
  google::type::Money message;
  message.set_currency_code(money.currency);
  message.set_units(money.minor_units / scale);
  message.set_nanos(static_cast<int32_t>(money.minor_units % scale * (kNanosPerUnit / scale)));
  return message;
}

absl::StatusOr<Money> FromProtoMoney(const google::type::Money& money) {
  QC_ASSIGN_OR_RETURN(const int digits, MinorUnitDigits(money.currency_code()));
  const int64_t scale = PowerOfTen(digits);
  const int64_t nanos_per_minor_unit = kNanosPerUnit / scale;
  const bool signs_differ =
      (money.units() > 0 && money.nanos() < 0) || (money.units() < 0 && money.nanos() > 0);
  if (signs_differ || money.nanos() <= -kNanosPerUnit || money.nanos() >= kNanosPerUnit ||
      money.nanos() % nanos_per_minor_unit != 0) {
    return MoneyError(absl::StatusCode::kInvalidArgument, "INVALID_MONEY", money);
  }
  Money result{0, money.currency_code()};
  if (__builtin_mul_overflow(money.units(), scale, &result.minor_units) ||
      __builtin_add_overflow(result.minor_units, money.nanos() / nanos_per_minor_unit,
                             &result.minor_units)) {
    return MoneyError(absl::StatusCode::kOutOfRange, "MONEY_OVERFLOW", money);
  }
  return result;
}

absl::StatusOr<crm::v1::CrmEvent> ToCrmEvent(const eventlog::StoredEvent& stored) {
  crm::v1::CrmEvent event;
  if (event.ParseFromString(stored.event.payload)) return event;
  ErrorDetail detail;
  detail.reason = "DAMAGED_EVENT";
  return WithDetail(absl::InternalError(absl::StrCat("the event at offset ", stored.offset,
                                                     " of the log is no CRM event")),
                    detail);
}

absl::StatusOr<v1::EventRecord> ToEventRecord(const eventlog::StoredEvent& stored) {
  v1::EventRecord record;
  record.set_offset(stored.offset);
  record.mutable_id()->set_source(stored.event.id.source);
  record.mutable_id()->set_source_key(stored.event.id.source_key);
  record.mutable_id()->set_version(stored.event.id.version);
  if (stored.event.effective_time.has_value()) {
    *record.mutable_effective_time() = ToTimestamp(*stored.event.effective_time);
  }
  *record.mutable_recorded_time() = ToTimestamp(stored.recorded_time);
  record.set_is_erased(stored.is_erased);
  QC_ASSIGN_OR_RETURN(*record.mutable_event(), ToCrmEvent(stored));
  return record;
}

eventlog::Event ToLogEvent(const v1::NewEvent& event) {
  eventlog::Event result{ToEventId(event.id()), std::nullopt, event.event().SerializeAsString()};
  if (event.has_effective_time()) result.effective_time = FromTimestamp(event.effective_time());
  return result;
}

eventlog::StoredEvent ToStoredEvent(const v1::EventRecord& record) {
  eventlog::StoredEvent result;
  result.offset = record.offset();
  result.recorded_time = FromTimestamp(record.recorded_time());
  result.event.id = ToEventId(record.id());
  if (record.has_effective_time()) {
    result.event.effective_time = FromTimestamp(record.effective_time());
  }
  result.event.payload = record.event().SerializeAsString();
  result.is_erased = record.is_erased();
  return result;
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

}  // namespace quotacast::ingestion
