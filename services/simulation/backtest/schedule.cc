#include "services/simulation/backtest/schedule.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/simulation/field_values.h"
#include "simulator/backtest/score_record.h"

namespace quotacast::simulation {
namespace {

constexpr int kDaysPerWeek = 7;
constexpr char kWorkspacePrefix[] = "workspaces/";

absl::Status UnknownPeriod(std::string_view field, const std::string& written,
                           const PastActuals& outcomes) {
  std::string description = absl::StrCat("there is no period `", written.substr(0, 100), "`");
  if (!outcomes.periods.empty()) {
    absl::StrAppend(&description, " in the data, which has ", outcomes.periods.front().name, " to ",
                    outcomes.periods.back().name);
  }
  ErrorDetail detail;
  detail.reason = "UNKNOWN_PERIOD";
  detail.field_violations.push_back({std::string(field), description});
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(AbslView(field), ": ", description)),
                    detail);
}

// By name or by a day in it.
absl::StatusOr<int> PositionOf(const std::string& written, std::string_view field,
                               const PastActuals& outcomes) {
  const absl::StatusOr<absl::CivilDay> day = ParseIsoDate(written);
  for (size_t p = 0; p < outcomes.periods.size(); ++p) {
    const FiscalPeriod& period = outcomes.periods[p];
    const bool holds_day = day.ok() && *day >= period.start && *day < period.end;
    if (period.name != written && !holds_day) continue;
    if (static_cast<int>(p) >= outcomes.ended_count) {
      return InvalidField(
          field, absl::StrCat(period.name, " goes on until ", FormatIsoDate(period.end - 1),
                              "; only periods that have ended by the as-of date have an outcome"));
    }
    return static_cast<int>(p);
  }
  return UnknownPeriod(field, written, outcomes);
}

}  // namespace

absl::Status CheckBacktestRequest(const v1::BacktestRequest& request) {
  FieldErrors errors;
  const std::string& parent = request.parent();
  if (parent.rfind(kWorkspacePrefix, 0) != 0 || parent.size() == sizeof(kWorkspacePrefix) - 1) {
    errors.Add("parent",
               absl::StrCat("`", parent.substr(0, 100), "` is not `workspaces/{workspace}`"));
  }
  CheckRange(static_cast<double>(request.trial_count()), 0, static_cast<double>(kMaxBacktestTrials),
             "trial_count", errors);
  if (request.step_days() != 0 && request.step_days() != 1 && request.step_days() != 7) {
    errors.Add("step_days", absl::StrCat("is ", request.step_days(), "; want 7, 1 or 0 for 7"));
  }
  for (int i = 0; i < request.weeks_size(); ++i) {
    CheckRange(request.weeks(i), 1, simulator::kMaxWeekOfPeriod, absl::StrCat("weeks[", i, "]"),
               errors);
  }
  for (int i = 0; i < request.levels_size(); ++i) {
    const v1::Level level = request.levels(i);
    if (level != v1::LEVEL_ORG && level != v1::LEVEL_TEAM && level != v1::LEVEL_REP) {
      errors.Add(absl::StrCat("levels[", i, "]"), "is none of ORG, TEAM and REP");
    }
  }
  if (request.replay_mode() < v1::REPLAY_MODE_UNSPECIFIED ||
      request.replay_mode() > v1::REPLAY_MODE_EFFECTIVE) {
    errors.Add("replay_mode", "is neither RECORDED nor EFFECTIVE");
  }
  return errors.Result();
}

std::optional<absl::CivilDay> AsOfDayOf(const FiscalPeriod& period, int week) {
  const absl::CivilDay first = period.start + kDaysPerWeek * (week - 1);
  if (first >= period.end) return std::nullopt;
  return first - 1;
}

std::vector<int> WeeksOf(const v1::BacktestRequest& request) {
  std::set<int> weeks(request.weeks().begin(), request.weeks().end());
  if (weeks.empty()) weeks.insert(std::begin(kDefaultWeeks), std::end(kDefaultWeeks));
  return {weeks.begin(), weeks.end()};
}

absl::StatusOr<std::vector<Replay>> ScheduleOf(const v1::BacktestRequest& request,
                                               const PastActuals& outcomes) {
  if (outcomes.ended_count == 0) {
    return InvalidField(
        "last_period",
        absl::StrCat("no period has ended by the as-of date",
                     outcomes.periods.empty()
                         ? std::string()
                         : absl::StrCat("; ", outcomes.periods[0].name, " goes on")));
  }
  int first = 0;
  int last = outcomes.ended_count - 1;
  if (!request.last_period().empty()) {
    QC_ASSIGN_OR_RETURN(last, PositionOf(request.last_period(), "last_period", outcomes));
  }
  if (!request.first_period().empty()) {
    QC_ASSIGN_OR_RETURN(first, PositionOf(request.first_period(), "first_period", outcomes));
  }
  if (first > last) {
    return InvalidField("last_period",
                        absl::StrCat(outcomes.periods[static_cast<size_t>(last)].name,
                                     " is before the first period, ",
                                     outcomes.periods[static_cast<size_t>(first)].name));
  }
  std::vector<Replay> replays;
  for (int period = first; period <= last; ++period) {
    for (const int week : WeeksOf(request)) {
      const std::optional<absl::CivilDay> day =
          AsOfDayOf(outcomes.periods[static_cast<size_t>(period)], week);
      if (day.has_value()) replays.push_back({period, week, *day});
    }
  }
  if (replays.empty()) {
    return InvalidField("weeks", "name no week that any of the periods has");
  }
  return replays;
}

v1::ReplayMode ModeOf(const v1::BacktestRequest& request, const PastActuals& outcomes) {
  if (request.replay_mode() != v1::REPLAY_MODE_UNSPECIFIED) return request.replay_mode();
  return outcomes.reconstructed ? v1::REPLAY_MODE_EFFECTIVE : v1::REPLAY_MODE_RECORDED;
}

type::v1::AsOf KnownOn(absl::CivilDay day, v1::ReplayMode mode, const type::v1::AsOf& outcomes) {
  type::v1::AsOf as_of = outcomes;
  *as_of.mutable_effective_date() = DateFrom(day);
  if (mode != v1::REPLAY_MODE_RECORDED) return as_of;
  // The last microsecond of the day: the resolution of the log.
  const int64_t end_seconds = absl::ToUnixSeconds(StartOfDayUtc(day + 1)) - 1;
  constexpr int32_t kLastMicrosecondNanos = 999'999'000;
  const google::protobuf::Timestamp& known_by = outcomes.recorded_time();
  if (!outcomes.has_recorded_time() ||
      std::make_tuple(end_seconds, kLastMicrosecondNanos) <
          std::make_tuple(int64_t{known_by.seconds()}, int32_t{known_by.nanos()})) {
    as_of.mutable_recorded_time()->set_seconds(end_seconds);
    as_of.mutable_recorded_time()->set_nanos(kLastMicrosecondNanos);
  }
  return as_of;
}

}  // namespace quotacast::simulation
