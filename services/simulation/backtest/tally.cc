#include "services/simulation/backtest/tally.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/digest/sha256.h"
#include "services/simulation/backtest/score_messages.h"
#include "simulator/engine/engine.h"

namespace quotacast::simulation {
namespace {

using simulator::ForecastLevel;

std::string Counted(int64_t count, std::string_view noun) {
  return absl::StrCat(count, " ", AbslView(noun), count == 1 ? "" : "s");
}

}  // namespace

BacktestTally::BacktestTally(const PastActuals* outcomes, v1::ReplayMode mode,
                             const ReplayOptions& options, std::vector<int> weeks,
                             bool begins_with_first_forecast)
    : outcomes_(outcomes),
      mode_(mode),
      options_(options),
      weeks_(std::move(weeks)),
      begins_with_first_forecast_(begins_with_first_forecast) {}

void BacktestTally::Refuse(const std::string& period, const Replay& replay,
                           const type::v1::Refusal& refusal) {
  const bool is_before = begins_with_first_forecast_ && replay_count_ == 0;
  v1::RefusedReplay& refused =
      (is_before ? refusals_before_first_forecast_ : refusals_).emplace_back();
  refused.set_period(period);
  refused.set_week(replay.week);
  *refused.mutable_as_of_date() = DateFrom(replay.as_of_day);
  *refused.mutable_refusal() = refusal;
}

void BacktestTally::Note(const Replay& replay, const ReplayForecast& forecast, const Lines& lines,
                         const BaselineForecasts& baselines) {
  ++replay_count_;
  scored_periods_.insert(replay.period);
  model_hashes_ += forecast.business.model_hash;
  fewest_trials_ =
      fewest_trials_ == 0 ? forecast.trials : std::min(fewest_trials_, forecast.trials);
  most_trials_ = std::max(most_trials_, forecast.trials);
  probability_sources_.insert(baselines.win_probability_source);
  due_count_ += baselines.due_count;
  without_expected_day_count_ += baselines.deals_without_expected_day_count;
  without_amount_count_ += baselines.deals_without_amount_count;
  newcomer_count_ += NewcomerCount(lines, *outcomes_, replay.period);
  if (currency_.code.empty()) currency_ = forecast.business.currency;
}

absl::Status BacktestTally::Add(LineScore score) {
  const ForecastLevel level = score.scored.key.level;
  if (score.at_quota.has_value()) {
    at_quota_[{level, 0}].push_back(*score.at_quota);
    at_quota_[{level, score.scored.key.week_of_period}].push_back(*score.at_quota);
  }
  return record_.Add(std::move(score.scored));
}

absl::StatusOr<v1::BacktestSummary> BacktestTally::Summary() {
  for (const int period : scored_periods_) {
    const FiscalPeriod& from = outcomes_->periods[static_cast<size_t>(period)];
    type::v1::FiscalPeriod& to = *summary_.add_periods();
    to.set_name(from.name);
    *to.mutable_start_date() = DateFrom(from.start);
    *to.mutable_end_date() = DateFrom(from.end);
  }
  // Without any forecast the reasons are all there is to say.
  if (replay_count_ == 0 && begins_with_first_forecast_) {
    refusals_.swap(refusals_before_first_forecast_);
  }
  for (const v1::RefusedReplay& refused : refusals_) *summary_.add_refusals() = refused;
  *summary_.mutable_as_of() = outcomes_->as_of;
  summary_.set_replay_mode(mode_);
  summary_.set_currency_code(currency_.code.empty() ? outcomes_->currency.code : currency_.code);
  summary_.set_trial_count(fewest_trials_ == 0 ? options_.trials : fewest_trials_);
  summary_.set_seed(options_.seed);
  summary_.set_step_days(options_.step_days);
  if (record_.forecast_count() > 0) QC_RETURN_IF_ERROR(AddScores());
  AddWarnings();
  if (summary_.summary().empty()) {
    summary_.set_summary(absl::StrCat(
        "Nothing was scored: ", replay_count_ == 0 ? "none of the past days allows a forecast."
                                                   : "no line of the wanted levels is there."));
  }
  return std::move(summary_);
}

absl::Status BacktestTally::AddScores() {
  simulator::SummaryOptions all;
  all.bootstrap.seed = options_.seed;
  QC_ASSIGN_OR_RETURN(const auto levels, record_.Summarize(all));
  std::map<int, std::vector<simulator::LevelSummary>> by_week;
  for (const int week : weeks_) {
    simulator::SummaryOptions of_week = all;
    of_week.week_of_period = week;
    QC_ASSIGN_OR_RETURN(by_week[week], record_.Summarize(of_week));
  }
  // The record has reps first.
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    AddLevel(*level, 0);
    for (const auto& [week, of_week] : by_week) {
      for (const simulator::LevelSummary& summary : of_week) {
        if (summary.level == level->level) AddLevel(summary, week);
      }
    }
    if (level->level != ForecastLevel::kOrg) continue;
    type::v1::TrackRecord& record = *summary_.mutable_track_record();
    record = TrackRecordFrom(*level);
    *record.mutable_as_of() = outcomes_->as_of;
    record.set_engine_id(std::string(simulator::kEngineId));
    record.set_models_hash(digest::Sha256Hex(model_hashes_));
    summary_.set_summary(
        BacktestSentence(*level, summary_.periods(0).name(), summary_.periods().rbegin()->name()));
  }
  if (summary_.summary().empty()) {
    summary_.set_summary(absl::StrCat(
        Counted(record_.forecast_count(), "forecast"), " of ",
        Counted(summary_.periods_size(), "period"),
        "; the organisation was not asked for, so there is no headline and no track record."));
  }
  return absl::OkStatus();
}

