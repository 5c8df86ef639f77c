#include "clients/cli/render/actuals_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/csv.h"
#include "clients/cli/render/kpi_table_text.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"
#include "google/protobuf/message.h"
#include "google/protobuf/wrappers.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/simulation/v1/forecast.pb.h"

namespace quotacast::cli {
namespace {

// What goes first where room is missing.
constexpr int kDropIds = 3;
constexpr int kDropTeams = 2;
constexpr int kDropCreated = 1;

std::string NameOf(const ActualsCell& cell) {
  if (cell.level == simulation::v1::LEVEL_ORG) return "Organisation";
  return Printable(cell.display_name.empty() ? cell.group : cell.display_name);
}

bool AnyCell(const ActualsTable& table, bool (*holds)(const ActualsCell&)) {
  return std::any_of(table.cells.begin(), table.cells.end(), holds);
}

std::string GroupHeading(const ActualsTable& table) {
  for (const ActualsCell& cell : table.cells) {
    if (cell.level != table.cells[0].level) return "Group";
  }
  if (table.cells.empty() || table.cells[0].level == simulation::v1::LEVEL_ORG) return "Group";
  return table.cells[0].level == simulation::v1::LEVEL_TEAM ? "Team" : "Rep";
}

std::string Title(const ActualsTable& table, const Terminal& terminal) {
  std::string title = Paint("Actuals", Style::kHeading, terminal);
  const auto& periods = table.header.periods();
  if (!periods.empty()) {
    absl::StrAppend(&title, ", ", Printable(periods[0].name()));
    if (periods.size() > 1) {
      absl::StrAppend(&title, " to ", Printable(periods[periods.size() - 1].name()));
    }
  }
  absl::StrAppend(&title, ", ", AsOfText(table.header.as_of()));
  if (!table.header.currency_code().empty()) {
    absl::StrAppend(&title, ", ", table.header.currency_code());
  }
  return Wrap(title, terminal.width_columns) + "\n";
}

// "1234.5" for 1234 units and 500,000,000 nanos.
std::string ExactMoney(const google::type::Money& money) {
  std::string text =
      absl::StrCat(money.units() < 0 || money.nanos() < 0 ? "-" : "", std::abs(money.units()));
  if (money.nanos() == 0) return text;
  absl::StrAppendFormat(&text, ".%09d", std::abs(money.nanos()));
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string JsonOf(const google::protobuf::Message& message) {
  std::string json = ToJsonLine(message);
  json.pop_back();  // The line end.
  return json;
}

// In quotes, escaped.
std::string JsonString(const std::string& text) {
  google::protobuf::StringValue value;
  value.set_value(text);
  return JsonOf(value);
}

metrics::v1::ActualsRepPeriod FiguresOf(const ActualsCell& cell) {
  metrics::v1::ActualsRepPeriod figures;
  *figures.mutable_booked() = cell.booked;
  if (cell.quota) *figures.mutable_quota() = *cell.quota;
  figures.set_won_count(cell.won_count);
  figures.set_lost_count(cell.lost_count);
  figures.set_created_count(cell.created_count);
  return figures;
}

}  // namespace

std::string ActualsReport(const ActualsTable& table, const Terminal& terminal) {
  const bool has_teams = AnyCell(table, [](const ActualsCell& cell) { return !cell.team.empty(); });
  const bool has_ids = AnyCell(table, [](const ActualsCell& cell) {
    return !cell.display_name.empty() && !absl::EqualsIgnoreCase(cell.display_name, cell.group);
  });
  const bool has_periods = table.header.periods_size() > 1;
  std::vector<Column> columns = {{GroupHeading(table)}};
  if (has_ids) columns.push_back({"Id", Align::kLeft, kDropIds});
  if (has_teams) columns.push_back({"Team", Align::kLeft, kDropTeams});
  if (has_periods) columns.push_back({"Period"});
  for (const char* heading : {"Booked", "Quota", "Attainment", "Won", "Lost"}) {
    columns.push_back({heading, Align::kRight});
  }
  columns.push_back({"Created", Align::kRight, kDropCreated});
  Table out(columns);
  const ActualsCell* above = nullptr;
  int64_t empty_count = 0;
  for (const ActualsCell& cell : table.cells) {
    if (IsEmpty(cell)) {
      ++empty_count;
      continue;
    }
    const bool is_same =
        above != nullptr && above->level == cell.level && above->group == cell.group;
    above = &cell;
    std::vector<std::string> cells = {is_same ? "" : NameOf(cell)};
    if (has_ids) cells.push_back(is_same ? "" : Printable(cell.group));
    if (has_teams) cells.push_back(is_same ? "" : Printable(cell.team));
    if (has_periods) cells.push_back(Printable(cell.period.name()));
    const std::optional<double> attainment = Attainment(cell);
    cells.push_back(FormatAmount(cell.booked));
    cells.push_back(cell.quota ? FormatAmount(*cell.quota) : "-");
    cells.push_back(attainment ? FormatPercent(*attainment) : "-");
    for (const int64_t count : {cell.won_count, cell.lost_count, cell.created_count}) {
      cells.push_back(FormatCount(count));
    }
    out.AddRow(cells);
  }
  std::string text = Title(table, terminal);
  if (!out.empty()) text += out.Render(terminal) + "\n";
  text += DroppedText(out.DroppedHeaders(terminal), "--csv", terminal);
  if (empty_count > 0) {
    text += Wrap(absl::StrCat(CountOf(empty_count, "row"), " without deals, bookings and quota ",
                              empty_count == 1 ? "is" : "are", " not shown; --csv has all."),
                 terminal.width_columns);
  }
  return text + ActualsNotes(table, terminal);
}

std::string ActualsNotes(const ActualsTable& table, const Terminal& terminal) {
  std::string out;
  const auto note = [&](const std::string& text) {
    out += Wrap(Printable(text), terminal.width_columns,
                Paint("note:", Style::kWarning, terminal) + " ");
  };
  const auto& periods = table.header.periods();
  const int ended_count = table.header.ended_period_count();
  if (ended_count < periods.size()) {
    const std::string& first = periods[ended_count].name();
    const std::string& last = periods[periods.size() - 1].name();
    note(first == last
             ? absl::StrCat(first, " has not ended by the as-of date: its figures are to date")
             : absl::StrCat(first, " to ", last,
                            " have not ended by the as-of date: their figures are to date"));
  }
  if (table.header.reconstructed()) {
    note("the history was imported later than it happened: what was known when is reconstructed");
  }
  return out;
}

std::string ActualsCsv(const ActualsTable& table) {
  std::string out = CsvLine({"level", "group", "group_display_name", "team", "period", "booked",
                             "quota", "currency", "won_count", "lost_count", "created_count"});
  for (const ActualsCell& cell : table.cells) {
    out += CsvLine({LevelWord(cell.level), cell.group, cell.display_name, cell.team,
                    cell.period.name(), ExactMoney(cell.booked),
                    cell.quota ? ExactMoney(*cell.quota) : "", table.header.currency_code(),
                    absl::StrCat(cell.won_count), absl::StrCat(cell.lost_count),
                    absl::StrCat(cell.created_count)});
  }
  return out;
}

std::string ActualsNdjson(const ActualsTable& table) {
  std::string out;
  for (const ActualsCell& cell : table.cells) {
    absl::StrAppend(&out, "{\"level\":", JsonString(LevelWord(cell.level)),
                    ",\"group\":", JsonString(cell.group),
                    ",\"groupDisplayName\":", JsonString(cell.display_name),
                    ",\"team\":", JsonString(cell.team), ",\"period\":", JsonOf(cell.period),
                    ",\"figures\":", JsonOf(FiguresOf(cell)), "}\n");
  }
  return out;
}

}  // namespace quotacast::cli
