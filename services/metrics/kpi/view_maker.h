// Makes views by hand for tests of KPIs that look at more than a short feed says.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_VIEW_MAKER_H_
#define QUOTACAST_SERVICES_METRICS_KPI_VIEW_MAKER_H_

#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"

namespace quotacast::metrics {

// Positions of the stages of a ViewMaker's view.
enum MadeStage {
  kDiscovery = 0,
  kProposal = 1,
  kContract = 2,
  kWonStage = 3,
  kLostStage = 4,  // To a competitor.
  kNoDecisionStage = 5,
  kDisqualifiedStage = 6
};

// Calendar quarters, dollars, one team "team" and one segment.
class ViewMaker {
 public:
  explicit ViewMaker(absl::CivilDay as_of_day);

  // Positions; made when they are new.
  int Team(const std::string& id, int parent = -1);
  int Rep(const std::string& id, int team = 0);
  int Account(const std::string& id);
  // Without a list price when that is zero.
  int Product(const std::string& id, int64_t list_price);

  // An open deal in Discovery. References live until the next deal.
  BookOpportunity& Deal(const std::string& rep, absl::CivilDay created);
  // From Discovery to a closing stage; the amount in dollars is booked when it is won.
  BookOpportunity& Closed(const std::string& rep, MadeStage stage, absl::CivilDay created,
                          absl::CivilDay closed, int64_t amount = 0);
  // Moves the deal into a stage; a closing one closes it.
  static void Move(BookOpportunity& deal, MadeStage stage, absl::CivilDay day);

  // To be changed; its columns are made by Finished.
  BookView& view() { return view_; }
  // What was made so far, for whoever reads it.
  BookView Finished() const;

  // The table; fails the test when there is none.
  metrics::v1::KpiTable Ask(const KpiTableQuery& query) const;

 private:
  BookView view_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_VIEW_MAKER_H_
