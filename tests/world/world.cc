#include "tests/world/world.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/eventlog/in_memory_event_log.h"
#include "tests/world/actor.h"
#include "tests/world/chance.h"
#include "tests/world/faulty_event_log.h"
#include "tests/world/importer.h"
#include "tests/world/log_checker.h"
#include "tests/world/planted_bug.h"
#include "tests/world/reader.h"
#include "tests/world/stream_writer.h"
#include "tests/world/writer.h"

namespace quotacast::tests {
namespace {

constexpr int kStormSteps = 160;
// More than anybody needs once nothing fails.
constexpr int kCalmStepsMax = 400;
constexpr int kNestingMax = 2;
constexpr char kNorth[] = "north";
constexpr char kSouth[] = "south";

class World final : public Stage {
 public:
  explicit World(const WorldOptions& options);

  WorldReport Run();

  std::shared_ptr<IngestionProcess> process() override { return process_; }
  Chance& chance() override { return chance_; }
  LogChecker& checker(std::string_view workspace) override {
    return checkers_.find(workspace)->second;
  }
  PlantedBug bug() const override { return bug_; }
  bool calm() const override { return calm_; }
  void Note(std::string_view line) override;

 private:
  void AddActors();
  absl::Status RunToEnd();
  absl::Status RunCalm();
  absl::Status CheckEnd();
  // One step of somebody who is not in the middle of one; then the look from behind.
  absl::Status StepOfAnyone();
  absl::Status StepOf(Actor& actor);
  void StartProcess();
  void LetTimePass();
  StorePlan Plan(StoreOperation operation);

