#include "simulator/engine/engine.h"

namespace quotacast::simulator {
namespace {

constexpr int kMinBatch = 4;
constexpr int kMaxBatch = 256;

}  // namespace

TrialLayout TrialsFor(int64_t requested_trials, int draw_count) {
  // The largest batch that rounds up by no more than a twentieth.
  TrialLayout layout;
  for (int batch = kMaxBatch; batch >= kMinBatch; batch /= 2) {
    const int64_t unit = static_cast<int64_t>(batch) * draw_count;
    layout.batch_size = batch;
    layout.trials = (requested_trials + unit - 1) / unit * unit;
    if (layout.trials <= requested_trials + requested_trials / 20) break;
  }
  return layout;
}

}  // namespace quotacast::simulator
