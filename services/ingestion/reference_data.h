// What rows may refer to: reps, teams, products, accounts, deals ... and the fiscal calendar, from
// the log and from the files being imported.
#ifndef QUOTACAST_SERVICES_INGESTION_REFERENCE_DATA_H_
#define QUOTACAST_SERVICES_INGESTION_REFERENCE_DATA_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/fiscal_calendar.h"
#include "base/money.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

// Ids of one kind, in order.
using IdSet = std::set<std::string, std::less<>>;

// Not thread-safe. Memory: the reference data, and the ids of deals and leads.
class ReferenceData {
 public:
  struct Team {
    std::string parent_team_id;  // Empty at the top.
  };
  struct Product {
    std::optional<Money> list_price;
    std::string series;
  };

  // Quarters from January, nothing else.
  ReferenceData();

  // Everything the workspace's log knows. Reads the log from its start, a page at a time.
  // CANCELLED when `cancelled` says so; errors of the log; INTERNAL for a damaged event.
  static absl::StatusOr<ReferenceData> Load(const eventlog::EventLog& log,
                                            std::string_view workspace,
                                            const std::function<bool()>& cancelled);

  // Takes in one change; of deals, leads and what happens to them only id and currency are noted.
  absl::Status Apply(const crm::v1::CrmEvent& event);

  // Known ids of teams, reps, products, accounts, territories, compensation plans, pipelines,
  // stages, leads and opportunities; of other kinds none are noted. Deleted records stay known.
  const IdSet& ids(crm::v1::EntityKind kind) const;

  const std::map<std::string, Team, std::less<>>& teams() const { return teams_; }
  const std::map<std::string, Product, std::less<>>& products() const { return products_; }
  const FiscalCalendar& calendar() const { return calendar_; }

  // The currency of the first amount; empty while there is none.
  const std::string& currency() const { return currency_; }

  // The latest day on which a deal of the log changed; nullopt while there is none.
  std::optional<absl::CivilDay> latest_deal_day() const;

  // The log's last offset that Load has seen.
  int64_t last_offset() const { return last_offset_; }

 private:
  std::map<std::string, Team, std::less<>> teams_;
  std::map<crm::v1::EntityKind, IdSet> ids_;
  std::map<std::string, Product, std::less<>> products_;
  FiscalCalendar calendar_;
  std::string currency_;
  std::optional<absl::Time> latest_deal_time_;
  int64_t last_offset_ = 0;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_REFERENCE_DATA_H_