  const PlantedBug bug_;
  Chance chance_;
  FakeClock clock_;
  eventlog::InMemoryEventLog store_;
  std::map<std::string, LogChecker, std::less<>> checkers_;
  std::shared_ptr<IngestionProcess> process_;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::set<const Actor*> busy_;
  absl::Status nested_status_;  // Of steps that ran inside a store operation.
  bool calm_ = false;
  int operations_per_fault_ = 0;  // 0: never.
  int step_count_ = 0;
  WorldReport report_;
};

World::World(const WorldOptions& options)
    : bug_(options.bug),
      chance_(options.seed),
      clock_(absl::FromCivil(absl::CivilDay(2026, 12, 1), absl::UTCTimeZone())),
      store_(&clock_) {
  for (const char* workspace : {kNorth, kSouth}) {
    checkers_.emplace(workspace, LogChecker(store_, workspace));
  }
  // Some worlds are rough, some nearly quiet: rare failures meet states that frequent ones prevent.
  static constexpr int kRoughness[] = {6, 15, 40, 120};
  operations_per_fault_ = kRoughness[chance_.Below(4)];
  AddActors();
  StartProcess();
}

void World::AddActors() {
  for (const char* workspace : {kNorth, kSouth}) {
    actors_.push_back(
        std::make_unique<LogWriter>(absl::StrCat("writer-", workspace), workspace, chance_));
    actors_.push_back(
        std::make_unique<StreamWriter>(absl::StrCat("streamer-", workspace), workspace, chance_));
    actors_.push_back(
        std::make_unique<RequestWriter>(absl::StrCat("requester-", workspace), workspace, chance_));
    actors_.push_back(std::make_unique<FeedReader>(absl::StrCat("reader-", workspace), workspace));
  }
  actors_.push_back(
      std::make_unique<FileImporter>("snapshot-importer", kNorth, "maventech", SnapshotExports()));
  actors_.push_back(
      std::make_unique<FileImporter>("history-importer", kSouth, "crm_history", HistoryExports()));
  checker(kNorth).AllowSource("maventech");
  checker(kSouth).AllowSource("crm_history");
  actors_.push_back(std::make_unique<BookKeeper>("metrics", kNorth, clock_));
}

void World::StartProcess() {
  process_ = std::make_shared<IngestionProcess>(
      store_, clock_, [this](StoreOperation operation) { return Plan(operation); }, bug_);
}

void World::Note(std::string_view line) {
  absl::StrAppend(&report_.trace, "    ", AbslView(line), "\n");
}

StorePlan World::Plan(StoreOperation operation) {
  StorePlan plan;
  if (calm_) return plan;
  if (static_cast<int>(busy_.size()) < kNestingMax && chance_.OneIn(10)) {
    const absl::Status status = StepOfAnyone();
    if (nested_status_.ok()) nested_status_ = status;
  }
  if (chance_.OneIn(4)) plan.latency = absl::Milliseconds(chance_.Below(80));
  if (!chance_.OneIn(operations_per_fault_)) return plan;
  static constexpr StoreFault kFaults[] = {StoreFault::kErrorBefore, StoreFault::kErrorAfter,
                                           StoreFault::kCrashBefore, StoreFault::kCrashAfter};
  plan.fault = kFaults[chance_.Below(4)];
  ++report_.fault_count;
  Note(absl::StrCat("fault ", static_cast<int>(plan.fault),
                    operation == StoreOperation::kWrite ? " on a write" : " on a read"));
  return plan;
}

void World::LetTimePass() {
  // The machine's clock also goes back, as after a correction by the network.
  if (chance_.OneIn(30)) {
    clock_.Advance(-absl::Minutes(chance_.Below(90)));
  } else {
    clock_.Advance(absl::Milliseconds(chance_.Below(3'000)));
  }
}

absl::Status World::StepOf(Actor& actor) {
  ++step_count_;
  absl::StrAppend(&report_.trace, step_count_, " ", actor.name(), "\n");
  busy_.insert(&actor);
  const absl::Status status = actor.Step(*this);
  busy_.erase(&actor);
  QC_RETURN_IF_ERROR(nested_status_);
  QC_RETURN_IF_ERROR(status);
  for (auto& entry : checkers_) QC_RETURN_IF_ERROR(entry.second.Look());
  return absl::OkStatus();
}

absl::Status World::StepOfAnyone() {
  if (!calm_ && chance_.OneIn(60)) process_->log.Crash();
  if (process_->log.crashed()) {
    ++report_.crash_count;
    Note("the process died; a new one starts");
    StartProcess();
  }
  LetTimePass();
  Actor& actor = *actors_[static_cast<size_t>(chance_.Below(static_cast<int>(actors_.size())))];
  if (busy_.count(&actor) > 0) return absl::OkStatus();
  return StepOf(actor);
}

absl::Status World::RunCalm() {
  calm_ = true;
  StartProcess();
  Note("calm from here");
  const auto done = [this] {
    return std::all_of(actors_.begin(), actors_.end(),
                       [](const auto& actor) { return actor->IsDone(); });
  };
  for (int i = 0; i < kCalmStepsMax && !done(); ++i) QC_RETURN_IF_ERROR(StepOfAnyone());
  if (done()) return absl::OkStatus();
  return absl::FailedPreconditionError("somebody does not finish although nothing fails");
}

absl::Status World::CheckEnd() {
  for (const auto& actor : actors_) QC_RETURN_IF_ERROR(actor->CheckEnd(*this));
  for (auto& [workspace, checker] : checkers_) {
    QC_RETURN_IF_ERROR(checker.LookAgainAtAll());
    report_.event_count += static_cast<int64_t>(checker.events().size());
    report_.acknowledged_event_count += static_cast<int64_t>(checker.acknowledged_event_count());
    QC_ASSIGN_OR_RETURN(const auto conflicts, store_.ListConflicts(workspace, 0, 1'000));
    report_.conflict_count += static_cast<int64_t>(conflicts.size());
  }
  return absl::OkStatus();
}

absl::Status World::RunToEnd() {
  while (step_count_ < kStormSteps) QC_RETURN_IF_ERROR(StepOfAnyone());
  QC_RETURN_IF_ERROR(RunCalm());
  return CheckEnd();
}

WorldReport World::Run() {
  const absl::Status status = RunToEnd();
  if (!status.ok()) {
    report_.status =
        absl::Status(status.code(), absl::StrCat("step ", step_count_, ": ", status.message()));
  }
  return std::move(report_);
}

}  // namespace

WorldReport RunWorld(const WorldOptions& options) { return World(options).Run(); }

}  // namespace quotacast::tests
