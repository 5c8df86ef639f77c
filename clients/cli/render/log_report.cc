#include "clients/cli/render/log_report.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

// Faults shown of a verification; --json has all that were sent.
constexpr int kMaxShownFaults = 50;

}  // namespace

std::string EntityKindName(crm::v1::EntityKind kind) {
  constexpr char kPrefix[] = "ENTITY_KIND_";
  const std::string name = crm::v1::EntityKind_Name(kind);
  if (kind == crm::v1::ENTITY_KIND_UNSPECIFIED || !absl::StartsWith(name, kPrefix)) return "other";
  return absl::AsciiStrToLower(name.substr(sizeof(kPrefix) - 1));
}

std::string LogStatsReport(const ingestion::v1::GetLogStatsResponse& response,
                           const Terminal& terminal) {
  if (response.event_count() == 0) {
    return Wrap(absl::StrCat("The log is empty (store: ", response.store(), ")."),
                terminal.width_columns);
  }
  std::string out =
      Wrap(absl::StrCat(CountOf(response.event_count(), "event"), ", ",
                        FormatCount(response.payload_bytes()), " bytes of content, recorded from ",
                        FormatInstant(response.first_recorded_time()), " to ",
                        FormatInstant(response.last_recorded_time()), " (store: ", response.store(),
                        ")."),
           terminal.width_columns);
  out += Wrap(absl::StrCat(CountOf(response.conflict_count(), "conflict"), ", ",
                           CountOf(response.quarantined_row_count(), "row"), " in quarantine, ",
                           CountOf(response.erased_event_count(), "erased event"), "."),
              terminal.width_columns);
  Table kinds({{"Kind"}, {"Events", Align::kRight}});
  for (const auto& entity : response.entities()) {
    kinds.AddRow({EntityKindName(entity.entity()), FormatCount(entity.event_count())});
  }
  Table sources({{"Source"}, {"Events", Align::kRight}});
  for (const auto& source : response.sources()) {
    sources.AddRow({Printable(source.source()), FormatCount(source.event_count())});
  }
  return absl::StrCat(out, "\n", kinds.Render(terminal), "\n", sources.Render(terminal));
}

std::string VerificationReport(const ingestion::v1::VerifyLogResponse& response,
                               const Terminal& terminal) {
  if (response.fault_count() == 0) {
    return Wrap(absl::StrCat("All is well: ", CountOf(response.checked_event_count(), "event"),
                             " checked for offsets, times, checksums and contents."),
                terminal.width_columns);
  }
  std::string out =
      Wrap(absl::StrCat(CountOf(response.fault_count(), "fault"), " in ",
                        CountOf(response.checked_event_count(), "event"),
                        ". Restore the log from a backup; what came later can be imported again."),
           terminal.width_columns);
  const int shown = std::min(kMaxShownFaults, response.faults_size());
  for (int i = 0; i < shown; ++i) {
    const auto& fault = response.faults(i);
    out += Wrap(Printable(absl::StrCat("offset ", fault.offset(), ": ", fault.reason(), ": ",
                                       fault.message())),
                terminal.width_columns, Paint("  fault  ", Style::kBad, terminal));
  }
  if (shown < response.fault_count()) {
    out += Wrap(absl::StrCat("The first ", FormatCount(shown), " are shown; --json has up to ",
                             FormatCount(response.faults_size()), "."),
                terminal.width_columns, "  ");
  }
  return out;
}

std::string EventLine(const ingestion::v1::EventRecord& event) {
  return Printable(absl::StrCat(event.offset(), "  ", FormatInstant(event.recorded_time()), "  ",
                                event.id().source(), "  ", event.id().source_key(), "  ",
                                event.id().version(), event.is_erased() ? "  (erased)" : "")) +
         "\n";
}

std::string ConflictsReport(const ingestion::v1::ListConflictsResponse& response,
                            const Terminal& terminal) {
  if (response.conflicts().empty()) {
    return Wrap("No conflicts: no id came with two contents.", terminal.width_columns);
  }
  Table table({{"Offset", Align::kRight}, {"Source"}, {"Key"}, {"Version"}, {"Came again"}});
  for (const auto& conflict : response.conflicts()) {
    const auto& id = conflict.kept().id();
    table.AddRow({FormatCount(conflict.kept().offset()), Printable(id.source()),
                  Printable(id.source_key()), Printable(id.version()),
                  FormatInstant(conflict.recorded_time())});
  }
  return absl::StrCat(
      table.Render(terminal), "\n",
      Wrap(absl::StrCat(CountOf(response.conflicts_size(), "event"),
                        " came with the id of an earlier one and other content. The earlier one "
                        "counts; --json shows both. A source that wants to correct itself says so "
                        "under a new version."),
           terminal.width_columns));
}

std::string ErasureReport(const ingestion::v1::ErasePersonResponse& response,
                          const Terminal& terminal) {
  return Wrap(absl::StrCat("Erased. The person is now called ", response.pseudonym(), ": ",
                           CountOf(response.erased_event_count(), "event"),
                           " about the person without content, ",
                           CountOf(response.renamed_event_count(), "other event"), " renamed, ",
                           CountOf(response.dropped_record_count(), "record"),
                           " beside the log dropped. Exports and backups made before still name "
                           "the person: delete them, and take the person out of the source."),
              terminal.width_columns);
}

}  // namespace quotacast::cli
