#include "clients/cli/commands/quota.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/cli/commands/file_import.h"
#include "clients/cli/file_chunks.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

// The shipped profile for quotas.
constexpr char kQuotaProfile[] = "quotas";

struct QuotaArguments {
  std::string file;
  int problem_count = kDefaultProblemCount;
};

absl::StatusOr<int> Run(const QuotaArguments& arguments, CommandContext& context) {
  ingestion::v1::ImportHeader header;
  header.set_parent(context.workspace);
  header.set_profile_name(kQuotaProfile);
  QC_ASSIGN_OR_RETURN(std::vector<ImportFile> files, FilesToImport(arguments.file));
  QC_ASSIGN_OR_RETURN(const ingestion::v1::ImportFilesResponse response,
                      SendFiles(header, std::move(files), context));
  return ReportImport(response, arguments.problem_count, context);
}

}  // namespace

void AddQuotaCommand(CLI::App& app, Commands& commands) {
  auto arguments = std::make_shared<QuotaArguments>();
  CLI::App* group = app.add_subcommand("quota", "Set the quotas of reps");
  group->require_subcommand(1);
  CLI::App* command = group->add_subcommand("set", "Take in quotas from a CSV file");
  command
      ->add_option("--file", arguments->file,
                   "A CSV file with the columns rep,period,amount,currency")
      ->required()
      ->check(CLI::ExistingFile);
  command
      ->add_option("--problems", arguments->problem_count,
                   "Show this many problems of single rows (default 20)")
      ->check(CLI::Range(0, 1000));
  command->footer(
      "The latest quota of a rep for a period counts; setting it again replaces it.\n"
      "Exit code 3 tells that rows were left out.\n\n"
      "Example:\n"
      "  quotacast --data-dir ./company quota set --file quotas.csv\n"
      "where quotas.csv holds\n"
      "  rep,period,amount,currency\n"
      "  Anna Snelling,2017Q4,250000,USD");
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Run(*arguments, context); }, {}});
}

}  // namespace quotacast::cli