void BacktestTally::AddLevel(const simulator::LevelSummary& summary, int week) {
  v1::LevelScores scores = LevelScoresFrom(summary, week, currency_);
  for (v1::ReliabilityBin& bin : ReliabilityBins(at_quota_[{summary.level, week}])) {
    *scores.add_reliability() = std::move(bin);
  }
  *summary_.add_scores() = std::move(scores);
}

void BacktestTally::AddWarnings() {
  const auto warn = [this](std::string warning) { summary_.add_warnings(std::move(warning)); };
  if (mode_ == v1::REPLAY_MODE_EFFECTIVE) {
    warn(absl::StrCat(
        outcomes_->reconstructed ? "The history was imported after it happened: past days"
                                 : "Past days",
        " are seen as they are known today. Corrections made later count too early, so the scores "
        "may flatter."));
  } else if (outcomes_->reconstructed) {
    warn(
        "The history was imported after it happened, and only what had been recorded by a past "
        "day counts: days before the import have no history.");
  }
  const int64_t period_count = static_cast<int64_t>(scored_periods_.size());
  if (period_count > 0 && period_count < simulator::kMinConclusivePeriods) {
    warn(absl::StrCat("Directional: ", Counted(period_count, "period"), " scored, and fewer than ",
                      simulator::kMinConclusivePeriods,
                      " tell the sign of a figure, not its size."));
  }
  if (probability_sources_.count(WinProbabilitySource::kStated) > 0) {
    warn("B0 weighs with the win probabilities that the source states for its stages.");
  }
  if (probability_sources_.count(WinProbabilitySource::kHistory) > 0) {
    warn(
        "B0 weighs with the share won of earlier deals seen open in the same stage, as known then: "
        "the source states no win probabilities.");
  }
  if (without_expected_day_count_ > 0) {
    warn(absl::StrCat(without_expected_day_count_, " of ", due_count_,
                      " open deals of the baselines have no expected close date and count as due "
                      "in the period."));
  }
  if (without_amount_count_ > 0) {
    warn(absl::StrCat(without_amount_count_, " of ", due_count_,
                      " open deals of the baselines have no amount: B0 takes the mean of won "
                      "deals, B1 leaves them out of the open pipeline."));
  }
  if (newcomer_count_ > 0) {
    warn(absl::StrCat(
        "In ", Counted(newcomer_count_, "case"),
        " somebody booked who was not there when the forecast was made: that counts in the "
        "outcomes of teams and organisation, and has no line of its own."));
  }
  if (fewest_trials_ > 0 && fewest_trials_ < std::max(most_trials_, options_.trials)) {
    warn(absl::StrCat("Some forecasts have ", fewest_trials_,
                      " trials only: with so many lines no more can be kept of each."));
  }
  const int64_t unlisted = static_cast<int64_t>(refusals_before_first_forecast_.size());
  if (replay_count_ > 0 && unlisted > 0) {
    warn(absl::StrCat(Counted(unlisted, "replay"),
                      " before the first forecast had too little history and ",
                      unlisted == 1 ? "is" : "are", " not listed."));
  }
}

}  // namespace quotacast::simulation
