#include "tests/world/writer.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "tests/world/actor.h"

namespace quotacast::tests {
namespace {

constexpr int kBatchesMin = 3;
constexpr int kBatchesMax = 8;
constexpr int kBatchEventsMax = 6;
// Facts that all writers tell, each in its own words.
constexpr int kSharedFactCount = 12;

eventlog::Event MakeEvent(const std::string& source, const std::string& deal, int64_t amount,
                          Chance& chance) {
  static constexpr const char* kStages[] = {"Discovery", "Proposal", "Won", "Lost"};
  const absl::CivilDay day = absl::CivilDay(2026, 1, 5) + chance.Below(300);
  const std::string stage = kStages[chance.Below(4)];
  crm::v1::CrmEvent event;
  crm::v1::OpportunityChange& change = *event.mutable_opportunity();
  change.set_opportunity_id(deal);
  change.set_stage_id(stage);
  change.mutable_amount()->set_currency_code("USD");
  change.mutable_amount()->set_units(amount);
  return {{source, absl::StrCat("opportunity/", deal),
           absl::StrCat(stage, "@", absl::FormatCivilTime(day))},
          absl::FromCivil(day, absl::UTCTimeZone()),
          event.SerializeAsString()};
}

// One of the facts that all writers tell: same id, and often another amount.
eventlog::Event MakeSharedEvent(Chance& chance) {
  const std::string deal = absl::StrCat("shared-", chance.Below(kSharedFactCount));
  crm::v1::CrmEvent event;
  event.mutable_opportunity()->set_opportunity_id(deal);
  event.mutable_opportunity()->set_stage_id("Discovery");
  event.mutable_opportunity()->mutable_amount()->set_currency_code("USD");
  event.mutable_opportunity()->mutable_amount()->set_units(1'000 * chance.Between(1, 3));
  return {{"shared", absl::StrCat("opportunity/", deal), "Discovery@2026-01-05"},
          absl::FromCivil(absl::CivilDay(2026, 1, 5), absl::UTCTimeZone()),
          event.SerializeAsString()};
}

}  // namespace

std::vector<WriterBatch> MakeBatches(const std::string& writer, Chance& chance) {
  std::vector<WriterBatch> batches(static_cast<size_t>(chance.Between(kBatchesMin, kBatchesMax)));
  int deal_count = 0;
  for (WriterBatch& batch : batches) {
    batch.owns_ids = !chance.OneIn(3);
    const int event_count = chance.Between(1, kBatchEventsMax);
    for (int i = 0; i < event_count; ++i) {
      batch.events.push_back(batch.owns_ids
                                 ? MakeEvent(writer, absl::StrCat(writer, "-", deal_count++),
                                             chance.Between(1, 90) * 100, chance)
                                 : MakeSharedEvent(chance));
    }
  }
  return batches;
}

LogWriter::LogWriter(std::string name, std::string workspace, Chance& chance)
    : Actor(std::move(name), std::move(workspace)), batches_(MakeBatches(this->name(), chance)) {}

absl::Status LogWriter::Step(Stage& stage) {
  if (IsDone()) return absl::OkStatus();
  const std::shared_ptr<IngestionProcess> process = stage.process();
  const WriterBatch& batch = batches_[next_];
  stage.checker(workspace()).Sends(batch.events, batch.owns_ids);
  const auto results = process->log.Append(workspace(), batch.events, {});
  stage.Note(results.ok() ? absl::StrCat("appended ", results->front().offset)
                          : results.status().ToString());
  if (process->log.crashed() || !results.ok()) {
    if (stage.bug() == PlantedBug::kWriterDropsRetry) ++next_;
    return absl::OkStatus();
  }
  ++next_;
  return stage.checker(workspace()).Acknowledged(batch.events);
}

absl::Status LogWriter::CheckEnd(Stage& stage) {
  // Everything it had to say is in the log, whoever said it first.
  for (const WriterBatch& batch : batches_) {
    QC_RETURN_IF_ERROR(stage.checker(workspace()).Acknowledged(batch.events));
  }
  return absl::OkStatus();
}

ingestion::v1::NewEvent ToMessage(const eventlog::Event& event) {
  ingestion::v1::NewEvent message;
  message.mutable_id()->set_source(event.id.source);
  message.mutable_id()->set_source_key(event.id.source_key);
  message.mutable_id()->set_version(event.id.version);
  message.mutable_effective_time()->set_seconds(absl::ToUnixSeconds(*event.effective_time));
  message.mutable_event()->ParseFromString(event.payload);
  return message;
}

RequestWriter::RequestWriter(std::string name, std::string workspace, Chance& chance)
    : Actor(std::move(name), std::move(workspace)), batches_(MakeBatches(this->name(), chance)) {}

absl::Status RequestWriter::Step(Stage& stage) {
  // A caller whose answer is long here may ask again all the same.
  const bool repeats = next_ > 0 && (IsDone() || stage.chance().OneIn(4));
  const size_t asked =
      repeats ? static_cast<size_t>(stage.chance().Below(static_cast<int>(next_))) : next_;
  const WriterBatch& batch = batches_[asked];
  ingestion::v1::BatchAppendRequest request;
  request.set_parent("workspaces/" + workspace());
  request.set_request_id(
      absl::StrFormat("%08x-0000-4000-8000-%012x", StableId("writer", name()) & 0xffffffff, asked));
  for (const eventlog::Event& event : batch.events) *request.add_events() = ToMessage(event);
  stage.checker(workspace()).Sends(batch.events, batch.owns_ids);
  const std::shared_ptr<IngestionProcess> process = stage.process();
  const auto response = process->append.BatchAppend(workspace(), request, [] { return false; });
  stage.Note(response.ok() ? absl::StrCat("answered, last offset ", response->last_offset())
                           : response.status().ToString());
  if (process->log.crashed()) return absl::OkStatus();
  if (response.ok()) return TakeAnswer(stage, asked, *response);
  if (absl::IsUnavailable(response.status())) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      name(), " was refused for no fault of the store: ", response.status().ToString()));
}

absl::Status RequestWriter::TakeAnswer(Stage& stage, size_t batch,
                                       const ingestion::v1::BatchAppendResponse& response) {
  if (batch < next_) {
    if (response.SerializeAsString() == answers_[batch]) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat(name(), " got two answers to the request of batch ", batch));
  }
  ++next_;
  answers_.push_back(response.SerializeAsString());
  LogChecker& checker = stage.checker(workspace());
  QC_RETURN_IF_ERROR(checker.Acknowledged(batches_[batch].events));
  // The offsets of the answer are those of the events.
  for (int i = 0; i < response.events_size(); ++i) {
    const auto position = static_cast<size_t>(response.events(i).offset()) - 1;
    if (position >= checker.events().size() ||
        checker.events()[position].event.id != batches_[batch].events[static_cast<size_t>(i)].id) {
      return absl::FailedPreconditionError(
          absl::StrCat(name(), " got a wrong offset for event ", i, " of batch ", batch));
    }
  }
  return absl::OkStatus();
}

absl::Status RequestWriter::CheckEnd(Stage& stage) {
  for (const WriterBatch& batch : batches_) {
    QC_RETURN_IF_ERROR(stage.checker(workspace()).Acknowledged(batch.events));
  }
  return absl::OkStatus();
}

}  // namespace quotacast::tests
