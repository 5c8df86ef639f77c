// Fills the fields of a change from a row, as the tables of entity_fields.h say.
#ifndef QUOTACAST_SERVICES_INGESTION_FIELD_SETTER_H_
#define QUOTACAST_SERVICES_INGESTION_FIELD_SETTER_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/entity_fields.h"
#include "services/ingestion/reference_data.h"
#include "services/ingestion/row_values.h"

namespace quotacast::ingestion {

// Reads field `source` of the row as `field` is read, checks what it refers to, and sets the field
// of `change`. A blank one stays absent. Whatever is wrong goes to the report (INVALID_DATE,
// INVALID_AMOUNT ..., INVALID_NUMBER, INVALID_BOOLEAN, UNKNOWN_WORD, UNKNOWN_REP ...).
void SetField(const EntityField& field, std::string_view source, RowValues& values,
              const ReferenceData& reference, google::protobuf::Message& change);

// All fields of the entity that are not read apart, and END_BEFORE_START where one date precedes
// another that it may not. References of the entity to its own kind are not checked: the record
// may stand further down.
void SetFields(Entity entity, RowValues& values, const ReferenceData& reference,
               google::protobuf::Message& change);

// Reports the value of `source` unless it is the id of a known record.
void CheckReference(crm::v1::EntityKind kind, bool may_be_unknown, std::string_view source,
                    RowValues& values, const ReferenceData& reference);

// When a row says that something changed.
struct ChangedAt {
  absl::Time time;
  absl::CivilDay day;  // As the row writes it, in whatever time zone.
  std::string text;    // For versions: "2017-03-01" or "2011-10-01T00:38:44.546Z".
};

// From "changed_time", else from "changed_date"; nullopt when that is wrong or neither is filled
// (MISSING_FIELD).
std::optional<ChangedAt> ReadChangedAt(RowValues& values);

void SetTimestamp(absl::Time time, google::protobuf::Timestamp& timestamp);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_FIELD_SETTER_H_
