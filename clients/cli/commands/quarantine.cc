#include "clients/cli/commands/quarantine.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/quarantine_report.h"
#include "clients/cpp/ingestion_client.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

constexpr char kCollection[] = "quarantinedRows";
constexpr int kDefaultShownRows = 50;
constexpr int kDefaultShownProblems = 20;
constexpr int kPageRows = 1'000;

struct QuarantineArguments {
  std::string row;
  std::vector<std::string> rows;
  std::vector<std::string> values;  // "column=value".
  int shown = kDefaultShownRows;
  bool all = false;
};

absl::StatusOr<ingestion::v1::ListQuarantinedRowsResponse> AllRows(CommandContext& context) {
  clients::IngestionClient client(context.channel);
  ingestion::v1::ListQuarantinedRowsRequest request;
  request.set_parent(context.workspace);
  request.set_page_size(kPageRows);
  ingestion::v1::ListQuarantinedRowsResponse all;
  do {
    QC_ASSIGN_OR_RETURN(const ingestion::v1::ListQuarantinedRowsResponse page,
                        client.ListQuarantinedRows(request, context.call_options));
    all.mutable_rows()->MergeFrom(page.rows());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

absl::StatusOr<int> List(const QuarantineArguments& arguments, CommandContext& context) {
  QC_ASSIGN_OR_RETURN(const ingestion::v1::ListQuarantinedRowsResponse all, AllRows(context));
  context.out << (context.json ? ToJson(all)
                               : QuarantineReport(all, arguments.shown, context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Show(const QuarantineArguments& arguments, CommandContext& context) {
  QC_ASSIGN_OR_RETURN(const ingestion::v1::ListQuarantinedRowsResponse all, AllRows(context));
  const std::string name = ResourceName(context.workspace, kCollection, arguments.row);
  for (const ingestion::v1::QuarantinedRow& row : all.rows()) {
    if (row.name() != name) continue;
    context.out << (context.json ? ToJson(row) : QuarantinedRowReport(row, context.terminal));
    return kExitOk;
  }
  return absl::NotFoundError(absl::StrCat("no row \"", name,
                                          "\" is in quarantine; `quotacast quarantine list` shows "
                                          "those that are"));
}

absl::StatusOr<int> Replay(const ingestion::v1::ReplayQuarantinedRowsRequest& request,
                           CommandContext& context) {
  clients::IngestionClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const ingestion::v1::ReplayQuarantinedRowsResponse response,
                      client.ReplayQuarantinedRows(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : ReplayReport(response, kDefaultShownProblems, context.terminal));
  return response.rejected_row_count() > 0 ? kExitRowsRejected : kExitOk;
}

absl::StatusOr<int> Fix(const QuarantineArguments& arguments, CommandContext& context) {
  ingestion::v1::ReplayQuarantinedRowsRequest request;
  request.set_parent(context.workspace);
  ingestion::v1::RowCorrection& correction = *request.add_corrections();
  correction.set_name(ResourceName(context.workspace, kCollection, arguments.row));
  for (const std::string& value : arguments.values) {
    const size_t equals = value.find('=');
    if (equals == std::string::npos || equals == 0) {
      return UsageError(absl::StrCat("\"", value, "\" is no correction; write COLUMN=VALUE"));
    }
    ingestion::v1::ColumnValue& column = *correction.add_values();
    column.set_column(value.substr(0, equals));
    column.set_value(value.substr(equals + 1));
  }
  return Replay(request, context);
}

absl::StatusOr<int> ReplayRows(const QuarantineArguments& arguments, CommandContext& context) {
  ingestion::v1::ReplayQuarantinedRowsRequest request;
  request.set_parent(context.workspace);
  for (const std::string& row : arguments.rows) {
    request.add_corrections()->set_name(ResourceName(context.workspace, kCollection, row));
  }
  return Replay(request, context);
}

absl::StatusOr<int> Discard(const QuarantineArguments& arguments, CommandContext& context) {
  if (arguments.all == !arguments.rows.empty()) {
    return UsageError(arguments.all ? "--all and ROW exclude each other"
                                    : "which rows? Name them, or give --all");
  }
  ingestion::v1::DiscardQuarantinedRowsRequest request;
  request.set_parent(context.workspace);
  request.set_all(arguments.all);
  for (const std::string& row : arguments.rows) {
    request.add_names(ResourceName(context.workspace, kCollection, row));
  }
  clients::IngestionClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const ingestion::v1::DiscardQuarantinedRowsResponse response,
                      client.DiscardQuarantinedRows(request, context.call_options));
  context.out << (context.json ? ToJson(response) : DiscardReport(response));
  return kExitOk;
}

using Arguments = std::shared_ptr<QuarantineArguments>;

void AddRow(CLI::App& command, const Arguments& arguments) {
  command.add_option("ROW", arguments->row, "The row, as `quarantine list` names it")->required();
}

void AddListAndShow(CLI::App& group, const Arguments& arguments, Commands& commands) {
  CLI::App* list = group.add_subcommand("list", "Show the rows that wait to be put right");
  list->add_option("--rows", arguments->shown, "Show this many (default 50)")
      ->check(CLI::Range(1, 10'000));
  list->footer("Example:\n  quotacast --data-dir ./company quarantine list");
  commands.push_back(
      {list, [arguments](CommandContext& context) { return List(*arguments, context); }, {}});
  CLI::App* show = group.add_subcommand("show", "Show one row with its values and problems");
  AddRow(*show, arguments);
  show->footer(
      "Example:\n  quotacast --data-dir ./company quarantine show opportunity-3fa91c04b2d7e855");
  commands.push_back(
      {show, [arguments](CommandContext& context) { return Show(*arguments, context); }, {}});
}

void AddFixAndReplay(CLI::App& group, const Arguments& arguments, Commands& commands) {
  CLI::App* fix = group.add_subcommand("fix", "Give a row other values and import it again");
  AddRow(*fix, arguments);
  fix->add_option("COLUMN=VALUE", arguments->values, "New values, by column of the file")
      ->required();
  fix->footer(
      "What is good now leaves the quarantine; else the new values are kept with what is still\n"
      "wrong. Exit code 3 tells that the row stays.\n\n"
      "Example:\n"
      "  quotacast --data-dir ./company quarantine fix opportunity-3fa91c04b2d7e855 \\\n"
      "      close_date=2017-03-01 deal_stage=Won");
  commands.push_back(
      {fix, [arguments](CommandContext& context) { return Fix(*arguments, context); }, {}});
  CLI::App* replay = group.add_subcommand("replay", "Import rows again as they are");
  replay->add_option("ROW", arguments->rows, "The rows (all when none is named)");
  replay->footer(
      "Worth a try when what the rows refer to has been imported meanwhile. Rows that differ from\n"
      "another row of their id need `fix`. Exit code 3 tells that rows stay.\n\n"
      "Example:\n"
      "  quotacast --data-dir ./company quarantine replay");
  commands.push_back(
      {replay,
       [arguments](CommandContext& context) { return ReplayRows(*arguments, context); },
       {}});
}

void AddDiscard(CLI::App& group, const Arguments& arguments, Commands& commands) {
  CLI::App* discard = group.add_subcommand("discard", "Drop rows for good");
  discard->add_option("ROW", arguments->rows, "The rows");
  discard->add_flag("--all", arguments->all, "Drop all of them");
  discard->footer("Example:\n  quotacast --data-dir ./company quarantine discard --all");
  commands.push_back(
      {discard, [arguments](CommandContext& context) { return Discard(*arguments, context); }, {}});
}

}  // namespace

void AddQuarantineCommands(CLI::App& app, Commands& commands) {
  auto arguments = std::make_shared<QuarantineArguments>();
  CLI::App* group = app.add_subcommand("quarantine", "Put right the rows that imports left out");
  group->require_subcommand(1);
  AddListAndShow(*group, arguments, commands);
  AddFixAndReplay(*group, arguments, commands);
  AddDiscard(*group, arguments, commands);
}

}  // namespace quotacast::cli
