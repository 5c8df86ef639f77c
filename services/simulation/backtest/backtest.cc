#include "services/simulation/backtest/backtest.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "services/simulation/backtest/baseline_forecasts.h"
#include "services/simulation/backtest/line_scores.h"
#include "services/simulation/backtest/lines.h"
#include "services/simulation/backtest/past.h"
#include "services/simulation/backtest/replay_forecast.h"
#include "services/simulation/backtest/schedule.h"
#include "services/simulation/backtest/score_messages.h"
#include "services/simulation/backtest/tally.h"
#include "services/simulation/engine_runs.h"
#include "services/simulation/field_values.h"
#include "simulator/backtest/score_record.h"

namespace quotacast::simulation {
namespace {

// Reasons of the sources that say what was not there yet on a past day; the back-test goes on.
bool IsRefusal(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetDetail(status);
  if (!detail.has_value()) return false;
  static constexpr const char* kReasons[] = {"EMPTY_WORKSPACE", "NO_HISTORY", "MIXED_CURRENCY",
                                             "UNKNOWN_PERIOD"};
  return std::any_of(std::begin(kReasons), std::end(kReasons),
                     [&](const char* reason) { return detail->reason == reason; });
}

type::v1::Refusal RefusalFromStatus(const absl::Status& status) {
  type::v1::Refusal refusal;
  refusal.set_reason(GetDetail(status)->reason);
  refusal.set_message(std::string(status.message()));
  return refusal;
}

// One answer or a refusal.
template <typename Value>
struct OrRefusal {
  std::optional<Value> value;
  type::v1::Refusal refusal;
};

template <typename Value>
absl::StatusOr<OrRefusal<Value>> Sorted(absl::StatusOr<Value> answer) {
  OrRefusal<Value> sorted;
  if (answer.ok()) {
    sorted.value = *std::move(answer);
  } else if (IsRefusal(answer.status())) {
    sorted.refusal = RefusalFromStatus(answer.status());
  } else {
    return answer.status();
  }
  return sorted;
}

class BacktestRun {
 public:
  BacktestRun(const v1::BacktestRequest& request, const CallScope& scope,
              const BacktestTools& tools,
              const std::function<bool(const v1::BacktestResponse&)>& write)
      : request_(request), scope_(scope), tools_(tools), write_(write) {}

  absl::StatusOr<v1::BacktestSummary> Run() {
    QC_RETURN_IF_ERROR(Prepare());
    for (size_t i = 0; i < replays_.size(); ++i) {
      QC_RETURN_IF_ERROR(WriteProgress(static_cast<int>(i)));
      QC_RETURN_IF_ERROR(RunReplay(replays_[i]));
    }
    return tally_->Summary();
  }

 private:
  // Outcomes, what is scored, how often.
  absl::Status Prepare() {
    QC_RETURN_IF_ERROR(CheckBacktestRequest(request_));
    QC_ASSIGN_OR_RETURN(
        const ActualsMessages messages,
        tools_.sources->actuals(request_.parent(), request_.as_of(), false, scope_));
    QC_ASSIGN_OR_RETURN(outcomes_, PastActualsFrom(messages));
    QC_ASSIGN_OR_RETURN(replays_, ScheduleOf(request_, outcomes_));
    mode_ = ModeOf(request_, outcomes_);
    for (const int level : request_.levels()) wanted_.insert(static_cast<v1::Level>(level));
    if (wanted_.empty()) wanted_ = {v1::LEVEL_ORG, v1::LEVEL_TEAM, v1::LEVEL_REP};
    options_.trials = request_.trial_count() == 0 ? kDefaultBacktestTrials : request_.trial_count();
    options_.seed = request_.seed();
    options_.step_days = request_.step_days() == 0 ? 7 : request_.step_days();
    options_.wants_teams = wanted_.count(v1::LEVEL_TEAM) > 0;
    options_.wants_reps = wanted_.count(v1::LEVEL_REP) > 0;
    options_.threads = tools_.threads;
    tally_.emplace(&outcomes_, mode_, options_, WeeksOf(request_), request_.first_period().empty());
    return CheckScoreCount();
  }

  // Before the work rather than after it.
  absl::Status CheckScoreCount() const {
    std::set<std::string> teams;
    for (const PastRep& rep : outcomes_.reps) teams.insert(rep.team_id);
    int64_t lines = wanted_.count(v1::LEVEL_ORG) > 0 ? 1 : 0;
    if (options_.wants_teams) lines += static_cast<int64_t>(teams.size());
    if (options_.wants_reps) lines += static_cast<int64_t>(outcomes_.reps.size());
    const int64_t estimate = lines * static_cast<int64_t>(replays_.size());
    if (estimate <= simulator::kMaxScoredForecasts) return absl::OkStatus();
    return InvalidField(
        "levels",
        absl::StrCat("about ", lines, " lines in each of ", replays_.size(), " replays are ",
                     estimate, " forecasts; at most ", simulator::kMaxScoredForecasts,
                     " are scored at once: want fewer levels, periods or weeks"));
  }

