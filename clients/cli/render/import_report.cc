#include "clients/cli/render/import_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using ingestion::v1::ImportFilesResponse;
using ingestion::v1::RowProblem;
using ingestion::v1::Suspicion;

// Empty rows have a column of their own only where there are any.
std::string FilesTable(const ImportFilesResponse& response, const Terminal& terminal) {
  const bool has_empty = std::any_of(response.files().begin(), response.files().end(),
                                     [](const auto& file) { return file.empty_row_count() > 0; });
  std::vector<Column> columns = {{"File"},
                                 {"Holds"},
                                 {"Rows", Align::kRight},
                                 {"Taken", Align::kRight},
                                 {"Left out", Align::kRight}};
  if (has_empty) columns.push_back({"Empty", Align::kRight});
  Table table(std::move(columns));
  for (const auto& file : response.files()) {
    if (file.entity().empty()) {
      table.AddRow({Printable(file.file()), "not used by the profile"});
      continue;
    }
    const std::string rejected = FormatCount(file.rejected_row_count());
    std::vector<std::string> cells = {
        Printable(file.file()), Printable(file.entity()), FormatCount(file.row_count()),
        FormatCount(file.accepted_row_count()),
        file.rejected_row_count() > 0 ? Paint(rejected, Style::kBad, terminal) : rejected};
    if (has_empty) cells.push_back(FormatCount(file.empty_row_count()));
    table.AddRow(std::move(cells));
  }
  return table.Render(terminal);
}

std::string EventsSentence(const ImportFilesResponse& response) {
  if (response.appended_event_count() == 0) {
    if (response.unchanged_event_count() == 0) return "Nothing was taken.";
    return absl::StrCat("Nothing new: all ", CountOf(response.unchanged_event_count(), "event"),
                        " were known already.");
  }
  std::string out = absl::StrCat(CountOf(response.appended_event_count(), "event"),
                                 response.dry_run() ? " would be added" : " added");
  if (response.corrected_event_count() > 0) {
    absl::StrAppend(&out, " (", FormatCount(response.corrected_event_count()),
                    " of them corrections)");
  }
  if (response.unchanged_event_count() > 0) {
    absl::StrAppend(&out, ", ", FormatCount(response.unchanged_event_count()), " known already");
  }
  return out + ".";
}

std::string StagesLine(const ImportFilesResponse& response) {
  std::string out;
  for (const auto& stage : response.stages()) {
    absl::StrAppend(&out, out.empty() ? "" : ", ", stage.stage_id(), " ",
                    FormatCount(stage.row_count()));
  }
  return Printable(out);
}

// "BULK_UPDATE" as "Bulk update".
std::string InWords(std::string reason) {
  for (size_t i = 0; i < reason.size(); ++i) {
    if (reason[i] == '_') reason[i] = ' ';
    if (i > 0) reason[i] = absl::ascii_tolower(static_cast<unsigned char>(reason[i]));
  }
  return reason;
}

std::string SuspicionText(const Suspicion& suspicion, const Terminal& terminal) {
  std::string where = suspicion.file();
  if (!suspicion.field().empty()) absl::StrAppend(&where, " ", suspicion.field());
  std::string text = InWords(suspicion.reason());
  if (!where.empty()) absl::StrAppend(&text, " in ", where);
  absl::StrAppend(&text, ": ", suspicion.message(), ".");
  std::string lines;
  for (const int64_t line : suspicion.rows()) {
    absl::StrAppend(&lines, lines.empty() ? "" : ", ", line);
  }
  if (!lines.empty()) {
    absl::StrAppend(&text, suspicion.rows_size() == 1 ? " (Line " : " (Lines ", lines);
    const int64_t more = suspicion.row_count() - suspicion.rows_size();
    if (more > 0) absl::StrAppend(&text, " and ", FormatCount(more), " more");
    absl::StrAppend(&text, ")");
  }
  return Wrap(Printable(text), terminal.width_columns,
              Paint("  suspect  ", Style::kWarning, terminal));
}

std::string SuspicionsText(const ImportFilesResponse& response, const Terminal& terminal) {
  if (response.suspicions_size() == 0) return "";
  std::string out = "\n";
  out += Wrap(absl::StrCat(CountOf(response.suspicions_size(), "pattern"),
                           " to look at before relying on the data:"),
              terminal.width_columns);
  for (const Suspicion& suspicion : response.suspicions()) {
    out += SuspicionText(suspicion, terminal);
  }
  return out;
}

