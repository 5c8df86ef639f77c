// What metrics says of the past, as plain values: what came of each period, and the open pipeline
// as it stood on a day.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_PAST_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_PAST_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "quotacast/type/v1/as_of.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/field_values.h"
#include "services/simulation/sources.h"

namespace quotacast::simulation {

// What a rep did, by period of the actuals.
struct PastRep {
  std::string id;
  std::string team_id;
  std::vector<int64_t> booked_minor_units;
  // Deals won, lost or created: a rep without any was not at work yet, or no more.
  std::vector<int64_t> deal_counts;
};

struct WonDeal {
  std::string rep_id;
  absl::CivilDay won_day;
  int64_t amount_minor_units = 0;  // 0 when the source has none.
};

// What was known of all periods at an as-of.
struct PastActuals {
  type::v1::AsOf as_of;
  std::vector<FiscalPeriod> periods;  // In order of time.
  int ended_count = 0;                // The first ones, ended by the as-of date.
  bool reconstructed = false;
  CurrencyUnit currency;
  std::vector<PastRep> reps;                           // In order of id.
  std::unordered_map<std::string, WonDeal> deals_won;  // By id; only when they were asked for.
};
// INTERNAL when the messages contradict themselves: they come from a service of ours.
absl::StatusOr<PastActuals> PastActualsFrom(const ActualsMessages& messages);

// An open deal on the day of a snapshot.
struct SnapshotDeal {
  std::string id;
  std::string rep_id;
  std::string stage_id;
  std::optional<int64_t> amount_minor_units;  // Absent when the source has none.
  // Expected to close by the end of the period, or not said when. A date that has passed counts:
  // the deal is overdue, not gone.
  bool is_due = false;
  bool has_expected_day = false;
};

// The open pipeline at the end of a day, before or within a period.
struct PipelineSnapshot {
  absl::CivilDay as_of_day;
  std::vector<SnapshotDeal> deals;  // In order of id.
  // The source's win probability by stage, where it has one.
  std::map<std::string, double> stated_win_probabilities;
};
// `period` is the one the deals are due in or not. INTERNAL as above.
absl::StatusOr<PipelineSnapshot> SnapshotFrom(const StateMessages& state,
                                              const FiscalPeriod& period);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_PAST_H_
