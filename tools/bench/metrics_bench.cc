// metrics_bench: how fast the book takes events, how much memory it holds them in, and how fast it
// answers as of any moment. Every figure comes with a check of the answer behind it.
//
//   tools/do bench metrics --check

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/registry.h"
#include "tools/bench/figures.h"
#include "tools/bench/opportunity_events.h"
#include "tools/bench/peers/database_tables.h"

namespace quotacast::bench {
namespace {

using ingestion::v1::EventRecord;
using metrics::Book;
using metrics::BookView;

constexpr uint64_t kSeed = 7;
constexpr int kRounds = 5;
constexpr size_t kChunkEvents = 100'000;
constexpr double kMinLoadPerSecond = 300'000;
constexpr double kMaxBytesPerEvent = 150;
constexpr double kMaxRepTableMilliseconds = 100;
constexpr double kMinTableOverDuckdb = 1.5;
constexpr double kMinTableOverSqlite = 20;
constexpr double kMinAsOfOverDuckdb = 20;
// Deals are created from 2018 to early 2026.
constexpr absl::CivilDay kToday(2035, 1, 1);
constexpr absl::CivilDay kAsOfDay(2022, 6, 30);
constexpr char kPeriod[] = "2022Q1";
constexpr absl::CivilDay kFirstDay(2022, 1, 1);
constexpr absl::CivilDay kLastDay(2022, 3, 31);

struct Options {
  int64_t size = 100'000;
  std::string python = ".deps/bench-venv/bin/python";
  bool check = false;
};

double Seconds(const Clock& clock, absl::Time since) {
  return absl::ToDoubleSeconds(clock.Now() - since);
}

// Resident memory of this process once what was freed is given back.
double ResidentBytes() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return static_cast<double>(resident_pages * sysconf(_SC_PAGESIZE));
}

// The meaning of the stages, then the histories of all deals, step by step: the facts of a deal lie
// far apart, as in a feed they do.
class Events {
 public:
  explicit Events(int64_t deal_count) : deal_count_(deal_count) {}

  int64_t count() const { return kStageCount + deal_count_ * kHistorySteps; }

  EventRecord Record(int64_t offset) const {
    EventRecord record;
    record.set_offset(offset);
    record.mutable_recorded_time()->set_seconds(1'900'000'000 + offset / 1'000);
    if (offset <= kStageCount) {
      FillStage(static_cast<int>(offset - 1), record);
      return record;
    }
    const int64_t number = offset - kStageCount - 1;
    ingestion::v1::NewEvent event =
        HistoryEvent(kSeed, number % deal_count_, static_cast<int>(number / deal_count_));
    *record.mutable_id() = std::move(*event.mutable_id());
    *record.mutable_effective_time() = event.effective_time();
    *record.mutable_event() = std::move(*event.mutable_event());
    return record;
  }

 private:
  static constexpr int kStageCount = 6;

  static void FillStage(int stage, EventRecord& record) {
    const char* id = kHistoryStages[stage];
    record.mutable_id()->set_source("crm");
    record.mutable_id()->set_source_key(absl::StrCat("stage/", id));
    record.mutable_id()->set_version("1");
    record.mutable_effective_time()->set_seconds(0);
    crm::v1::StageChange& change = *record.mutable_event()->mutable_stage();
    change.set_stage_id(id);
    change.set_position(stage + 1);
    change.set_category(stage < 4    ? crm::v1::STAGE_CATEGORY_OPEN
                        : stage == 4 ? crm::v1::STAGE_CATEGORY_WON
                                     : crm::v1::STAGE_CATEGORY_LOST);
  }

