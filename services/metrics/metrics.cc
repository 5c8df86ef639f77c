#include "services/metrics/metrics.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/actuals.h"
#include "services/metrics/converters.h"
#include "services/metrics/initiative_runs.h"
#include "services/metrics/proto_values.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/history.h"
#include "simulator/fit/initiative_effects.h"
#include "simulator/model/model.h"

namespace quotacast::metrics {
namespace {

// "workspaces/{workspace}".
absl::StatusOr<std::string> ParseParent(const std::string& parent) {
  static constexpr char kPrefix[] = "workspaces/";
  const size_t prefix_size = sizeof(kPrefix) - 1;
  if (parent.rfind(kPrefix, 0) != 0 || parent.size() == prefix_size ||
      parent.find('/', prefix_size) != std::string::npos) {
    return InvalidField("parent", absl::StrCat("\"", parent.substr(0, 100),
                                               "\" is not \"workspaces/{workspace}\""));
  }
  return parent.substr(prefix_size);
}

absl::StatusOr<AsOfRequest> ParseAsOf(const type::v1::AsOf& as_of) {
  AsOfRequest request;
  if (as_of.has_effective_date()) {
    request.effective_day = ToCivilDay(as_of.effective_date());
    if (!request.effective_day) {
      return InvalidField(
          "as_of.effective_date",
          absl::StrCat(as_of.effective_date().year(), "-", as_of.effective_date().month(), "-",
                       as_of.effective_date().day(), " is not a date"));
    }
  }
  if (as_of.has_recorded_time()) request.recorded_time = ToTime(as_of.recorded_time());
  if (as_of.log_offset() < 0) {
    return InvalidField("as_of.log_offset", absl::StrCat(as_of.log_offset(), " is negative"));
  }
  if (as_of.log_offset() > 0) request.log_offset = as_of.log_offset();
  return request;
}

// The age that KPIs by age look at.
absl::StatusOr<int> ParseHorizonDays(int32_t horizon_days) {
  if (horizon_days == 0) return kDefaultHorizonDays;
  if (horizon_days < 1 || horizon_days > kMaxHorizonDays) {
    return InvalidField("horizon_days",
                        absl::StrCat(horizon_days, " is not in 1 to ", kMaxHorizonDays,
                                     " (0: ", kDefaultHorizonDays, ")"));
  }
  return horizon_days;
}

bool IsCancelled(const Cancelled& cancelled) { return cancelled && cancelled(); }

// The period called `name`, or the one that contains the day `name` writes. Names come first: weeks
// may be called after their first day.
absl::StatusOr<FiscalPeriod> PeriodNamedOrContaining(const FiscalCalendar& calendar,
                                                     const std::string& name) {
  absl::StatusOr<FiscalPeriod> named = calendar.PeriodNamed(name);
  if (named.ok()) return named;
  const absl::StatusOr<absl::CivilDay> day = ParseIsoDate(name);
  return day.ok() ? calendar.PeriodContaining(*day) : named;
}

// The periods of a state: from the one that contains the day after the as-of day to `last_name`.
absl::StatusOr<std::vector<FiscalPeriod>> StatePeriods(const BookView& view,
                                                       const std::string& last_name) {
  const absl::CivilDay first_day = view.as_of.effective_day + 1;
  if (last_name.empty()) {
    QC_ASSIGN_OR_RETURN(FiscalPeriod period, view.calendar.PeriodContaining(first_day));
    return std::vector<FiscalPeriod>{std::move(period)};
  }
  QC_ASSIGN_OR_RETURN(const FiscalPeriod last, PeriodNamedOrContaining(view.calendar, last_name));
  if (last.end <= first_day) {
    ErrorDetail detail;
    detail.reason = "PERIOD_ENDED";
    const std::string description = absl::StrCat(
        last.name, " ended on ", FormatIsoDate(last.end - 1), ", and the data goes up to ",
        FormatIsoDate(view.as_of.effective_day), "; to forecast it as of the day before it began, ",
        "ask with --as-of ", FormatIsoDate(last.start - 1));
    detail.field_violations.push_back({.field = "last_period", .description = description});
    return WithDetail(absl::InvalidArgumentError(absl::StrCat("last_period: ", description)),
                      detail);
  }
  const int64_t horizon_days = last.end - first_day;
  if (horizon_days > simulator::kMaxHorizonDays) {
    return InvalidField(
        "last_period",
        absl::StrCat(last.name, " ends ", horizon_days, " days after the as-of ", "date ",
                     FormatIsoDate(view.as_of.effective_day), "; the horizon is at most ",
                     simulator::kMaxHorizonDays, " days (104 weeks)"));
  }
  return view.calendar.PeriodsBetween(first_day, last.end);
}

}  // namespace

Metrics::Metrics(Feed feed, const Clock* clock, const MetricsOptions& options)
    : feed_(std::move(feed)),
      clock_(clock),
      options_(options),
      snapshots_(options.snapshot_folder == nullptr
                     ? nullptr
                     : std::make_unique<SnapshotKeeper>(options.snapshot_folder, feed_, clock_,
                                                        options.snapshot_notes)) {}

std::shared_ptr<Metrics::Shelf> Metrics::ShelfOf(const std::string& workspace) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = std::find_if(shelves_.begin(), shelves_.end(),
                            [&](const auto& shelf) { return shelf->workspace == workspace; });
  std::shared_ptr<Shelf> shelf;
  if (found != shelves_.end()) {
    shelf = *found;
    shelves_.erase(found);
  } else {
    shelf = std::make_shared<Shelf>(workspace);
  }
  shelves_.push_front(shelf);
  // A shelf in use lives on with its user; the next one reads the feed from the start.
  if (shelves_.size() > kMaxBooks) shelves_.pop_back();
  return shelf;
}

