#include "tools/bench/visible_delay.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/metrics_client.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "tools/bench/append_driver.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/figures.h"
#include "tools/bench/machine_time.h"
#include "tools/bench/server_process.h"
#include "tools/bench/steady_feed.h"

namespace quotacast::bench {
namespace {

using ingestion::v1::AppendEventsRequest;

constexpr double kMaxVisibleMillis = 50;
constexpr double kEventsPerSecond = 10'000;
// The log read into a book, its histories settled, and the answer.
constexpr double kMinFirstAnswerEventsPerSecond = 300'000;
// The pace counts as kept when this share of it was acknowledged in time.
constexpr double kMinPaceShare = 0.95;
constexpr int64_t kBaseBatchEvents = 1'000;
constexpr int64_t kBaseChunkEvents = 100'000;
// Rounds in which host and other programs left the processors to us: so many are wanted, within so
// many in all; with fewer every round counts.
constexpr size_t kQuietRounds = 3;
constexpr size_t kMaxRounds = 6;

// An answer: how much of the log it has, and what it says.
struct Bookings {
  int64_t log_offset = 0;
  int64_t units = 0;
};

// Who asks for the bookings of the quarter that runs.
struct Leader {
  clients::MetricsClient client;
  std::string period;
};

absl::StatusOr<Bookings> AskBookings(Leader& leader) {
  metrics::v1::QueryKpiRequest request;
  request.set_parent("workspaces/default");
  request.set_kpi("bookings");
  request.set_period(leader.period);
  QC_ASSIGN_OR_RETURN(const metrics::v1::QueryKpiResponse response,
                      leader.client.QueryKpi(request));
  const metrics::v1::KpiTable& table = response.table();
  if (table.rows_size() != 1) return absl::InternalError("the bookings are not one row");
  return Bookings{.log_offset = table.as_of().log_offset(),
                  .units = std::llround(table.rows(0).value())};
}

// What one round saw.
struct Round {
  std::vector<absl::Duration> delays;        // From an acknowledgement to the answer that has it.
  std::vector<absl::Duration> batch_delays;  // Likewise of every batch, asked for or not.
  int64_t wrong_count = 0;                   // Answers with more or less than they had to have.
  double events_per_second = 0;              // Acknowledged.
  double stolen_share = 0;                   // See machine_time.h.
  double others_share = 0;
  // Of the first one only the answers are judged: the server writes its first snapshot meanwhile,
  // which it does again when there is an eighth more.
  bool is_first = false;

