// quotacast_gen: writes a synthetic company's CRM export, or its history as events. See --help.

#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "tools/gen/company.h"
#include "tools/gen/crm_export.h"
#include "tools/gen/event_file.h"
#include "tools/gen/event_stream.h"
#include "tools/gen/history.h"

namespace quotacast::gen {
namespace {

struct Flags {
  CompanyOptions company;
  ExportOptions files;
  std::string out;
  std::string format = "csv";
  std::string start;
  std::string last_day;
  double years = 0;
  int64_t event_count = 0;
};

// Fills in what the flags say together. INVALID_ARGUMENT as ParseIsoDate.
absl::Status Complete(Flags& flags) {
  QC_ASSIGN_OR_RETURN(flags.company.last_day, ParseIsoDate(flags.last_day));
  QC_ASSIGN_OR_RETURN(flags.company.start, ParseIsoDate(flags.start));
  if (flags.years > 0) {
    flags.company.start = flags.company.last_day + 1 - static_cast<int>(flags.years * 365.25);
  }
  if (flags.event_count > 0) {
    flags.company.rep_count = SeatsForEvents(flags.event_count, flags.company);
  }
  return absl::OkStatus();
}

absl::Status WriteExport(const Flags& flags) {
  QC_ASSIGN_OR_RETURN(const Company company, MakeCompany(flags.company));
  const Ledger ledger = MakeLedger(company);
  QC_RETURN_IF_ERROR(WriteCrmExport(company, ledger, flags.files, flags.out));
  std::cout << "wrote " << ledger.exported_deal_count << " opportunities ("
            << ledger.exported_won_count << " won) of " << company.people.seats.size()
            << " seats to " << flags.out << "\n";
  return absl::OkStatus();
}

absl::Status WriteEvents(const Flags& flags) {
  QC_ASSIGN_OR_RETURN(const int64_t count, WriteEventFile(flags.company, flags.out));
  std::cout << "wrote " << count << " events of " << flags.company.rep_count << " seats to "
            << flags.out << "\n";
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Flags flags;
  flags.start = FormatIsoDate(flags.company.start);
  flags.last_day = FormatIsoDate(flags.company.last_day);
  CLI::App app(
      "Writes the CRM export of a synthetic sales organisation with known truth.\n"
      "The same options give the same files.\n\n"
      "Example: quotacast_gen --out /tmp/company --seed 7\n"
      "         quotacast --data-dir /tmp/data import --profile crm_history /tmp/company\n"
      "         quotacast_gen --format events --events 1000000 --out /tmp/company.events",
      "quotacast_gen");
  app.add_option("--out", flags.out, "Folder (csv) or file (events) to write")->required();
  app.add_option("--format", flags.format,
                 "csv: a folder of files; events: ingestion.v1.NewEvent messages in the order of "
                 "time, each after its length as a varint")
      ->check(CLI::IsMember({"csv", "events"}))
      ->capture_default_str();
  app.add_option("--seed", flags.company.seed, "Seed")->capture_default_str();
  auto* reps = app.add_option("--reps", flags.company.rep_count, "Number of seats for reps")
                   ->capture_default_str();
  app.add_option("--events", flags.event_count,
                 "Make so many seats that the history has at least this many events")
      ->check(CLI::PositiveNumber)
      ->excludes(reps);
  auto* start = app.add_option("--start", flags.start, "First day of business, YYYY-MM-DD")
                    ->capture_default_str();
  app.add_option("--last-day", flags.last_day, "Last day the export knows, YYYY-MM-DD")
      ->capture_default_str();
  app.add_option("--years", flags.years, "Length of the history instead of --start")
      ->check(CLI::PositiveNumber)
      ->excludes(start);
  app.add_flag("--full", flags.files.is_full, "Write every entity, see tools/gen/README.md");
  CLI11_PARSE(app, argc, argv);

  absl::Status status = Complete(flags);
  if (status.ok()) status = flags.format == "csv" ? WriteExport(flags) : WriteEvents(flags);
  if (status.ok()) return 0;
  std::cerr << "quotacast_gen: " << status.message() << "\n";
  return absl::IsInvalidArgument(status) ? 2 : 1;
}

}  // namespace
}  // namespace quotacast::gen

int main(int argc, char** argv) { return quotacast::gen::Main(argc, argv); }