absl::Status Metrics::MakeRoom(Shelf& shelf, const Book& book) {
  shelf.book_bytes = book.memory_bytes();
  if (shelf.book_bytes > options_.book_bytes_max) {
    ErrorDetail detail;
    detail.reason = "BOOK_TOO_LARGE";
    return WithDetail(absl::ResourceExhaustedError(absl::StrCat(
                          "the first ", book.last_offset(), " events of workspace ",
                          shelf.workspace, " need ", shelf.book_bytes >> 20,
                          " MiB of memory, and the books may have ", options_.book_bytes_max >> 20,
                          ": give the metrics service more (--metrics-memory-max-mib)")),
                      detail);
  }
  std::lock_guard<std::mutex> lock(mutex_);
  size_t total = shelf.book_bytes;
  // Latest used first. One that goes while somebody uses it lives on until then.
  for (auto kept = shelves_.begin(); kept != shelves_.end();) {
    const size_t bytes = (*kept)->book_bytes;
    if (kept->get() == &shelf || total + bytes <= options_.book_bytes_max) {
      if (kept->get() != &shelf) total += bytes;
      ++kept;
    } else {
      kept = shelves_.erase(kept);
    }
  }
  return absl::OkStatus();
}

absl::Status Metrics::ReadSnapshot(Shelf& shelf, const Cancelled& cancelled) {
  if (snapshots_ == nullptr || shelf.is_snapshot_read) return absl::OkStatus();
  QC_ASSIGN_OR_RETURN(const std::shared_ptr<Book> book,
                      snapshots_->Load(shelf.workspace, cancelled));
  shelf.is_snapshot_read = true;
  if (book == nullptr) return absl::OkStatus();
  shelf.book = book;
  return MakeRoom(shelf, *book);
}

absl::StatusOr<std::shared_ptr<Book>> Metrics::CaughtUpBook(Shelf& shelf,
                                                            const Cancelled& cancelled) {
  QC_RETURN_IF_ERROR(ReadSnapshot(shelf, cancelled));
  QC_RETURN_IF_ERROR(CatchUp(shelf, cancelled, *shelf.book));
  // A person's data was erased from what was read before: read all of it again.
  while (shelf.book->is_outdated()) {
    const int64_t erasure_offset = shelf.book->last_erasure_offset();
    if (snapshots_ != nullptr) snapshots_->Erase(shelf.workspace, erasure_offset);
    auto fresh = std::make_shared<Book>(erasure_offset);
    QC_RETURN_IF_ERROR(CatchUp(shelf, cancelled, *fresh));
    shelf.book = fresh;
  }
  return shelf.book;
}

