#include "services/simulation/simulation.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/simulation/backtest/backtest.h"
#include "services/simulation/capacity_limits.h"
#include "services/simulation/initiative_cost.h"
#include "services/simulation/initiative_measurement.h"
#include "services/simulation/reps_at_quota.h"
#include "services/simulation/result_converters.h"
#include "services/simulation/sentences.h"
#include "simulator/engine/drivers.h"
#include "simulator/engine/forecast.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/rethreshold.h"

namespace quotacast::simulation {
namespace {

// Progress is written at most this often in a run, however many ranges the engine finishes.
constexpr int64_t kProgressSteps = 50;

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

// Whether `asked` means `period`: empty (the running one), its name, or a day in it.
bool Means(const std::string& asked, const type::v1::FiscalPeriod& period) {
  if (asked.empty() || asked == period.name()) return true;
  const absl::StatusOr<absl::CivilDay> day = ParseIsoDate(asked);
  return day.ok() && *day >= DayOf(period.start_date()) && *day < DayOf(period.end_date());
}

// True at most kProgressSteps times while `done` goes from 0 to `total`.
class ProgressSieve {
 public:
  explicit ProgressSieve(int64_t total) : step_(std::max<int64_t>(1, total / kProgressSteps)) {}
  bool Passes(int64_t done) {
    if (done < next_) return false;
    next_ = done + step_;
    return true;
  }

 private:
  const int64_t step_;
  int64_t next_ = 0;
};

// Polls the caller, and remembers that a write found nobody listening.
class Listener {
 public:
  explicit Listener(const CallScope& scope) : scope_(scope) {}
  bool gone() const { return gone_.load() || scope_.cancelled(); }
  void Heard(bool listening) {
    if (!listening) gone_.store(true);
  }
  // The scope with the listener's cancellation.
  CallScope scope() const {
    return {.cancelled = [this] { return gone(); }, .deadline = scope_.deadline};
  }