  absl::Status Write(const v1::BacktestResponse& message) {
    if (scope_.cancelled() || !write_(message)) {
      return absl::CancelledError("the caller stopped listening");
    }
    return absl::OkStatus();
  }

  absl::Status WriteProgress(int done) {
    v1::BacktestResponse message;
    v1::BacktestProgress& progress = *message.mutable_progress();
    const Replay& replay = replays_[static_cast<size_t>(done)];
    progress.set_replays_done(done);
    progress.set_replays_total(static_cast<int32_t>(replays_.size()));
    progress.set_period(PeriodOf(replay).name);
    progress.set_week(replay.week);
    return Write(message);
  }

  const FiscalPeriod& PeriodOf(const Replay& replay) const {
    return outcomes_.periods[static_cast<size_t>(replay.period)];
  }

  // The pipeline on the as-of day of a week of a period; null when it is refused. Kept: later
  // replays look back at it.
  absl::StatusOr<const PipelineSnapshot*> SnapshotOf(int period, int week) {
    const auto key = std::make_pair(period, week);
    const auto kept = snapshots_.find(key);
    if (kept != snapshots_.end()) return kept->second.get();
    std::unique_ptr<PipelineSnapshot>& snapshot = snapshots_[key];
    const FiscalPeriod& of = outcomes_.periods[static_cast<size_t>(period)];
    const std::optional<absl::CivilDay> day = AsOfDayOf(of, week);
    if (!day.has_value()) return nullptr;
    QC_ASSIGN_OR_RETURN(
        const auto state,
        Sorted(tools_.sources->state(request_.parent(), KnownOn(*day, mode_, outcomes_.as_of),
                                     of.name, scope_)));
    if (!state.value.has_value()) return nullptr;
    QC_ASSIGN_OR_RETURN(PipelineSnapshot taken, SnapshotFrom(*state.value, of));
    snapshot = std::make_unique<PipelineSnapshot>(std::move(taken));
    return snapshot.get();
  }

  absl::Status RunReplay(const Replay& replay) {
    const FiscalPeriod& period = PeriodOf(replay);
    const type::v1::AsOf known_on = KnownOn(replay.as_of_day, mode_, outcomes_.as_of);
    QC_ASSIGN_OR_RETURN(const auto model,
                        Sorted(tools_.sources->fit(request_.parent(), known_on, scope_)));
    if (!model.value.has_value()) {
      tally_->Refuse(PeriodOf(replay).name, replay, model.refusal);
      return absl::OkStatus();
    }
    if (!AllowsForecast(model.value->evidence().data_tier())) {
      tally_->Refuse(PeriodOf(replay).name, replay, RefusalFrom(*model.value));
      return absl::OkStatus();
    }
    QC_ASSIGN_OR_RETURN(const auto state,
                        Sorted(tools_.sources->state(request_.parent(), model.value->as_of(),
                                                     period.name, scope_)));
    if (!state.value.has_value()) {
      tally_->Refuse(PeriodOf(replay).name, replay, state.refusal);
      return absl::OkStatus();
    }
    if (const auto refusal = CalendarRefusal(period, *state.value); refusal.has_value()) {
      tally_->Refuse(PeriodOf(replay).name, replay, *refusal);
      return absl::OkStatus();
    }
    QC_ASSIGN_OR_RETURN(
        const ReplayForecast forecast,
        ForecastReplay(*model.value, *state.value, options_, *tools_.admission, scope_));
    return Score(replay, forecast, *state.value, model.value->as_of());
  }

  // What was called by this name then must be the period that is scored.
  std::optional<type::v1::Refusal> CalendarRefusal(const FiscalPeriod& period,
                                                   const StateMessages& state) const {
    const auto& periods = state.header.periods();
    if (periods.size() == 1 && periods[0].name() == period.name) {
      FieldErrors errors;
      const auto start = DayFrom(periods[0].start_date(), "start_date", errors);
      const auto end = DayFrom(periods[0].end_date(), "end_date", errors);
      if (start == period.start && end == period.end) return std::nullopt;
    }
    type::v1::Refusal refusal;
    refusal.set_reason("CALENDAR_CHANGED");
    refusal.set_message(absl::StrCat("by what was known then, ", period.name,
                                     " was not the days from ", FormatIsoDate(period.start), " to ",
                                     FormatIsoDate(period.end - 1)));
    return refusal;
  }