absl::Status Metrics::CatchUp(Shelf& shelf, const Cancelled& cancelled, Book& book) {
  absl::Status appended;
  QC_RETURN_IF_ERROR(feed_(shelf.workspace, book.last_offset(), cancelled,
                           [&](const ingestion::v1::WatchEventsResponse& batch) {
                             if (IsCancelled(cancelled)) return false;
                             for (const ingestion::v1::EventRecord& record : batch.events()) {
                               appended = book.Append(record);
                               if (!appended.ok()) return false;
                             }
                             if (batch.events_size() > 0) appended = MakeRoom(shelf, book);
                             return appended.ok();
                           }));
  QC_RETURN_IF_ERROR(appended);
  if (IsCancelled(cancelled)) return absl::CancelledError("the caller went away");
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const BookView>> Metrics::ViewOf(const std::string& workspace,
                                                                const type::v1::AsOf& as_of,
                                                                const Cancelled& cancelled) {
  QC_ASSIGN_OR_RETURN(const AsOfRequest request, ParseAsOf(as_of));
  const std::shared_ptr<Shelf> shelf = ShelfOf(workspace);
  std::shared_ptr<Book> book;
  {
    // Another caller may be reading a long feed: one that has gone away does not wait for it.
    std::unique_lock<std::timed_mutex> lock(shelf->catch_up, std::defer_lock);
    do {
      if (IsCancelled(cancelled)) return absl::CancelledError("the caller went away");
    } while (!lock.try_lock_for(kCatchUpWait));
    QC_ASSIGN_OR_RETURN(book, CaughtUpBook(*shelf, cancelled));
  }
  if (snapshots_ != nullptr) snapshots_->Offer(workspace, book);
  return book->At(request, DayOfUtc(clock_->Now()));
}

absl::StatusOr<std::shared_ptr<const BookView>> Metrics::HistoryViewOf(const std::string& workspace,
                                                                       const type::v1::AsOf& as_of,
                                                                       const Cancelled& cancelled) {
  QC_ASSIGN_OR_RETURN(std::shared_ptr<const BookView> view, ViewOf(workspace, as_of, cancelled));
  if (view->opportunities.empty()) {
    return FailedPrecondition(
        "NO_HISTORY", absl::StrCat("no opportunity is dated on or before ",
                                   FormatIsoDate(view->as_of.effective_day),
                                   view->undated_count > 0 ? absl::StrCat("; ", view->undated_count,
                                                                          " have no date at all")
                                                           : ""));
  }
  QC_RETURN_IF_ERROR(view->currency_status);
  return view;
}

absl::StatusOr<metrics::v1::QueryKpiResponse> Metrics::QueryKpi(
    const metrics::v1::QueryKpiRequest& request, const Cancelled& cancelled) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  QC_ASSIGN_OR_RETURN(const int horizon_days, ParseHorizonDays(request.horizon_days()));
  QC_ASSIGN_OR_RETURN(const std::shared_ptr<const BookView> view,
                      ViewOf(workspace, request.as_of(), cancelled));
  KpiTableQuery query{.kpi = request.kpi(),
                      .group_by = request.group_by(),
                      .period = request.period(),
                      .horizon_days = horizon_days,
                      .then_by = request.then_by(),
                      .last_period = request.last_period(),
                      .comparison = request.comparison()};
  for (const metrics::v1::KpiFilter& filter : request.filters()) {
    query.filters.push_back(
        {.dimension = filter.dimension(), .ids = {filter.ids().begin(), filter.ids().end()}});
  }
  metrics::v1::QueryKpiResponse response;
  QC_RETURN_IF_ERROR(registry_.Query(*view, query, *response.mutable_table()));
  return response;
}