 private:
  const CallScope& scope_;
  std::atomic<bool> gone_{false};
};

std::string NameOf(const v1::Scenario& scenario, int position) {
  if (!scenario.display_name().empty()) return scenario.display_name();
  return position == 0 ? "Base" : absl::StrCat("Scenario ", position + 1);
}

const simulator::PairedDifference* OrgDifference(
    const std::vector<simulator::PairedDifference>& differences, int period) {
  for (const simulator::PairedDifference& difference : differences) {
    if (difference.period == period && difference.entity.level == simulator::Level::kOrg) {
      return &difference;
    }
  }
  return nullptr;
}

bool KeepsEveryTrial(const simulator::PlanShape& shape) {
  return std::all_of(shape.groups.begin(), shape.groups.end(),
                     [](const simulator::SeriesGroup& group) {
                       return group.storage == simulator::SeriesStorage::kSamples;
                     });
}

// True when `tolerance` is reached by the figure the proto names.
bool Converged(const simulator::EntityPeriodForecast& org, double tolerance) {
  if (org.attain_probability.has_value()) {
    return org.attain_probability->monte_carlo_se <= tolerance;
  }
  const simulator::Estimate& mean = org.bookings.mean;
  return mean.monte_carlo_se <= tolerance * std::abs(mean.value);
}

}  // namespace

simulator::TrialLayout StreamLayout(int64_t requested_trials, int draw_count) {
  const int64_t full_set = static_cast<int64_t>(simulator::TrialLayout().batch_size) * draw_count;
  const int64_t trials = requested_trials / full_set * full_set;
  if (trials > 0) {
    const simulator::TrialLayout layout = simulator::TrialsFor(trials, draw_count);
    if (layout.trials == trials) return layout;
  }
  return StableLayout(requested_trials, draw_count);
}

std::vector<Checkpoint> Checkpoints(const simulator::TrialLayout& layout, int draw_count) {
  const int64_t set = static_cast<int64_t>(layout.batch_size) * draw_count;
  std::vector<Checkpoint> checkpoints;
  for (int64_t mark = kFirstCheckpointTrials; mark < layout.trials; mark *= 2) {
    const int64_t trials = (mark + set - 1) / set * set;
    if (trials >= layout.trials) break;
    if (!checkpoints.empty() && checkpoints.back().trials == trials) continue;
    const simulator::TrialLayout alone = simulator::TrialsFor(trials, draw_count);
    checkpoints.push_back(
        {trials, alone.trials == trials && alone.batch_size == layout.batch_size});
  }
  checkpoints.push_back({layout.trials, true});
  return checkpoints;
}

Simulation::Simulation(SimulationSources sources, SimulationLimits limits,
                       TrackRecords* track_records)
    : sources_(std::move(sources)),
      limits_([limits]() mutable {
        limits.threads = std::clamp(limits.threads, 1, simulator::kMaxThreads);
        return limits;
      }()),
      track_records_(track_records),
      admission_(limits.deal_trials_max, limits.deal_trials_per_second),
      businesses_(limits.cached_business_count),
      plans_(limits.cached_plan_count) {}

absl::StatusOr<Simulation::Prepared> Simulation::Prepare(const v1::ForecastSpec& spec,
                                                         const CallScope& scope) {
  QC_RETURN_IF_ERROR(CheckSpec(spec));
  Prepared prepared;
  QC_ASSIGN_OR_RETURN(prepared.model, sources_.fit(spec.parent(), spec.as_of(), scope));
  // The model names the moment it resolved; asking with it gives the state of the same moment
  // whatever has been imported since.
  QC_ASSIGN_OR_RETURN(const StateMessages state,
                      sources_.state(spec.parent(), prepared.model.as_of(), spec.period(), scope));
  if (state.header.periods().empty() ||
      !Means(spec.period(), state.header.periods(state.header.periods_size() - 1))) {
    return absl::InternalError(
        absl::StrCat("the metrics service sent a state that does not end "
                     "with period `",
                     spec.period(), "`"));
  }
  prepared.certificate = CertificateBase(prepared.model, state.header);
  prepared.certificate.set_engine_id(std::string(simulator::kEngineId));
  prepared.certificate.set_generator_id(std::string(kRandomGeneratorId));
  prepared.certificate.set_seed(spec.seed());
  prepared.certificate.set_step_days(spec.step_days() == 0 ? 7 : spec.step_days());
  if (track_records_ != nullptr) {
    std::optional<type::v1::TrackRecord> record = track_records_->Get(spec.parent());
    if (record.has_value()) *prepared.certificate.mutable_track_record() = *std::move(record);
  }
  if (!AllowsForecast(prepared.model.evidence().data_tier())) return prepared;

  const std::string key = absl::StrCat(prepared.model.model_hash(), "/", state.header.state_hash());
  prepared.business = businesses_.Find(key);
  if (prepared.business == nullptr) {
    QC_ASSIGN_OR_RETURN(Business business, BusinessFrom(prepared.model, state));
    prepared.business = std::make_shared<const Business>(std::move(business));
    businesses_.Insert(key, prepared.business);
  }
  return prepared;
}

absl::StatusOr<std::shared_ptr<const simulator::Plan>> Simulation::PlanFor(const Business& business,
                                                                           const Job& job,
                                                                           const RunSpec& run,
                                                                           int64_t trials,
                                                                           const CallScope& scope) {
  simulator::EngineOptions options;
  options.seed = run.seed;
  // Rounding up may pass the engine's limit on what may be asked for; the layout is the same.
  options.trials = std::min<int64_t>(trials, simulator::kMaxTrials);
  options.step_days = run.step_days;
  options.period_count = run.period + 1;
  options.cut_days = run.cut_days;
  options.counts_drivers = run.driver_count > 0;
  std::string key = absl::StrCat(business.model_hash, "/", business.state_hash, "/",
                                 job.scenario_hash, "/", options.seed, "/", options.trials, "/",
                                 options.step_days, "/", options.counts_drivers ? "drivers" : "");
  for (const absl::CivilDay& day : options.cut_days) {
    absl::StrAppend(&key, "/", absl::FormatCivilTime(day));
  }
  std::shared_ptr<const simulator::Plan> plan = plans_.Find(key);
  if (plan != nullptr) return plan;
  absl::StatusOr<std::unique_ptr<simulator::Plan>> compiled =
      simulator::Compile(business.model, business.state, job.scenario, options, scope.cancelled);
  if (!compiled.ok()) return FromEngine(compiled.status());
  plan = *std::move(compiled);
  plans_.Insert(key, plan);
  return plan;
}

absl::StatusOr<v1::ForecastOutcome> Simulation::OutcomeFrom(
    const Prepared& prepared, const Job& job, const RunSpec& run, const v1::ForecastSpec& spec,
    const simulator::Partial& partial, const simulator::Forecast& forecast) const {
  v1::ForecastOutcome outcome;
  v1::ForecastResult& result = *outcome.mutable_forecast();
  result = ForecastResultFrom(forecast, *prepared.business, run, spec);
  for (const double share : spec.reps_at_quota_shares()) {
    const std::optional<simulator::Estimate> probability =
        RepsAtQuotaProbability(job.plan->shape(), partial, run.period, share);
    if (!probability.has_value()) break;  // Nobody has a quota.
    v1::RepsAtQuotaResult& answer = *result.add_reps_at_quota();
    answer.set_share(share);
    *answer.mutable_probability() = EstimateFrom(*probability, 1);
  }
  if (job.initiative_cost_minor_units.has_value()) {
    *result.mutable_initiative_cost() =
        MoneyFrom(*job.initiative_cost_minor_units, prepared.business->currency);
  }
  const simulator::PlanShape& shape = job.plan->shape();
  if (run.driver_count > 0) {
    const absl::StatusOr<simulator::Drivers> drivers =
        simulator::RankDrivers(*job.plan, partial, run.driver_count);
    if (!drivers.ok()) return FromEngine(drivers.status());
    AddDrivers(*drivers, *prepared.business, job.scenario, result);
  }
  type::v1::Certificate& certificate = *outcome.mutable_certificate();
  certificate = prepared.certificate;
  certificate.set_scenario_hash(job.scenario_hash);
  certificate.set_trial_count(forecast.trials);
  for (const std::string& warning :
       Warnings(*prepared.business, job.scenario, run, forecast.clamped_count)) {
    certificate.add_warnings(warning);
  }
  if (shape.pays()) {
    int64_t unpaid = 0;
    for (int person = 0; person < shape.person_count; ++person) {
      const size_t entity = static_cast<size_t>(1 + shape.team_count + person);
      unpaid += shape.is_paid[entity * shape.period_count + run.period] ? 0 : 1;
    }
    if (unpaid > 0) {
      certificate.add_warnings(UnpaidWarning(unpaid, shape.person_count,
                                             prepared.business->state.periods[run.period].name));
    }
  }
  if (shape.uncounted_deal_count > 0) {
    certificate.add_warnings(UncountedDealsWarning(static_cast<int64_t>(shape.driver_deals.size()),
                                                   shape.uncounted_deal_count));
  }
  return outcome;
}

absl::StatusOr<v1::ForecastOutcome> Simulation::Run(const v1::ForecastSpec& spec,
                                                    const v1::Scenario& scenario_message,
                                                    const CallScope& scope,
                                                    const RunPolicy& policy) {
  QC_ASSIGN_OR_RETURN(const Prepared prepared, Prepare(spec, scope));
  Job job;
  job.scenario_hash = ScenarioHash(scenario_message);
  if (prepared.business == nullptr) {
    v1::ForecastOutcome outcome;
    *outcome.mutable_refusal() = RefusalFrom(prepared.model);
    *outcome.mutable_certificate() = prepared.certificate;
    outcome.mutable_certificate()->set_scenario_hash(job.scenario_hash);
    return outcome;
  }
  const Business& business = *prepared.business;
  QC_ASSIGN_OR_RETURN(job.scenario, ScenarioFrom(scenario_message, business, "scenario"));
  QC_ASSIGN_OR_RETURN(const RunSpec run, RunSpecFrom(spec, business, {job.scenario}));
  job.initiative_cost_minor_units =
      InitiativeCostMinorUnits(scenario_message, job.scenario, business, run.period);
  const int draws = static_cast<int>(business.model.draws.size());
  const int64_t trials = policy.layout(run.requested_trials, draws).trials;
  QC_ASSIGN_OR_RETURN(
      const Admission::Ticket ticket,
      admission_.Admit(static_cast<double>(trials) * DealsPerTrial(business, job.scenario),
                       static_cast<double>(trials)));
  QC_ASSIGN_OR_RETURN(job.plan, PlanFor(business, job, run, trials, scope));

  const simulator::TrialLayout& layout = job.plan->layout();
  std::optional<simulator::Partial> sum;
  int64_t finished = 0;
  for (const Checkpoint& checkpoint : policy.checkpoints(layout, draws)) {
    const int64_t before = finished;
    absl::StatusOr<simulator::Partial> part = simulator::SimulateParallel(
        *job.plan, before, checkpoint.trials - before, limits_.threads, scope.cancelled,
        [&](int64_t in_range) { policy.progress(before + in_range, layout.trials); });
    if (!part.ok()) return FromEngine(part.status());
    if (sum.has_value()) {
      absl::StatusOr<simulator::Partial> merged =
          simulator::Merge(*std::move(sum), *std::move(part));
      if (!merged.ok()) return FromEngine(merged.status());
      sum = *std::move(merged);
    } else {
      sum = *std::move(part);
    }
    finished = checkpoint.trials;
    const absl::StatusOr<simulator::Forecast> forecast =
        simulator::Summarize(*job.plan, *sum, run.thresholds, run.tail_share);
    if (!forecast.ok()) return FromEngine(forecast.status());
    const bool enough =
        policy.at_checkpoint(finished, layout.trials, OrgForecast(*forecast, run), business);
    if (finished == layout.trials) return OutcomeFrom(prepared, job, run, spec, *sum, *forecast);
    if (!enough || !checkpoint.may_end) continue;
    if (KeepsEveryTrial(job.plan->shape())) {
      return OutcomeFrom(prepared, job, run, spec, *sum, *forecast);
    }
    // The plan made room for far more trials by keeping histograms. A run of this length keeps
    // every trial, and its quantiles are exact: repeat it, it is short.
    return RunToEnd(prepared, job, run, spec, finished, scope);
  }
  return absl::InternalError("the checkpoints do not end with the last trial");
}

absl::StatusOr<v1::ForecastOutcome> Simulation::RunToEnd(const Prepared& prepared, Job job,
                                                         const RunSpec& run,
                                                         const v1::ForecastSpec& spec,
                                                         int64_t trials, const CallScope& scope) {
  QC_ASSIGN_OR_RETURN(job.plan, PlanFor(*prepared.business, job, run, trials, scope));
  const absl::StatusOr<simulator::Partial> partial = simulator::SimulateParallel(
      *job.plan, 0, job.plan->layout().trials, limits_.threads, scope.cancelled, nullptr);
  if (!partial.ok()) return FromEngine(partial.status());
  const absl::StatusOr<simulator::Forecast> forecast =
      simulator::Summarize(*job.plan, *partial, run.thresholds, run.tail_share);
  if (!forecast.ok()) return FromEngine(forecast.status());
  return OutcomeFrom(prepared, job, run, spec, *partial, *forecast);
}

absl::StatusOr<v1::ForecastResponse> Simulation::Forecast(const v1::ForecastRequest& request,
                                                          const CallScope& scope) {
  const RunPolicy all_at_once = {
      .layout = StableLayout,
      .checkpoints =
          [](const simulator::TrialLayout& layout, int) {
            return std::vector<Checkpoint>{{layout.trials, true}};
          },
      .at_checkpoint = [](int64_t, int64_t, const simulator::EntityPeriodForecast&,
                          const Business&) { return true; },
      .progress = [](int64_t, int64_t) {}};
  v1::ForecastResponse response;
  QC_ASSIGN_OR_RETURN(*response.mutable_outcome(),
                      Run(request.spec(), request.scenario(), scope, all_at_once));
  return response;
}

absl::Status Simulation::StreamForecast(
    const v1::StreamForecastRequest& request, const CallScope& scope,
    const std::function<bool(const v1::StreamForecastResponse&)>& write) {
  FieldErrors errors;
  CheckRange(request.tolerance(), 0, 1, "tolerance", errors);
  QC_RETURN_IF_ERROR(errors.Result());
  const double tolerance = request.tolerance() == 0 ? kDefaultTolerance : request.tolerance();

  Listener listener(scope);
  bool converged = false;
  std::optional<ProgressSieve> sieve;
  const RunPolicy until_converged = {
      .layout = StreamLayout,
      .checkpoints = Checkpoints,
      .at_checkpoint =
          [&](int64_t trials, int64_t total, const simulator::EntityPeriodForecast& org,
              const Business& business) {
            v1::StreamForecastResponse message;
            v1::Progress& progress = *message.mutable_progress();
            progress.set_trials_done(trials);
            progress.set_trials_total(total);
            if (org.attain_probability.has_value()) {
              *progress.mutable_attain_probability() = EstimateFrom(*org.attain_probability, 1);
            }
            *progress.mutable_bookings_mean() = EstimateFrom(
                org.bookings.mean, static_cast<double>(business.currency.minor_per_major()));
            listener.Heard(write(message));
            converged = Converged(org, tolerance);
            return converged;
          },
      .progress =
          [&](int64_t trials, int64_t total) {
            if (!sieve.has_value()) sieve.emplace(total);
            if (!sieve->Passes(trials)) return;
            v1::StreamForecastResponse message;
            message.mutable_progress()->set_trials_done(trials);
            message.mutable_progress()->set_trials_total(total);
            listener.Heard(write(message));
          }};
  const absl::StatusOr<v1::ForecastOutcome> outcome =
      Run(request.spec(), request.scenario(), listener.scope(), until_converged);
  QC_RETURN_IF_ERROR(outcome.status());
  v1::StreamForecastResponse last;
  *last.mutable_result()->mutable_outcome() = *outcome;
  last.mutable_result()->set_converged(converged);
  if (!write(last)) return absl::CancelledError("the caller stopped listening");
  return absl::OkStatus();
}

absl::Status Simulation::CompareScenarios(
    const v1::CompareScenariosRequest& request, const CallScope& scope,
    const std::function<bool(const v1::CompareScenariosResponse&)>& write) {
  const int count = request.scenarios_size();
  if (count < kMinComparedScenarios || count > kMaxComparedScenarios) {
    return InvalidField(
        "scenarios", absl::StrCat("has ", count, " entries; want ", kMinComparedScenarios, " to ",
                                  kMaxComparedScenarios));
  }
  Listener listener(scope);
  const CallScope listening = listener.scope();
  QC_ASSIGN_OR_RETURN(const Prepared prepared, Prepare(request.spec(), listening));
  v1::CompareScenariosResponse last;
  if (prepared.business == nullptr) {
    *last.mutable_result()->mutable_refusal() = RefusalFrom(prepared.model);
    *last.mutable_result()->mutable_certificate() = prepared.certificate;
    if (!write(last)) return absl::CancelledError("the caller stopped listening");
    return absl::OkStatus();
  }
  const Business& business = *prepared.business;
  std::vector<simulator::Scenario> scenarios;
  for (int i = 0; i < count; ++i) {
    QC_ASSIGN_OR_RETURN(
        simulator::Scenario scenario,
        ScenarioFrom(request.scenarios(i), business, absl::StrCat("scenarios[", i, "]")));
    scenarios.push_back(std::move(scenario));
  }
  QC_ASSIGN_OR_RETURN(const RunSpec run, RunSpecFrom(request.spec(), business, scenarios));
  const int draws = static_cast<int>(business.model.draws.size());
  const int64_t trials = StableLayout(run.requested_trials, draws).trials;
  const int64_t trials_total = trials * count;
  double deals_per_trial = 0;  // Of all scenarios.
  for (const simulator::Scenario& scenario : scenarios) {
    deals_per_trial += DealsPerTrial(business, scenario);
  }
  QC_ASSIGN_OR_RETURN(
      Admission::Ticket admitted,
      admission_.Admit(static_cast<double>(trials) * deals_per_trial, static_cast<double>(trials)));
  std::optional<Admission::Ticket> ticket(std::move(admitted));

  // Same seed and layout for all, and random numbers keyed by who they are for: what two scenarios
  // share happens alike in both, so their difference is known far better than either.
  ProgressSieve sieve(trials_total);
  std::vector<Job> jobs;
  std::vector<simulator::Partial> partials;
  std::vector<simulator::Forecast> forecasts;
  for (int i = 0; i < count; ++i) {
    Job& job = jobs.emplace_back();
    job.scenario = scenarios[i];
    job.scenario_hash = ScenarioHash(request.scenarios(i));
    job.initiative_cost_minor_units =
        InitiativeCostMinorUnits(request.scenarios(i), job.scenario, business, run.period);
    QC_ASSIGN_OR_RETURN(job.plan, PlanFor(business, job, run, trials, listening));
    // Other quotas than the yardstick's judge the same trials.
    std::optional<simulator::Partial> partial;
    if (i > 0) {
      partial = simulator::Rethreshold(jobs[0].plan->shape(), partials[0], job.plan->shape());
    }
    if (!partial.has_value()) {
      absl::StatusOr<simulator::Partial> simulated =
          simulator::SimulateParallel(*job.plan, 0, job.plan->layout().trials, limits_.threads,
                                      listening.cancelled, [&](int64_t in_scenario) {
                                        const int64_t done = i * trials + in_scenario;
                                        if (!sieve.Passes(done)) return;
                                        v1::CompareScenariosResponse message;
                                        message.mutable_progress()->set_trials_done(done);
                                        message.mutable_progress()->set_trials_total(trials_total);
                                        listener.Heard(write(message));
                                      });
      if (!simulated.ok()) return FromEngine(simulated.status());
      partial = *std::move(simulated);
    }
    absl::StatusOr<simulator::Forecast> forecast =
        simulator::Summarize(*job.plan, *partial, run.thresholds, run.tail_share);
    if (!forecast.ok()) return FromEngine(forecast.status());
    forecasts.push_back(*std::move(forecast));

    v1::ScenarioComparison& comparison = *last.mutable_result()->add_scenarios();
    comparison.set_display_name(NameOf(request.scenarios(i), i));
    QC_ASSIGN_OR_RETURN(
        *comparison.mutable_outcome(),
        OutcomeFrom(prepared, job, run, request.spec(), *partial, forecasts.back()));
    if (i == 0) {
      comparison.set_summary(comparison.outcome().forecast().summary());
      partials.push_back(*std::move(partial));
      continue;
    }
    const absl::StatusOr<std::vector<simulator::PairedDifference>> differences =
        simulator::CompareForecasts(*jobs[0].plan, partials[0], *job.plan, *partial);
    if (!differences.ok()) return FromEngine(differences.status());
    for (v1::EntityDifference& difference : DifferencesFrom(*differences, business, run)) {
      *comparison.add_differences() = std::move(difference);
    }
    if (const auto* org = OrgDifference(*differences, run.period); org != nullptr) {
      comparison.set_summary(
          ComparisonSentence(*org, OrgForecast(forecasts[0], run), OrgForecast(forecasts[i], run),
                             NameOf(request.scenarios(0), 0), comparison.display_name(), business));
    }
  }
  // The work is done; a caller who is slow to read its result keeps nobody else out.
  ticket.reset();
  if (!write(last)) return absl::CancelledError("the caller stopped listening");
  return absl::OkStatus();
}

absl::Status Simulation::Backtest(const v1::BacktestRequest& request, const CallScope& scope,
                                  const std::function<bool(const v1::BacktestResponse&)>& write) {
  v1::BacktestResponse last;
  QC_ASSIGN_OR_RETURN(
      *last.mutable_summary(),
      RunBacktest(request, scope,
                  {.sources = &sources_, .admission = &admission_, .threads = limits_.threads},
                  write));
  v1::BacktestSummary& summary = *last.mutable_summary();
  if (track_records_ != nullptr && summary.has_track_record()) {
    const absl::Status kept = track_records_->Put(request.parent(), summary.track_record());
    if (!kept.ok()) summary.add_warnings(std::string(kept.message()));
  }
  if (!write(last)) return absl::CancelledError("the caller stopped listening");
  return absl::OkStatus();
}

absl::StatusOr<v1::MeasureInitiativesResponse> Simulation::MeasureInitiatives(
    const v1::MeasureInitiativesRequest& request, const CallScope& scope) {
  v1::Scenario asked;
  *asked.mutable_initiatives() = request.scenario().initiatives();
  if (asked.initiatives_size() == 0) {
    return InvalidField("scenario.initiatives", "is empty; want the initiatives to measure");
  }
  // Names and days mean what they mean in a forecast, also where the history is too thin for one.
  QC_ASSIGN_OR_RETURN(const metrics::v1::PipelineModel model,
                      sources_.fit(request.parent(), request.as_of(), scope));
  QC_ASSIGN_OR_RETURN(const StateMessages state,
                      sources_.state(request.parent(), model.as_of(), "", scope));
  QC_ASSIGN_OR_RETURN(const Business business, BusinessFrom(model, state));
  QC_ASSIGN_OR_RETURN(const simulator::Scenario scenario,
                      ScenarioFrom(asked, business, "scenario"));
  MeasurementQuestion question = QuestionFrom(scenario, business);
  v1::MeasureInitiativesResponse response;
  *response.mutable_as_of() = model.as_of();
  for (std::string& note : question.notes) response.add_notes(std::move(note));
  if (question.runs.empty()) return response;
  metrics::v1::MeasureInitiativesRequest to_metrics;
  to_metrics.set_parent(request.parent());
  *to_metrics.mutable_as_of() = model.as_of();
  for (metrics::v1::InitiativeRun& run : question.runs) *to_metrics.add_runs() = std::move(run);
  QC_ASSIGN_OR_RETURN(metrics::v1::MeasureInitiativesResponse measured,
                      sources_.measure(to_metrics, scope));
  response.mutable_measurements()->Swap(measured.mutable_measurements());
  return response;
}

}  // namespace quotacast::simulation
