#include "tests/world/importer.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/small_company.h"
#include "tests/world/actor.h"

namespace quotacast::tests {
namespace {

// Source key, version, payload.
using Facts = std::set<std::tuple<std::string, std::string, std::string>>;

Facts FactsOf(const std::vector<eventlog::StoredEvent>& events, const std::string& source) {
  Facts facts;
  for (const eventlog::StoredEvent& stored : events) {
    const eventlog::Event& event = stored.event;
    if (event.id.source == source) {
      facts.insert({event.id.source_key, event.id.version, event.payload});
    }
  }
  return facts;
}

// What the exports leave in an empty log when nothing fails. Kept: all worlds ask for the same.
const Facts& UndisturbedFacts(const std::string& source, const std::vector<Export>& exports) {
  static auto* const kept = new std::map<std::string, Facts>;
  const auto found = kept->find(source);
  if (found != kept->end()) return found->second;
  FakeClock clock(absl::FromCivil(absl::CivilDay(2026, 12, 1), absl::UTCTimeZone()));
  eventlog::InMemoryEventLog log(&clock);
  ingestion::Ingestion ingestion(log, clock);
  for (const Export& files : exports) {
    ingestion::ImportFiles(ingestion, "w", ingestion::ShippedProfile(files.profile), files.files)
        .IgnoreError();
  }
  return (*kept)[source] = FactsOf(*log.Read("w", 0, 100'000), source);
}

}  // namespace

std::vector<Export> SnapshotExports() {
  ingestion::Files later = ingestion::SnapshotCompany();
  std::string& deals = later["sales_pipeline.csv"];
  deals = absl::StrReplaceAll(
      deals, {{"Engaging,2017-05-05,,", "Won,2017-05-05,2017-07-01,44"}, {"4750", "4700"}});
  deals += "D7,Ada Quill,Pump 2,Harbour Works,Won,2017-06-10,2017-07-11,50\r\n";
  return {{"maventech", ingestion::SnapshotCompany()}, {"maventech", later}};
}

std::vector<Export> HistoryExports() {
  ingestion::Files later = ingestion::HistoryCompany();
  later["stage_history.csv"] += "H3,2017-07-01,Closed Won,19000\n";
  return {{"crm_history", ingestion::HistoryCompany()}, {"crm_history", later}};
}

FileImporter::FileImporter(std::string name, std::string workspace, std::string source,
                           std::vector<Export> exports)
    : Actor(std::move(name), std::move(workspace)),
      source_(std::move(source)),
      exports_(std::move(exports)) {}

absl::Status FileImporter::Step(Stage& stage) {
  if (IsDone()) return absl::OkStatus();
  const std::shared_ptr<IngestionProcess> process = stage.process();
  const Export& files = exports_[next_];
  const auto report = ingestion::ImportFiles(
      process->ingestion, workspace(), ingestion::ShippedProfile(files.profile), files.files,
      static_cast<size_t>(stage.chance().Between(40, 4'000)));
  stage.Note(report.ok() ? absl::StrCat("imported, appended ", report->appended_event_count(),
                                        ", unchanged ", report->unchanged_event_count())
                         : report.status().ToString());
  if (process->log.crashed()) return absl::OkStatus();
  if (!report.ok()) {
    if (absl::IsUnavailable(report.status())) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("an import failed for no fault of the store: ", report.status().ToString()));
  }
  ++next_;
  return stage.checker(workspace()).Look();
}

absl::Status FileImporter::CheckEnd(Stage& stage) {
  const Facts& expected = UndisturbedFacts(source_, exports_);
  const Facts facts = FactsOf(stage.checker(workspace()).events(), source_);
  if (facts == expected) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("the imports of ", source_, " left ",
                                                    facts.size(), " events, without failures ",
                                                    expected.size()));
}

}  // namespace quotacast::tests