metrics::v1::ListKpisResponse Metrics::ListKpis() const {
  metrics::v1::ListKpisResponse response;
  for (const Kpi& kpi : registry_.kpis()) *response.add_kpis() = kpi.definition;
  return response;
}

absl::StatusOr<metrics::v1::GetKpiResponse> Metrics::GetKpi(
    const metrics::v1::GetKpiRequest& request) const {
  QC_ASSIGN_OR_RETURN(const Kpi* kpi, registry_.Find(request.kpi()));
  metrics::v1::GetKpiResponse response;
  *response.mutable_definition() = kpi->definition;
  return response;
}

absl::StatusOr<metrics::v1::FitModelResponse> Metrics::FitModel(
    const metrics::v1::FitModelRequest& request, const Cancelled& cancelled) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  const int draw_count = request.draw_count() == 0 ? kDefaultDraws : request.draw_count();
  if (draw_count < 1 || draw_count > simulator::kMaxDraws) {
    return InvalidField("draw_count",
                        absl::StrCat(request.draw_count(), " is not in 1 to ", simulator::kMaxDraws,
                                     " (0: ", kDefaultDraws, ")"));
  }
  QC_ASSIGN_OR_RETURN(const std::shared_ptr<const BookView> view,
                      HistoryViewOf(workspace, request.as_of(), cancelled));
  metrics::v1::FitModelResponse response;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = std::find_if(models_.begin(), models_.end(), [&](const auto& fitted) {
      return fitted->workspace == workspace && fitted->as_of == view->as_of &&
             fitted->draw_count == draw_count;
    });
    if (found != models_.end()) {
      const std::shared_ptr<const FittedModel> fitted = *found;
      models_.erase(found);
      models_.push_front(fitted);
      *response.mutable_model() = fitted->model;
      return response;
    }
  }
  simulator::FitOptions options;
  options.draw_count = draw_count;
  options.cancelled = cancelled;
  QC_ASSIGN_OR_RETURN(const simulator::FittedPipeline pipeline,
                      simulator::FitPipeline(ToHistory(*view), options));
  auto fitted = std::make_shared<FittedModel>();
  fitted->workspace = workspace;
  fitted->as_of = view->as_of;
  fitted->draw_count = draw_count;
  fitted->model = ToProtoModel(pipeline, *view, workspace);
  *response.mutable_model() = fitted->model;
  std::lock_guard<std::mutex> lock(mutex_);
  models_.push_front(std::move(fitted));
  if (models_.size() > kMaxModels) models_.pop_back();
  return response;
}

absl::StatusOr<metrics::v1::MeasureInitiativesResponse> Metrics::MeasureInitiatives(
    const metrics::v1::MeasureInitiativesRequest& request, const Cancelled& cancelled) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  QC_ASSIGN_OR_RETURN(const std::shared_ptr<const BookView> view,
                      HistoryViewOf(workspace, request.as_of(), cancelled));
  const simulator::History history = ToHistory(*view);
  QC_ASSIGN_OR_RETURN(const std::vector<simulator::InitiativeRun> runs,
                      RunsFrom(request.runs(), history));
  simulator::FitOptions options;
  options.cancelled = cancelled;
  QC_ASSIGN_OR_RETURN(const std::vector<simulator::InitiativeMeasurement> measurements,
                      simulator::MeasureInitiatives(history, runs, options));
  metrics::v1::MeasureInitiativesResponse response;
  *response.mutable_as_of() = ToProtoAsOf(view->as_of);
  for (int i = 0; i < request.runs_size(); ++i) {
    *response.add_measurements() =
        ToProtoMeasurement(request.runs(i), measurements[static_cast<size_t>(i)]);
  }
  return response;
}

absl::StatusOr<metrics::v1::GetModelResponse> Metrics::GetModel(
    const metrics::v1::GetModelRequest& request) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = std::find_if(models_.begin(), models_.end(), [&](const auto& fitted) {
    return fitted->model.name() == request.name();
  });
  if (found == models_.end()) {
    return NotFound(request.name(),
                    absl::StrCat("model \"", request.name().substr(0, 200),
                                 "\" was not fitted by this server, or too long ago; call "
                                 "FitModel with its as-of to get it again"));
  }
  const std::shared_ptr<const FittedModel> fitted = *found;
  models_.erase(found);
  models_.push_front(fitted);
  metrics::v1::GetModelResponse response;
  *response.mutable_model() = fitted->model;
  return response;
}

