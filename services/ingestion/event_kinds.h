// Which kind of record an event is about, told from its source key: "<kind>/<id>".
#ifndef QUOTACAST_SERVICES_INGESTION_EVENT_KINDS_H_
#define QUOTACAST_SERVICES_INGESTION_EVENT_KINDS_H_

#include <string_view>

#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

// "opportunity", "order_line" ...; empty for ENTITY_KIND_UNSPECIFIED and values beyond the enum.
std::string_view EntityKindName(crm::v1::EntityKind kind);

// The kind that a source key begins with; ENTITY_KIND_UNSPECIFIED when it names none.
crm::v1::EntityKind KindOfSourceKey(std::string_view source_key);

// The kind of the record that `change` describes; of a deletion or merge, its entity;
// ENTITY_KIND_UNSPECIFIED for a retraction, which only its key places, and for no change at all.
crm::v1::EntityKind KindOfChange(const crm::v1::CrmEvent& event);

// KindOfSourceKey; for keys that name no kind, the kind of the change in the payload, which is not
// parsed for it. Cheap: the feed asks for every event.
crm::v1::EntityKind KindOfEvent(const eventlog::Event& event);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_EVENT_KINDS_H_
