#include "clients/cli/render/import_report.h"

#include <algorithm>
#include <cstdint>
#include <string>

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

std::string FilesTable(const ImportFilesResponse& response, const Terminal& terminal) {
  Table table({{"File"},
               {"Holds"},
               {"Rows", Align::kRight},
               {"Taken", Align::kRight},
               {"Left out", Align::kRight}});
  for (const auto& file : response.files()) {
    if (file.entity().empty()) {
      table.AddRow({Printable(file.file()), "not used by the profile"});
      continue;
    }
    const std::string rejected = FormatCount(file.rejected_row_count());
    table.AddRow(
        {Printable(file.file()), Printable(file.entity()), FormatCount(file.row_count()),
         FormatCount(file.accepted_row_count()),
         file.rejected_row_count() > 0 ? Paint(rejected, Style::kBad, terminal) : rejected});
  }
  return table.Render(terminal);
}

std::string EventsSentence(const ImportFilesResponse& response) {
  if (response.appended_event_count() == 0) {
    return absl::StrCat("Nothing new: all ", CountOf(response.unchanged_event_count(), "event"),
                        " were known already.");
  }
  std::string out = absl::StrCat(CountOf(response.appended_event_count(), "event"), " added");
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

std::string ProblemText(const RowProblem& problem, const Terminal& terminal) {
  const bool error = problem.severity() == ingestion::v1::ROW_PROBLEM_SEVERITY_ERROR;
  std::string where = problem.file();
  if (problem.row() > 0) absl::StrAppend(&where, ":", problem.row());
  if (!problem.field().empty()) absl::StrAppend(&where, " ", problem.field());
  if (!problem.value().empty()) absl::StrAppend(&where, " \"", problem.value(), "\"");
  return Wrap(Printable(absl::StrCat(where, ": ", problem.message())), terminal.width_columns,
              error ? Paint("  error    ", Style::kBad, terminal)
                    : Paint("  warning  ", Style::kWarning, terminal));
}

std::string ProblemsText(const ImportFilesResponse& response, int max_problem_count,
                         const Terminal& terminal) {
  const int64_t total = response.error_count() + response.warning_count();
  if (total == 0) return "";
  const int shown = std::min(max_problem_count, response.problems_size());
  std::string out = absl::StrCat("\n", CountOf(response.error_count(), "error"), " and ",
                                 CountOf(response.warning_count(), "warning"));
  if (shown < total) absl::StrAppend(&out, ", the first ", FormatCount(shown));
  out += ":\n";
  for (int i = 0; i < shown; ++i) out += ProblemText(response.problems(i), terminal);
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
  std::string out = FilesTable(response, terminal) + "\n";
  out += Wrap(EventsSentence(response), terminal.width_columns);
  if (response.stages_size() > 0) {
    out += Wrap(StagesLine(response), terminal.width_columns, "Opportunities by stage: ");
  }
  for (const auto& alias : response.aliases()) {
    out += Wrap(Printable(absl::StrCat("\"", alias.value(), "\" read as \"", alias.canonical(),
                                       "\" in ", CountOf(alias.row_count(), "row"))),
                terminal.width_columns, absl::StrCat("Translated ", alias.field(), ": "));
  }
  out += ProblemsText(response, max_problem_count, terminal);
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
