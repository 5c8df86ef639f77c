#include "simulator/engine/engine.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/engine/blueprint.h"
#include "simulator/engine/draw_tables.h"
#include "simulator/engine/kernel.h"

namespace quotacast::simulator {
namespace {

// More tasks than threads, so that none waits long for the last.
constexpr int kTasksPerThread = 4;

absl::Status Cancelled() { return absl::CancelledError("the simulation was cancelled"); }

class CompiledPlan final : public Plan {
 public:
  explicit CompiledPlan(Blueprint blueprint) : blueprint_(std::move(blueprint)) {}

  // Builds and keeps the tables of every draw if they are small enough.
  absl::Status BuildTables(const CancelCheck& cancel) {
    const int draws = blueprint_.shape.draw_count;
    if (!blueprint_.KeepsTables()) return absl::OkStatus();
    kept_.reserve(draws);
    for (int draw = 0; draw < draws; ++draw) {
      if (cancel && cancel()) return Cancelled();
      kept_.push_back(BuildDrawTables(blueprint_, draw));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Partial> SimulateRange(int64_t first_trial, int64_t trial_count,
                                        const CancelCheck& cancel) const override {
    QC_RETURN_IF_ERROR(CheckRange(first_trial, trial_count));
    const int64_t first = first_trial / layout().batch_size;
    const int64_t count = trial_count / layout().batch_size;
    Partial partial = EmptyPartial(shape());
    if (!kept_.empty() || shape().draw_count == 1) {
      QC_RETURN_IF_ERROR(SimulateBatches({first, 1, count}, cancel, &partial));
      return partial;
    }
    // Without kept tables, draw by draw.
    const int64_t draws = std::min<int64_t>(shape().draw_count, count);
    for (int64_t d = 0; d < draws; ++d) {
      const int64_t own = (count - d + shape().draw_count - 1) / shape().draw_count;
      QC_RETURN_IF_ERROR(SimulateBatches({first + d, shape().draw_count, own}, cancel, &partial));
    }
    std::sort(partial.batches.begin(), partial.batches.end(),
              [](const BatchSamples& a, const BatchSamples& b) { return a.batch < b.batch; });
    return partial;
  }

  absl::Status SimulateBatches(const BatchSequence& batches, const CancelCheck& cancel,
                               Partial* into) const override {
    Kernel kernel(blueprint_);
    DrawTables own_tables;
    int built_draw = -1;
    for (int64_t i = 0; i < batches.count; ++i) {
      if (cancel && cancel()) return Cancelled();
      const int64_t batch = batches.first + i * batches.stride;
      const int draw = static_cast<int>(batch % shape().draw_count);
      if (kept_.empty() && draw != built_draw) {
        own_tables = BuildDrawTables(blueprint_, draw);
        built_draw = draw;
        if (cancel && cancel()) return Cancelled();
      }
      const DrawTables& tables = kept_.empty() ? own_tables : kept_[draw];
      if (!kernel.SimulateBatch(tables, draw, batch, cancel, into)) return Cancelled();
    }
    return absl::OkStatus();
  }

  const TrialLayout& layout() const override { return blueprint_.layout; }
  const PlanShape& shape() const override { return blueprint_.shape; }

  absl::Status CheckRange(int64_t first_trial, int64_t trial_count) const {
    const int batch = layout().batch_size;
    if (first_trial < 0 || trial_count < 0 || first_trial % batch != 0 ||
        trial_count % batch != 0 || first_trial > layout().trials - trial_count) {
      return InvalidField(
          "trial_range", absl::StrCat("is [", first_trial, ", ", first_trial, " + ", trial_count,
                                      "); want multiples of ", batch, " within ", layout().trials));
    }
    return absl::OkStatus();
  }

 private:
  Blueprint blueprint_;
  std::vector<DrawTables> kept_;  // One per draw, or empty.
};

// Cuts the batches [first, first + count) into runs of one draw each, at least `wanted` when
// there are enough batches.
std::vector<BatchSequence> CutByDraw(int64_t first, int64_t count, int draw_count, int wanted) {
  std::vector<BatchSequence> runs;
  const int64_t draws = std::min<int64_t>(draw_count, count);
  for (int64_t d = 0; d < draws; ++d) {
    const int64_t own = (count - d + draw_count - 1) / draw_count;
    const int64_t pieces = std::clamp<int64_t>((wanted + draws - 1) / draws, 1, own);
    for (int64_t piece = 0; piece < pieces; ++piece) {
      const int64_t from = own * piece / pieces;
      const int64_t to = own * (piece + 1) / pieces;
      runs.push_back({first + d + from * draw_count, draw_count, to - from});
    }
  }
  return runs;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Plan>> Compile(const PipelineModel& model,
                                              const PipelineState& state, const Scenario& scenario,
                                              const EngineOptions& options,
                                              const CancelCheck& cancel) {
  QC_ASSIGN_OR_RETURN(Blueprint blueprint, DrawBlueprint(model, state, scenario, options));
  auto plan = std::make_unique<CompiledPlan>(std::move(blueprint));
  QC_RETURN_IF_ERROR(plan->BuildTables(cancel));
  return std::unique_ptr<Plan>(std::move(plan));
}

absl::StatusOr<Partial> SimulateParallel(const Plan& plan, int64_t first_trial, int64_t trial_count,
                                         int threads, const CancelCheck& cancel,
                                         const std::function<void(int64_t done)>& progress) {
  if (threads < 1 || threads > kMaxThreads) {
    return InvalidField("threads", absl::StrCat("is ", threads, "; want 1 to ", kMaxThreads));
  }
  const int batch_size = plan.layout().batch_size;
  // Checks the range; simulates nothing.
  QC_ASSIGN_OR_RETURN(Partial merged, plan.SimulateRange(first_trial, 0, nullptr));
  if (trial_count < 0 || trial_count % batch_size != 0 ||
      first_trial > plan.layout().trials - trial_count) {
    return InvalidField("trial_count", absl::StrCat("is ", trial_count, " from trial ", first_trial,
                                                    "; want a multiple of ", batch_size, " within ",
                                                    plan.layout().trials));
  }
  const std::vector<BatchSequence> runs =
      CutByDraw(first_trial / batch_size, trial_count / batch_size, plan.shape().draw_count,
                threads * kTasksPerThread);

  std::mutex mutex;  // Guards the four below.
  size_t next_run = 0;
  int64_t done = 0;
  absl::Status status;
  std::vector<Partial> partials;

  const auto work = [&] {
    Partial own = EmptyPartial(plan.shape());
    std::unique_lock<std::mutex> lock(mutex);
    while (status.ok() && next_run < runs.size()) {
      const BatchSequence run = runs[next_run++];
      lock.unlock();
      const absl::Status result = plan.SimulateBatches(run, cancel, &own);
      lock.lock();
      if (!result.ok()) {
        status = result;
        break;
      }
      done += run.count * batch_size;
      if (progress) progress(done);
    }
    partials.push_back(std::move(own));
  };
  std::vector<std::thread> workers;
  const int useful = static_cast<int>(std::min<size_t>(threads, runs.size()));
  for (int i = 1; i < useful; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  if (!status.ok()) return status;
  for (Partial& partial : partials) {
    std::sort(partial.batches.begin(), partial.batches.end(),
              [](const BatchSamples& a, const BatchSamples& b) { return a.batch < b.batch; });
    QC_ASSIGN_OR_RETURN(merged, Merge(std::move(merged), std::move(partial)));
  }
  return merged;
}

}  // namespace quotacast::simulator
