// Those who act in a simulated world, and what they see of it.
#ifndef QUOTACAST_TESTS_WORLD_ACTOR_H_
#define QUOTACAST_TESTS_WORLD_ACTOR_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/fake_clock.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/event_append.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/request_ids.h"
#include "services/ingestion/workspace_limits.h"
#include "tests/world/chance.h"
#include "tests/world/faulty_event_log.h"
#include "tests/world/log_checker.h"
#include "tests/world/planted_bug.h"

namespace quotacast::tests {

// One incarnation of the process that hosts ingestion.
struct IngestionProcess {
  IngestionProcess(eventlog::EventLog& store, FakeClock& clock, FaultyEventLog::Planner planner,
                   PlantedBug bug)
      : log(store, clock, std::move(planner), bug),
        limits(log, clock, {}),
        requests(log, clock),
        append(log, limits, requests),
        ingestion(log, clock) {}

  FaultyEventLog log;
  ingestion::WorkspaceLimits limits;
  ingestion::RequestIds requests;
  ingestion::EventAppend append;
  ingestion::Ingestion ingestion;
};

// What an actor may use. Outlives the actors.
class Stage {
 public:
  virtual ~Stage() = default;
  // The process that answers now. A caller keeps its share while it calls; what a process says
  // after it crashed was never heard.
  virtual std::shared_ptr<IngestionProcess> process() = 0;
  virtual Chance& chance() = 0;
  virtual LogChecker& checker(std::string_view workspace) = 0;
  virtual PlantedBug bug() const = 0;
  // True once failures are over and everybody is to finish.
  virtual bool calm() const = 0;
  virtual void Note(std::string_view line) = 0;
};

// One client or service. Its step may be interrupted by steps of others, never by its own.
class Actor {
 public:
  Actor(std::string name, std::string workspace)
      : name_(std::move(name)), workspace_(std::move(workspace)) {}
  virtual ~Actor() = default;
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;

  const std::string& name() const { return name_; }
  const std::string& workspace() const { return workspace_; }

  // A little of its work. Failures of the services are part of life; an error means that an
  // invariant is broken.
  virtual absl::Status Step(Stage& stage) = 0;
  // It has done all it wanted.
  virtual bool IsDone() const = 0;
  // What must be true once everybody is done.
  virtual absl::Status CheckEnd(Stage& stage) = 0;

 private:
  const std::string name_;
  const std::string workspace_;
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_ACTOR_H_