  bool IsQuiet() const {
    return !is_first && stolen_share <= kMaxStolenShare && others_share <= kMaxOthersShare;
  }
};

// An answer under the feed: when it came, and how much of the log it has.
struct Seen {
  absl::Time time;
  int64_t log_offset = 0;
};

// Asks until the log's events up to `end_offset` are in an answer. Answers are right when they have
// what was acknowledged before, and one unit for each batch beyond `before`.
absl::StatusOr<std::vector<Seen>> AskAlong(Leader& leader, AppendDriver& driver, const Clock& clock,
                                           const Bookings& before, int64_t end_offset,
                                           Round& round) {
  std::vector<Seen> answers;
  int64_t seen_offset = before.log_offset;
  while (seen_offset < end_offset) {
    const std::optional<Acknowledgement> acknowledged = driver.WaitBeyond(seen_offset);
    if (!acknowledged.has_value()) return absl::UnavailableError("the feed broke");
    QC_ASSIGN_OR_RETURN(const Bookings answer, AskBookings(leader));
    answers.push_back({.time = clock.Now(), .log_offset = answer.log_offset});
    round.delays.push_back(answers.back().time - acknowledged->time);
    const int64_t fed_count = answer.log_offset - before.log_offset;
    if (answer.log_offset < acknowledged->last_offset ||
        fed_count % SteadyFeed::kBatchEvents != 0 ||
        answer.units - before.units != fed_count / SteadyFeed::kBatchEvents) {
      ++round.wrong_count;
    }
    // One that goes on without its events would be asked for ever.
    if (answer.log_offset <= seen_offset) {
      return absl::InternalError("an answer does not have what was acknowledged before it");
    }
    seen_offset = answer.log_offset;
  }
  return answers;
}

// Of each batch, from its acknowledgement to the first answer that has it, which may come earlier.
std::vector<absl::Duration> BatchDelays(const std::vector<Seen>& answers, const Bookings& before,
                                        int64_t first_sequence, const AppendDriver& driver) {
  std::vector<absl::Duration> delays;
  int64_t sequence = first_sequence;
  int64_t offset = before.log_offset + SteadyFeed::kBatchEvents;
  for (const Seen& answer : answers) {
    for (; offset <= answer.log_offset; offset += SteadyFeed::kBatchEvents) {
      delays.push_back(
          std::max(absl::ZeroDuration(), answer.time - driver.AcknowledgementTime(sequence++)));
    }
  }
  return delays;
}

absl::StatusOr<Round> RunRound(double seconds, const ServerProcess& server, Leader& leader,
                               AppendDriver& driver, const Clock& clock, SteadyFeed& feed) {
  QC_ASSIGN_OR_RETURN(const Bookings before, AskBookings(leader));
  if (before.log_offset != driver.last_offset()) {
    return absl::InternalError("the answer before the feed does not have the whole log");
  }
  const int64_t first_sequence = driver.next_sequence();
  const auto batch_count = static_cast<int64_t>(seconds * kEventsPerSecond /
                                                static_cast<double>(SteadyFeed::kBatchEvents));
  const std::vector<AppendEventsRequest> batches = feed.NextBatches(batch_count, first_sequence);
  Round round;
  absl::Status fed;
  QC_ASSIGN_OR_RETURN(const double server_seconds_before, server.ProcessorSeconds());
  const MachineWatch watch;
  const absl::Time start = clock.Now();
  std::thread feeder([&] {
    fed = driver
              .SendPaced(batches, absl::Seconds(static_cast<double>(SteadyFeed::kBatchEvents) /
                                                kEventsPerSecond))
              .status();
  });
  const absl::StatusOr<std::vector<Seen>> answers =
      AskAlong(leader, driver, clock, before,
               before.log_offset + batch_count * SteadyFeed::kBatchEvents, round);
  feeder.join();
  QC_RETURN_IF_ERROR(fed);
  QC_RETURN_IF_ERROR(answers.status());
  QC_ASSIGN_OR_RETURN(const double server_seconds, server.ProcessorSeconds());
  round.stolen_share = watch.StolenShare();
  round.others_share = watch.OthersShare(server_seconds - server_seconds_before);
  round.batch_delays = BatchDelays(*answers, before, first_sequence, driver);
  // Of n batches the last is due n - 1 pauses after the first.
  round.events_per_second =
      static_cast<double>((batch_count - 1) * SteadyFeed::kBatchEvents) /
      absl::ToDoubleSeconds(driver.AcknowledgementTime(first_sequence + batch_count - 1) - start);
  return round;
}

absl::Status SendHistories(const DealHistories& histories, AppendDriver& driver) {
  for (int64_t begin = 0; begin < histories.event_count(); begin += kBaseChunkEvents) {
    const int64_t chunk_end = std::min(histories.event_count(), begin + kBaseChunkEvents);
    std::vector<AppendEventsRequest> requests;
    for (int64_t first = begin; first < chunk_end; first += kBaseBatchEvents) {
      ingestion::v1::AppendBatch& batch = *requests.emplace_back().mutable_batch();
      batch.set_sequence(driver.next_sequence() + static_cast<int64_t>(requests.size()) - 1);
      const int64_t end = std::min(chunk_end, first + kBaseBatchEvents);
      for (int64_t i = first; i < end; ++i) *batch.add_events() = histories.Event(i);
    }
    QC_RETURN_IF_ERROR(driver.SendAll(requests));
  }
  return absl::OkStatus();
}

double Millis(std::vector<absl::Duration>& delays, double share) {
  const auto position =
      static_cast<ptrdiff_t>(std::ceil(share * static_cast<double>(delays.size())) - 1);
  std::nth_element(delays.begin(), delays.begin() + position, delays.end());
  return absl::ToDoubleMilliseconds(delays[static_cast<size_t>(position)]);
}

void Report(const std::string& name, const std::vector<Round>& rounds, Figures& figures) {
  const auto quiet_count = static_cast<size_t>(std::count_if(
      rounds.begin(), rounds.end(), [](const Round& round) { return round.IsQuiet(); }));
  std::vector<absl::Duration> delays, batch_delays;
  std::vector<double> rates;
  int64_t wrong_count = 0;
  for (const Round& round : rounds) {
    wrong_count += round.wrong_count;
    if (round.is_first) continue;
    if (quiet_count >= kQuietRounds && !round.IsQuiet()) continue;
    rates.push_back(round.events_per_second);
    delays.insert(delays.end(), round.delays.begin(), round.delays.end());
    batch_delays.insert(batch_delays.end(), round.batch_delays.begin(), round.batch_delays.end());
  }
  figures.IsRight(name + "answers_have_what_was_acknowledged", wrong_count == 0);
  figures.Note(name + "rounds", static_cast<double>(rounds.size() - 1));
  figures.Note(name + "quiet_rounds", static_cast<double>(quiet_count));
  figures.AtLeast(name + "events_per_second", Median(rates), kMinPaceShare * kEventsPerSecond);
  figures.Note(name + "questions", static_cast<double>(delays.size()));
  figures.Note(name + "p50_milliseconds", Millis(delays, 0.5));
  figures.AtMost(name + "p99_milliseconds", Millis(delays, 0.99), kMaxVisibleMillis);
  figures.Note(name + "max_milliseconds", Millis(delays, 1));
  figures.Note(name + "of_every_batch_p50_milliseconds", Millis(batch_delays, 0.5));
  figures.Note(name + "of_every_batch_p99_milliseconds", Millis(batch_delays, 0.99));
}

absl::Status Measure(const VisibleDelayOptions& options, const std::string& folder,
                     const std::string& prefix, const DealHistories& histories, const Clock& clock,
                     Figures& figures) {
  QC_ASSIGN_OR_RETURN(
      const auto process,
      ServerProcess::Start(options.server, {"--data-dir", folder, "--services", "ingestion,metrics",
                                            "--log-level", "warning"}));
  const auto channel = clients::ConnectTo(process->address());
  QC_ASSIGN_OR_RETURN(const auto driver, AppendDriver::Open(channel, clock));
  const absl::CivilDay today = absl::ToCivilDay(clock.Now(), absl::UTCTimeZone());
  QC_ASSIGN_OR_RETURN(const FiscalCalendar calendar, FiscalCalendar::MonthStart(1));
  QC_ASSIGN_OR_RETURN(const FiscalPeriod quarter, calendar.PeriodContaining(today));
  Leader leader{.client = clients::MetricsClient(channel), .period = quarter.name};
  SteadyFeed feed(histories, clock.Now());
  QC_RETURN_IF_ERROR(SendHistories(histories, *driver));
  QC_RETURN_IF_ERROR(driver->SendAll(feed.NextBatches(1, driver->next_sequence())));
  // The first question makes the book.
  const absl::Time start = clock.Now();
  QC_ASSIGN_OR_RETURN(const Bookings first, AskBookings(leader));
  figures.AtLeast(
      prefix + "visible_first_answer_events_per_second",
      static_cast<double>(first.log_offset) / absl::ToDoubleSeconds(clock.Now() - start),
      kMinFirstAnswerEventsPerSecond);
  std::vector<Round> rounds;
  size_t quiet_count = 0;
  while (quiet_count < kQuietRounds && rounds.size() < 1 + kMaxRounds) {
    QC_ASSIGN_OR_RETURN(Round round,
                        RunRound(options.round_seconds, *process, leader, *driver, clock, feed));
    round.is_first = rounds.empty();
    if (round.IsQuiet()) ++quiet_count;
    rounds.push_back(std::move(round));
  }
  Report(prefix + "visible_", rounds, figures);
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureVisibleDelay(const VisibleDelayOptions& options, const std::string& prefix,
                                 const DealHistories& histories, const Clock& clock,
                                 Figures& figures) {
  const MachineWatch watch;
  std::string folder = (std::filesystem::temp_directory_path() / "quotacast_bench_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot make a folder like ", folder));
  }
  const absl::Status status = Measure(options, folder, prefix, histories, clock, figures);
  std::filesystem::remove_all(folder);
  NoteDisturbance(prefix + "visible", watch, figures);
  return status;
}

}  // namespace quotacast::bench
