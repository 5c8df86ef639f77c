#include "tools/bench/snapshot_speed.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "services/metrics/book_snapshot.h"
#include "services/metrics/snapshot_bytes.h"
#include "services/metrics/snapshot_folder.h"
#include "tools/bench/figures.h"
#include "tools/bench/machine_time.h"
#include "tools/bench/measured_book.h"

namespace quotacast::bench {
namespace {

using metrics::Book;
using metrics::BookSnapshot;

constexpr double kMinReadPerSecond = 5'000'000;
constexpr char kWorkspace[] = "default";

absl::Status Measure(const std::string& prefix, const std::string& directory, const Clock& clock,
                     const Book& book, Figures& figures) {
  QC_ASSIGN_OR_RETURN(const auto folder, metrics::SnapshotFolder::Open(directory));
  const auto event_count = static_cast<double>(book.last_offset());
  QC_ASSIGN_OR_RETURN(const std::vector<double> write_seconds, TimeRounds(clock, [&] {
                        return folder->Write(
                            kWorkspace,
                            [&](const metrics::SnapshotWriter::Sink& sink) {
                              metrics::SnapshotWriter writer(sink);
                              return BookSnapshot::Write(kWorkspace, book, writer).status();
                            },
                            [](const std::function<absl::Status()>& rename) { return rename(); });
                      }));
  figures.Note(prefix + "snapshot_write_events_per_second", event_count / Median(write_seconds));
  const auto bytes = static_cast<double>(std::filesystem::file_size(folder->PathOf(kWorkspace)));
  figures.Note(prefix + "snapshot_bytes_per_event", bytes / event_count);

  std::vector<double> read_seconds;
  std::unique_ptr<Book> read;
  for (int round = 0; round < kRounds; ++round) {
    read.reset();  // Outside the time.
    const absl::Time start = clock.Now();
    QC_ASSIGN_OR_RETURN(const metrics::SnapshotFile file, folder->Read(kWorkspace));
    QC_ASSIGN_OR_RETURN(read, BookSnapshot::Read(kWorkspace, file.bytes()));
    read_seconds.push_back(absl::ToDoubleSeconds(clock.Now() - start));
  }
  figures.AtLeast(prefix + "snapshot_read_events_per_second", event_count / Median(read_seconds),
                  kMinReadPerSecond);
  const absl::Time start = clock.Now();
  QC_ASSIGN_OR_RETURN(const auto found, read->At({.effective_day = kAsOfDay}, kToday));
  figures.Note(prefix + "snapshot_first_view_seconds", absl::ToDoubleSeconds(clock.Now() - start));
  QC_ASSIGN_OR_RETURN(const auto wanted, book.At({.effective_day = kAsOfDay}, kToday));
  figures.IsRight(prefix + "snapshot_answers_as_the_book",
                  read->last_offset() == book.last_offset() && found->as_of == wanted->as_of &&
                      found->opportunities == wanted->opportunities);
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureSnapshot(const std::string& prefix, const Clock& clock, const Book& book,
                             Figures& figures) {
  const MachineWatch watch;
  std::string directory =
      (std::filesystem::temp_directory_path() / "quotacast_bench_XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot make a folder like ", directory));
  }
  const absl::Status status = Measure(prefix, directory, clock, book, figures);
  std::filesystem::remove_all(directory);
  NoteDisturbance(prefix + "snapshot", watch, figures);
  return status;
}

}  // namespace quotacast::bench