absl::Status Metrics::GetState(const metrics::v1::GetStateRequest& request,
                               const Cancelled& cancelled,
                               const std::function<bool(metrics::v1::GetStateResponse&&)>& write) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  QC_ASSIGN_OR_RETURN(const std::shared_ptr<const BookView> view,
                      HistoryViewOf(workspace, request.as_of(), cancelled));
  QC_ASSIGN_OR_RETURN(const std::vector<FiscalPeriod> periods,
                      StatePeriods(*view, request.last_period()));
  QC_ASSIGN_OR_RETURN(PipelineStateMessages state, ToProtoState(*view, periods));

  metrics::v1::GetStateResponse first;
  *first.mutable_header() = std::move(state.header);
  if (!write(std::move(first))) return absl::CancelledError("the caller went away");
  // Writes all of `items`, so many to a message.
  const auto write_all = [&](auto& items, const auto& place) {
    for (size_t begin = 0; begin < items.size(); begin += kStateItemsPerMessage) {
      metrics::v1::GetStateResponse message;
      for (size_t i = begin; i < std::min(items.size(), begin + kStateItemsPerMessage); ++i) {
        place(message) = std::move(items[i]);
      }
      if (IsCancelled(cancelled) || !write(std::move(message))) return false;
    }
    return true;
  };
  using Message = metrics::v1::GetStateResponse;
  const bool written =
      write_all(
          state.deals, [](Message & m) -> auto& { return *m.mutable_deals()->add_deals(); }) &&
      write_all(
          state.leads, [](Message & m) -> auto& { return *m.mutable_leads()->add_leads(); }) &&
      write_all(
          state.customers,
          [](Message & m) -> auto& { return *m.mutable_customers()->add_customers(); });
  return written ? absl::OkStatus() : absl::CancelledError("the caller went away");
}

absl::Status Metrics::GetActuals(
    const metrics::v1::GetActualsRequest& request, const Cancelled& cancelled,
    const std::function<bool(metrics::v1::GetActualsResponse&&)>& write) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  QC_ASSIGN_OR_RETURN(const std::shared_ptr<const BookView> view,
                      ViewOf(workspace, request.as_of(), cancelled));
  QC_ASSIGN_OR_RETURN(Actuals actuals, ActualsOf(*view, {.first_period = request.first_period(),
                                                         .last_period = request.last_period(),
                                                         .with_deals = request.with_deals()}));
  metrics::v1::GetActualsResponse first;
  *first.mutable_header() = std::move(actuals.header);
  if (!write(std::move(first))) return absl::CancelledError("the caller went away");
  for (size_t begin = 0; begin < actuals.reps.size(); begin += kActualsRepsPerMessage) {
    const size_t end = std::min(actuals.reps.size(), begin + kActualsRepsPerMessage);
    metrics::v1::GetActualsResponse message;
    for (size_t i = begin; i < end; ++i) {
      *message.mutable_reps()->add_reps() = std::move(actuals.reps[i]);
    }
    if (IsCancelled(cancelled) || !write(std::move(message))) {
      return absl::CancelledError("the caller went away");
    }
  }
  for (size_t begin = 0; begin < actuals.deals.size(); begin += kActualsDealsPerMessage) {
    const size_t end = std::min(actuals.deals.size(), begin + kActualsDealsPerMessage);
    metrics::v1::GetActualsResponse message;
    for (size_t i = begin; i < end; ++i) {
      *message.mutable_deals()->add_deals() = std::move(actuals.deals[i]);
    }
    if (IsCancelled(cancelled) || !write(std::move(message))) {
      return absl::CancelledError("the caller went away");
    }
  }
  return absl::OkStatus();
}

}  // namespace quotacast::metrics
