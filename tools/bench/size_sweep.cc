#include "tools/bench/size_sweep.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "gperftools/malloc_extension.h"
#include "services/metrics/book.h"
#include "services/metrics/kpi/registry.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/figures.h"
#include "tools/bench/growth_exponent.h"
#include "tools/bench/machine_time.h"
#include "tools/bench/measured_book.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {
namespace {

constexpr double kMaxExponent = 1.1;
constexpr int64_t kMinDeals = 1'000;
constexpr int kRepCounts[] = {10, 100, 1'000};

struct Row {
  int64_t deals = 0;
  int64_t events = 0;
  double load_seconds = 0;
  double first_view_seconds = 0;
  double new_day_milliseconds = 0;  // Two tables on a day not asked for before.
  double table_milliseconds = 0;    // Win rate and bookings by rep.
  double tables_milliseconds = 0;   // All KPIs by rep.
  double bytes = 0;                 // Allocated by the book with the first view.
  bool is_right = false;
  double others_share = 0;  // Of the processors' time, by the host and by other programs.
};

struct Column {
  const char* name;
  double Row::*cost;
};
constexpr Column kColumns[] = {{"load", &Row::load_seconds},
                               {"first_view", &Row::first_view_seconds},
                               {"new_day_tables", &Row::new_day_milliseconds},
                               {"kpi_table", &Row::table_milliseconds},
                               {"all_kpi_tables", &Row::tables_milliseconds},
                               {"bytes", &Row::bytes}};

// What is allocated and not freed: exact at any size, unlike resident memory.
double AllocatedBytes() {
  size_t bytes = 0;
  MallocExtension::instance()->GetNumericProperty("generic.current_allocated_bytes", &bytes);
  return static_cast<double>(bytes);
}

absl::StatusOr<Row> MeasureRow(const DealHistories& histories, const Clock& clock) {
  const MachineWatch watch;
  const metrics::KpiRegistry registry;
  Row row{.deals = histories.deal_count(), .events = histories.event_count()};
  const double bytes_before = AllocatedBytes();
  metrics::Book book;
  QC_ASSIGN_OR_RETURN(row.load_seconds, LoadBook(histories, clock, book));
  const absl::Time start = clock.Now();
  QC_RETURN_IF_ERROR(book.At({.effective_day = absl::CivilDay(2019, 1, 1)}, kToday).status());
  row.first_view_seconds = absl::ToDoubleSeconds(clock.Now() - start);
  row.bytes = AllocatedBytes() - bytes_before;

  RepTable by_rep;
  QC_ASSIGN_OR_RETURN(const std::vector<double> days, TimeNewDays(book, registry, clock, by_rep));
  row.new_day_milliseconds = 1'000 * Median(days);
  row.is_right = by_rep == histories.ClosedByRepOn(kAsOfDay);

  QC_ASSIGN_OR_RETURN(const auto view, book.At({.effective_day = kAsOfDay}, kToday));
  QC_ASSIGN_OR_RETURN(const std::vector<double> tables, TimeRounds(clock, [&] {
                        return LeaderTables().Ask(registry, *view, kPeriod);
                      }));
  row.table_milliseconds = 1'000 * Median(tables);
  std::vector<double> all;
  for (int round = 0; round < kRounds; ++round) {
    all.push_back(AskAllRepTables(registry, *view, clock).seconds);
  }
  row.tables_milliseconds = 1'000 * Median(all);
  row.others_share = watch.StolenShare() + watch.OthersShare();
  return row;
}

void PrintHeading() {
  std::printf("%9s %5s %9s %8s %12s %17s %12s %17s %11s %7s\n", "deals", "reps", "events", "load s",
              "first view s", "new-day tables ms", "KPI table ms", "all KPI tables ms",
              "bytes/event", "others");
}

void PrintRow(const Row& row, int reps) {
  std::printf("%9lld %5d %9lld %8.3f %12.4f %17.2f %12.3f %17.2f %11.1f %6.1f%%\n",
              static_cast<long long>(row.deals), reps, static_cast<long long>(row.events),
              row.load_seconds, row.first_view_seconds, row.new_day_milliseconds,
              row.table_milliseconds, row.tables_milliseconds,
              row.bytes / static_cast<double>(row.events), 100 * row.others_share);
  std::fflush(stdout);
}

std::vector<double> Sizes(const std::vector<Row>& rows) {
  std::vector<double> sizes;
  for (const Row& row : rows) sizes.push_back(static_cast<double>(row.deals));
  return sizes;
}

std::vector<double> Costs(const std::vector<Row>& rows, const Column& column) {
  std::vector<double> costs;
  for (const Row& row : rows) costs.push_back(row.*column.cost);
  return costs;
}

// Below the rows it is about; that of the bytes is of all of them.
void PrintExponents(const std::vector<Row>& rows) {
  if (rows.size() < 2) return;
  std::vector<double> found;
  for (const Column& column : kColumns) {
    found.push_back(GrowthExponent(Sizes(rows), Costs(rows, column)));
  }
  std::printf("%25s %8.2f %12.2f %17.2f %12.2f %17.2f %11.2f\n", "exponent", found[0], found[1],
              found[2], found[3], found[4], found[5]);
  std::fflush(stdout);
}

// Over all sizes, and, because what costs the same at every size hides growth at small ones, over
// the last step alone.
void ReportExponents(const std::vector<Row>& rows, int reps, Figures& figures) {
  if (rows.size() < 2) return;
  const std::vector<Row> last_step(rows.end() - 2, rows.end());
  for (const Column& column : kColumns) {
    const std::string name = absl::StrCat("metrics_sweep_", reps, "_reps_", column.name);
    figures.AtMost(name + "_exponent", GrowthExponent(Sizes(rows), Costs(rows, column)),
                   kMaxExponent);
    figures.Note(name + "_exponent_of_last_step",
                 GrowthExponent(Sizes(last_step), Costs(last_step, column)));
  }
}

}  // namespace

absl::Status SweepSizes(int64_t deals_max, Figures& figures) {
  const ProcessorClock clock;
  std::vector<std::vector<Row>> rows_by_rep_count;
  const MachineWatch watch;
  bool is_right = true;
  PrintHeading();
  for (const int reps : kRepCounts) {
    std::vector<Row>& rows = rows_by_rep_count.emplace_back();
    for (int64_t deals = kMinDeals; deals <= deals_max; deals *= 10) {
      SayProgress(absl::StrCat(deals, " deals of ", reps, " reps"));
      QC_ASSIGN_OR_RETURN(const Row row, MeasureRow(DealHistories(deals, reps), clock));
      PrintRow(row, reps);
      is_right = is_right && row.is_right;
      rows.push_back(row);
    }
    PrintExponents(rows);
  }
  figures.IsRight("metrics_sweep_answers_are_those_of_the_events", is_right);
  for (size_t i = 0; i < rows_by_rep_count.size(); ++i) {
    ReportExponents(rows_by_rep_count[i], kRepCounts[i], figures);
  }
  NoteDisturbance("metrics_sweep", watch, figures);
  return absl::OkStatus();
}

}  // namespace quotacast::bench
