// What came of past periods, by rep, team and organisation: rows made from the answer of
// GetActuals, which tells it rep by rep.
#ifndef QUOTACAST_CLIENTS_CLI_ACTUALS_TABLE_H_
#define QUOTACAST_CLIENTS_CLI_ACTUALS_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/type/money.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/simulation/v1/forecast.pb.h"
#include "quotacast/type/v1/fiscal_period.pb.h"

namespace quotacast::cli {

// One group in one period.
struct ActualsCell {
  simulation::v1::Level level = simulation::v1::LEVEL_UNSPECIFIED;
  std::string group;         // Id; empty for the organisation.
  std::string display_name;  // Empty when nobody told it.
  std::string team;          // Id of a rep's team; empty for others.
  type::v1::FiscalPeriod period;
  google::type::Money booked;
  std::optional<google::type::Money> quota;  // Nothing when no rep of the group has one.
  int64_t won_count = 0;
  int64_t lost_count = 0;
  int64_t created_count = 0;
};

struct ActualsTable {
  metrics::v1::ActualsHeader header;
  // By level in the order asked for, in order of group, and of period in each.
  std::vector<ActualsCell> cells;
};

// `messages` as GetActuals sends them: a header, then reps. `roster` names reps and teams and says
// which teams lie below which; a team's figures include the teams below it. INTERNAL when the
// messages do not belong together.
absl::StatusOr<ActualsTable> MakeActualsTable(
    const std::vector<metrics::v1::GetActualsResponse>& messages,
    const metrics::v1::PipelineStateHeader& roster,
    const std::vector<simulation::v1::Level>& levels);

// Whether there is anything to tell of a cell.
bool IsEmpty(const ActualsCell& cell);

// Booked over quota; nothing without a quota above zero.
std::optional<double> Attainment(const ActualsCell& cell);

// "org", "team", "rep".
std::string LevelWord(simulation::v1::Level level);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_ACTUALS_TABLE_H_