  const int64_t deal_count_;
};

// What the events say of each deal on a day, worked out from the events alone.
struct PlainDeal {
  std::string rep;
  std::string stage;
  int64_t units = 0;
  absl::CivilDay stage_day;
};

PlainDeal DealOn(int64_t deal, absl::CivilDay last_day) {
  const int64_t end = absl::ToUnixSeconds(absl::FromCivil(last_day + 1, absl::UTCTimeZone()));
  PlainDeal plain;
  for (int step = 0; step < kHistorySteps; ++step) {
    const ingestion::v1::NewEvent event = HistoryEvent(kSeed, deal, step);
    if (event.effective_time().seconds() >= end) break;
    const crm::v1::OpportunityChange& change = event.event().opportunity();
    if (step == 0) plain.rep = change.owner_rep_id();
    if (change.has_amount()) plain.units = change.amount().units();
    if (change.stage_id().empty()) continue;
    plain.stage = change.stage_id();
    plain.stage_day = absl::ToCivilDay(absl::FromUnixSeconds(event.effective_time().seconds()),
                                       absl::UTCTimeZone());
  }
  return plain;
}

// The closed deals of a view by rep.
RepTable ByRep(const BookView& view) {
  std::vector<RepRow> rows(view.reps.size());
  for (const metrics::DealRef deal : view.columns->All()) {
    RepRow& row = rows[static_cast<size_t>(deal.rep())];
    if (deal.outcome() == metrics::StageCategory::kLost) ++row.lost_count;
    if (deal.outcome() != metrics::StageCategory::kWon) continue;
    ++row.won_count;
    row.booked_minor_units += deal.amount_minor_units().value_or(0);
  }
  RepTable table;
  for (size_t rep = 0; rep < rows.size(); ++rep) {
    if (rows[rep] != RepRow()) table[view.reps[rep].id] = rows[rep];
  }
  return table;
}

// Of one quarter, from the KPI tables that a leader asks for.
absl::StatusOr<RepTable> ByRepFromKpis(const metrics::KpiRegistry& registry, const BookView& view) {
  RepTable table;
  metrics::KpiTableQuery query{
      .kpi = "win_rate_closed", .group_by = metrics::v1::GROUP_BY_REP, .period = kPeriod};
  QC_ASSIGN_OR_RETURN(const metrics::v1::KpiTable rates, registry.Query(view, query));
  query.kpi = "bookings";
  QC_ASSIGN_OR_RETURN(const metrics::v1::KpiTable bookings, registry.Query(view, query));
  for (const metrics::v1::KpiRow& row : rates.rows()) {
    if (row.denominator() == 0) continue;
    RepRow& into = table[row.group()];
    into.won_count = static_cast<int64_t>(row.numerator());
    into.lost_count = static_cast<int64_t>(row.denominator() - row.numerator());
  }
  for (const metrics::v1::KpiRow& row : bookings.rows()) {
    if (row.value() != 0) {
      table[row.group()].booked_minor_units = std::llround(row.value() * 100);
    }
  }
  return table;
}

// The rows that the databases read, see database_tables.py.
absl::Status WriteRows(int64_t deal_count, absl::CivilDay as_of_day,
                       const std::filesystem::path& folder) {
  std::ofstream events(folder / "events.csv");
  events << "deal,seq,day,stage,amount,rep\n";
  for (int step = 0; step < kHistorySteps; ++step) {
    for (int64_t deal = 0; deal < deal_count; ++deal) {
      const ingestion::v1::NewEvent event = HistoryEvent(kSeed, deal, step);
      const crm::v1::OpportunityChange& change = event.event().opportunity();
      events << deal << ',' << step << ',' << event.effective_time().seconds() / 86'400 << ','
             << change.stage_id() << ',';
      if (change.has_amount()) events << change.amount().units() * 100;
      events << ',' << change.owner_rep_id() << '\n';
    }
  }
  std::ofstream deals(folder / "deals.csv");
  deals << "deal,rep,outcome,closed_day,amount\n";
  for (int64_t deal = 0; deal < deal_count; ++deal) {
    const PlainDeal plain = DealOn(deal, as_of_day);
    if (plain.rep.empty()) continue;
    const bool is_won = plain.stage == kHistoryStages[4];
    const bool is_lost = plain.stage == kHistoryStages[5];
    deals << deal << ',' << plain.rep << ',' << (is_won ? "won" : is_lost ? "lost" : "open") << ',';
    if (is_won || is_lost) deals << metrics::NumberOfDay(plain.stage_day);
    deals << ',' << plain.units * 100 << '\n';
  }
  events.close();
  deals.close();
  if (events && deals) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write the peers' rows to ", folder.string()));
}

// Rounds of a question in seconds; the last answer stays.
template <typename Ask>
std::vector<double> Rounds(const Clock& clock, Ask ask) {
  std::vector<double> seconds;
  for (int round = 0; round < kRounds; ++round) {
    const absl::Time start = clock.Now();
    ask();
    seconds.push_back(Seconds(clock, start));
  }
  return seconds;
}

void Compare(const std::string& name, const std::vector<double>& ours,
             const DatabaseAnswer& database, const RepTable& answer, double floor,
             Figures& figures) {
  figures.AtLeast(name + "_same_cells", answer == database.table ? 1 : 0, 1);
  figures.Note(name + "_peer_milliseconds", 1'000 * Median(database.seconds));
  figures.AtLeast(name + "_median", Median(database.seconds) / Median(ours), floor);
  const auto bounds = std::minmax_element(ours.begin(), ours.end());
  figures.Note(name + "_min", Median(database.seconds) / *bounds.second);
  figures.Note(name + "_max", Median(database.seconds) / *bounds.first);
}

absl::Status Load(const Events& events, const Clock& clock, Book& book, double* seconds) {
  std::vector<EventRecord> chunk;
  for (int64_t offset = 1; offset <= events.count();) {
    chunk.clear();
    for (; offset <= events.count() && chunk.size() < kChunkEvents; ++offset) {
      chunk.push_back(events.Record(offset));
    }
    const absl::Time start = clock.Now();
    for (const EventRecord& record : chunk) QC_RETURN_IF_ERROR(book.Append(record));
    *seconds += Seconds(clock, start);
  }
  return absl::OkStatus();
}

absl::Status MeasurePeers(const Options& options, const std::string& prefix, const Clock& clock,
                          const Book& book, Figures& figures) {
  const metrics::KpiRegistry registry;
  QC_ASSIGN_OR_RETURN(const auto view, book.At({.effective_day = kAsOfDay}, kToday));
  RepTable table, as_of;
  absl::Status asked;
  const std::vector<double> table_seconds = Rounds(clock, [&] {
    const absl::StatusOr<RepTable> answer = ByRepFromKpis(registry, *view);
    asked = answer.status();
    if (answer.ok()) table = *answer;
  });
  QC_RETURN_IF_ERROR(asked);
  // A new day each time, the last one the databases' day: nothing is kept from the question before.
  absl::CivilDay day = kAsOfDay - kRounds;
  const std::vector<double> as_of_seconds = Rounds(clock, [&] {
    const auto then = book.At({.effective_day = ++day}, kToday);
    asked = then.status();
    if (then.ok()) as_of = ByRep(**then);
  });
  QC_RETURN_IF_ERROR(asked);
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / absl::StrCat("quotacast_metrics_bench_", getpid());
  std::filesystem::create_directories(folder);
  absl::StatusOr<std::map<std::string, DatabaseAnswer>> databases;
  if (const absl::Status written = WriteRows(options.size, kAsOfDay, folder); !written.ok()) {
    databases = written;
  } else {
    databases = AskDatabases({.python = options.python,
                              .folder = folder.string(),
                              .as_of_day = kAsOfDay,
                              .first_day = kFirstDay,
                              .last_day = kLastDay});
  }
  std::filesystem::remove_all(folder);
  QC_RETURN_IF_ERROR(databases.status());
  const auto compare = [&](const char* database, const char* question, double floor) {
    const bool is_table = std::string(question) == "table";
    Compare(absl::StrCat(prefix, question, "_over_", database),
            is_table ? table_seconds : as_of_seconds,
            databases->at(absl::StrCat(database, "/", question)), is_table ? table : as_of, floor,
            figures);
  };
  compare("duckdb", "table", kMinTableOverDuckdb);
  compare("sqlite", "table", kMinTableOverSqlite);
  compare("duckdb", "as_of", kMinAsOfOverDuckdb);
  compare("sqlite", "as_of", kMinAsOfOverDuckdb);
  return absl::OkStatus();
}

absl::Status MeasureRepTable(const std::string& prefix, const Clock& clock, const Book& book,
                             Figures& figures) {
  const metrics::KpiRegistry registry;
  QC_ASSIGN_OR_RETURN(const auto view, book.At({.effective_day = kAsOfDay}, kToday));
  double total = 0;
  int kpi_count = 0;
  std::pair<double, std::string> slowest;
  for (const metrics::Kpi& kpi : registry.kpis()) {
    const std::string& name = kpi.definition.name();
    const absl::Time start = clock.Now();
    const auto table = registry.Query(
        *view, {.kpi = name, .group_by = metrics::v1::GROUP_BY_REP, .period = kPeriod});
    const double seconds = Seconds(clock, start);
    if (!table.ok()) continue;  // Not a KPI of reps.
    total += seconds;
    ++kpi_count;
    slowest = std::max(slowest, {seconds, name});
  }
  figures.Note(prefix + "rep_table_kpis", kpi_count);
  figures.AtMost(prefix + "rep_table_milliseconds", 1'000 * total, kMaxRepTableMilliseconds);
  figures.Note(absl::StrCat(prefix, "slowest_", slowest.second, "_milliseconds"),
               1'000 * slowest.first);
  return absl::OkStatus();
}

absl::Status Run(const Options& options, Figures& figures) {
  const SystemClock clock;
  const Events events(options.size);
  const auto event_count = static_cast<double>(events.count());
  const std::string prefix = absl::StrCat("metrics_", options.size, "_");

  // The generator's own memory is there before the first measurement.
  (void)events.Record(events.count());
  const double empty_bytes = ResidentBytes();
  Book book;
  double load_seconds = 0;
  QC_RETURN_IF_ERROR(Load(events, clock, book, &load_seconds));
  figures.AtLeast(prefix + "load_events_per_second", event_count / load_seconds, kMinLoadPerSecond);

  // The first view settles every history; the later ones cut them.
  absl::Time start = clock.Now();
  QC_RETURN_IF_ERROR(book.At({.effective_day = absl::CivilDay(2019, 1, 1)}, kToday).status());
  figures.Note(prefix + "first_view_seconds", Seconds(clock, start));
  figures.AtMost(prefix + "resident_bytes_per_event", (ResidentBytes() - empty_bytes) / event_count,
                 kMaxBytesPerEvent);
  figures.Note(prefix + "bytes_per_event_by_its_own_account",
               static_cast<double>(book.memory_bytes()) / event_count);

  QC_RETURN_IF_ERROR(MeasureRepTable(prefix, clock, book, figures));
  return MeasurePeers(options, prefix, clock, book, figures);
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("measures the book of metrics and the KPIs made from it");
  app.add_option("--size", options.size, "opportunities, of ten events each")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1'000}, int64_t{10'000'000}));
  app.add_option("--python", options.python, "an interpreter that has duckdb")
      ->capture_default_str();
  app.add_flag("--check", options.check, "exit with 1 when a figure falls short of its floor");
  CLI11_PARSE(app, argc, argv);
  Figures figures;
  const absl::Status status = Run(options, figures);
  if (!status.ok()) {
    std::cerr << "metrics_bench: " << status.ToString() << "\n";
    return 2;
  }
  return options.check && figures.short_count() > 0 ? 1 : 0;
}

}  // namespace
}  // namespace quotacast::bench

int main(int argc, char** argv) { return quotacast::bench::Main(argc, argv); }
