// metrics_bench: how fast the book takes events, how much memory it holds them in, how fast it
// answers as of any moment, how soon an event is in an answer, and how all that grows. Every figure
// comes with a check of the answer behind it.
//
//   tools/do bench metrics --check

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/freed_memory.h"
#include "base/status_macros.h"
#include "gperftools/malloc_extension.h"
#include "services/metrics/book.h"
#include "services/metrics/kpi/registry.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/figures.h"
#include "tools/bench/machine_time.h"
#include "tools/bench/measured_book.h"
#include "tools/bench/size_sweep.h"
#include "tools/bench/snapshot_speed.h"
#include "tools/bench/table_comparison.h"
#include "tools/bench/visible_delay.h"

namespace quotacast::bench {
namespace {

using metrics::Book;

constexpr double kMinLoadPerSecond = 300'000;
constexpr double kMaxBytesPerEvent = 150;
constexpr double kMaxRepTableMilliseconds = 100;

struct Options {
  std::optional<int64_t> asked_size = {};
  std::vector<std::string> parts = {"book", "tables", "snapshot", "visible"};
  ComparisonOptions comparison = {.python = ".deps/bench-venv/bin/python"};
  VisibleDelayOptions visible = {.server = "bazel-bin/services/quotacastd/quotacastd"};
  bool sweep = false;
  bool check = false;

  // The floors are those of a million deals; the sweep goes up to a tenth of it.
  int64_t size() const { return asked_size.value_or(sweep ? 100'000 : 1'000'000); }
  bool Measures(const std::string& part) const {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
  }
};

// Resident memory of this process once what was freed is given back.
double ResidentBytes() {
  MallocExtension::instance()->ReleaseFreeMemory();
  std::ifstream statm("/proc/self/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return static_cast<double>(resident_pages * sysconf(_SC_PAGESIZE));
}

absl::Status MeasureRepTable(const std::string& prefix, const Clock& clock, const Book& book,
                             Figures& figures) {
  const metrics::KpiRegistry registry;
  QC_ASSIGN_OR_RETURN(const auto view, book.At({.effective_day = kAsOfDay}, kToday));
  const AllRepTables all = AskAllRepTables(registry, *view, clock);
  figures.Note(prefix + "rep_table_kpis", all.kpi_count);
  figures.AtMost(prefix + "rep_table_milliseconds", 1'000 * all.seconds, kMaxRepTableMilliseconds);
  figures.Note(absl::StrCat(prefix, "slowest_", all.slowest, "_milliseconds"),
               1'000 * all.slowest_seconds);
  return absl::OkStatus();
}

// Fills the book.
absl::Status MeasureBook(const std::string& prefix, const DealHistories& histories,
                         const Clock& clock, Book& book, Figures& figures) {
  const MachineWatch watch;
  const auto event_count = static_cast<double>(histories.event_count());
  // The generator's own memory is there before the first measurement.
  (void)histories.Record(histories.event_count() - 1);
  const double empty_bytes = ResidentBytes();
  QC_ASSIGN_OR_RETURN(const double load_seconds, LoadBook(histories, clock, book));
  figures.AtLeast(prefix + "load_events_per_second", event_count / load_seconds, kMinLoadPerSecond);

  // The first view settles every history; the later ones cut them.
  const absl::Time start = clock.Now();
  QC_RETURN_IF_ERROR(book.At({.effective_day = absl::CivilDay(2019, 1, 1)}, kToday).status());
  figures.Note(prefix + "first_view_seconds", absl::ToDoubleSeconds(clock.Now() - start));
  figures.AtMost(prefix + "resident_bytes_per_event", (ResidentBytes() - empty_bytes) / event_count,
                 kMaxBytesPerEvent);
  figures.Note(prefix + "bytes_per_event_by_its_own_account",
               static_cast<double>(book.memory_bytes()) / event_count);
  QC_RETURN_IF_ERROR(MeasureRepTable(prefix, clock, book, figures));
  NoteDisturbance(prefix + "book", watch, figures);
  return absl::OkStatus();
}

absl::Status Run(const Options& options, Figures& figures) {
  if (options.sweep) return SweepSizes(options.size(), figures);
  const SystemClock clock;
  const DealHistories histories(options.size());
  const std::string prefix = absl::StrCat("metrics_", options.size(), "_");
  // First, because files of the other parts are still on their way to the disk when they end.
  if (options.Measures("visible")) {
    SayProgress("from acknowledgement to answer");
    QC_RETURN_IF_ERROR(MeasureVisibleDelay(options.visible, prefix, histories, clock, figures));
  }
  if (options.Measures("book") || options.Measures("tables") || options.Measures("snapshot")) {
    SayProgress(absl::StrCat("a book of ", options.size(), " deals"));
    Book book;
    QC_RETURN_IF_ERROR(MeasureBook(prefix, histories, clock, book, figures));
    if (options.Measures("tables")) {
      SayProgress("the same tables in databases");
      QC_RETURN_IF_ERROR(
          CompareTables(options.comparison, prefix, histories, book, clock, figures));
    }
    if (options.Measures("snapshot")) {
      SayProgress("the book from a file");
      QC_RETURN_IF_ERROR(MeasureSnapshot(prefix, clock, book, figures));
    }
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("measures the book of metrics and the KPIs made from it");
  app.add_option("--size", options.asked_size,
                 "opportunities, of ten events each; 1000000, for the sweep 100000")
      ->check(CLI::Range(int64_t{1'000}, int64_t{10'000'000}));
  app.add_flag("--sweep", options.sweep, "cost against size instead: from 1,000 by tens to --size");
  app.add_option("--parts", options.parts,
                 "what to measure: book, tables (and book), snapshot (and book), visible")
      ->check(CLI::IsMember({"book", "tables", "snapshot", "visible"}))
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--databases", options.comparison.databases, "the peers of the tables")
      ->check(CLI::IsMember({"duckdb", "sqlite", "postgres"}))
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--python", options.comparison.python, "an interpreter that has duckdb")
      ->capture_default_str();
  app.add_option("--server", options.visible.server, "the quotacastd to start")
      ->capture_default_str();
  app.add_option("--feed-seconds", options.visible.round_seconds,
                 "how long events are fed in a round")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 600.0));
  app.add_flag("--check", options.check, "exit with 1 when a figure falls short of its floor");
  CLI11_PARSE(app, argc, argv);
  // As the server does, here with the system's allocator, whose memory can be counted.
  quotacast::KeepFreedMemory();
  Figures figures;
  const absl::Status status = Run(options, figures);
  if (!status.ok()) {
    std::cerr << "metrics_bench: " << status.ToString() << "\n";
    return 2;
  }
  // A wrong answer is a fault whoever asks; a slow one only where the machine is known.
  return figures.wrong_count() > 0 || (options.check && figures.short_count() > 0) ? 1 : 0;
}

}  // namespace
}  // namespace quotacast::bench

int main(int argc, char** argv) { return quotacast::bench::Main(argc, argv); }