// What became of the rows left out, and the command that goes on with them.
std::string QuarantineText(const ImportFilesResponse& response, const Terminal& terminal) {
  int64_t rejected_count = 0;
  for (const auto& file : response.files()) rejected_count += file.rejected_row_count();
  if (rejected_count == 0) return "";
  std::string text;
  if (response.dry_run()) {
    text = absl::StrCat(CountOf(response.quarantined_row_count(), "row"),
                        " would be new in quarantine.");
  } else if (response.quarantined_row_count() > 0) {
    text = absl::StrCat(CountOf(response.quarantined_row_count(), "row"),
                        response.quarantined_row_count() == 1 ? " is" : " are",
                        " new in quarantine. Correct the file and import it again, or:");
  } else {
    text = "The rows left out were in quarantine already:";
  }
  std::string out = "\n" + Wrap(text, terminal.width_columns);
  if (!response.dry_run()) out += Wrap("quotacast quarantine list", terminal.width_columns, "  ");
  return out;
}

}  // namespace

std::string RowProblemText(const RowProblem& problem, const Terminal& terminal) {
  const bool error = problem.severity() == ingestion::v1::ROW_PROBLEM_SEVERITY_ERROR;
  std::string where = problem.file();
  if (problem.row() > 0) absl::StrAppend(&where, ":", problem.row());
  if (!problem.field().empty()) absl::StrAppend(&where, " ", problem.field());
  if (!problem.value().empty()) absl::StrAppend(&where, " \"", problem.value(), "\"");
  return Wrap(Printable(absl::StrCat(where, ": ", problem.message())), terminal.width_columns,
              error ? Paint("  error    ", Style::kBad, terminal)
                    : Paint("  warning  ", Style::kWarning, terminal));
}

namespace {

std::string ProblemsText(const ImportFilesResponse& response, int max_problem_count,
                         const Terminal& terminal) {
  const int64_t total = response.error_count() + response.warning_count();
  if (total == 0) return "";
  const int shown = std::min(max_problem_count, response.problems_size());
  std::string out = absl::StrCat("\n", CountOf(response.error_count(), "error"), " and ",
                                 CountOf(response.warning_count(), "warning"));
  if (shown < total) absl::StrAppend(&out, ", the first ", FormatCount(shown));
  out += ":\n";
  for (int i = 0; i < shown; ++i) out += RowProblemText(response.problems(i), terminal);
  if (shown < response.problems_size()) {
    out += Wrap(absl::StrCat("--problems ", response.problems_size(), " shows ",
                             response.problems_size() < total ? "the first " : "all ",
                             FormatCount(response.problems_size()),
                             "; importing a corrected file again adds only what changed."),
                terminal.width_columns, "  ");
  }
  return out;
}

}  // namespace

std::string ImportReport(const ImportFilesResponse& response, int max_problem_count,
                         const Terminal& terminal) {
  std::string out;
  if (response.dry_run()) {
    out += Wrap("Dry run: nothing was written. The same import would do this:",
                terminal.width_columns) +
           "\n";
  }
  out += FilesTable(response, terminal) + "\n";
  out += Wrap(EventsSentence(response), terminal.width_columns);
  if (response.stages_size() > 0) {
    out += Wrap(StagesLine(response), terminal.width_columns, "Opportunities by stage: ");
  }
  for (const auto& alias : response.aliases()) {
    out += Wrap(Printable(absl::StrCat("\"", alias.value(), "\" read as \"", alias.canonical(),
                                       "\" in ", CountOf(alias.row_count(), "row"))),
                terminal.width_columns, absl::StrCat("Translated ", alias.field(), ": "));
  }
  out += SuspicionsText(response, terminal);
  out += ProblemsText(response, max_problem_count, terminal);
  out += QuarantineText(response, terminal);
  return out;
}

std::string ProfilesReport(const ingestion::v1::ListProfilesResponse& response,
                           const Terminal& terminal) {
  Table table({{"Profile"}, {"Reads"}});
  for (const auto& profile : response.profiles()) {
    table.AddRow({Printable(profile.name()), Printable(profile.description())});
  }
  return table.Render(terminal);
}

}  // namespace quotacast::cli
