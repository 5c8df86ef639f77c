#include "tests/integration/imported_company.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/event_feed.h"
#include "services/metrics/book.h"

namespace quotacast {
namespace {

absl::Status ReadFeed(const eventlog::EventLog& log, std::string_view workspace,
                      int64_t after_offset, const std::function<bool()>& cancelled,
                      const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& take) {
  ingestion::v1::WatchEventsRequest request;
  request.set_after_offset(after_offset);
  return ingestion::WatchLog(log, workspace, request, cancelled, [&](const std::string& bytes) {
    ingestion::v1::WatchEventsResponse message;
    return message.ParseFromString(bytes) && take(message);
  });
}

}  // namespace

ImportedCompany::ImportedCompany(absl::CivilDay recorded_day)
    : clock_(StartOfDayUtc(recorded_day)),
      log_(&clock_),
      ingestion_(log_, clock_),
      metrics_(
          [this](std::string_view workspace, int64_t after_offset,
                 const metrics::Cancelled& cancelled,
                 const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& take) {
            return ReadFeed(
                log_, workspace, after_offset, [&] { return cancelled && cancelled(); }, take);
          },
          &clock_) {}

void ImportedCompany::Import(const ingestion::v1::ImportHeader& header,
                             const ingestion::Files& files) {
  const auto report = ingestion::ImportFiles(ingestion_, kImportedWorkspace, header, files);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->error_count(), 0) << report->ShortDebugString().substr(0, 2'000);
}

std::shared_ptr<const metrics::BookView> ImportedCompany::ViewOn(absl::CivilDay day) {
  metrics::Book book;
  absl::Status appended;
  const absl::Status read = ReadFeed(
      log_, kImportedWorkspace, 0, [] { return false; },
      [&](const ingestion::v1::WatchEventsResponse& batch) {
        for (const ingestion::v1::EventRecord& record : batch.events()) {
          appended.Update(book.Append(record));
        }
        return !batch.caught_up();
      });
  EXPECT_TRUE(appended.ok()) << appended;
  const auto view = book.At({.effective_day = day}, DayOfUtc(clock_.Now()));
  EXPECT_TRUE(view.ok()) << view.status() << " after " << read;
  return view.ok() ? *view : nullptr;
}

metrics::v1::KpiTable ImportedCompany::Ask(const metrics::BookView& view,
                                           const metrics::KpiTableQuery& query) {
  static const metrics::KpiRegistry registry;
  absl::StatusOr<metrics::v1::KpiTable> table = registry.Query(view, query);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : metrics::v1::KpiTable();
}

}  // namespace quotacast
