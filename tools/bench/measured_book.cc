#include "tools/bench/measured_book.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {
namespace {

constexpr int64_t kChunkEvents = 100'000;
// More than a book keeps views.
constexpr int kDaysBefore = 6;

}  // namespace

absl::StatusOr<double> LoadBook(const DealHistories& histories, const Clock& clock,
                                metrics::Book& book) {
  double seconds = 0;
  std::vector<ingestion::v1::EventRecord> chunk;
  for (int64_t begin = 0; begin < histories.event_count(); begin += kChunkEvents) {
    chunk.clear();
    const int64_t end = std::min(histories.event_count(), begin + kChunkEvents);
    for (int64_t i = begin; i < end; ++i) chunk.push_back(histories.Record(i));
    const absl::Time start = clock.Now();
    for (const ingestion::v1::EventRecord& record : chunk) {
      QC_RETURN_IF_ERROR(book.Append(record));
    }
    seconds += absl::ToDoubleSeconds(clock.Now() - start);
  }
  return seconds;
}

absl::Status LeaderTables::Ask(const metrics::KpiRegistry& registry, const metrics::BookView& view,
                               const std::string& period) {
  metrics::KpiTableQuery query{
      .kpi = "win_rate_closed", .group_by = metrics::v1::GROUP_BY_REP, .period = period};
  rates_ = google::protobuf::Arena::CreateMessage<metrics::v1::KpiTable>(&arena_);
  QC_RETURN_IF_ERROR(registry.Query(view, query, *rates_));
  query.kpi = "bookings";
  bookings_ = google::protobuf::Arena::CreateMessage<metrics::v1::KpiTable>(&arena_);
  return registry.Query(view, query, *bookings_);
}

RepTable LeaderTables::ByRep() const {
  RepTable table;
  for (const metrics::v1::KpiRow& row : rates_->rows()) {
    if (row.denominator() == 0) continue;
    RepRow& into = table[row.group()];
    into.won_count = static_cast<int64_t>(row.numerator());
    into.lost_count = static_cast<int64_t>(row.denominator() - row.numerator());
  }
  for (const metrics::v1::KpiRow& row : bookings_->rows()) {
    if (row.value() != 0) {
      table[row.group()].booked_minor_units = std::llround(row.value() * 100);
    }
  }
  return table;
}

AllRepTables AskAllRepTables(const metrics::KpiRegistry& registry, const metrics::BookView& view,
                             const Clock& clock) {
  AllRepTables all;
  std::mutex mutex;  // Guards `all`.
  std::atomic<size_t> next = 0;
  const auto answer = [&] {
    for (size_t i = next++; i < registry.kpis().size(); i = next++) {
      const std::string& name = registry.kpis()[i].definition.name();
      const absl::Time start = clock.Now();
      google::protobuf::Arena arena;
      const absl::Status asked = registry.Query(
          view, {.kpi = name, .group_by = metrics::v1::GROUP_BY_REP, .period = kPeriod},
          *google::protobuf::Arena::CreateMessage<metrics::v1::KpiTable>(&arena));
      const double seconds = absl::ToDoubleSeconds(clock.Now() - start);
      if (!asked.ok()) continue;  // Not a KPI of reps.
      const std::lock_guard<std::mutex> lock(mutex);
      ++all.kpi_count;
      if (seconds <= all.slowest_seconds) continue;
      all.slowest_seconds = seconds;
      all.slowest = name;
    }
  };
  const absl::Time start = clock.Now();
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back(answer);
  }
  for (std::thread& thread : threads) thread.join();
  all.seconds = absl::ToDoubleSeconds(clock.Now() - start);
  return all;
}

absl::StatusOr<std::vector<double>> TimeNewDays(const metrics::Book& book,
                                                const metrics::KpiRegistry& registry,
                                                const Clock& clock, RepTable& by_rep) {
  absl::CivilDay day = kAsOfDay - kRounds - kDaysBefore;
  std::optional<LeaderTables> tables;
  const auto ask_next_day = [&]() -> absl::Status {
    QC_ASSIGN_OR_RETURN(const auto view, book.At({.effective_day = ++day}, kToday));
    return tables.emplace().Ask(registry, *view, kAllHistory);
  };
  // A server has seen other days before: memory of views that nobody asks for any more is there.
  for (int before = 0; before < kDaysBefore; ++before) QC_RETURN_IF_ERROR(ask_next_day());
  QC_ASSIGN_OR_RETURN(std::vector<double> seconds, TimeRounds(clock, ask_next_day));
  by_rep = tables->ByRep();
  return seconds;
}

}  // namespace quotacast::bench
