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
  command->add_flag("--list-profiles", arguments->list_profiles, "Show the shipped profiles");
  command->footer(
      "Good rows are kept beside bad ones; importing the same files again changes nothing.\n"
      "Exit code 3 tells that rows were left out.\n\n"
      "Example:\n"
      "  quotacast --data-dir ./company import --profile maventech ./maventech");
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Run(*arguments, context); }, {}});
}

}  // namespace quotacast::cli
