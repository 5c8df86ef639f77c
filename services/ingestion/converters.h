// Between the messages of the API and the values used inside. The only place of this package that
// maps google.type and timestamps.
#ifndef QUOTACAST_SERVICES_INGESTION_CONVERTERS_H_
#define QUOTACAST_SERVICES_INGESTION_CONVERTERS_H_

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/money.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

google::type::Date ToProtoDate(absl::CivilDay day);

// The day of a complete date; INVALID_ARGUMENT when it does not exist or its year is outside
// [kMinYear, kMaxYear] of base/civil_date.h.
absl::StatusOr<absl::CivilDay> FromProtoDate(const google::type::Date& date);

// Exact in both directions. `money.currency` is a currency that base/money.h knows (CHECKed).
google::type::Money ToProtoMoney(const Money& money);

// INVALID_ARGUMENT (UNKNOWN_CURRENCY, INVALID_MONEY) when the amount is not a whole number of
// minor units or units and nanos disagree in sign, OUT_OF_RANGE (MONEY_OVERFLOW).
absl::StatusOr<Money> FromProtoMoney(const google::type::Money& money);

// What the event says; INTERNAL (DAMAGED_EVENT) when the payload is no CrmEvent.
absl::StatusOr<crm::v1::CrmEvent> ToCrmEvent(const eventlog::StoredEvent& stored);

// The event with its payload decoded; errors as ToCrmEvent.
absl::StatusOr<v1::EventRecord> ToEventRecord(const eventlog::StoredEvent& stored);

// The event as the log takes it: the payload is the message in its one serialisation. The times of
// `event` are in the range of google.protobuf.Timestamp.
eventlog::Event ToLogEvent(const v1::NewEvent& event);

// The inverse of ToEventRecord.
eventlog::StoredEvent ToStoredEvent(const v1::EventRecord& record);

google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_CONVERTERS_H_
