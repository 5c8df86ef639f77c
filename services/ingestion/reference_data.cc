#include "services/ingestion/reference_data.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "services/ingestion/calendar_change.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kPageEvents = 5'000;

// Of the amount that the change states; empty when it states none.
std::string CurrencyOf(const crm::v1::CrmEvent& event) {
  switch (event.change_case()) {
    case crm::v1::CrmEvent::kProduct:
      return event.product().list_price().currency_code();
    case crm::v1::CrmEvent::kOpportunity:
      return event.opportunity().amount().currency_code();
    case crm::v1::CrmEvent::kQuota:
      return event.quota().amount().currency_code();
    case crm::v1::CrmEvent::kOrderLine:
      return event.order_line().amount().currency_code();
    default:
      return "";
  }
}

// Kinds with many records: of deals and leads the source key says all that is wanted here, of the
// others nothing is. They are not decoded once the currency is known.
struct BulkKind {
  std::string_view prefix;
  crm::v1::EntityKind kind;  // Unspecified when its ids are not noted.
};
constexpr BulkKind kBulkKinds[] = {
    {"opportunity/", crm::v1::ENTITY_KIND_OPPORTUNITY},
    {"activity/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"lead/", crm::v1::ENTITY_KIND_LEAD},
    {"order_line/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"commitment/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"feedback/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"insight/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"incident/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"training/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"quota/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"rep_forecast/", crm::v1::ENTITY_KIND_UNSPECIFIED},
    {"territory_assignment/", crm::v1::ENTITY_KIND_UNSPECIFIED},
};

const BulkKind* BulkKindOf(std::string_view source_key) {
  for (const BulkKind& bulk : kBulkKinds) {
    if (source_key.substr(0, bulk.prefix.size()) == bulk.prefix) return &bulk;
  }
  return nullptr;
}

}  // namespace

// Month 1 is always valid.
ReferenceData::ReferenceData() : calendar_(FiscalCalendar::MonthStart(1).value()) {}

absl::StatusOr<ReferenceData> ReferenceData::Load(const eventlog::EventLog& log,
                                                  std::string_view workspace,
                                                  const std::function<bool()>& cancelled) {
  ReferenceData data;
  while (true) {
    if (cancelled()) return absl::CancelledError("the import was cancelled");
    QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> page,
                        log.Read(workspace, data.last_offset_, kPageEvents));
    if (page.empty()) return data;
    for (const eventlog::StoredEvent& stored : page) {
      const BulkKind* bulk = BulkKindOf(stored.event.id.source_key);
      if (bulk != nullptr && bulk->kind != crm::v1::ENTITY_KIND_UNSPECIFIED) {
        IdSet& ids = data.ids_[bulk->kind];
        const std::string_view id =
            std::string_view(stored.event.id.source_key).substr(bulk->prefix.size());
        if (ids.find(id) == ids.end()) ids.emplace(id);
      }
      if (bulk == nullptr || data.currency_.empty()) {
        QC_ASSIGN_OR_RETURN(const crm::v1::CrmEvent event, ToCrmEvent(stored));
        QC_RETURN_IF_ERROR(data.Apply(event));
      }
      const std::optional<absl::Time>& time = stored.event.effective_time;
      if (IsOpportunityKey(stored.event.id.source_key) && time.has_value() &&
          (!data.latest_deal_time_.has_value() || *data.latest_deal_time_ < *time)) {
        data.latest_deal_time_ = time;
      }
    }
    data.last_offset_ = page.back().offset;
  }
}

std::optional<absl::CivilDay> ReferenceData::latest_deal_day() const {
  if (!latest_deal_time_.has_value()) return std::nullopt;
  return absl::ToCivilDay(*latest_deal_time_, absl::UTCTimeZone());
}

absl::Status ReferenceData::Apply(const crm::v1::CrmEvent& event) {
  if (currency_.empty()) currency_ = CurrencyOf(event);
  const auto note = [this](crm::v1::EntityKind kind, const std::string& id) {
    ids_[kind].insert(id);
  };
  switch (event.change_case()) {
    case crm::v1::CrmEvent::kTeam:
      note(crm::v1::ENTITY_KIND_TEAM, event.team().team_id());
      teams_[event.team().team_id()].parent_team_id = event.team().parent_team_id();
      break;
    case crm::v1::CrmEvent::kRep:
      note(crm::v1::ENTITY_KIND_REP, event.rep().rep_id());
      break;
    case crm::v1::CrmEvent::kProduct: {
      note(crm::v1::ENTITY_KIND_PRODUCT, event.product().product_id());
      Product& product = products_[event.product().product_id()];
      if (event.product().has_series()) product.series = event.product().series();
      if (event.product().has_list_price()) {
        QC_ASSIGN_OR_RETURN(product.list_price, FromProtoMoney(event.product().list_price()));
      }
      break;
    }
    case crm::v1::CrmEvent::kAccount:
      note(crm::v1::ENTITY_KIND_ACCOUNT, event.account().account_id());
      break;
    case crm::v1::CrmEvent::kTerritory:
      note(crm::v1::ENTITY_KIND_TERRITORY, event.territory().territory_id());
      break;
    case crm::v1::CrmEvent::kCompPlan:
      note(crm::v1::ENTITY_KIND_COMP_PLAN, event.comp_plan().comp_plan_id());
      break;
    case crm::v1::CrmEvent::kPipeline:
      note(crm::v1::ENTITY_KIND_PIPELINE, event.pipeline().pipeline_id());
      break;
    case crm::v1::CrmEvent::kStage:
      note(crm::v1::ENTITY_KIND_STAGE, event.stage().stage_id());
      break;
    case crm::v1::CrmEvent::kLead:
      note(crm::v1::ENTITY_KIND_LEAD, event.lead().lead_id());
      break;
    case crm::v1::CrmEvent::kOpportunity:
      note(crm::v1::ENTITY_KIND_OPPORTUNITY, event.opportunity().opportunity_id());
      break;
    case crm::v1::CrmEvent::kFiscalCalendar: {
      QC_ASSIGN_OR_RETURN(calendar_, CalendarFromChange(event.fiscal_calendar()));
      break;
    }
    default:
      break;
  }
  return absl::OkStatus();
}

const IdSet& ReferenceData::ids(crm::v1::EntityKind kind) const {
  static const auto* const none = new IdSet();
  const auto found = ids_.find(kind);
  return found == ids_.end() ? *none : found->second;
}

}  // namespace quotacast::ingestion
