#include "services/metrics/initiative_runs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/nearest_names.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

constexpr size_t kNearestIds = 3;

class RunReader {
 public:
  explicit RunReader(const simulator::History& history) : history_(history) {
    for (size_t r = 0; r < history.reps.size(); ++r) {
      rep_positions_.emplace(history.reps[r].id, static_cast<int>(r));
      rep_ids_.push_back(history.reps[r].id);
    }
  }

  simulator::InitiativeRun Read(const metrics::v1::InitiativeRun& message,
                                const std::string& path) {
    simulator::InitiativeRun run;
    run.id = message.initiative_id();
    switch (message.driver()) {
      case type::v1::INITIATIVE_DRIVER_WIN:
        run.driver = simulator::InitiativeDriver::kWin;
        break;
      case type::v1::INITIATIVE_DRIVER_CREATION:
        run.driver = simulator::InitiativeDriver::kCreation;
        break;
      default:
        Add(absl::StrCat(path, ".driver"), absl::StrCat("is ", message.driver(),
                                                        "; want INITIATIVE_DRIVER_WIN or "
                                                        "INITIATIVE_DRIVER_CREATION"));
    }
    for (int i = 0; i < message.participants_size(); ++i) {
      ReadParticipant(message.participants(i), absl::StrCat(path, ".participants[", i, "]"), run);
    }
    if (message.has_end_date()) {
      run.end = Day(message.end_date(), absl::StrCat(path, ".end_date"));
    }
    run.segments =
        Positions(message.segment_ids(), history_.segments, absl::StrCat(path, ".segment_ids"));
    run.stages = Positions(message.stage_ids(), history_.stages, absl::StrCat(path, ".stage_ids"));
    if (run.driver != simulator::InitiativeDriver::kWin && message.stage_ids_size() > 0) {
      Add(absl::StrCat(path, ".stage_ids"), "are of no meaning for an effect on creation");
    }
    run.adoption = {message.adoption_ceiling(), message.adoption_half_time_weeks(),
                    message.adoption_width_weeks()};
    run.stated = {message.stated().mean(), message.stated().sd()};
    return run;
  }

  absl::Status Result() && {
    if (violations_.empty()) return absl::OkStatus();
    return InvalidFields(std::move(violations_));
  }

 private:
  void Add(std::string field, std::string description) {
    violations_.push_back({std::move(field), std::move(description)});
  }

  std::optional<absl::CivilDay> Day(const google::type::Date& date, const std::string& path) {
    const std::optional<absl::CivilDay> day = ToCivilDay(date);
    if (!day.has_value()) {
      Add(path, absl::StrCat("is ", date.year(), "-", date.month(), "-", date.day(),
                             ", which is no day"));
    }
    return day;
  }

  void ReadParticipant(const metrics::v1::RunParticipant& message, const std::string& path,
                       simulator::InitiativeRun& run) {
    const auto rep = rep_positions_.find(message.rep_id());
    if (rep == rep_positions_.end()) {
      Add(absl::StrCat(path, ".rep_id"),
          absl::StrCat("is `", message.rep_id(), "`, which is no rep; the nearest are ",
                       absl::StrJoin(NearestNames(message.rep_id(), rep_ids_, kNearestIds), ", ")));
    }
    const auto start = Day(message.start_date(), absl::StrCat(path, ".start_date"));
    if (start.has_value() && *start > history_.as_of) {
      Add(absl::StrCat(path, ".start_date"),
          absl::StrCat("is ", FormatIsoDate(*start), "; want a day up to the as-of date ",
                       FormatIsoDate(history_.as_of)));
    }
    if (rep == rep_positions_.end() || !start.has_value()) return;
    run.participants.push_back({rep->second, *start, message.headroom()});
  }

  std::vector<int> Positions(const google::protobuf::RepeatedPtrField<std::string>& ids,
                             const std::vector<std::string>& names, const std::string& path) {
    std::vector<int> positions;
    for (int i = 0; i < ids.size(); ++i) {
      const auto found = std::find(names.begin(), names.end(), ids[i]);
      if (found == names.end()) {
        Add(absl::StrCat(path, "[", i, "]"),
            absl::StrCat("is `", ids[i], "`; want one of ", absl::StrJoin(names, ", ")));
        continue;
      }
      positions.push_back(static_cast<int>(found - names.begin()));
    }
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
  }

  const simulator::History& history_;
  std::unordered_map<std::string, int> rep_positions_;
  std::vector<std::string> rep_ids_;
  std::vector<FieldViolation> violations_;
};

type::v1::NormalEffect ToProtoEffect(const simulator::Effect& effect) {
  type::v1::NormalEffect proto;
  proto.set_mean(effect.mean);
  proto.set_sd(effect.sd);
  return proto;
}

}  // namespace

absl::StatusOr<std::vector<simulator::InitiativeRun>> RunsFrom(
    const google::protobuf::RepeatedPtrField<metrics::v1::InitiativeRun>& messages,
    const simulator::History& history) {
  if (messages.size() > static_cast<int>(simulator::kMaxInitiativeRuns)) {
    return InvalidField("runs", absl::StrCat("has ", messages.size(), " entries; want at most ",
                                             simulator::kMaxInitiativeRuns));
  }
  RunReader reader(history);
  std::vector<simulator::InitiativeRun> runs;
  for (int i = 0; i < messages.size(); ++i) {
    runs.push_back(reader.Read(messages[i], absl::StrCat("runs[", i, "]")));
  }
  const absl::Status status = std::move(reader).Result();
  if (!status.ok()) return status;
  return runs;
}

type::v1::InitiativeMeasurement ToProtoMeasurement(
    const metrics::v1::InitiativeRun& run, const simulator::InitiativeMeasurement& measurement) {
  const bool wins = run.driver() == type::v1::INITIATIVE_DRIVER_WIN;
  type::v1::InitiativeMeasurement proto;
  proto.set_initiative_id(run.initiative_id());
  proto.set_driver(run.driver());
  *proto.mutable_stage_ids() = run.stage_ids();
  *proto.mutable_stated() = ToProtoEffect({.mean = run.stated().mean(), .sd = run.stated().sd()});
  if (measurement.history.has_value()) {
    *proto.mutable_history() = ToProtoEffect(*measurement.history);
  } else {
    proto.set_note(measurement.treated_count == 0 ? "nobody who took part has anything to count yet"
                                                  : "nobody else to compare with at the same time");
  }
  *proto.mutable_combined() = ToProtoEffect(measurement.combined);
  proto.set_treated_count(measurement.treated_count);
  proto.set_untreated_count(measurement.untreated_count);
  proto.set_sample_unit(wins ? "exits" : "deals created");
  proto.set_adopted_share(measurement.adopted_share);
  proto.set_absorbed_share(measurement.absorbed_share);
  return proto;
}

}  // namespace quotacast::metrics