  absl::StatusOr<BaselineForecasts> Baselines(const Replay& replay, const Lines& lines,
                                              const PipelineSnapshot& now, const PastActuals& known,
                                              const ReplayForecast& forecast) {
    BaselineContext context;
    context.lines = &lines;
    context.period = PeriodOf(replay);
    context.now = &now;
    context.known = &known;
    for (int past = std::max(0, replay.period - kMaxPastPeriods); past < replay.period; ++past) {
      for (const int week : WeeksOf(request_)) {
        QC_ASSIGN_OR_RETURN(const PipelineSnapshot* const snapshot, SnapshotOf(past, week));
        if (snapshot == nullptr) continue;
        context.seen.push_back(snapshot);
        const FiscalPeriod& of = outcomes_.periods[static_cast<size_t>(past)];
        if (week == replay.week) context.past.push_back({of, snapshot});
      }
    }
    for (const Line& line : lines.lines()) {
      context.booked_minor_units.push_back(
          forecast.period.entities[static_cast<size_t>(line.entity)].booked_minor_units);
    }
    return BaselineForecastsOf(context);
  }

  absl::Status Score(const Replay& replay, const ReplayForecast& forecast,
                     const StateMessages& state, const type::v1::AsOf& known_on) {
    const FiscalPeriod& period = PeriodOf(replay);
    QC_ASSIGN_OR_RETURN(const ActualsMessages messages,
                        tools_.sources->actuals(request_.parent(), known_on, true, scope_));
    QC_ASSIGN_OR_RETURN(const PastActuals known, PastActualsFrom(messages));
    QC_ASSIGN_OR_RETURN(PipelineSnapshot now, SnapshotFrom(state, period));
    const Lines lines(forecast.business);
    QC_ASSIGN_OR_RETURN(const BaselineForecasts baselines,
                        Baselines(replay, lines, now, known, forecast));
    snapshots_[{replay.period, replay.week}] = std::make_unique<PipelineSnapshot>(std::move(now));
    tally_->Note(replay, forecast, lines, baselines);

    const ReplayToScore to_score = {
        .period = period.name,
        .week = replay.week,
        .forecast = &forecast,
        .lines = &lines,
        .baselines = &baselines,
        .outcomes_minor_units = BookedByLine(lines, outcomes_, replay.period)};
    std::vector<v1::ScoredForecast> scored;
    for (const int line : ScoredLines(lines)) {
      if (scope_.cancelled()) return absl::CancelledError("the caller went away");
      QC_ASSIGN_OR_RETURN(LineScore score, ScoreLine(to_score, line));
      scored.push_back(std::move(score.message));
      QC_RETURN_IF_ERROR(tally_->Add(std::move(score)));
    }
    return WriteScored(std::move(scored));
  }

  // Positions of the lines to score: organisation, teams, reps, each in order of id.
  std::vector<int> ScoredLines(const Lines& lines) const {
    std::vector<int> positions;
    for (size_t i = 0; i < lines.lines().size(); ++i) {
      const Line& line = lines.lines()[i];
      if (!line.is_staffed || wanted_.count(LevelMessage(line.level)) == 0) continue;
      positions.push_back(static_cast<int>(i));
    }
    // The enum has reps first.
    std::sort(positions.begin(), positions.end(), [&](int a, int b) {
      const Line& left = lines.lines()[static_cast<size_t>(a)];
      const Line& right = lines.lines()[static_cast<size_t>(b)];
      return std::make_pair(-static_cast<int>(left.level), left.id) <
             std::make_pair(-static_cast<int>(right.level), right.id);
    });
    return positions;
  }

  absl::Status WriteScored(std::vector<v1::ScoredForecast> scored) {
    for (size_t begin = 0; begin < scored.size(); begin += kScoredForecastsPerMessage) {
      const size_t end = std::min(scored.size(), begin + kScoredForecastsPerMessage);
      v1::BacktestResponse message;
      for (size_t i = begin; i < end; ++i) {
        *message.mutable_forecasts()->add_forecasts() = std::move(scored[i]);
      }
      QC_RETURN_IF_ERROR(Write(message));
    }
    return absl::OkStatus();
  }

  const v1::BacktestRequest& request_;
  const CallScope& scope_;
  const BacktestTools& tools_;
  const std::function<bool(const v1::BacktestResponse&)>& write_;

  PastActuals outcomes_;
  std::vector<Replay> replays_;
  v1::ReplayMode mode_ = v1::REPLAY_MODE_RECORDED;
  std::set<v1::Level> wanted_;
  ReplayOptions options_;

  std::map<std::pair<int, int>, std::unique_ptr<PipelineSnapshot>> snapshots_;  // (period, week).
  std::optional<BacktestTally> tally_;                                          // Set by Prepare.
};

}  // namespace

absl::StatusOr<v1::BacktestSummary> RunBacktest(
    const v1::BacktestRequest& request, const CallScope& scope, const BacktestTools& tools,
    const std::function<bool(const v1::BacktestResponse&)>& write) {
  return BacktestRun(request, scope, tools, write).Run();
}

}  // namespace quotacast::simulation
