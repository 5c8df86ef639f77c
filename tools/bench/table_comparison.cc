#include "tools/bench/table_comparison.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/registry.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/figures.h"
#include "tools/bench/machine_time.h"
#include "tools/bench/measured_book.h"
#include "tools/bench/opportunity_events.h"
#include "tools/bench/peers/database_question.h"
#include "tools/bench/peers/database_tables.h"
#include "tools/bench/peers/postgres_tables.h"

namespace quotacast::bench {
namespace {

namespace fs = std::filesystem;

constexpr double kMinTableOverDuckdb = 1.5;
// Of the table over rows with indexes, and of everything that is worked out from the events.
constexpr double kMinRatio = 20;

// A folder for the rows that a database server of another user may read.
class RowsFolder {
 public:
  RowsFolder() {
    if (mkdtemp(path_.data()) != nullptr) {
      fs::permissions(path_,
                      fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read |
                          fs::perms::others_exec,
                      fs::perm_options::add);
    }
  }
  ~RowsFolder() { fs::remove_all(path_); }
  RowsFolder(const RowsFolder&) = delete;
  RowsFolder& operator=(const RowsFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/quotacast_metrics_bench_XXXXXX";
};

// See database_tables.py for the columns.
absl::Status WriteRows(const DealHistories& histories, const fs::path& folder) {
  std::ofstream events(folder / "events.csv");
  events << "deal,seq,day,stage,amount,rep\n";
  for (int step = 0; step < kHistorySteps; ++step) {
    for (int64_t deal = 0; deal < histories.deal_count(); ++deal) {
      const ingestion::v1::NewEvent event = histories.Step(deal, step);
      const crm::v1::OpportunityChange& change = event.event().opportunity();
      events << deal << ',' << step << ',' << event.effective_time().seconds() / 86'400 << ','
             << change.stage_id() << ',';
      if (change.has_amount()) events << change.amount().units() * 100;
      events << ',' << change.owner_rep_id() << '\n';
    }
  }
  std::ofstream deals(folder / "deals.csv");
  deals << "deal,rep,outcome,closed_day,amount\n";
  for (int64_t deal = 0; deal < histories.deal_count(); ++deal) {
    const PlainDeal plain = histories.DealOn(deal, kAsOfDay);
    if (plain.rep.empty()) continue;
    const bool is_closed = plain.IsWon() || plain.IsLost();
    const char* outcome = plain.IsWon() ? "won" : plain.IsLost() ? "lost" : "open";
    deals << deal << ',' << plain.rep << ',' << outcome << ',';
    if (is_closed) deals << metrics::NumberOfDay(plain.stage_day);
    deals << ',' << plain.units * 100 << '\n';
  }
  events.close();
  deals.close();
  if (events && deals) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write the peers' rows to ", folder.string()));
}

absl::StatusOr<DatabaseAnswers> AskAll(const ComparisonOptions& options,
                                       const DealHistories& histories) {
  const RowsFolder folder;
  QC_RETURN_IF_ERROR(WriteRows(histories, folder.path()));
  const DatabaseQuestion question = {.folder = folder.path(),
                                     .as_of_day = kAsOfDay,
                                     .first_day = kFirstDay,
                                     .last_day = kLastDay,
                                     .rounds = kRounds};
  std::vector<std::string> in_process = options.databases;
  const auto servers = std::remove(in_process.begin(), in_process.end(), "postgres");
  const bool asks_postgres = servers != in_process.end();
  in_process.erase(servers, in_process.end());
  DatabaseAnswers answers;
  if (!in_process.empty()) {
    QC_ASSIGN_OR_RETURN(answers, AskDatabases(options.python, in_process, question));
  }
  if (asks_postgres) {
    QC_ASSIGN_OR_RETURN(DatabaseAnswers more, AskPostgres(question));
    answers.merge(more);
  }
  return answers;
}

// What we answered to a question, and the seconds of each round.
struct OurAnswer {
  std::vector<double> seconds;
  RepTable table;
};

void Compare(const std::string& name, const OurAnswer& ours, const DatabaseAnswer& database,
             double floor, Figures& figures) {
  figures.IsRight(name + "_same_cells", ours.table == database.table);
  const double peer_seconds = Median(database.seconds);
  figures.Note(name + "_peer_milliseconds", 1'000 * peer_seconds);
  figures.AtLeast(name + "_median", peer_seconds / Median(ours.seconds), floor);
  const auto bounds = std::minmax_element(ours.seconds.begin(), ours.seconds.end());
  figures.Note(name + "_min", peer_seconds / *bounds.second);
  figures.Note(name + "_max", peer_seconds / *bounds.first);
}

}  // namespace

absl::Status CompareTables(const ComparisonOptions& options, const std::string& prefix,
                           const DealHistories& histories, const metrics::Book& book,
                           const Clock& clock, Figures& figures) {
  const MachineWatch watch;
  const metrics::KpiRegistry registry;
  QC_ASSIGN_OR_RETURN(const auto view, book.At({.effective_day = kAsOfDay}, kToday));
  OurAnswer table, as_of;
  // What peers answered is read from their messages after the time was taken, too. Giving back what
  // the round before answered is part of a round.
  std::optional<LeaderTables> tables;
  QC_ASSIGN_OR_RETURN(table.seconds, TimeRounds(clock, [&] {
                        return tables.emplace().Ask(registry, *view, kPeriod);
                      }));
  table.table = tables->ByRep();
  QC_ASSIGN_OR_RETURN(as_of.seconds, TimeNewDays(book, registry, clock, as_of.table));
  figures.Note(prefix + "table_milliseconds", 1'000 * Median(table.seconds));
  figures.Note(prefix + "as_of_milliseconds", 1'000 * Median(as_of.seconds));
  QC_ASSIGN_OR_RETURN(const DatabaseAnswers answers, AskAll(options, histories));
  for (const std::string& database : options.databases) {
    Compare(absl::StrCat(prefix, "table_over_", database), table, answers.at(database + "/table"),
            database == "duckdb" ? kMinTableOverDuckdb : kMinRatio, figures);
    Compare(absl::StrCat(prefix, "as_of_over_", database), as_of, answers.at(database + "/as_of"),
            kMinRatio, figures);
  }
  NoteDisturbance(prefix + "tables", watch, figures);
  return absl::OkStatus();
}

}  // namespace quotacast::bench
