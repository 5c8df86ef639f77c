// quotacast_gen: writes a synthetic company's CRM export. See --help.

#include <cstdint>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "base/civil_date.h"
#include "tools/gen/company.h"
#include "tools/gen/crm_export.h"

int main(int argc, char** argv) {
  quotacast::gen::CompanyOptions options;
  std::string out;
  std::string start = quotacast::FormatIsoDate(options.start);
  std::string last_day = quotacast::FormatIsoDate(options.last_day);
  CLI::App app(
      "Writes the CRM export of a synthetic sales organisation with known truth.\n"
      "The same options give the same files.\n\n"
      "Example: quotacast_gen --out /tmp/company --seed 7\n"
      "         quotacast --data-dir /tmp/data import --profile crm_history /tmp/company",
      "quotacast_gen");
  app.add_option("--out", out, "Folder to write; created if missing")->required();
  app.add_option("--seed", options.seed, "Seed")->capture_default_str();
  app.add_option("--reps", options.rep_count, "Number of reps")->capture_default_str();
  app.add_option("--start", start, "First day of business, YYYY-MM-DD")->capture_default_str();
  app.add_option("--last-day", last_day, "Last day the export knows, YYYY-MM-DD")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const auto start_day = quotacast::ParseIsoDate(start);
  const auto end_day = quotacast::ParseIsoDate(last_day);
  for (const auto* day : {&start_day, &end_day}) {
    if (!day->ok()) {
      std::cerr << "quotacast_gen: " << day->status().message() << "\n";
      return 2;
    }
  }
  options.start = *start_day;
  options.last_day = *end_day;
  const auto company = quotacast::gen::MakeCompany(options);
  if (!company.ok()) {
    std::cerr << "quotacast_gen: " << company.status().message() << "\n";
    return 2;
  }
  const absl::Status written = quotacast::gen::WriteCrmExport(*company, out);
  if (!written.ok()) {
    std::cerr << "quotacast_gen: " << written.message() << "\n";
    return 1;
  }
  int64_t exported = 0, won = 0;
  for (const auto& deal : company->deals) {
    exported += deal.created <= options.last_day;
    won += deal.won && deal.closed <= options.last_day;
  }
  std::cout << "wrote " << exported << " opportunities (" << won << " won) of "
            << company->reps.size() << " reps to " << out << "\n";
  return 0;
}
