#include "clients/cli/commands/import.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/commands/file_import.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/file_chunks.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/import_report.h"
#include "clients/cpp/ingestion_client.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

struct ImportArguments {
  std::string profile;
  std::string path;
  int problem_count = kDefaultProblemCount;
  bool list_profiles = false;
  bool dry_run = false;
  std::string snapshot_date;
  std::string request_id;
};

absl::StatusOr<int> ListProfiles(CommandContext& context) {
  clients::IngestionClient ingestion(context.channel);
  QC_ASSIGN_OR_RETURN(const ingestion::v1::ListProfilesResponse response,
                      ingestion.ListProfiles({}, context.call_options));
  context.out << (context.json ? ToJson(response) : ProfilesReport(response, context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Run(const ImportArguments& arguments, CommandContext& context) {
  if (arguments.list_profiles) return ListProfiles(context);
  if (arguments.profile.empty() || arguments.path.empty()) {
    return UsageError("--profile and PATH are needed (or --list-profiles)");
  }
  ingestion::v1::ImportHeader header;
  header.set_parent(context.workspace);
  if (absl::EndsWith(arguments.profile, ".toml")) {
    QC_ASSIGN_OR_RETURN(*header.mutable_profile_text(), ReadTextFile(arguments.profile));
  } else {
    header.set_profile_name(arguments.profile);
  }
  header.set_dry_run(arguments.dry_run);
  header.set_request_id(arguments.request_id);
  if (!arguments.snapshot_date.empty()) {
    QC_ASSIGN_OR_RETURN(*header.mutable_snapshot_date(),
                        ParseDateArgument(arguments.snapshot_date));
  }
  QC_ASSIGN_OR_RETURN(std::vector<ImportFile> files, FilesToImport(arguments.path));
  QC_ASSIGN_OR_RETURN(const ingestion::v1::ImportFilesResponse response,
                      SendFiles(header, std::move(files), context));
  return ReportImport(response, arguments.problem_count, context);
}

}  // namespace

void AddImportCommand(CLI::App& app, Commands& commands) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App* command = app.add_subcommand("import", "Take in CRM history from CSV files");
  command->add_option("--profile", arguments->profile,
                      "How the files are read: a shipped profile, or a profile file *.toml");
  command->add_option("PATH", arguments->path, "A CSV file, or a folder of them");
  command
      ->add_option("--problems", arguments->problem_count,
                   "Show this many problems of single rows (default 20)")
      ->check(CLI::Range(0, 1000));
  command->add_flag("--dry-run", arguments->dry_run,
                    "Only say what the import would do; nothing is written");
  command
      ->add_option("--snapshot-date", arguments->snapshot_date,
                   "The day that full exports show the business on (default: today, UTC)")
      ->check(CheckedBy(&ParseDateArgument, "DATE"));
  command->add_option("--request-id", arguments->request_id,
                      "A UUID: the same import within 24 hours gets the same answer");
  command->add_flag("--list-profiles", arguments->list_profiles, "Show the shipped profiles");
  command->footer(
      "Good rows are kept beside bad ones; importing the same files again changes nothing.\n"
      "Rows left out go to quarantine (see `quotacast quarantine`). Exit code 3 tells of them.\n\n"
      "Example:\n"
      "  quotacast --data-dir ./company import --profile maventech --dry-run ./maventech\n"
      "  quotacast --data-dir ./company import --profile maventech ./maventech");
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Run(*arguments, context); }, {}});
}

}  // namespace quotacast::cli
