#include "clients/cli/commands/log.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/export_file.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/log_report.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/progress_bar.h"
#include "clients/cli/render/wrap.h"
#include "clients/cpp/ingestion_client.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

using ingestion::v1::EventRecord;
using ingestion::v1::WatchEventsRequest;
using ingestion::v1::WatchEventsResponse;

// Of one message of a restoration, well below what a server takes.
constexpr int kRestoreEventsMax = 5'000;
constexpr size_t kRestoreBytesMax = 2 << 20;

absl::StatusOr<crm::v1::EntityKind> ParseKindArgument(const std::string& text) {
  crm::v1::EntityKind kind = crm::v1::ENTITY_KIND_UNSPECIFIED;
  if (crm::v1::EntityKind_Parse(absl::StrCat("ENTITY_KIND_", absl::AsciiStrToUpper(text)), &kind) &&
      kind != crm::v1::ENTITY_KIND_UNSPECIFIED) {
    return kind;
  }
  return UsageError(absl::StrCat("\"", text,
                                 "\" is no kind of record; expected opportunity, rep, account, "
                                 "order_line ..."));
}

absl::StatusOr<int> Stats(CommandContext& context) {
  clients::IngestionClient client(context.channel);
  ingestion::v1::GetLogStatsRequest request;
  request.set_parent(context.workspace);
  QC_ASSIGN_OR_RETURN(const ingestion::v1::GetLogStatsResponse response,
                      client.GetLogStats(request, context.call_options));
  context.out << (context.json ? ToJson(response) : LogStatsReport(response, context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Verify(CommandContext& context) {
  clients::IngestionClient client(context.channel);
  ingestion::v1::VerifyLogRequest request;
  request.set_parent(context.workspace);
  ingestion::v1::VerifyLogResponse result;
  {
    ProgressBar progress("Verifying", context.clock, context.terminal, context.err);
    QC_RETURN_IF_ERROR(client.VerifyLog(
        request,
        [&](ingestion::v1::VerifyLogResponse&& message) {
          // The faults of all messages, the figures of the last.
          result.MergeFrom(message);
          progress.Update(message.checked_event_count(), message.event_count());
          return true;
        },
        context.call_options));
  }
  if (!result.done()) return absl::DataLossError("the verification ended before the log did");
  context.out << (context.json ? ToJson(result) : VerificationReport(result, context.terminal));
  return result.fault_count() == 0 ? kExitOk : kExitFaultsFound;
}

struct ExportArguments {
  std::string out;
  std::string format = "ndjson";
};

absl::StatusOr<int> Export(const ExportArguments& arguments, CommandContext& context) {
  const bool for_people = arguments.format == "ndjson";
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<ExportWriter> writer,
                      ExportWriter::Create(arguments.out, for_people ? ExportFormat::kNdjson
                                                                     : ExportFormat::kProtobuf));
  clients::IngestionClient client(context.channel);
  WatchEventsRequest request;
  request.set_parent(context.workspace);
  absl::Status written;
  bool caught_up = false;
  {
    ProgressBar progress("Exporting", context.clock, context.terminal, context.err);
    QC_RETURN_IF_ERROR(client.WatchEvents(
        request,
        [&](WatchEventsResponse&& message) {
          for (const EventRecord& event : message.events()) {
            written = writer->Add(event);
            if (!written.ok()) return false;
          }
          caught_up = message.caught_up();
          progress.Update(writer->event_count(), 0,
                          absl::StrCat(FormatCount(writer->event_count()), " events"));
          return !caught_up;
        },
        context.call_options));
    QC_RETURN_IF_ERROR(written);
    if (!caught_up) return absl::DataLossError("the feed ended before the log did");
    QC_RETURN_IF_ERROR(writer->Finish());
  }
  if (context.json) {
    context.out << absl::StrCat("{\n \"eventCount\": \"", writer->event_count(), "\"\n}\n");
  } else {
    context.out << Wrap(
        absl::StrCat(CountOf(writer->event_count(), "event"), " written to ", arguments.out, "."),
        context.terminal.width_columns);
  }
  return kExitOk;
}

absl::StatusOr<int> Restore(const std::string& path, CommandContext& context) {
  // Nothing of a cut file is brought back.
  QC_ASSIGN_OR_RETURN(const int64_t event_count, CheckExportFile(path));
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<ExportReader> reader, ExportReader::Open(path));
  clients::IngestionClient client(context.channel);
  ingestion::v1::GetLogStatsRequest stats_request;
  stats_request.set_parent(context.workspace);
  QC_ASSIGN_OR_RETURN(const ingestion::v1::GetLogStatsResponse stats,
                      client.GetLogStats(stats_request, context.call_options));
  if (stats.event_count() > 0) {
    return UsageError(absl::StrCat(context.workspace, " has ", stats.event_count(),
                                   " events; a backup is restored into an empty workspace"));
  }
  ingestion::v1::RestoreEventsResponse response;
  {
    ProgressBar progress("Restoring", context.clock, context.terminal, context.err);
    int64_t sent_count = 0;
    QC_ASSIGN_OR_RETURN(
        response,
        client.RestoreEvents(
            context.workspace,
            [&](ingestion::v1::RestoredEvents& events) -> absl::StatusOr<bool> {
              size_t byte_count = 0;
              EventRecord event;
              while (events.events_size() < kRestoreEventsMax && byte_count < kRestoreBytesMax) {
                QC_ASSIGN_OR_RETURN(const bool more, reader->Next(event));
                if (!more) break;
                byte_count += event.ByteSizeLong();
                *events.add_events() = std::move(event);
              }
              sent_count += events.events_size();
              progress.Update(sent_count, event_count);
              return events.events_size() > 0;
            },
            context.call_options));
  }
  context.out << (context.json
                      ? ToJson(response)
                      : Wrap(
                            absl::StrCat(CountOf(response.restored_event_count(), "event"),
                                         " restored from ", path, " into ", context.workspace, "."),
                            context.terminal.width_columns));
  return kExitOk;
}

struct WatchArguments {
  int64_t after_offset = 0;
  bool follow = false;
  std::vector<std::string> entities;
  std::vector<std::string> sources;
  std::vector<std::string> source_keys;
};

absl::StatusOr<int> Watch(const WatchArguments& arguments, CommandContext& context) {
  WatchEventsRequest request;
  request.set_parent(context.workspace);
  request.set_after_offset(arguments.after_offset);
  request.set_follow(arguments.follow);
  for (const std::string& entity : arguments.entities) {
    QC_ASSIGN_OR_RETURN(const crm::v1::EntityKind kind, ParseKindArgument(entity));
    request.add_entities(kind);
  }
  for (const std::string& source : arguments.sources) request.add_sources(source);
  for (const std::string& key : arguments.source_keys) request.add_source_keys(key);
  clients::IngestionClient client(context.channel);
  QC_RETURN_IF_ERROR(client.WatchEvents(
      request,
      [&](WatchEventsResponse&& message) {
        for (const EventRecord& event : message.events()) {
          context.out << (context.json ? ToJsonLine(event) : EventLine(event));
        }
        context.out.flush();
        return context.out.good() && (arguments.follow || !message.caught_up());
      },
      context.call_options));
  return kExitOk;
}

absl::StatusOr<int> Conflicts(CommandContext& context) {
  clients::IngestionClient client(context.channel);
  ingestion::v1::ListConflictsRequest request;
  request.set_parent(context.workspace);
  request.set_page_size(1'000);
  ingestion::v1::ListConflictsResponse all;
  do {
    QC_ASSIGN_OR_RETURN(ingestion::v1::ListConflictsResponse page,
                        client.ListConflicts(request, context.call_options));
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  context.out << (context.json ? ToJson(all) : ConflictsReport(all, context.terminal));
  return kExitOk;
}

struct EraseArguments {
  std::string rep;
  std::string lead;
  bool yes = false;
};

absl::StatusOr<int> Erase(const EraseArguments& arguments, CommandContext& context) {
  if (arguments.rep.empty() == arguments.lead.empty()) {
    return UsageError("one of --rep ID and --lead ID is needed");
  }
  if (!arguments.yes) {
    return UsageError("an erasure cannot be taken back; say --yes to erase the person for good");
  }
  ingestion::v1::ErasePersonRequest request;
  request.set_parent(context.workspace);
  request.set_entity(arguments.rep.empty() ? crm::v1::ENTITY_KIND_LEAD : crm::v1::ENTITY_KIND_REP);
  request.set_person_id(arguments.rep.empty() ? arguments.lead : arguments.rep);
  clients::IngestionClient client(context.channel);
  ProgressBar progress("Erasing", context.clock, context.terminal, context.err);
  QC_ASSIGN_OR_RETURN(const ingestion::v1::ErasePersonResponse response,
                      client.ErasePerson(request, context.call_options));
  context.out << (context.json ? ToJson(response) : ErasureReport(response, context.terminal));
  return kExitOk;
}

void AddCopies(CLI::App& group, Commands& commands) {
  auto export_arguments = std::make_shared<ExportArguments>();
  CLI::App* export_command = group.add_subcommand("export", "Write all events to a file");
  export_command->add_option("--out", export_arguments->out, "The file; .gz compresses it")
      ->required();
  export_command
      ->add_option("--format", export_arguments->format,
                   "ndjson: a JSON document per line (default); protobuf: as backup writes it")
      ->check(CLI::IsMember({"ndjson", "protobuf"}));
  export_command->footer(
      "The last line holds the number of events and a checksum: a file that was cut lacks it.\n\n"
      "Example:\n  quotacast --data-dir ./company log export --out events.ndjson.gz");
  commands.push_back(
      {export_command,
       [export_arguments](CommandContext& context) { return Export(*export_arguments, context); },
       {}});

  auto backup_out = std::make_shared<std::string>();
  CLI::App* backup = group.add_subcommand("backup", "Write a copy of the log that restore reads");
  backup->add_option("--out", *backup_out, "The file; .gz compresses it")->required();
  backup->footer(
      "Offsets, recorded times, ids, contents and erasures are all in it. The server may go on\n"
      "working meanwhile.\n\n"
      "Example:\n  quotacast --data-dir ./company log backup --out company.qcx.gz");
  commands.push_back({backup,
                      [backup_out](CommandContext& context) {
                        return Export({*backup_out, "protobuf"}, context);
                      },
                      {}});

  auto restore_path = std::make_shared<std::string>();
  CLI::App* restore = group.add_subcommand("restore", "Bring a backup into an empty workspace");
  restore->add_option("FILE", *restore_path, "What backup wrote")
      ->required()
      ->check(CLI::ExistingFile);
  restore->footer(
      "The file is checked as a whole first. A restoration that was interrupted leaves a part: "
      "use\n"
      "another workspace or data folder for the next attempt.\n\n"
      "Example:\n  quotacast --data-dir ./copy log restore company.qcx.gz");
  commands.push_back(
      {restore,
       [restore_path](CommandContext& context) { return Restore(*restore_path, context); },
       {}});
}

void AddWatch(CLI::App& group, Commands& commands) {
  auto arguments = std::make_shared<WatchArguments>();
  CLI::App* watch = group.add_subcommand("watch", "Print events, and go on as they come");
  watch->add_option("--after", arguments->after_offset, "Begin after this offset (default 0)")
      ->check(CLI::NonNegativeNumber);
  watch->add_flag("--follow", arguments->follow, "Go on until Ctrl-C");
  watch->add_option("--entity", arguments->entities,
                    "Only events about this kind of record, such as opportunity; may be repeated");
  watch->add_option("--source", arguments->sources, "Only events of this source");
  watch->add_option("--key", arguments->source_keys,
                    "Only events with this key, such as opportunity/1C1I7A6R");
  watch->footer(
      "With --json one document per line, contents included.\n\n"
      "Example:\n  quotacast --data-dir ./company log watch --entity quota --json");
  commands.push_back(
      {watch, [arguments](CommandContext& context) { return Watch(*arguments, context); }, {}});
}

void AddErase(CLI::App& group, Commands& commands) {
  auto arguments = std::make_shared<EraseArguments>();
  CLI::App* erase = group.add_subcommand("erase", "Erase a person's data for good");
  erase->add_option("--rep", arguments->rep, "The rep's id");
  erase->add_option("--lead", arguments->lead, "The lead's id");
  erase->add_flag("--yes", arguments->yes, "Needed: an erasure cannot be taken back");
  erase->footer(
      "The person's own events keep their place and nothing else; a pseudonym stands for the "
      "person\n"
      "in all others. Run it again when it was interrupted.\n\n"
      "Example:\n  quotacast --data-dir ./company log erase --rep \"Anna Snelling\" --yes");
  commands.push_back(
      {erase, [arguments](CommandContext& context) { return Erase(*arguments, context); }, {}});
}

}  // namespace

void AddLogCommands(CLI::App& app, Commands& commands) {
  CLI::App* group = app.add_subcommand("log", "Look at the event log, check and copy it");
  group->require_subcommand(1);
  group->footer("Example:\n  quotacast --data-dir ./company log stats");

  CLI::App* stats = group->add_subcommand("stats", "How many events there are, of what kind");
  stats->footer("Example:\n  quotacast --data-dir ./company log stats");
  commands.push_back({stats, [](CommandContext& context) { return Stats(context); }, {}});

  CLI::App* verify = group->add_subcommand("verify", "Read the log from end to end and check it");
  verify->footer(
      "Exit code 5 tells that faults were found.\n\n"
      "Example:\n  quotacast --data-dir ./company log verify");
  commands.push_back({verify, [](CommandContext& context) { return Verify(context); }, {}});

  AddCopies(*group, commands);
  AddWatch(*group, commands);

  CLI::App* conflicts =
      group->add_subcommand("conflicts", "List events that came with the id of an earlier one");
  conflicts->footer("Example:\n  quotacast --data-dir ./company log conflicts --json");
  commands.push_back({conflicts, [](CommandContext& context) { return Conflicts(context); }, {}});

  AddErase(*group, commands);
}

}  // namespace quotacast::cli
