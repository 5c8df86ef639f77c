#include "services/ingestion/event_kinds.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::ingestion {
namespace {

using crm::v1::CrmEvent;
using crm::v1::EntityKind;

// By the number of the kind.
constexpr std::string_view kNames[] = {
    "",
    "opportunity",
    "rep",
    "team",
    "product",
    "account",
    "stage",
    "quota",
    "fiscal_calendar",
    "lead",
    "activity",
    "commitment",
    "feedback",
    "insight",
    "incident",
    "training",
    "order_line",
    "territory",
    "territory_assignment",
    "comp_plan",
    "rep_forecast",
    "pipeline",
    "erasure",
};
static_assert(std::size(kNames) == crm::v1::EntityKind_ARRAYSIZE);

EntityKind KindOfCase(int change_case) {
  switch (change_case) {
    case CrmEvent::kOpportunity:
      return crm::v1::ENTITY_KIND_OPPORTUNITY;
    case CrmEvent::kRep:
      return crm::v1::ENTITY_KIND_REP;
    case CrmEvent::kTeam:
      return crm::v1::ENTITY_KIND_TEAM;
    case CrmEvent::kProduct:
      return crm::v1::ENTITY_KIND_PRODUCT;
    case CrmEvent::kAccount:
      return crm::v1::ENTITY_KIND_ACCOUNT;
    case CrmEvent::kStage:
      return crm::v1::ENTITY_KIND_STAGE;
    case CrmEvent::kQuota:
      return crm::v1::ENTITY_KIND_QUOTA;
    case CrmEvent::kFiscalCalendar:
      return crm::v1::ENTITY_KIND_FISCAL_CALENDAR;
    case CrmEvent::kLead:
      return crm::v1::ENTITY_KIND_LEAD;
    case CrmEvent::kActivity:
      return crm::v1::ENTITY_KIND_ACTIVITY;
    case CrmEvent::kCommitment:
      return crm::v1::ENTITY_KIND_COMMITMENT;
    case CrmEvent::kFeedback:
      return crm::v1::ENTITY_KIND_FEEDBACK;
    case CrmEvent::kInsight:
      return crm::v1::ENTITY_KIND_INSIGHT;
    case CrmEvent::kIncident:
      return crm::v1::ENTITY_KIND_INCIDENT;
    case CrmEvent::kTraining:
      return crm::v1::ENTITY_KIND_TRAINING;
    case CrmEvent::kOrderLine:
      return crm::v1::ENTITY_KIND_ORDER_LINE;
    case CrmEvent::kTerritory:
      return crm::v1::ENTITY_KIND_TERRITORY;
    case CrmEvent::kTerritoryAssignment:
      return crm::v1::ENTITY_KIND_TERRITORY_ASSIGNMENT;
    case CrmEvent::kCompPlan:
      return crm::v1::ENTITY_KIND_COMP_PLAN;
    case CrmEvent::kRepForecast:
      return crm::v1::ENTITY_KIND_REP_FORECAST;
    case CrmEvent::kPipeline:
      return crm::v1::ENTITY_KIND_PIPELINE;
    case CrmEvent::kErasure:
      return crm::v1::ENTITY_KIND_ERASURE;
    default:
      return crm::v1::ENTITY_KIND_UNSPECIFIED;
  }
}

// The number of the first field of a serialised message: its tag is a varint whose lowest three
// bits are the wire type. 0 when there is none.
int FirstFieldNumber(std::string_view payload) {
  uint32_t tag = 0;
  for (size_t i = 0; i < payload.size() && i < 4; ++i) {
    const auto byte = static_cast<uint8_t>(payload[i]);
    tag |= static_cast<uint32_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) return static_cast<int>(tag >> 3);
  }
  return 0;
}

}  // namespace

std::string_view EntityKindName(EntityKind kind) {
  const auto index = static_cast<size_t>(kind);
  return index < std::size(kNames) ? kNames[index] : std::string_view();
}

EntityKind KindOfSourceKey(std::string_view source_key) {
  const std::string_view name = source_key.substr(0, source_key.find('/'));
  for (size_t i = 1; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<EntityKind>(i);
  }
  return crm::v1::ENTITY_KIND_UNSPECIFIED;
}

EntityKind KindOfChange(const CrmEvent& event) {
  switch (event.change_case()) {
    case CrmEvent::kDeletion:
      return event.deletion().entity();
    case CrmEvent::kMerge:
      return event.merge().entity();
    default:
      return KindOfCase(event.change_case());
  }
}

EntityKind KindOfEvent(const eventlog::Event& event) {
  const EntityKind kind = KindOfSourceKey(event.id.source_key);
  if (kind != crm::v1::ENTITY_KIND_UNSPECIFIED) return kind;
  return KindOfCase(FirstFieldNumber(event.payload));
}

}  // namespace quotacast::ingestion
