#include "services/simulation/backtest/baseline_forecasts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/time/civil_time.h"
#include "base/status_macros.h"

namespace quotacast::simulation {
namespace {

using simulator::Baseline;

constexpr double kDaysPerYear = 365.25;

struct Decided {
  int64_t won_count = 0;
  int64_t count = 0;
};

// The lines of every rep that is met, found once.
class LineFinder {
 public:
  LineFinder(const Lines& lines, const PastActuals& known)
      : lines_(lines), team_of_rep_(TeamOfRep(known)) {}

  const std::vector<int>& Of(const std::string& rep_id) {
    const auto found = known_.find(rep_id);
    if (found != known_.end()) return found->second;
    const auto team = team_of_rep_.find(rep_id);
    return known_[rep_id] =
               lines_.LinesOf(rep_id, team == team_of_rep_.end() ? std::string() : team->second);
  }

 private:
  const Lines& lines_;
  const std::unordered_map<std::string, std::string> team_of_rep_;
  std::unordered_map<std::string, std::vector<int>> known_;
};

// What the period had open and came to, for each line.
std::vector<simulator::PastPipeline> PipelinesOf(const PastWeek& past, const PastActuals& known,
                                                 size_t line_count, LineFinder& finder) {
  std::vector<simulator::PastPipeline> pipelines(line_count);
  std::unordered_map<std::string, const SnapshotDeal*> open_and_due;
  for (const SnapshotDeal& deal : past.snapshot->deals) {
    if (!deal.is_due || !deal.amount_minor_units.has_value()) continue;
    open_and_due.emplace(deal.id, &deal);
    for (const int line : finder.Of(deal.rep_id)) {
      pipelines[static_cast<size_t>(line)].open_minor_units += *deal.amount_minor_units;
    }
  }
  for (const auto& [id, deal] : known.deals_won) {
    if (deal.won_day <= past.snapshot->as_of_day || deal.won_day >= past.period.end) continue;
    const auto open = open_and_due.find(id);
    const std::vector<int> was_in =
        open == open_and_due.end() ? std::vector<int>() : finder.Of(open->second->rep_id);
    for (const int line : finder.Of(deal.rep_id)) {
      simulator::PastPipeline& pipeline = pipelines[static_cast<size_t>(line)];
      const bool from_open = std::find(was_in.begin(), was_in.end(), line) != was_in.end();
      (from_open ? pipeline.won_from_open_minor_units : pipeline.won_from_new_minor_units) +=
          deal.amount_minor_units;
    }
  }
  return pipelines;
}

// What won deals booked on average; 0 without any.
int64_t MeanWonAmount(const PastActuals& known) {
  int64_t sum = 0;
  int64_t count = 0;
  for (const auto& [id, deal] : known.deals_won) {
    if (deal.amount_minor_units <= 0) continue;
    sum += deal.amount_minor_units;
    ++count;
  }
  return count == 0 ? 0 : sum / count;
}

int PeriodsPerYear(const FiscalPeriod& period) {
  const double days = static_cast<double>(period.end - period.start);
  return std::clamp(static_cast<int>(std::lround(kDaysPerYear / days)), 1, 53);
}

// Bookings of the line in each period before the one forecast, from the first with a deal on.
absl::StatusOr<simulator::BaselineForecast> SeasonalNaive(const std::vector<int64_t>& booked,
                                                          const std::vector<bool>& has_deals,
                                                          const FiscalPeriod& period) {
  simulator::SeasonalNaiveInput input;
  input.periods_per_year = PeriodsPerYear(period);
  const auto first = std::find(has_deals.begin(), has_deals.end(), true);
  input.past_bookings_minor_units.assign(booked.begin() + (first - has_deals.begin()),
                                         booked.end());
  QC_ASSIGN_OR_RETURN(simulator::SeasonalNaiveForecast forecast, SeasonalNaiveBaseline(input));
  return std::move(forecast.forecast);
}

}  // namespace

StageWinShares WinSharesOf(const BaselineContext& context) {
  StageWinShares shares;
  std::set<std::string> stages;
  std::unordered_set<std::string> open_now;
  for (const SnapshotDeal& deal : context.now->deals) {
    stages.insert(deal.stage_id);
    open_now.insert(deal.id);
  }
  const auto& stated = context.now->stated_win_probabilities;
  const bool all_stated =
      !stated.empty() && std::all_of(stages.begin(), stages.end(), [&](const std::string& stage) {
        return stated.count(stage) > 0;
      });
  if (all_stated) {
    shares.by_stage = stated;
    shares.source = WinProbabilitySource::kStated;
    return shares;
  }
  std::map<std::string, Decided> decided;
  Decided all;
  std::set<std::pair<std::string, std::string>> counted;  // Stage, deal.
  for (const PipelineSnapshot* snapshot : context.seen) {
    for (const SnapshotDeal& deal : snapshot->deals) {
      if (open_now.count(deal.id) > 0) continue;
      if (!counted.insert({deal.stage_id, deal.id}).second) continue;
      const bool won = context.known->deals_won.count(deal.id) > 0;
      for (Decided* sum : {&decided[deal.stage_id], &all}) {
        ++sum->count;
        if (won) ++sum->won_count;
      }
    }
  }
  if (all.count == 0) return shares;
  shares.source = WinProbabilitySource::kHistory;
  for (const std::string& stage : stages) {
    const auto found = decided.find(stage);
    const Decided& sum = found == decided.end() ? all : found->second;
    shares.by_stage[stage] = static_cast<double>(sum.won_count) / static_cast<double>(sum.count);
  }
  return shares;
}

absl::StatusOr<BaselineForecasts> BaselineForecastsOf(const BaselineContext& context) {
  const size_t line_count = context.lines->lines().size();
  BaselineForecasts result;
  result.lines.resize(line_count);
  LineFinder finder(*context.lines, *context.known);

  const StageWinShares shares = WinSharesOf(context);
  result.win_probability_source = shares.source;
  std::vector<simulator::WeightedPipelineInput> weighted(line_count);
  std::vector<simulator::PipelineConversionInput> conversion(line_count);
  const int64_t mean_won_amount = MeanWonAmount(*context.known);
  for (const SnapshotDeal& deal : context.now->deals) {
    if (!deal.is_due) continue;
    ++result.due_count;
    if (!deal.has_expected_day) ++result.deals_without_expected_day_count;
    if (!deal.amount_minor_units.has_value()) ++result.deals_without_amount_count;
    for (const int position : finder.Of(deal.rep_id)) {
      const size_t line = static_cast<size_t>(position);
      conversion[line].open_minor_units += deal.amount_minor_units.value_or(0);
      if (shares.source == WinProbabilitySource::kNone) continue;
      weighted[line].open_deals.push_back(
          {.amount_minor_units = deal.amount_minor_units.value_or(mean_won_amount),
           .win_probability = shares.by_stage.at(deal.stage_id)});
    }
  }
  for (const PastWeek& past : context.past) {
    const auto pipelines = PipelinesOf(past, *context.known, line_count, finder);
    for (size_t line = 0; line < line_count; ++line) {
      conversion[line].past.push_back(pipelines[line]);
    }
  }

  // The periods before the one forecast.
  std::vector<std::vector<int64_t>> booked(line_count);
  std::vector<std::vector<bool>> has_deals(line_count);
  for (size_t p = 0; p < context.known->periods.size(); ++p) {
    if (context.known->periods[p].start >= context.period.start) break;
    const std::vector<int64_t> of_period =
        BookedByLine(*context.lines, *context.known, static_cast<int>(p));
    std::vector<bool> active(line_count, false);
    for (const PastRep& rep : context.known->reps) {
      if (rep.deal_counts[p] == 0) continue;
      for (const int line : finder.Of(rep.id)) active[static_cast<size_t>(line)] = true;
    }
    for (size_t line = 0; line < line_count; ++line) {
      booked[line].push_back(of_period[line]);
      has_deals[line].push_back(active[line]);
    }
  }

  for (size_t line = 0; line < line_count; ++line) {
    auto& forecasts = result.lines[line].forecasts;
    auto& b0 = forecasts[static_cast<size_t>(Baseline::kWeightedPipeline)];
    if (result.due_count > 0 && shares.source == WinProbabilitySource::kNone) {
      b0.undefined_reason = "no win probability is stated and no deal was decided yet";
    } else {
      weighted[line].booked_minor_units = context.booked_minor_units[line];
      QC_ASSIGN_OR_RETURN(b0, WeightedPipelineBaseline(weighted[line]));
    }
    conversion[line].booked_minor_units = context.booked_minor_units[line];
    QC_ASSIGN_OR_RETURN(forecasts[static_cast<size_t>(Baseline::kPipelineConversion)],
                        PipelineConversionBaseline(conversion[line]));
    QC_ASSIGN_OR_RETURN(forecasts[static_cast<size_t>(Baseline::kSeasonalNaive)],
                        SeasonalNaive(booked[line], has_deals[line], context.period));
  }
  return result;
}

}  // namespace quotacast::simulation
