#include "tests/world/reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/event_feed.h"
#include "services/metrics/metrics.h"
#include "tests/world/actor.h"

namespace quotacast::tests {
namespace {

absl::Status Broken(const std::string& who, const std::string& what) {
  return absl::FailedPreconditionError(absl::StrCat(who, ": ", what));
}

// The feed as the wire carries it.
absl::Status WatchFeed(const IngestionProcess& process, std::string_view workspace,
                       const ingestion::v1::WatchEventsRequest& request,
                       const std::function<bool()>& cancelled,
                       const std::function<bool(ingestion::v1::WatchEventsResponse&)>& take) {
  return ingestion::WatchLog(
      process.log, workspace, request, cancelled, [&](const std::string& bytes) {
        ingestion::v1::WatchEventsResponse message;
        // What a process sends after its end never arrives.
        return !process.log.crashed() && message.ParseFromString(bytes) && take(message);
      });
}

bool IsStoreFailure(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

}  // namespace

FeedReader::FeedReader(std::string name, std::string workspace)
    : Actor(std::move(name), std::move(workspace)) {}

absl::Status FeedReader::Step(Stage& stage) {
  return Watch(stage, stage.chance().Between(1, 3), stage.chance().Between(0, 4));
}

absl::Status FeedReader::Watch(Stage& stage, int message_count_max, int wait_count_max) {
  const std::shared_ptr<IngestionProcess> process = stage.process();
  ingestion::v1::WatchEventsRequest request;
  request.set_after_offset(offset_);
  if (stage.bug() == PlantedBug::kReaderSkipsOnResume && offset_ > 0) {
    request.set_after_offset(offset_ + 1);
  }
  if (stage.bug() == PlantedBug::kReaderRepeatsOnResume && offset_ > 0) {
    request.set_after_offset(offset_ - 1);
  }
  request.set_follow(wait_count_max > 0);
  absl::Status broken;
  int message_count = 0;
  int wait_count = 0;
  const absl::Status status = WatchFeed(
      *process, workspace(), request,
      [&] { return ++wait_count > wait_count_max + message_count_max; },
      [&](ingestion::v1::WatchEventsResponse& message) {
        for (const ingestion::v1::EventRecord& record : message.events()) {
          broken = Take(stage, record);
          if (!broken.ok()) return false;
        }
        return ++message_count < message_count_max;
      });
  stage.Note(absl::StrCat("read up to ", offset_, status.ok() ? "" : ", " + status.ToString()));
  QC_RETURN_IF_ERROR(broken);
  if (status.ok() || IsStoreFailure(status)) return absl::OkStatus();
  return Broken(name(), status.ToString());
}

absl::Status FeedReader::Take(Stage& stage, const ingestion::v1::EventRecord& record) {
  if (record.offset() != offset_ + 1) {
    return Broken(name(), absl::StrCat("got offset ", record.offset(), " after ", offset_));
  }
  LogChecker& checker = stage.checker(workspace());
  QC_RETURN_IF_ERROR(checker.Look());
  if (record.offset() > static_cast<int64_t>(checker.events().size())) {
    return Broken(name(), absl::StrCat("got offset ", record.offset(), ", which the log has not"));
  }
  const eventlog::Event& stored = checker.events()[static_cast<size_t>(record.offset() - 1)].event;
  if (record.id().source() != stored.id.source ||
      record.id().source_key() != stored.id.source_key ||
      record.id().version() != stored.id.version ||
      record.event().SerializeAsString() != stored.payload) {
    return Broken(
        name(), absl::StrCat("got another event at offset ", record.offset(), " than the log has"));
  }
  offset_ = record.offset();
  ++event_count_;
  return absl::OkStatus();
}

absl::Status FeedReader::CheckEnd(Stage& stage) {
  QC_RETURN_IF_ERROR(Watch(stage, 1'000, 0));
  const auto log_size = static_cast<int64_t>(stage.checker(workspace()).events().size());
  if (offset_ == log_size && event_count_ == log_size) return absl::OkStatus();
  return Broken(name(), absl::StrCat("got ", event_count_, " events up to offset ", offset_,
                                     "; the log has ", log_size));
}

BookKeeper::BookKeeper(std::string name, std::string workspace, const Clock& clock)
    : Actor(std::move(name), std::move(workspace)), clock_(clock) {}

BookKeeper::~BookKeeper() = default;

std::unique_ptr<metrics::Metrics> BookKeeper::NewMetrics(Stage& stage, PlantedBug bug) {
  return std::make_unique<metrics::Metrics>(
      [&stage, bug](std::string_view workspace, int64_t after_offset,
                    const metrics::Cancelled& cancelled,
                    const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& take) {
        const std::shared_ptr<IngestionProcess> process = stage.process();
        ingestion::v1::WatchEventsRequest request;
        request.set_after_offset(after_offset);
        return WatchFeed(
            *process, workspace, request, [&] { return cancelled && cancelled(); },
            [&](ingestion::v1::WatchEventsResponse& message) {
              if (bug == PlantedBug::kFeedLosesAnEvent && message.events_size() > 1) {
                message.mutable_events()->DeleteSubrange(message.events_size() - 2, 1);
              }
              return take(message);
            });
      },
      &clock_);
}

absl::Status BookKeeper::Step(Stage& stage) {
  if (metrics_ == nullptr || stage.chance().OneIn(6)) metrics_ = NewMetrics(stage, stage.bug());
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/" + workspace());
  request.set_kpi("win_rate_closed");
  request.set_group_by(metrics::v1::GROUP_BY_ORG);
  const auto response = metrics_->QueryKpi(request, {});
  stage.Note(response.ok() ? "answered" : response.status().ToString());
  if (response.ok() || IsStoreFailure(response.status()) ||
      absl::IsFailedPrecondition(response.status())) {
    return absl::OkStatus();
  }
  return Broken(name(), response.status().ToString());
}

std::string BookKeeper::Figures(metrics::Metrics& metrics) const {
  std::string figures;
  const metrics::v1::ListKpisResponse kpis = metrics.ListKpis();
  for (const metrics::v1::KpiDefinition& kpi : kpis.kpis()) {
    for (const metrics::v1::GroupBy group_by :
         {metrics::v1::GROUP_BY_ORG, metrics::v1::GROUP_BY_REP, metrics::v1::GROUP_BY_PERIOD}) {
      metrics::v1::QueryKpiRequest request;
      request.set_parent("workspaces/" + workspace());
      request.set_kpi(kpi.name());
      request.set_group_by(group_by);
      const auto response = metrics.QueryKpi(request, {});
      absl::StrAppend(&figures, kpi.name(), " ",
                      response.ok() ? response->SerializeAsString() : response.status().ToString(),
                      "\n");
    }
  }
  return figures;
}

absl::Status BookKeeper::CheckEnd(Stage& stage) {
  if (metrics_ == nullptr) return absl::OkStatus();
  const std::unique_ptr<metrics::Metrics> fresh = NewMetrics(stage, PlantedBug::kNone);
  if (Figures(*metrics_) == Figures(*fresh)) return absl::OkStatus();
  return Broken(name(), "its figures differ from those of a book built from scratch");
}

}  // namespace quotacast::tests
