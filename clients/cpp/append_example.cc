// Appends two events of a rep over a stream, and says what became of them. Run it again: the log
// has them already.
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/event_appender.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace {

using quotacast::ingestion::v1::NewEvent;

NewEvent RepEvent(const std::string& version, const std::string& team_id) {
  NewEvent event;
  event.mutable_id()->set_source("example");
  event.mutable_id()->set_source_key("rep/ada");
  event.mutable_id()->set_version(version);
  event.mutable_event()->mutable_rep()->set_rep_id("ada");
  event.mutable_event()->mutable_rep()->set_team_id(team_id);
  return event;
}

absl::Status Run(const std::string& address) {
  quotacast::clients::EventAppenderOptions options;
  options.parent = "workspaces/default";
  options.writer_id = "append-example";
  quotacast::clients::EventAppender appender(quotacast::clients::ConnectTo(address), options);
  QC_RETURN_IF_ERROR(appender.Add(RepEvent("1", "east")));
  QC_RETURN_IF_ERROR(appender.Add(RepEvent("2", "west")));
  QC_RETURN_IF_ERROR(appender.Flush());  // Both are durable now.
  const quotacast::clients::AppendTotals totals = appender.totals();
  std::printf("%lld new, %lld known already, %lld left out\n",
              static_cast<long long>(totals.appended_event_count),
              static_cast<long long>(totals.unchanged_event_count),
              static_cast<long long>(totals.rejected_event_count));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(argc > 1 ? argv[1] : "127.0.0.1:7070");
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
