// The metrics service without its transport: keeps a book per workspace, caught up with the feed
// at each query, and answers from it.
//
//   Metrics metrics(feed, &clock);
//   auto response = metrics.QueryKpi(request, cancelled);
#ifndef QUOTACAST_SERVICES_METRICS_METRICS_H_
#define QUOTACAST_SERVICES_METRICS_METRICS_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/feed.h"
#include "services/metrics/kpi/registry.h"
#include "services/metrics/snapshot_folder.h"
#include "services/metrics/snapshot_keeper.h"

namespace quotacast::metrics {

// Named limits. What falls out is rebuilt from the feed, or fitted again, when asked for.
inline constexpr size_t kMaxBooks = 64;
// Memory of all books together unless options say otherwise. Those not used for longest make room.
inline constexpr size_t kDefaultBookBytesMax = size_t{8} << 30;
inline constexpr size_t kMaxModels = 64;
inline constexpr int kDefaultDraws = 64;
// Longest age, in days since creation, that KPIs by age look at: ten years.
inline constexpr int kMaxHorizonDays = 3650;
// How long a caller that waits for another one to read the feed goes without looking whether it
// was cancelled.
inline constexpr std::chrono::milliseconds kCatchUpWait{50};

struct MetricsOptions {
  size_t book_bytes_max = kDefaultBookBytesMax;
  // Where snapshots of the books are kept; null: nowhere, a restart reads the feed from its start.
  std::shared_ptr<const SnapshotFolder> snapshot_folder = nullptr;
  SnapshotNotes snapshot_notes = nullptr;
};

// Thread-safe. Requests name their workspace as "workspaces/{workspace}".
//
// Every method that takes `cancelled` reads the feed first, so that an answer reflects what was
// acknowledged before the call. Errors of these: INVALID_ARGUMENT (INVALID_FIELD) for parent or
// as-of, FAILED_PRECONDITION (EMPTY_WORKSPACE), RESOURCE_EXHAUSTED (BOOK_TOO_LARGE) when one
// workspace's book alone does not fit, CANCELLED, and what the feed answers.
class Metrics {
 public:
  // `clock` must outlive this.
  Metrics(Feed feed, const Clock* clock, const MetricsOptions& options = {});
  // Writes the snapshots that lag behind their books.
  ~Metrics() = default;

  // Null without a folder for snapshots.
  SnapshotKeeper* snapshots() { return snapshots_.get(); }

  // Further errors: as KpiRegistry::Query; INVALID_ARGUMENT (INVALID_FIELD) for horizon_days.
  absl::StatusOr<metrics::v1::QueryKpiResponse> QueryKpi(
      const metrics::v1::QueryKpiRequest& request, const Cancelled& cancelled);

  metrics::v1::ListKpisResponse ListKpis() const;

  // INVALID_ARGUMENT (UNKNOWN_KPI with the nearest names).
  absl::StatusOr<metrics::v1::GetKpiResponse> GetKpi(
      const metrics::v1::GetKpiRequest& request) const;

  // Deterministic: the same log prefix, as-of and draws give the same bytes. Further errors:
  // FAILED_PRECONDITION (NO_HISTORY, MIXED_CURRENCY), INVALID_ARGUMENT (draw_count).
  absl::StatusOr<metrics::v1::FitModelResponse> FitModel(
      const metrics::v1::FitModelRequest& request, const Cancelled& cancelled);

  // Further errors: as FitModel and RunsFrom.
  absl::StatusOr<metrics::v1::MeasureInitiativesResponse> MeasureInitiatives(
      const metrics::v1::MeasureInitiativesRequest& request, const Cancelled& cancelled);

  // NOT_FOUND unless it is one of the latest kMaxModels fitted here.
  absl::StatusOr<metrics::v1::GetModelResponse> GetModel(
      const metrics::v1::GetModelRequest& request) const;

  // Writes the header, then deals, open leads and customers in messages of kStateItemsPerMessage;
  // stops, with CANCELLED, when `write` says false. Further errors: as FitModel; INVALID_ARGUMENT
  // (PERIOD_ENDED, UNKNOWN_PERIOD, INVALID_FIELD for a horizon beyond 104 weeks).
  absl::Status GetState(const metrics::v1::GetStateRequest& request, const Cancelled& cancelled,
                        const std::function<bool(metrics::v1::GetStateResponse&&)>& write);

  // Writes the header, then reps in messages of kActualsRepsPerMessage, then, when asked for, the
  // won deals in messages of kActualsDealsPerMessage; stops, with CANCELLED, when `write` says
  // false. Further errors: as ActualsOf.
  absl::Status GetActuals(const metrics::v1::GetActualsRequest& request, const Cancelled& cancelled,
                          const std::function<bool(metrics::v1::GetActualsResponse&&)>& write);

 private:
  // A workspace's book; `catch_up` is held while the feed is read into it.
  struct Shelf {
    explicit Shelf(std::string name) : workspace(std::move(name)) {}
    const std::string workspace;
    std::timed_mutex catch_up;
    bool is_snapshot_read = false;  // Guarded by catch_up, as the next.
    std::shared_ptr<Book> book = std::make_shared<Book>();
    std::atomic<size_t> book_bytes{0};  // Of the book, as last looked at.
  };
  struct FittedModel {
    ResolvedAsOf as_of;
    std::string workspace;
    int draw_count = 0;
    metrics::v1::PipelineModel model;
  };

  std::shared_ptr<Shelf> ShelfOf(const std::string& workspace);
  // Takes the book of the snapshot when there is one; once per shelf.
  absl::Status ReadSnapshot(Shelf& shelf, const Cancelled& cancelled);
  // The book as it is now. Called with catch_up held.
  absl::StatusOr<std::shared_ptr<Book>> CaughtUpBook(Shelf& shelf, const Cancelled& cancelled);
  // Reads what the feed has beyond what the book knows.
  absl::Status CatchUp(Shelf& shelf, const Cancelled& cancelled, Book& book);
  // Notes what the shelf's book needs and takes other books away for it.
  absl::Status MakeRoom(Shelf& shelf, const Book& book);
  absl::StatusOr<std::shared_ptr<const BookView>> ViewOf(const std::string& workspace,
                                                         const type::v1::AsOf& as_of,
                                                         const Cancelled& cancelled);
  // As ViewOf, for what needs a dated history in one currency.
  absl::StatusOr<std::shared_ptr<const BookView>> HistoryViewOf(const std::string& workspace,
                                                                const type::v1::AsOf& as_of,
                                                                const Cancelled& cancelled);

  const Feed feed_;
  const Clock* const clock_;
  const MetricsOptions options_;
  const KpiRegistry registry_;
  mutable std::mutex mutex_;                                       // Guards what follows.
  std::deque<std::shared_ptr<Shelf>> shelves_;                     // Latest used first.
  mutable std::deque<std::shared_ptr<const FittedModel>> models_;  // Latest used first.
  // Last: it writes the books of the shelves when it goes.
  const std::unique_ptr<SnapshotKeeper> snapshots_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_METRICS_H_
