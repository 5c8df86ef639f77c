#include "clients/cli/render/quarantine_report.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/import_report.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using ingestion::v1::QuarantinedRow;
using ingestion::v1::RowProblem;

// The id without the collection: what the commands take.
std::string RowId(const QuarantinedRow& row) {
  return Printable(row.name().substr(row.name().rfind('/') + 1));
}

// "close_date "2017-13-01"".
std::string FieldAndValue(const RowProblem& problem) {
  std::string text = problem.field();
  if (!problem.value().empty()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", "\"", problem.value(), "\"");
  }
  return Printable(text);
}

}  // namespace

std::string QuarantineReport(const ingestion::v1::ListQuarantinedRowsResponse& response,
                             int max_row_count, const Terminal& terminal) {
  if (response.rows_size() == 0) {
    return "The quarantine is empty: every row of every import was taken.\n";
  }
  Table table({{"Row"}, {"File"}, {"Line", Align::kRight}, {"Wrong"}, {"Reason"}});
  const int shown = std::min(max_row_count, response.rows_size());
  for (int i = 0; i < shown; ++i) {
    const QuarantinedRow& row = response.rows(i);
    const RowProblem first = row.problems_size() > 0 ? row.problems(0) : RowProblem();
    std::string reason = first.reason();
    if (row.problems_size() > 1) absl::StrAppend(&reason, " +", row.problems_size() - 1);
    table.AddRow({RowId(row), Printable(row.file()), FormatCount(row.row()), FieldAndValue(first),
                  Paint(Printable(reason), Style::kBad, terminal)});
  }
  std::string out = table.Render(terminal) + "\n";
  std::string summary = absl::StrCat(CountOf(response.rows_size(), "row"), " in quarantine");
  if (shown < response.rows_size())
    absl::StrAppend(&summary, ", the first ", FormatCount(shown), " shown");
  out += Wrap(absl::StrCat(summary, "."), terminal.width_columns);
  out += Wrap(
      absl::StrCat("quotacast quarantine show ", RowId(response.rows(0)), " tells all of a row"),
      terminal.width_columns, "  ");
  return out;
}

std::string QuarantinedRowReport(const QuarantinedRow& row, const Terminal& terminal) {
  std::string out =
      Wrap(absl::StrCat(Paint(RowId(row), Style::kHeading, terminal), ": ", Printable(row.entity()),
                        " on line ", row.row(), " of ", Printable(row.file()),
                        ", read under profile ", Printable(row.profile_name()), ", left out since ",
                        FormatInstant(row.create_time())),
           terminal.width_columns);
  out += "\n";
  Table table({{"Column"}, {"Value"}, {"Problem"}});
  std::string faulty;
  for (const auto& value : row.values()) {
    std::string reasons;
    for (const RowProblem& problem : row.problems()) {
      if (problem.field() != value.column() || value.column().empty()) continue;
      absl::StrAppend(&reasons, reasons.empty() ? "" : ", ", problem.reason());
    }
    if (!reasons.empty() && faulty.empty()) faulty = value.column();
    table.AddRow({value.column().empty() ? "(no column)" : Printable(value.column()),
                  Printable(value.value()), Paint(Printable(reasons), Style::kBad, terminal)});
  }
  out += table.Render(terminal) + "\n";
  for (const RowProblem& problem : row.problems()) {
    std::string text = FieldAndValue(problem);
    absl::StrAppend(&text, text.empty() ? "" : ": ", Printable(problem.message()));
    out += Wrap(text, terminal.width_columns, Paint("  error    ", Style::kBad, terminal));
  }
  out += "\nPut it right:\n";
  out += Wrap(absl::StrCat("quotacast quarantine fix ", RowId(row), " \"",
                           faulty.empty() ? "COLUMN" : Printable(faulty), "=VALUE\""),
              terminal.width_columns, "  ");
  return out;
}

std::string ReplayReport(const ingestion::v1::ReplayQuarantinedRowsResponse& response,
                         int max_problem_count, const Terminal& terminal) {
  std::string out;
  if (response.accepted_row_count() + response.rejected_row_count() == 0) {
    return "The quarantine is empty: there is nothing to replay.\n";
  }
  out += Wrap(
      absl::StrCat(CountOf(response.accepted_row_count(), "row"), " taken and out of quarantine, ",
                   CountOf(response.appended_event_count(), "event"), " added."),
      terminal.width_columns);
  if (response.rejected_row_count() == 0) return out;
  out +=
      Wrap(absl::StrCat(CountOf(response.rejected_row_count(), "row"),
                        response.rejected_row_count() == 1 ? " stays" : " stay", " in quarantine:"),
           terminal.width_columns);
  const int shown = std::min(max_problem_count, response.problems_size());
  for (int i = 0; i < shown; ++i) out += RowProblemText(response.problems(i), terminal);
  if (shown < response.problems_size()) {
    out += Wrap("quotacast quarantine list shows all", terminal.width_columns, "  ");
  }
  return out;
}

std::string DiscardReport(const ingestion::v1::DiscardQuarantinedRowsResponse& response) {
  return absl::StrCat(CountOf(response.discarded_row_count(), "row"), " discarded.\n");
}

}  // namespace quotacast::cli
